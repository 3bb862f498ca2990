/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The arguments of a transition: what is wrong with them, said before anything
 * is allocated, and what they say otherwise.
 */
#include "lib/fail.h"
#include "trans/transition/private.h"
#include "lib/numbers.h"

static const char *missing(const struct trans_transition_args *args)
{
	const struct trans_ops *ops = args->ops;

	if (!args->cpu)
		return trans_why("cpu is missing");
	if (!ops || !ops->alloc || !ops->free || !ops->phys_to_virt)
		return trans_why("alloc, free or phys_to_virt is missing");
	if (!args->plan)
		return trans_why("plan is missing");
	if (!args->alias_prepare)
		return trans_why("alias_prepare is missing");
	if (args->map == TRANS_MAP_LINEAR && !args->linear)
		return trans_why("linear is missing");
	if (args->scrub && !args->linear)
		return trans_why("scrub without linear");
	if (args->coarse_above && !args->ram)
		return trans_why("coarse_above without ram");
	if (args->digest_count && !args->digests)
		return trans_why("digests are missing");
	return NULL;
}

static bool bad_uart(const struct trans_uart *uart)
{
	unsigned int width = uart->width;

	if (width > 4 || width == 3)
		return true;
	return width && (uart->pa | uart->data | uart->status) & (width - 1);
}

static const char *unknown(const struct trans_transition_args *args)
{
	if (args->map < TRANS_MAP_SPARSE || args->map > TRANS_MAP_NONE)
		return trans_why("unknown map choice");
	if ((args->map == TRANS_MAP_LINEAR && !copies_map(args)) ||
	    args->scrub != wants_scrub(args))
		return trans_why(
			"this build has no linear map (TRANS_ASSUME_SPARSE)");
	if (args->world != world_of(args))
		return trans_why("this build has no world with an MMU "
				 "(TRANS_ASSUME_PHYSICAL)");
	if (bad_uart(&args->uart))
		return trans_why("UART: its width, or registers that it does "
				 "not divide");
	if (args->conduit > TRANS_CONDUIT_SMC)
		return trans_why("unknown conduit");
	if (args->on_failure > TRANS_FAILURE_PARKS)
		return trans_why("unknown on_failure");
	if (args->digest_count != digests_of(args))
		return trans_why(
			"this build has no digests (TRANS_ASSUME_NO_DIGESTS)");
	if (args->coarse_above != coarse_above(args))
		return trans_why(
			"this build has no coarse map (TRANS_ASSUME_EXACT)");
	if (args->digest_count > TRANS_DIGESTS_MAX)
		return trans_why("too many digests");
	if (copies_map(args) && args->linear_flags & TRANS_REPLACE)
		return trans_why("REPLACE in linear_flags");
	return NULL;
}

/* Whose HVCs are answered by whom. */
static const char *bad_calls(const struct trans_transition_args *args)
{
	if (args->sdei && args->conduit == TRANS_CONDUIT_NONE)
		return trans_why("SDEI without a conduit");
	if (args->stub && args->cpu->el != 1)
		return trans_why("a stub is for a host at EL1");
	if (args->stub && args->conduit == TRANS_CONDUIT_HVC)
		return trans_why("over a stub an HVC is the stub's");
	if (args->cpu->el == 2 && args->conduit == TRANS_CONDUIT_HVC)
		return trans_why("at EL2 an HVC comes back to EL2");
	return NULL;
}

void trans_args_complete_(struct trans_transition_args *args)
{
	if (copies_map(args) && args->linear)
		args->granule = (enum trans_granule)
			args->linear->geo.granule_shift;
	if (!args->granule)
		args->granule = TRANS_DEFAULT_GRANULE;
	if (!args->va_bits)
		args->va_bits = TRANS_DEFAULT_VA_BITS;
}

const char *trans_args_cpu_(const struct trans_transition_args *args)
{
	const struct trans_cpu *cpu = args->cpu;
	unsigned int granule = args->granule;

	if (cpu->el != 1 && cpu->el != 2)
		return trans_why("neither at EL1 nor at EL2");
	if (granule > TRANS_64K || !(trans_cpu_granules(cpu) >> granule & 1))
		return trans_why("the CPU lacks this granule");
	return bad_calls(args);
}

