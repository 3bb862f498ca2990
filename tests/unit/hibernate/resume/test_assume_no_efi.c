/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* A build that was told that its host is no EFI firmware: it says so to whoever
 * has some, and refuses a kernel that EFI booted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define TRANS_ASSUME_NO_EFI 1
#define trans_find_efi_ find_by_test
#include "hibernate/resume/efi.c"
#include "hibernate/resume/resume.c"

#include "tests/unit/support/resume_world.h"

#define SYSTEM_TABLE 0x5fec7b60ULL

static uint64_t booted_by;

/* In what the saved kernel has of its memory. */
int find_by_test(const struct trans_saved_memory *memory, uint64_t effort,
		 struct tr_efi *efi, struct trans_error *err)
{
	(void)memory;
	(void)effort;
	(void)err;
	*efi = (struct tr_efi){ .system_table = booted_by };
	return 0;
}

static void firmware_is_refused(void **state)
{
	const struct trans_ranges runtime = { 0 };
	struct resume_world *w = *state;

	w->args.efi_system_table = SYSTEM_TABLE;
	assert_int_equal(world_load(w), TRANS_EINVAL);
	assert_non_null(strstr(w->err.why, "TRANS_ASSUME_NO_EFI"));
	w->args.efi_system_table = 0;
	w->args.efi_runtime = &runtime;
	assert_int_equal(world_load(w), TRANS_EINVAL);
	assert_non_null(strstr(w->err.why, "TRANS_ASSUME_NO_EFI"));
}

static void a_kernel_that_efi_booted_is_refused(void **state)
{
	struct resume_world *w = *state;

	booted_by = SYSTEM_TABLE;
	assert_int_equal(world_load(w), TRANS_ESTATE);
	assert_int_equal(w->err.pa, SYSTEM_TABLE);
	w->args.efi_anyway = true;
	assert_int_equal(world_load(w), 0);
	trans_resume_unload(&w->resume);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(world_is_loaded),
		WORLD_TEST(firmware_is_refused),
		WORLD_TEST(a_kernel_that_efi_booted_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
