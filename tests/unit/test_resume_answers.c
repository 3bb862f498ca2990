/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Three answers, never confused: there is no image here, there is one and it
 * stays, it can be had by another try. A host boots over the first alone.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "files.h"
#include "resume_world.h"

#define BASE 0x40000000ULL
#define MIB (1ULL << 20)

static struct resume_world w;

static void good(void)
{
	struct saved saved = { .page_shift = 12, .base = BASE, .len = 4 * MIB,
			       .va_bits = 48, .mpidr = 0x102 };
	uint64_t seed = 11;

	world_save(&w, &saved);
	world_random_image(&w, &seed, 20, true);
	world_write_disk(&w);
	world_boot(&w, 1);
	world_lend(&w, BASE, MIB);
	world_lend(&w, BASE + 3 * MIB / 2, 5 * MIB / 2);
}

static enum trans_resume_advice answer(int status, const char *why)
{
	int ret = world_load(&w);

	if (ret != status || w.err.status != ret || strcmp(w.err.why, why))
		fail_msg("%s: %s, not %s: %s", trans_strerror(ret),
			 ret ? w.err.why : "", trans_strerror(status), why);
	assert_int_equal(w.writes, 0);
	return trans_resume_advise(ret);
}

static void every_status(void **state)
{
	(void)state;
	for (int status = TRANS_ESTOPPED - 9; status < 9; status++) {
		enum trans_resume_advice advice = trans_resume_advise(status);

		if (status == 0)
			assert_int_equal(advice, TRANS_RESUME_START);
		else if (status == TRANS_ENOIMAGE)
			assert_int_equal(advice, TRANS_RESUME_BOOT);
		else if (status == TRANS_ENOMEM || status == TRANS_ESTALE ||
			 status == TRANS_ESTOPPED)
			assert_int_equal(advice, TRANS_RESUME_AGAIN);
		else
			assert_int_equal(advice, TRANS_RESUME_KEEP);
	}
}

/* ---- each row, by a load ---- */

static void no_image(void **state)
{
	(void)state;
	good();
	memcpy(w.disk + 4096 - 10, "SWAPSPACE2", 10);
	assert_int_equal(answer(TRANS_ENOIMAGE, "swap space without an image"),
			 TRANS_RESUME_BOOT);
	memset(w.disk + 4096 - 10, 0, 10);
	assert_int_equal(answer(TRANS_ENOIMAGE, "not a swap space"),
			 TRANS_RESUME_BOOT);
	world_end(&w);
}

static void disk_that_cannot_be_read(void **state)
{
	(void)state;
	good();
	memcpy(w.disk + 4096 - 10, "SWAPSPACE2", 10);
	w.fail_read_at = 1;
	assert_int_equal(answer(TRANS_EHOST, "disk read"), TRANS_RESUME_KEEP);
	world_end(&w);
}

static void disk_that_ends_before_the_header(void **state)
{
	(void)state;
	good();
	w.args.offset = w.disk_pages;
	assert_int_equal(answer(TRANS_ERANGE,
				"the swap header is beyond the disk"),
			 TRANS_RESUME_KEEP);
	world_end(&w);
}

static void no_entry(void **state)
{
	(void)state;
	good();
	world_code(&w, w.resume_pa, CODE_NOP);
	world_write_disk(&w);
	w.args.entry = TRANS_RESUME_VIRTUAL;
	assert_int_equal(answer(TRANS_EIMAGE, "the image's tables do not lead "
				"to its _cpu_resume"), TRANS_RESUME_KEEP);
	world_end(&w);
}

static void little_memory(void **state)
{
	(void)state;
	good();
	w.lent.count = 0;
	world_lend(&w, BASE, MIB / 2);
	assert_int_equal(world_load(&w), TRANS_ENOMEM);
	assert_int_equal(trans_resume_advise(TRANS_ENOMEM),
			 TRANS_RESUME_AGAIN);
	world_end(&w);
}

/* ---- what a callback says is not the library's answer ---- */

static int alias_says;

static int alias_prepare(void *host, trans_pa_t pa, uint64_t len)
{
	(void)host;
	(void)pa;
	(void)len;
	return alias_says;
}

/* An alias that is execute-never: a host that asks its own tables gets ENOENT. */
static void alias_that_is_not_there(void **state)
{
	static const struct {
		int says, status;
	} rows[] = {
		{ TRANS_ENOENT, TRANS_EHOST }, { TRANS_ENOIMAGE, TRANS_EHOST },
		{ 1, TRANS_EHOST }, { TRANS_EHOST, TRANS_EHOST },
		{ TRANS_EFAULT, TRANS_EFAULT }, { -1000, -1000 },
	};

	(void)state;
	good();
	w.args.transition.alias_prepare = alias_prepare;
	w.args.transition.alias_drop = NULL;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		alias_says = rows[i].says;
		assert_int_equal(answer(rows[i].status,
					"alias_prepare refused"),
				 TRANS_RESUME_KEEP);
	}
	world_end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_status),
		cmocka_unit_test(no_image),
		cmocka_unit_test(disk_that_cannot_be_read),
		cmocka_unit_test(disk_that_ends_before_the_header),
		cmocka_unit_test(no_entry),
		cmocka_unit_test(little_memory),
		cmocka_unit_test(alias_that_is_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
