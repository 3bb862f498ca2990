/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * A crash kernel: placed while all is well, entered when nothing is.
 */
#ifndef PORT_CRASH_H
#define PORT_CRASH_H

#include <trans_table/kexec.h>

/*
 * Place the payload of @args where neither the port nor its archive is, then
 * leave through a transition that has no moves and no tables. Returns only what
 * was refused before. @kexec is working storage.
 */
int crash_enter(struct trans_kexec *kexec, const struct trans_kexec_args *args,
		struct trans_error *err);

#endif
