/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Kexec: segments become moves, moves become a transition. The steps stand in
 * trans_kexec_load; each either succeeds or names its error, and everything
 * that a step allocated is in struct trans_kexec, so that one function,
 * trans_kexec_unload, gives back whatever there is.
 */
#include <libfdt.h>

#include "../lib/fail.h"
#include "load.h"

/* What trans_fdt_edit adds besides the command line: /chosen with four
 * properties, their names, two seeds of 136 bytes in all, a reservation. Each
 * further reservation is two words. */
#define FDT_SLACK 1024u
#define FDT_RESERVATION 16u

/* The arguments */

static bool is_complete(const struct trans_kexec_args *args)
{
	return args->fdt && args->ram && args->reserved && args->host &&
	       args->host->phys_to_virt && args->transition.cpu;
}

/* Also makes the pool, because that is what knows a granule from a number. */
static int check_args(struct load *load)
{
	const struct trans_kexec_args *args = load->args;
	struct trans_kexec *kexec = load->kexec;

	if (!is_complete(args))
		return trans_fail(load->err, TRANS_EINVAL, "missing argument");
	trans_ranges_init(&kexec->usable, kexec->usable_storage,
			  TRANS_KEXEC_RANGES);
	trans_ranges_init(&kexec->forbidden, kexec->forbidden_storage,
			  TRANS_KEXEC_RANGES);
	trans_moves_init(&kexec->want, kexec->want_storage, TRANS_KEXEC_MOVES);
	trans_moves_init(&kexec->plan, kexec->plan_storage, TRANS_KEXEC_MOVES);
	if (trans_pool_init(&kexec->pool, load_shift(load), args->host,
			    args->host_ctx,
			    args->unsafe ? NULL : &kexec->forbidden))
		return trans_fail(load->err, TRANS_EINVAL,
				  "granule, or a host callback is missing");
	return TRANS_OK;
}

/* Whole granules are moved, so the last one must be RAM to its end. The first
 * check keeps the rounding from passing 2^64. */
static int check_source(struct load *load, struct trans_range file,
			const char *why)
{
	const struct trans_ranges *ram = load->args->ram;

	if (!trans_ranges_contain(ram, file.start, file.len) ||
	    !trans_ranges_contain(ram, file.start,
				  load_round_up(load, file.len)))
		return trans_fail_pa(load->err, TRANS_ERANGE, why, file.start,
				     file.len);
	if (file.start & (load_granule(load) - 1))
		return trans_fail_pa(load->err, TRANS_EALIGN, why, file.start,
				     file.len);
	return TRANS_OK;
}

static bool overlap(struct trans_range a, struct trans_range b)
{
	return a.len && b.len && a.start <= b.start + (b.len - 1) &&
	       b.start <= a.start + (a.len - 1);
}

static int check_sources(struct load *load)
{
	const struct trans_kexec_args *args = load->args;
	int rc = check_source(load, args->kernel, "kernel file");

	if (!rc && args->initrd.len)
		rc = check_source(load, args->initrd, "initrd file");
	if (!rc && overlap(args->kernel, args->initrd))
		rc = trans_fail_pa(load->err, TRANS_EOVERLAP,
				   "kernel and initrd files",
				   args->initrd.start, args->initrd.len);
	return rc;
}

static uint64_t min_u64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static int authenticate(struct load *load)
{
	const struct trans_kexec_args *args = load->args;

	if (args->authenticate &&
	    args->authenticate(args->auth_ctx, &args->kernel, &args->initrd))
		return trans_fail_pa(load->err, TRANS_EHOST, "authenticate",
				     args->kernel.start, args->kernel.len);
	return TRANS_OK;
}

/* Where everything goes */

/* What the edited tree may need. A tree that is not valid gets the slack, and
 * its error from trans_fdt_edit. */
static uint64_t fdt_room(const struct load *load)
{
	const char *bootargs = load->args->edit.bootargs;
	uint64_t len = trans_fdt_used(load->args->fdt, load->args->fdt_len) +
		       FDT_SLACK;

	if (load->args->edit.reserve_count > TRANS_FDT_MAX_LEN)
		return TRANS_FDT_MAX_LEN;
	len += load->args->edit.reserve_count * FDT_RESERVATION;
	for (; bootargs && *bootargs && len < TRANS_FDT_MAX_LEN; bootargs++)
		len++;
	return min_u64(load_round_up(load, len), TRANS_FDT_MAX_LEN);
}

static int forbid(struct load *load, struct trans_range range)
{
	uint64_t first = range.start & ~(load_granule(load) - 1);
	uint64_t end = load_round_up(load, range.start + range.len);

	if (trans_ranges_add(&load->kexec->forbidden, first, end - first))
		return trans_fail_pa(load->err, TRANS_ENOSPC, "destinations",
				     range.start, range.len);
	return TRANS_OK;
}

