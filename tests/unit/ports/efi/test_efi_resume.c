/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What the EFI application does about an image that is refused: nothing that
 * mounts its file systems is started, unless Linux decides or it is given up;
 * and nobody gives it up for what may be otherwise the next time. And that the
 * TPM hears of an image before anything of it is loaded.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define print_error print_trans_error /* cmocka has one, too */
#include "ports/efi/resume.c"

/* ---- the rest of the application ---- */

enum end { NEXT, WAITS, POWERS_OFF, RESETS };

static const char *keys;
static int found_status, load_status, discard_status, measure_status;
static unsigned int discards, forgotten, stalls, measured, begun, given_back;
static bool by_variable, has_disk;
static jmp_buf out;
static const char *why;

struct machine machine;
struct memory memory;
const struct trans_ops memory_ops;

int find_image(const struct options *options, struct found *image,
	       struct trans_error *err)
{
	static struct efi_block_io io;

	(void)options;
	*image = (struct found){ .variable = by_variable,
				 .disk.io = has_disk ? &io : NULL };
	err->status = found_status;
	err->why = "found";
	return found_status;
}

int find_discard(struct found *image, struct trans_error *err)
{
	(void)image;
	err->status = discard_status;
	discards++;
	return discard_status;
}

void find_forget_variable(void)
{
	forgotten++;
}

int measure_resume(struct trans_error *err)
{
	assert_int_equal(begun, 0);
	measured++;
	err->status = measure_status;
	err->why = "TPM";
	return measure_status;
}

int leave_begin(struct trans_error *err)
{
	begun++;
	err->status = load_status;
	err->why = "begin";
	return load_status;
}

int memory_read(struct trans_error *err)
{
	(void)err;
	return 0;
}

int machine_read(struct trans_error *err)
{
	(void)err;
	return 0; /* and has found no GIC */
}

int memory_lend(struct trans_error *err)
{
	(void)err;
	return TRANS_ENOMEM;
}

void memory_take_back(void)
{
	given_back++;
}

int leave_ask(struct trans_error *err)
{
	(void)err;
	return 0;
}

int leave(struct trans_error *err)
{
	(void)err;
	return 0;
}

struct trans_transition_args leave_transition(void)
{
	return (struct trans_transition_args){ 0 };
}

void leave_say(const struct trans_moves *plan)
{
	(void)plan;
}

bool secure_boot(void)
{
	return false;
}

void progress_begin(struct progress *p, const char *what, uint64_t bytes)
{
	(void)p;
	(void)what;
	(void)bytes;
}

int progress_step(void *p, uint64_t done, uint64_t total)
{
	(void)p;
	(void)done;
	(void)total;
	return 0;
}

void progress_end(struct progress *p)
{
	(void)p;
}

void print(const char *format, ...)
{
	(void)format;
}

void print_error(const char *what, const struct trans_error *err)
{
	(void)what;
	why = err->why;
}

bool key_pressed(struct efi_key *key)
{
	if (!*keys)
		return false;
	key->letter = (efi_char_t)*keys++;
	return true;
}

int port_error(struct trans_error *err, int status, const char *text,
	       uint64_t pa, uint64_t len)
{
	*err = (struct trans_error){ .status = status, .why = text, .pa = pa,
				     .len = len };
	return status;
}

efi_status_t status_of(int ret)
{
	return ret ? EFI_DEVICE_ERROR : EFI_SUCCESS;
}

efi_status_t job_next(const struct options *options)
{
	(void)options;
	longjmp(out, NEXT + 1);
}

int trans_unlzo(void *ctx, const void *src, size_t src_len, void *dst,
		size_t room, size_t *len)
{
	(void)ctx;
	(void)src;
	(void)src_len;
	(void)dst;
	(void)room;
	(void)len;
	return TRANS_EHOST;
}

int trans_unlz4(void *ctx, const void *src, size_t src_len, void *dst,
		size_t room, size_t *len)
{
	return trans_unlzo(ctx, src, src_len, dst, room, len);
}

static efi_status_t stall(uint64_t microseconds)
{
	(void)microseconds;
	if (++stalls == 1000) /* longer than anybody is given to read */
		longjmp(out, WAITS + 1);
	return EFI_SUCCESS;
}

static void reset(enum efi_reset how, efi_status_t status, uint64_t len,
		  const void *data)
{
	(void)status;
	(void)len;
	(void)data;
	longjmp(out, how == EFI_RESET_SHUTDOWN ? POWERS_OFF + 1 : RESETS + 1);
}

static struct efi_runtime_services runtime = { .reset = reset };
static struct efi_boot_services services = { .stall = stall };
static struct efi_system_table table = { .runtime = &runtime };
struct efi_system_table *firmware = &table;
struct efi_boot_services *boot = &services;

static enum end end_of(enum on_refusal on_refusal, const char *pressed)
{
	const struct options options = { .on_refusal = on_refusal };
	int end;

	keys = pressed;
	discards = forgotten = stalls = measured = begun = given_back = 0;
	end = setjmp(out);
	if (!end)
		job_resume(&options);
	assert_true(end);
	return (enum end)(end - 1);
}

static int setup(void **state)
{
	(void)state;
	found_status = load_status = discard_status = measure_status = 0;
	by_variable = false;
	has_disk = true;
	return 0;
}

