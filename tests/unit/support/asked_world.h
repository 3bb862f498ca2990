/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* A machine that resumes, and in its image a kernel that can be asked. */
#ifndef TESTS_ASKED_WORLD_H
#define TESTS_ASKED_WORLD_H

#include "resume_world.h"
#include "saved_kernels.h"

#define ASKED_BASE 0x40000000ULL
#define ASKED_MIDR 0x411fd070u

/* With pages of 1 << @page_shift, neither made nor on the disk yet. */
void asked_save(struct resume_world *w, struct kernel *kernel,
		unsigned int page_shift);
void asked_make(struct resume_world *w, const struct kernel *kernel);
/* Onto the disk, and the machine anew: all memory is lent but @len bytes at
 * @at, which the image wants as well. */
void asked_boot(struct resume_world *w, trans_pa_t at, uint64_t len);

#endif
