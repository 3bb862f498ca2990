/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What a kernel's memory holds behind its file: zeroes up to image_size, from
 * the file's last byte on, whatever the format and wherever it lies; and what
 * stays where it is. Both are handed to the blob.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/support/kexecs.h"
#include "trans/transition/private.h"

#define BSS_LEN (IMAGE_SIZE - KERNEL_LEN)
#define MIB (1ULL << 20)

/* What the blob's list has behind the moves. */
struct rest {
	uint64_t moves; /* still to be passed over */
	size_t zeroes, stays;
	struct trans_range zero[TRANS_KEXEC_REST], stay[TRANS_KEXEC_REST];
};

static int see(void *arg, const struct trans_move *entry)
{
	struct trans_range range = { entry->dst, entry->len };
	struct rest *rest = arg;

	if (rest->moves) {
		rest->moves--;
		assert_true(entry->src != entry->dst);
		assert_true(entry->src != TRANS_ZERO);
	} else if (entry->src == TRANS_ZERO) {
		rest->zero[rest->zeroes++] = range;
	} else {
		assert_true(entry->src == entry->dst);
		rest->stay[rest->stays++] = range;
	}
	return 0;
}

static struct rest rest_of(struct fixture *f)
{
	const struct trans_transition *t = &f->kexec.transition;
	struct rest rest = { .moves = t->move_count };

	assert_int_equal(t->move_count, f->kexec.plan.count);
	assert_int_equal(trans_list_moves_(t, see, &rest, NULL), 0);
	assert_int_equal(rest.moves, 0);
	assert_int_equal(rest.zeroes + rest.stays, t->rest_count);
	return rest;
}

static bool is(struct trans_range range, trans_pa_t start, uint64_t len)
{
	return range.start == start && range.len == len;
}

/* All free memory is full of what somebody left there. */
static void litter(struct fixture *f)
{
	for (uint64_t at = 0; at < MEMORY_LEN; at += PAGE)
		if (!f->memory.used[at / PAGE])
			memset(memory_at(&f->memory, BASE + at), 0xa5, PAGE);
}

static void all_zero(struct fixture *f, trans_pa_t pa, uint64_t len)
{
	const uint8_t *bytes = memory_at(&f->memory, pa);

	for (uint64_t i = 0; i < len; i++)
		assert_int_equal(bytes[i], 0);
}

/* One kernel at BASE, and nothing but zeroes behind it. */
static void zeroed_at_base(struct fixture *f)
{
	struct rest rest;

	litter(f);
	kexec_load(f);
	rest = rest_of(f);
	assert_int_equal(rest.zeroes, 1);
	assert_true(is(rest.zero[0], BASE + KERNEL_LEN, BSS_LEN));
	kexec_carry_out(f);
	check_files(f);
	all_zero(f, BASE + KERNEL_LEN, BSS_LEN);
	trans_kexec_unload(&f->kexec);
}

static void image(void **state)
{
	struct fixture *f = *state;

	zeroed_at_base(f);
	kernel_is(f, f->kernel, KERNEL_LEN);
	kexec_load(f);
	/* .bss is no payload, and is not moved. */
	assert_true(f->kexec.payload_bytes == KERNEL_LEN + INITRD_LEN +
					      f->kexec.fdt.len);
	assert_true(f->kexec.transition.move_bytes <
		    f->kexec.payload_bytes + 4 * PAGE);
}

static void gzip(void **state)
{
	struct fixture *f = *state;

	kernel_is_gzip(f, f->kernel, KERNEL_LEN);
	zeroed_at_base(f);
}

static void zboot(void **state)
{
	struct fixture *f = *state;
	uint8_t *file = malloc(2 * KERNEL_LEN);

	assert_non_null(file);
	kernel_is(f, file, file_zboot(file, "zstd", f->kernel, KERNEL_LEN));
	free(file);
	zeroed_at_base(f);
}

/* To the last byte: a kernel without .bss has none. */
static void none_behind(void **state)
{
	struct fixture *f = *state;

	file_le((uint8_t *)memory_at(&f->memory, KERNEL_AT) + 16, KERNEL_LEN,
		8);
	kexec_load(f);
	assert_int_equal(rest_of(f).zeroes, 0);
	trans_kexec_unload(&f->kexec);
	file_le((uint8_t *)memory_at(&f->memory, KERNEL_AT) + 16,
		KERNEL_LEN + 1, 8);
	kexec_load(f);
	assert_true(is(rest_of(f).zero[0], BASE + KERNEL_LEN, 1));
}

/* The partial granule behind the file, too, though nothing moves. */
static void in_place(void **state)
{
	struct fixture *f = *state;
	struct rest rest;

	litter(f);
	kexec_move_file(f, &f->args.kernel, BASE, f->kernel);
	kexec_move_file(f, &f->args.initrd, FAR_INITRD, f->initrd);
	memset((uint8_t *)memory_at(&f->memory, BASE) + KERNEL_LEN, 0xa5,
	       PAGE - KERNEL_LEN % PAGE);
	f->args.relocate = false;
	kexec_load(f);
	assert_int_equal(f->kexec.plan.count, 0);
	rest = rest_of(f);
	assert_int_equal(rest.zeroes, 1);
	assert_true(is(rest.zero[0], BASE + KERNEL_LEN, BSS_LEN));
	assert_true(trans_ranges_contain(&f->kexec.stays, BASE, KERNEL_LEN));
	assert_true(trans_ranges_contain(&f->kexec.stays, FAR_INITRD,
					 INITRD_LEN));
	assert_true(trans_ranges_contain(&f->kexec.stays, f->kexec.fdt.start,
					 f->kexec.fdt.len));
	assert_int_equal(rest.stays, f->kexec.stays.count);
	kexec_carry_out(f);
	check_files(f);
	all_zero(f, BASE + KERNEL_LEN, BSS_LEN);
}

