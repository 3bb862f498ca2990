/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Device trees, built here call by call: what is read from them, what the
 * edit leaves behind, and that no damaged tree and no small buffer does more
 * than return an error. libfdt is built with the sanitizers as well.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libfdt.h>

#include <trans_table/fdt.h>

#define TREE_LEN 8192
#define SLOTS 16
#define GIB ((uint64_t)1 << 30)

struct tree {
	_Alignas(8) char fdt[TREE_LEN];
};

/* ---- building ---- */

static int node(struct tree *tree, int parent, const char *name)
{
	int at = fdt_add_subnode(tree->fdt, parent, name);

	assert_true(at >= 0);
	return at;
}

static int path(const struct tree *tree, const char *name)
{
	int at = fdt_path_offset(tree->fdt, name);

	assert_true(at >= 0);
	return at;
}

static void text(struct tree *tree, int at, const char *name, const char *value)
{
	assert_int_equal(fdt_setprop_string(tree->fdt, at, name, value), 0);
}

static void u32(struct tree *tree, int at, const char *name, uint32_t value)
{
	assert_int_equal(fdt_setprop_u32(tree->fdt, at, name, value), 0);
}

static void u64(struct tree *tree, int at, const char *name, uint64_t value)
{
	assert_int_equal(fdt_setprop_u64(tree->fdt, at, name, value), 0);
}

static void append(struct tree *tree, int at, int cells, uint64_t value)
{
	int rc = cells == 1 ?
		fdt_appendprop_u32(tree->fdt, at, "reg", (uint32_t)value) :
		fdt_appendprop_u64(tree->fdt, at, "reg", value);

	assert_int_equal(rc, 0);
}

static void empty_tree(struct tree *tree)
{
	memset(tree, 0, sizeof(*tree));
	assert_int_equal(fdt_create_empty_tree(tree->fdt, TREE_LEN), 0);
}

static void cells(struct tree *tree, int at, uint32_t address, uint32_t size)
{
	u32(tree, at, "#size-cells", size);
	u32(tree, at, "#address-cells", address);
}

static int memory(struct tree *tree, const char *name, uint64_t start,
		  uint64_t len)
{
	int at = node(tree, 0, name);

	text(tree, at, "device_type", "memory");
	append(tree, at, 2, start);
	append(tree, at, 2, len);
	return at;
}

/* Two banks, one of two ranges; both kinds of reservation; a loader's
 * /chosen. */
static void usual_tree(struct tree *tree)
{
	int at;

	empty_tree(tree);
	cells(tree, 0, 2, 2);
	at = memory(tree, "memory@40000000", GIB, GIB / 2);
	append(tree, at, 2, 64 * GIB);
	append(tree, at, 2, 2 * GIB);
	memory(tree, "memory@c0000000", 3 * GIB, GIB);
	at = node(tree, 0, "reserved-memory");
	cells(tree, at, 2, 2);
	assert_int_equal(fdt_setprop_empty(tree->fdt, at, "ranges"), 0);
	at = node(tree, at, "secure@48000000");
	append(tree, at, 2, 0x48000000);
	append(tree, at, 2, 0x100000);
	at = node(tree, path(tree, "/reserved-memory"), "cma");
	u64(tree, at, "size", 0x4000000);
	assert_int_equal(fdt_add_mem_rsv(tree->fdt, 0x50000000, 0x3000), 0);
	assert_int_equal(fdt_add_mem_rsv(tree->fdt, 0x49000000, 0x1234), 0);
	at = node(tree, 0, "chosen");
	text(tree, at, "bootargs", "console=ttyAMA0");
	u32(tree, at, "linux,initrd-start", 0x49000000);
	u32(tree, at, "linux,initrd-end", 0x49001234);
	u64(tree, at, "kaslr-seed", 0);
}

/* ---- sets ---- */

struct sets {
	struct trans_range storage[2][SLOTS];
	struct trans_ranges ram;
	struct trans_ranges reserved;
};

static void sets_init(struct sets *sets, size_t ram, size_t reserved)
{
	trans_ranges_init(&sets->ram, sets->storage[0], ram);
	trans_ranges_init(&sets->reserved, sets->storage[1], reserved);
}

static int read_memory(const struct tree *tree, struct sets *sets,
		       struct trans_error *err)
{
	sets_init(sets, SLOTS, SLOTS);
	return trans_fdt_memory(tree->fdt, TREE_LEN, &sets->ram,
				&sets->reserved, err);
}

static void expect_range(const struct trans_ranges *set, size_t i,
			 uint64_t start, uint64_t len)
{
	assert_true(i < set->count);
	assert_int_equal(set->range[i].start, start);
	assert_int_equal(set->range[i].len, len);
}

static void expect_fdt_error(const struct trans_error *err, int fdt_code)
{
	assert_int_equal(err->status, TRANS_EFDT);
	assert_string_equal(err->why, fdt_strerror(fdt_code));
}

static void memory_refused(const struct tree *tree, int fdt_code)
{
	struct trans_error err = { 0 };
	struct sets sets;

	assert_int_equal(read_memory(tree, &sets, &err), TRANS_EFDT);
	expect_fdt_error(&err, fdt_code);
	assert_int_equal(read_memory(tree, &sets, NULL), TRANS_EFDT);
}

/* ---- memory ---- */

