/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * A kernel that EFI booted: known by the device tree that its stub made, and
 * resumed only where its firmware's runtime services are. What counts as such
 * a tree, wherever its pages wait, and what is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/support/files.h"
#include "tests/unit/support/resume_world.h"

#define BASE 0x40000000ULL
#define MIB (1ULL << 20)
#define KIB64 65536ULL
#define TREE (BASE + 2 * MIB)
#define TREE_LEN 12288
#define MAP (BASE + 2 * MIB + MIB / 2 + 0x68)
#define ENTRY 48
#define SYSTEM_TABLE 0x5fec7b60ULL
#define CODE_AT 0x5fec0000ULL
#define DATA_AT 0x5dd6e000ULL
#define RUNTIME (1ULL << 63)

static struct resume_world w;
static struct trans_ranges runtime;
static struct trans_range runtime_slot[8];

/* ---- what the stub leaves ---- */

static int node(void *fdt, int parent, const char *name)
{
	int at = fdt_add_subnode(fdt, parent, name);

	assert_true(at >= 0);
	return at;
}

static void say_efi(void *fdt, int at, uint64_t system_table)
{
	assert_int_equal(fdt_setprop_u32(fdt, at, "linux,uefi-mmap-desc-ver",
					 1), 0);
	assert_int_equal(fdt_setprop_u32(fdt, at, "linux,uefi-mmap-desc-size",
					 ENTRY), 0);
	assert_int_equal(fdt_setprop_u32(fdt, at, "linux,uefi-mmap-size",
					 4 * ENTRY), 0);
	assert_int_equal(fdt_setprop_u64(fdt, at, "linux,uefi-mmap-start",
					 MAP), 0);
	assert_int_equal(fdt_setprop_u64(fdt, at, "linux,uefi-system-table",
					 system_table), 0);
	assert_int_equal(fdt_setprop_string(fdt, at, "bootargs", "quiet"), 0);
}

/* A tree of three pages, whose /chosen is in the last. */
static void make_tree(void *fdt, uint64_t system_table)
{
	static const char big[9000] = "serial";
	int at;

	assert_int_equal(fdt_create_empty_tree(fdt, TREE_LEN), 0);
	at = node(fdt, 0, "chosen");
	node(fdt, at, "framebuffer@0");
	say_efi(fdt, at, system_table);
	at = node(fdt, 0, "soc@chosen");
	assert_int_equal(fdt_setprop(fdt, at, "reg", big, sizeof(big)), 0);
	node(fdt, at, "chosen");
	assert_int_equal(fdt_pack(fdt), 0);
	assert_true(fdt_totalsize(fdt) > 8192);
}

static void put_tree(trans_pa_t pa, uint64_t system_table)
{
	char *fdt = calloc(1, TREE_LEN);

	assert_non_null(fdt);
	make_tree(fdt, system_table);
	memcpy(memory_at(&w.old, pa), fdt, TREE_LEN);
	world_mark(&w, pa, TREE_LEN, PAGE_STORED);
	free(fdt);
}

static void put_entry(unsigned int i, trans_pa_t pa, trans_va_t va,
		      uint64_t len, uint64_t attribute)
{
	uint8_t *at = memory_at(&w.old, MAP + i * ENTRY);

	memset(at, 0, ENTRY);
	file_le(at, attribute ? 6 : 7, 4);
	file_le(at + 8, pa, 8);
	file_le(at + 16, va, 8);
	file_le(at + 24, len / 4096, 8);
	file_le(at + 32, attribute | 8, 8);
}

static void put_map(void)
{
	memset(memory_at(&w.old, MAP & ~4095ULL), 0, 4096);
	put_entry(0, BASE, 0, 256 * MIB, 0);
	put_entry(1, DATA_AT, DATA_AT, 0x8000, RUNTIME);
	put_entry(2, BASE + 256 * MIB, 0, MIB, 0);
	put_entry(3, CODE_AT, CODE_AT, 0x10000, RUNTIME);
	world_mark(&w, MAP, 4096, PAGE_STORED);
}

static struct saved usual(unsigned int page_shift)
{
	return (struct saved){ .page_shift = page_shift, .base = BASE,
			       .len = page_shift == 16 ? 48 * MIB : 4 * MIB,
			       .va_bits = 48, .mpidr = 0x102 };
}

