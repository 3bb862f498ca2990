/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * TRANS_ENV_HEADER for U-Boot: its types are Linux's, and its uint64_t is
 * another type than the compiler's <stdint.h> has.
 */
#ifndef TRANS_U_BOOT_ENV_H
#define TRANS_U_BOOT_ENV_H

#include <linux/kernel.h> /* defines the limits unasked, so first */
#include <linux/stddef.h>
#include <linux/string.h>
#include <linux/types.h>

#ifndef UINT64_MAX
#define UINT64_MAX (~0ULL)
#endif
#ifndef UINT32_MAX
#define UINT32_MAX (~0U)
#endif
#ifndef SIZE_MAX
#define SIZE_MAX (~(size_t)0)
#endif

#endif
