/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * miniLZO before ports/lzo/quick.patch, which must not change what it makes of
 * any stream: status, length, and bytes.
 */
#ifndef TESTS_MINILZO_ORIGINAL_H
#define TESTS_MINILZO_ORIGINAL_H

#include <minilzo.h>

int minilzo_original(const lzo_bytep src, lzo_uint src_len, lzo_bytep dst,
		     lzo_uintp dst_len, lzo_voidp work);

#endif
