/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * How a saved kernel is entered, and whether it can be: at the exception level
 * at which it was saved, or not at all. Entered at another one it would hang,
 * and the image would be lost; so what cannot be told is refused.
 */
#include "hibernate/resume/private.h"
#include "hibernate/swsusp.h"
#include "lib/assume.h"
#include "lib/fail.h"
#include "lib/numbers.h"

/* How often a transition goes through its moves, and how many of them it may
 * look at in one go. */
#define LIST_PASSES 6u
#define LIST_PART 1024u

/* Bytes of text that are looked through in one go. */
#define TEXT_PART (1ULL << 20)

/* Before anything is read */

/* Where the transition leads to: with a resident stub, to EL2. */
static unsigned int next_level(const struct tr_load *load)
{
	const struct trans_transition_args *args = &load->args->transition;

	return args->stub ? 2 : args->cpu->el;
}

int trans_resume_check_cpu_(struct tr_load *load)
{
	const struct trans_swsusp_info *info = &load->resume->image.info;
	const struct trans_cpu *cpu = load->args->transition.cpu;
	/* A real one is never 0: bit 31 is RES1. */
	uint64_t mpidr = load->args->mpidr ? load->args->mpidr : cpu->mpidr;

	if (!(trans_cpu_granules(cpu) >> info->page_shift & 1))
		return trans_fail(load->err, TRANS_EIMAGE,
				  "the CPU lacks the image's page size");
	if ((mpidr & TRANS_MPIDR_AFFINITY) != info->mpidr) {
		trans_fail(load->err, TRANS_EIMAGE,
			   "another CPU saved the image");
		if (load->err)
			load->err->desc = info->mpidr;
		return TRANS_EIMAGE;
	}
	if (swsusp_own(&load->resume->image) && info->level != next_level(load))
		return trans_fail(load->err, TRANS_EIMAGE,
				  "a snapshot of another exception level");
	if (next_level(load) == 1 && info->stub)
		return trans_fail(load->err, TRANS_EIMAGE,
				  "saved with EL2, and we are at EL1");
	return 0;
}

static int heard(void *ctx, uint64_t moves)
{
	return trans_resume_work_(ctx, moves);
}

struct trans_transition_args trans_resume_transition_args_(struct tr_load *load)
{
	const struct trans_resume *resume = load->resume;
	struct trans_transition_args args = load->args->transition;

	trans_resume_expect_(load, resume->plan.count * LIST_PASSES, LIST_PART);
	args.progress = heard;
	args.progress_ctx = load;
	args.granule = (enum trans_granule)resume->image.info.page_shift;
	args.ops = &resume->ops;
	args.ctx = load->resume;
	args.plan = &resume->plan;
	args.entry = resume->entry;
	args.world = resume->how == TRANS_RESUME_VIRTUAL ? &resume->world :
							   NULL;
	memset(args.x, 0, sizeof(args.x));
	args.x[0] = resume->image.info.context;
	return args;
}

/* The exception level */

/* ID_AA64MMFR1_EL1.VH [11:8] */
static bool has_vhe(const struct trans_cpu *cpu)
{
	return trans_field(cpu->mmfr1, 8) != 0;
}

static const char *level_problem(const struct tr_load *load,
				 enum tr_level level)
{
	if (next_level(load) == 1)
		return level == TR_LEVEL_VHE ? trans_why(
			"saved with VHE at EL2, and we are at EL1") : NULL;
	if (level == TR_LEVEL_EL1)
		return trans_why("saved at EL1, and we are at EL2");
	return has_vhe(load->args->transition.cpu) ?
		NULL : trans_why("saved with VHE, and the CPU has none");
}

/* Without a stub the image was saved at EL1, or at EL2 with VHE; the header
 * does not say which. */
static int check_level(struct tr_load *load,
		       const struct trans_saved_memory *memory,
		       const struct tr_tables *tables)
{
	enum tr_level level = trans_find_level_(memory, tables->resume);
	const char *why;

	if (level == TR_LEVEL_UNKNOWN)
		return trans_fail(load->err, TRANS_EIMAGE,
				  "no sign of the exception level at which the "
				  "image was saved");
	why = level_problem(load, level);
	return why ? trans_fail(load->err, TRANS_EIMAGE, why) : 0;
}

/* The entry */

static int enter_physical(struct tr_load *load,
			  const struct trans_saved_memory *memory,
			  const struct tr_tables *tables)
{
	struct trans_resume *resume = load->resume;
	const struct trans_swsusp_info *info = &resume->image.info;
	struct trans_range text = trans_find_text_(memory, info, tables);

	resume->how = TRANS_RESUME_PHYSICAL;
	trans_resume_expect_(load, text.len, TEXT_PART);
	return trans_find_physical_(memory, &text, &resume->image,
				    &resume->entry, load->err);
}

