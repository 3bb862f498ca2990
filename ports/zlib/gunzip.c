/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
#include <zlib.h>

#include "gunzip.h"

#define GZIP_ONLY (16 + MAX_WBITS) /* inflateInit2: a gzip header, no other */

/* Taken, and given back all at once by the next stream. */
static voidpf take(voidpf opaque, uInt items, uInt size)
{
	struct trans_gunzip *g = opaque;
	size_t len = ((size_t)items * size + 15) & ~(size_t)15;
	voidpf at = g->room + g->used;

	if (len > sizeof(g->room) - g->used)
		return Z_NULL;
	g->used += len;
	return at;
}

static void leave(voidpf opaque, voidpf at)
{
	(void)opaque;
	(void)at;
}

/* What inflate said, when it was given all input and all room there is. */
static int status(int said, const z_stream *stream)
{
	switch (said) {
	case Z_STREAM_END:
		return stream->avail_in ? TRANS_ECORRUPT : 0;
	case Z_MEM_ERROR:
		return TRANS_ENOMEM;
	case Z_OK:
	case Z_BUF_ERROR:
		return stream->avail_out ? TRANS_ETRUNC : TRANS_ENOSPC;
	default:
		return TRANS_ECORRUPT;
	}
}

int trans_gunzip(void *ctx, const void *src, size_t src_len, void *dst,
		 size_t dst_len, size_t *out_len)
{
	struct trans_gunzip *g = ctx;
	z_stream stream;
	int ret;

	if (src_len > UINT32_MAX || dst_len > UINT32_MAX)
		return TRANS_ENOSPC;
	g->used = 0;
	memset(&stream, 0, sizeof(stream));
	stream.zalloc = take;
	stream.zfree = leave;
	stream.opaque = g;
	if (inflateInit2(&stream, GZIP_ONLY) != Z_OK)
		return TRANS_ENOMEM;
	stream.next_in = (z_const Bytef *)(uintptr_t)src;
	stream.avail_in = (uInt)src_len;
	stream.next_out = dst;
	stream.avail_out = (uInt)dst_len;
	ret = status(inflate(&stream, Z_FINISH), &stream);
	*out_len = dst_len - stream.avail_out;
	inflateEnd(&stream);
	return ret;
}
