/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The interrupt controller of this machine: where it is.
 */
#ifndef PORT_GIC_H
#define PORT_GIC_H

#include <trans_table/gic.h>

/* Find it in the device tree; again after every change of linear_offset. A
 * machine without one is TRANS_ENOENT. */
int gic_find(struct trans_gic *gic, struct trans_error *err);

#endif
