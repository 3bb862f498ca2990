/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Linux's list of what a kexec moves, for a host that is a Linux kernel: its
 * struct kimage, member head, can be given as it is.
 *
 * An entry is a page's physical address with one flag in its low bits (Linux,
 * include/linux/kexec.h, IND_*): DESTINATION (1): the next source goes there;
 * INDIRECTION (2): the list goes on in that page; DONE (4): the end; SOURCE
 * (8): this page goes to the destination, which then advances by a page. The
 * first entry is the head itself.
 */
#ifndef TRANS_TABLE_KIMAGE_H
#define TRANS_TABLE_KIMAGE_H

#include <trans_table/moves.h>
#include <trans_table/ops.h>

TRANS_BEGIN_DECLS

/*
 * Append the list that begins with the entry @head to @want, which
 * trans_moves_plan then turns into a plan. The list's own order, and Linux's
 * rule that no source is another segment's destination, are not relied upon.
 *
 * The host names what of the next kernel's memory the list does not bring
 * (trans_transition_args): pages that are their own destination, which Linux
 * allocates where it can, are stays (trans_moves_in_place); memory of a segment
 * behind the pages that the list has for it is zero.
 *
 * @shift: log2 of a page's bytes: 12, 14 or 16
 * @ops, @ctx: only phys_to_virt is used, once for each page of the list; it
 *         refuses what is no memory. The list may be corrupt or changing: each
 *         entry is read once, and after @most entries it ends
 * @most:  how many entries, of all kinds, a list may have; for instance twice
 *         the pages of RAM
 *
 * On failure @want has a part of the list.
 *
 *   call     TRANS_EINVAL    @shift, or phys_to_virt is missing
 *   memory   TRANS_ENOSPC    @want is full, or there are more than @most
 *                            entries
 *   input    TRANS_ECORRUPT  an entry with no flag or several or with other
 *                            bits in the page's offset, a source before any
 *                            destination or beyond 2^64, a page without an end,
 *                            a list that goes round. pa: where the entry is, 0
 *                            for the head; desc: the entry
 *   host     TRANS_EFAULT    phys_to_virt refused a page of the list
 */
int trans_kimage_moves(struct trans_moves *want, uint64_t head,
		       unsigned int shift, const struct trans_ops *ops,
		       void *ctx, uint64_t most, struct trans_error *err);

TRANS_END_DECLS

#endif
