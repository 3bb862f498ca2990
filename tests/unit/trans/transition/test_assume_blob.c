/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* A blob that was told of nothing that is verified, in a host that was not: who
 * wants a digest is told, for nobody would look. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/support/transitions.h"

/* Instead of trans/transition/fake/blob_image.c: it does not verify. */
extern const char trans_blob_start_[];
extern const uint32_t trans_blob_len_;

const char trans_blob_start_[16] = {
	[0 ... 11] = '\xb1', [BLOB_SAYS - BLOB_ENTRY] = 0,
};
const uint32_t trans_blob_len_ = sizeof(trans_blob_start_);

static void a_digest_is_refused(void **state)
{
	static const struct trans_digest digest = { .pa = DST, .len = 16 };

	(void)state;
	transition_move(SRC, DST, 0x1000);
	tr.args.digests = &digest;
	tr.args.digest_count = 1;
	transition_refused(TRANS_EINVAL);
	assert_non_null(strstr(tr.err.why, "TRANS_ASSUME_NO_DIGESTS"));
}

static void none_is_not(void **state)
{
	(void)state;
	transition_move(SRC, DST, 0x1000);
	transition_prepare();
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, transition_setup, \
					transition_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_digest_is_refused),
		TEST(none_is_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