static void test_memory_usual(void **state)
{
	struct tree tree;
	struct sets sets;

	(void)state;
	usual_tree(&tree);
	assert_int_equal(read_memory(&tree, &sets, NULL), 0);
	assert_int_equal(sets.ram.count, 3);
	expect_range(&sets.ram, 0, GIB, GIB / 2);
	expect_range(&sets.ram, 1, 3 * GIB, GIB);
	expect_range(&sets.ram, 2, 64 * GIB, 2 * GIB);
	assert_int_equal(sets.reserved.count, 3);
	expect_range(&sets.reserved, 0, 0x48000000, 0x100000);
	expect_range(&sets.reserved, 1, 0x49000000, 0x1234);
	expect_range(&sets.reserved, 2, 0x50000000, 0x3000);
}

static void test_memory_adds(void **state)
{
	struct tree tree;
	struct sets sets;

	(void)state;
	usual_tree(&tree);
	sets_init(&sets, SLOTS, SLOTS);
	assert_int_equal(trans_ranges_add(&sets.ram, 0, 4096), 0);
	assert_int_equal(trans_ranges_add(&sets.reserved, 0, 4096), 0);
	assert_int_equal(trans_fdt_memory(tree.fdt, TREE_LEN, &sets.ram,
					  &sets.reserved, NULL), 0);
	assert_int_equal(sets.ram.count, 4);
	assert_int_equal(sets.reserved.count, 4);
}

static void one_cell_shape(int address, int size)
{
	struct tree tree;
	struct sets sets;
	int at;

	empty_tree(&tree);
	cells(&tree, 0, (uint32_t)address, (uint32_t)size);
	at = node(&tree, 0, "memory");
	text(&tree, at, "device_type", "memory");
	append(&tree, at, address, 0x80000000);
	append(&tree, at, size, 0x90000000);
	at = node(&tree, 0, "reserved-memory");
	/* The other way round, so that the root's cells cannot be taken. */
	cells(&tree, at, (uint32_t)(3 - address), (uint32_t)(3 - size));
	at = node(&tree, at, "a");
	append(&tree, at, 3 - address, 0xa0000000);
	append(&tree, at, 3 - size, 0x1000);
	assert_int_equal(read_memory(&tree, &sets, NULL), 0);
	expect_range(&sets.ram, 0, 0x80000000, 0x90000000);
	expect_range(&sets.reserved, 0, 0xa0000000, 0x1000);
}

static void test_memory_cells(void **state)
{
	int address, size;

	(void)state;
	for (address = 1; address <= 2; address++)
		for (size = 1; size <= 2; size++)
			one_cell_shape(address, size);
}

/* Devicetree specification 2.3.5: two and one, when nothing is said. */
static void test_memory_default_cells(void **state)
{
	struct tree tree;
	struct sets sets;
	int at;

	(void)state;
	empty_tree(&tree);
	at = node(&tree, 0, "memory");
	text(&tree, at, "device_type", "memory");
	append(&tree, at, 2, 4 * GIB);
	append(&tree, at, 1, GIB);
	assert_int_equal(read_memory(&tree, &sets, NULL), 0);
	expect_range(&sets.ram, 0, 4 * GIB, GIB);
}

static void test_memory_bad_cells(void **state)
{
	static const uint32_t bad[][2] = {
		{ 0, 1 }, { 3, 1 }, { 4, 2 }, { 5, 1 }, { 1, 0 }, { 2, 3 },
		{ 2, 5 }, { UINT32_MAX, 1 }, { 1, UINT32_MAX },
	};
	struct tree tree;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		usual_tree(&tree);
		cells(&tree, 0, bad[i][0], bad[i][1]);
		memory_refused(&tree, -FDT_ERR_BADNCELLS);
		usual_tree(&tree);
		cells(&tree, path(&tree, "/reserved-memory"), bad[i][0],
		      bad[i][1]);
		memory_refused(&tree, -FDT_ERR_BADNCELLS);
	}
}

static size_t ram_with_status(const char *status)
{
	struct tree tree;
	struct sets sets;

	usual_tree(&tree);
	text(&tree, path(&tree, "/memory@c0000000"), "status", status);
	text(&tree, path(&tree, "/reserved-memory/secure@48000000"), "status",
	     status);
	assert_int_equal(read_memory(&tree, &sets, NULL), 0);
	assert_int_equal(sets.reserved.count, 3);
	return sets.ram.count;
}

static void test_memory_status(void **state)
{
	(void)state;
	assert_int_equal(ram_with_status("okay"), 3);
	assert_int_equal(ram_with_status("ok"), 3);
	assert_int_equal(ram_with_status("disabled"), 2);
	assert_int_equal(ram_with_status("fail"), 2);
	assert_int_equal(ram_with_status("reserved"), 2);
	assert_int_equal(ram_with_status("okay!"), 2);
}

