/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The port's own tables: what a kernel's look like, made with the library.
 *
 *	EL1: the upper half (TTBR1), TTBR0 switched off
 *	EL2 with E2H: the same
 *	EL2 without: the one range, linear map from 2^47 on
 *
 * Text is read-only and executable, rodata read-only, the rest of RAM writable,
 * never both. The archive is mapped by pages, so that single ones can be
 * hidden.
 */
#ifndef PORT_TABLES_H
#define PORT_TABLES_H

#include <trans_table/cpu.h>
#include <trans_table/table.h>

/* Where the linear map is, at an exception level. */
uint64_t tables_offset(unsigned int el);

/* own_shift, 48 bits, as many output bits as the CPU has; @upper:
 * TRANS_GEO_UPPER or 0. */
int tables_geometry(unsigned int upper, struct trans_geometry *geo,
		    struct trans_error *err);

/* Build and finish the tables, MMU off. @regs: how to switch to them. */
int tables_build(struct trans_table *table, struct trans_regs *regs,
		 struct trans_report *report);

/* A view of the tables that this CPU runs on. */
int tables_attach(struct trans_table *view, struct trans_report *report);

/*
 * Make every @step-th page of [pa, pa + len) invalid, as debug_pagealloc does:
 * the VALID bit only. The memory keeps its contents, and the descriptor keeps
 * everything that TRANS_MKVALID needs. Returns how many pages were hidden.
 */
uint64_t tables_hide(const struct trans_table *view, trans_pa_t pa,
		     uint64_t len, uint64_t step);

#endif