/* ---- tests ---- */

static void test_who_decides(void **state)
{
	(void)state;
	load_status = TRANS_EIMAGE;
	assert_int_equal(end_of(REFUSAL_DEFAULT, ""), WAITS);
	assert_int_equal(end_of(REFUSAL_LINUX, ""), NEXT);
	assert_int_equal(end_of(REFUSAL_STOP, "xp"), POWERS_OFF);
	assert_int_equal(discards, 0);
	by_variable = true;
	assert_int_equal(end_of(REFUSAL_DEFAULT, ""), NEXT);
	assert_int_equal(end_of(REFUSAL_STOP, ""), WAITS);
	assert_int_equal(discards + forgotten, 0);
}

static void test_what_is_given_up(void **state)
{
	(void)state;
	load_status = TRANS_EIMAGE;
	assert_int_equal(end_of(REFUSAL_STOP, "D"), NEXT);
	assert_int_equal(discards, 1);
	assert_int_equal(forgotten, 0);
	by_variable = true;
	assert_int_equal(end_of(REFUSAL_DISCARD, ""), NEXT);
	assert_int_equal(discards, 1);
	assert_int_equal(forgotten, 1);
}

static void test_what_cannot_be_given_up(void **state)
{
	(void)state;
	load_status = TRANS_EIMAGE;
	discard_status = TRANS_EINVAL;
	by_variable = true;
	assert_int_equal(end_of(REFUSAL_DISCARD, ""), WAITS);
	assert_int_equal(discards, 1);
	assert_int_equal(end_of(REFUSAL_STOP, "dd"), WAITS);
	assert_int_equal(discards, 2);
	assert_int_equal(forgotten, 0);
}

static void test_what_may_pass(void **state)
{
	static const int passing[] = { TRANS_ESTOPPED, TRANS_ENOMEM,
				       TRANS_ESTALE, TRANS_EHOST };

	(void)state;
	for (size_t i = 0; i < sizeof(passing) / sizeof(*passing); i++) {
		load_status = passing[i];
		assert_int_equal(end_of(REFUSAL_DISCARD, ""), WAITS);
		assert_int_equal(discards, 0);
		assert_int_equal(end_of(REFUSAL_DISCARD, "d"), NEXT);
		assert_int_equal(discards, 1);
	}
}

static void test_no_image(void **state)
{
	(void)state;
	found_status = TRANS_ENOIMAGE;
	assert_int_equal(end_of(REFUSAL_STOP, ""), NEXT);
	/* in LUKS or LVM, where Linux can look */
	found_status = TRANS_ENOENT;
	has_disk = false;
	by_variable = true;
	assert_int_equal(end_of(REFUSAL_STOP, ""), NEXT);
	by_variable = false;
	assert_int_equal(end_of(REFUSAL_STOP, ""), WAITS);
}

static void test_no_gic(void **state)
{
	(void)state;
	assert_int_equal(end_of(REFUSAL_DEFAULT, ""), WAITS);
	assert_string_equal(why, "no GIC in tree or ACPI");
}

static void test_measured(void **state)
{
	static const struct options plan = { .plan = true };

	(void)state;
	load_status = TRANS_EIMAGE;
	end_of(REFUSAL_STOP, "");
	assert_int_equal(measured, 1);
	assert_int_equal(begun, 1);
	found_status = TRANS_ENOIMAGE;
	end_of(REFUSAL_STOP, "");
	assert_int_equal(measured, 0);
	found_status = 0;
	begun = 0;
	assert_int_equal(job_resume(&plan), EFI_DEVICE_ERROR);
	assert_int_equal(measured, 0);
	assert_int_equal(begun, 1);
}

/* Nothing is loaded, and nothing given up for it. */
static void test_tpm_fails(void **state)
{
	(void)state;
	measure_status = TRANS_EHOST;
	assert_int_equal(end_of(REFUSAL_DISCARD, ""), WAITS);
	assert_string_equal(why, "TPM");
	assert_int_equal(begun + discards, 0);
	by_variable = true;
	assert_int_equal(end_of(REFUSAL_DEFAULT, ""), NEXT);
	assert_int_equal(begun + discards + forgotten, 0);
}

/* A disk may still write to what it was to read to: that is not given back, and
 * nothing else runs, whatever was to be done about a refusal. */
static void test_read_is_lost(void **state)
{
	static const enum on_refusal all[] = { REFUSAL_DEFAULT, REFUSAL_LINUX,
					       REFUSAL_STOP, REFUSAL_DISCARD };

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		load_status = TRANS_ELOST;
		by_variable = i & 1;
		assert_int_equal(end_of(all[i], ""), RESETS);
		assert_true(stalls > 0); /* what was said can be read */
		assert_int_equal(discards + forgotten + given_back, 0);
	}
	load_status = TRANS_EHOST;
	assert_int_equal(end_of(REFUSAL_LINUX, ""), NEXT);
	assert_int_equal(given_back, 1);
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_who_decides),
		TEST(test_what_is_given_up),
		TEST(test_what_cannot_be_given_up),
		TEST(test_what_may_pass),
		TEST(test_no_image),
		TEST(test_no_gic),
		TEST(test_measured),
		TEST(test_tpm_fails),
		TEST(test_read_is_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
