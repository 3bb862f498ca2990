/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The kexec front-end on a simulated memory: a plan that is carried out gives
 * the right result over its own sources, every bad input has its named error,
 * and whatever fails, wherever it fails, everything is given back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libfdt.h>

#include <trans_table/kexec.h>

#include "memory.h"

#define BASE 0x40000000ULL
#define MEMORY_LEN (16ULL << 20)
#define PAGE 4096ULL
#define KERNEL_AT (BASE + 0x10000) /* inside its own destination */
#define KERNEL_LEN 0x50123ULL
#define IMAGE_SIZE 0x100000ULL
#define INITRD_AT (BASE + 0x80000) /* likewise, in the kernel's */
#define INITRD_LEN 0x42777ULL
#define TREE_LEN 8192
#define HUGE_TREE_LEN ((size_t)TRANS_FDT_MAX_LEN + 4096)
#define SLOTS 80
#define BOOTARGS "console=ttyAMA0 quiet"

#define MMFR0_4K_64K 0x5ULL /* no 16K; 48 bits of physical address */

struct fixture {
	struct memory memory;
	struct trans_cpu cpu;
	struct trans_range ram_slot[SLOTS], reserved_slot[SLOTS];
	struct trans_ranges ram, reserved;
	_Alignas(8) char tree[TREE_LEN];
	struct trans_kexec_args args;
	struct trans_kexec kexec;
	struct trans_error err;
	uint8_t *kernel, *initrd; /* what the files held before */
	int aliases;              /* prepared minus dropped */
	bool refuse_alias, refuse_quiesce, quiesced;
};

/* ---- the host's callbacks ---- */

static int alias_prepare(void *host, trans_pa_t pa, uint64_t len)
{
	struct fixture *f = host;

	assert_int_equal(pa % PAGE, 0);
	assert_true(len > 0);
	if (f->refuse_alias)
		return 1;
	f->aliases++;
	return 0;
}

static void alias_drop(void *host)
{
	struct fixture *f = host;

	f->aliases--;
}

static int quiesce(void *host)
{
	struct fixture *f = host;

	f->quiesced = !f->refuse_quiesce;
	return f->refuse_quiesce;
}

static int no_random(void *ctx, void *buf, size_t len)
{
	(void)ctx;
	memset(buf, 0, len);
	return 1;
}

/* ---- the good case ---- */

static void put_le(uint8_t *at, uint64_t value, unsigned int bytes)
{
	while (bytes--) {
		*at++ = (uint8_t)value;
		value >>= 8;
	}
}

/* Offsets of booting.rst. */
static void put_header(uint8_t *image)
{
	put_le(image + 8, 0, 8);
	put_le(image + 16, IMAGE_SIZE, 8);
	put_le(image + 24, 0xa, 8); /* little-endian, 4K, anywhere */
	memcpy(image + 56, "ARM\x64", 4);
}

static uint8_t *put_file(struct fixture *f, trans_pa_t at, size_t len,
			 uint64_t seed)
{
	size_t first = (at - BASE) / PAGE;
	size_t count = (len + PAGE - 1) / PAGE;
	uint8_t *bytes = memory_at(&f->memory, at);

	for (size_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)rnd(&seed);
	memset(f->memory.used + first, 1, count);
	return bytes;
}

static uint8_t *copy_of(const uint8_t *bytes, size_t len)
{
	uint8_t *copy = malloc(len);

	assert_non_null(copy);
	memcpy(copy, bytes, len);
	return copy;
}

static void put_files(struct fixture *f)
{
	uint8_t *kernel = put_file(f, KERNEL_AT, KERNEL_LEN, 1);
	uint8_t *initrd = put_file(f, INITRD_AT, INITRD_LEN, 2);

	put_header(kernel);
	f->kernel = copy_of(kernel, KERNEL_LEN);
	f->initrd = copy_of(initrd, INITRD_LEN);
}