static bool wants_virtual(const struct tr_load *load)
{
	return !TRANS_ASSUME_PHYSICAL &&
	       load->args->entry == TRANS_RESUME_VIRTUAL;
}

/* A kernel without VHE that was booted at EL2 runs at EL1, over its stub at
 * EL2; one without a stub runs where we are, at EL2 with VHE. */
static int make_world(struct tr_load *load, const struct tr_tables *tables)
{
	struct trans_world *world = &load->resume->world;
	const struct trans_cpu *cpu = load->args->transition.cpu;
	trans_pa_t stub = load->resume->image.info.stub;
	unsigned int va_bits = load->args->transition.va_bits;
	int ret = trans_find_world_(tables, cpu,
				    va_bits ? va_bits : TRANS_DEFAULT_VA_BITS,
				    world, load->err);

	world->vbar_el2 = stub;
	world->drop = stub != 0;
	world->vhe = cpu->el == 2 && !stub;
	load->resume->how = TRANS_RESUME_VIRTUAL;
	return ret;
}

static int enter_virtual(struct tr_load *load, const struct tr_tables *tables)
{
	load->resume->entry = load->resume->image.info.reenter;
	return make_world(load, tables);
}

/* Is there memory for the transition? Better to know before an image is read
 * than after. Made and dropped again, without a word to the host. That memory
 * of a virtual entry is known only if it was asked for. */

static int nothing_to_alias(void *host, trans_pa_t pa, uint64_t len)
{
	(void)host;
	(void)pa;
	(void)len;
	return 0;
}

/* Any upper half will do: only the lower one has tables of ours. */
static int world_for_trial(struct tr_load *load)
{
	struct trans_resume *resume = load->resume;
	struct tr_tables tables = { .root = resume->image.info.ttbr1 };
	int ret = trans_find_geometry_(
		&tables.geo, load->args->transition.cpu, TRANS_EL1_0,
		(enum trans_granule)resume->image.info.page_shift, 48,
		TRANS_GEO_UPPER, load->err);

	resume->entry = UINT64_MAX - 3;
	return ret ? ret : make_world(load, &tables);
}

int trans_resume_try_prepare_(struct tr_load *load)
{
	struct trans_resume *resume = load->resume;
	struct trans_transition_args args;
	int ret = 0;

	if (wants_virtual(load) && !swsusp_own(&resume->image))
		ret = world_for_trial(load);
	if (ret)
		return ret;
	args = trans_resume_transition_args_(load);
	args.alias_prepare = nothing_to_alias;
	args.alias_drop = NULL;
	args.unproven = true;
	ret = trans_transition_prepare(&resume->transition, &args, load->err);
	if (!ret)
		trans_transition_cancel(&resume->transition);
	return ret;
}

/* A snapshot of the library's own says where; it must have brought that
 * along. */
static int enter_own(struct tr_load *load)
{
	struct trans_resume *resume = load->resume;
	const struct trans_swsusp_info *info = &resume->image.info;

	resume->how = TRANS_RESUME_PHYSICAL;
	resume->entry = info->entry;
	if (trans_resume_at_(resume, info->entry, 16) &&
	    trans_resume_at_(resume, info->context, 16))
		return 0;
	return trans_fail_pa(load->err, TRANS_ECORRUPT,
			     "the way back of a snapshot is not in it",
			     info->entry, 0);
}

static int find_tables(struct tr_load *load,
		       const struct trans_saved_memory *memory,
		       struct tr_tables *tables)
{
	const struct trans_swsusp_info *info = &load->resume->image.info;
	const struct trans_cpu *cpu = load->args->transition.cpu;
	enum trans_regime regime = cpu->el == 2 && !info->stub ? TRANS_EL2_0 :
								 TRANS_EL1_0;
	int ret = trans_find_tables_(memory, info, cpu, regime, tables,
				     load->err);

	if (!ret && !info->stub)
		ret = check_level(load, memory, tables);
	return ret;
}

int trans_resume_find_entry_(struct tr_load *load)
{
	const struct trans_saved_memory memory = trans_resume_memory_of_(load);
	struct tr_tables *tables = &load->tables;
	int ret;

	if (swsusp_own(&load->resume->image))
		return enter_own(load);
	ret = find_tables(load, &memory, tables);
	if (ret || wants_virtual(load))
		return ret ? ret : enter_virtual(load, tables);
	ret = enter_physical(load, &memory, tables);
	if (ret == TRANS_EIMAGE && load->args->entry == TRANS_RESUME_AUTO &&
	    !TRANS_ASSUME_PHYSICAL)
		return enter_virtual(load, tables);
	return ret;
}
