/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Which node is the GIC: said once, for whoever describes it and whoever looks
 * for its interrupts.
 */
#ifndef LIB_FDT_GIC_H
#define LIB_FDT_GIC_H

#include "lib/machine/fdt/walk.h"

/* 2 or 3, if the current node is one that exists; else 0. */
unsigned int trans_fdt_gic_version_(const struct walk *walk);

#endif
