/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* A kernel that was saved, in memory of which pages may be missing, or zero
 * and without contents; its tables are the library's own. */
#ifndef TESTS_SAVED_WORLD_H
#define TESTS_SAVED_WORLD_H

#include "memory.h"
#include "saved_kernels.h"

#define SAVED_BASE 0x40000000ULL
#define SAVED_LEN (2u << 20)
#define SAVED_PAGES (SAVED_LEN / 4096)
#define SAVED_VA 0xffff800008000000ULL
#define SAVED_KERNEL 0x100000u /* where it is in memory */
#define SAVED_PROPERTY 0x40000u
#define SAVED_PENDING 0x60000u

/* A page with contents that the host refuses to show is SAVED_HIDDEN. */
enum { SAVED_STORED, SAVED_HIDDEN, SAVED_ZERO, SAVED_ABSENT };

/*
 * @kernel: of what kind; changed before saved_world_make
 * @state:  of each page
 * @worked, @stop_at: bytes that work was told of, and where it stops (0: never)
 */
struct saved_world {
	struct memory m;
	struct trans_table table;
	struct kernel kernel;
	uint8_t state[SAVED_PAGES];
	struct trans_saved_memory memory;
	struct trans_saved_args args;
	uint64_t worked, stop_at;
};

/* A machine, with a usual kernel that is not made yet. */
void saved_world_init(struct saved_world *w);
void saved_world_make(struct saved_world *w);
void saved_world_end(struct saved_world *w);
/* Of its addresses [@at, @at + @len), counted likewise, nothing, or what is at
 * @to, with that access. */
void saved_world_unmap(struct saved_world *w, size_t at, size_t len);
void saved_world_remap(struct saved_world *w, size_t at, size_t len, size_t to,
		       unsigned int access);
/* The pages of [@at, @at + @len), counted from the start of memory. */
void saved_world_mark(struct saved_world *w, size_t at, size_t len,
		      unsigned int state);

#endif
