/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Those parts of the reference port that a host can run: its four memory
 * functions against the C library's, and the archive reader against archives
 * that lie.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ports/qemu-virt/cpio.c"

/* Under other names, beside the C library's. */
#define memcpy port_memcpy
#define memmove port_memmove
#define memset port_memset
#define memcmp port_memcmp
#include "ports/qemu-virt/mem.c"
#undef memcpy
#undef memmove
#undef memset
#undef memcmp

/* Twice what goes in one turn, and some. */
#define LEN 136
#define ROOM (3 * LEN)

static void fill(uint8_t *bytes)
{
	for (size_t i = 0; i < ROOM; i++)
		bytes[i] = (uint8_t)(i * 37 + 1);
}

/* Each of the first, then every eighth: each alignment, and words further. */
static size_t further(size_t at)
{
	return at < 10 ? at + 1 : at + 8 - at % 8;
}

/* Every length, and every two alignments, with overlap both ways. */
static void moves_like_libc(void **state)
{
	_Alignas(8) uint8_t ours[ROOM], theirs[ROOM];

	(void)state;
	for (size_t from = 0; from < LEN; from = further(from))
		for (size_t to = 0; to < LEN; to = further(to))
			for (size_t len = 0; len <= LEN; len++) {
				fill(ours);
				fill(theirs);
				assert_ptr_equal(port_memmove(ours + to,
							      ours + from,
							      len),
						 ours + to);
				memmove(theirs + to, theirs + from, len);
				assert_memory_equal(ours, theirs, ROOM);
			}
}

static void copies_and_sets_like_libc(void **state)
{
	_Alignas(8) uint8_t ours[ROOM], theirs[ROOM];

	(void)state;
	for (size_t to = 0; to < 16; to++)
		for (size_t len = 0; len <= LEN; len++) {
			fill(ours);
			fill(theirs);
			port_memcpy(ours + to, ours + ROOM - LEN - to % 3,
				    len);
			memcpy(theirs + to, theirs + ROOM - LEN - to % 3, len);
			assert_memory_equal(ours, theirs, ROOM);
			assert_ptr_equal(port_memset(ours + to, 0x1c5, len),
					 ours + to);
			memset(theirs + to, 0x1c5, len);
			assert_memory_equal(ours, theirs, ROOM);
		}
}

static void compares_bytes_as_unsigned(void **state)
{
	(void)state;
	assert_int_equal(port_memcmp("abc", "abd", 2), 0);
	assert_true(port_memcmp("abc", "abd", 3) < 0);
	assert_true(port_memcmp("\xff", "\x01", 1) > 0);
	assert_int_equal(port_memcmp("a", "b", 0), 0);
}

/* ---- cpio ---- */

struct archive {
	char bytes[1024];
	size_t len;
};

static void add_bytes(struct archive *a, const char *bytes, size_t len)
{
	memcpy(a->bytes + a->len, bytes, len);
	a->len += len;
	while (a->len % 4)
		a->bytes[a->len++] = '\0';
}

static void add(struct archive *a, const char *name, size_t name_len,
		const char *data, unsigned int data_len)
{
	char header[HEADER_LEN + 1], *at = header;
	char padded[64] = { 0 };

	at += sprintf(at, "070701");
	for (unsigned int i = 0; i < 13; i++)
		at += sprintf(at, "%08X",
			      i == FIELD_FILESIZE ? data_len :
			      i == FIELD_NAMESIZE ? (unsigned int)name_len : 0);
	memcpy(padded, name, strlen(name));
	memcpy(a->bytes + a->len, header, HEADER_LEN);
	a->len += HEADER_LEN;
	add_bytes(a, padded, name_len);
	add_bytes(a, data, data_len);
}

static void make(struct archive *a)
{
	memset(a, 0, sizeof(*a));
	add(a, "first", 6, "1", 1);
	add(a, "padded", 40, "twenty-two", 10);
	add(a, "empty", 6, "", 0);
	add(a, "TRAILER!!!", 11, "", 0);
	add(a, "behind", 7, "x", 1);
}

/* On a heap block of just that length, so that ASan sees every byte too far. */
static int find(const struct archive *a, size_t len, const char *name,
		struct cpio_file *file)
{
	char *exact = malloc(len ? len : 1);
	struct trans_error err = { 0 };
	int rc;

	assert_non_null(exact);
	memcpy(exact, a->bytes, len);
	rc = cpio_find(exact, len, name, file, &err);
	assert_int_equal(err.status, rc);
	if (!rc)
		assert_true(file->offset <= len &&
			    file->len <= len - file->offset);
	free(exact);
	return rc;
}

static void finds_files(void **state)
{
	struct cpio_file file;
	struct archive a;

	(void)state;
	make(&a);
	assert_int_equal(find(&a, a.len, "padded", &file), 0);
	assert_int_equal(file.len, 10);
	assert_memory_equal(a.bytes + file.offset, "twenty-two", 10);
	assert_int_equal(find(&a, a.len, "empty", &file), 0);
	assert_int_equal(file.len, 0);
	assert_int_equal(find(&a, a.len, "pad", &file), TRANS_ENOENT);
	assert_int_equal(find(&a, a.len, "behind", &file), TRANS_ENOENT);
	assert_int_equal(find(&a, 0, "first", &file), TRANS_ENOENT);
}

static void survives_every_cut(void **state)
{
	struct cpio_file file;
	struct archive a;

	(void)state;
	make(&a);
	for (size_t len = 0; len < a.len; len++)
		(void)find(&a, len, "nowhere", &file);
	assert_int_equal(find(&a, HEADER_LEN - 1, "x", &file), TRANS_ETRUNC);
	assert_int_equal(find(&a, HEADER_LEN + 1, "x", &file), TRANS_ETRUNC);
}

static void survives_every_byte(void **state)
{
	static const char values[] = { 'F', 'f', '0', 'G', '\0', '\xff' };
	struct cpio_file file;
	struct archive a;

	(void)state;
	for (size_t v = 0; v < sizeof(values); v++)
		for (size_t i = 0; i < HEADER_LEN; i++) {
			make(&a);
			a.bytes[i] = values[v];
			(void)find(&a, a.len, "padded", &file);
		}
	make(&a);
	a.bytes[0] = 'x';
	assert_int_equal(find(&a, a.len, "first", &file), TRANS_ECORRUPT);
	make(&a);
	a.bytes[6 + 8 * FIELD_FILESIZE] = 'x';
	assert_int_equal(find(&a, a.len, "first", &file), TRANS_ECORRUPT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(moves_like_libc),
		cmocka_unit_test(copies_and_sets_like_libc),
		cmocka_unit_test(compares_bytes_as_unsigned),
		cmocka_unit_test(finds_files),
		cmocka_unit_test(survives_every_cut),
		cmocka_unit_test(survives_every_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
