/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Where kernel, initrd and device tree go: what memory trans_place may choose
 * from, what may stay where it is, and what nothing else may use from then on.
 */
#include "kexec/load.h"
#include "lib/fail.h"

static int forbid(struct load *load, struct trans_range range)
{
	uint64_t first = load_round_down(load, range.start);
	uint64_t end = load_round_up(load, range.start + range.len);

	if (trans_ranges_add(&load->kexec->forbidden, first, end - first))
		return trans_fail_pa(load->err, TRANS_ENOSPC, "destinations",
				     range.start, range.len);
	return 0;
}

/* The kernel's .bss too, which is zeroed. */
static int forbid_destinations(struct load *load)
{
	struct trans_kexec *kexec = load->kexec;
	int ret = forbid(load, (struct trans_range){ load->place.kernel,
						     load->image.memory_len });

	if (!ret && kexec->initrd.len)
		ret = forbid(load, kexec->initrd);
	return ret ? ret : forbid(load, kexec->fdt);
}

/* Moves are whole granules, so a granule that holds one byte which must not be
 * written is no destination. The top of the address space is not RAM. */
static int take_away(struct load *load, struct trans_range range)
{
	uint64_t first = load_round_down(load, range.start);
	uint64_t last = range.start + (range.len - 1);

	if (!range.len)
		return 0;
	last |= load_granule(load) - 1;
	return trans_ranges_remove(&load->kexec->usable, first,
				   last - first + (last != UINT64_MAX));
}

static int take_away_all(struct load *load, const struct trans_range *range,
			 size_t count)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < count; i++)
		ret = take_away(load, range[i]);
	return ret;
}

/* RAM, in whole granules. */
static int add_ram(struct load *load)
{
	const struct trans_ranges *ram = load->args->ram;
	int ret = 0;

	for (size_t i = 0; !ret && i < ram->count; i++) {
		uint64_t start = load_round_up(load, ram->range[i].start);
		uint64_t end = load_round_down(load, ram->range[i].start +
							     ram->range[i].len);

		if (end > start)
			ret = trans_ranges_add(&load->kexec->usable, start,
					       end - start);
	}
	return ret;
}

static int find_usable(struct load *load)
{
	const struct trans_kexec_args *args = load->args;
	int ret = add_ram(load);

	if (!ret)
		ret = take_away_all(load, args->reserved->range,
				    args->reserved->count);
	if (!ret)
		ret = take_away_all(load, args->edit.reserve,
				    args->edit.reserve_count);
	return ret ? trans_fail(load->err, ret, "memory map") : ret;
}

static struct trans_wish initrd_wish(const struct load *load)
{
	struct trans_range initrd = load->args->initrd;

	if (load->args->relocate || !initrd.len)
		return (struct trans_wish){ TRANS_WISH_NONE, 0 };
	return (struct trans_wish){ TRANS_WISH_STAY, initrd.start };
}

static struct trans_wish kernel_wish(const struct load *load)
{
	if (load->wish.kind == TRANS_WISH_STAY && load->args->relocate)
		return (struct trans_wish){ TRANS_WISH_NONE, 0 };
	return load->wish;
}

int trans_kexec_place_(struct load *load)
{
	struct trans_kexec *kexec = load->kexec;
	const struct trans_kexec_args *args = load->args;
	struct trans_place_request request = {
		.usable = &kexec->usable,
		.image = &load->image,
		.initrd_len = args->initrd.len,
		.fdt_len = load->fdt_room = trans_kexec_tree_room_(load),
		.granule = load_granule(load),
		.kernel_wish = kernel_wish(load),
		.initrd_wish = initrd_wish(load),
	};
	int ret = find_usable(load);

	if (!ret)
		ret = trans_place(&request, &load->place, load->err);
	if (ret)
		return ret;
	kexec->kernel = (struct trans_range){ load->place.kernel,
					      load->image.file_len };
	kexec->initrd = (struct trans_range){ load->place.initrd,
					      args->initrd.len };
	kexec->fdt = (struct trans_range){ load->place.fdt, load->fdt_room };
	for (size_t i = 0; i < kexec->zero.count; i++)
		kexec->zero.range[i].start += kexec->kernel.start;
	return forbid_destinations(load);
}
