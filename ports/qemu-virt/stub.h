/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The exception levels that QEMU does not start us at: EL1 over a stub that
 * stays at EL2 (how an nVHE Linux runs), and EL2 with HCR_EL2.E2H (VHE).
 */
#ifndef PORT_STUB_H
#define PORT_STUB_H

#include <trans_table/cpu.h>

/* With the MMU off, before any table: go where @bootargs say. True when that
 * changed what the CPU is. */
bool stub_change_level(const struct trans_cpu *cpu, const char *bootargs);

/* HCR_EL2 for a CPU that begins at EL2 and is to come where @cpu is; 0: it is
 * there already. Without E2H it must drop to EL1. */
uint64_t stub_hcr(const struct trans_cpu *cpu, const char *bootargs);

#endif
