/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What is no resume: each with its own name, the disk untouched, nothing
 * written but lent memory.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "tests/unit/support/files.h"
#include "lib/machine/arch/fake/fake.h"
#include "tests/unit/support/resume_world.h"
#include "trans/transition/blob/blob.h"

#define BASE 0x40000000ULL
#define MIB (1ULL << 20)
#define HOST_AT (BASE + MIB)

static struct resume_world w;

static struct saved usual(void)
{
	return (struct saved){ .page_shift = 12, .base = BASE, .len = 4 * MIB,
			       .va_bits = 48, .mpidr = 0x102 };
}

/* A good image, and a machine at @el that could have it back. */
static void good(const struct saved *saved, unsigned int el)
{
	uint64_t seed = 11;

	world_save(&w, saved);
	world_random_image(&w, &seed, 20, true);
	world_write_disk(&w);
	world_boot(&w, el);
	world_lend(&w, BASE, MIB);
	world_lend(&w, HOST_AT + MIB / 2, 5 * MIB / 2);
}

static void usual_world(unsigned int el)
{
	struct saved s = usual();

	good(&s, el);
}

/* What remains of a load that was refused. */
static struct trans_resume nothing;

static void refused(int status, const char *why)
{
	int rc = world_load(&w);

	if (rc != status || strcmp(w.err.why, why))
		fail_msg("%s: %s, not %s: %s", trans_strerror(rc),
			 rc ? w.err.why : "", trans_strerror(status), why);
	assert_memory_equal(&w.resume, &nothing, sizeof(nothing));
	world_untouched(&w);
	assert_int_equal(w.writes, 0);
	assert_int_equal(w.aliases, 0);
}

static void accepted(void)
{
	int rc = world_load(&w);

	if (rc)
		fail_msg("%s: %s", trans_strerror(rc), w.err.why);
	assert_int_equal(trans_resume_check(&w.resume, &w.err), 0);
	trans_resume_unload(&w.resume);
}

/* ---- arguments ---- */

static void missing_arguments(void **state)
{
	struct trans_resume_args args;
	const void *zero = NULL;
	const struct {
		size_t at;
		const char *why;
	} each[] = {
		{ offsetof(struct trans_resume_args, disk),
		  "disk is missing" },
		{ offsetof(struct trans_resume_args, ram), "ram is missing" },
		{ offsetof(struct trans_resume_args, reserved),
		  "reserved is missing: an empty one says none" },
		{ offsetof(struct trans_resume_args, free),
		  "free is missing" },
		{ offsetof(struct trans_resume_args, host),
		  "host, or its phys_to_virt, is missing" },
		{ offsetof(struct trans_resume_args, transition.cpu),
		  "cpu is missing" },
	};
	struct trans_ops ops;

	(void)state;
	usual_world(1);
	args = w.args;
	for (size_t i = 0; i < sizeof(each) / sizeof(*each); i++) {
		memcpy((char *)&w.args + each[i].at, &zero, sizeof(zero));
		refused(TRANS_EINVAL, each[i].why);
		w.args = args;
	}
	ops = *args.host;
	ops.phys_to_virt = NULL;
	w.args.host = &ops;
	refused(TRANS_EINVAL, "host, or its phys_to_virt, is missing");
	w.args = args;
	w.args.entry = (enum trans_resume_entry)3;
	refused(TRANS_EINVAL, "unknown entry");
	w.args = args;
	w.args.transition.map = TRANS_MAP_LINEAR;
	refused(TRANS_EINVAL, "linear is missing");
	w.args = args;
	w.args.transition.alias_prepare = NULL;
	refused(TRANS_EINVAL, "alias_prepare is missing");
	w.args = args;
	w.args.transition.zero = &w.reserved;
	refused(TRANS_EINVAL, "zero, stays or digests beside an image");
	w.args = args;
	w.args.transition.stays = &w.reserved;
	refused(TRANS_EINVAL, "zero, stays or digests beside an image");
	w.args = args;
	w.args.transition.digest_count = 1;
	refused(TRANS_EINVAL, "zero, stays or digests beside an image");
	w.args = args;
	accepted();
	world_end(&w);
}