static void save(unsigned int page_shift)
{
	struct saved s = usual(page_shift);
	uint64_t seed = 3;

	world_save(&w, &s);
	world_random_image(&w, &seed, 20, true);
	put_map();
}

/* This firmware is the one that booted it. */
static void same_firmware(void)
{
	trans_ranges_init(&runtime, runtime_slot, 8);
	assert_int_equal(trans_ranges_add(&runtime, DATA_AT, 0x2000), 0);
	assert_int_equal(trans_ranges_add(&runtime, DATA_AT + 0x2000, 0x6000),
			 0);
	assert_int_equal(trans_ranges_add(&runtime, CODE_AT, 0x20000), 0);
	w.args.efi_system_table = SYSTEM_TABLE;
	w.args.efi_runtime = &runtime;
}

/* A host at @at that is not lent; the image is moved there. */
static void boot_around(trans_pa_t at)
{
	world_write_disk(&w);
	world_boot(&w, 1);
	world_lend(&w, BASE, at - BASE);
	world_lend(&w, at + MIB / 2, BASE + w.saved.len - at - MIB / 2);
}

static void usual_boot(void)
{
	boot_around(BASE + MIB);
}

/* ---- what becomes of it ---- */

static void accepted(uint64_t system_table)
{
	int rc = world_load(&w);

	if (rc)
		fail_msg("%s: %s", trans_strerror(rc), w.err.why);
	assert_int_equal(w.resume.efi_system_table, system_table);
	world_move(&w);
	world_compare(&w);
	trans_resume_unload(&w.resume);
}

static void refused(int status, const char *why)
{
	static const struct trans_resume zero;
	int rc = world_load(&w);

	if (rc != status || strcmp(w.err.why, why))
		fail_msg("%s: %s, not %s: %s", trans_strerror(rc),
			 rc ? w.err.why : "", trans_strerror(status), why);
	assert_memory_equal(&w.resume, &zero, sizeof(zero));
	world_untouched(&w);
	assert_int_equal(w.writes, 0);
}

static const char no_efi[] = "EFI booted the saved kernel, and this host has "
	"none";
static const char elsewhere[] = "EFI's runtime services are not where they "
	"were";

/* It counts as a tree of EFI's, on a host that has none. */
static void counts(void)
{
	usual_boot();
	refused(TRANS_ESTATE, no_efi);
	world_end(&w);
}

static void does_not_count(void)
{
	usual_boot();
	accepted(0);
	world_end(&w);
}

/* ---- tests: the firmware ---- */

static void no_tree_needs_no_firmware(void **state)
{
	(void)state;
	save(12);
	usual_boot();
	accepted(0);
	same_firmware();
	accepted(0);
	world_end(&w);
}

static void the_same_firmware(void **state)
{
	(void)state;
	save(12);
	put_tree(TREE, SYSTEM_TABLE);
	usual_boot();
	same_firmware();
	accepted(SYSTEM_TABLE);
	world_end(&w);
}

static void no_firmware(void **state)
{
	(void)state;
	save(12);
	put_tree(TREE, SYSTEM_TABLE);
	usual_boot();
	refused(TRANS_ESTATE, no_efi);
	assert_int_equal(w.err.pa, SYSTEM_TABLE);
	w.args.efi_anyway = true;
	accepted(0);
	world_end(&w);
}

static void another_system_table(void **state)
{
	(void)state;
	save(12);
	put_tree(TREE, SYSTEM_TABLE);
	usual_boot();
	same_firmware();
	w.args.efi_system_table += 8;
	refused(TRANS_ESTATE, "another EFI booted the saved kernel: its "
		"system table is elsewhere");
	assert_int_equal(w.err.pa, SYSTEM_TABLE);
	assert_int_equal(w.err.desc, SYSTEM_TABLE + 8);
	world_end(&w);
}

static void another_runtime(void **state)
{
	(void)state;
	save(12);
	put_tree(TREE, SYSTEM_TABLE);
	usual_boot();
	same_firmware();
	w.args.efi_runtime = NULL;
	refused(TRANS_ESTATE, elsewhere);
	w.args.efi_runtime = &runtime;
	trans_ranges_remove(&runtime, DATA_AT + 0x7fff, 1);
	refused(TRANS_ESTATE, elsewhere);
	assert_int_equal(w.err.pa, DATA_AT);
	assert_int_equal(w.err.len, 0x8000);
	same_firmware();
	trans_ranges_remove(&runtime, CODE_AT, 1);
	refused(TRANS_ESTATE, elsewhere);
	assert_int_equal(w.err.pa, CODE_AT);
	same_firmware();
	accepted(SYSTEM_TABLE);
	world_end(&w);
}

