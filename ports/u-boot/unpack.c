// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
/* U-Boot's decompressors behind the library's one signature. */
#include "port.h"

#include <abuf.h>
#include <gzip.h>
#include <linux/lzo.h>
#include <linux/zstd.h>
#include <u-boot/crc.h>
#include <u-boot/lz4.h>
#include <asm/unaligned.h>

/* RFC 1952: CRC-32 of the data and its length, behind the deflate stream.
 * U-Boot's gunzip looks at neither. */
#define GZIP_TRAILER 8

static int unpack_gzip(void *ctx, const void *src, size_t src_len, void *dst,
		       size_t dst_len, size_t *out_len)
{
	const u8 *trailer = src + src_len - GZIP_TRAILER;
	ulong len = src_len;
	u32 crc;

	if (src_len < GZIP_TRAILER)
		return TRANS_ETRUNC;
	if (dst_len > INT_MAX)
		return TRANS_ENOSPC;
	if (gunzip(dst, dst_len, (void *)src, &len))
		return TRANS_ECORRUPT;
	*out_len = len;
	crc = crc32_wd(0, dst, len, CHUNKSZ_CRC32);
	if (get_unaligned_le32(trailer) != crc ||
	    get_unaligned_le32(trailer + 4) != (u32)len)
		return TRANS_ECORRUPT;
	return 0;
}

static int unpack_zstd(void *ctx, const void *src, size_t src_len, void *dst,
		       size_t dst_len, size_t *out_len)
{
	struct abuf in, out;
	int len;

	abuf_init_set(&in, (void *)src, src_len);
	abuf_init_set(&out, dst, dst_len);
	len = zstd_decompress(&in, &out);
	if (len < 0)
		return TRANS_ECORRUPT;
	*out_len = len;
	return 0;
}

const struct trans_decompress port_decompress = {
	.gzip = IS_ENABLED(CONFIG_GZIP) ? unpack_gzip : NULL,
	.zstd = IS_ENABLED(CONFIG_ZSTD) ? unpack_zstd : NULL,
};

/* The words of a hibernation image's chunks: LZO1X and LZ4 blocks. */

static int unpack_lzo(void *ctx, const void *src, size_t src_len, void *dst,
		      size_t dst_len, size_t *out_len)
{
	*out_len = dst_len;
	switch (lzo1x_decompress_safe(src, src_len, dst, out_len)) {
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

static int unpack_lz4(void *ctx, const void *src, size_t src_len, void *dst,
		      size_t dst_len, size_t *out_len)
{
	int len;

	if (src_len > INT_MAX || dst_len > INT_MAX)
		return TRANS_ENOSPC;
	len = LZ4_decompress_safe(src, dst, src_len, dst_len);
	if (len < 0)
		return TRANS_ECORRUPT;
	*out_len = len;
	return 0;
}

u32 port_crc32(u32 crc, const void *data, size_t len)
{
	return crc32_no_comp(crc, data, len);
}

const struct trans_unpackers port_unpackers = {
	.lzo = IS_ENABLED(CONFIG_LZO) ? unpack_lzo : NULL,
	.lz4 = IS_ENABLED(CONFIG_LZ4) ? unpack_lz4 : NULL,
};