/* Neither a name nor a longer type makes memory; nor does a missing reg. */
static void test_memory_not(void **state)
{
	struct tree tree;
	struct sets sets;
	int at;

	(void)state;
	empty_tree(&tree);
	cells(&tree, 0, 2, 2);
	at = memory(&tree, "memory@0", 0, GIB);
	text(&tree, at, "device_type", "memory-controller");
	at = memory(&tree, "memory@1", 0, GIB);
	assert_int_equal(fdt_delprop(tree.fdt, at, "device_type"), 0);
	at = memory(&tree, "memory@3", 0, GIB); /* its NUL is only padding */
	assert_int_equal(fdt_setprop(tree.fdt, at, "device_type", "memory", 6),
			 0);
	at = memory(&tree, "memory@2", 0, GIB);
	assert_int_equal(fdt_delprop(tree.fdt, at, "reg"), 0);
	assert_int_equal(read_memory(&tree, &sets, NULL), 0);
	assert_int_equal(sets.ram.count, 0);
	assert_int_equal(sets.reserved.count, 0);
}

static void test_memory_zero_size(void **state)
{
	struct tree tree;
	struct sets sets;
	int at;

	(void)state;
	empty_tree(&tree);
	cells(&tree, 0, 2, 2);
	at = memory(&tree, "memory@0", UINT64_MAX, 0);
	append(&tree, at, 2, GIB);
	append(&tree, at, 2, GIB);
	assert_int_equal(fdt_add_mem_rsv(tree.fdt, GIB, 0x1000), 0);
	assert_int_equal(read_memory(&tree, &sets, NULL), 0);
	assert_int_equal(sets.ram.count, 1);
	expect_range(&sets.ram, 0, GIB, GIB);
	assert_int_equal(sets.reserved.count, 1);
}

static void test_memory_reg_length(void **state)
{
	struct tree tree;
	int len;

	(void)state;
	for (len = 1; len < 40; len++) {
		static const char zeros[40];
		struct sets sets;

		usual_tree(&tree);
		assert_int_equal(fdt_setprop(tree.fdt,
					     path(&tree, "/memory@c0000000"),
					     "reg", zeros, len), 0);
		if (len % 16)
			memory_refused(&tree, -FDT_ERR_BADVALUE);
		else
			assert_int_equal(read_memory(&tree, &sets, NULL), 0);
	}
}

static void range_refused(const struct tree *tree, uint64_t start)
{
	struct trans_error err = { 0 };
	struct sets sets;

	assert_int_equal(read_memory(tree, &sets, &err), TRANS_ERANGE);
	assert_int_equal(err.status, TRANS_ERANGE);
	assert_int_equal(err.pa, start);
	assert_int_equal(err.len, GIB);
	assert_string_equal(err.why, "memory range");
}

static void test_memory_past_the_top(void **state)
{
	struct tree tree;
	int at;

	(void)state;
	usual_tree(&tree);
	memory(&tree, "memory@f", UINT64_MAX - 5, GIB);
	range_refused(&tree, UINT64_MAX - 5);
	usual_tree(&tree);
	at = node(&tree, path(&tree, "/reserved-memory"), "top");
	append(&tree, at, 2, UINT64_MAX - 6);
	append(&tree, at, 2, GIB);
	range_refused(&tree, UINT64_MAX - 6);
	usual_tree(&tree);
	assert_int_equal(fdt_add_mem_rsv(tree.fdt, UINT64_MAX - 7, GIB), 0);
	range_refused(&tree, UINT64_MAX - 7);
}

static void test_memory_small_sets(void **state)
{
	struct tree tree;
	size_t ram, reserved;

	(void)state;
	usual_tree(&tree);
	for (ram = 0; ram <= 4; ram++)
		for (reserved = 0; reserved <= 4; reserved++) {
			bool fits = ram >= 3 && reserved >= 3;
			struct trans_error err = { 0 };
			struct sets sets;

			sets_init(&sets, ram, reserved);
			assert_int_equal(
				trans_fdt_memory(tree.fdt, TREE_LEN, &sets.ram,
						 &sets.reserved, &err),
				fits ? 0 : TRANS_ENOSPC);
			assert_int_equal(err.status, fits ? 0 : TRANS_ENOSPC);
		}
}

/* ---- the old initrd ---- */

static int read_initrd(const struct tree *tree, struct trans_range *initrd,
		       struct trans_error *err)
{
	return trans_fdt_initrd(tree->fdt, TREE_LEN, initrd, err);
}

static void initrd_absent(const struct tree *tree)
{
	struct trans_range initrd = { 7, 8 };
	struct trans_error err = { 0 };

	assert_int_equal(read_initrd(tree, &initrd, &err), TRANS_ENOENT);
	assert_int_equal(err.status, TRANS_ENOENT);
	assert_string_equal(err.why, "initrd in /chosen");
	assert_int_equal(initrd.start, 7);
	assert_int_equal(initrd.len, 8);
}

static void initrd_refused(const struct tree *tree)
{
	struct trans_range initrd;
	struct trans_error err = { 0 };

	assert_int_equal(read_initrd(tree, &initrd, &err), TRANS_EFDT);
	expect_fdt_error(&err, -FDT_ERR_BADVALUE);
}

static void test_initrd_cells(void **state)
{
	struct trans_range initrd;
	struct tree tree;
	int chosen;

	(void)state;
	usual_tree(&tree);
	assert_int_equal(read_initrd(&tree, &initrd, NULL), 0);
	assert_int_equal(initrd.start, 0x49000000);
	assert_int_equal(initrd.len, 0x1234);
	chosen = path(&tree, "/chosen");
	u64(&tree, chosen, "linux,initrd-end", 0x149001235);
	assert_int_equal(read_initrd(&tree, &initrd, NULL), 0);
	assert_int_equal(initrd.start, 0x49000000);
	assert_int_equal(initrd.len, 0x100001235);
	u64(&tree, chosen, "linux,initrd-start", 0x149000000);
	assert_int_equal(read_initrd(&tree, &initrd, NULL), 0);
	assert_int_equal(initrd.start, 0x149000000);
	assert_int_equal(initrd.len, 0x1235);
}

