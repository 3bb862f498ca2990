/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* What pictures of kexec and of resume have in common. */
#ifndef TOOLS_TRANS_PICTURE_OF_H
#define TOOLS_TRANS_PICTURE_OF_H

#include <trans_table/transition.h>

#include "picture.h"

void picture_ranges(struct picture *picture, enum picture_kind kind,
		    const struct trans_ranges *set, const char *title);
/* Whatever a prepared transition needs until its end. */
void picture_transition(struct picture *picture,
			const struct trans_transition *transition);

#endif
