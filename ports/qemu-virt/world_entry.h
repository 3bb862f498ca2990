/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What world_entry.S, where the next world begins, and world.c must agree on.
 */
#ifndef PORT_WORLD_ENTRY_H
#define PORT_WORLD_ENTRY_H

#define WORLD_STACK_LEN 16384

#ifndef __ASSEMBLY__
#include <trans_table/env.h>

/* Where it begins. */
extern char world_start[] __attribute__((visibility("hidden")));

/* Registers of EL2, as the stub at EL2 gets at them. */
struct world_el2 {
	uint64_t hcr, cptr, cnthctl, cntvoff, vttbr, mdcr, vpidr, vmpidr, sctlr;
};
void world_peek(struct world_el2 *el2, uint64_t peek_pa);
extern char world_peek_el2[] __attribute__((visibility("hidden")));

/* Called by world_start. @offset: VA - PA of everything; @dirty: x4 to x16 and
 * x19 to x30, all together. */
__attribute__((noreturn)) void world_main(uint64_t offset, uint64_t x1,
					  uint64_t x2, uint64_t x3,
					  uint64_t dirty);
#endif
#endif
