/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Taking a snapshot: the order of things, the way back, and the copies.
 *
 * What is local to trans_snapshot_take comes back with the stack, but the job
 * lies in lent memory and does not: behind the point where both worlds go on,
 * only the writing one may look at it.
 */
#include "hibernate/snapshot/context.h"
#include "hibernate/snapshot/private.h"
#include "lib/fail.h"
#include "lib/machine/arch.h"
#include "lib/numbers.h"

/* The two granules through which a snapshot comes back. */
struct way_back {
	bool has_code, has_context, aliased;
	trans_pa_t code, context;
};

static uint64_t flag(bool set, unsigned int bit)
{
	return set ? 1ULL << bit : 0;
}

static bool granted(const struct trans_cpu *cpu, unsigned int grant)
{
	return cpu->granted & grant;
}

/* ID registers: Arm ARM D19. What firmware does not grant has no effect, so
 * there is nothing to save of it. */
uint64_t trans_snapshot_flags_(const struct trans_cpu *cpu)
{
	bool pie = granted(cpu, TRANS_GRANT_PIE);

	return flag(cpu->el == 2, CONTEXT_EL2_BIT) |
	       flag(cpu->el == 2 && !cpu->e2h, CONTEXT_NAMES_BIT) |
	       flag(trans_field(cpu->mmfr3, 0) &&
			    granted(cpu, TRANS_GRANT_TCR2),
		    CONTEXT_TCR2_BIT) |
	       flag(trans_field(cpu->mmfr3, 4) &&
			    granted(cpu, TRANS_GRANT_SCTLR2),
		    CONTEXT_SCTLR2_BIT) |
	       flag(trans_field(cpu->mmfr3, 8) && pie, CONTEXT_PIE_BIT) |
	       flag(trans_field(cpu->mmfr3, 16) && pie, CONTEXT_POE_BIT) |
	       flag(trans_field(cpu->mmfr1, 20), CONTEXT_PAN_BIT) |
	       flag(trans_field(cpu->mmfr2, 4), CONTEXT_UAO_BIT) |
	       flag(trans_field(cpu->pfr0, 48), CONTEXT_DIT_BIT) |
	       flag(trans_field(cpu->pfr1, 4) >= 2, CONTEXT_SSBS_BIT) |
	       flag(trans_field(cpu->pfr1, 8) >= 2, CONTEXT_TCO_BIT) |
	       flag(trans_field(cpu->pfr1, 36), CONTEXT_ALLINT_BIT);
}

static int give_page(const struct snapshot *job, trans_pa_t *pa, bool *has)
{
	const struct trans_snapshot_args *args = job->args;

	if (args->ops->alloc(args->ctx, job->shift, 1, pa))
		return trans_fail(job->err, TRANS_ENOMEM,
				  "snapshot: a page for the way back");
	*has = true;
	if (!trans_ranges_contain(&job->image, *pa, snapshot_page(job)))
		return trans_fail_pa(job->err, TRANS_EINVAL,
				     "snapshot: alloc gave what is not saved",
				     *pa, snapshot_page(job));
	return 0;
}

static int write_code(const struct snapshot *job, trans_pa_t pa)
{
	const struct trans_snapshot_args *args = job->args;
	size_t len = (uintptr_t)trans_snapshot_way_back_end_ -
		     (uintptr_t)trans_snapshot_way_back_;
	void *code = trans_snapshot_at_(job, pa, len);

	if (!code)
		return TRANS_EFAULT;
	memcpy(code, trans_snapshot_way_back_, len);
	if (args->ops->clean)
		args->ops->clean(args->ctx, code, len);
	return 0;
}

static void drop_way_back(const struct trans_snapshot_args *args,
			  const struct way_back *back)
{
	if (back->aliased && args->alias_drop)
		args->alias_drop(args->host);
	if (back->has_code)
		args->ops->free(args->ctx, args->granule, 1, back->code);
	if (back->has_context)
		args->ops->free(args->ctx, args->granule, 1, back->context);
}