static int check_digest(const struct trans_digest *digest,
			struct trans_error *err)
{
	if (!digest->len)
		return trans_fail_pa(err, TRANS_EINVAL, "an empty digest",
				     digest->pa, 0);
	if (digest->pa % 16)
		return trans_fail_pa(err, TRANS_EALIGN,
				     "a digest's pa is no multiple of 16",
				     digest->pa, digest->len);
	if (trans_passes_top(digest->pa, digest->len))
		return trans_fail_pa(err, TRANS_ERANGE, "a digest passes 2^64",
				     digest->pa, digest->len);
	return 0;
}

static int check_move(const struct trans_move *move, struct trans_error *err)
{
	uint64_t src = move->src == TRANS_ZERO ? 0 : move->src;

	if (!move->len)
		return trans_fail_pa(err, TRANS_EINVAL, "an empty move",
				     move->dst, 0);
	if ((src | move->dst | move->len) % 16)
		return trans_fail_pa(err, TRANS_EALIGN,
				     "a move is no multiple of 16 bytes",
				     move->dst, move->len);
	if (trans_passes_top(src, move->len) ||
	    trans_passes_top(move->dst, move->len))
		return trans_fail_pa(err, TRANS_ERANGE, "a move passes 2^64",
				     move->dst, move->len);
	return 0;
}

static int check_ranges(const struct trans_ranges *set, struct trans_error *err)
{
	for (size_t i = 0; set && i < set->count; i++) {
		const struct trans_range *range = &set->range[i];

		if (!range->len)
			return trans_fail_pa(err, TRANS_EINVAL,
					     "an empty range", range->start, 0);
		if (trans_passes_top(range->start, range->len))
			return trans_fail_pa(err, TRANS_ERANGE,
					     "a range passes 2^64",
					     range->start, range->len);
	}
	return 0;
}

static const char *misaligned(const struct trans_transition_args *args)
{
	if (args->entry % 4)
		return trans_why("entry is no multiple of 4");
	if (args->report % 4096)
		return trans_why("report is no multiple of 4096");
	if ((copies_map(args) || wants_scrub(args)) &&
	    args->linear_offset & ((1ULL << args->linear->geo.granule_shift) -
				   1))
		return trans_why("linear_offset is no multiple of the granule");
	return NULL;
}

int trans_args_check_(const struct trans_transition_args *args,
		      struct trans_error *err)
{
	const char *why = missing(args);
	int ret = 0;

	if (!why)
		why = unknown(args);
	if (!why)
		why = trans_args_cpu_(args);
	if (why)
		return trans_fail(err, TRANS_EINVAL, why);
	if (world_of(args))
		ret = trans_world_check_(args, err);
	if (ret)
		return ret;
	why = misaligned(args);
	if (why)
		return trans_fail(err, TRANS_EALIGN, why);
	for (size_t i = 0; !ret && i < args->plan->count; i++)
		ret = check_move(&args->plan->move[i], err);
	if (!ret)
		ret = check_ranges(args->zero, err);
	if (!ret)
		ret = check_ranges(args->stays, err);
	for (size_t i = 0; !ret && i < digests_of(args); i++)
		ret = check_digest(&args->digests[i], err);
	return ret;
}

uint64_t trans_args_flags_(const struct trans_transition_args *args)
{
	bool parks = args->on_failure == TRANS_FAILURE_PARKS;
	bool host_resets = !parks && args->reset &&
			   args->conduit == TRANS_CONDUIT_NONE;

	return (parks ? 1u << BLOB_PARK_BIT : 0) |
	       (host_resets ? 1u << BLOB_COMES_BACK_BIT : 0) |
	       (args->stub ? 1u << BLOB_STUB_BIT : 0);
}

int trans_args_tell_(const struct trans_transition_args *args, uint64_t moves,
		     struct trans_error *err)
{
	if (!args->progress || !args->progress(args->progress_ctx, moves))
		return 0;
	return trans_fail(err, TRANS_ESTOPPED, "progress");
}
