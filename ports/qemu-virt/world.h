/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * A next world with its MMU on, without a Linux: the port's own image, moved to
 * other memory and mapped at other addresses by other tables (world=on). It
 * says what it finds in its registers and switches the machine off.
 */
#ifndef PORT_WORLD_H
#define PORT_WORLD_H

#include <trans_table/transition.h>

#include "leaving.h"

/* Go there. @args: how this host does things. Returns only with an error. */
int world_enter(const struct leaving *leaving,
		const struct trans_transition_args *args,
		struct trans_error *err);

#endif
