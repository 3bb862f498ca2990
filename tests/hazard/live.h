/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* The tables that are live: a copy of each, to see what a store changes. */
#ifndef HAZARD_LIVE_H
#define HAZARD_LIVE_H

#include "cpu.h"

void live_forget(void);
/* All trees of all CPUs anew; @judge is the one whose leaves are looked at. */
void live_scan(struct cpu *judge, unsigned int slot, uint32_t site);
/* A store to RAM, which may be to a table. */
void live_store(struct cpu *cpu, uint64_t pa, unsigned int len, uint32_t site);
bool live_read(void *arg, uint64_t pa, uint64_t *desc);

#endif
