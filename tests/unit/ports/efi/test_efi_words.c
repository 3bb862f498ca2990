/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What the EFI application makes of words that others wrote: options, UUIDs,
 * and systemd's variable.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ports/efi/words.c"

static struct options o;
static char text[8192];

static const char *words(const char *line)
{
	assert_true(strlen(line) < sizeof(text));
	strcpy(text, line);
	memset(&o, 0, sizeof(o));
	return options_read(&o, text);
}

static const uint8_t bytes[16] = { 0xc1, 0x2a, 0x73, 0x28, 0xf8, 0x1f, 0x11,
				   0xd2, 0xba, 0x4b, 0x00, 0xa0, 0xc9, 0x3e,
				   0xc9, 0x3b };
#define UUID "C12A7328-F81F-11D2-BA4B-00A0C93EC93B"

/* ---- options ---- */

static void test_nothing_is_said(void **state)
{
	(void)state;
	assert_null(words(""));
	assert_null(words(" \r\n\t # only a comment"));
	assert_false(o.plan || o.kernel[0] || o.has_uuid || o.has_cmdline);
	assert_int_equal(o.on_refusal, REFUSAL_DEFAULT);
}

static void test_a_kernel_has_words(void **state)
{
	(void)state;
	assert_null(words("-k \\EFI\\Image -i /initrd -c \"a b=c  d\" -n"));
	assert_string_equal(o.kernel, "\\EFI\\Image");
	assert_string_equal(o.initrd, "/initrd");
	assert_string_equal(o.cmdline, "a b=c  d");
	assert_true(o.has_cmdline && o.unverified);
	assert_null(words("-k Image -c \"\""));
	assert_true(o.has_cmdline);
	assert_string_equal(o.cmdline, "");
}

static void test_a_file_has_lines(void **state)
{
	(void)state;
	assert_null(words("# what to start\r\nnext=\"\\a.efi x=1 y\"\r\n"
			  "\ton-refusal=stop # not linux\r\n--plan"));
	assert_string_equal(o.next, "\\a.efi x=1 y");
	assert_int_equal(o.on_refusal, REFUSAL_STOP);
	assert_true(o.plan);
}

static void test_later_words_win(void **state)
{
	(void)state;
	assert_null(words("on-refusal=stop on-refusal=linux"));
	assert_int_equal(o.on_refusal, REFUSAL_LINUX);
	strcpy(text, "on-refusal=discard");
	assert_null(options_read(&o, text));
	assert_int_equal(o.on_refusal, REFUSAL_DISCARD);
}

static void test_a_place_is_named(void **state)
{
	(void)state;
	assert_null(words("device=" UUID " -k Image"));
	assert_true(o.has_uuid);
	assert_null(words("device=" UUID " offset=34816"));
	assert_true(o.has_uuid);
	assert_memory_equal(o.uuid, bytes, 16);
	assert_int_equal(o.offset, 34816);
}

static void test_memory_is_avoided(void **state)
{
	(void)state;
	assert_null(words("avoid=0x40000000:1000 avoid=ffff:0xF"));
	assert_int_equal(o.avoided, 2);
	assert_int_equal(o.avoid[0].start, 0x40000000);
	assert_int_equal(o.avoid[0].len, 0x1000);
	assert_int_equal(o.avoid[1].start, 0xffff);
	assert_int_equal(o.avoid[1].len, 15);
	assert_null(words("avoid=ffffffffffffffff:1"));
	assert_non_null(words("avoid=ffffffffffffffff:2"));
	assert_non_null(words("avoid=0:1 avoid=0:1 avoid=0:1 avoid=0:1 "
			      "avoid=0:1"));
}

