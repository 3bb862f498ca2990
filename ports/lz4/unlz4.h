/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * An LZ4 block decompressor for struct trans_unpackers, by liblz4. For hosts
 * that have none of their own; the library itself knows nothing of LZ4.
 */
#ifndef PORTS_LZ4_UNLZ4_H
#define PORTS_LZ4_UNLZ4_H

#include <trans_table/format.h>

/* A trans_unpack_fn; @ctx is not used. One block, hostile or not, of at most
 * 2 GiB on either side (TRANS_ENOSPC). liblz4 does not say what is wrong with
 * one: anything is TRANS_ECORRUPT. */
int trans_unlz4(void *ctx, const void *src, size_t src_len, void *dst,
		size_t dst_len, size_t *out_len);

#endif