static void test_initrd_absent(void **state)
{
	struct tree tree;

	(void)state;
	empty_tree(&tree);
	initrd_absent(&tree);
	node(&tree, 0, "chosen");
	initrd_absent(&tree);
	u32(&tree, path(&tree, "/chosen"), "linux,initrd-start", 5);
	initrd_absent(&tree);
	u32(&tree, path(&tree, "/chosen"), "linux,initrd-end", 5);
	initrd_absent(&tree);
	usual_tree(&tree);
	assert_int_equal(fdt_delprop(tree.fdt, path(&tree, "/chosen"),
				     "linux,initrd-start"), 0);
	initrd_absent(&tree);
}

static void test_initrd_malformed(void **state)
{
	static const char *const names[] = { "linux,initrd-start",
					     "linux,initrd-end" };
	static const char zeros[16];
	struct tree tree;
	int i, len;

	(void)state;
	usual_tree(&tree);
	u32(&tree, path(&tree, "/chosen"), "linux,initrd-end", 0x48ffffff);
	initrd_refused(&tree);
	for (i = 0; i < 2; i++)
		for (len = 0; len <= 16; len++) {
			if (len == 4 || len == 8)
				continue;
			usual_tree(&tree);
			assert_int_equal(fdt_setprop(tree.fdt,
						     path(&tree, "/chosen"),
						     names[i], zeros, len), 0);
			initrd_refused(&tree);
		}
}

/* ---- editing ---- */

struct source {
	int calls;
	int refuse_at; /* 0: never */
	size_t lens[2];
};

/* Bytes that no other seed has. */
static int fake_random(void *ctx, void *buf, size_t len)
{
	struct source *source = ctx;

	assert_true(source->calls < 2);
	source->lens[source->calls++] = len;
	memset(buf, 0xa0 + source->calls, len);
	return source->calls == source->refuse_at ? -1 : 0;
}

static int edit(const struct tree *from, struct tree *to,
		const struct trans_fdt_edit *how, struct trans_error *err)
{
	memset(to, 0xee, sizeof(*to));
	return trans_fdt_edit(from->fdt, TREE_LEN, to->fdt, TREE_LEN, how, err);
}

static void edit_ok(const struct tree *from, struct tree *to,
		    const struct trans_fdt_edit *how)
{
	struct tree before = *from;

	assert_int_equal(edit(from, to, how, NULL), 0);
	assert_int_equal(fdt_check_full(to->fdt, TREE_LEN), 0);
	assert_memory_equal(from, &before, sizeof(before));
}

static void expect_prop(const struct tree *tree, const char *name,
			const void *value, int len)
{
	int got;
	const void *prop = fdt_getprop(tree->fdt, path(tree, "/chosen"), name,
				       &got);

	assert_non_null(prop);
	assert_int_equal(got, len);
	assert_memory_equal(prop, value, (size_t)len);
}

static void expect_no_prop(const struct tree *tree, const char *name)
{
	assert_null(fdt_getprop(tree->fdt, path(tree, "/chosen"), name, NULL));
}

static void expect_u64(const struct tree *tree, const char *name,
		       uint64_t value)
{
	fdt64_t big = cpu_to_fdt64(value);

	expect_prop(tree, name, &big, sizeof(big));
}

static void expect_seeds(const struct tree *tree)
{
	uint8_t seed[128];

	memset(seed, 0xa1, 8);
	expect_prop(tree, "kaslr-seed", seed, 8);
	memset(seed, 0xa2, 128);
	expect_prop(tree, "rng-seed", seed, 128);
}

static void test_edit_all(void **state)
{
	struct source source = { 0 };
	struct trans_fdt_edit how = { "root=/dev/vda rw",
				      { 5 * GIB + 4096, 12345 },
				      .random = fake_random, .random_ctx = &source };
	struct tree from, to;

	(void)state;
	usual_tree(&from);
	edit_ok(&from, &to, &how);
	expect_prop(&to, "bootargs", "root=/dev/vda rw", 17);
	expect_u64(&to, "linux,initrd-start", 5 * GIB + 4096);
	expect_u64(&to, "linux,initrd-end", 5 * GIB + 4096 + 12345);
	expect_prop(&to, "linux,booted-from-kexec", "", 0);
	expect_seeds(&to);
	assert_int_equal(source.calls, 2);
	assert_int_equal(source.lens[0], 8);
	assert_int_equal(source.lens[1], 128);
}

static void test_edit_nothing(void **state)
{
	struct trans_fdt_edit how = { 0 };
	struct tree from, to;

	(void)state;
	usual_tree(&from);
	u64(&from, path(&from, "/chosen"), "rng-seed", 1);
	edit_ok(&from, &to, &how);
	expect_prop(&to, "bootargs", "console=ttyAMA0", 16);
	expect_no_prop(&to, "linux,initrd-start");
	expect_no_prop(&to, "linux,initrd-end");
	expect_no_prop(&to, "kaslr-seed");
	expect_no_prop(&to, "rng-seed");
	expect_prop(&to, "linux,booted-from-kexec", "", 0);
}

