/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* Maps of address spaces: what is drawn where, and that gaps stay narrow. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tools/trans/picture.h"

static struct picture picture;
static char *said;
static size_t said_len;

static FILE *stream(void)
{
	return open_memstream(&said, &said_len);
}

static void as_text(void)
{
	struct out out;

	out_begin(&out, stream(), false);
	picture_text(&picture, &out);
	picture_marks(&picture, &out);
	assert_int_equal(out_end(&out), 0);
	fclose(out.to);
}

static size_t letters(char letter)
{
	const char *end = strchr(said, '\n');
	size_t count = 0;

	for (const char *at = strchr(said, '|'); at < end; at++)
		count += *at == letter;
	return count;
}

/* A page, nothing for most of an address space, and 32 pages. */
static void text(void **state)
{
	(void)state;
	picture_begin(&picture, "a picture");
	picture_bar(&picture, "now");
	picture_add(&picture, PICTURE_RAM, 1ULL << 60, 4096, "far");
	picture_add(&picture, PICTURE_KERNEL, 0, 32 * 4096, "near");
	picture_add(&picture, PICTURE_TREE, 0x1000, 0, "nothing");
	as_text();
	assert_int_equal(letters('K') + letters('.') + letters(' '), 64);
	assert_true(letters('K') > letters(' '));
	assert_true(letters(' ') > 1 && letters('.') > 1);
	assert_int_equal(letters('D'), 0);
	assert_non_null(strstr(said, "now      K 0+0x20000 near\n"));
	assert_non_null(strstr(said, "now      . 0x1000000000000000+0x1000 far"));
	free(said);
	picture_drop(&picture);
}

/* Up to the last byte of all; a later mark lies over an earlier one. */
static void ends(void **state)
{
	(void)state;
	picture_begin(&picture, "a picture");
	picture_bar(&picture, "now");
	picture_add(&picture, PICTURE_RAM, 0, UINT64_MAX, "all");
	picture_add(&picture, PICTURE_KERNEL, UINT64_MAX - 0xfffff, 0x100000,
		    "last");
	as_text();
	assert_true(letters('K') > 4);
	assert_int_equal(letters('K') + letters('.'), 64);
	free(said);
	picture_drop(&picture);
}

static void svg(void **state)
{
	FILE *to = stream();

	(void)state;
	picture_begin(&picture, "a <b>");
	picture_bar(&picture, "x&y");
	picture_add(&picture, PICTURE_KERNEL, 0x1000, 0x1000,
		    "</title><script>\x1b\xff");
	assert_true(picture_svg(&picture, to));
	fclose(to);
	assert_null(strstr(said, "<script"));
	assert_null(strchr(said, 0x1b));
	assert_null(strstr(said, "a <b>"));
	assert_non_null(strstr(said, "x&#38;y: 0x1000 to 0x2000, 4096 bytes"));
	assert_string_equal(said + said_len - 7, "</svg>\n");
	free(said);
	picture_drop(&picture);
}

static void nothing(void **state)
{
	FILE *to = stream();

	(void)state;
	picture_begin(&picture, "nothing");
	picture_bar(&picture, "now");
	assert_false(picture_svg(&picture, to));
	fclose(to);
	free(said);
	picture_drop(&picture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text),
		cmocka_unit_test(ends),
		cmocka_unit_test(svg),
		cmocka_unit_test(nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
