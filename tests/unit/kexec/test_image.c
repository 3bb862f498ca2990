/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The Image header: every field refused for its own reason, every flag
 * combination, and headers that end early or lie at odd addresses.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <trans_table/image.h>

#define MAGIC 0x644d5241u
#define SIZE_16M ((uint64_t)16 << 20)
#define ALL_GRANULES ((uint64_t)(1 << 12 | 1 << 14 | 1 << 16))

struct header {
	uint64_t text_offset;
	uint64_t image_size;
	uint64_t flags;
	uint32_t magic;
};

/* What a 4K kernel of today says. */
static const struct header modern = { 0, SIZE_16M, 0xa, MAGIC };

static void put_le(uint8_t *at, uint64_t value, int bytes)
{
	while (bytes--) {
		*at++ = (uint8_t)value;
		value >>= 8;
	}
}

/* Fields not read are set: a reader that looks at them fails. */
static void encode(const struct header *header, uint8_t *at)
{
	memset(at, 0xff, TRANS_IMAGE_HEADER_LEN);
	put_le(at + 8, header->text_offset, 8);
	put_le(at + 16, header->image_size, 8);
	put_le(at + 24, header->flags, 8);
	put_le(at + 56, header->magic, 4);
}

static int parse(const struct header *header, uint64_t file_len,
		 uint64_t granules, struct trans_image *image,
		 struct trans_error *err)
{
	uint8_t bytes[TRANS_IMAGE_HEADER_LEN];

	encode(header, bytes);
	return trans_image_parse(bytes, sizeof(bytes), file_len, granules, image, err);
}

static void refused(const struct header *header, uint64_t file_len,
		    uint64_t granules, const char *why)
{
	struct trans_image image, before;
	struct trans_error err = { 0 };

	memset(&image, 0x5a, sizeof(image));
	before = image;
	assert_int_equal(parse(header, file_len, granules, &image, &err),
			 TRANS_EIMAGE);
	assert_int_equal(err.status, TRANS_EIMAGE);
	assert_string_equal(err.why, why);
	assert_memory_equal(&image, &before, sizeof(image));
	assert_int_equal(parse(header, file_len, granules, &image, NULL),
			 TRANS_EIMAGE);
}

static void test_modern(void **state)
{
	struct trans_error err, before;
	struct trans_image image;

	(void)state;
	memset(&err, 0x5a, sizeof(err));
	before = err;
	assert_int_equal(parse(&modern, 12345678, ALL_GRANULES, &image, &err),
			 0);
	assert_int_equal(image.text_offset, 0);
	assert_int_equal(image.memory_len, SIZE_16M);
	assert_int_equal(image.file_len, 12345678);
	assert_int_equal(image.page_shift, 12);
	assert_true(image.anywhere);
	assert_memory_equal(&err, &before, sizeof(err));
}

/* In a block of its exact length, so that ASan sees a read behind its end. */
static void test_truncated(void **state)
{
	struct trans_image image;
	size_t len;

	(void)state;
	for (len = 0; len < TRANS_IMAGE_HEADER_LEN; len++) {
		uint8_t whole[TRANS_IMAGE_HEADER_LEN];
		struct trans_error err = { 0 };
		uint8_t *cut = malloc(len ? len : 1);

		encode(&modern, whole);
		memcpy(cut, whole, len);
		assert_int_equal(trans_image_parse(cut, len, len, ALL_GRANULES,
						   &image, &err),
				 TRANS_ETRUNC);
		assert_int_equal(err.status, TRANS_ETRUNC);
		assert_string_equal(err.why, "Image header");
		free(cut);
	}
	assert_int_equal(parse(&modern, TRANS_IMAGE_HEADER_LEN, ALL_GRANULES,
			       &image, NULL), 0);
}

