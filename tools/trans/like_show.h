/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* An image that was loaded into a machine that is not here. */
#ifndef TOOLS_TRANS_LIKE_SHOW_H
#define TOOLS_TRANS_LIKE_SHOW_H

#include <trans_table/hibernate.h>

#include "contents.h"
#include "machine.h"
#include "out.h"

/* In words and as a picture, which is also drawn to the file @svg, if that is
 * not NULL. @contents is read for it. What the command ends with. */
int show_wake(struct out *out, const struct machine *machine,
	      struct contents *contents, const struct trans_resume *resume,
	      const char *svg);

#endif
