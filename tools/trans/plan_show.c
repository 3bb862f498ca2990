/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* What a kexec would do: the library's own dry run, and three bars: memory
 * before it, what survives meanwhile, and what the next kernel finds. */
#include "picture_of.h"
#include "plan_show.h"
#include "trans.h"

static void add_machine(struct picture *picture, const struct plan *plan)
{
	picture_ranges(picture, PICTURE_RAM, &plan->machine.ram, "memory");
	picture_ranges(picture, PICTURE_RESERVED, &plan->machine.reserved,
		"reserved");
}

static void add_before(struct picture *picture, const struct plan *plan)
{
	picture_bar(picture, "before");
	add_machine(picture, plan);
	picture_ranges(picture, PICTURE_HOST, &plan->own, "the running program");
	picture_add(picture, PICTURE_KERNEL, plan->kernel.start,
		    plan->kernel.len, "the kernel's file");
	picture_add(picture, PICTURE_INITRD, plan->initrd.start,
		    plan->initrd.len, "the initrd's file");
}

/* Sources that are none of the files: a copy of what would be overwritten. */
static void add_during(struct picture *picture, const struct plan *plan)
{
	const struct trans_kexec *kexec = &plan->kexec;
	unsigned int shift = kexec->pool.shift;

	picture_bar(picture, "during");
	add_machine(picture, plan);
	for (size_t i = 0; i < kexec->plan.count; i++)
		if (kexec->plan.move[i].src != TRANS_ZERO)
			picture_add(picture, PICTURE_DATA,
				    kexec->plan.move[i].src,
				    kexec->plan.move[i].len,
				    "source of a move");
	picture_add(picture, PICTURE_TREE, kexec->fdt_source,
		    (uint64_t)kexec->fdt_granules << shift,
		    "the edited device tree");
	picture_add(picture, PICTURE_SPARE, kexec->spare,
		    (uint64_t)kexec->spare_granules << shift, "the spare page");
	picture_transition(picture, &kexec->transition);
}

static void add_after(struct picture *picture, const struct plan *plan)
{
	const struct trans_kexec *kexec = &plan->kexec;

	picture_bar(picture, "after");
	add_machine(picture, plan);
	picture_add(picture, PICTURE_KERNEL, kexec->kernel.start,
		    kexec->kernel.len, "the kernel");
	picture_ranges(picture, PICTURE_ZERO, &kexec->zero,
		"zeroed: the kernel's .bss");
	picture_add(picture, PICTURE_INITRD, kexec->initrd.start,
		    kexec->initrd.len, "the initrd");
	picture_add(picture, PICTURE_TREE, kexec->fdt.start, kexec->fdt.len,
		    "the device tree");
}

static int show_picture(struct plan *plan, struct out *out)
{
	struct picture picture;
	int ret = EXIT_FINE;

	picture_begin(&picture, "Where a kexec puts what");
	add_before(&picture, plan);
	add_during(&picture, plan);
	add_after(&picture, plan);
	out_list(out, "map");
	picture_text(&picture, out);
	picture_marks(&picture, out);
	out_list_end(out);
	if (plan->svg)
		ret = picture_file(&picture, plan->svg);
	picture_drop(&picture);
	return ret;
}

int plan_show(struct plan *plan, struct out *out)
{
	const struct trans_kexec *kexec = &plan->kexec;
	struct trans_error err;

	out_address(out, "kernel", kexec->kernel.start);
	if (kexec->initrd.len)
		out_address(out, "initrd", kexec->initrd.start);
	out_address(out, "device_tree", kexec->fdt.start);
	out_address(out, "entry", kexec->transition.args.entry);
	out_number(out, "moves", kexec->plan.count);
	out_number(out, "moved_bytes", kexec->transition.move_bytes);
	out_number(out, "table_pages", kexec->table_pages);
	out_flag(out, "proof", !trans_transition_check(&kexec->transition,
						       &err));
	out_list(out, "plan");
	trans_kexec_print(kexec, out_put, out);
	out_list_end(out);
	return show_picture(plan, out);
}
