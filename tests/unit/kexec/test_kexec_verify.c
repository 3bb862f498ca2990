/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * A kexec with digests: each byte of what the next kernel finds is covered,
 * whatever the file's format, and nothing is loaded before somebody may refuse
 * it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/support/kexecs.h"
#include "trans/transition/blob/blob.h"

/* ---- the host's callbacks ---- */

/* Asked first: nothing was allocated or looked at. */
static int authenticate(void *ctx, const struct trans_range *kernel,
			const struct trans_range *initrd)
{
	struct fixture *f = ctx;

	f->auths++;
	assert_int_equal(f->memory.allocs, 0);
	assert_int_equal(f->memory.maps, 0);
	assert_true(kernel->start == KERNEL_AT && kernel->len == KERNEL_LEN);
	assert_true(initrd->start == INITRD_AT && initrd->len == INITRD_LEN);
	return f->refuse_auth;
}

/* ---- digests ---- */

static const struct blob_params *blob(struct fixture *f)
{
	return memory_at(&f->memory, f->kexec.transition.data);
}

/* What the blob would say, now: the index of the first bad one, or the
 * count. */
static uint64_t first_bad(struct fixture *f)
{
	const struct blob_params *params = blob(f);
	uint8_t found[TRANS_SHA256_LEN];
	uint64_t i;

	for (i = 0; i < params->digest_count; i++) {
		const struct trans_digest *want = &params->digest[i];

		trans_sha256(memory_at(&f->memory, want->pa), want->len, found);
		if (memcmp(found, want->sha256, sizeof(found)))
			break;
	}
	return i;
}

static void covers(struct fixture *f, unsigned int i, trans_pa_t pa,
		   uint64_t len)
{
	assert_true(blob(f)->digest[i].pa == pa);
	assert_true(blob(f)->digest[i].len == len);
}

static void verified(void **state)
{
	struct fixture *f = *state;

	f->args.verify = true;
	kexec_load(f);
	assert_int_equal(blob(f)->digest_count, 3);
	covers(f, 0, BASE, KERNEL_LEN);
	covers(f, 1, f->kexec.initrd.start, INITRD_LEN);
	covers(f, 2, f->kexec.fdt.start, f->kexec.fdt.len);
	assert_int_equal(first_bad(f), 0);
	kexec_carry_out(f);
	assert_int_equal(first_bad(f), 3);
	trans_kexec_unload(&f->kexec);
	kernel_is(f, f->kernel, KERNEL_LEN);
	f->args.initrd.len = 0;
	kexec_load(f);
	assert_int_equal(blob(f)->digest_count, 2);
}

/* A byte that changes between load and start, at either end of each piece. */
static void verify_finds_each_byte(void **state)
{
	struct fixture *f = *state;

	f->args.verify = true;
	kexec_load(f);
	kexec_carry_out(f);
	for (unsigned int i = 0; i < 3; i++) {
		const struct trans_digest *digest = &blob(f)->digest[i];
		uint8_t *bytes = memory_at(&f->memory, digest->pa);

		bytes[0] ^= 1;
		assert_int_equal(first_bad(f), i);
		bytes[0] ^= 1;
		bytes[digest->len - 1] ^= 0x80;
		assert_int_equal(first_bad(f), i);
		bytes[digest->len - 1] ^= 0x80;
	}
}

static void verify_what_stays(void **state)
{
	struct fixture *f = *state;

	kexec_move_file(f, &f->args.kernel, BASE, f->kernel);
	kexec_move_file(f, &f->args.initrd, FAR_INITRD, f->initrd);
	f->args.relocate = false;
	f->args.verify = true;
	kexec_load(f);
	assert_int_equal(f->kexec.plan.count, 0);
	assert_int_equal(first_bad(f), 3);
}

/* Inflated; laid out; with a segment that is all zeroes, which have no
 * digest. */
static void verify_formats(void **state)
{
	static const struct file_segment apart[] = {
		{ .va = 0x800, .pa = PROGRAM_AT + 0x10800,
		  .data = (uint8_t *)"texttext", .file_len = 8,
		  .memory_len = 0x2000 },
		{ .va = 0xf00, .pa = PROGRAM_AT + 0x30000, .memory_len = 1 },
	};
	struct fixture *f = *state;

	f->args.verify = true;
	kernel_is_gzip(f, f->kernel, KERNEL_LEN);
	kexec_load(f);
	covers(f, 0, BASE, KERNEL_LEN);
	kexec_carry_out(f);
	assert_int_equal(first_bad(f), 3);
	trans_kexec_unload(&f->kexec);
	kernel_is_elf(f, 2, 0x804, kexec_program, PROGRAM_SEGMENTS);
	kexec_load(f);
	covers(f, 0, PROGRAM_AT, 0x1000);
	covers(f, 1, PROGRAM_AT + 0x5000, 0x2000);
	kexec_carry_out(f);
	assert_int_equal(first_bad(f), 4);
	trans_kexec_unload(&f->kexec);
	kernel_is_elf(f, 2, 0x804, apart, 2);
	kexec_load(f);
	covers(f, 0, PROGRAM_AT + 0x10000, 0x1000);
	memset(memory_at(&f->memory, PROGRAM_AT), 0xaa, 0x32000);
	kexec_carry_out(f);
	assert_int_equal(first_bad(f), 3);
}

