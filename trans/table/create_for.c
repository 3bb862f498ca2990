/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * create for a CPU that keeps registers of its own: permissions through PIR,
 * and a root that does not begin its page. A program whose tables choose their
 * registers links none of this.
 */
#include <trans_table/table.h>

#include "lib/fail.h"
#include "trans/table/attr.h"
#include "trans/table/desc.h"
#include "trans/table/tcr.h"

static const char *permit(const struct trans_table *table, uint64_t *attributes)
{
	if (trans_attributes_indirect_(table, attributes))
		return NULL;
	return "PIR does not give these permissions";
}

int trans_table_create_for(struct trans_table *table,
			   const struct trans_geometry *geo,
			   const struct trans_regs *regs,
			   const struct trans_ops *ops, void *ctx,
			   struct trans_report *report)
{
	int ret;

	if (regs->tcr2 & TCR2_REFUSED) {
		*table = (struct trans_table){ 0 };
		if (report)
			report->stats = (struct trans_stats){ 0 };
		return trans_fail(report ? &report->error : NULL, TRANS_EINVAL,
				  "TCR2 has POE, AIE or D128");
	}
	ret = trans_table_create(table, geo, regs->mair, ops, ctx, report);
	if (ret)
		return ret;
	table->root += trans_ttbr_decode_(geo, regs->ttbr) &
		       low_mask(geo_granule_shift(geo));
	if (!(regs->tcr2 & TCR2_PIE))
		return 0;
	table->indirect = true;
	table->pir = regs->pir;
	table->pire0 = regs->pire0;
	table->permit = permit;
	/* HPD counts as set, see trans_table_attach. */
	table->hierarchical = false;
	return 0;
}
