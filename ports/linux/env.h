/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What trans_table takes from its surroundings, in Linux: TRANS_ENV_HEADER. And
 * what a kernel knows of its tables when it is built, so that the compiler
 * drops the rest.
 */
#ifndef TRANS_PGD_ENV_H
#define TRANS_PGD_ENV_H

#include <linux/kconfig.h>
#include <linux/limits.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <linux/types.h>
#include <asm/page-def.h>

#ifndef UINT64_MAX
#define UINT64_MAX U64_MAX
#endif
#ifndef UINT32_MAX
#define UINT32_MAX U32_MAX
#endif

/* The page size. */
#define TRANS_ASSUME_GRANULE PAGE_SHIFT
/* TRANS_EL1_0: with VHE, too, as EL2&0 then has EL1's names and formats. */
/* But a transition calls it by its name. */
#define TRANS_ASSUME_REGIME (IS_ENABLED(CONFIG_KEXEC_TRANS) ? 0 : 1)
/* A transition maps what it moves. */
#define TRANS_ASSUME_SPARSE 1
/* Whether the CPU has 52-bit addresses is known when it runs, if at all. */
#define TRANS_ASSUME_WIDE (IS_ENABLED(CONFIG_ARM64_PA_BITS_52) ? -1 : 0)
/*
 * A table is filled by one copy, or by one identity map, with these flags
 * (trans_pgd_ways.h); but a transition does more.
 */
#define TRANS_ASSUME_ONCE (!IS_ENABLED(CONFIG_KEXEC_TRANS))
#define TRANS_ASSUME_FLAGS						\
	(IS_ENABLED(CONFIG_KEXEC_TRANS) ? ~0u :				\
	 TRANS_MKWRITE | TRANS_MKVALID | TRANS_CHECKPFN |		\
	 TRANS_NOEXEC | TRANS_FOLD)
/* Built for size, but for the one loop that goes over every entry. */
#define TRANS_ASSUME_UNROLLED 1

#endif