/* What the host says is the runtime's, though it lends it. */
static void runtime_that_is_lent(void **state)
{
	static const char lent[] = "lent memory is of EFI's runtime services";

	(void)state;
	save(12);
	usual_boot();
	same_firmware();
	assert_int_equal(trans_ranges_add(&runtime, BASE + MIB - 1, 2), 0);
	refused(TRANS_EINVAL, lent);
	assert_int_equal(w.err.pa, BASE);
	assert_int_equal(w.err.len, MIB);
	w.args.efi_anyway = true;
	refused(TRANS_EINVAL, lent);
	same_firmware();
	assert_int_equal(trans_ranges_add(&runtime, BASE + MIB, MIB / 2), 0);
	accepted(0);
	world_end(&w);
}

/* One page of the image, stored or zero, in memory that is not lent: @from the
 * start of it on the firmware has a page. */
static void over_runtime(unsigned int kind, uint64_t from, bool lies_over)
{
	const trans_pa_t at = BASE + MIB + 0x8000;

	save(12);
	world_mark(&w, BASE + MIB, MIB / 2, PAGE_NONE);
	world_mark(&w, at, 4096, kind);
	if (kind == PAGE_ZERO)
		memset(memory_at(&w.old, at), 0, 4096);
	put_tree(TREE, SYSTEM_TABLE);
	usual_boot();
	same_firmware();
	assert_int_equal(trans_ranges_add(&runtime, at + from, 4096), 0);
	if (!lies_over) {
		accepted(SYSTEM_TABLE);
	} else {
		refused(TRANS_ESTATE, "a page of the image lies over EFI's "
			"runtime services");
		assert_int_equal(w.err.pa, at);
		assert_int_equal(w.err.len, 4096);
		w.args.efi_anyway = true;
		accepted(0);
	}
	world_end(&w);
}

static void image_over_the_runtime(void **state)
{
	(void)state;
	over_runtime(PAGE_STORED, 0, true);
	over_runtime(PAGE_ZERO, 0, true);
	over_runtime(PAGE_STORED, 4095, true);
	over_runtime(PAGE_STORED, 4096, false);
	/* its last byte */
	over_runtime(PAGE_STORED, (uint64_t)-4095, true);
	over_runtime(PAGE_STORED, (uint64_t)-4096, false);
	/* A kernel that knows no EFI misses none of it. */
	save(12);
	world_mark(&w, BASE + MIB + 0x8000, 4096, PAGE_STORED);
	usual_boot();
	same_firmware();
	assert_int_equal(trans_ranges_add(&runtime, BASE + MIB, MIB / 2), 0);
	accepted(0);
	world_end(&w);
}

static void moved_by_set_virtual_address_map(void **state)
{
	const trans_va_t never[] = { CODE_AT, 0, UINT64_MAX };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		save(12);
		put_tree(TREE, SYSTEM_TABLE);
		put_entry(3, CODE_AT, never[i], 0x10000, RUNTIME);
		usual_boot();
		same_firmware();
		accepted(SYSTEM_TABLE);
		world_end(&w);
	}
	save(12);
	put_tree(TREE, SYSTEM_TABLE);
	put_entry(3, CODE_AT, 0x20000000, 0x10000, RUNTIME);
	usual_boot();
	same_firmware();
	refused(TRANS_ESTATE, "EFI's runtime services were moved by "
		"SetVirtualAddressMap");
	world_end(&w);
}

/* ---- tests: the map ---- */

static void with_map(const char *name, uint32_t value, const char *why)
{
	save(12);
	put_tree(TREE, SYSTEM_TABLE);
	assert_int_equal(fdt_setprop_inplace_u32(
		memory_at(&w.old, TREE), fdt_path_offset(
		memory_at(&w.old, TREE), "/chosen"), name, value), 0);
	usual_boot();
	same_firmware();
	if (why)
		refused(TRANS_ESTATE, why);
	else
		accepted(SYSTEM_TABLE);
	world_end(&w);
}

