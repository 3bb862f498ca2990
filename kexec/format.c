/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Compressed kernels: what distributions ship to save disk. The containers are
 * read here, because every length in them is hostile until it was compared with
 * the file's; the streams themselves are the host's decompressor's business.
 */
#include <trans_table/format.h>

#include "../lib/bytes.h"
#include "../lib/fail.h"

/* RFC 1952: 10 bytes of header, 8 of trailer, the last 4 of which are the
 * length modulo 2^32. An empty deflate stream has 2. */
#define GZIP_MIN_LEN	20
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
	return TRANS_OK;
}

/* @out has offset and len, inside @file. */
static int gzip_len(const uint8_t *file, struct trans_packed *out,
		    struct trans_error *err)
{
	if (out->len < GZIP_MIN_LEN)
		return trans_fail(err, TRANS_ETRUNC, "gzip file");
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
	int rc;

	switch (trans_format_of(file, len)) {
	case TRANS_FORMAT_GZIP:
		rc = gzip_len(file, &packed, err);
		break;
	case TRANS_FORMAT_ZBOOT:
		rc = zboot_parse(file, len, &packed, err);
		break;
	default:
		rc = trans_fail(err, TRANS_EIMAGE, "not a compressed kernel");
		break;
	}
	if (!rc)
		*out = packed;
	return rc;
}
