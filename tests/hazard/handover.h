/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* Who is running: the host, the blob, the next world; and what must hold when
 * the blob jumps. */
#ifndef HAZARD_HANDOVER_H
#define HAZARD_HANDOVER_H

#include "cpu.h"

/* "PATH+OFFSET": a file, and where in it (hexadecimal) begins what is looked
 * for in memory. */
bool handover_host(const char *text);
/* The same: where the blob begins. */
bool handover_blob(const char *text);
/* What firmware left clean, as "PA+LEN". */
bool handover_clean(const char *text);

/* Code at @pa is about to be translated: is it the host's beginning, or a
 * blob's? True as soon as the host has begun. */
bool handover_look(uint64_t pa);
/* A block begins: with the blob's entry? */
bool handover_is_entry(const struct cpu *cpu, uint64_t pa);
void handover_enter(struct cpu *cpu, uint64_t x0);
/* True: the CPU has just left the blob for the next world. */
bool handover_leaves(struct cpu *cpu, unsigned int el, uint64_t pa);
void handover_judge(struct cpu *cpu, unsigned int el, uint64_t pa, uint64_t x0,
		    uint32_t site);
/* The host has begun: firmware's memory, with @fdt for its tree. */
void handover_begin(uint64_t pa, uint64_t fdt);
/* The host's caches go on: by now all that it was given may be dirty. */
void handover_old_world(void);

#endif