static void put_tree(void *fdt, size_t len)
{
	int chosen;

	assert_int_equal(fdt_create_empty_tree(fdt, (int)len), 0);
	chosen = fdt_add_subnode(fdt, 0, "chosen");
	assert_true(chosen >= 0);
	assert_int_equal(fdt_setprop_string(fdt, chosen, "bootargs", "old"),
			 0);
}

static struct trans_transition_args transition_args(struct fixture *f)
{
	return (struct trans_transition_args){
		.cpu = &f->cpu,
		.granule = TRANS_4K,
		.va_bits = 48,
		.map = TRANS_MAP_SPARSE,
		.alias_prepare = alias_prepare,
		.alias_drop = alias_drop,
		.quiesce = quiesce,
		.host = f,
	};
}

static struct trans_kexec_args kexec_args(struct fixture *f)
{
	return (struct trans_kexec_args){
		.kernel = { KERNEL_AT, KERNEL_LEN },
		.initrd = { INITRD_AT, INITRD_LEN },
		.fdt = f->tree,
		.fdt_len = TREE_LEN,
		.edit = { .bootargs = BOOTARGS },
		.ram = &f->ram,
		.reserved = &f->reserved,
		.host = &f->memory.ops,
		.host_ctx = &f->memory,
		.transition = transition_args(f),
	};
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	memory_init(&f->memory, BASE, MEMORY_LEN, 12);
	f->cpu = (struct trans_cpu){ .el = 1, .mmfr0 = MMFR0_4K_64K };
	trans_ranges_init(&f->ram, f->ram_slot, SLOTS);
	trans_ranges_init(&f->reserved, f->reserved_slot, SLOTS);
	assert_int_equal(trans_ranges_add(&f->ram, BASE, MEMORY_LEN), 0);
	put_files(f);
	put_tree(f->tree, TREE_LEN);
	f->args = kexec_args(f);
	*state = f;
	return 0;
}

/* Every test ends with everything given back, whatever it did. */
static int tear_down(void **state)
{
	static const struct trans_kexec zero;
	struct fixture *f = *state;

	trans_kexec_unload(&f->kexec);
	assert_int_equal(f->memory.balance, 0);
	assert_int_equal(f->memory.acquired, 0);
	assert_int_equal(f->aliases, 0);
	assert_memory_equal(&f->kexec, &zero, sizeof(zero));
	memory_free(&f->memory);
	free(f->kernel);
	free(f->initrd);
	free(f);
	return 0;
}

static void load(struct fixture *f)
{
	int rc = trans_kexec_load(&f->kexec, &f->args, &f->err);

	if (rc)
		print_error("%s: %s\n", trans_strerror(rc), f->err.why);
	assert_int_equal(rc, 0);
}

/* The load fails with @status, says so, and leaves nothing behind. */
static void refused(struct fixture *f, int status)
{
	static const struct trans_kexec zero;

	f->err = (struct trans_error){ 0 };
	assert_string_equal(
		trans_strerror(trans_kexec_load(&f->kexec, &f->args, &f->err)),
		trans_strerror(status));
	assert_int_equal(f->err.status, status);
	assert_non_null(f->err.why);
	assert_memory_equal(&f->kexec, &zero, sizeof(zero));
	assert_int_equal(f->memory.balance, 0);
	assert_int_equal(f->aliases, 0);
}

/* As the mover does it: each move like memmove. */
static void carry_out(struct fixture *f)
{
	const struct trans_moves *plan = &f->kexec.plan;

	for (size_t i = 0; i < plan->count; i++) {
		struct trans_move move = plan->move[i];

		assert_true(move.src != TRANS_ZERO);
		memmove(memory_at(&f->memory, move.dst),
			memory_at(&f->memory, move.src), move.len);
	}
}

static uint64_t number(const void *fdt, const char *name)
{
	int len;
	const void *prop = fdt_getprop(fdt, fdt_path_offset(fdt, "/chosen"),
				       name, &len);
	fdt64_t cells;

	assert_non_null(prop);
	assert_int_equal(len, sizeof(cells));
	memcpy(&cells, prop, sizeof(cells));
	return fdt64_to_cpu(cells);
}