/* The kernel's .bss too: nothing is moved there, but it is no place to keep
 * what the kernel's first instructions may still need. */
static int forbid_destinations(struct load *load)
{
	struct trans_kexec *kexec = load->kexec;
	int rc = forbid(load, (struct trans_range){ load->place.kernel,
						    load->image.memory_len });

	if (!rc && kexec->initrd.len)
		rc = forbid(load, kexec->initrd);
	return rc ? rc : forbid(load, kexec->fdt);
}

/* Moves are whole granules, so a granule that holds one byte which must not be
 * written is no destination. The top of the address space is not RAM. */
static int take_away(struct load *load, struct trans_range range)
{
	uint64_t first = load_round_down(load, range.start);
	uint64_t last = range.start + (range.len - 1);

	if (!range.len)
		return TRANS_OK;
	last |= load_granule(load) - 1;
	return trans_ranges_remove(&load->kexec->usable, first,
				   last - first + (last != UINT64_MAX));
}

static int take_away_all(struct load *load, const struct trans_range *range,
			 size_t count)
{
	int rc = TRANS_OK;

	for (size_t i = 0; !rc && i < count; i++)
		rc = take_away(load, range[i]);
	return rc;
}

/* RAM, in whole granules. */
static int add_ram(struct load *load)
{
	const struct trans_ranges *ram = load->args->ram;
	int rc = TRANS_OK;

	for (size_t i = 0; !rc && i < ram->count; i++) {
		uint64_t start = load_round_up(load, ram->range[i].start);
		uint64_t end = load_round_down(load, ram->range[i].start +
							     ram->range[i].len);

		if (end > start)
			rc = trans_ranges_add(&load->kexec->usable, start,
					      end - start);
	}
	return rc;
}

static int find_usable(struct load *load)
{
	const struct trans_kexec_args *args = load->args;
	int rc = add_ram(load);

	if (!rc)
		rc = take_away_all(load, args->reserved->range,
				   args->reserved->count);
	if (!rc)
		rc = take_away_all(load, args->edit.reserve,
				   args->edit.reserve_count);
	return rc ? trans_fail(load->err, rc, "memory map") : rc;
}

static struct trans_range first_granule(const struct load *load,
					trans_pa_t pa)
{
	return (struct trans_range){ pa, load_granule(load) };
}

/* What must move may not come out where it is all the same: nobody could clean
 * it there. Whether the first choice was such, and is now impossible. */
static bool coincides(struct load *load, int *rc)
{
	const struct trans_kexec *kexec = load->kexec;
	trans_pa_t initrd = load->args->initrd.start;
	bool again = false;

	if (!load->args->relocate)
		return false;
	if (kexec->pieces && kexec->piece[0].src == load->place.kernel) {
		*rc = take_away(load, first_granule(load, load->place.kernel));
		again = true;
	}
	if (!*rc && load->args->initrd.len && initrd == load->place.initrd) {
		*rc = take_away(load, first_granule(load, initrd));
		again = true;
	}
	if (*rc)
		trans_fail(load->err, *rc, "memory map");
	return again && !*rc;
}

/* What stays must be cleaned, so it must be seen. */
static bool can_stay(const struct load *load, trans_pa_t pa, uint64_t len)
{
	const struct trans_kexec_args *args = load->args;

	return !args->relocate && len &&
	       args->host->phys_to_virt(args->host_ctx, pa, (size_t)len);
}

static struct trans_wish initrd_wish(const struct load *load)
{
	struct trans_range initrd = load->args->initrd;

	if (!can_stay(load, initrd.start, initrd.len))
		return (struct trans_wish){ TRANS_WISH_NONE, 0 };
	return (struct trans_wish){ TRANS_WISH_STAY, initrd.start };
}

static struct trans_wish kernel_wish(const struct load *load)
{
	if (load->wish.kind == TRANS_WISH_STAY &&
	    !can_stay(load, load->wish.at, load->image.file_len))
		return (struct trans_wish){ TRANS_WISH_NONE, 0 };
	return load->wish;
}

static int place(struct load *load)
{
	struct trans_kexec *kexec = load->kexec;
	const struct trans_kexec_args *args = load->args;
	struct trans_place_request request = {
		.usable = &kexec->usable,
		.image = &load->image,
		.initrd_len = args->initrd.len,
		.fdt_len = load->fdt_room = fdt_room(load),
		.granule = load_granule(load),
		.kernel_wish = kernel_wish(load),
		.initrd_wish = initrd_wish(load),
	};
	int rc = find_usable(load);

	do {
		if (!rc)
			rc = trans_place(&request, &load->place, load->err);
	} while (!rc && coincides(load, &rc));
	if (rc)
		return rc;
	kexec->kernel = (struct trans_range){ load->place.kernel,
					      load->image.file_len };
	kexec->initrd = (struct trans_range){ load->place.initrd,
					      args->initrd.len };
	kexec->fdt = (struct trans_range){ load->place.fdt, load->fdt_room };
	return forbid_destinations(load);
}

