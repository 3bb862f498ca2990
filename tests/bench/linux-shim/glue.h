/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The one door between the bench and Linux's trans_pgd.c.
 */
#ifndef BENCH_LINUX_GLUE_H
#define BENCH_LINUX_GLUE_H

#include <stdbool.h>
#include <stdint.h>

struct linux_world {
	void *tables;           /* the kernel's own, to be copied */
	uint64_t offset;        /* virtual - physical address */
	uint64_t ram_first, ram_last; /* what pfn_valid accepts */
	uint64_t start, end;    /* the range to copy */
	bool debug_pagealloc;   /* invalid entries become valid */
	void *(*page)(void *arg); /* a zeroed page, or NULL */
	void *arg;
};

/* The copy's root, or NULL. */
void *linux_copy(const struct linux_world *world);

#endif
