/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * An executable identity alias: a few pages at VA == PA, beside everything that
 * the port runs on. Used twice: to switch the MMU on (head.S, boot.c), and to
 * leave (the host callbacks of struct trans_transition_args).
 */
#ifndef PORT_ALIAS_H
#define PORT_ALIAS_H

#include <trans_table/table.h>

/* Which tables the port itself runs on, or will. */
void alias_beside(const struct trans_table *own);

/* Build it in memory of the host's; nonzero: refused. @host is not used, here
 * and below: there is one alias at a time. */
int alias_prepare(void *host, trans_pa_t pa, uint64_t len);

/* Switch to it; what was mapped stays mapped as it was. */
void alias_enter(void *host);

/* Switch back. */
void alias_leave(void);

/* Give its memory back; must not be switched to. */
void alias_drop(void *host);

/* To switch to it in another way: what belongs into TTBR0, and into the TCR
 * while the alias is there. */
uint64_t alias_ttbr0(void);
uint64_t alias_tcr(void);

#endif
