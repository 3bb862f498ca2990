/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The porting header: everything trans_table takes from its surroundings.
 *
 * The library needs the fixed-width types, and the four functions that a C
 * compiler may call by itself in freestanding mode (GCC manual, "Standards").
 * A host that has its types elsewhere (U-Boot, Linux) defines TRANS_ENV_HEADER
 * as the name of a header of its own, which is then included instead of the
 * standard ones (docs/porting.md, "Types").
 */
#ifndef TRANS_TABLE_ENV_H
#define TRANS_TABLE_ENV_H

/* Around all declarations: a host in C++ calls them by their C names. */
#ifdef __cplusplus
#define TRANS_BEGIN_DECLS extern "C" {
#define TRANS_END_DECLS }
#else
#define TRANS_BEGIN_DECLS
#define TRANS_END_DECLS
#endif

#ifdef TRANS_ENV_HEADER
#include TRANS_ENV_HEADER
#else
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

TRANS_BEGIN_DECLS

void *memcpy(void *__restrict dst, const void *__restrict src, size_t len);
void *memmove(void *dst, const void *src, size_t len);
void *memset(void *dst, int byte, size_t len);
int memcmp(const void *a, const void *b, size_t len);

TRANS_END_DECLS
#endif

/* A physical address, and an address that some table translates. Neither ever
 * becomes a pointer, except through trans_ops.phys_to_virt. */
typedef uint64_t trans_pa_t;
typedef uint64_t trans_va_t;

#endif
