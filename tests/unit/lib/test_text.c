/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* Text from a disk, before anybody shows it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "lib/text.h"

static void becomes(const char *bytes, size_t len, const char *want)
{
	char text[16];

	memset(text, 'z', sizeof(text));
	memcpy(text, bytes, len);
	trans_text_printable_(text, len);
	if (len)
		assert_string_equal(text, want);
	/* Nothing behind it. */
	for (size_t i = len; i < sizeof(text); i++)
		assert_int_equal(text[i], 'z');
}

static void text_that_obeys_nobody(void **state)
{
	(void)state;
	becomes("#1 SMP ~", 9, "#1 SMP ~");
	becomes("\033[2J\033]0;", 9, "?[2J?]0;");
	becomes("\a\b\t\n\v\f\r", 8, "???????");
	becomes("\x7f\x80\x9b\xff\x1f", 6, "?????");
	becomes("", 1, "");
	becomes("", 0, "");
}

static void text_without_an_end(void **state)
{
	(void)state;
	becomes("abcd", 4, "abc");
	becomes("\033", 1, "");
	becomes("ab\0\033", 4, "ab");
}

static void every_byte(void **state)
{
	(void)state;
	for (unsigned int byte = 1; byte < 256; byte++) {
		char text[2] = { (char)byte, 0 };

		trans_text_printable_(text, sizeof(text));
		assert_int_equal(text[0], byte >= 0x20 && byte < 0x7f ?
				 (int)byte : '?');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_that_obeys_nobody),
		cmocka_unit_test(text_without_an_end),
		cmocka_unit_test(every_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