static void maps_of_an_unknown_kind(void **state)
{
	static const char unknown[] = "EFI's map of memory is of an unknown "
		"kind";

	(void)state;
	with_map("linux,uefi-mmap-desc-ver", 2, unknown);
	with_map("linux,uefi-mmap-desc-ver", 0, unknown);
	with_map("linux,uefi-mmap-desc-size", 39, unknown);
	with_map("linux,uefi-mmap-desc-size", 0, unknown);
	with_map("linux,uefi-mmap-size", 0, unknown);
	with_map("linux,uefi-mmap-size", (1 << 20) + 1, unknown);
	with_map("linux,uefi-mmap-size", 3 * ENTRY, NULL);
	with_map("linux,uefi-mmap-desc-size", ENTRY, NULL);
}

static void map_that_is_not_there(void **state)
{
	static const char missing[] = "EFI's map of memory is not in the image";

	(void)state;
	save(12);
	put_tree(TREE, SYSTEM_TABLE);
	world_mark(&w, MAP, 4096, PAGE_NONE);
	usual_boot();
	same_firmware();
	refused(TRANS_ESTATE, missing);
	world_end(&w);
	save(12);
	put_tree(TREE, SYSTEM_TABLE);
	fdt_setprop_inplace_u32(memory_at(&w.old, TREE), fdt_path_offset(
		memory_at(&w.old, TREE), "/chosen"), "linux,uefi-mmap-size",
				8192);
	world_mark(&w, MAP + 4096, 4096, PAGE_NONE);
	usual_boot();
	same_firmware();
	refused(TRANS_ESTATE, missing);
	world_end(&w);
	save(12);
	put_tree(TREE, SYSTEM_TABLE);
	fdt_delprop(memory_at(&w.old, TREE), fdt_path_offset(
		memory_at(&w.old, TREE), "/chosen"), "linux,uefi-mmap-start");
	usual_boot();
	same_firmware();
	refused(TRANS_ESTATE, missing);
	world_end(&w);
}

/* An entry of whose pages no sum can be made. */
static void region_past_the_end(void **state)
{
	(void)state;
	save(12);
	put_tree(TREE, SYSTEM_TABLE);
	put_entry(1, DATA_AT, DATA_AT, 0x8000, RUNTIME);
	file_le(memory_at(&w.old, MAP + ENTRY + 24), (1ULL << 52) + 1, 8);
	usual_boot();
	same_firmware();
	refused(TRANS_ESTATE, elsewhere);
	world_end(&w);
}

/* ---- tests: which trees count ---- */

static void two_that_agree(void **state)
{
	(void)state;
	save(12);
	put_tree(TREE, SYSTEM_TABLE);
	put_tree(TREE + KIB64, SYSTEM_TABLE);
	usual_boot();
	same_firmware();
	accepted(SYSTEM_TABLE);
	world_end(&w);
}

static void two_that_disagree(void **state)
{
	(void)state;
	for (unsigned int last = 0; last < 2; last++) {
		save(12);
		put_tree(TREE, SYSTEM_TABLE + last * 8);
		put_tree(TREE + KIB64, SYSTEM_TABLE + 8 - last * 8);
		usual_boot();
		same_firmware();
		refused(TRANS_EIMAGE,
			"two device trees of EFI in the image disagree");
		assert_int_equal(w.err.pa, TREE + KIB64);
		world_end(&w);
	}
}

/* Of a guest, whose memory is the image's too: it names the map by an address
 * that is not the image's, or where there is something else. */
static void guest_tree(trans_pa_t pa, trans_pa_t map)
{
	char *fdt = memory_at(&w.old, pa);

	put_tree(pa, SYSTEM_TABLE + 0x1000);
	assert_int_equal(fdt_setprop_inplace_u64(
		fdt, fdt_path_offset(fdt, "/chosen"), "linux,uefi-mmap-start",
		map), 0);
}

#define NOWHERE (1ULL << 40)
#define OTHER (TREE + 4 * KIB64)

/* A map with one entry. */
static void other_map(trans_pa_t start, uint64_t pages)
{
	memset(memory_at(&w.old, OTHER), 0, 4096);
	file_le(memory_at(&w.old, OTHER + 8), start, 8);
	file_le(memory_at(&w.old, OTHER + 24), pages, 8);
	world_mark(&w, OTHER, 4096, PAGE_STORED);
}

