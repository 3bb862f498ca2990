/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The port's one purpose.
 */
#ifndef PORT_KEXEC_H
#define PORT_KEXEC_H

#include <trans_table/table.h>

/* Replace the port by the kernel in the archive. Returns when that was refused,
 * with everything given back. @own: the tables the port runs on. */
void port_kexec(const struct trans_table *own);

#endif
