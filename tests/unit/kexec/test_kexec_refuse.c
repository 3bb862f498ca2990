/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What kexec refuses: every bad input has its named error, and whatever fails,
 * wherever it fails, everything is given back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libfdt.h>

#include "tests/unit/support/kexecs.h"
#include "lib/machine/arch/fake/fake.h"
#include "trans/transition/private.h"

#define HUGE_TREE_LEN ((size_t)TRANS_FDT_MAX_LEN + 4096)

/* ---- the host's callbacks ---- */

static int no_random(void *ctx, void *buf, size_t len)
{
	(void)ctx;
	memset(buf, 0, len);
	return 1;
}

/* ---- bad arguments ---- */

static void missing_arguments(void **state)
{
	const struct {
		size_t at;
		const char *why;
	} each[] = {
		{ offsetof(struct trans_kexec_args, fdt), "fdt is missing" },
		{ offsetof(struct trans_kexec_args, ram), "ram is missing" },
		{ offsetof(struct trans_kexec_args, reserved),
		  "reserved is missing: an empty one says none" },
		{ offsetof(struct trans_kexec_args, host),
		  "host, or its alloc, free or phys_to_virt, is missing" },
		{ offsetof(struct trans_kexec_args, transition.cpu),
		  "cpu is missing" },
		{ offsetof(struct trans_kexec_args, transition.alias_prepare),
		  "alias_prepare is missing" },
	};
	struct fixture *f = *state;
	const struct trans_kexec_args good = f->args;
	const void *zero = NULL;

	for (size_t i = 0; i < sizeof(each) / sizeof(*each); i++) {
		memcpy((char *)&f->args + each[i].at, &zero, sizeof(zero));
		refused_because(f, TRANS_EINVAL, each[i].why);
		f->args = good;
	}
	f->args.transition.granule = (enum trans_granule)13;
	refused_because(f, TRANS_EINVAL, "unknown granule");
}

static void missing_callbacks(void **state)
{
	const size_t at[] = { offsetof(struct trans_ops, alloc),
			      offsetof(struct trans_ops, free),
			      offsetof(struct trans_ops, phys_to_virt) };
	struct fixture *f = *state;
	const void *zero = NULL;

	for (size_t i = 0; i < sizeof(at) / sizeof(*at); i++) {
		struct trans_ops ops = f->memory.ops;

		memcpy((char *)&ops + at[i], &zero, sizeof(zero));
		f->args.host = &ops;
		refused_because(f, TRANS_EINVAL, "host, or its alloc, free or "
				"phys_to_virt, is missing");
	}
}

static void sources_outside_memory(void **state)
{
	struct fixture *f = *state;
	const struct trans_kexec_args good = f->args;

	f->args.kernel.start = BASE + MEMORY_LEN - PAGE;
	kexec_refused(f, TRANS_ERANGE);
	f->args.kernel = (struct trans_range){ 0, PAGE };
	kexec_refused(f, TRANS_ERANGE);
	f->args.kernel = (struct trans_range){ BASE, UINT64_MAX };
	kexec_refused(f, TRANS_ERANGE);
	f->args.kernel = (struct trans_range){ 0 - PAGE, 2 * PAGE };
	kexec_refused(f, TRANS_ERANGE);
	f->args = good;
	f->args.initrd.start = BASE + MEMORY_LEN;
	kexec_refused(f, TRANS_ERANGE);
}

/* RAM that ends inside the last granule of a file. */
static void source_ends_with_memory(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(trans_ranges_remove(&f->ram, INITRD_AT + INITRD_LEN,
					     8), 0);
	kexec_refused(f, TRANS_ERANGE);
}

static void sources_not_aligned(void **state)
{
	struct fixture *f = *state;

	f->args.kernel.start += 64;
	kexec_refused(f, TRANS_EALIGN);
	f->args.kernel.start -= 64;
	f->args.initrd.start += 2048;
	kexec_refused(f, TRANS_EALIGN);
}

static void sources_overlap(void **state)
{
	struct fixture *f = *state;

	f->args.initrd.start = KERNEL_AT + (KERNEL_LEN & ~(PAGE - 1));
	kexec_refused(f, TRANS_EOVERLAP);
	f->args.initrd = f->args.kernel;
	kexec_refused(f, TRANS_EOVERLAP);
}

static void header_out_of_reach(void **state)
{
	struct fixture *f = *state;

	f->memory.refuse_map_at = 1;
	kexec_refused(f, TRANS_EFAULT);
}

/* ---- bad kernels ---- */

static void truncated_kernel(void **state)
{
	struct fixture *f = *state;

	for (uint64_t len = 0; len < 64; len++) {
		f->args.kernel.len = len;
		kexec_refused(f, TRANS_ETRUNC);
	}
}

static void bad_header(struct fixture *f, unsigned int at, uint64_t value,
		       unsigned int bytes, int status)
{
	uint8_t *header = memory_at(&f->memory, KERNEL_AT);

	file_le(header + at, value, bytes);
	kexec_refused(f, status);
	memcpy(header, f->kernel, 64);
}

static void bad_kernels(void **state)
{
	struct fixture *f = *state;

	bad_header(f, 56, 0x5350494d, 4, TRANS_EIMAGE); /* "MIPS" */
	bad_header(f, 24, 0xb, 8, TRANS_EIMAGE);        /* big-endian */
	bad_header(f, 24, 0xc, 8, TRANS_EIMAGE);        /* 16K pages */
	bad_header(f, 8, 2 << 20, 8, TRANS_EIMAGE);     /* text_offset */
	bad_header(f, 16, KERNEL_LEN - 1, 8, TRANS_EIMAGE);
	bad_header(f, 16, MEMORY_LEN + 1, 8, TRANS_ENOHOLE);
	bad_header(f, 16, 1ULL << 63, 8, TRANS_ENOHOLE);
	bad_header(f, 8, 0x800, 8, TRANS_EALIGN);
}

