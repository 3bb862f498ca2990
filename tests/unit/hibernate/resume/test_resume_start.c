/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The start of a resume: ask, take the image off, leave, go, in this order, and
 * what becomes of the image and of the host when any of them fails or the power
 * goes. A refused ask has written nothing; a failed clear leaves a host with
 * its disks; once leave has begun the image is gone and no disk is touched.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/support/disk.h"
#include "lib/machine/arch/fake/fake.h"
#include "tests/unit/support/resume_world.h"
#include "trans/transition/blob/blob.h"

#define BASE 0x40000000ULL
#define SIG (4096 - 10) /* on the disk */
#define LOST "signature neither cleared nor restored"

static struct resume_world w;
static struct disk disk;
static uint8_t *original;
static unsigned long ops_at_leave, ops_at_unask;

/* ---- what the medium holds ---- */

enum state { WHOLE, GONE, HALF };
#define ONLY(state) (1u << (state))
#define EITHER (ONLY(WHOLE) | ONLY(GONE))

static enum state state_of(const uint8_t *medium)
{
	if (!memcmp(medium, original, w.disk_len))
		return WHOLE;
	if (memcmp(medium, original, SIG) ||
	    memcmp(medium + SIG, "SWAPSPACE2", 10) ||
	    memcmp(medium + SIG + 10, original + SIG + 10,
		   w.disk_len - SIG - 10))
		return HALF;
	return GONE;
}

/* If the power goes now: whatever of the cache made it. Only the one sector is
 * ever written, so the newest of what made it counts. */
static void check_cuts(unsigned int allowed)
{
	uint8_t *medium = malloc(w.disk_len);

	assert_non_null(medium);
	for (unsigned int i = 0; i <= disk.pending_count; i++) {
		memcpy(medium, w.disk, w.disk_len);
		if (i)
			memcpy(medium + (disk.pending[i - 1].sector << 9),
			       disk.pending[i - 1].bytes, 512);
		assert_true(ONLY(state_of(medium)) & allowed);
	}
	free(medium);
}

/* ---- the host ---- */

static int ask(void *host, struct trans_error *err)
{
	(void)host;
	w.asked++;
	/* Nothing was written, and disks work. */
	assert_int_equal(disk.ops, 0);
	err->why = "not today";
	return w.refuse_ask ? TRANS_ETIME : 0;
}

static void unask(void *host)
{
	(void)host;
	w.unasked++;
	ops_at_unask = disk.ops;
}

static int leave(void *host, struct trans_error *err)
{
	(void)host;
	(void)err;
	w.left++;
	ops_at_leave = disk.ops;
	assert_int_equal(disk.writes, 1);
	return w.fail_leave ? TRANS_ETIME : 0;
}

/* Everything as it was when the image was loaded. */
static void again(void)
{
	disk_free(&disk);
	trans_transition_unask(&w.resume.transition);
	memcpy(w.disk, original, w.disk_len);
	disk_init(&disk, w.disk, w.disk_len, 9);
	w.asked = w.unasked = w.left = 0;
	w.refuse_ask = w.fail_leave = false;
	ops_at_leave = ops_at_unask = 0;
	fake_arch_reset();
}

static int set_up(void **state)
{
	(void)state;
	world_usual(&w, BASE);
	original = malloc(w.disk_len);
	assert_non_null(original);
	memcpy(original, w.disk, w.disk_len);
	disk_init(&disk, w.disk, w.disk_len, 9);
	w.args.disk = &disk.block;
	w.args.transition.ask = ask;
	w.args.transition.unask = unask;
	w.args.transition.leave = leave;
	w.args.transition.conduit = TRANS_CONDUIT_SMC;
	assert_int_equal(world_load(&w), 0);
	assert_int_equal(disk.writes + disk.flushes, 0);
	again();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	assert_false(disk.outside);
	disk_free(&disk);
	world_end(&w);
	free(original);
	memset(&w, 0, sizeof(w));
	return 0;
}

#define GONE_INTO_BLOB 1

/* GONE_INTO_BLOB, or what came back. */
static int start(void)
{
	int rc;

	if (setjmp(fake_arch.jump))
		return GONE_INTO_BLOB;
	rc = trans_resume_start(&w.resume, &w.err);
	assert_true(rc < 0);
	assert_int_equal(rc, w.err.status);
	return rc;
}

/* ---- one after the other ---- */

static void goes(void **state)
{
	const struct fake_event *last;

	(void)state;
	assert_int_equal(start(), GONE_INTO_BLOB);
	last = &fake_arch.log[fake_arch.count - 1];
	assert_int_equal(last->what, FAKE_JUMP);
	assert_int_equal(last->value, w.resume.transition.code + BLOB_ENTRY);
	assert_int_equal(fake_arch.jump_x0, w.resume.transition.data);
	assert_int_equal(w.asked, 1);
	assert_int_equal(w.left, 1);
	check_cuts(ONLY(GONE));
	/* Nobody finds the image a second time. */
	trans_resume_unload(&w.resume);
	assert_int_equal(world_load(&w), TRANS_ENOIMAGE);
}

