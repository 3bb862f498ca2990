/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The life of a table: create or attach, finish, destroy; and its pages.
 */
#include <trans_table/registers.h>
#include <trans_table/table.h>

#include "lib/fail.h"
#include "trans/table/pages.h"
#include "trans/table/release.h"
#include "trans/table/tcr.h"

static struct trans_error *error_of(struct trans_report *report)
{
	return report ? &report->error : NULL;
}

static void count_tables(struct trans_report *report, uint32_t tables)
{
	if (report)
		report->stats = (struct trans_stats){ .tables = tables };
}

static bool ops_complete(const struct trans_ops *ops)
{
	return ops && ops->alloc && ops->free && ops->phys_to_virt;
}

_Static_assert(sizeof(struct trans_geometry) == 12,
	       "bytes without gaps, so that they can be compared");

static bool geometry_valid(const struct trans_geometry *geo)
{
	const uint8_t *given = (const uint8_t *)geo;
	struct trans_geometry again;
	const uint8_t *made;
	size_t i;
	unsigned int flags = (geo->upper ? TRANS_GEO_UPPER : 0) |
			     (geo->ds ? TRANS_GEO_DS : 0);

	if (trans_geometry_init(&again, (enum trans_regime)geo->regime,
				(enum trans_granule)geo->granule_shift,
				geo->va_bits, geo->pa_bits, flags, NULL))
		return false;
	made = (const uint8_t *)&again;
	for (i = 0; i < sizeof(again); i++)
		if (made[i] != given[i])
			return false;
	return true;
}

int trans_table_create(struct trans_table *table,
		       const struct trans_geometry *geo, uint64_t mair,
		       const struct trans_ops *ops, void *ctx,
		       struct trans_report *report)
{
	uint64_t *page;
	int ret;

	*table = (struct trans_table){ 0 };
	count_tables(report, 0);
	if (!ops_complete(ops))
		return trans_fail(error_of(report), TRANS_EINVAL,
				  "alloc, free or phys_to_virt is missing");
	if (!geometry_valid(geo))
		return trans_fail(error_of(report), TRANS_EINVAL,
				  "geometry is not valid");
	table->geo = *geo;
	table->ops = ops;
	table->ctx = ctx;
	table->mair = mair ? mair : TRANS_MAIR_DEFAULT;
	table->hierarchical = true;
	ret = trans_page_take_(table, &page, &table->root);
	if (!ret) {
		if (!is_watched(table))
			memset(page, 0, geo_granule(geo));
		count_tables(report, 1);
		return 0;
	}
	*table = (struct trans_table){ 0 };
	return trans_fail(error_of(report), ret, trans_page_why_(ret));
}

int trans_table_attach(struct trans_table *table,
		       const struct trans_geometry *geo,
		       const struct trans_regs *regs, trans_present_fn present,
		       const struct trans_ops *ops, void *ctx,
		       struct trans_report *report)
{
	struct tcr_half half;
	const char *why;

	*table = (struct trans_table){ 0 };
	count_tables(report, 0);
	if (!ops || !ops->phys_to_virt)
		return trans_fail(error_of(report), TRANS_EINVAL,
				  "phys_to_virt is missing");
	if (!geometry_valid(geo))
		return trans_fail(error_of(report), TRANS_EINVAL,
				  "geometry is not valid");
	why = trans_tcr_decode_((enum trans_regime)geo->regime, geo->upper,
				regs->tcr, &half);
	if (!why && (half.va_bits != geo->va_bits || half.ds != geo->ds ||
		     half.granule != (enum trans_granule)geo->granule_shift))
		why = trans_why("TCR contradicts the geometry");
	if (why)
		return trans_fail(error_of(report), TRANS_EINVAL, why);
	if (!geo_has_pa(geo, trans_ttbr_decode_(geo, regs->ttbr)))
		return trans_fail(error_of(report), TRANS_EINVAL,
				  "root beyond the PA size");
	if (regs->tcr2 & TCR2_REFUSED)
		return trans_fail(error_of(report), TRANS_EINVAL,
				  "TCR2 has POE, AIE or D128");
	table->geo = *geo;
	table->ops = ops;
	table->ctx = ctx;
	table->present = present;
	table->indirect = regs->tcr2 & TCR2_PIE;
	table->pir = regs->pir;
	table->pire0 = regs->pire0;
	table->root = trans_ttbr_decode_(geo, regs->ttbr);
	table->mair = regs->mair;
	/* Indirect permissions leave no room for hierarchical ones: HPD counts
	 * as set (Arm ARM D8.4.1). */
	table->hierarchical = !half.hpd && !table->indirect;
	table->accessed = half.ha;
	table->dirty = half.hd;
	table->view = true;
	return 0;
}

