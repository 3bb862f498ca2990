/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * An LZO1X decompressor for struct trans_unpackers, by liblzo2's miniLZO. For
 * hosts that have none of their own and may take GPL code; the library itself
 * knows nothing of LZO.
 */
#ifndef PORTS_LZO_UNLZO_H
#define PORTS_LZO_UNLZO_H

#include <trans_table/format.h>

/* A trans_unpack_fn; @ctx is not used. One block, hostile or not. */
int trans_unlzo(void *ctx, const void *src, size_t src_len, void *dst,
		size_t dst_len, size_t *out_len);

#endif
