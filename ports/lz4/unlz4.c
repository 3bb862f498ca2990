/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
#include <lz4.h>

#include "unlz4.h"

int trans_unlz4(void *ctx, const void *src, size_t src_len, void *dst,
		size_t dst_len, size_t *out_len)
{
	int len;

	(void)ctx;
	*out_len = 0;
	if (src_len > INT32_MAX || dst_len > INT32_MAX)
		return TRANS_ENOSPC;
	len = LZ4_decompress_safe(src, dst, (int)src_len, (int)dst_len);
	if (len < 0)
		return TRANS_ECORRUPT;
	*out_len = (size_t)len;
	return 0;
}
