/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Compiled against LZO's headers and linked with it, which is GPL.
 */
#include <minilzo.h>

#include "unlzo.h"

static int status(int said)
{
	switch (said) {
	case LZO_E_OK:
		return 0;
	case LZO_E_INPUT_OVERRUN:
	case LZO_E_EOF_NOT_FOUND:
		return TRANS_ETRUNC;
	case LZO_E_OUTPUT_OVERRUN:
		return TRANS_ENOSPC;
	default:
		return TRANS_ECORRUPT;
	}
}

int trans_unlzo(void *ctx, const void *src, size_t src_len, void *dst,
		size_t dst_len, size_t *out_len)
{
	lzo_uint len = dst_len;
	int said;

	(void)ctx;
	said = lzo1x_decompress_safe(src, src_len, dst, &len, NULL);
	*out_len = said == LZO_E_OK ? len : 0;
	return status(said);
}