static void check_tree(struct fixture *f)
{
	const void *fdt = memory_at(&f->memory, f->kexec.fdt.start);
	const char *bootargs;

	assert_int_equal(fdt_check_full(fdt, f->kexec.fdt.len), 0);
	bootargs = fdt_getprop(fdt, fdt_path_offset(fdt, "/chosen"),
			       "bootargs", NULL);
	assert_string_equal(bootargs, BOOTARGS);
	assert_true(number(fdt, "linux,initrd-start") ==
		    f->kexec.initrd.start);
	assert_true(number(fdt, "linux,initrd-end") ==
		    f->kexec.initrd.start + INITRD_LEN);
}

static void check_files(struct fixture *f)
{
	assert_memory_equal(memory_at(&f->memory, BASE), f->kernel,
			    KERNEL_LEN);
	assert_memory_equal(memory_at(&f->memory, f->kexec.initrd.start),
			    f->initrd, INITRD_LEN);
	check_tree(f);
}

static void good_case_executed(void **state)
{
	struct fixture *f = *state;

	load(f);
	assert_true(f->kexec.kernel.start == BASE);
	assert_true(f->kexec.transition.args.entry == BASE);
	assert_true(f->kexec.transition.args.x[0] == f->kexec.fdt.start);
	assert_int_equal(f->kexec.payload_bytes,
			 KERNEL_LEN + INITRD_LEN + f->kexec.fdt.len);
	carry_out(f);
	check_files(f);
}

static void move_file(struct fixture *f, struct trans_range *file,
		      trans_pa_t to, const uint8_t *bytes)
{
	uint64_t pages = (file->len + PAGE - 1) / PAGE;

	memset(f->memory.used + (file->start - BASE) / PAGE, 0, pages);
	memset(f->memory.used + (to - BASE) / PAGE, 1, pages);
	memcpy(memory_at(&f->memory, to), bytes, file->len);
	file->start = to;
}

/* Each file lies where the other goes: no order of moves does without the
 * spare page. */
static void files_change_places(void **state)
{
	struct fixture *f = *state;
	trans_pa_t initrd, spare;
	bool used = false;

	load(f);
	initrd = f->kexec.initrd.start;
	trans_kexec_unload(&f->kexec);
	move_file(f, &f->args.kernel, initrd, f->kernel);
	move_file(f, &f->args.initrd, BASE, f->initrd);
	load(f);
	assert_true(f->kexec.initrd.start == initrd);
	spare = f->kexec.spare;
	for (size_t i = 0; i < f->kexec.plan.count; i++)
		used |= f->kexec.plan.move[i].dst == spare;
	assert_true(used);
	carry_out(f);
	check_files(f);
}

static void no_initrd(void **state)
{
	struct fixture *f = *state;
	const void *fdt;

	f->args.initrd = (struct trans_range){ 0, 0 };
	load(f);
	carry_out(f);
	fdt = memory_at(&f->memory, f->kexec.fdt.start);
	assert_null(fdt_getprop(fdt, fdt_path_offset(fdt, "/chosen"),
				"linux,initrd-start", NULL));
}

static bool is_source(size_t page)
{
	trans_pa_t pa = BASE + page * PAGE;

	return (pa >= KERNEL_AT && pa < KERNEL_AT + KERNEL_LEN) ||
	       (pa >= INITRD_AT && pa < INITRD_AT + INITRD_LEN);
}

/* Granules still allocated that lie in a destination. */
static size_t unsafe_pages(const struct fixture *f)
{
	size_t count = 0;

	for (size_t i = 0; i < MEMORY_LEN / PAGE; i++) {
		trans_pa_t pa = BASE + i * PAGE;

		if (!f->memory.used[i] || is_source(i))
			continue;
		for (size_t m = 0; m < f->kexec.plan.count; m++) {
			struct trans_move move = f->kexec.plan.move[m];

			/* The spare is no destination but a stopover. */
			count += pa >= move.dst && pa < move.dst + move.len &&
				 pa != f->kexec.spare;
		}
	}
	return count;
}

