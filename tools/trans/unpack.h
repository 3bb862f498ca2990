/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* The decompressors of this program, of hibernation images and of kernels. */
#ifndef TOOLS_TRANS_UNPACK_H
#define TOOLS_TRANS_UNPACK_H

#include <trans_table/format.h>
#include <trans_table/swsusp.h>

extern const struct trans_unpackers desk_unpackers;
extern const struct trans_decompress desk_decompress;

#endif
