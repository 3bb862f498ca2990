/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The way out: PSCI SYSTEM_OFF (Arm DEN 0022).
 */
#ifndef PORT_PSCI_H
#define PORT_PSCI_H

#include <trans_table/transition.h>

/* Power off; park where there is no PSCI. */
__attribute__((noreturn)) void psci_off(enum trans_conduit conduit);

#endif
