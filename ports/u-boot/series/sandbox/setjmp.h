/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The library's fakes ask for the host's header
 */
#include <linux/types.h>
#include <asm/setjmp.h>
