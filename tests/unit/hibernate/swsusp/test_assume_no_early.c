/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* A build that was told to use no early reads: a disk that offers them is not
 * asked for any, and the stream is the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define TRANS_ASSUME_NO_EARLY 1
#include "hibernate/swsusp/read.c"
#include "hibernate/swsusp/stream.c"

#include "tests/unit/support/swsusp_hostile.h"

static void none_is_asked_for(void **state)
{
	const struct image_spec spec = { .page_shift = 12, .data_pages = 700,
					 .packing = TRANS_SWSUSP_LZO };

	(void)state;
	hostile_make(&spec);
	disk_init(&victim.disk, hostile.disk, hostile.len, 9);
	early_begin(&victim.early, &victim.disk.block);
	assert_int_equal(hostile_attempt(), 0);
	assert_memory_equal(victim.out, hostile.stream, hostile_stream_len());
	assert_int_equal(victim.early.starts, 0);
	hostile_drop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(none_is_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