/* A PE header at 64 with two sections, the second of which ends at 8192. */
static void test_cut_behind_the_header(void **state)
{
	uint8_t head[TRANS_IMAGE_HEAD_LEN] = { 0 };
	struct trans_image image;
	struct trans_error err = { 0 };

	(void)state;
	encode(&modern, head);
	put_le(head + 60, 64, 4);
	memcpy(head + 64, "PE\0\0", 4);
	put_le(head + 64 + 6, 2, 2);
	put_le(head + 64 + 20, 160, 2);
	put_le(head + 64 + 24 + 160 + 16, 4096, 4);
	put_le(head + 64 + 24 + 160 + 20, 4096, 4);
	assert_int_equal(trans_image_parse(head, sizeof(head), 8191,
					   ALL_GRANULES, &image, &err),
			 TRANS_ETRUNC);
	assert_string_equal(err.why, "file ends before its last PE section");
	assert_int_equal(trans_image_parse(head, sizeof(head), 8192,
					   ALL_GRANULES, &image, &err), 0);
	/* a table that is not wholly there says nothing, at any length */
	for (size_t len = TRANS_IMAGE_HEADER_LEN; len < 328; len++) {
		uint8_t *cut = malloc(len);

		memcpy(cut, head, len);
		assert_int_equal(trans_image_parse(cut, len, 8191,
						   ALL_GRANULES, &image, NULL),
				 0);
		free(cut);
	}
	assert_int_equal(trans_image_parse(head, 63, 8192, ALL_GRANULES,
					   &image, &err), TRANS_EINVAL);
}

/* A PE header at 64 with one section, of 4096 bytes at 4096. */
#define TABLE_END (64 + 24 + 160 + 40)

static void encode_stub(const struct header *header, uint8_t *head)
{
	memset(head, 0, TRANS_IMAGE_HEAD_LEN);
	encode(header, head);
	put_le(head + 60, 64, 4);
	memcpy(head + 64, "PE\0\0", 4);
	put_le(head + 64 + 6, 1, 2);
	put_le(head + 64 + 20, 160, 2);
	put_le(head + TABLE_END - 24, 4096, 4);
	put_le(head + TABLE_END - 20, 4096, 4);
}

static void test_len_of_a_stub(void **state)
{
	uint8_t head[TRANS_IMAGE_HEAD_LEN + 1];

	(void)state;
	encode_stub(&modern, head + 1);
	assert_int_equal(trans_image_len(head + 1, TRANS_IMAGE_HEAD_LEN), 8192);
	assert_int_equal(trans_image_len(head + 1, TABLE_END), 8192);
	for (size_t len = 0; len < TABLE_END; len++) {
		uint8_t *cut = malloc(len ? len : 1);

		memcpy(cut, head + 1, len);
		assert_int_equal(trans_image_len(cut, len), 0);
		free(cut);
	}
	memcpy(head + 1 + 64, "PF", 2);
	assert_int_equal(trans_image_len(head + 1, TRANS_IMAGE_HEAD_LEN), 0);
}

static uint64_t stub_len(uint64_t image_size, uint32_t magic, uint32_t start,
			 uint32_t size)
{
	struct header header = { 0, image_size, 0xa, magic };
	uint8_t head[TRANS_IMAGE_HEAD_LEN];

	encode_stub(&header, head);
	put_le(head + TABLE_END - 24, size, 4);
	put_le(head + TABLE_END - 20, start, 4);
	return trans_image_len(head, sizeof(head));
}

static void test_len_is_plausible(void **state)
{
	(void)state;
	assert_int_equal(stub_len(8192, MAGIC, 4096, 4096), 8192);
	assert_int_equal(stub_len(8191, MAGIC, 4096, 4096), 0);
	assert_int_equal(stub_len(SIZE_16M, MAGIC ^ 1, 4096, 4096), 0);
	/* a kernel of before image_size has no such bound */
	assert_int_equal(stub_len(0, MAGIC, 4096, 4096), 8192);
	/* the sum is not one of 32 bits */
	assert_int_equal(stub_len(SIZE_16M, MAGIC, UINT32_MAX, 4097), 0);
	assert_int_equal(stub_len(UINT64_MAX, MAGIC, UINT32_MAX, 4097),
			 (1ULL << 32) + 4096);
	/* the table itself is part of the file */
	assert_int_equal(stub_len(SIZE_16M, MAGIC, 0, TABLE_END), TABLE_END);
	assert_int_equal(stub_len(SIZE_16M, MAGIC, 0, TABLE_END - 1), 0);
	assert_int_equal(stub_len(SIZE_16M, MAGIC, 0, 0), 0);
}

static void test_any_alignment(void **state)
{
	uint8_t bytes[TRANS_IMAGE_HEADER_LEN + 16];
	struct trans_image image;
	int shift;

	(void)state;
	for (shift = 0; shift < 16; shift++) {
		encode(&modern, bytes + shift);
		assert_int_equal(trans_image_parse(bytes + shift, 64, 4096,
						   ALL_GRANULES, &image, NULL),
				 0);
		assert_int_equal(image.memory_len, SIZE_16M);
	}
}

