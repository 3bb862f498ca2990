/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* The kernel whose memory an image is: its tables, and what it says of
 * itself. */
#ifndef TOOLS_TRANS_KERNEL_H
#define TOOLS_TRANS_KERNEL_H

#include <trans_table/inspect.h>

#include "contents.h"

/*
 * @tables:  view is its upper half; false: nothing is known of it
 * @resume:  PA of its _cpu_resume
 * @info:    saved has its VMCOREINFO
 */
struct kernel {
	struct trans_saved_memory memory;
	struct trans_saved saved;
	struct trans_table view;
	trans_pa_t resume;
	bool tables, info;
};

/* Find all of that in @contents, which stays in use and was read whole. What is
 * not there is not known, which is no error. */
void kernel_find(struct kernel *kernel, struct contents *contents);

/* In its linear map, where is @pa? False: it does not say. */
bool kernel_linear(const struct kernel *kernel, trans_pa_t pa, trans_va_t *va);

#endif