static void test_edit_without_chosen(void **state)
{
	struct source source = { 0 };
	struct trans_fdt_edit how = { "", { GIB, 1 },
				      .random = fake_random,
				      .random_ctx = &source };
	struct tree from, to;

	(void)state;
	empty_tree(&from);
	edit_ok(&from, &to, &how);
	expect_prop(&to, "bootargs", "", 1);
	expect_u64(&to, "linux,initrd-end", GIB + 1);
	expect_seeds(&to);
	how = (struct trans_fdt_edit){ 0 };
	edit_ok(&from, &to, &how);
	expect_no_prop(&to, "bootargs");
}

/* An edited tree can be edited again, and says the same. */
static void test_edit_twice(void **state)
{
	struct source source = { 0 };
	struct trans_fdt_edit how = { "a", { GIB, 99 },
				      .random = fake_random,
				      .random_ctx = &source };
	struct tree from, once, twice;

	(void)state;
	usual_tree(&from);
	edit_ok(&from, &once, &how);
	source.calls = 0;
	edit_ok(&once, &twice, &how);
	assert_true(fdt_totalsize(once.fdt) < TREE_LEN / 4); /* is packed */
	assert_int_equal(fdt_totalsize(once.fdt), fdt_totalsize(twice.fdt));
	assert_memory_equal(once.fdt, twice.fdt, fdt_totalsize(once.fdt));
}

static void test_edit_keeps_memory(void **state)
{
	struct trans_fdt_edit how = { .bootargs = "x" };
	struct tree from, to;
	struct sets before, after;

	(void)state;
	usual_tree(&from);
	assert_int_equal(read_memory(&from, &before, NULL), 0);
	edit_ok(&from, &to, &how);
	assert_int_equal(read_memory(&to, &after, NULL), 0);
	assert_int_equal(after.ram.count, before.ram.count);
	assert_memory_equal(after.storage[0], before.storage[0],
			    before.ram.count * sizeof(struct trans_range));
	assert_int_equal(after.reserved.count, 2);
	expect_range(&after.reserved, 0, 0x48000000, 0x100000);
	expect_range(&after.reserved, 1, 0x50000000, 0x3000);
}

/* Equal entries go, however many and wherever; nearly equal ones stay. */
static void test_edit_reservations(void **state)
{
	static const uint64_t entry[][2] = {
		{ 0x49000000, 0x1234 }, { 0x49000000, 0x1235 },
		{ 0x49000000, 0x1234 }, { 0x49000000, 0x1234 },
		{ 0x49000001, 0x1233 }, { 0x49000000, 0x1234 },
	};
	struct trans_fdt_edit how = { 0 };
	struct tree from, to;
	uint64_t start, len;
	size_t i;

	(void)state;
	usual_tree(&from);
	for (i = 0; i < 6; i++)
		assert_int_equal(fdt_add_mem_rsv(from.fdt, entry[i][0],
						 entry[i][1]), 0);
	edit_ok(&from, &to, &how);
	assert_int_equal(fdt_num_mem_rsv(to.fdt), 3);
	assert_int_equal(fdt_get_mem_rsv(to.fdt, 0, &start, &len), 0);
	assert_int_equal(start, 0x50000000);
	assert_int_equal(fdt_get_mem_rsv(to.fdt, 1, &start, &len), 0);
	assert_int_equal(len, 0x1235);
	assert_int_equal(fdt_get_mem_rsv(to.fdt, 2, &start, &len), 0);
	assert_int_equal(len, 0x1233);
}

static uint64_t reservation(struct tree *tree, int n, uint64_t *len)
{
	uint64_t start;

	assert_int_equal(fdt_get_mem_rsv(tree->fdt, n, &start, len), 0);
	return start;
}

/* What must survive, and the initrd; each once, in an edit of an edit too. */
static void test_edit_reserve(void **state)
{
	static const struct trans_range keep[] = {
		{ 0x60000000, 0x1000 }, { 0x61234567, 1 },
		{ 0x62000000, 0 }, /* would end the block */
		{ 0x60000000, 0x1000 }, { 0x50000000, 0x3000 },
	};
	struct trans_fdt_edit how = { .initrd = { GIB, 99 }, .reserve = keep,
				      .reserve_count = 5 };
	struct tree from, once, twice;
	uint64_t len;

	(void)state;
	usual_tree(&from);
	edit_ok(&from, &once, &how);
	edit_ok(&once, &twice, &how);
	for (int again = 0; again < 2; again++) {
		struct tree *tree = again ? &twice : &once;

		assert_int_equal(fdt_num_mem_rsv(tree->fdt), 4);
		assert_int_equal(reservation(tree, 0, &len), 0x50000000);
		assert_int_equal(reservation(tree, 1, &len), 0x60000000);
		assert_int_equal(len, 0x1000);
		assert_int_equal(reservation(tree, 2, &len), 0x61234567);
		assert_int_equal(len, 1);
		assert_int_equal(reservation(tree, 3, &len), GIB);
		assert_int_equal(len, 99);
	}
	how.initrd = (struct trans_range){ 2 * GIB, 7 };
	edit_ok(&twice, &once, &how);
	assert_int_equal(fdt_num_mem_rsv(once.fdt), 4);
	assert_int_equal(reservation(&once, 3, &len), 2 * GIB);
}

