/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Contiguous groups in tables of ours. A copy that keeps them, share, and the
 * host of a window bring them in; a program without those links none of this.
 */
#ifndef TRANS_GROUPS_H
#define TRANS_GROUPS_H

#include "trans/table/build.h"

/*
 * Of the current table of @build, a struct build: let whole groups of the
 * @count leaves from @slot on, which were stored last, be contiguous ones. 0:
 * @slot changes; its group is none any more, and no leaf of it may say so (Arm
 * ARM D8.6.1).
 */
/* Its address is taken: hidden, so that no GOT is needed for that. */
#pragma GCC visibility push(hidden)
void trans_groups_(void *build, unsigned int slot, unsigned int count);
#pragma GCC visibility pop

#endif
