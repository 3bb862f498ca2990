/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Kernel files in their containers: each header field refused for its own
 * reason, files cut at every byte, and zlib behind the callback.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <trans_table/format.h>

#include "tests/unit/support/files.h"
#include "ports/zlib/gunzip.h"

#define ROOM 8192

static uint8_t file[ROOM];
static struct trans_error err;

/* In a block of its exact length, so that ASan sees a read behind its end. */
static uint8_t *exactly(size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);

	assert_non_null(copy);
	memcpy(copy, file, len);
	return copy;
}

/* ---- which format ---- */

static void formats(void **state)
{
	(void)state;
	assert_int_equal(trans_format_of("\x7f" "ELF", 4), TRANS_FORMAT_ELF);
	assert_int_equal(trans_format_of("\x1f\x8b", 2), TRANS_FORMAT_GZIP);
	assert_int_equal(trans_format_of("MZ\0\0zimg", 8),
			 TRANS_FORMAT_ZBOOT);
	assert_int_equal(trans_format_of("MZ\0\0zimg", 7),
			 TRANS_FORMAT_IMAGE);
	assert_int_equal(trans_format_of("MZ\0\0zimh", 8),
			 TRANS_FORMAT_IMAGE);
	assert_int_equal(trans_format_of("\x7f" "EL", 3), TRANS_FORMAT_IMAGE);
	assert_int_equal(trans_format_of("\x1f", 1), TRANS_FORMAT_IMAGE);
	assert_int_equal(trans_format_of("", 0), TRANS_FORMAT_IMAGE);
}

/* ---- compressed ---- */

static void packed_refused(size_t len, int status, const char *why)
{
	struct trans_packed packed, before;
	uint8_t *copy = exactly(len);

	memset(&packed, 0x5a, sizeof(packed));
	before = packed;
	assert_int_equal(trans_packed_parse(copy, len, &packed, &err), status);
	assert_int_equal(err.status, status);
	assert_string_equal(err.why, why);
	assert_memory_equal(&packed, &before, sizeof(packed));
	assert_int_equal(trans_packed_parse(copy, len, &packed, NULL), status);
	free(copy);
}

static void gzip_file(void **state)
{
	struct trans_packed packed;
	size_t len = file_gzip(file, (const uint8_t *)"hello world", 11);

	(void)state;
	assert_int_equal(trans_packed_parse(file, len, &packed, &err), 0);
	assert_int_equal(packed.how, TRANS_PACKED_GZIP);
	assert_int_equal(packed.offset, 0);
	assert_int_equal(packed.len, len);
	assert_int_equal(packed.unpacked_len, 11);
}

static void gzip_refused(void **state)
{
	size_t len = file_gzip(file, (const uint8_t *)"hello world", 11);

	(void)state;
	for (size_t n = 2; n < 20; n++)
		packed_refused(n, TRANS_ETRUNC, "gzip file");
	packed_refused(1, TRANS_EIMAGE, "not a compressed kernel");
	file_le(file + len - 4, 0, 4);
	packed_refused(len, TRANS_ECORRUPT,
		       "declared length of a compressed kernel");
	file_le(file + len - 4, (len + 1) * 1032, 4);
	packed_refused(len, TRANS_ECORRUPT,
		       "declared length of a compressed kernel");
	memcpy(file, "\x7f" "ELF", 4);
	packed_refused(len, TRANS_EIMAGE, "not a compressed kernel");
}

/* A gzip file of "hello" whose header has what these flags say: texts of @name
 * and @comment bytes, NUL included. */
static size_t gzip_header(unsigned int flags, size_t extra, size_t name,
			  size_t comment)
{
	uint8_t rest[64];
	size_t len = file_gzip(rest, (const uint8_t *)"hello", 5) - 10;
	uint8_t *at = file + 10; /* that many are always there */

	memset(file, 0, 4096);
	memcpy(file, "\x1f\x8b\x08", 3);
	file[3] = (uint8_t)flags;
	if (flags & 4) {
		file_le(at, extra, 2);
		at += 2 + extra;
	}
	memset(at, 'n', name);
	at += name;
	if (name)
		at[-1] = 0;
	memset(at, 'c', comment);
	at += comment;
	if (comment)
		at[-1] = 0;
	at += flags & 2 ? 2 : 0;
	memcpy(at, rest + 10, len);
	return (size_t)(at - file) + len;
}

