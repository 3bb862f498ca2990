/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
#include "crash.h"
#include "machine.h"
#include "memory.h"
#include "print.h"

#define MAX_RANGES 16

/* What a crash kernel is entered with; prepared in advance by a real host. */
static struct trans_transition crash;
static struct trans_range storage[MAX_RANGES];

/* Nothing that exists is overwritten: all RAM up to the end of the archive
 * (where QEMU's last file is, the device tree, too) is out of bounds. */
static int beyond_everything(struct trans_ranges *reserved)
{
	trans_pa_t start = machine.ram.range[0].start;
	trans_pa_t end = machine.archive.start + machine.archive.len;
	trans_pa_t tree = machine.fdt.start + machine.fdt.len;
	int ret;

	trans_ranges_init(reserved, storage, MAX_RANGES);
	ret = trans_ranges_add_all(reserved, &machine.reserved);
	return ret ? ret :
		     trans_ranges_add(reserved, start,
				      (tree > end ? tree : end) - start);
}

/* All that it finds: zeroed here, cleaned by the blob, because it may be dirty
 * again by then. */
static struct trans_range stays_storage[MAX_RANGES];
static struct trans_ranges stays;

static int placed(trans_pa_t dst, uint64_t len)
{
	return trans_ranges_add(&stays, dst, len);
}

/* The moves are what a file became, unpacked and in segments if need be. None
 * reads what another one writes, since the destinations lie beyond all
 * files. */
static int place_loaded(const struct trans_kexec *kexec)
{
	const struct trans_moves *plan = &kexec->plan;
	const struct trans_ranges *zero = &kexec->zero;
	int ret = trans_ranges_add_all(&stays, &kexec->stays);

	for (size_t i = 0; !ret && i < plan->count; i++) {
		const struct trans_move *move = &plan->move[i];

		memcpy(at_pa(move->dst), at_pa(move->src), move->len);
		ret = placed(move->dst, move->len);
	}
	for (size_t i = 0; !ret && i < zero->count; i++) {
		memset(at_pa(zero->range[i].start), 0, zero->range[i].len);
		ret = placed(zero->range[i].start, zero->range[i].len);
	}
	return ret;
}

static int no_room(int ret, struct trans_error *err)
{
	*err = (struct trans_error){ .status = ret,
				     .why = "crash area",
				     .level = TRANS_NO_LEVEL };
	return ret;
}

/* Load as if to move, and do by hand what the mover would. */
static int place_all(struct trans_kexec *kexec, struct trans_kexec_args args,
		     struct trans_error *err)
{
	struct trans_ranges reserved;
	int ret = beyond_everything(&reserved);

	if (ret)
		return no_room(ret, err);
	args.reserved = &reserved;
	args.relocate = true;
	ret = trans_kexec_load(kexec, &args, err);
	if (ret)
		return ret;
	trans_ranges_init(&stays, stays_storage, MAX_RANGES);
	ret = place_loaded(kexec);
	return ret ? no_room(ret, err) : 0;
}

int crash_enter(struct trans_kexec *kexec, const struct trans_kexec_args *args,
		struct trans_error *err)
{
	struct trans_transition_args entry = args->transition;
	struct trans_moves none;
	int ret = place_all(kexec, *args, err);

	if (ret)
		return ret;
	trans_moves_init(&none, NULL, 0);
	entry.ops = &memory_ops;
	entry.ctx = &memory;
	entry.plan = &none;
	entry.stays = &stays;
	entry.map = TRANS_MAP_NONE;
	entry.host = &crash;
	entry.entry = kexec->transition.args.entry;
	entry.x[0] = kexec->fdt.start;
	trans_kexec_unload(kexec);
	ret = trans_transition_prepare(&crash, &entry, err);
	if (!ret)
		ret = trans_transition_ask(&crash, err);
	if (ret) {
		trans_transition_cancel(&crash);
		return ret;
	}
	print("port: crash entry, %lu moves\n", crash.move_count);
	trans_transition_go(&crash);
}