static void lent_memory(void **state)
{
	(void)state;
	usual_world(1);
	world_lend(&w, BASE + 8 * MIB, 4096);
	refused(TRANS_EINVAL, "lent memory is no RAM, or is reserved");
	assert_int_equal(w.err.pa, BASE + 8 * MIB);
	w.lent.count--;
	trans_ranges_add(&w.reserved, BASE + MIB / 2, 16);
	refused(TRANS_EINVAL, "lent memory is no RAM, or is reserved");
	w.reserved.count = 0;
	w.lent.count = 0;
	for (uint64_t i = 0; i < TRANS_RESUME_RANGES + 1; i++)
		world_lend(&w, BASE + i * 12288, 8192);
	world_lend(&w, BASE + 3 * MIB, MIB);
	refused(TRANS_ENOSPC, "lent memory");
	w.lent.count = 0;
	refused(TRANS_ENOMEM, "buffer of the reader");
	world_end(&w);
}

static void ram_map(void **state)
{
	(void)state;
	usual_world(1);
	assert_int_equal(trans_ranges_add(&w.ram, 1ULL << 52, MIB), 0);
	refused(TRANS_ERANGE, "RAM");
	w.ram.count--;
	for (uint64_t i = 1; i <= TRANS_RESUME_RANGES; i++)
		assert_int_equal(trans_ranges_add(&w.ram, i << 40, 4096), 0);
	refused(TRANS_ENOSPC, "RAM");
	w.ram.count--;
	accepted();
	world_end(&w);
}

/* ---- the CPU ---- */

static void page_size_that_the_cpu_lacks(void **state)
{
	struct saved s = usual();

	(void)state;
	s.page_shift = 14;
	s.len = 16 * MIB;
	good(&s, 1);
	world_lend(&w, BASE + 4 * MIB, 12 * MIB);
	accepted();
	w.cpu.mmfr0 &= ~0xf00000ULL;
	refused(TRANS_EIMAGE, "the CPU lacks the image's page size");
	world_end(&w);
}

static void another_cpu(void **state)
{
	(void)state;
	usual_world(1);
	w.args.mpidr = 0x103;
	refused(TRANS_EIMAGE, "another CPU saved the image");
	assert_int_equal(w.err.desc, 0x102);
	w.args.mpidr = 1ULL << 32 | 0x102; /* Aff3 */
	refused(TRANS_EIMAGE, "another CPU saved the image");
	/* U, MT and RES1 are no affinity. */
	w.args.mpidr = 0xc1000102;
	accepted();
	world_end(&w);
}

static void the_cpu_says_which_it_is(void **state)
{
	(void)state;
	usual_world(1);
	w.args.mpidr = 0;
	w.cpu.mpidr = 0x80000103;
	refused(TRANS_EIMAGE, "another CPU saved the image");
	w.cpu.mpidr = 0x80000102;
	accepted();
	world_end(&w);
}

static void another_exception_level(void **state)
{
	struct saved s = usual();

	(void)state;
	s.stub = BASE + 0x800;
	good(&s, 1);
	refused(TRANS_EIMAGE, "saved with EL2, and we are at EL1");
	world_end(&w);

	s.stub = 0;
	s.vhe = true;
	good(&s, 1);
	refused(TRANS_EIMAGE, "saved with VHE at EL2, and we are at EL1");
	world_end(&w);

	good(&s, 2);
	accepted();
	w.cpu.mmfr1 = 0;
	refused(TRANS_EIMAGE, "saved with VHE, and the CPU has none");
	world_end(&w);

	s.vhe = false;
	good(&s, 2);
	refused(TRANS_EIMAGE, "saved at EL1, and we are at EL2");
	world_end(&w);
}

/* A host at EL1 with a stub leaves through EL2, and that is the level. */
static void level_of_a_host_over_a_stub(void **state)
{
	struct saved s = usual();

	(void)state;
	s.stub = BASE + 0x800;
	good(&s, 1);
	w.args.transition.stub = true;
	accepted();
	world_end(&w);

	s.stub = 0;
	good(&s, 1);
	w.args.transition.stub = true;
	refused(TRANS_EIMAGE, "saved at EL1, and we are at EL2");
	world_end(&w);

	s.vhe = true;
	good(&s, 1);
	w.args.transition.stub = true;
	accepted();
	w.args.entry = TRANS_RESUME_VIRTUAL;
	refused(TRANS_EINVAL, "a world with its MMU on over a stub");
	world_end(&w);
}