static void test_edit_reserve_range(void **state)
{
	static const struct trans_range bad[] = { { GIB, 1 },
						  { UINT64_MAX - 5, 6 } };
	struct trans_fdt_edit how = { .reserve = bad, .reserve_count = 2 };
	struct trans_error err = { 0 };
	struct tree from, to;

	(void)state;
	usual_tree(&from);
	assert_int_equal(edit(&from, &to, &how, &err), TRANS_ERANGE);
	assert_string_equal(err.why, "reservation");
	assert_int_equal(err.pa, UINT64_MAX - 5);
	assert_int_equal(err.len, 6);
}

/* A kernel that ran after a crash starts one that did not. */
static void test_edit_after_crash(void **state)
{
	struct trans_fdt_edit how = { 0 };
	struct tree from, to;
	int chosen;

	(void)state;
	usual_tree(&from);
	chosen = path(&from, "/chosen");
	u64(&from, chosen, "linux,elfcorehdr", GIB);
	u64(&from, chosen, "linux,kho-fdt", GIB);
	u64(&from, chosen, "linux,kho-scratch", GIB);
	u64(&from, path(&from, "/chosen"), "linux,usable-memory-range", GIB);
	edit_ok(&from, &to, &how);
	expect_no_prop(&to, "linux,elfcorehdr");
	expect_no_prop(&to, "linux,kho-fdt");
	expect_no_prop(&to, "linux,kho-scratch");
	expect_no_prop(&to, "linux,usable-memory-range");
}

/* What the kernel before measured is of no use to the next. */
static void test_edit_drops_the_ima_buffer(void **state)
{
	const fdt64_t buffer[2] = { cpu_to_fdt64(3 * GIB), cpu_to_fdt64(4096) };
	struct trans_fdt_edit how = { 0 };
	struct tree from, to;
	uint64_t start, len;

	(void)state;
	usual_tree(&from);
	assert_int_equal(fdt_setprop(from.fdt, path(&from, "/chosen"),
				     "linux,ima-kexec-buffer", buffer,
				     sizeof(buffer)), 0);
	assert_int_equal(fdt_add_mem_rsv(from.fdt, 3 * GIB, 4096), 0);
	edit_ok(&from, &to, &how);
	expect_no_prop(&to, "linux,ima-kexec-buffer");
	for (int i = 0; i < fdt_num_mem_rsv(to.fdt); i++) {
		assert_int_equal(fdt_get_mem_rsv(to.fdt, i, &start, &len), 0);
		assert_true(start != 3 * GIB);
	}
}

static void test_edit_random_refuses(void **state)
{
	struct tree from, to;
	int at;

	(void)state;
	usual_tree(&from);
	for (at = 1; at <= 2; at++) {
		struct source source = { .refuse_at = at };
		struct trans_fdt_edit how = { NULL, { 0, 0 }, .random = fake_random,
					      .random_ctx = &source };
		struct trans_error err = { 0 };

		assert_int_equal(edit(&from, &to, &how, &err), TRANS_EHOST);
		assert_int_equal(err.status, TRANS_EHOST);
		assert_string_equal(err.why, "random");
		assert_int_equal(source.calls, at);
	}
}

static void test_edit_initrd_range(void **state)
{
	struct trans_fdt_edit how = { .initrd = { UINT64_MAX - 4, 4 } };
	struct trans_error err = { 0 };
	struct tree from, to;

	(void)state;
	usual_tree(&from);
	edit_ok(&from, &to, &how);
	expect_u64(&to, "linux,initrd-end", UINT64_MAX);
	how.initrd.len = 5;
	assert_int_equal(edit(&from, &to, &how, &err), TRANS_ERANGE);
	assert_int_equal(err.status, TRANS_ERANGE);
	assert_int_equal(err.pa, UINT64_MAX - 4);
	assert_int_equal(err.len, 5);
}

static void edit_refused(const void *from, size_t len, void *to, int fdt_code)
{
	struct trans_fdt_edit how = { 0 };
	struct trans_error err = { 0 };

	assert_int_equal(trans_fdt_edit(from, len, to, TREE_LEN, &how, &err),
			 TRANS_EFDT);
	expect_fdt_error(&err, fdt_code);
}

static void test_edit_malformed(void **state)
{
	struct tree from, to;

	(void)state;
	usual_tree(&from);
	u32(&from, path(&from, "/chosen"), "linux,initrd-end", 1);
	edit_refused(from.fdt, TREE_LEN, to.fdt, -FDT_ERR_BADVALUE);
	fdt_set_magic(from.fdt, 0);
	edit_refused(from.fdt, TREE_LEN, to.fdt, -FDT_ERR_BADMAGIC);
	memory_refused(&from, -FDT_ERR_BADMAGIC);
}

static void test_alignment(void **state)
{
	struct tree from, moved, to;
	int shift;

	(void)state;
	usual_tree(&from);
	assert_int_equal(fdt_pack(from.fdt), 0);
	for (shift = 1; shift < 8; shift++) {
		size_t len = TREE_LEN - (size_t)shift;

		memmove(moved.fdt + shift, from.fdt, len);
		edit_refused(moved.fdt + shift, len, to.fdt,
			     -FDT_ERR_ALIGNMENT);
		edit_refused(from.fdt, TREE_LEN, to.fdt + shift,
			     -FDT_ERR_ALIGNMENT);
	}
}

