/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Cases of hostile.c: kernels with little or much memory behind their file.
 */
#ifndef TESTS_BENCH_HOSTILE_KERNEL_H
#define TESTS_BENCH_HOSTILE_KERNEL_H

/* A file, and image_size: to be loaded. */
void kernel_honest(void);
void kernel_huge_bss(void);
/* What it came to. */
int kernel_load(void);

/* What was moved, with its digest, and what was zeroed: to be verified. */
void verify_honest(void);
void verify_huge_bss(void);
int verify(void);

#endif
