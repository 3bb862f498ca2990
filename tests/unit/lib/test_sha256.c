/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * SHA-256 against the vectors of FIPS 180-4 (and NIST's examples for it), and
 * against itself with the message cut in every way.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include <trans_table/sha256.h>

static void expect(const void *data, size_t len, const char *hex)
{
	uint8_t digest[TRANS_SHA256_LEN];
	char text[65];

	trans_sha256(data, len, digest);
	for (unsigned int i = 0; i < 32; i++) {
		text[2 * i] = "0123456789abcdef"[digest[i] >> 4];
		text[2 * i + 1] = "0123456789abcdef"[digest[i] & 15];
	}
	text[64] = '\0';
	assert_string_equal(text, hex);
}

static void vectors(void **state)
{
	static const char two[] =
		"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
	static const char four[] =
		"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
		"hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu";

	(void)state;
	expect("", 0, "e3b0c44298fc1c149afbf4c8996fb924"
		      "27ae41e4649b934ca495991b7852b855");
	expect("abc", 3, "ba7816bf8f01cfea414140de5dae2223"
			 "b00361a396177a9cb410ff61f20015ad");
	expect(two, sizeof(two) - 1, "248d6a61d20638b8e5c026930c3e6039"
				     "a33ce45964ff2167f6ecedd419db06c1");
	expect(four, sizeof(four) - 1, "cf5b16a778af8380036ce59e7b049237"
				       "0b249b11e8f07a51afac45037afee9d1");
}

static void million(void **state)
{
	static uint8_t as[1000000];

	(void)state;
	memset(as, 'a', sizeof(as));
	expect(as, sizeof(as), "cdc76e5c9914fb9281a1c7e284d73e67"
			       "f1809a48a497200e046d39ccc7112cd0");
}

/* Every length around the block and padding borders, in two pieces each. */
static void pieces(void **state)
{
	uint8_t data[200], whole[32], cut[32];
	struct trans_sha256 sha;

	(void)state;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 37);
	for (size_t len = 0; len <= sizeof(data); len++) {
		trans_sha256(data, len, whole);
		for (size_t at = 0; at <= len; at++) {
			trans_sha256_init(&sha);
			trans_sha256_update(&sha, data, at);
			trans_sha256_update(&sha, data + at, len - at);
			trans_sha256_final(&sha, cut);
			assert_memory_equal(whole, cut, 32);
		}
	}
}

static unsigned int calls;

static void count_blocks(uint32_t sum[8], const uint8_t *data, size_t count)
{
	(void)sum;
	(void)data;
	calls += (unsigned int)count;
}

static void other_blocks(void **state)
{
	struct trans_sha256 sha;
	uint8_t data[130] = { 0 }, digest[32];

	(void)state;
	trans_sha256_init(&sha);
	sha.blocks = count_blocks;
	trans_sha256_update(&sha, data, sizeof(data));
	trans_sha256_final(&sha, digest);
	assert_int_equal(calls, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors),
		cmocka_unit_test(million),
		cmocka_unit_test(pieces),
		cmocka_unit_test(other_blocks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
