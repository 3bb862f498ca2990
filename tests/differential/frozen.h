/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The frozen builder (frozen/): the engine that the library had before this
 * one, kept with its descriptors and attributes to compare it with. It is the
 * same interface under other names.
 */
#ifndef DIFFERENTIAL_FROZEN_H
#define DIFFERENTIAL_FROZEN_H

#include <trans_table/table_extra.h>

__typeof__(trans_table_copy) frozen_table_copy;
__typeof__(trans_table_share) frozen_table_share;
__typeof__(trans_table_map) frozen_table_map;
__typeof__(trans_table_map_by) frozen_table_map_by;
__typeof__(trans_table_idmap) frozen_table_idmap;
__typeof__(trans_table_unmap) frozen_table_unmap;
__typeof__(trans_table_fold) frozen_table_fold;
__typeof__(trans_table_protect) frozen_table_protect;
__typeof__(trans_table_window) frozen_table_window;

#endif
