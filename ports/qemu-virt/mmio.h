/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Device registers: how the library reaches them, and where the tree says that
 * they are.
 */
#ifndef PORT_MMIO_H
#define PORT_MMIO_H

#include <trans_table/mmio.h>
#include <trans_table/ranges.h>

/* By physical address, through the linear map, as soon as that is on. */
struct trans_mmio machine_mmio(void);

/* The @index-th range of a node's `reg`; len 0: there is none. */
struct trans_range machine_reg(int node, unsigned int index);

#endif