/* The device tree */

static int alloc_tree(struct load *load)
{
	struct trans_kexec *kexec = load->kexec;
	struct trans_pool *pool = &kexec->pool;
	unsigned int count = (unsigned int)(load->fdt_room >> pool->shift);

	if (pool->ops.alloc(pool, pool->shift, count, &kexec->fdt_source))
		return trans_fail_pa(load->err, TRANS_ENOMEM, "device tree", 0,
				     load->fdt_room);
	kexec->fdt_granules = count;
	load->fdt = pool->ops.phys_to_virt(pool, kexec->fdt_source,
					   load->fdt_room);
	if (!load->fdt)
		return trans_fail_pa(load->err, TRANS_EFAULT, "device tree",
				     kexec->fdt_source, load->fdt_room);
	memset(load->fdt, 0, load->fdt_room);
	return TRANS_OK;
}

/* In safe memory it survives; trans_place's rules for where it goes. */
static bool tree_may_stay(const struct load *load)
{
	uint64_t last = load->kexec->fdt_source + (load->fdt_room - 1);

	return !load->args->relocate && !load->args->unsafe &&
	       load->kexec->fdt_source > load->place.kernel &&
	       last >> 48 == 0 &&
	       load->kexec->fdt_source / TRANS_FDT_MAX_LEN ==
	       last / TRANS_FDT_MAX_LEN;
}

static int edit_tree(struct load *load)
{
	struct trans_fdt_edit edit = load->args->edit;
	int rc = alloc_tree(load);

	edit.initrd = load->kexec->initrd;
	if (tree_may_stay(load))
		load->kexec->fdt.start = load->kexec->fdt_source;
	if (!rc)
		rc = trans_fdt_edit(load->args->fdt, load->args->fdt_len,
				    load->fdt, load->fdt_room, &edit,
				    load->err);
	if (!rc)
		load->kexec->fdt.len = fdt_totalsize(load->fdt);
	return rc;
}

/* The moves */

static int want(struct load *load, trans_pa_t src, struct trans_range dst)
{
	int rc = trans_moves_add(&load->kexec->want, src, dst.start,
				 load_round_up(load, dst.len));

	return rc ? trans_fail_pa(load->err, rc, "move", dst.start, dst.len) :
	       rc;
}

static int want_all(struct load *load)
{
	struct trans_kexec *kexec = load->kexec;
	int rc = TRANS_OK;

	for (size_t i = 0; !rc && i < kexec->pieces; i++)
		rc = want(load, kexec->piece[i].src, (struct trans_range){
			  kexec->kernel.start + kexec->piece[i].offset,
			  kexec->piece[i].len });
	if (!rc)
		rc = want(load, load->args->initrd.start, kexec->initrd);
	return rc ? rc : want(load, kexec->fdt_source, kexec->fdt);
}

/* The mover cleans what it moves, so that a kernel that begins with its caches
 * off finds it (booting.rst). Nobody else cleans the rest. */
static int clean_if_in_place(const struct load *load, trans_pa_t src,
			     struct trans_range dst)
{
	const struct trans_kexec_args *args = load->args;
	const void *bytes;

	if (src != dst.start || !dst.len || !args->host->clean)
		return TRANS_OK;
	bytes = args->host->phys_to_virt(args->host_ctx, src, (size_t)dst.len);
	if (!bytes)
		return trans_fail_pa(load->err, TRANS_EFAULT,
				     "in place, and cannot be cleaned", src,
				     dst.len);
	args->host->clean(args->host_ctx, bytes, (size_t)dst.len);
	return TRANS_OK;
}

static int clean_what_stays(struct load *load)
{
	struct trans_kexec *kexec = load->kexec;
	int rc = TRANS_OK;

	for (size_t i = 0; !rc && i < kexec->pieces; i++)
		rc = clean_if_in_place(load, kexec->piece[i].src,
				       (struct trans_range){
			kexec->kernel.start + kexec->piece[i].offset,
			kexec->piece[i].len });
	if (!rc)
		rc = clean_if_in_place(load, load->args->initrd.start,
				       kexec->initrd);
	return rc ? rc : clean_if_in_place(load, kexec->fdt_source,
					   kexec->fdt);
}

