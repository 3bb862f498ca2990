/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* The machine's memory, as the plugin sees it: QEMU maps each block of RAM
 * from a file whose name we have given it. */
#ifndef HAZARD_GUEST_H
#define HAZARD_GUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "lines.h"

/* "PA+LEN+NAME" in hexadecimal; NAME is the memory backend's id. */
bool guest_add(const char *text);
/* Find them in /proc/self/maps; later than QEMU made them. */
bool guest_find(void);
/* NULL: no RAM of that length is there. */
void *guest_at(uint64_t pa, uint64_t len);
/* The physical address of a byte of the guest's; ~0: none. */
uint64_t guest_pa(const void *host);
struct line *guest_line(uint64_t pa);
bool guest_is_ram(uint64_t pa, uint64_t len);
bool guest_any_ram(uint64_t pa, uint64_t len);
void guest_each_line(void (*fn)(void *arg, uint64_t pa, struct line *line),
		     void *arg);

#endif
