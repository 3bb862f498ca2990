/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The blob's own pages: a copy of its code, and one granule with parameters
 * and stack. Both are read with the MMU off, so both are cleaned to the PoC.
 */
#include "lib/fail.h"
#include "trans/transition/private.h"
#include "lib/numbers.h"

/* trans/transition/blob_image.S, or an array (tests/single.py);
 * trans/transition/fake has a few bytes of its own. Hidden, so that no build
 * model reaches them through a table of absolute addresses. */
extern const char trans_blob_start_[] __attribute__((visibility("hidden")));
extern const uint32_t trans_blob_len_ __attribute__((visibility("hidden")));

size_t trans_blob_size(void)
{
	return BLOB_ENTRY + trans_blob_len_;
}

/* Was it compiled so that it looks at digests? */
static bool verifies(void)
{
	uint32_t says;

	memcpy(&says, trans_blob_start_ + (BLOB_SAYS - BLOB_ENTRY),
	       sizeof(says));
	return says & BLOB_VERIFIES;
}

/* B (Arm ARM C6.2): 26 bits, in instructions. */
static uint32_t branch(uint32_t from, uint32_t to)
{
	return 0x14000000u | ((to - from) / 4 & 0x3ffffffu);
}

/* What stands in front of the image. An instruction is little-endian, and so is
 * every host. */
static void add_vectors(uint32_t *page)
{
	for (uint32_t at = 0; at < BLOB_STUB; at += BLOB_VECTOR) {
		page[at / 4] = branch(at, BLOB_FAULT);
		page[(BLOB_STUB + at) / 4] = branch(0, 0);
	}
	page[(BLOB_STUB + BLOB_LOWER_SYNC * BLOB_VECTOR) / 4] =
		branch(BLOB_STUB + BLOB_LOWER_SYNC * BLOB_VECTOR, BLOB_CALL);
}

static int view(const struct trans_transition *t, trans_pa_t pa, uint64_t len,
		void **page, struct trans_error *err)
{
	*page = t->args.ops->phys_to_virt(t->args.ctx, pa, len);
	if (*page)
		return 0;
	return trans_fail_pa(err, TRANS_EFAULT,
			     "phys_to_virt refused a blob page", pa, len);
}

static void clean(const struct trans_transition *t, const void *page,
		  uint64_t len)
{
	if (t->args.ops->clean)
		t->args.ops->clean(t->args.ctx, page, len);
}

static int take(const struct trans_transition *t, unsigned int count,
		trans_pa_t *pa, unsigned int *taken, struct trans_error *err)
{
	if (t->args.ops->alloc(t->args.ctx, t->args.granule, count, pa))
		return trans_fail(err, TRANS_ENOMEM, "no pages for the blob");
	*taken = count;
	return 0;
}

int trans_control_build_(struct trans_transition *t, struct trans_error *err)
{
	uint64_t granule = granule_of(t);
	size_t size = trans_blob_size();
	unsigned int count =
		(unsigned int)(trans_round_up(size, granule) / granule);
	void *page;
	int ret;

	if (digests_of(&t->args) && !verifies())
		return trans_fail(err, TRANS_EINVAL, "the blob was compiled "
				  "without digests (TRANS_ASSUME_NO_DIGESTS)");
	ret = take(t, count, &t->code, &t->code_granules, err);
	if (!ret)
		ret = take(t, 1, &t->data, &t->data_granules, err);
	if (!ret)
		ret = view(t, t->code, count * granule, &page, err);
	if (ret)
		return ret;
	memset(page, 0, count * granule);
	add_vectors(page);
	memcpy((char *)page + BLOB_ENTRY, trans_blob_start_, trans_blob_len_);
	clean(t, page, count * granule);
	return 0;
}

void trans_control_free_(struct trans_transition *t)
{
	const struct trans_transition_args *args = &t->args;

	if (t->code_granules)
		args->ops->free(args->ctx, args->granule, t->code_granules,
				t->code);
	if (t->data_granules)
		args->ops->free(args->ctx, args->granule, t->data_granules,
				t->data);
	t->code_granules = 0;
	t->data_granules = 0;
}