/* ---- bad memory maps ---- */

static void no_room(void **state)
{
	struct fixture *f = *state;

	/* Nothing but the kernel fits anywhere. */
	assert_int_equal(trans_ranges_add(&f->reserved, BASE + IMAGE_SIZE,
					  MEMORY_LEN - IMAGE_SIZE), 0);
	kexec_refused(f, TRANS_ENOHOLE);
	assert_int_equal(trans_ranges_add(&f->reserved, BASE, MEMORY_LEN), 0);
	kexec_refused(f, TRANS_ENOHOLE);
}

static void memory_in_too_many_pieces(void **state)
{
	struct fixture *f = *state;

	for (unsigned int i = 0; i < TRANS_KEXEC_RANGES; i++)
		assert_int_equal(trans_ranges_add(&f->reserved,
						  BASE + (2 * i + 1) * PAGE,
						  PAGE), 0);
	kexec_refused(f, TRANS_ENOSPC);
}

/* ---- bad device trees ---- */

static void bad_trees(void **state)
{
	struct fixture *f = *state;

	f->args.fdt_len = 20;
	kexec_refused(f, TRANS_EFDT);
	f->args.fdt_len = TREE_LEN / 2; /* shorter than its header says */
	kexec_refused(f, TRANS_EFDT);
	f->args.fdt_len = TREE_LEN;
	f->tree[0] ^= 1;
	kexec_refused(f, TRANS_EFDT);
}

static void tree_without_room(void **state)
{
	struct fixture *f = *state;
	char *huge = calloc(1, HUGE_TREE_LEN);
	void *filler;

	assert_non_null(huge);
	put_tree(huge, HUGE_TREE_LEN);
	assert_int_equal(fdt_setprop_placeholder(huge, 0, "filler",
						 TRANS_FDT_MAX_LEN - 256,
						 &filler), 0);
	f->args.fdt = huge;
	f->args.fdt_len = HUGE_TREE_LEN;
	kexec_refused(f, TRANS_ENOSPC);
	free(huge);
}

static void random_refuses(void **state)
{
	struct fixture *f = *state;

	f->args.edit.random = no_random;
	kexec_refused(f, TRANS_EHOST);
}

/* ---- the host refuses ---- */

static void alias_refused(void **state)
{
	struct fixture *f = *state;

	f->refuse_alias = true;
	kexec_refused(f, TRANS_EHOST);
}

static void every_allocation_fails(void **state)
{
	struct fixture *f = *state;
	unsigned long total;

	kexec_load(f);
	total = f->memory.allocs;
	assert_true(total > 5);
	trans_kexec_unload(&f->kexec);
	for (unsigned long n = 1; n <= total; n++) {
		f->memory.allocs = 0;
		f->memory.fail_at = n;
		kexec_refused(f, TRANS_ENOMEM);
	}
	f->memory.allocs = 0;
	f->memory.fail_at = total + 1;
	kexec_load(f);
}

static void every_table_page_refused(void **state)
{
	struct fixture *f = *state;
	unsigned long total;

	kexec_load(f);
	total = f->memory.acquires;
	assert_true(total > 0);
	trans_kexec_unload(&f->kexec);
	for (unsigned long n = 1; n <= total; n++) {
		f->memory.acquires = 0;
		f->memory.refuse_acquire_at = n;
		kexec_refused(f, TRANS_EHOST);
		assert_int_equal(f->memory.acquired, 0);
	}
}

static void ask_refuses(void **state)
{
	struct fixture *f = *state;

	kexec_load(f);
	f->refuse_ask = true;
	assert_int_equal(trans_kexec_start(&f->kexec, &f->err), TRANS_EHOST);
	assert_int_equal(f->err.status, TRANS_EHOST);
	assert_true(f->memory.balance > 0); /* still loaded */
	assert_int_equal(f->left, 0);
	/* Another time, it does. */
	f->refuse_ask = false;
	fake_arch_reset();
	if (!setjmp(fake_arch.jump))
		trans_kexec_start(&f->kexec, &f->err);
	assert_int_equal(f->left, 1);
	assert_int_equal(fake_arch.log[fake_arch.count - 1].what, FAKE_JUMP);
	assert_int_equal(fake_arch.jump_x0, f->kexec.transition.data);
}

/* Nothing comes back to the host, and nothing is moved. */
static void leave_fails(void **state)
{
	struct fixture *f = *state;

	kexec_load(f);
	f->fail_leave = true;
	fake_arch_reset();
	if (!setjmp(fake_arch.jump))
		trans_kexec_start(&f->kexec, &f->err);
	assert_int_equal(f->left, 1);
	assert_int_equal(f->unasked, 0);
	assert_int_equal(fake_arch.log[fake_arch.count - 1].what, FAKE_CALL);
	assert_int_equal(fake_arch.jump_x0, f->kexec.transition.data |
						    1 << BLOB_NOT_QUIET_BIT);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, kexec_set_up, kexec_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(missing_arguments),
		TEST(missing_callbacks),
		TEST(sources_outside_memory),
		TEST(source_ends_with_memory),
		TEST(sources_not_aligned),
		TEST(sources_overlap),
		TEST(header_out_of_reach),
		TEST(truncated_kernel),
		TEST(bad_kernels),
		TEST(no_room),
		TEST(memory_in_too_many_pieces),
		TEST(bad_trees),
		TEST(tree_without_room),
		TEST(random_refuses),
		TEST(alias_refused),
		TEST(every_allocation_fails),
		TEST(every_table_page_refused),
		TEST(ask_refuses),
		TEST(leave_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