static void gzip_headers(void **state)
{
	struct trans_packed packed;
	size_t len;

	(void)state;
	for (unsigned int flags = 0; flags < 32; flags++) {
		size_t name = flags & 8 ? 9 : 0, comment = flags & 16 ? 5 : 0;

		len = gzip_header(flags, 300, name, comment);
		assert_int_equal(trans_packed_parse(file, len, &packed, &err),
				 0);
		assert_int_equal(packed.unpacked_len, 5);
		/* The header is all there is but for the smallest stream. */
		len -= 8; /* 5 + "hello" are a stored block */
		file_le(file + len - 4, 5, 4);
		assert_int_equal(trans_packed_parse(file, len, &packed, &err),
				 0);
		if (flags & ~1u) /* FTEXT adds nothing */
			packed_refused(len - 1, TRANS_ETRUNC, "gzip header");
	}
}

static void gzip_headers_without_an_end(void **state)
{
	size_t len;

	(void)state;
	len = gzip_header(8, 0, 20, 0);
	file[29] = 'n';
	memset(file + 30, 'x', len - 34);
	packed_refused(len, TRANS_ETRUNC, "gzip header");
	len = gzip_header(8 | 16, 0, 20, 20);
	file[49] = 'c';
	memset(file + 50, 'x', len - 54);
	packed_refused(len, TRANS_ETRUNC, "gzip header");
	len = gzip_header(4, 1, 0, 0);
	file_le(file + 10, 65535, 2);
	packed_refused(len, TRANS_ETRUNC, "gzip header");
	len = gzip_header(0, 0, 0, 0);
	file[2] = 7;
	packed_refused(len, TRANS_ECORRUPT, "gzip header");
	file[2] = 8;
	for (unsigned int flag = 0x20; flag < 0x100; flag <<= 1) {
		file[3] = (uint8_t)flag;
		packed_refused(len, TRANS_ECORRUPT, "gzip header");
	}
}

static void zboot_file(void **state)
{
	struct trans_packed packed;
	size_t len = file_zboot(file, "gzip", (const uint8_t *)"abc", 3);

	(void)state;
	assert_int_equal(trans_packed_parse(file, len, &packed, &err), 0);
	assert_int_equal(packed.how, TRANS_PACKED_GZIP);
	assert_int_equal(packed.offset, FILE_ZBOOT_PAYLOAD);
	assert_int_equal(packed.offset + packed.len, len);
	assert_int_equal(packed.unpacked_len, 3);
	len = file_zboot(file, "zstd", (const uint8_t *)"abc", 3);
	assert_int_equal(trans_packed_parse(file, len, &packed, &err), 0);
	assert_int_equal(packed.how, TRANS_PACKED_ZSTD);
	assert_int_equal(packed.offset + packed.len + 4, len);
	assert_int_equal(packed.unpacked_len, 3);
	file_zboot(file, "zstd22", (const uint8_t *)"abc", 3);
	assert_int_equal(trans_packed_parse(file, len, &packed, &err), 0);
	assert_int_equal(packed.how, TRANS_PACKED_ZSTD);
}