/* One granule for breaking cycles. Without the safe-page rule it could lie in a
 * destination, which the planner would refuse: the proof is to see that. */
static int alloc_spare(struct load *load, struct trans_range *spare)
{
	struct trans_pool *pool = &load->kexec->pool;

	*spare = (struct trans_range){ 0, 0 };
	if (load->args->unsafe)
		return TRANS_OK;
	if (pool->ops.alloc(pool, pool->shift, 1, &load->kexec->spare))
		return trans_fail(load->err, TRANS_ENOMEM, "spare page");
	load->kexec->spare_granules = 1;
	*spare = (struct trans_range){ load->kexec->spare, load_granule(load) };
	return TRANS_OK;
}

static int plan(struct load *load)
{
	struct trans_kexec *kexec = load->kexec;
	struct trans_range spare;
	int rc = alloc_spare(load, &spare);

	if (!rc)
		rc = want_all(load);
	return rc ? rc : trans_moves_plan(&kexec->want, &kexec->plan,
					  load_granule(load), &spare, load->err);
}

/* The transition */

/* What the blob writes must lie apart from all that the next kernel finds; its
 * own proof knows only what is moved. */
static int check_apart(const struct load *load, trans_pa_t pa, uint64_t len,
		       const char *why)
{
	const struct trans_kexec *kexec = load->kexec;
	struct trans_range own = { pa, len };

	if (!pa || (!trans_ranges_touch(&kexec->forbidden, pa, len) &&
		    !overlap(own, kexec->fdt)))
		return TRANS_OK;
	return trans_fail_pa(load->err, TRANS_EOVERLAP, why, pa, len);
}

static int check_transition(struct load *load)
{
	const struct trans_transition_args *args = &load->args->transition;
	int rc = check_apart(load, args->report,
			     sizeof(struct trans_blob_report),
			     "the report lies in what the next kernel finds");

	if (rc || args->uart_kind == TRANS_UART_NONE)
		return rc;
	return check_apart(load, args->uart, TRANS_UART_LEN,
			   "the UART lies in what the next kernel finds");
}

static int prepare(struct load *load)
{
	struct trans_kexec *kexec = load->kexec;
	struct trans_transition_args args = load->args->transition;
	int rc;

	args.ops = &kexec->pool.ops;
	args.ctx = &kexec->pool;
	args.plan = &kexec->plan;
	args.ram = &kexec->usable;
	if (load->args->verify) {
		args.digests = kexec->digest;
		args.digest_count = kexec->digests;
	}
	args.entry = kexec->kernel.start + load->entry;
	/* booting.rst: x0 is the device tree, x1..x3 are reserved and 0. */
	args.x[0] = kexec->fdt.start;
	args.x[1] = args.x[2] = args.x[3] = 0;
	rc = trans_transition_prepare(&kexec->transition, &args, load->err);
	if (rc)
		return rc;
	trans_pool_trim(&kexec->pool);
	kexec->table_pages = (uint64_t)kexec->transition.low.pages +
			     kexec->transition.high.pages;
	kexec->payload_bytes = kexec->kernel.len + kexec->initrd.len +
			       kexec->fdt.len;
	return TRANS_OK;
}

int trans_kexec_load(struct trans_kexec *kexec,
		     const struct trans_kexec_args *args,
		     struct trans_error *err)
{
	static int (*const steps[])(struct load *load) = {
		check_args, check_sources, authenticate, load_unpack, place,
		edit_tree, plan, load_verify, clean_what_stays,
		check_transition, prepare,
	};
	struct load load = { .kexec = kexec, .args = args, .err = err };
	int rc = TRANS_OK;

	memset(kexec, 0, sizeof(*kexec));
	for (size_t i = 0; !rc && i < sizeof(steps) / sizeof(*steps); i++)
		rc = steps[i](&load);
	if (rc)
		trans_kexec_unload(kexec);
	return rc;
}

int trans_kexec_start(struct trans_kexec *kexec, struct trans_error *err)
{
	int rc = trans_transition_quiesce(&kexec->transition, err);

	if (rc)
		return rc;
	trans_transition_go(&kexec->transition);
}

static void give_back(struct trans_pool *pool, trans_pa_t pa,
		      unsigned int count)
{
	if (count)
		pool->ops.free(pool, pool->shift, count, pa);
}

void trans_kexec_unload(struct trans_kexec *kexec)
{
	trans_transition_cancel(&kexec->transition);
	give_back(&kexec->pool, kexec->fdt_source, kexec->fdt_granules);
	give_back(&kexec->pool, kexec->spare, kexec->spare_granules);
	load_drop_unpacked(kexec);
	if (kexec->pool.host)
		trans_pool_trim(&kexec->pool);
	memset(kexec, 0, sizeof(*kexec));
}
