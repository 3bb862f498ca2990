/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Compressed kernels: what distributions ship to save disk. The containers are
 * read here, because every length in them is hostile until it was compared with
 * the file's; the streams themselves are the host's decompressor's business.
 */
#include <trans_table/format.h>

#include "lib/bytes.h"
#include "lib/fail.h"

/* RFC 1952, 2.3: 10 bytes of header and what its flags say, 8 of trailer, the
 * last 4 of which are the length modulo 2^32. An empty deflate stream has 2. */
#define GZIP_HEADER_LEN	10
#define GZIP_REST_LEN	10
#define GZIP_MIN_LEN	(GZIP_HEADER_LEN + GZIP_REST_LEN)
#define GZIP_METHOD	2 /* u8 */
#define GZIP_FLAGS	3 /* u8 */
#define GZIP_DEFLATE	8
#define GZIP_HCRC	0x02 /* 2 bytes */
#define GZIP_EXTRA	0x04 /* u16: how many bytes follow */
#define GZIP_NAME	0x08 /* to a NUL */
#define GZIP_COMMENT	0x10 /* to a NUL */
#define GZIP_RESERVED	0xe0
#define DEFLATE_RATIO	1032 /* at best 258 bytes from 2 bits */

/* The zboot header, as Linux's EFI stub begins. */
#define ZBOOT_HEADER_LEN	64
#define ZBOOT_OFFSET		8  /* u32: where the payload starts */
#define ZBOOT_LEN		12 /* u32: its length */
#define ZBOOT_NAME		24 /* of the compression, NUL-terminated */
#define SIZE_WORD		4  /* what size_append adds */

enum trans_format trans_format_of(const void *head, size_t len)
{
	if (len >= 4 && !memcmp(head, "\x7f" "ELF", 4))
		return TRANS_FORMAT_ELF;
	if (len >= 2 && !memcmp(head, "\x1f\x8b", 2))
		return TRANS_FORMAT_GZIP;
	if (len >= 8 && !memcmp(head, "MZ", 2) &&
	    !memcmp((const uint8_t *)head + 4, "zimg", 4))
		return TRANS_FORMAT_ZBOOT;
	return TRANS_FORMAT_IMAGE;
}

static int check_unpacked(const struct trans_packed *packed,
			  struct trans_error *err)
{
	bool gzip = packed->how == TRANS_PACKED_GZIP;

	if (!packed->unpacked_len || (gzip &&
	    packed->unpacked_len / DEFLATE_RATIO > packed->len))
		return trans_fail(err, TRANS_ECORRUPT,
				  "declared length of a compressed kernel");
	return 0;
}

/* Behind the NUL that ends the text at @at; behind @end if there is none
 * before. */
static uint64_t behind_text(const uint8_t *gzip, uint64_t at, uint64_t end)
{
	while (at < end && gzip[at])
		at++;
	return at + 1;
}

/* Does the header of a gzip file of at least GZIP_MIN_LEN end at @end, or
 * before? A host's gunzip may look for a NUL in whatever lies behind the file;
 * U-Boot's does. */
static bool gzip_header_fits(const uint8_t *gzip, uint64_t end)
{
	unsigned int flags = gzip[GZIP_FLAGS];
	uint64_t at = GZIP_HEADER_LEN;

	if (flags & GZIP_EXTRA)
		at += 2 + trans_le(gzip + at, 2);
	if (flags & GZIP_NAME)
		at = behind_text(gzip, at, end);
	if (flags & GZIP_COMMENT)
		at = behind_text(gzip, at, end);
	if (flags & GZIP_HCRC)
		at += 2;
	return at <= end;
}

/* @out has offset and len, inside @file. */
static int gzip_len(const uint8_t *file, struct trans_packed *out,
		    struct trans_error *err)
{
	const uint8_t *gzip = file + out->offset;

	if (out->len < GZIP_MIN_LEN)
		return trans_fail(err, TRANS_ETRUNC, "gzip file");
	if (gzip[GZIP_METHOD] != GZIP_DEFLATE ||
	    gzip[GZIP_FLAGS] & GZIP_RESERVED)
		return trans_fail(err, TRANS_ECORRUPT, "gzip header");
	if (!gzip_header_fits(gzip, out->len - GZIP_REST_LEN))
		return trans_fail(err, TRANS_ETRUNC, "gzip header");
	out->how = TRANS_PACKED_GZIP;
	out->unpacked_len = trans_le(file + out->offset + out->len - SIZE_WORD,
				     SIZE_WORD);
	return check_unpacked(out, err);
}

static int zstd_len(const uint8_t *file, size_t len, struct trans_packed *out,
		    struct trans_error *err)
{
	uint64_t end = out->offset + out->len;

	if (len - end < SIZE_WORD)
		return trans_fail(err, TRANS_ETRUNC, "zboot payload length");
	out->how = TRANS_PACKED_ZSTD;
	out->unpacked_len = trans_le(file + end, SIZE_WORD);
	return check_unpacked(out, err);
}

static bool is_called(const uint8_t *file, const char *name, size_t with_nul)
{
	return !memcmp(file + ZBOOT_NAME, name, with_nul);
}

static int zboot_parse(const uint8_t *file, size_t len,
		       struct trans_packed *out, struct trans_error *err)
{
	if (len < ZBOOT_HEADER_LEN)
		return trans_fail(err, TRANS_ETRUNC, "zboot header");
	out->offset = trans_le(file + ZBOOT_OFFSET, 4);
	out->len = trans_le(file + ZBOOT_LEN, 4);
	if (out->offset > len || out->len > len - out->offset)
		return trans_fail(err, TRANS_ETRUNC, "zboot payload");
	if (is_called(file, "gzip", sizeof("gzip")))
		return gzip_len(file, out, err);
	if (is_called(file, "zstd", sizeof("zstd")) ||
	    is_called(file, "zstd22", sizeof("zstd22")))
		return zstd_len(file, len, out, err);
	return trans_fail(err, TRANS_EIMAGE,
			  "zboot compression is neither gzip nor zstd");
}

int trans_packed_parse(const void *file, size_t len, struct trans_packed *out,
		       struct trans_error *err)
{
	struct trans_packed packed = { .len = len };
	int ret;

	switch (trans_format_of(file, len)) {
	case TRANS_FORMAT_GZIP:
		ret = gzip_len(file, &packed, err);
		break;
	case TRANS_FORMAT_ZBOOT:
		ret = zboot_parse(file, len, &packed, err);
		break;
	default:
		ret = trans_fail(err, TRANS_EIMAGE, "not a compressed kernel");
		break;
	}
	if (!ret)
		*out = packed;
	return ret;
}