static void zboot_refused(void **state)
{
	size_t len = file_zboot(file, "zstd", (const uint8_t *)"abc", 3);
	static const char *const others[] = { "lzma", "xzkern", "lz4", "lzo",
					      "", "gzi", "gzipp", "zst" };

	(void)state;
	for (size_t n = 8; n < 64; n++)
		packed_refused(n, TRANS_ETRUNC, "zboot header");
	for (size_t n = 64; n < len - 4; n++)
		packed_refused(n, TRANS_ETRUNC, "zboot payload");
	for (size_t n = len - 4; n < len; n++)
		packed_refused(n, TRANS_ETRUNC, "zboot payload length");
	file_le(file + len - 4, 0, 4);
	packed_refused(len, TRANS_ECORRUPT,
		       "declared length of a compressed kernel");
	file_le(file + 8, UINT32_MAX, 4);
	packed_refused(len, TRANS_ETRUNC, "zboot payload");
	file_le(file + 8, 64, 4);
	file_le(file + 12, UINT32_MAX, 4);
	packed_refused(len, TRANS_ETRUNC, "zboot payload");
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		len = file_zboot(file, others[i], (const uint8_t *)"abc", 3);
		packed_refused(len, TRANS_EIMAGE,
			       "zboot compression is neither gzip nor zstd");
	}
}

/* A gzip payload that is too short to be one. */
static void zboot_short_gzip(void **state)
{
	size_t len = file_zboot(file, "gzip", (const uint8_t *)"abc", 3);

	(void)state;
	file_le(file + 12, 19, 4);
	packed_refused(len, TRANS_ETRUNC, "gzip file");
}

/* ---- zlib ---- */

/* `printf '%s' "to be or not to be, to be or not to be" | gzip -9n` */
static const uint8_t deflated[] = {
	0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0xff, 0x2b,
	0xc9, 0x57, 0x48, 0x4a, 0x55, 0xc8, 0x2f, 0x52, 0xc8, 0xcb, 0x2f,
	0x51, 0x28, 0x01, 0x71, 0x74, 0x20, 0x14, 0x8a, 0x18, 0x00, 0x00,
	0xc7, 0x91, 0x8b, 0x26, 0x00, 0x00, 0x00,
};
#define TEXT "to be or not to be, to be or not to be"
#define TEXT_LEN (sizeof(TEXT) - 1)

static struct trans_gunzip gunzip;

static int unzip(const uint8_t *src, size_t len, size_t room, size_t *out)
{
	uint8_t *in = malloc(len ? len : 1), *to = malloc(room ? room : 1);
	int rc;

	assert_non_null(in);
	assert_non_null(to);
	memcpy(in, src, len);
	rc = trans_gunzip(&gunzip, in, len, to, room, out);
	if (!rc)
		assert_memory_equal(to, TEXT, *out);
	free(in);
	free(to);
	return rc;
}

static void gunzip_good(void **state)
{
	size_t out = 0;

	(void)state;
	for (int i = 0; i < 3; i++) { /* the context can be used again */
		assert_int_equal(unzip(deflated, sizeof(deflated), TEXT_LEN,
				       &out), 0);
		assert_int_equal(out, TEXT_LEN);
	}
	assert_int_equal(unzip(deflated, sizeof(deflated), 1000, &out), 0);
	assert_int_equal(out, TEXT_LEN);
}

static void gunzip_bad(void **state)
{
	uint8_t bad[sizeof(deflated) + 1];
	size_t out;

	(void)state;
	for (size_t n = 0; n < sizeof(deflated); n++)
		assert_int_equal(unzip(deflated, n, TEXT_LEN + 1, &out),
				 TRANS_ETRUNC);
	for (size_t room = 0; room < TEXT_LEN; room++)
		assert_int_equal(unzip(deflated, sizeof(deflated), room, &out),
				 TRANS_ENOSPC);
	memcpy(bad, deflated, sizeof(deflated));
	bad[sizeof(deflated)] = 0; /* something behind it */
	assert_int_equal(unzip(bad, sizeof(bad), TEXT_LEN, &out),
			 TRANS_ECORRUPT);
	bad[sizeof(deflated) - 8] ^= 1; /* the CRC */
	assert_int_equal(unzip(bad, sizeof(deflated), TEXT_LEN, &out),
			 TRANS_ECORRUPT);
	bad[0] = 0x78; /* a zlib header */
	assert_int_equal(unzip(bad, sizeof(deflated), TEXT_LEN, &out),
			 TRANS_ECORRUPT);
}