static void no_sign_of_the_level(void **state)
{
	struct saved s = usual();

	(void)state;
	good(&s, 1);
	world_code(&w, w.text + 0x900 + 80, CODE_NOP);
	world_write_disk(&w);
	refused(TRANS_EIMAGE, "no sign of the exception level at which the "
		"image was saved");
	world_end(&w);
	/* With a stub there is only one. */
	s.stub = BASE + 0x800;
	good(&s, 2);
	world_code(&w, w.text + 0x900 + 80, CODE_NOP);
	world_write_disk(&w);
	accepted();
	world_end(&w);
}

/* ---- the entry ---- */

static void no_entry(void **state)
{
	(void)state;
	usual_world(1);
	world_code(&w, w.entry + 8, CODE_NOP);
	world_write_disk(&w);
	w.args.entry = TRANS_RESUME_PHYSICAL;
	refused(TRANS_EIMAGE, "no cpu_resume in the image");
	/* Nor tables that lead anywhere. */
	world_code(&w, w.resume_pa, CODE_NOP);
	world_write_disk(&w);
	w.args.entry = TRANS_RESUME_AUTO;
	refused(TRANS_EIMAGE, "the image's tables do not lead to its "
		"_cpu_resume");
	w.args.entry = TRANS_RESUME_VIRTUAL;
	refused(TRANS_EIMAGE, "the image's tables do not lead to its "
		"_cpu_resume");
	world_end(&w);
}

static void load(void)
{
	int rc = world_load(&w);

	if (rc)
		fail_msg("%s: %s", trans_strerror(rc), w.err.why);
	assert_int_equal(trans_resume_check(&w.resume, &w.err), 0);
}

static void virtual_at_el1(void **state)
{
	const struct trans_world *world = &w.resume.transition.world;

	(void)state;
	usual_world(1);
	w.args.entry = TRANS_RESUME_VIRTUAL;
	w.args.transition.va_bits = 0; /* 48 */
	load();
	assert_int_equal(w.resume.how, TRANS_RESUME_VIRTUAL);
	assert_int_equal(w.resume.entry, w.reenter);
	assert_int_equal(w.resume.transition.args.entry, w.reenter);
	assert_int_equal(world->ttbr1, w.ttbr1);
	assert_int_equal(world->tcr, 0x35b5503510); /* 48 bits of address */
	assert_false(world->drop || world->vhe);
	world_move(&w);
	world_compare(&w);
	trans_resume_unload(&w.resume);
	w.cpu.mmfr3 = 1 << 8;
	refused(TRANS_EIMAGE, "a CPU with permission indirection: "
		"physical entry only");
	world_end(&w);
}

/* On a CPU with 52-bit addresses, whose two halves must agree on IPS and DS. */
static void virtual_with_other_pages(unsigned int page_shift,
				     unsigned int va_bits, bool ds)
{
	struct saved s = usual();

	s.page_shift = page_shift;
	s.len = page_shift == 16 ? 48 * MIB : 16 * MIB;
	s.va_bits = va_bits;
	s.ds = ds;
	good(&s, 1);
	w.cpu.mmfr0 = 0x10200126;
	w.cpu.mmfr2 = 1 << 16;
	world_lend(&w, BASE + 4 * MIB, s.len - 4 * MIB);
	w.args.entry = TRANS_RESUME_VIRTUAL;
	load();
	assert_int_equal(w.resume.how, TRANS_RESUME_VIRTUAL);
	assert_int_equal(64 - (w.resume.world.tcr >> 16 & 63), va_bits);
	assert_int_equal(w.resume.world.tcr >> 59 & 1, ds);
	world_end(&w);
}

static void virtual_with_each_page_size(void **state)
{
	(void)state;
	virtual_with_other_pages(12, 48, false);
	virtual_with_other_pages(12, 52, true);
	virtual_with_other_pages(14, 47, false);
	virtual_with_other_pages(14, 52, true);
	virtual_with_other_pages(16, 48, false);
	virtual_with_other_pages(16, 52, false);
}

static void virtual_when_nothing_else_is_found(void **state)
{
	(void)state;
	usual_world(1);
	world_code(&w, w.entry + 8, CODE_NOP);
	world_write_disk(&w);
	load();
	assert_int_equal(w.resume.how, TRANS_RESUME_VIRTUAL);
	assert_int_equal(w.resume.entry, w.reenter);
	world_end(&w);
}

