/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Kexec: segments become moves, moves become a transition. The steps stand in
 * trans_kexec_load; each either succeeds or names its error, and everything
 * that a step allocated is in struct trans_kexec, so that one function,
 * trans_kexec_unload, gives back whatever there is. The first and the last
 * steps are here, arguments and transition; load.h names the others.
 */
#include "kexec/load.h"
#include "lib/fail.h"

static const char *missing(const struct trans_kexec_args *args)
{
	const struct trans_ops *host = args->host;

	if (!args->fdt)
		return trans_why("fdt is missing");
	if (!args->ram)
		return trans_why("ram is missing");
	if (!args->reserved)
		return trans_why("reserved is missing: an empty one says none");
	if (!host || !host->alloc || !host->free || !host->phys_to_virt)
		return trans_why(
			"host, or its alloc, free or phys_to_virt, is missing");
	if (!args->transition.cpu)
		return trans_why("cpu is missing");
	return NULL;
}

/* Also makes the pool, because that is what knows a granule from a number. */
static int check_args(struct load *load)
{
	const struct trans_kexec_args *args = load->args;
	struct trans_kexec *kexec = load->kexec;
	const char *why = missing(args);

	if (why)
		return trans_fail(load->err, TRANS_EINVAL, why);
	trans_ranges_init(&kexec->usable, kexec->usable_storage,
			  TRANS_KEXEC_RANGES);
	trans_ranges_init(&kexec->forbidden, kexec->forbidden_storage,
			  TRANS_KEXEC_RANGES);
	trans_ranges_init(&kexec->zero, kexec->zero_storage,
			  TRANS_KEXEC_REST);
	trans_ranges_init(&kexec->stays, kexec->stays_storage,
			  TRANS_KEXEC_REST);
	trans_moves_init(&kexec->want, kexec->want_storage, TRANS_KEXEC_MOVES);
	trans_moves_init(&kexec->plan, kexec->plan_storage, TRANS_KEXEC_MOVES);
	if (trans_pool_init(&kexec->pool, load_shift(load), args->host,
			    args->host_ctx,
			    args->unsafe ? NULL : &kexec->forbidden))
		return trans_fail(load->err, TRANS_EINVAL,
				  "unknown granule");
	return 0;
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
	return 0;
}

static int check_sources(struct load *load)
{
	const struct trans_kexec_args *args = load->args;
	int ret = check_source(load, args->kernel, "kernel file");

	if (!ret && args->initrd.len)
		ret = check_source(load, args->initrd, "initrd file");
	if (!ret && trans_overlap(args->kernel.start, args->kernel.len,
				  args->initrd.start, args->initrd.len))
		ret = trans_fail_pa(load->err, TRANS_EOVERLAP,
				    "kernel and initrd files",
				    args->initrd.start, args->initrd.len);
	return ret;
}

static int authenticate(struct load *load)
{
	const struct trans_kexec_args *args = load->args;

	if (args->authenticate &&
	    args->authenticate(args->auth_ctx, &args->kernel, &args->initrd))
		return trans_fail_pa(load->err, TRANS_EHOST, "authenticate",
				     args->kernel.start, args->kernel.len);
	return 0;
}

/* What the blob writes must lie apart from all that the next kernel finds; its
 * own proof knows only what is moved. */
static int check_apart(const struct load *load, trans_pa_t pa, uint64_t len,
		       const char *why)
{
	const struct trans_kexec *kexec = load->kexec;

	if (!pa || (!trans_ranges_touch(&kexec->forbidden, pa, len) &&
		    !trans_overlap(pa, len, kexec->fdt.start, kexec->fdt.len)))
		return 0;
	return trans_fail_pa(load->err, TRANS_EOVERLAP, why, pa, len);
}

static int check_transition(struct load *load)
{
	const struct trans_transition_args *args = &load->args->transition;
	int ret = check_apart(load, args->report,
			      sizeof(struct trans_blob_report),
			      "the report lies in what the next kernel finds");

	if (ret || !trans_uart_exists(&args->uart))
		return ret;
	return check_apart(load, args->uart.pa, trans_uart_len(&args->uart),
			   "the UART lies in what the next kernel finds");
}

static int prepare(struct load *load)
{
	struct trans_kexec *kexec = load->kexec;
	struct trans_transition_args args = load->args->transition;
	int ret = trans_kexec_begin_work_(load, LOAD_ALL, 1);

	if (ret)
		return ret;
	args.ops = &kexec->pool.ops;
	args.ctx = &kexec->pool;
	args.plan = &kexec->plan;
	args.zero = &kexec->zero;
	args.stays = &kexec->stays;
	args.ram = &kexec->usable;
	if (load->args->verify) {
		args.digests = kexec->digest;
		args.digest_count = kexec->digests;
	}
	args.entry = kexec->kernel.start + load->entry;
	/* booting.rst: x0 is the device tree, x1..x3 are reserved and 0. */
	args.x[0] = kexec->fdt.start;
	args.x[1] = args.x[2] = args.x[3] = 0;
	ret = trans_transition_prepare(&kexec->transition, &args, load->err);
	if (ret)
		return ret;
	trans_pool_trim(&kexec->pool);
	kexec->table_pages = (uint64_t)kexec->transition.low.pages +
			     kexec->transition.high.pages;
	kexec->payload_bytes = kexec->kernel.len + kexec->initrd.len +
			       kexec->fdt.len;
	return trans_kexec_work_(load, 1);
}

int trans_kexec_load(struct trans_kexec *kexec,
		     const struct trans_kexec_args *args,
		     struct trans_error *err)
{
	static int (*const steps[])(struct load *load) = {
		check_args, check_sources, authenticate, trans_kexec_unpack_,
		trans_kexec_place_, trans_kexec_edit_tree_, trans_kexec_plan_,
		trans_kexec_verify_, check_transition, prepare,
	};
	struct load load = { .kexec = kexec, .args = args, .err = err };
	int ret = 0;

	memset(kexec, 0, sizeof(*kexec));
	for (size_t i = 0; !ret && i < sizeof(steps) / sizeof(*steps); i++)
		ret = steps[i](&load);
	if (ret)
		trans_kexec_unload(kexec);
	return ret;
}

int trans_kexec_start(struct trans_kexec *kexec, struct trans_error *err)
{
	int ret = trans_transition_ask(&kexec->transition, err);

	if (ret)
		return ret;
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
	trans_kexec_drop_unpacked_(kexec);
	if (kexec->pool.host.ops)
		trans_pool_trim(&kexec->pool);
	memset(kexec, 0, sizeof(*kexec));
}
