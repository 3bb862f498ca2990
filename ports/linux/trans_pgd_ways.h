/* SPDX-License-Identifier: GPL-2.0 */
/*
 * asm/trans_pgd.h by the library and by Linux, each under a name of its own.
 */
#ifndef TRANS_PGD_WAYS_H
#define TRANS_PGD_WAYS_H

#include <asm/trans_pgd.h>

#include "trans_table.h"

/* What each copy wants, and how large its leaves become. */
#define TRANS_PGD_NEEDS \
	(TRANS_MKWRITE | TRANS_MKVALID | TRANS_CHECKPFN | TRANS_NOEXEC)
#define TRANS_PGD_FOLD (TRANS_PGD_NEEDS | TRANS_FOLD)
#define TRANS_PGD_PLAIN TRANS_PGD_NEEDS

/* trans_pgd_create_copy with flags of trans_table_copy. */
int trans_pgd_copy_with(struct trans_pgd_info *info, pgd_t **trans_pgd,
			unsigned long start, unsigned long end,
			unsigned int flags);

/* trans_pgd_idmap_page of more than a page. */
int trans_pgd_idmap_range(struct trans_pgd_info *info, phys_addr_t *trans_ttbr0,
			  unsigned long *t0sz, phys_addr_t pa, u64 len);

/*
 * Of struct trans_ops, what is the same for all who call the library: who owns
 * an allocator frees all that it gave; tables are in the linear map; and
 * walkers see what was stored before.
 */
void trans_pgd_host_free(void *ctx, unsigned int shift, unsigned int count,
			 trans_pa_t pa);
void *trans_pgd_host_virt(void *ctx, trans_pa_t pa, size_t len);
void trans_pgd_host_barrier(void *ctx);

/* To the end of the memory that is in one piece there, if any is: else 0. */
u64 trans_pgd_ram_len(phys_addr_t pa);

/* Both ways under their own names: TRANS_TABLE_COMPARE. */
#define TRANS_PGD_WAY(way)						\
int trans_pgd_create_copy_##way(struct trans_pgd_info *info,		\
				pgd_t **trans_pgd, unsigned long start,	\
				unsigned long end);			\
int trans_pgd_idmap_page_##way(struct trans_pgd_info *info,		\
			       phys_addr_t *trans_ttbr0,		\
			       unsigned long *t0sz, void *page);	\
int trans_pgd_copy_el2_vectors_##way(struct trans_pgd_info *info,	\
				     phys_addr_t *el2_vectors)

TRANS_PGD_WAY(linux);
TRANS_PGD_WAY(library);

#endif