static void all_pages_are_safe(void **state)
{
	struct fixture *f = *state;

	load(f);
	assert_true(f->memory.balance > 0);
	assert_int_equal(unsafe_pages(f), 0);
}

/* ---- the safe-page rule ---- */

static void unsafe_is_found_by_the_proof(void **state)
{
	struct fixture *f = *state;

	f->args.unsafe = true;
	refused(f, TRANS_EOVERLAP);
}

static void unsafe_and_unproven_loads(void **state)
{
	struct fixture *f = *state;

	f->args.unsafe = true;
	f->args.transition.unproven = true;
	load(f);
	assert_true(unsafe_pages(f) > 0);
}

/* ---- bad arguments ---- */

static void missing_arguments(void **state)
{
	struct fixture *f = *state;
	const struct trans_kexec_args good = f->args;
	struct trans_ops ops = f->memory.ops;

	f->args.fdt = NULL;
	refused(f, TRANS_EINVAL);
	f->args = good;
	f->args.ram = NULL;
	refused(f, TRANS_EINVAL);
	f->args = good;
	f->args.reserved = NULL;
	refused(f, TRANS_EINVAL);
	f->args = good;
	f->args.host = NULL;
	refused(f, TRANS_EINVAL);
	f->args = good;
	f->args.transition.cpu = NULL;
	refused(f, TRANS_EINVAL);
	f->args = good;
	f->args.transition.alias_prepare = NULL;
	refused(f, TRANS_EINVAL);
	f->args = good;
	f->args.transition.granule = (enum trans_granule)13;
	refused(f, TRANS_EINVAL);
	f->args = good;
	ops.alloc = NULL;
	f->args.host = &ops;
	refused(f, TRANS_EINVAL);
}

static void sources_outside_memory(void **state)
{
	struct fixture *f = *state;
	const struct trans_kexec_args good = f->args;

	f->args.kernel.start = BASE + MEMORY_LEN - PAGE;
	refused(f, TRANS_ERANGE);
	f->args.kernel = (struct trans_range){ 0, PAGE };
	refused(f, TRANS_ERANGE);
	f->args.kernel = (struct trans_range){ BASE, UINT64_MAX };
	refused(f, TRANS_ERANGE);
	f->args.kernel = (struct trans_range){ 0 - PAGE, 2 * PAGE };
	refused(f, TRANS_ERANGE);
	f->args = good;
	f->args.initrd.start = BASE + MEMORY_LEN;
	refused(f, TRANS_ERANGE);
}

/* RAM that ends inside the last granule of a file. */
static void source_ends_with_memory(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(trans_ranges_remove(&f->ram, INITRD_AT + INITRD_LEN,
					     8), 0);
	refused(f, TRANS_ERANGE);
}

static void sources_not_aligned(void **state)
{
	struct fixture *f = *state;

	f->args.kernel.start += 64;
	refused(f, TRANS_EALIGN);
	f->args.kernel.start -= 64;
	f->args.initrd.start += 2048;
	refused(f, TRANS_EALIGN);
}

static void sources_overlap(void **state)
{
	struct fixture *f = *state;

	f->args.initrd.start = KERNEL_AT + (KERNEL_LEN & ~(PAGE - 1));
	refused(f, TRANS_EOVERLAP);
	f->args.initrd = f->args.kernel;
	refused(f, TRANS_EOVERLAP);
}

static void header_out_of_reach(void **state)
{
	struct fixture *f = *state;

	f->memory.refuse_map_at = 1;
	refused(f, TRANS_EFAULT);
}

/* ---- bad kernels ---- */