/* Each bit flipped: refused, or (a header's comment fields) unharmed. */
static void gunzip_every_bit(void **state)
{
	uint8_t bad[sizeof(deflated)];
	size_t out;

	(void)state;
	for (size_t bit = 0; bit < 8 * sizeof(bad); bit++) {
		memcpy(bad, deflated, sizeof(bad));
		bad[bit / 8] ^= (uint8_t)(1 << bit % 8);
		unzip(bad, sizeof(bad), TEXT_LEN, &out);
	}
}

static void gunzip_4g(void **state)
{
	size_t out;

	(void)state;
	assert_int_equal(trans_gunzip(&gunzip, deflated, 1ULL << 32, file, 1,
				      &out), TRANS_ENOSPC);
	assert_int_equal(trans_gunzip(&gunzip, deflated, 1, file, 1ULL << 32,
				      &out), TRANS_ENOSPC);
}

/* ---- ELF ---- */

static struct file_segment two[] = {
	{ .va = 0x10000, .pa = 0x40010000, .data = (const uint8_t *)"text",
	  .file_len = 4, .memory_len = 4, .align = 65536 },
	{ .va = 0x21000, .pa = 0x40021000, .data = (const uint8_t *)"data",
	  .file_len = 4, .memory_len = 0x3000, .align = 4096 },
};

static size_t good_elf(void)
{
	return file_elf(file, 2, 0x10002, two, 2);
}

static void elf_refused(size_t len, int status, const char *why)
{
	struct trans_elf elf;
	uint8_t *copy = exactly(len);

	assert_int_equal(trans_elf_parse(copy, len, &elf, &err), status);
	assert_int_equal(err.status, status);
	assert_string_equal(err.why, why);
	assert_int_equal(trans_elf_parse(copy, len, &elf, NULL), status);
	free(copy);
}

static void elf_file(void **state)
{
	struct trans_elf elf;
	size_t len = good_elf();

	(void)state;
	assert_int_equal(trans_elf_parse(file, len, &elf, &err), 0);
	assert_true(elf.fixed);
	assert_int_equal(elf.count, 2);
	assert_int_equal(elf.start, 0x40010000);
	assert_int_equal(elf.len, 0x14000);
	assert_int_equal(elf.entry, 0x40010002);
	assert_int_equal(elf.align, 65536);
	assert_int_equal(elf.segment[1].memory_len, 0x3000);
	assert_memory_equal(file + elf.segment[0].offset, "text", 4);
	assert_memory_equal(file + elf.segment[1].offset, "data", 4);
	file_le(file + 16, 3, 2);
	assert_int_equal(trans_elf_parse(file, len, &elf, &err), 0);
	assert_false(elf.fixed);
}

/* Headers in another order than the addresses; empty segments are dropped. */
static void elf_sorted(void **state)
{
	struct file_segment mixed[4] = { two[1], { .va = 1, .pa = 2 }, two[0],
					 two[0] };
	struct trans_elf elf;
	size_t len;

	(void)state;
	mixed[3].pa = mixed[3].va = 0x1000;
	len = file_elf(file, 2, 0x10002, mixed, 4);
	assert_int_equal(trans_elf_parse(file, len, &elf, &err), 0);
	assert_int_equal(elf.count, 3);
	assert_int_equal(elf.segment[0].pa, 0x1000);
	assert_int_equal(elf.segment[1].pa, 0x40010000);
	assert_int_equal(elf.segment[2].pa, 0x40021000);
	assert_int_equal(elf.entry, 0x40010002);
}

static void elf_cut(void **state)
{
	size_t len = good_elf();

	(void)state;
	for (size_t n = 0; n < 64; n++)
		elf_refused(n, TRANS_ETRUNC, "ELF header");
	for (size_t n = 64; n < 64 + 2 * 56; n++)
		elf_refused(n, TRANS_ETRUNC, "ELF program headers");
	for (size_t n = 64 + 2 * 56; n < len; n++)
		elf_refused(n, TRANS_ETRUNC, "ELF segment");
}

