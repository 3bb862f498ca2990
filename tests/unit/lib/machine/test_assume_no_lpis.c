/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* A build that was told to ask no saved kernel anything has nobody's LPI tables
 * to give back: a host that has some is told, before a register is touched. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define TRANS_ASSUME_UNASKED 1
#include "lib/machine/gic_lpi_on.c"
#include "lib/machine/gic_resume.c"

static uint64_t nobody_reads(void *ctx, trans_pa_t pa)
{
	(void)ctx;
	fail_msg("read at %llx", (unsigned long long)pa);
	return 0;
}

static uint32_t nobody_reads32(void *ctx, trans_pa_t pa)
{
	return (uint32_t)nobody_reads(ctx, pa);
}

static void nobody_writes(void *ctx, trans_pa_t pa, uint64_t value)
{
	(void)ctx;
	(void)value;
	fail_msg("written at %llx", (unsigned long long)pa);
}

static const struct trans_gic_pending pending = { 0, 0x50000000 };
static const struct trans_gic_lpis lpis = { 0x4000000f, &pending, 1 };
static const struct trans_gic gic = {
	.version = 3,
	.mmio = { .read32 = nobody_reads32, .write64 = nobody_writes },
	.lpis = &lpis,
};

static void refuses_by_name(int status, const struct trans_error *err)
{
	assert_int_equal(status, TRANS_EINVAL);
	assert_int_equal(err->status, TRANS_EINVAL);
	assert_non_null(strstr(err->why, "TRANS_ASSUME_UNASKED"));
}

static void resume_is_refused(void **state)
{
	const struct trans_cpu cpu = { .el = 1 };
	struct trans_error err;

	(void)state;
	refuses_by_name(trans_gic_resume(&gic, &cpu, 0, &err), &err);
}

/* While the host can still stay. */
static void so_it_is_when_asked(void **state)
{
	struct trans_error err;

	(void)state;
	refuses_by_name(trans_gic_lpis_check(&gic, 0, NULL, &err), &err);
}

static void none_are_not(void **state)
{
	struct trans_gic none = gic;

	(void)state;
	none.lpis = NULL;
	assert_int_equal(trans_gic_lpis_check(&none, 0, NULL, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(resume_is_refused),
		cmocka_unit_test(so_it_is_when_asked),
		cmocka_unit_test(none_are_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