static void truncated_kernel(void **state)
{
	struct fixture *f = *state;

	for (uint64_t len = 0; len < 64; len++) {
		f->args.kernel.len = len;
		refused(f, TRANS_ETRUNC);
	}
}

static void bad_header(struct fixture *f, unsigned int at, uint64_t value,
		       unsigned int bytes, int status)
{
	uint8_t *header = memory_at(&f->memory, KERNEL_AT);

	put_le(header + at, value, bytes);
	refused(f, status);
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
	refused(f, TRANS_ENOHOLE);
	assert_int_equal(trans_ranges_add(&f->reserved, BASE, MEMORY_LEN), 0);
	refused(f, TRANS_ENOHOLE);
}

static void memory_in_too_many_pieces(void **state)
{
	struct fixture *f = *state;

	for (unsigned int i = 0; i < TRANS_KEXEC_RANGES; i++)
		assert_int_equal(trans_ranges_add(&f->reserved,
						  BASE + (2 * i + 1) * PAGE,
						  PAGE), 0);
	refused(f, TRANS_ENOSPC);
}

/* ---- bad device trees ---- */

static void bad_trees(void **state)
{
	struct fixture *f = *state;

	f->args.fdt_len = 20;
	refused(f, TRANS_EFDT);
	f->args.fdt_len = TREE_LEN / 2; /* shorter than its header says */
	refused(f, TRANS_EFDT);
	f->args.fdt_len = TREE_LEN;
	f->tree[0] ^= 1;
	refused(f, TRANS_EFDT);
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
	refused(f, TRANS_ENOSPC);
	free(huge);
}

static void random_refuses(void **state)
{
	struct fixture *f = *state;

	f->args.edit.random = no_random;
	refused(f, TRANS_EHOST);
}

/* ---- the host refuses ---- */

static void alias_refused(void **state)
{
	struct fixture *f = *state;

	f->refuse_alias = true;
	refused(f, TRANS_EHOST);
}

static void every_allocation_fails(void **state)
{
	struct fixture *f = *state;
	unsigned long total;

	load(f);
	total = f->memory.allocs;
	assert_true(total > 5);
	trans_kexec_unload(&f->kexec);
	for (unsigned long n = 1; n <= total; n++) {
		f->memory.allocs = 0;
		f->memory.fail_at = n;
		refused(f, TRANS_ENOMEM);
	}
	f->memory.allocs = 0;
	f->memory.fail_at = total + 1;
	load(f);
}

static void every_table_page_refused(void **state)
{
	struct fixture *f = *state;
	unsigned long total;

	load(f);
	total = f->memory.acquires;
	assert_true(total > 0);
	trans_kexec_unload(&f->kexec);
	for (unsigned long n = 1; n <= total; n++) {
		f->memory.acquires = 0;
		f->memory.refuse_acquire_at = n;
		refused(f, TRANS_EHOST);
		assert_int_equal(f->memory.acquired, 0);
	}
}

static void quiesce_refuses(void **state)
{
	struct fixture *f = *state;

	load(f);
	f->refuse_quiesce = true;
	assert_int_equal(trans_kexec_start(&f->kexec, &f->err), TRANS_EHOST);
	assert_int_equal(f->err.status, TRANS_EHOST);
	assert_true(f->memory.balance > 0); /* still loaded */
}

static void load_twice(void **state)
{
	struct fixture *f = *state;
	long out;

	load(f);
	out = f->memory.balance;
	trans_kexec_unload(&f->kexec);
	assert_int_equal(f->memory.balance, 0);
	trans_kexec_unload(&f->kexec);
	load(f);
	assert_int_equal(f->memory.balance, out);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(good_case_executed),
		TEST(files_change_places),
		TEST(no_initrd),
		TEST(all_pages_are_safe),
		TEST(unsafe_is_found_by_the_proof),
		TEST(unsafe_and_unproven_loads),
		TEST(missing_arguments),
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
		TEST(quiesce_refuses),
		TEST(load_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
