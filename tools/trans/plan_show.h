/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* A kexec that is only looked at. */
#ifndef TOOLS_TRANS_PLAN_SHOW_H
#define TOOLS_TRANS_PLAN_SHOW_H

#include <trans_table/kexec.h>

#include "machine.h"
#include "out.h"
#include "ram.h"

#define PLAN_ANYWHERE UINT64_MAX

/* @own: the running program; @ram_said: by options. */
struct plan {
	const char *kernel_path, *initrd_path, *tree, *cpu, *bootargs, *svg;
	uint64_t kernel_at, initrd_at;
	unsigned int el, granule;
	bool verify, relocate, json;
	struct machine machine;
	struct ram ram;
	struct trans_ranges ram_said, own;
	struct trans_range ram_storage[MACHINE_RANGES];
	struct trans_range own_storage[MACHINE_RANGES];
	struct trans_range kernel, initrd;
	struct trans_kexec kexec;
};

/* Of a loaded one: in words and as a picture. What the command ends with. */
int plan_show(struct plan *plan, struct out *out);

#endif
