/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * A gzip decompressor for struct trans_decompress, by zlib. For hosts that have
 * none of their own; the library itself knows nothing of zlib. Build zlib's
 * inflate (see the Makefile) with Z_SOLO, which wants no C library.
 */
#ifndef PORTS_ZLIB_GUNZIP_H
#define PORTS_ZLIB_GUNZIP_H

#include <trans_table/format.h>

/* What inflate allocates: its state (7 KiB), and a window (32 KiB) when a
 * stream ends before its time. It is the ctx; one stream at a time. */
#define TRANS_GUNZIP_ROOM (48u << 10)
struct trans_gunzip {
	_Alignas(16) unsigned char room[TRANS_GUNZIP_ROOM];
	size_t used;
};

/* A trans_unpack_fn; @ctx is a struct trans_gunzip. One gzip member, and
 * nothing behind it; its CRC and length are checked. At most 4 GiB on either
 * side (TRANS_ENOSPC). */
int trans_gunzip(void *ctx, const void *src, size_t src_len, void *dst,
		 size_t dst_len, size_t *out_len);

#endif