/* Every combination of the four known bits, with unknown ones set or not,
 * against every combination of granules that a CPU may have. */
static void flags_on(uint64_t flags, uint64_t granules)
{
	static const unsigned int shifts[] = { 0, 12, 14, 16 };
	unsigned int shift = shifts[flags >> 1 & 3];
	struct header header = modern;
	struct trans_image image;

	header.flags = flags;
	if (flags & 1) {
		refused(&header, 4096, granules, "big-endian kernel");
	} else if (shift && !(granules >> shift & 1)) {
		refused(&header, 4096, granules,
			"kernel page size not supported by this CPU");
	} else {
		assert_int_equal(parse(&header, 4096, granules, &image, NULL),
				 0);
		assert_int_equal(image.page_shift, shift);
		assert_int_equal(image.anywhere, flags >> 3 & 1);
	}
}

static void test_flags(void **state)
{
	uint64_t flags, set;

	(void)state;
	for (flags = 0; flags < 16; flags++)
		for (set = 0; set < 8; set++) {
			uint64_t granules = (set & 1) << 12 |
					    (set >> 1 & 1) << 14 |
					    (set >> 2 & 1) << 16;

			flags_on(flags, granules);
			flags_on(flags | ~(uint64_t)15, granules);
		}
}

static void test_magic(void **state)
{
	struct header header;
	int bit;

	(void)state;
	for (bit = 0; bit < 32; bit++) {
		header = modern;
		header.magic ^= 1u << bit;
		refused(&header, 4096, ALL_GRANULES, "no arm64 Image: magic");
	}
}

static void test_text_offset(void **state)
{
	struct header header = modern;
	struct trans_image image;

	(void)state;
	header.text_offset = 0x1fffff;
	assert_int_equal(parse(&header, 4096, ALL_GRANULES, &image, NULL), 0);
	assert_int_equal(image.text_offset, 0x1fffff);
	header.text_offset = 0x200000;
	refused(&header, 4096, ALL_GRANULES, "text_offset not below 2 MiB");
	header.text_offset = UINT64_MAX;
	refused(&header, 4096, ALL_GRANULES, "text_offset not below 2 MiB");
}

static void test_file_len(void **state)
{
	struct trans_image image;

	(void)state;
	assert_int_equal(parse(&modern, SIZE_16M, ALL_GRANULES, &image, NULL),
			 0);
	assert_int_equal(image.file_len, SIZE_16M);
	refused(&modern, SIZE_16M + 1, ALL_GRANULES,
		"file longer than image_size");
}

/* Before v3.17: no image_size, and text_offset in the kernel's byte order. */
static void test_legacy(void **state)
{
	struct header header = { 0x80000, 0, 0, MAGIC };
	struct trans_image image;

	(void)state;
	assert_int_equal(parse(&header, 5000, 0, &image, NULL), 0);
	assert_int_equal(image.text_offset, 0x80000);
	assert_int_equal(image.memory_len, 5000 + SIZE_16M);
	assert_int_equal(image.file_len, 5000);
	assert_int_equal(image.page_shift, 0);
	assert_false(image.anywhere);
	header.text_offset = UINT64_MAX;
	assert_int_equal(parse(&header, 5000, 0, &image, NULL), 0);
	assert_int_equal(image.text_offset, 0x80000);
	header.text_offset = (uint64_t)0x80000 << 24;
	refused(&header, 5000, 0, "big-endian kernel");
	/* The same number is only too large where image_size is known. */
	header.image_size = SIZE_16M;
	refused(&header, 5000, 0, "text_offset not below 2 MiB");
}

static void test_legacy_length(void **state)
{
	struct header header = { 0x80000, 0, 0, MAGIC };
	struct trans_image image;

	(void)state;
	assert_int_equal(parse(&header, UINT64_MAX - SIZE_16M, 0, &image,
			       NULL), 0);
	assert_int_equal(image.memory_len, UINT64_MAX);
	refused(&header, UINT64_MAX - SIZE_16M + 1, 0, "file too long");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_modern),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_cut_behind_the_header),
		cmocka_unit_test(test_len_of_a_stub),
		cmocka_unit_test(test_len_is_plausible),
		cmocka_unit_test(test_any_alignment),
		cmocka_unit_test(test_flags),
		cmocka_unit_test(test_magic),
		cmocka_unit_test(test_text_offset),
		cmocka_unit_test(test_file_len),
		cmocka_unit_test(test_legacy),
		cmocka_unit_test(test_legacy_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
