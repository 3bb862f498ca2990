/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What this port says of itself to a transition, whatever it is for.
 */
#ifndef PORT_TRANSITION_H
#define PORT_TRANSITION_H

#include <trans_table/transition.h>

struct options;

/* @own: the tables the port runs on; @leaving: the transition that it is going
 * to be. Its leave is a kexec's. */
struct trans_transition_args transition_args(const struct options *options,
					     const struct trans_table *own,
					     struct trans_transition *leaving);

#endif