/* A structure block at an odd address, in an otherwise faultless tree. */
static void test_struct_alignment(void **state)
{
	struct tree from, moved, to;
	uint32_t at;

	(void)state;
	usual_tree(&from);
	assert_int_equal(fdt_pack(from.fdt), 0);
	moved = from;
	at = fdt_off_dt_struct(from.fdt);
	memcpy(moved.fdt + at + 2, from.fdt + at, fdt_totalsize(from.fdt) - at);
	fdt_set_off_dt_struct(moved.fdt, at + 2);
	fdt_set_off_dt_strings(moved.fdt, fdt_off_dt_strings(from.fdt) + 2);
	fdt_set_totalsize(moved.fdt, fdt_totalsize(from.fdt) + 2);
	edit_refused(moved.fdt, TREE_LEN, to.fdt, -FDT_ERR_ALIGNMENT);
	memory_refused(&moved, -FDT_ERR_ALIGNMENT);
}

/* The versions that libfdt 1.6's own check does not see through: before 16 it
 * follows a null pointer, in 16 it lets strings pass that are out of bounds. */
static void test_versions(void **state)
{
	struct trans_fdt_edit how = { 0 };
	struct tree from, to;
	uint32_t version;

	(void)state;
	usual_tree(&from);
	for (version = 0; version < 20; version++) {
		fdt_set_version(from.fdt, version);
		fdt_set_last_comp_version(from.fdt, version);
		if (version == 17) {
			edit_ok(&from, &to, &how);
		} else {
			edit_refused(from.fdt, TREE_LEN, to.fdt,
				     -FDT_ERR_BADVERSION);
			memory_refused(&from, -FDT_ERR_BADVERSION);
		}
	}
}

/* ---- room ---- */

static int edit_into(const struct tree *from, size_t room,
		     struct trans_error *err)
{
	struct source source = { 0 };
	struct trans_fdt_edit how = { "root=/dev/nowhere", { GIB, GIB },
				      .random = fake_random, .random_ctx = &source };
	void *to = malloc(room ? room : 1); /* its end is ASan's */
	int rc;

	assert_non_null(to);
	rc = trans_fdt_edit(from->fdt, TREE_LEN, to, room, &how, err);
	if (!rc) {
		assert_int_equal(fdt_check_full(to, room), 0);
		assert_true(fdt_totalsize(to) <= room);
	}
	free(to);
	return rc;
}

/* Too small up to some size, and from there on never again. */
static void test_every_room(void **state)
{
	struct tree from;
	size_t room, enough = 0;

	(void)state;
	usual_tree(&from);
	assert_int_equal(fdt_pack(from.fdt), 0);
	for (room = 0; room < 2048; room++) {
		struct trans_error err = { 0 };
		int rc = edit_into(&from, room, &err);

		assert_int_equal(rc, enough || !rc ? 0 : TRANS_ENOSPC);
		assert_int_equal(err.status, rc);
		if (rc)
			assert_string_equal(err.why,
					    fdt_strerror(-FDT_ERR_NOSPACE));
		else if (!enough)
			enough = room;
	}
	assert_true(enough > fdt_totalsize(from.fdt));
	assert_true(enough < fdt_totalsize(from.fdt) + 512);
}

static int big_edit(const void *from, size_t from_len, size_t args)
{
	size_t room = 2 * (size_t)TRANS_FDT_MAX_LEN;
	char *to = malloc(room), *bootargs = malloc(args + 1);
	struct trans_fdt_edit how = { .bootargs = bootargs };
	int rc;

	memset(bootargs, 'x', args);
	bootargs[args] = 0;
	rc = trans_fdt_edit(from, from_len, to, room, &how, NULL);
	if (!rc)
		assert_true(fdt_totalsize(to) <= TRANS_FDT_MAX_LEN);
	free(bootargs);
	free(to);
	return rc;
}

/* 2 MiB is the end even where there is more room. */
static void test_two_mib(void **state)
{
	size_t max = TRANS_FDT_MAX_LEN;
	struct tree from;
	char *big = malloc(2 * max);

	(void)state;
	usual_tree(&from);
	assert_int_equal(big_edit(from.fdt, TREE_LEN, max - TREE_LEN), 0);
	assert_int_equal(big_edit(from.fdt, TREE_LEN, max - 64), TRANS_ENOSPC);
	assert_int_equal(big_edit(from.fdt, TREE_LEN, max - 1), TRANS_ENOSPC);
	assert_int_equal(big_edit(from.fdt, TREE_LEN, max), TRANS_ENOSPC);
	assert_int_equal(big_edit(from.fdt, TREE_LEN, max + 1), TRANS_ENOSPC);
	assert_int_equal(fdt_open_into(from.fdt, big, (int)max), 0);
	assert_int_equal(big_edit(big, 2 * max, 1), 0);
	assert_int_equal(fdt_open_into(from.fdt, big, (int)max + 8), 0);
	/* padding is not carried over, however much there is */
	assert_int_equal(big_edit(big, 2 * max, 1), 0);
	free(big);
}

/* ---- hostile trees ---- */

static bool is_sane(int rc)
{
	return !rc || rc == TRANS_EFDT || rc == TRANS_ENOSPC ||
	       rc == TRANS_ERANGE || rc == TRANS_ENOENT;
}