/* Of one whose map is something else: the entry ends where the tree begins. */
static void a_guests_tree(void **state)
{
	(void)state;
	save(12);
	other_map(BASE, (TREE + KIB64 - BASE) / 4096);
	guest_tree(TREE + KIB64, OTHER);
	does_not_count();
	/* One more page, and it is the tree's own map. */
	save(12);
	other_map(TREE + KIB64, 1);
	guest_tree(TREE + KIB64, OTHER);
	counts();
	assert_int_equal(w.err.pa, SYSTEM_TABLE + 0x1000);
}

/* Beside the machine's own, before it and behind it. */
static void a_guests_tree_beside(void **state)
{
	static const trans_pa_t maps[] = { NOWHERE, OTHER };

	(void)state;
	for (unsigned int i = 0; i < 4; i++) {
		save(12);
		other_map(BASE, (TREE + KIB64 - BASE) / 4096);
		guest_tree(TREE + KIB64, maps[i % 2]);
		put_tree(TREE + (i < 2 ? 0 : 2 * KIB64), SYSTEM_TABLE);
		usual_boot();
		same_firmware();
		accepted(SYSTEM_TABLE);
		world_end(&w);
	}
}

/* Whose a tree with a map that cannot be read is nobody knows. */
static void a_guests_tree_alone(void **state)
{
	(void)state;
	save(12);
	guest_tree(TREE + KIB64, NOWHERE);
	counts();
	save(12);
	guest_tree(TREE, NOWHERE);
	guest_tree(TREE + KIB64, NOWHERE + KIB64);
	usual_boot();
	same_firmware();
	refused(TRANS_EIMAGE, "two device trees of EFI in the image disagree");
	world_end(&w);
}

/* One word of the header, big-endian. */
static void with_header(size_t at, uint32_t value, bool counting)
{
	uint8_t *header;

	save(12);
	put_tree(TREE, SYSTEM_TABLE);
	header = memory_at(&w.old, TREE);
	for (unsigned int i = 0; i < 4; i++)
		header[at + i] = (uint8_t)(value >> (24 - 8 * i));
	if (counting)
		counts();
	else
		does_not_count();
}

static void headers(void **state)
{
	char fdt[TREE_LEN];
	uint32_t total, structure, strings;

	(void)state;
	make_tree(fdt, SYSTEM_TABLE);
	total = fdt_totalsize(fdt);
	structure = fdt_off_dt_struct(fdt);
	strings = fdt_off_dt_strings(fdt);
	with_header(0, 0xd00dfeed, true);
	with_header(0, 0xd00dfeec, false);
	with_header(4, total - 1, false);
	with_header(4, 2 * MIB + 1, false);
	with_header(4, UINT32_MAX, false);
	with_header(8, structure, true);
	with_header(8, structure + 2, false);
	with_header(8, total, false);
	with_header(8, 8, false);
	with_header(8, UINT32_MAX - 3, false);
	with_header(12, total, false);
	with_header(12, strings - 1, false);
	with_header(12, UINT32_MAX, false);
	with_header(16, total - 15, false);
	with_header(20, 16, false);
	with_header(20, 17, true);
	with_header(24, 17, true);
	with_header(24, 18, false);
	with_header(32, UINT32_MAX, false);
	with_header(32, 0, false);
	with_header(36, UINT32_MAX - 3, false);
	with_header(36, 8, false);
	with_header(36, fdt_size_dt_struct(fdt) - 4, true); /* less its end */
}

/* The names of nodes, and where the properties are. */
static void put_elsewhere(const char *name, const char *below)
{
	char *fdt = memory_at(&w.old, TREE);
	int at;

	assert_int_equal(fdt_create_empty_tree(fdt, TREE_LEN), 0);
	at = node(fdt, 0, name);
	if (below)
		at = node(fdt, at, below);
	say_efi(fdt, at, SYSTEM_TABLE);
	world_mark(&w, TREE, TREE_LEN, PAGE_STORED);
}

