/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The use that a kernel with MSIs would have made of the interrupt controller
 * (lpi=on).
 */
#ifndef PORT_LPI_H
#define PORT_LPI_H

#include <trans_table/gic.h>

/*
 * Give every redistributor LPI tables, the ITS its tables and a command queue,
 * all in free memory (which is where the next kernel goes), switch them on, and
 * have one LPI made pending, so that they are really used. TRANS_ENOENT: no
 * ITS; TRANS_ENOMEM; TRANS_ETIME: the ITS does not take commands.
 */
int lpi_begin(const struct trans_gic *gic, struct trans_error *err);

#endif