/* What is moved does not stay, and the other way round. */
static void one_stays(void **state)
{
	struct fixture *f = *state;
	struct rest rest;

	kexec_move_file(f, &f->args.initrd, FAR_INITRD, f->initrd);
	f->args.relocate = false;
	f->args.kernel.start = KERNEL_AT;
	kexec_load(f);
	assert_true(f->kexec.kernel.start != KERNEL_AT);
	rest = rest_of(f);
	assert_true(f->kexec.plan.count > 0);
	assert_false(trans_ranges_touch(&f->kexec.stays, f->kexec.kernel.start,
					KERNEL_LEN));
	assert_true(trans_ranges_contain(&f->kexec.stays, FAR_INITRD,
					 INITRD_LEN));
	assert_true(is(rest.zero[0], f->kexec.kernel.start + KERNEL_LEN,
		       BSS_LEN));
}

/* booting.rst: image_size 0 is a kernel of before 3.17. */
static void without_a_size(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(trans_ranges_add(&f->ram, BASE, 64 * MIB), 0);
	file_le((uint8_t *)memory_at(&f->memory, KERNEL_AT) + 16, 0, 8);
	kexec_load(f);
	assert_true(f->kexec.kernel.start == BASE + 0x80000);
	assert_true(is(rest_of(f).zero[0], BASE + 0x80000 + KERNEL_LEN,
		       16 * MIB));
}

/* Each segment's own, up to its granule's end, but none of another's bytes. */
static void elf(void **state)
{
	struct fixture *f = *state;
	struct rest rest;

	kernel_is_elf(f, 2, 0x804, kexec_program, PROGRAM_SEGMENTS);
	kexec_load(f);
	rest = rest_of(f);
	assert_int_equal(rest.zeroes, 3);
	assert_true(is(rest.zero[0], PROGRAM_AT + 0x808, 0xf00 - 0x808));
	assert_true(is(rest.zero[1], PROGRAM_AT + 0xf06, 0x5ffe - 0xf06));
	assert_true(is(rest.zero[2], PROGRAM_AT + 0x6002,
		       PROGRAM_END - 0x6002));
}

/* As many as there can be: a vmlinux has them between all its segments. */
static void most(void **state)
{
	static const uint64_t va = 0xffff800008000000ULL;
	struct file_segment many[TRANS_ELF_SEGMENTS];
	struct fixture *f = *state;
	struct rest rest;

	for (unsigned int i = 0; i < TRANS_ELF_SEGMENTS; i++)
		many[i] = (struct file_segment){
			.va = va + i * 0x3000, .pa = va + i * 0x3000,
			.data = f->kernel, .file_len = 0x1234,
			.memory_len = 0x1234, .align = 65536 };
	kernel_is_elf(f, 3, va, many, TRANS_ELF_SEGMENTS);
	kexec_load(f);
	rest = rest_of(f);
	assert_int_equal(rest.zeroes, TRANS_ELF_SEGMENTS);
	assert_true(is(rest.zero[0], BASE + 0x1234, 0x3000 - 0x1234));
	assert_true(is(rest.zero[15], BASE + 15 * 0x3000 + 0x1234,
		       IMAGE_SIZE - 15 * 0x3000 - 0x1234));
}

/* .bss is a destination. */
static void nothing_lives_there(void **state)
{
	struct fixture *f = *state;

	kexec_move_file(f, &f->args.initrd, FAR_INITRD, f->initrd);
	kexec_load(f);
	for (uint64_t at = 0; at < IMAGE_SIZE; at += PAGE)
		assert_true(!f->memory.used[at / PAGE] ||
			    (BASE + at >= KERNEL_AT &&
			     BASE + at < KERNEL_AT + KERNEL_LEN));
	trans_kexec_unload(&f->kexec);
	f->args.transition.report = BASE + IMAGE_SIZE - PAGE;
	refused_because(f, TRANS_EOVERLAP,
			"the report lies in what the next kernel finds");
}

/* The host needs not see it: the blob cleans by its own map. */
static void not_cleaned_here(void **state)
{
	struct fixture *f = *state;
	uint64_t cleaned;

	kexec_move_file(f, &f->args.initrd, FAR_INITRD, f->initrd);
	kexec_load(f);
	trans_kexec_unload(&f->kexec);
	cleaned = f->memory.cleaned;
	f->args.relocate = false;
	kexec_load(f);
	assert_true(f->memory.cleaned - cleaned < INITRD_LEN);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, kexec_set_up, kexec_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(image),
		TEST(gzip),
		TEST(zboot),
		TEST(none_behind),
		TEST(in_place),
		TEST(one_stays),
		TEST(without_a_size),
		TEST(elf),
		TEST(most),
		TEST(nothing_lives_there),
		TEST(not_cleaned_here),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
