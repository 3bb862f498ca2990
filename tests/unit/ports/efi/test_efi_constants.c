/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Constants of the EFI application: what pack.py packs is what comes back, and
 * of what is damaged nothing is written elsewhere, or read without an end.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define print_error print_trans_error /* cmocka has one, too */
#include "ports/efi/constants.c"

#define LEN 4096
/* Each step is 4 bytes at least of what comes out, and has no more than 3 bytes
 * besides literals and lengths. */
#define PACKED_MAX (2 * LEN)

uint8_t constants[LEN], constants_end[1];
const uint8_t constants_packed[8];

efi_status_t application(efi_handle_t handle, struct efi_system_table *table)
{
	(void)handle;
	(void)table;
	return EFI_ABORTED;
}

static void write_file(const char *path, const void *data, size_t len)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, len, file), len);
	fclose(file);
}

/* By pack.py; the length. Zeroes are behind it, as in the application. */
static size_t pack(uint8_t packed[PACKED_MAX], const uint8_t *data, size_t len)
{
	char path[] = "/tmp/constants-XXXXXX", command[512];
	int fd = mkstemp(path);
	FILE *from;

	assert_true(fd >= 0);
	write_file(path, data, len);
	snprintf(command, sizeof(command),
		 "python3 -c 'import sys\n"
		 "sys.path.insert(0, \"ports/efi\")\n"
		 "import pack\n"
		 "data = open(sys.argv[1], \"rb\").read()\n"
		 "sys.stdout.buffer.write(pack.pack(data))' %s", path);
	from = popen(command, "r");
	assert_non_null(from);
	memset(packed, 0, PACKED_MAX);
	len = fread(packed, 1, PACKED_MAX, from);
	assert_int_equal(pclose(from), 0);
	fclose(fdopen(fd, "r"));
	remove(path);
	return len;
}

/* Noise, zeroes, and the noise again: literals and matches of all lengths. With
 * many zeroes pack.py takes long, which compares each with all others. */
static size_t fill(uint8_t data[LEN], size_t noise, size_t zeroes, size_t again)
{
	uint32_t random = 1;

	for (size_t i = 0; i < noise; i++) {
		random = random * 1103515245 + 12345;
		data[i] = (uint8_t)(random >> 16);
	}
	memset(&data[noise], 0, zeroes);
	memcpy(&data[noise + zeroes], data, again);
	return noise + zeroes + again;
}

static void test_comes_back(void **state)
{
	static const uint16_t lens[] = { 0, 1, 4, 14, 15, 18, 19, 20, 269, 270,
					 274, 275, 529, 600 };
	uint8_t data[LEN], packed[PACKED_MAX], out[LEN + 1];

	(void)state;
	for (size_t i = 0; i < sizeof(lens) / sizeof(*lens); i++) {
		size_t noise = 1 + lens[i];
		size_t len = fill(data, noise, i, lens[i]);

		assert_true(pack(packed, data, len) <= len + 16);
		memset(out, 0xee, sizeof(out));
		assert_true(unpack(out, out + len, packed));
		assert_memory_equal(out, data, len);
		assert_int_equal(out[len], 0xee);
	}
}

/* Unpack to the front of it; is all behind as it was? */
static bool stays_within(uint8_t out[4 * LEN], size_t len, const uint8_t *in,
			 bool *well)
{
	size_t at = len;

	memset(out, 0xee, 4 * LEN);
	*well = unpack(out, out + len, in);
	while (at < 4 * LEN && out[at] == 0xee)
		at++;
	return at == 4 * LEN;
}

static void test_damaged(void **state)
{
	static uint8_t data[LEN], packed[PACKED_MAX], in[PACKED_MAX];
	static uint8_t out[4 * LEN];
	size_t len = fill(data, 300, 30, 290), refused = 0;
	size_t packed_len = pack(packed, data, len);
	bool well;

	(void)state;
	for (size_t at = 0; at < packed_len; at++)
		for (unsigned int bit = 0; bit < 8; bit++) {
			memcpy(in, packed, PACKED_MAX);
			in[at] ^= (uint8_t)(1u << bit);
			assert_true(stays_within(out, len, in, &well));
			refused += !well;
		}
	assert_true(refused > 10);
	for (unsigned int byte = 0; byte < 256; byte++) {
		memset(in, (int)byte, PACKED_MAX);
		assert_true(stays_within(out, len, in, &well));
	}
}

/* What follows is zeroes, of which none is a match. */
static void test_short(void **state)
{
	uint8_t data[LEN], packed[PACKED_MAX], in[PACKED_MAX], out[LEN];
	size_t len = fill(data, 300, 30, 290);
	size_t packed_len = pack(packed, data, len);

	(void)state;
	for (size_t n = 0; n < packed_len - 1; n++) {
		memset(in, 0, sizeof(in));
		memcpy(in, packed, n);
		assert_false(unpack(out, out + len, in));
	}
}

static void test_nothing_runs_on_what_is_damaged(void **state)
{
	(void)state;
	assert_int_equal(efi_main(NULL, NULL), EFI_LOAD_ERROR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_comes_back),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_short),
		cmocka_unit_test(test_nothing_runs_on_what_is_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
