/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* ELF cores that the tool is given: what of their segments counts, and what of
 * their headers lies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <elf.h>
#include <sys/mman.h>

#include "tools/trans/dump.h"

#define LEN 8192u

static uint8_t file[LEN];
static struct dump_piece *pieces;
static size_t count;

static Elf64_Ehdr *elf(void)
{
	return (Elf64_Ehdr *)file;
}

static Elf64_Phdr *header(unsigned int i)
{
	return (Elf64_Phdr *)(file + sizeof(Elf64_Ehdr)) + i;
}

static int begin(void **state)
{
	(void)state;
	memset(file, 0, LEN);
	*elf() = (Elf64_Ehdr){
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64,
			     ELFDATA2LSB, EV_CURRENT },
		.e_type = ET_CORE, .e_machine = EM_AARCH64,
		.e_phoff = sizeof(Elf64_Ehdr),
		.e_phentsize = sizeof(Elf64_Phdr), .e_phnum = 3,
	};
	return 0;
}

static void segment(unsigned int i, trans_pa_t pa, uint64_t len, uint64_t at)
{
	*header(i) = (Elf64_Phdr){ .p_type = PT_LOAD, .p_paddr = pa,
				   .p_filesz = len, .p_memsz = len,
				   .p_offset = at };
}

static void must_be(size_t i, trans_pa_t pa, uint64_t len, uint64_t at)
{
	assert_int_equal(pieces[i].pa, pa);
	assert_int_equal(pieces[i].len, len);
	assert_int_equal(pieces[i].at, at);
}

static void segments(void **state)
{
	(void)state;
	segment(0, 0x2000, 0x100, 0x400);
	segment(1, 0x1000, 0x200, 0x600);
	segment(2, 0x5000, 0x1000, LEN - 0x10);
	assert_null(dump_elf(file, LEN, &pieces, &count));
	assert_int_equal(count, 3);
	must_be(0, 0x1000, 0x200, 0x600);
	must_be(1, 0x2000, 0x100, 0x400);
	must_be(2, 0x5000, 0x10, LEN - 0x10);
	free(pieces);
}

/* The same memory by two addresses, as kernels' cores have it. */
static void overlaps(void **state)
{
	(void)state;
	segment(0, 0x1000, 0x300, 0x400);
	segment(1, 0x1100, 0x100, 0x800);
	segment(2, 0x1200, 0x200, 0x900);
	assert_null(dump_elf(file, LEN, &pieces, &count));
	assert_int_equal(count, 2);
	must_be(0, 0x1000, 0x300, 0x400);
	must_be(1, 0x1300, 0x100, 0xa00);
	free(pieces);
}

static void at_the_ends(void **state)
{
	(void)state;
	segment(0, UINT64_MAX - 0xff, 0x1000, 0x400);
	segment(1, 0, 0x10, UINT64_MAX);
	segment(2, 0, UINT64_MAX, LEN - 1);
	assert_null(dump_elf(file, LEN, &pieces, &count));
	assert_int_equal(count, 2);
	must_be(0, 0, 1, LEN - 1);
	must_be(1, UINT64_MAX - 0xff, 0xff, 0x400);
	free(pieces);
}

static void more_than_16_bits(void **state)
{
	Elf64_Shdr section = { .sh_info = 2 };

	(void)state;
	segment(0, 0x1000, 0x10, 0x400);
	segment(1, 0x2000, 0x10, 0x500);
	segment(2, 0x3000, 0x10, 0x600);
	elf()->e_phnum = PN_XNUM;
	elf()->e_shoff = 0x700;
	memcpy(file + 0x700, &section, sizeof(section));
	assert_null(dump_elf(file, LEN, &pieces, &count));
	assert_int_equal(count, 2);
	free(pieces);
	elf()->e_shoff = LEN - 8;
	assert_null(dump_elf(file, LEN, &pieces, &count));
	assert_int_equal(count, 0);
	free(pieces);
}

static void lies(void **state)
{
	(void)state;
	assert_non_null(dump_elf(file, 63, &pieces, &count));
	elf()->e_phoff = UINT64_MAX;
	assert_non_null(dump_elf(file, LEN, &pieces, &count));
	elf()->e_phoff = LEN - 3 * sizeof(Elf64_Phdr) + 1;
	assert_non_null(dump_elf(file, LEN, &pieces, &count));
	elf()->e_machine = EM_X86_64;
	assert_non_null(dump_elf(file, LEN, &pieces, &count));
}

/* Of 80 pages, which all lie 4 bytes beside what is aligned, each is itself,
 * and stays what it is while others are looked at: so walks go on with tables
 * that they came through. */
static void pages_beside_alignment(void **state)
{
	enum { PAGES = 80, AT = 0x404 };
	const size_t len = AT + PAGES * 4096;
	struct dump dump = { .file = { .bytes = calloc(len, 1), .len = len } };
	uint64_t *page[PAGES];

	(void)state;
	elf()->e_phnum = 2;
	segment(0, 0x40000000, 4096, AT);
	segment(1, 0x80000000, (PAGES - 1) * 4096, AT + 4096);
	memcpy((void *)(uintptr_t)dump.file.bytes, file, 0x400);
	for (uint64_t i = 0; i < PAGES; i++)
		memcpy((uint8_t *)(uintptr_t)dump.file.bytes + AT + i * 4096, &i,
		       8);
	assert_null(dump_bytes(&dump, 0));
	for (unsigned int i = 0; i < PAGES; i++) {
		trans_pa_t pa = i ? 0x80000000 + (i - 1) * 4096ULL : 0x40000000;

		page[i] = dump.ops.phys_to_virt(&dump, pa, 4096);
		assert_non_null(page[i]);
		assert_int_equal((uintptr_t)page[i] % 8, 0);
	}
	for (unsigned int i = 0; i < PAGES; i++)
		assert_int_equal(*page[i], i);
	assert_null(dump.ops.phys_to_virt(&dump, 0x40000ff8, 16));
	munmap(dump.copies, len);
	free((void *)(uintptr_t)dump.file.bytes);
	free(dump.piece);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(segments, begin),
		cmocka_unit_test_setup(overlaps, begin),
		cmocka_unit_test_setup(at_the_ends, begin),
		cmocka_unit_test_setup(more_than_16_bits, begin),
		cmocka_unit_test_setup(lies, begin),
		cmocka_unit_test_setup(pages_beside_alignment, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
