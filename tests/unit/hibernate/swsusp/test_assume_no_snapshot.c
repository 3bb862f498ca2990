/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* A build that was told that no image is a snapshot of the library's own: one
 * is refused, and not taken for a kernel's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define TRANS_ASSUME_NO_SNAPSHOT 1
#include "hibernate/swsusp/open.c"

#include "tests/unit/support/snapshots.h"

static void one_is_refused(void **state)
{
	struct snap s;
	struct trans_swsusp_args args = { .disk = &s.disk.block,
					  .buffer_len = TRANS_SWSUSP_BUFFER(12) };
	struct trans_swsusp image;
	struct trans_error err = { 0 };

	(void)state;
	snap_open(&s, 12, 40, TRANS_SWSUSP_RAW, 0);
	assert_int_equal(snap_take(&s), 0);
	args.buffer = aligned_alloc(4096, args.buffer_len);
	assert_non_null(args.buffer);
	assert_int_equal(trans_swsusp_open(&image, &args, &err), TRANS_EIMAGE);
	assert_non_null(strstr(err.why, "TRANS_ASSUME_NO_SNAPSHOT"));
	free(args.buffer);
	snap_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