/* All three on @len bytes with ASan at their end. An accepted tree becomes an
 * accepted tree. Returns how many said yes. */
static int feed(const char *bytes, size_t len)
{
	struct source source = { 0 };
	struct trans_fdt_edit how = { "abc", { GIB, GIB }, .random = fake_random,
				      .random_ctx = &source };
	char *from = malloc(len ? len : 1);
	struct trans_range initrd;
	struct sets sets;
	struct tree to;
	int edited, read, found;

	memcpy(from, bytes, len);
	sets_init(&sets, SLOTS, SLOTS);
	edited = trans_fdt_edit(from, len, to.fdt, TREE_LEN, &how, NULL);
	read = trans_fdt_memory(from, len, &sets.ram, &sets.reserved, NULL);
	found = trans_fdt_initrd(from, len, &initrd, NULL);
	assert_memory_equal(from, bytes, len);
	assert_true(is_sane(edited) && is_sane(read) && is_sane(found));
	if (!edited)
		assert_int_equal(fdt_check_full(to.fdt, TREE_LEN), 0);
	free(from);
	return !edited + !read + !found;
}

static void test_truncated(void **state)
{
	struct tree tree, cut;
	uint32_t len, all;
	int accepted = 0;

	(void)state;
	usual_tree(&tree);
	assert_int_equal(fdt_pack(tree.fdt), 0);
	all = fdt_totalsize(tree.fdt);
	for (len = 0; len < all; len++) {
		assert_int_equal(feed(tree.fdt, len), 0);
		cut = tree;
		fdt_set_totalsize(cut.fdt, len);
		accepted += feed(cut.fdt, len);
	}
	assert_int_equal(accepted, 0);
	assert_int_equal(feed(tree.fdt, all), 3);
}

static void test_flipped(void **state)
{
	static const uint8_t flip[] = { 0x01, 0x02, 0x04, 0x08, 0x10, 0x20,
					0x40, 0x80, 0xff, 0x7f };
	struct tree tree;
	size_t at, i, all;
	int accepted = 0;

	(void)state;
	usual_tree(&tree);
	assert_int_equal(fdt_pack(tree.fdt), 0);
	all = fdt_totalsize(tree.fdt);
	for (at = 0; at < all; at++)
		for (i = 0; i < sizeof(flip); i++) {
			tree.fdt[at] = (char)(tree.fdt[at] ^ flip[i]);
			accepted += feed(tree.fdt, all);
			tree.fdt[at] = (char)(tree.fdt[at] ^ flip[i]);
		}
	/* Values and names may be anything: it is not all refused. */
	assert_true(accepted > 0);
	assert_int_equal(feed(tree.fdt, all), 3);
}

/* Several words at once, each 0, small, or near a power of two: what lengths,
 * offsets and tags look like when they lie. */
static void test_scrambled(void **state)
{
	static const uint32_t words[] = { 0, 1, 2, 3, 4, 9, 16, 17, 0x7fffffff,
					  0x80000000, 0xffffffff, 0xfffffffc };
	uint64_t seed = 1;
	struct tree tree, bad;
	size_t all;
	int i, j;

	(void)state;
	usual_tree(&tree);
	assert_int_equal(fdt_pack(tree.fdt), 0);
	all = fdt_totalsize(tree.fdt);
	for (i = 0; i < 20000; i++) {
		bad = tree;
		for (j = 0; j <= i % 3; j++) {
			seed = seed * 6364136223846793005u + 1;
			fdt32_st(bad.fdt + (seed >> 40) % (all / 4) * 4,
				 words[(seed >> 20) % 12]);
		}
		feed(bad.fdt, all);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_memory_usual),
		cmocka_unit_test(test_memory_adds),
		cmocka_unit_test(test_memory_cells),
		cmocka_unit_test(test_memory_default_cells),
		cmocka_unit_test(test_memory_bad_cells),
		cmocka_unit_test(test_memory_status),
		cmocka_unit_test(test_memory_not),
		cmocka_unit_test(test_memory_zero_size),
		cmocka_unit_test(test_memory_reg_length),
		cmocka_unit_test(test_memory_past_the_top),
		cmocka_unit_test(test_memory_small_sets),
		cmocka_unit_test(test_initrd_cells),
		cmocka_unit_test(test_initrd_absent),
		cmocka_unit_test(test_initrd_malformed),
		cmocka_unit_test(test_edit_all),
		cmocka_unit_test(test_edit_nothing),
		cmocka_unit_test(test_edit_without_chosen),
		cmocka_unit_test(test_edit_twice),
		cmocka_unit_test(test_edit_keeps_memory),
		cmocka_unit_test(test_edit_reservations),
		cmocka_unit_test(test_edit_random_refuses),
		cmocka_unit_test(test_edit_reserve),
		cmocka_unit_test(test_edit_reserve_range),
		cmocka_unit_test(test_edit_after_crash),
		cmocka_unit_test(test_edit_drops_the_ima_buffer),
		cmocka_unit_test(test_edit_initrd_range),
		cmocka_unit_test(test_edit_malformed),
		cmocka_unit_test(test_alignment),
		cmocka_unit_test(test_struct_alignment),
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_every_room),
		cmocka_unit_test(test_two_mib),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_flipped),
		cmocka_unit_test(test_scrambled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
