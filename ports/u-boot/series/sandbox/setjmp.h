/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The library's fakes ask for the host's header
 */
#if COMPAT_SETJMP
#include <setjmp.h>

/* U-Boot does not say that */
void __noreturn longjmp(jmp_buf env, int val);
#else
#include <linux/types.h>
#include <asm/setjmp.h>
#endif