static int clean_page(void *arg, trans_pa_t pa, uint64_t len)
{
	const struct trans_table *table = arg;
	const void *page = table->ops->phys_to_virt(table->ctx, pa, len);

	if (!page)
		return TRANS_EFAULT;
	table->ops->clean(table->ctx, page, len);
	return 0;
}

/* Have what was stored seen by whoever walks the table: by a clean of each page
 * or, where no @clean is wanted or there is none, by waiting for the stores. */
static int make_visible(struct trans_table *table, bool clean,
			const char **why, struct trans_report *report)
{
	const struct trans_ops *ops = table->ops;
	int ret;

	*why = trans_why("the table is finished");
	if (table->view || table->live)
		return TRANS_ELIVE;
	*why = trans_why("barrier is missing");
	if (clean && ops->clean) {
		ret = trans_table_pages(table, clean_page, table, report);
		*why = ret == TRANS_EFAULT ?
			       trans_why("phys_to_virt refused a table page") :
			       NULL;
		return ret;
	}
	if (!ops->barrier)
		return TRANS_EINVAL;
	(ops->barrier)(table->ctx);
	return 0;
}

static int go_live(struct trans_table *table, bool clean,
		   struct trans_regs *regs, struct trans_report *report)
{
	const char *why;
	int ret;

	count_tables(report, 0);
	ret = make_visible(table, clean, &why, report);
	if (ret)
		return why ? trans_fail(error_of(report), ret, why) : ret;
	table->live = true;
	*regs = (struct trans_regs){
		.ttbr = trans_ttbr(&table->geo, table->root),
		.tcr = trans_tcr_encode_(&table->geo),
		.mair = table->mair,
		.tcr2 = table->indirect ? TCR2_PIE : 0,
		.pir = table->pir,
		.pire0 = table->pire0,
		.sctlr = trans_sctlr((enum trans_regime)table->geo.regime),
	};
	return 0;
}

int trans_table_finish(struct trans_table *table, struct trans_regs *regs,
		       struct trans_report *report)
{
	return go_live(table, true, regs, report);
}

int trans_table_publish(struct trans_table *table, struct trans_regs *regs,
			struct trans_report *report)
{
	return go_live(table, false, regs, report);
}

void trans_table_destroy(struct trans_table *table)
{
	const struct trans_geometry *geo = &table->geo;
	const struct trans_ops *ops = table->ops;
	const uint64_t *root;
	struct rung at;

	if (ops && !table->view) {
		trans_rung_(&at, geo, geo->start_level);
		root = trans_table_at_(table, table->root, at.entries);
		if (root)
			trans_release_(table, &at, root, NULL, 0, at.entries,
				       NULL);
		trans_page_give_(table, table->root & -geo_granule(geo), NULL);
		if (table->window_tables)
			ops->free(table->ctx, geo_granule_shift(geo),
				  table->window_tables, table->window);
	}
	*table = (struct trans_table){ 0 };
}

void trans_table_disown(struct trans_table *table)
{
	*table = (struct trans_table){ 0 };
}
