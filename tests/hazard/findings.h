/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* Where code lies, and what was found of it. Each finding is kept once for
 * each pair of places, with a count; one too many is said, never dropped. */
#ifndef HAZARD_FINDINGS_H
#define HAZARD_FINDINGS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "rule.h"

/* A piece of code: the runner knows which ELF file has its symbols. */
void region_add(const char *name, uint64_t base, uint64_t len);

/* A number for an instruction, which holds for the whole run; 0 is none. */
uint32_t site_of(uint64_t pa);
uint64_t site_pa(uint32_t site);

void find(enum rule rule, enum phase phase, uint32_t site, uint32_t by,
	  uint64_t pa, uint64_t detail);
/* One line that says what has happened, in order. */
void event(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Something was too much for us, and so is a failure. */
void findings_overflow(void);
bool findings_open(const char *path);
void findings_write(const char *how);

#endif
