/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * kexec/ asks for <libfdt.h>; U-Boot keeps its own libfdt elsewhere, and it is
 * one from before 1.6.0, which gave a misaligned tree a number of its own.
 */
#include <linux/libfdt.h>

#ifndef FDT_ERR_ALIGNMENT
#define FDT_ERR_ALIGNMENT 19
#endif