/* One field of the good file made wrong. */
static void elf_field(size_t at, uint64_t value, unsigned int bytes,
		      int status, const char *why)
{
	size_t len = good_elf();

	file_le(file + at, value, bytes);
	elf_refused(len, status, why);
}

#define PHDR(n) (64 + 56 * (n))

static void elf_fields(void **state)
{
	static const char wide[] = "ELF: not 64-bit little-endian";
	static const char far[] = "ELF: segment passes 2^64";

	(void)state;
	elf_field(0, 0x7e, 1, TRANS_EIMAGE, "not an ELF file");
	elf_field(4, 1, 1, TRANS_EIMAGE, wide);
	elf_field(5, 2, 1, TRANS_EIMAGE, wide);
	elf_field(16, 1, 2, TRANS_EIMAGE, "ELF: neither ET_EXEC nor ET_DYN");
	elf_field(18, 62, 2, TRANS_EIMAGE, "ELF: not for AArch64");
	elf_field(24, 0x10004, 8, TRANS_EIMAGE, "ELF: entry in no segment");
	elf_field(24, 0x22000, 8, TRANS_EIMAGE, "ELF: entry in no segment");
	elf_field(32, UINT64_MAX, 8, TRANS_ETRUNC, "ELF program headers");
	elf_field(54, 32, 2, TRANS_EIMAGE, "ELF: e_phentsize");
	elf_field(56, 0, 2, TRANS_EIMAGE, "ELF: no PT_LOAD");
	elf_field(56, 0xffff, 2, TRANS_ETRUNC, "ELF program headers");
	elf_field(PHDR(0), 6, 4, TRANS_EIMAGE, "ELF: entry in no segment");
	elf_field(PHDR(0) + 8, UINT64_MAX, 8, TRANS_ETRUNC, "ELF segment");
	elf_field(PHDR(0) + 32, 5, 8, TRANS_EIMAGE,
		  "ELF: p_filesz above p_memsz");
	elf_field(PHDR(1) + 32, 0x3000, 8, TRANS_ETRUNC, "ELF segment");
	elf_field(PHDR(0) + 40, 0x11001, 8, TRANS_EIMAGE,
		  "ELF: segments overlap");
	elf_field(PHDR(0) + 40, UINT64_MAX, 8, TRANS_EIMAGE, far);
	elf_field(PHDR(1) + 16, UINT64_MAX - 1, 8, TRANS_EIMAGE, far);
	elf_field(PHDR(1) + 24, UINT64_MAX - 1, 8, TRANS_EIMAGE, far);
}

static void elf_too_many(void **state)
{
	struct file_segment many[TRANS_ELF_SEGMENTS + 1];
	struct trans_elf elf;
	size_t len;

	(void)state;
	for (size_t i = 0; i < TRANS_ELF_SEGMENTS + 1; i++) {
		many[i] = two[0];
		many[i].va = many[i].pa = 0x10000 * (i + 1);
	}
	len = file_elf(file, 2, 0x10000, many, TRANS_ELF_SEGMENTS);
	assert_int_equal(trans_elf_parse(file, len, &elf, &err), 0);
	len = file_elf(file, 2, 0x10000, many, TRANS_ELF_SEGMENTS + 1);
	elf_refused(len, TRANS_EIMAGE, "ELF: too many segments");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(formats),
		cmocka_unit_test(gzip_file),
		cmocka_unit_test(gzip_refused),
		cmocka_unit_test(gzip_headers),
		cmocka_unit_test(gzip_headers_without_an_end),
		cmocka_unit_test(zboot_file),
		cmocka_unit_test(zboot_refused),
		cmocka_unit_test(zboot_short_gzip),
		cmocka_unit_test(gunzip_good),
		cmocka_unit_test(gunzip_bad),
		cmocka_unit_test(gunzip_every_bit),
		cmocka_unit_test(gunzip_4g),
		cmocka_unit_test(elf_file),
		cmocka_unit_test(elf_sorted),
		cmocka_unit_test(elf_cut),
		cmocka_unit_test(elf_fields),
		cmocka_unit_test(elf_too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