static void add_digests(struct blob_params *params,
			const struct trans_transition_args *args)
{
	params->digest_count = digests_of(args);
	for (size_t i = 0; i < digests_of(args); i++)
		params->digest[i] = args->digests[i];
}

/* @why may be anything of the host's. */
static void copy_text(char to[TRANS_REPORT_WHY], const char *why)
{
	size_t i;

	for (i = 0; i < TRANS_REPORT_WHY - 1 && why[i]; i++)
		to[i] = why[i] < ' ' || why[i] > '~' ? '?' : why[i];
	to[i] = '\0';
}

/* A page that the host gave once it gives again (ops.h); else the report goes
 * without. The blob reads it with its MMU off. */
void trans_control_note_(const struct trans_transition *t,
			 const struct trans_error *why)
{
	struct blob_params *params;
	void *page;

	if (view(t, t->data, sizeof(*params), &page, NULL))
		return;
	params = page;
	params->own.status = why->status;
	params->own.pa = why->pa;
	params->own.desc = why->desc;
	copy_text(params->own.why, why->why);
	clean(t, page, sizeof(*params));
}

/* What follows from the CPU; without tables the TCR does, too. */
static void set_cpu(struct blob_params *params,
		    const struct trans_transition *t)
{
	const struct trans_transition_args *args = &t->args;
	const struct trans_cpu *cpu = args->cpu;

	params->tcr = trans_state_tcr_off_(cpu);
	params->hcr = trans_state_hcr_(cpu);
	params->sctlr = trans_state_sctlr_(cpu, args->map != TRANS_MAP_NONE);
	params->flags = trans_state_flags_(cpu) | trans_args_flags_(args);
}

/* Field by field, into memory of zeroes: as a value it would be 2 KiB of the
 * host's stack. */
static void set_params(struct blob_params *params,
		       const struct trans_transition *t)
{
	const struct trans_transition_args *args = &t->args;

	set_cpu(params, t);
	params->list = t->list_granules ? t->list : BLOB_LIST_END;
	if (copies_map(args))
		params->offset = args->linear_offset;
	params->far = t->far.start;
	params->far_len = t->far.len;
	params->far_offset = t->far_offset;
	params->report = args->report ? args->report :
		t->data + offsetof(struct blob_params, own);
	params->uart = args->uart;
	params->conduit = args->conduit;
	params->target = args->entry;
	memcpy(params->x, args->x, sizeof(params->x));
	params->move_count = t->move_count;
}

/* @low NULL: no tables. @high NULL: no upper half. The whole granule is zeroed
 * and cleaned: a dirty line in it could later fall on the blob's stack. */
int trans_control_finish_(struct trans_transition *t,
			  const struct trans_regs *low,
			  const struct trans_regs *high,
			  struct trans_error *err)
{
	uint64_t len = t->data_granules * granule_of(t);
	struct blob_params *params;
	void *page;
	int ret = view(t, t->data, len, &page, err);

	if (ret)
		return ret;
	memset(page, 0, len);
	params = page;
	set_params(params, t);
	add_digests(params, &t->args);
	if (low) {
		params->tcr = trans_tcr(&t->low.geo,
					high ? &t->high.geo : NULL);
		params->mair = low->mair;
		params->ttbr0 = low->ttbr;
	}
	if (high)
		params->ttbr1 = high->ttbr;
	ret = trans_entry_map_finish_(t, params, err);
	clean(t, page, len);
	return ret;
}

int trans_control_cpu_(const struct trans_transition *t,
		       struct trans_error *err)
{
	struct blob_params *params;
	uint64_t tcr;
	void *page;
	int ret = view(t, t->data, sizeof(*params), &page, err);

	if (ret)
		return ret;
	params = page;
	tcr = params->tcr;
	set_cpu(params, t);
	if (t->low.ops)
		params->tcr = tcr;
	clean(t, page, sizeof(*params));
	return 0;
}
