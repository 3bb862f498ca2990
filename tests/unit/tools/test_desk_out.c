/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* What reaches a terminal, and what reaches a reader of JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tools/trans/out.h"

static char *said;
static size_t said_len;
static struct out out;

static void begin(bool json)
{
	out_begin(&out, open_memstream(&said, &said_len), json);
}

/* What was said must be @text. */
static void must_say(const char *text)
{
	assert_int_equal(out_end(&out), 0);
	fclose(out.to);
	assert_string_equal(said, text);
	free(said);
}

static void text(void **state)
{
	(void)state;
	begin(false);
	out_text(&out, "page_size", "a\tb\033[31m\x7f\xff\xc2\x9b\xc3\xa4");
	out_number(&out, "n", UINT64_MAX);
	out_flag(&out, "a_key_that_is_longer_than_the_column", true);
	out_list(&out, "lines");
	out_line(&out, "one\n", 4);
	out_line(&out, "", 0);
	out_list_end(&out);
	must_say("page size         a\tb?[31m???\xc3\xa4\n"
		 "n                 18446744073709551615\n"
		 "a key that is longer than the column yes\n"
		 "one\n\n");
}

static void json(void **state)
{
	(void)state;
	begin(true);
	out_text(&out, "s", "\"\\\n\x01\xff\xc2\x85\xc3\xa4");
	out_address(&out, "a", UINT64_MAX);
	out_flag(&out, "f", false);
	out_list(&out, "l");
	out_line(&out, "x\n", 2);
	out_object(&out);
	out_number(&out, "n", 1);
	out_number(&out, "m", 2);
	out_object_end(&out);
	out_list_end(&out);
	out_flag(&out, "t", true);
	must_say("{\n\"s\": \"\\\"\\\\\\u000a\\u0001\\ufffd\\u0085\xc3\xa4\",\n"
		 "\"a\": \"0xffffffffffffffff\",\n\"f\": false,\n\"l\": [\n"
		 "\"x\",\n{\"n\": 1,\n\"m\": 2}\n],\n\"t\": true\n}\n");
}

/* Overlong forms, surrogates, what is cut, and beyond U+10FFFF. */
static void no_utf8(void **state)
{
	static const char *const bad[] = {
		"\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80",
		"\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
		"\xc3", "\xe2\x82", "\xf0\x9f\x98", "\x80", "\xe2\x28\xa1",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		begin(false);
		out_line(&out, bad[i], strlen(bad[i]));
		assert_int_equal(out_end(&out), 0);
		fclose(out.to);
		for (size_t j = 0; j < said_len; j++)
			assert_true((said[j] & 0x80) == 0);
		free(said);
	}
	begin(false);
	out_line(&out, "\xe2\x82\xac\xf0\x9f\x98\x80\xf4\x8f\xbf\xbf", 11);
	must_say("\xe2\x82\xac\xf0\x9f\x98\x80\xf4\x8f\xbf\xbf\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text),
		cmocka_unit_test(json),
		cmocka_unit_test(no_utf8),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
