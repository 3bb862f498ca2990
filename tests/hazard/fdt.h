/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* The two things of a device tree that belong to the next world: its length,
 * and where the initrd is (Devicetree Specification 5). */
#ifndef HAZARD_FDT_H
#define HAZARD_FDT_H

#include <stdbool.h>
#include <stdint.h>

/* 0: there is no tree. @fdt: 8 readable bytes, or NULL. */
uint64_t fdt_len(const void *fdt);
bool fdt_initrd(const void *fdt, uint64_t len, uint64_t *start,
		uint64_t *initrd_len);

#endif