static void virtual_at_el2(void **state)
{
	const struct trans_world *world = &w.resume.transition.world;
	struct saved s = usual();

	(void)state;
	s.stub = BASE + 0x800;
	good(&s, 2);
	w.args.entry = TRANS_RESUME_VIRTUAL;
	load();
	assert_true(world->drop && !world->vhe);
	assert_int_equal(world->vbar_el2, BASE + 0x800);
	world_end(&w);

	s.stub = 0;
	s.vhe = true;
	good(&s, 2);
	w.args.entry = TRANS_RESUME_VIRTUAL;
	w.cpu.e2h = false; /* the host may be without */
	load();
	assert_true(world->vhe && !world->drop);
	assert_int_equal(world->vbar_el2, 0);
	world_end(&w);
}

/* ---- page numbers ---- */

static uint64_t pfn_of(size_t slot)
{
	uint64_t pfn;

	memcpy(&pfn, w.disk + w.meta_at * 4096 + slot * 8, 8);
	return pfn;
}

static void set_pfn(size_t slot, uint64_t pfn)
{
	file_le(w.disk + w.meta_at * 4096 + slot * 8, pfn, 8);
}

/* The first page number of a zero page, or of a stored one. */
static size_t slot_of(bool zero)
{
	size_t slot = 0;

	while (pfn_of(slot) >> 63 != zero)
		slot++;
	return slot;
}

static void page_numbers(void **state)
{
	uint64_t pfn;

	(void)state;
	usual_world(1);
	pfn = pfn_of(7);
	set_pfn(7, pfn_of(6));
	refused(TRANS_ECORRUPT, "page numbers do not ascend");
	set_pfn(7, pfn_of(5));
	refused(TRANS_ECORRUPT, "page numbers do not ascend");
	set_pfn(7, (BASE >> 12) + 1024);
	refused(TRANS_ERANGE, "a page of the image is outside RAM");
	assert_int_equal(w.err.pa, BASE + 4 * MIB);
	set_pfn(7, (1ULL << 52) + pfn); /* not the same page again */
	refused(TRANS_ERANGE, "a page of the image is outside RAM");
	set_pfn(7, ~0ULL - 1);
	refused(TRANS_ERANGE, "a page of the image is outside RAM");
	set_pfn(7, ~0ULL);
	refused(TRANS_ECORRUPT, "fewer page numbers than pages");
	set_pfn(7, pfn);
	/* A stored page becomes one that is not, and the other way. */
	set_pfn(slot_of(false), pfn_of(slot_of(false)) ^ 1ULL << 63);
	refused(TRANS_ECORRUPT, "fewer page numbers than pages");
	world_write_disk(&w);
	set_pfn(slot_of(true), pfn_of(slot_of(true)) ^ 1ULL << 63);
	refused(TRANS_ECORRUPT, "more page numbers than pages");
	world_write_disk(&w);
	accepted();
	world_end(&w);
}

static void page_numbers_behind_their_end(void **state)
{
	struct saved s = usual();

	(void)state;
	world_save(&w, &s);
	world_mark(&w, BASE, 3 * MIB, PAGE_STORED);
	world_write_disk(&w);
	world_boot(&w, 1);
	world_lend(&w, BASE, 4 * MIB);
	accepted();
	set_pfn(500, ~0ULL); /* 768 of them, 512 in a page */
	refused(TRANS_ECORRUPT, "page numbers go on behind their end");
	world_end(&w);
}

static void reserved_page(void **state)
{
	trans_pa_t pa;

	(void)state;
	usual_world(1);
	pa = (pfn_of(20) & ~(1ULL << 63)) << 12;
	assert_int_equal(trans_ranges_add(&w.reserved, pa + 4095, 1), 0);
	w.lent.count = 0;
	world_lend(&w, BASE + 2 * MIB, 2 * MIB);
	refused(TRANS_ERANGE, "a page of the image is reserved");
	assert_int_equal(w.err.pa, pa);
	world_end(&w);
}

