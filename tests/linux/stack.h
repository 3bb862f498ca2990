/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What ports/linux/env.h includes, for a compilation outside of a kernel, of
 * which only the frames on the stack are looked at: `make stack-gate`.
 */
#ifndef TRANS_LINUX_STACK_H
#define TRANS_LINUX_STACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void *memcpy(void *to, const void *from, size_t len);
void *memmove(void *to, const void *from, size_t len);
void *memset(void *to, int byte, size_t len);

#define PAGE_SHIFT 12
/* CONFIG_ARM64_PA_BITS_52 comes from mk/linux.mk. */
#define CONFIG_KEXEC_TRANS 0
#define IS_ENABLED(option) (option)

#endif