static void ask_refuses(void **state)
{
	(void)state;
	w.refuse_ask = true;
	assert_int_equal(start(), TRANS_ETIME);
	assert_string_equal(w.err.why, "not today");
	assert_int_equal(disk.ops, 0);
	assert_int_equal(w.left + w.unasked, 0);
	check_cuts(ONLY(WHOLE));
	/* Another time, it does. */
	w.refuse_ask = false;
	assert_int_equal(start(), GONE_INTO_BLOB);
	check_cuts(ONLY(GONE));
}

static void disk_refuses(void **state)
{
	(void)state;
	disk.protected = true;
	assert_int_equal(start(), TRANS_EHOST);
	assert_string_equal(w.err.why, "write of the signature");
	assert_int_equal(w.left, 0);
	assert_int_equal(w.unasked, 1);
	check_cuts(ONLY(WHOLE));
	again();
	disk.block.write = NULL;
	assert_int_equal(start(), TRANS_EHOST);
	assert_string_equal(w.err.why, "the disk is read-only");
	assert_int_equal(w.left, 0);
	assert_int_equal(w.unasked, 1);
	/* Undone, it can be asked again. */
	again();
	assert_int_equal(start(), GONE_INTO_BLOB);
}

static void leave_fails(void **state)
{
	(void)state;
	w.fail_leave = true;
	assert_int_equal(start(), GONE_INTO_BLOB);
	assert_int_equal(fake_arch.log[fake_arch.count - 1].what, FAKE_CALL);
	assert_int_equal(fake_arch.jump_x0, w.resume.transition.data |
						    1 << BLOB_NOT_QUIET_BIT);
	assert_int_equal(w.unasked, 0);
	assert_int_equal(disk.ops, ops_at_leave);
	check_cuts(ONLY(GONE));
}

static void nothing_loaded(void **state)
{
	struct trans_resume none;
	struct trans_error err;

	(void)state;
	memset(&none, 0, sizeof(none));
	assert_int_equal(trans_resume_start(&none, &err), TRANS_EINVAL);
	assert_string_equal(err.why, "nothing is loaded");
	trans_resume_unload(&none);
}

/* ---- all of them ---- */

/* What must be so after a start, with @cut: the power went somewhere. */
static void check_start(int rc, bool cut, bool lied)
{
	assert_int_equal(w.asked, 1);
	if (rc == GONE_INTO_BLOB) {
		assert_int_equal(w.left, 1);
		assert_int_equal(w.unasked, 0);
		assert_int_equal(disk.ops, ops_at_leave);
		assert_int_equal(fake_arch.log[fake_arch.count - 1].what,
				 w.fail_leave ? FAKE_CALL : FAKE_JUMP);
		check_cuts(lied ? EITHER : ONLY(GONE));
		return;
	}
	assert_int_equal(w.left, 0);
	assert_int_equal(fake_arch.count, 0);
	if (w.refuse_ask) {
		assert_int_equal(disk.ops + (unsigned long)w.unasked, 0);
		check_cuts(ONLY(WHOLE));
		return;
	}
	assert_int_equal(w.unasked, 1);
	assert_int_equal(disk.ops, ops_at_unask);
	check_cuts(cut || !strcmp(w.err.why, LOST) ? EITHER : ONLY(WHOLE));
}

/* The disk fails, lies or loses power at each operation, of a host that refuses
 * to leave, one that leaves, and one that cannot. */
static void sweep(void **state)
{
	static const enum disk_fault faults[] = {
		DISK_REFUSES, DISK_DOES, DISK_CUT, DISK_LIES, DISK_FLIPS,
	};
	unsigned int went = 0, came_back = 0;

	(void)state;
	for (unsigned int i = 0; i < 3 * 5 * 2 * 9; i++) {
		unsigned int at = i % 9;
		enum disk_fault fault = faults[i / 9 % 5];
		int rc;

		again();
		w.refuse_ask = i / 90 == 1;
		w.fail_leave = i / 90 == 2;
		disk.fault_at = at;
		disk.fault = fault;
		disk.for_good = i / 45 % 2;
		rc = start();
		/* A flush that says it did and did not is beyond any
		 * program. */
		check_start(rc, at && fault == DISK_CUT,
			    at && fault == DISK_LIES);
		went += rc == GONE_INTO_BLOB;
		came_back += rc != GONE_INTO_BLOB && !w.refuse_ask;
	}
	assert_true(went > 60 && came_back > 60);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(goes),
		TEST(ask_refuses),
		TEST(disk_refuses),
		TEST(leave_fails),
		TEST(sweep),
		cmocka_unit_test(nothing_loaded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