/* As many runs as an ELF file can have, and as many more as there is room. */
static void verify_most(void **state)
{
	struct file_segment many[TRANS_ELF_SEGMENTS];
	struct trans_digest own[TRANS_DIGESTS_MAX - TRANS_ELF_SEGMENTS - 1];
	const size_t room = sizeof(own) / sizeof(own[0]) - 1;
	struct fixture *f = *state;

	for (unsigned int i = 0; i < TRANS_ELF_SEGMENTS; i++)
		many[i] = (struct file_segment){
			.va = i * 0x3000, .pa = PROGRAM_AT + i * 0x3000,
			.data = (uint8_t *)"some", .file_len = 4,
			.memory_len = 0x1001 };
	for (unsigned int i = 0; i <= room; i++)
		own[i] = (struct trans_digest){ .pa = PROGRAM_AT, .len = 1 };
	f->args.verify = true;
	f->args.transition.digests = own;
	f->args.transition.digest_count = room;
	kernel_is_elf(f, 2, 0, many, TRANS_ELF_SEGMENTS);
	kexec_load(f);
	assert_int_equal(blob(f)->digest_count, TRANS_DIGESTS_MAX);
	kexec_carry_out(f);
	assert_int_equal(first_bad(f), TRANS_DIGESTS_MAX - room);
	trans_kexec_unload(&f->kexec);
	f->args.transition.digest_count = room + 1;
	refused_because(f, TRANS_ENOSPC, "digests");
	f->args.transition.digests = NULL;
	refused_because(f, TRANS_EINVAL, "digests are missing");
}

static void verify_known(void **state)
{
	uint8_t kernel[TRANS_SHA256_LEN], initrd[TRANS_SHA256_LEN];
	struct fixture *f = *state;

	trans_sha256(f->kernel, KERNEL_LEN, kernel);
	trans_sha256(f->initrd, INITRD_LEN, initrd);
	f->args.kernel_sha256 = kernel;
	refused_because(f, TRANS_EINVAL, "a digest without verify");
	f->args.verify = true;
	f->args.initrd_sha256 = initrd;
	kexec_load(f);
	kexec_carry_out(f);
	assert_int_equal(first_bad(f), 3);
	trans_kexec_unload(&f->kexec);
	kernel_is(f, f->kernel, KERNEL_LEN);
	initrd[31] ^= 1;
	kexec_load(f);
	kexec_carry_out(f);
	assert_int_equal(first_bad(f), 1);
	trans_kexec_unload(&f->kexec);
	kernel_is_gzip(f, f->kernel, KERNEL_LEN);
	refused_because(f, TRANS_EINVAL, "kernel_sha256 is for a plain Image");
}

/* Only the header of a plain Image must be seen, but with verify all of it;
 * unless somebody knows. */
static void verify_unseen(void **state)
{
	static const uint8_t known[TRANS_SHA256_LEN];
	struct fixture *f = *state;

	f->memory.hidden = (struct trans_range){ KERNEL_AT + PAGE, 0x50000 };
	kexec_load(f);
	trans_kexec_unload(&f->kexec);
	f->args.verify = true;
	refused_because(f, TRANS_EFAULT, "verify: the kernel cannot be seen");
	f->args.kernel_sha256 = known;
	f->memory.hidden = (struct trans_range){ INITRD_AT, PAGE };
	refused_because(f, TRANS_EFAULT, "verify: the initrd cannot be seen");
	f->args.initrd_sha256 = known;
	kexec_load(f);
}

static size_t blocks_taken;

static void counted_blocks(uint32_t state[8], const uint8_t *data, size_t count)
{
	struct trans_sha256 sha;

	blocks_taken += count;
	trans_sha256_init(&sha);
	sha.blocks(state, data, count);
}

static void verify_faster(void **state)
{
	struct fixture *f = *state;

	f->args.verify = true;
	f->args.sha256 = counted_blocks;
	blocks_taken = 0;
	kexec_load(f);
	assert_true(blocks_taken >= (KERNEL_LEN + INITRD_LEN) / 64);
	kexec_carry_out(f);
	assert_int_equal(first_bad(f), 3);
}

/* Loads by the hundred, whose digests nobody looks at. */
static void no_blocks(uint32_t state[8], const uint8_t *data, size_t count)
{
	(void)state;
	(void)data;
	(void)count;
}

static void verify_hunger(void **state)
{
	struct fixture *f = *state;

	f->args.verify = true;
	f->args.sha256 = no_blocks;
	kexec_hunger(f);
	kernel_is_elf(f, 2, 0x804, kexec_program, PROGRAM_SEGMENTS);
	kexec_hunger(f);
}

/* ---- authentication, reservations ---- */

static void authenticated(void **state)
{
	struct fixture *f = *state;

	f->args.authenticate = authenticate;
	f->args.auth_ctx = f;
	kexec_load(f);
	assert_int_equal(f->auths, 1);
	trans_kexec_unload(&f->kexec);
	f->memory.allocs = f->memory.maps = 0;
	f->refuse_auth = 1;
	refused_because(f, TRANS_EHOST, "authenticate");
	assert_int_equal(f->memory.allocs, 0);
	assert_int_equal(f->memory.maps, 0);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, kexec_set_up, kexec_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(verified),
		TEST(verify_finds_each_byte),
		TEST(verify_what_stays),
		TEST(verify_formats),
		TEST(verify_most),
		TEST(verify_known),
		TEST(verify_unseen),
		TEST(verify_faster),
		TEST(verify_hunger),
		TEST(authenticated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
