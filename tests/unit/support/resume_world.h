/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Two machines and a disk: one that was saved, with a small kernel in it that
 * has all that a resume looks for, and one that is to become it again. The
 * image is written here, by hand, as Linux would.
 */
#ifndef TESTS_RESUME_WORLD_H
#define TESTS_RESUME_WORLD_H

#include <trans_table/hibernate.h>

#include "memory.h"

/* A64 code, by hand; @at: where the instruction is. */
#define CODE_BTI_C 0xd503245fu
#define CODE_NOP 0xd503201fu
#define CODE_RET 0xd65f03c0u
#define CODE_MOV_X0_XZR 0xaa1f03e0u
#define CODE_MRS_CURRENTEL 0xd5384240u
#define CODE_MRS_MPIDR 0xd53800a0u
#define CODE_MSR_TPIDR_EL1 0xd518d080u
#define CODE_MSR_TPIDR_EL2 0xd51cd040u
#define CODE_BR(n) (0xd61f0000u | (uint32_t)(n) << 5)
uint32_t code_bl(uint64_t at, uint64_t to);
uint32_t code_ldr(uint64_t at, uint64_t literal, unsigned int reg);
uint32_t code_adrp(uint64_t at, uint64_t to, unsigned int reg);

/* What kind of page it is for the image. */
enum { PAGE_NONE, PAGE_STORED, PAGE_ZERO };

/* The shape of what was saved. */
struct saved {
	unsigned int page_shift;
	trans_pa_t base;
	size_t len;
	unsigned int va_bits;
	bool ds;
	bool vhe;      /* its alternatives are VHE's */
	bool mov;      /* cpu_resume begins with mov x0, xzr */
	trans_pa_t stub;
	uint64_t mpidr;
	trans_va_t reenter; /* 0: a usual one */
	uint64_t text_len;  /* that its tables map of the text; 0: a page */
	uint64_t data_len;  /* and behind it */
};

struct resume_world {
	struct saved saved;
	uint64_t page;
	size_t pages;
	/* The machine that was saved, and where its kernel is. */
	struct memory old;
	uint8_t *kind; /* PAGE_*, for each page */
	trans_pa_t text, ttbr1, entry, resume_pa;
	trans_va_t reenter;
	/* The disk. */
	uint8_t *disk;
	size_t disk_len, disk_pages;
	size_t meta_at; /* page on the disk of the first metadata page */
	struct trans_block block;
	unsigned long reads, writes, flushes, fail_write_at, fail_read_at;
	/* The machine that resumes. */
	struct memory now;
	uint8_t *before; /* its memory before the load */
	uint8_t *poc;    /* what is in memory behind the caches */
	struct trans_cpu cpu;
	struct trans_ranges ram, reserved, lent;
	struct trans_range ram_slot[80], reserved_slot[80], lent_slot[80];
	struct trans_ops host;
	struct trans_resume_args args;
	struct trans_resume resume;
	struct trans_error err;
	int aliases, asked, unasked, left;
	bool refuse_ask, fail_leave;
	/* Calls of progress; the call that stops (0: none); what it said last,
	 * and the largest step to it. */
	unsigned long progressed, stop_at;
	uint64_t progress_done, progress_gap;
	/* phys_to_virt refuses what holds refuse_pa, and more than most_mapped
	 * (0: any length); the most that it was asked for. */
	trans_pa_t refuse_pa;
	size_t most_mapped, longest_mapped;
};

/* The usual one, as *@state, and its end; and a test that finds that it can be
 * loaded: for builds that leave something out, which does not matter to it. */
int world_setup(void **state);
int world_teardown(void **state);
void world_is_loaded(void **state);
#define WORLD_TEST(name) \
	cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

/* A machine with a kernel in it; no other page is in the image yet. */
void world_save(struct resume_world *w, const struct saved *saved);
/* Write the image of what kind says. */
void world_write_disk(struct resume_world *w);
/* The machine that resumes: all RAM, nothing reserved, nothing lent yet. */
void world_boot(struct resume_world *w, unsigned int el);
void world_lend(struct resume_world *w, trans_pa_t start, uint64_t len);
/* All of that: 4 MiB at @base, a kernel of 4K pages asleep on the disk, at EL1,
 * and memory on both sides of the host lent. */
void world_usual(struct resume_world *w, trans_pa_t base);
/* Load; memory before it is remembered. */
int world_load(struct resume_world *w);
/* Do what the blob does with the moves. */
void world_move(struct resume_world *w);
/* Fails the test unless each page of the image is what it was, in memory. */
void world_compare(struct resume_world *w);
/* Fails the test if anything but lent memory was written. */
void world_untouched(struct resume_world *w);
/* Is anything in memory of what was read? */
bool world_holds_data(const struct resume_world *w);
void world_end(struct resume_world *w);

uint64_t *world_word(struct resume_world *w, trans_pa_t pa);
void world_code(struct resume_world *w, trans_pa_t pa, uint32_t insn);
/* The pages of [@pa, @pa + @len) become @kind. */
void world_mark(struct resume_world *w, trans_pa_t pa, uint64_t len,
		unsigned int kind);
/* A random image around the kernel: runs of stored and zero pages. */
void world_random_image(struct resume_world *w, uint64_t *seed,
			unsigned int percent, bool zeroes);

#endif
