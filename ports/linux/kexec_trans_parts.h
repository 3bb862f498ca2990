/* SPDX-License-Identifier: GPL-2.0 */
/*
 * kexec by a transition of the trans_table library: what its parts promise each
 * other. Who calls it sees asm/kexec.h.
 */
#ifndef KEXEC_TRANS_PARTS_H
#define KEXEC_TRANS_PARTS_H

#include <linux/kexec.h>
#ifdef CONFIG_KEXEC_HANDOVER
#include <linux/kexec_handover.h>
#endif

#include "trans_pgd_ways.h"

/*
 * kexec_trans_moves.c: what of an image is to be moved where, what is in place
 * already, and the digest of each segment. Only prepare reads it.
 */
struct kexec_trans_moves {
	struct trans_moves want, plan;
	struct trans_ranges stays;
	struct trans_digest digest[KEXEC_SEGMENT_MAX];
	size_t digests;
};

/* 0 or a status of the library's. To be freed in any case. */
int kexec_trans_moves_find(struct kexec_trans_moves *moves,
			   const struct kimage *image,
			   const struct trans_ops *ops, void *ctx,
			   struct trans_error *error);
void kexec_trans_moves_free(struct kexec_trans_moves *moves);

/*
 * kexec_trans_lpi.c: may the image be started, while the GIC goes on to use the
 * tables of LPIs? 0 or a status of the library's.
 */
int kexec_trans_lpi_check(const struct kimage *image,
			  struct trans_error *error);

/* kexec_trans_uart.c: that of earlycon, if there is one that is known. */
struct trans_uart kexec_trans_uart(void);

#endif