/* A page that is only partly RAM is none. */
static void page_cut_by_the_end_of_ram(void **state)
{
	(void)state;
	usual_world(1);
	world_mark(&w, BASE + 4 * MIB - 4096, 4096, PAGE_STORED);
	world_write_disk(&w);
	accepted();
	assert_int_equal(trans_ranges_remove(&w.ram, BASE + 4 * MIB - 16, 16),
			 0);
	assert_int_equal(trans_ranges_remove(&w.lent, BASE + 3 * MIB, MIB), 0);
	refused(TRANS_ERANGE, "a page of the image is outside RAM");
	world_end(&w);
}

/* ---- the disk ---- */

static void no_image(void **state)
{
	(void)state;
	usual_world(1);
	memcpy(w.disk + 4096 - 10, "SWAPSPACE2", 10);
	nothing.image.info.page_shift = 12;
	refused(TRANS_ENOIMAGE, "swap space without an image");
	nothing.image.info.page_shift = 0;
	world_end(&w);
}

/* Whatever read it is that fails. */
static void disk_that_fails(void **state)
{
	unsigned long reads;

	(void)state;
	usual_world(1);
	accepted();
	reads = w.reads;
	assert_true(reads > 8);
	for (unsigned long n = 1; n <= reads; n++) {
		w.reads = 0;
		w.fail_read_at = n;
		refused(TRANS_EHOST, "disk read");
	}
	w.fail_read_at = 0;
	accepted();
	world_end(&w);
}

static int stop(void *ctx, uint64_t done, uint64_t total)
{
	(void)ctx;
	(void)done;
	(void)total;
	return 1;
}

static void progress_that_stops(void **state)
{
	(void)state;
	usual_world(1);
	w.args.progress = stop;
	refused(TRANS_ESTOPPED, "progress");
	world_end(&w);
}

static int probe(struct trans_swsusp_info *info)
{
	static uint8_t buffer[TRANS_SWSUSP_BUFFER(12)]
		__attribute__((aligned(4096)));

	return trans_resume_probe(&w.block, 0, buffer, sizeof(buffer), info,
				  NULL, &w.err);
}

static void probing(void **state)
{
	struct trans_swsusp_info info;

	(void)state;
	usual_world(1);
	assert_int_equal(probe(&info), 0);
	assert_string_equal(info.version, "#1 SMP test");
	assert_int_equal(info.page_shift, 12);
	assert_int_equal(info.mpidr, 0x102);
	assert_int_equal(info.reenter, w.reenter);
	/* Packed, and there is nothing to unpack it with: still worth a
	 * look. */
	file_le(w.disk + 4096 - 24, 0, 4);
	assert_int_equal(probe(&info), 0);
	assert_int_equal(info.packing, TRANS_SWSUSP_LZO);
	memcpy(w.disk + 4096 - 10, "SWAPSPACE2", 10);
	assert_int_equal(probe(&info), TRANS_ENOIMAGE);
	assert_int_equal(info.page_shift, 12);
	assert_string_equal(info.version, "");
	memset(w.disk + 4096 - 10, 0, 10);
	assert_int_equal(probe(&info), TRANS_ENOIMAGE);
	assert_int_equal(info.page_shift, 0);
	assert_int_equal(w.writes, 0);
	world_end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(missing_arguments),
		cmocka_unit_test(lent_memory),
		cmocka_unit_test(ram_map),
		cmocka_unit_test(page_size_that_the_cpu_lacks),
		cmocka_unit_test(another_cpu),
		cmocka_unit_test(the_cpu_says_which_it_is),
		cmocka_unit_test(another_exception_level),
		cmocka_unit_test(level_of_a_host_over_a_stub),
		cmocka_unit_test(no_sign_of_the_level),
		cmocka_unit_test(no_entry),
		cmocka_unit_test(virtual_at_el1),
		cmocka_unit_test(virtual_with_each_page_size),
		cmocka_unit_test(virtual_when_nothing_else_is_found),
		cmocka_unit_test(virtual_at_el2),
		cmocka_unit_test(page_numbers),
		cmocka_unit_test(page_numbers_behind_their_end),
		cmocka_unit_test(reserved_page),
		cmocka_unit_test(page_cut_by_the_end_of_ram),
		cmocka_unit_test(no_image),
		cmocka_unit_test(disk_that_fails),
		cmocka_unit_test(progress_that_stops),
		cmocka_unit_test(probing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
