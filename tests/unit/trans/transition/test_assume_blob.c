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

int main(void)
{
	const struct CMUnitTest tests[] = {
		TRANSITION_TEST(a_digest_is_refused),
		TRANSITION_TEST(the_rest_is_prepared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
