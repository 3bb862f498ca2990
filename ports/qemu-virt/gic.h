/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The interrupt controller of this machine: where it is, and (lpi=on) the use
 * that a kernel with MSIs would have made of it.
 */
#ifndef PORT_GIC_H
#define PORT_GIC_H

#include <trans_table/gic.h>

/* Find it in the device tree; again after every change of linear_offset. A
 * machine without one is TRANS_ENOENT. */
int gic_find(struct trans_gic *gic, struct trans_error *err);

/*
 * Give every redistributor LPI tables, the ITS its tables and a command queue,
 * all in free memory (which is where the next kernel goes), switch them on, and
 * have one LPI made pending, so that they are really used. TRANS_ENOENT: no
 * ITS; TRANS_ENOMEM; TRANS_ETIME: the ITS does not take commands.
 */
int lpi_begin(const struct trans_gic *gic, struct trans_error *err);

#endif