static void test_what_is_not_understood_is_named(void **state)
{
	static const char *const bad[] = {
		"-x", "-k", "--plans", "plan", "on-refusal=", "on-refusal=no",
		"offset=", "offset=12x", "offset=-1",
		"offset=18446744073709551616", "device=", "device=12",
		"device=" UUID "0", "next=", "avoid=", "avoid=1", "avoid=1:",
		"avoid=:1", "avoid=1:0", "avoid=1:2:3", "avoid=10000000000000000:1",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_string_equal(words(bad[i]), bad[i]);
	assert_null(words("offset=18446744073709551599"));
}

/* Of what a shell gives, the application's own name is no word. */
static void test_the_own_name_is_passed(void **state)
{
	static const struct {
		const char *text, *rest;
	} each[] = {
		{ "transtable.efi --plan", " --plan" },
		{ "FS0:\\EFI\\TT.EFI", "" },
		{ "next=\\EFI\\debian\\grubaa64.efi --plan", NULL },
		{ "-k a.efi", NULL }, { "--plan a.efi", NULL }, { "efi", NULL },
		{ "", NULL },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(each) / sizeof(each[0]); i++) {
		strcpy(text, each[i].text);
		assert_string_equal(options_behind_own_name(text),
				    each[i].rest ? each[i].rest :
						   each[i].text);
	}
}

/* Too long is refused, not cut: half a name is another file's. */
static void test_names_have_an_end(void **state)
{
	char line[WORD_MAX + 16] = "-k ";

	(void)state;
	memset(line + 3, 'a', WORD_MAX - 1);
	assert_null(words(line));
	assert_int_equal(strlen(o.kernel), WORD_MAX - 1);
	memset(line + 3, 'a', WORD_MAX);
	assert_non_null(words(line));
}

/* ---- UUIDs ---- */

/* As many characters as a kernel takes (COMMAND_LINE_SIZE, with the NUL), and
 * not one less than was said. */
static void test_a_command_line_is_never_cut(void **state)
{
	static char line[4096];
	size_t begin;

	(void)state;
	strcpy(line, "-k Image -c ");
	begin = strlen(line);
	memset(line + begin, 'a', 2047);
	assert_null(words(line));
	assert_int_equal(strlen(o.cmdline), 2047);
	line[begin + 2047] = 'b';
	assert_non_null(words(line));
}

static void test_uuids_are_read_as_written(void **state)
{
	static const uint8_t guid[16] = { 0x28, 0x73, 0x2a, 0xc1, 0x1f, 0xf8,
					  0xd2, 0x11, 0xba, 0x4b, 0x00, 0xa0,
					  0xc9, 0x3e, 0xc9, 0x3b };
	uint8_t uuid[16];

	(void)state;
	assert_true(uuid_read("c12a7328f81f11d2ba4b00a0c93ec93b", uuid));
	assert_memory_equal(uuid, bytes, 16);
	assert_true(uuid_read(UUID, uuid));
	assert_memory_equal(uuid, bytes, 16);
	uuid_of_guid(uuid, guid);
	assert_memory_equal(uuid, bytes, 16);
	assert_false(uuid_read("", uuid));
	assert_false(uuid_read("c12a7328f81f11d2ba4b00a0c93ec93", uuid));
	assert_false(uuid_read("g12a7328f81f11d2ba4b00a0c93ec93b", uuid));
	assert_false(uuid_read(UUID " ", uuid));
}

/* ---- systemd's variable ---- */

static struct location at;

static bool narrow_location(const char *json)
{
	return location_read(json, strlen(json), &at);
}

static bool wide_location(const char *json)
{
	static uint8_t wide[4096];
	size_t len = strlen(json) + 1;

	memset(wide, 0, sizeof(wide));
	for (size_t i = 0; i < len; i++)
		wide[2 * i] = (uint8_t)json[i];
	return location_read(wide, 2 * len, &at);
}

static void test_systemd_says_where(void **state)
{
	const char *json =
		"{\"uuid\":\"" UUID "\",\"offset\":34816,\"kernelVersion\":"
		"\"6.12.95\",\"osReleaseId\":\"debian\"}";

	(void)state;
	assert_true(wide_location(json));
	assert_memory_equal(at.uuid, bytes, 16);
	assert_int_equal(at.offset, 34816);
	assert_true(narrow_location(json));
	assert_int_equal(at.offset, 34816);
}

static void test_json_may_look_otherwise(void **state)
{
	(void)state;
	assert_true(narrow_location(
		" {\n \"id\" : {\"uuid\":\"x\", \"a\":[1,{}]} ,\n"
		" \"s\" : \"}\\\",\\\"uuid\\\"\", \"offset\" : 7 ,"
		" \"uuid\" : \"" UUID "\" }\n"));
	assert_memory_equal(at.uuid, bytes, 16);
	assert_int_equal(at.offset, 7);
	assert_true(narrow_location("{\"uuid\":\"" UUID "\"}"));
	assert_int_equal(at.offset, 0);
}

static void test_what_is_no_json_names_nothing(void **state)
{
	static const char *const bad[] = {
		"", "{", "{}", "[]", "x", "{\"uuid\"}", "{\"uuid\":}",
		"{\"uuid\":\"" UUID "\"", "{\"uuid\":\"" UUID, "{\"offset\":1}",
		"{\"uuid\":\"1\"}", "{\"uuid\":\"" UUID "\",\"offset\":\"x\"}",
		"{\"uuid\":\"" UUID "\",\"offset\":-1}", "{\"uuid\":{}}",
		"{\"a\":[}", "{\"a\":\"\\", "{uuid:\"" UUID "\"}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_false(narrow_location(bad[i]));
		assert_false(wide_location(bad[i]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_is_said),
		cmocka_unit_test(test_a_kernel_has_words),
		cmocka_unit_test(test_a_file_has_lines),
		cmocka_unit_test(test_later_words_win),
		cmocka_unit_test(test_a_place_is_named),
		cmocka_unit_test(test_memory_is_avoided),
		cmocka_unit_test(test_what_is_not_understood_is_named),
		cmocka_unit_test(test_the_own_name_is_passed),
		cmocka_unit_test(test_names_have_an_end),
		cmocka_unit_test(test_a_command_line_is_never_cut),
		cmocka_unit_test(test_uuids_are_read_as_written),
		cmocka_unit_test(test_systemd_says_where),
		cmocka_unit_test(test_json_may_look_otherwise),
		cmocka_unit_test(test_what_is_no_json_names_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
