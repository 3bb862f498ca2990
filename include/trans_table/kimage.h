/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Linux's list of what a kexec moves, as input: a host that is a Linux kernel
 * (struct kimage, its `head`) need not translate it.
 *
 * An entry is a page's physical address with one flag in its low bits:
 * DESTINATION (1): the next source goes there; INDIRECTION (2): the list goes
 * on in that page; SOURCE (8): this page goes to the destination, which then
 * advances by a page; DONE (4): the end. The first entry is in the head.
 */
#ifndef TRANS_TABLE_KIMAGE_H
#define TRANS_TABLE_KIMAGE_H

#include <trans_table/moves.h>
#include <trans_table/ops.h>

TRANS_BEGIN_DECLS

/*
 * Append the list that begins with the entry @head to @want (which
 * trans_moves_plan then turns into a plan: the list's own order and its rule
 * that a source is no other segment's destination are not relied upon).
 *
 * What of the next kernel's memory the list does not bring is the host's to name
 * (trans_transition_args): pages that are their own destination, which Linux
 * allocates where it can, stay (trans_moves_in_place); memory of a segment
 * beyond what its pages cover, if the host's segments have such, is zero.
 *
 * @shift: of the pages, 12, 14 or 16
 * @ops, @ctx: phys_to_virt alone is used, once per page of the list; it refuses
 *         what is no memory. Pages may be any memory, changing too: each entry
 *         is read once, and the walk ends after @most entries at the latest
 * @most:  entries (of all kinds) that a list may have; for instance twice the
 *         pages of RAM
 *
 * TRANS_EINVAL: @shift, or phys_to_virt is missing; TRANS_EFAULT: phys_to_virt
 * refused; TRANS_ECORRUPT (pa: the entry's place, 0 for the head; desc: the
 * entry): no flag or several, other bits in the page's offset, a source before
 * any destination (or beyond 2^64), a page without an end, a list that goes
 * round; TRANS_ENOSPC: @want is full, or more than @most entries. On failure
 * @want has a part of it.
 */
int trans_kimage_moves(struct trans_moves *want, uint64_t head,
		       unsigned int shift, const struct trans_ops *ops,
		       void *ctx, uint64_t most, struct trans_error *err);

TRANS_END_DECLS

#endif