static int prepare_alias(const struct snapshot *job, struct way_back *back)
{
	const struct trans_snapshot_args *args = job->args;
	int ret =
		args->alias_prepare(args->host, back->code, snapshot_page(job));

	if (ret)
		return trans_fail_pa(job->err, ret < 0 ? ret : TRANS_EHOST,
				     "snapshot: alias_prepare", back->code,
				     snapshot_page(job));
	back->aliased = true;
	return 0;
}

static int prepare_way_back(struct snapshot *job, struct way_back *back,
			    void **context)
{
	int ret = give_page(job, &back->code, &back->has_code);

	if (!ret)
		ret = give_page(job, &back->context, &back->has_context);
	if (!ret)
		ret = write_code(job, back->code);
	if (ret)
		return ret;
	*context = trans_snapshot_at_(job, back->context, CONTEXT_LEN);
	if (!*context)
		return TRANS_EFAULT;
	memset(*context, 0, CONTEXT_LEN);
	*(uint64_t *)*context = trans_snapshot_flags_(job->args->cpu);
	job->own = (struct snapshot_own){ back->code, back->context,
					  job->args->cpu->el };
	return prepare_alias(job, back);
}

static bool all_zero(const uint64_t *word, uint64_t len)
{
	for (; len; len -= 8)
		if (*word++)
			return false;
	return true;
}

/* Everything as it is now, this function's own stack in whatever state: the way
 * back leads to its caller. */
static int copy_all(void *arg)
{
	struct snapshot *job = arg;
	struct snapshot_walk from = { &job->image, 0, 0 };
	struct snapshot_walk to = { &job->copies, 0, 0 };
	uint64_t page_len = snapshot_page(job);
	trans_pa_t src, dst;

	for (uint64_t i = 0; trans_snapshot_walk_next_(&from, page_len, &src);
	     i++) {
		const void *page = trans_snapshot_at_(job, src, page_len);
		void *copy;

		if (!page)
			return TRANS_EFAULT;
		if (all_zero(page, page_len)) {
			job->zero[i / 8] |= (uint8_t)(1u << i % 8);
			continue;
		}
		trans_snapshot_walk_next_(&to, page_len, &dst);
		copy = trans_snapshot_at_(job, dst, page_len);
		if (!copy)
			return TRANS_EFAULT;
		memcpy(copy, page, page_len);
		job->stored++;
	}
	return 0;
}

/* The alias belongs to the context: the way back switches the MMU on in it. */
static int copy_masked(const struct trans_snapshot_args *args, void *context,
		       struct snapshot *job)
{
	uint64_t daif = trans_arch_read_(TRANS_DAIF);
	int ret;

	trans_arch_mask_();
	if (args->alias_enter)
		args->alias_enter(args->host);
	ret = trans_snapshot_context_(context, copy_all, job);
	if (args->alias_leave)
		args->alias_leave(args->host);
	trans_arch_write_(TRANS_DAIF, daif);
	return ret;
}

static int check(struct snapshot *job)
{
	int ret = trans_snapshot_carve_(job);

	return ret ? ret : trans_snapshot_check_disk_(job);
}

static void complete(struct trans_snapshot_args *args)
{
	if (!args->granule)
		args->granule = TRANS_DEFAULT_GRANULE;
	if (!args->mpidr && args->cpu)
		args->mpidr = args->cpu->mpidr;
}

int trans_snapshot_take(const struct trans_snapshot_args *wanted,
			struct trans_error *err)
{
	struct trans_snapshot_args own = { 0 }, *args = &own;
	struct way_back back = { 0 };
	struct snapshot *job;
	void *context;
	int ret;

	if (wanted)
		own = *wanted;
	complete(args);
	ret = trans_snapshot_plan_(args, &job, err);
	if (!ret)
		ret = check(job);
	if (ret)
		return ret;
	ret = prepare_way_back(job, &back, &context);
	if (!ret)
		ret = copy_masked(args, context, job);
	if (ret == TRANS_SNAPSHOT_TAKEN)
		ret = trans_snapshot_write_(job);
	if (ret == TRANS_SNAPSHOT_TAKEN)
		ret = trans_snapshot_commit_(job);
	drop_way_back(args, &back);
	return ret;
}
