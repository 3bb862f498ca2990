/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Progress of a kexec's load: of whatever kernel, it never falls and ends where
 * it said it would; what is hashed or laid out between two calls is counted by
 * the test; and it stops a load anywhere, with nothing left.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/support/kexecs.h"

#define MIB (1ULL << 20)
#define LARGE_AT (BASE + 6 * MIB)
#define LARGE_LEN (5 * MIB + 0x1234)

/* @hashed, @largest: since the last call, and the most between two. */
static struct {
	uint64_t done, total;
	unsigned long calls, stop_at;
	uint64_t hashed, largest, all;
} told;

static int progress(void *ctx, uint64_t done, uint64_t total)
{
	(void)ctx;
	assert_true(total && (!told.calls || total == told.total));
	assert_in_range(done, told.done, total);
	told.done = done;
	told.total = total;
	if (told.hashed > told.largest)
		told.largest = told.hashed;
	told.hashed = 0;
	return ++told.calls == told.stop_at;
}

/* No SHA-256, but it counts what it is given. */
static void counting(uint32_t state[8], const uint8_t *data, size_t count)
{
	state[0] ^= data[0];
	told.hashed += count * TRANS_SHA256_BLOCK;
	told.all += count * TRANS_SHA256_BLOCK;
}

static void forget(unsigned long stop_at)
{
	memset(&told, 0, sizeof(told));
	told.stop_at = stop_at;
}

static void is_told(struct fixture *f)
{
	unsigned long calls;

	forget(0);
	kexec_load(f);
	assert_int_equal(told.done, told.total);
	/* What a digest's last block needs comes after its last call. */
	assert_in_range(told.largest, 0, MIB + 2 * TRANS_SHA256_BLOCK);
	trans_kexec_unload(&f->kexec);
	calls = told.calls;
	assert_true(calls >= 2);
	for (unsigned long at = 1; at <= calls; at++) {
		forget(at);
		refused_because(f, TRANS_ESTOPPED, "progress");
		assert_int_equal(told.calls, at);
	}
}

/* What the kernel is, with every choice that makes a difference. */
static void every_way(struct fixture *f, bool plain)
{
	static const uint8_t known[TRANS_SHA256_LEN];

	f->args.progress = progress;
	f->args.sha256 = counting;
	f->args.verify = false;
	is_told(f);
	f->args.verify = true;
	is_told(f);
	f->args.initrd_sha256 = known;
	is_told(f);
	if (plain)
		f->args.kernel_sha256 = known;
	is_told(f);
	f->args.initrd_sha256 = NULL;
	is_told(f);
	f->args.kernel_sha256 = NULL;
}

static void image(void **state)
{
	every_way(*state, true);
}

static void gzip(void **state)
{
	struct fixture *f = *state;

	kernel_is_gzip(f, f->kernel, KERNEL_LEN);
	every_way(f, false);
	/* without verify: before and after inflating, and preparing */
	f->args.verify = false;
	forget(0);
	kexec_load(f);
	assert_int_equal(told.calls, 4);
}

static void zboot(void **state)
{
	struct fixture *f = *state;
	uint8_t *file = malloc(2 * KERNEL_LEN);

	assert_non_null(file);
	kernel_is(f, file, file_zboot(file, "zstd", f->kernel, KERNEL_LEN));
	free(file);
	every_way(f, false);
}

static void elf(void **state)
{
	struct fixture *f = *state;

	kernel_is_elf(f, 2, 0x800, kexec_program, PROGRAM_SEGMENTS);
	every_way(f, false);
}

static void gzip_of_elf(void **state)
{
	struct fixture *f = *state;
	uint8_t *file = malloc(KERNEL_LEN + 4096);

	assert_non_null(file);
	kernel_is_gzip(f, file, file_elf(file, 2, 0x800, kexec_program,
					 PROGRAM_SEGMENTS));
	free(file);
	every_way(f, false);
}

static void without_an_initrd(void **state)
{
	struct fixture *f = *state;

	f->args.initrd.len = 0;
	every_way(f, true);
}

static void put_large(struct fixture *f, struct trans_range *file)
{
	file->start = LARGE_AT;
	file->len = LARGE_LEN;
	memset(f->memory.used + (LARGE_AT - BASE) / PAGE, 1,
	       LARGE_LEN / PAGE + 1);
}

/* Six calls and more for an initrd of five MiB, all of which are hashed. */
static void each_mib_that_is_hashed(void **state)
{
	struct fixture *f = *state;

	put_large(f, &f->args.initrd);
	f->args.progress = progress;
	f->args.sha256 = counting;
	f->args.verify = true;
	is_told(f);
	forget(0);
	kexec_load(f);
	assert_in_range(told.largest, MIB / 2, MIB + 128);
	assert_true(told.all >= LARGE_LEN + KERNEL_LEN);
	assert_true(told.calls >= 10);
}

/* An ELF file of one segment that is as large. */
static void each_mib_that_is_laid_out(void **state)
{
	struct fixture *f = *state;
	struct file_segment segment = {
		.va = 0x1000, .pa = BASE + 0x100000, .memory_len = 2 * MIB,
		.file_len = 2 * MIB, .align = PAGE };
	uint8_t *file = memory_at(&f->memory, LARGE_AT);

	segment.data = calloc(1, segment.file_len);
	assert_non_null(segment.data);
	put_large(f, &f->args.kernel);
	f->args.kernel.len = file_elf(file, 2, 0x1000, &segment, 1);
	free((void *)(uintptr_t)segment.data);
	f->args.initrd.len = 0;
	f->args.progress = progress;
	is_told(f);
	/* cleared, then written: two MiB each; and begun, ended twice */
	forget(0);
	kexec_load(f);
	assert_int_equal(told.calls, 1 + 2 + 2 + 2);
}

/* A decompressor that asks somebody for itself. */
static void decompressor_stops(void **state)
{
	struct fixture *f = *state;
	uint8_t *file = malloc(2 * KERNEL_LEN);

	assert_non_null(file);
	kernel_is(f, file, file_zboot(file, "zstd", f->kernel, KERNEL_LEN));
	free(file);
	f->unpack_says = TRANS_ESTOPPED;
	refused_because(f, TRANS_ESTOPPED, "compressed kernel");
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, kexec_set_up, kexec_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(image),
		TEST(gzip),
		TEST(zboot),
		TEST(elf),
		TEST(gzip_of_elf),
		TEST(without_an_initrd),
		TEST(each_mib_that_is_hashed),
		TEST(each_mib_that_is_laid_out),
		TEST(decompressor_stops),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