static void only_in_chosen(void **state)
{
	static const char *const names[][2] = {
		{ "soc", NULL }, { "chosen", "x" }, { "soc", "chosen" },
		{ "chosen@0", NULL }, { "chose", NULL }, { "chosenx", NULL },
		{ "xchosen", NULL }, { "", "chosen" }, { "chos", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		save(12);
		put_elsewhere(names[i][0], names[i][1]);
		does_not_count();
	}
	save(12);
	put_elsewhere("chosen", NULL);
	counts();
}

/* The property itself: its name, its length, how often it is there. */
static void with_property(const char *name, const void *value, int len,
			  bool counting)
{
	char *fdt;
	int at;

	save(12);
	fdt = memory_at(&w.old, TREE);
	assert_int_equal(fdt_create_empty_tree(fdt, TREE_LEN), 0);
	at = node(fdt, 0, "chosen");
	assert_int_equal(fdt_setprop(fdt, at, name, value, len), 0);
	assert_int_equal(fdt_pack(fdt), 0);
	world_mark(&w, TREE, TREE_LEN, PAGE_STORED);
	if (counting)
		counts();
	else
		does_not_count();
}

static void properties(void **state)
{
	static const char value[16] = "\0\0\0\0\0\0\0\10" "\0\0\0\0\0\0\0\1";

	(void)state;
	with_property("linux,uefi-system-table", value, 8, true);
	with_property("linux,uefi-system-table", value + 4, 4, true);
	with_property("linux,uefi-system-table", value, 16, false);
	with_property("linux,uefi-system-table", value, 7, false);
	with_property("linux,uefi-system-table", value, 0, false);
	with_property("linux,uefi-system-table", value, 4, false); /* is 0 */
	with_property("linux,uefi-system-tables", value, 8, false);
	with_property("linux,uefi-system-tabl", value, 8, false);
	with_property("linux,uefi-mmap-start", value, 8, false);
}

/* A name that goes on behind the strings block. */
static void name_without_an_end(void **state)
{
	char *fdt;
	int at;

	(void)state;
	save(12);
	fdt = memory_at(&w.old, TREE);
	assert_int_equal(fdt_create_empty_tree(fdt, TREE_LEN), 0);
	at = node(fdt, 0, "chosen");
	assert_int_equal(fdt_setprop_u64(fdt, at, "linux,uefi-system-table",
					 8), 0);
	fdt_set_size_dt_strings(fdt, fdt_size_dt_strings(fdt) - 1);
	world_mark(&w, TREE, TREE_LEN, PAGE_STORED);
	does_not_count();
}

/* EFI's pages are of 4 KiB, whatever the kernel's are. */
static void starts_of_pages(void **state)
{
	(void)state;
	for (unsigned int shift = 12; shift <= 16; shift += 4) {
		save(shift);
		put_tree(TREE + 4096, SYSTEM_TABLE);
		counts();
		save(shift);
		put_tree(TREE + 8, SYSTEM_TABLE);
		does_not_count();
	}
}

/* ---- tests: where its pages are ---- */

static void partly_in_the_image(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 3; i++) {
		save(12);
		put_tree(TREE, SYSTEM_TABLE);
		world_mark(&w, TREE + i * 4096, 4096, PAGE_NONE);
		does_not_count();
	}
}

/* A page that was not stored because it is zero is one of its own. */
static void with_a_zero_page(void **state)
{
	(void)state;
	save(12);
	put_tree(TREE, SYSTEM_TABLE);
	memset(memory_at(&w.old, TREE + 4096), 0, 4096);
	world_mark(&w, TREE + 4096, 4096, PAGE_ZERO);
	counts();
}

/* Its pages wait in gaps that do not lie side by side. */
static void pages_that_wait_apart(void **state)
{
	struct saved s = usual(12);

	(void)state;
	world_save(&w, &s);
	put_map();
	for (size_t i = 0; i < w.pages - 108; i += 2)
		w.kind[i] = PAGE_STORED;
	w.kind[w.pages - 112] = PAGE_NONE;
	put_tree(TREE, SYSTEM_TABLE);
	put_map();
	boot_around(TREE - MIB / 4);
	refused(TRANS_ESTATE, no_efi);
	same_firmware();
	accepted(SYSTEM_TABLE);
	world_end(&w);
}

/* The map lies across two pages that wait apart, too. */
static void map_across_pages(void **state)
{
	const trans_pa_t map = TREE + 5 * 4096 - 100;
	uint8_t *from, *to;
	char *fdt;

	(void)state;
	save(12);
	for (unsigned int i = 0; i < 64; i++)
		world_mark(&w, TREE + i * 4096, 4096,
			   i % 2 ? PAGE_NONE : PAGE_STORED);
	put_tree(TREE, SYSTEM_TABLE);
	fdt = memory_at(&w.old, TREE);
	assert_int_equal(fdt_setprop_inplace_u64(
		fdt, fdt_path_offset(fdt, "/chosen"), "linux,uefi-mmap-start",
		map), 0);
	from = memory_at(&w.old, MAP);
	to = memory_at(&w.old, map);
	memcpy(to, from, 4 * ENTRY);
	world_mark(&w, map, 4 * ENTRY + 4096, PAGE_STORED);
	boot_around(TREE - MIB / 4);
	same_firmware();
	accepted(SYSTEM_TABLE);
	world_end(&w);
}

/* ---- tests: hostile trees ---- */

/* Each byte of the tree that somebody looks at, changed: no answer matters but
 * that there is one. */
static void survives_every_byte(void **state)
{
	static const uint8_t values[] = { 0, 1, 3, 9, 0x7f, 0xff };
	char fdt[TREE_LEN];
	uint32_t strings, total;

	(void)state;
	make_tree(fdt, SYSTEM_TABLE);
	strings = fdt_off_dt_strings(fdt);
	total = fdt_totalsize(fdt);
	save(12);
	put_tree(TREE, SYSTEM_TABLE);
	usual_boot();
	same_firmware();
	for (uint32_t i = 0; i < total; i++) {
		if (i == 100)
			i = 9000; /* the value of one property */
		memcpy(memory_at(&w.old, TREE), fdt, TREE_LEN);
		((uint8_t *)memory_at(&w.old, TREE))[i] =
			values[(i + i / 4) % sizeof(values)];
		if (i % 4 && i > strings)
			continue;
		free(w.disk);
		w.disk = NULL;
		world_write_disk(&w);
		w.args.disk = &w.block;
		(void)world_load(&w);
		trans_resume_unload(&w.resume);
	}
	world_end(&w);
}

/* Trees that lie in one another: each page begins one, whose structure goes on
 * over all pages behind it; the header of the next is a property's value. */
static void trees_in_trees(void **state)
{
	const size_t pages = 256;

	(void)state;
	save(12);
	for (size_t i = 0; i < pages; i++) {
		uint8_t *at = memory_at(&w.old, TREE + i * 4096);
		const uint32_t header[10] = {
			0xd00dfeed, (uint32_t)((pages - i) * 4096), 40, 40, 40,
			17, 16, 0, 0, (uint32_t)((pages - i) * 4096 - 40),
		};
		fdt32_t *word = (fdt32_t *)at;

		for (size_t j = 0; j < 1024; j++)
			word[j] = cpu_to_fdt32(j < 10 ? header[j] : FDT_NOP);
		word[1021] = cpu_to_fdt32(FDT_PROP);
		word[1022] = cpu_to_fdt32(40);
		word[1023] = cpu_to_fdt32(0);
	}
	world_mark(&w, TREE, pages * 4096, PAGE_STORED);
	usual_boot();
	refused(TRANS_ECORRUPT, "device trees in the image overlap");
	world_end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_tree_needs_no_firmware),
		cmocka_unit_test(the_same_firmware),
		cmocka_unit_test(no_firmware),
		cmocka_unit_test(another_system_table),
		cmocka_unit_test(another_runtime),
		cmocka_unit_test(runtime_that_is_lent),
		cmocka_unit_test(image_over_the_runtime),
		cmocka_unit_test(moved_by_set_virtual_address_map),
		cmocka_unit_test(maps_of_an_unknown_kind),
		cmocka_unit_test(map_that_is_not_there),
		cmocka_unit_test(region_past_the_end),
		cmocka_unit_test(two_that_agree),
		cmocka_unit_test(two_that_disagree),
		cmocka_unit_test(a_guests_tree),
		cmocka_unit_test(a_guests_tree_beside),
		cmocka_unit_test(a_guests_tree_alone),
		cmocka_unit_test(headers),
		cmocka_unit_test(only_in_chosen),
		cmocka_unit_test(properties),
		cmocka_unit_test(name_without_an_end),
		cmocka_unit_test(starts_of_pages),
		cmocka_unit_test(partly_in_the_image),
		cmocka_unit_test(with_a_zero_page),
		cmocka_unit_test(pages_that_wait_apart),
		cmocka_unit_test(map_across_pages),
		cmocka_unit_test(survives_every_byte),
		cmocka_unit_test(trees_in_trees),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
