/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The tables that this CPU runs on, as a host with an identity map sees them:
 * is it one, where the control blob is entered, and of which memory?
 */
#include <trans_table/inspect.h>
#include <trans_table/transition.h>

#include "lib/fail.h"
#include "lib/machine/arch.h"
#include "lib/numbers.h"
#include "lib/sctlr.h"

#define SCTLR_WXN (1ULL << 19) /* what can be written cannot be executed */

#define PAR_FAULT 1ULL
#define PAR_PA 0x000ffffffffff000ULL
#define PAR_STEP 4096u /* no mapping is smaller */

/* Where the firmware does not grant them, they cannot be in use. */
static void read_indirection(const struct trans_cpu *cpu,
			     struct trans_regs *regs)
{
	bool el2 = cpu->el == 2;

	if (cpu->granted & TRANS_GRANT_TCR2)
		regs->tcr2 = trans_arch_read_(el2 ? TRANS_TCR2_EL2 :
						   TRANS_TCR2_EL1);
	if (cpu->granted & TRANS_GRANT_PIE)
		regs->pir = trans_arch_read_(el2 ? TRANS_PIR_EL2 :
						  TRANS_PIR_EL1);
}

bool trans_regs_live(const struct trans_cpu *cpu, struct trans_regs *regs)
{
	bool el2 = cpu->el == 2;

	*regs = (struct trans_regs){
		.sctlr = trans_arch_read_(el2 ? TRANS_SCTLR_EL2 :
					       TRANS_SCTLR_EL1),
	};
	if (!(regs->sctlr & TRANS_SCTLR_M))
		return false;
	regs->ttbr = trans_arch_read_(el2 ? TRANS_TTBR0_EL2 : TRANS_TTBR0_EL1);
	regs->tcr = trans_arch_read_(el2 ? TRANS_TCR_EL2 : TRANS_TCR_EL1);
	regs->mair = trans_arch_read_(el2 ? TRANS_MAIR_EL2 : TRANS_MAIR_EL1);
	read_indirection(cpu, regs);
	return true;
}

/* Refuses what the CPU itself does not see there: a table in memory that is not
 * mapped must not be a fault of ours. @ctx is the CPU. */
static void *seen(void *ctx, trans_pa_t pa, size_t len)
{
	const struct trans_cpu *cpu = ctx;

	for (trans_pa_t at = pa; at - pa < len; at += PAR_STEP) {
		uint64_t par = trans_arch_translate_(cpu->el, at);

		if (par & PAR_FAULT || (par & PAR_PA) != (at & PAR_PA))
			return NULL;
	}
	return (void *)(uintptr_t)pa;
}

static const char *problem(const struct trans_leaf *leaf, trans_pa_t pa,
			   bool wxn)
{
	if (leaf->pa != pa)
		return trans_why("the live tables map it to another address");
	if (!leaf->readable || !leaf->executable || (wxn && leaf->writable))
		return trans_why("the live tables map it execute-never");
	if (!trans_memory_cacheable(leaf->memory))
		return trans_why(
			"the live tables do not map it as cacheable memory");
	return NULL;
}

static int check_mapped(const struct trans_table *table, trans_pa_t pa,
			uint64_t len, bool wxn, struct trans_error *err)
{
	uint64_t granule = 1ULL << table->geo.granule_shift;

	for (trans_pa_t at = pa; at - pa < len; at = (at | (granule - 1)) + 1) {
		struct trans_leaf leaf;
		const char *why = "the live tables do not map it";
		int ret = trans_table_query(table, at, &leaf, NULL);

		if (!ret)
			why = problem(&leaf, at, wxn);
		if (ret == TRANS_EFAULT || ret == TRANS_ECORRUPT)
			return trans_fail_pa(err, ret, "live tables", at, 0);
		if (why)
			return trans_fail_pa(err, TRANS_EHOST, why, at,
					     pa + len - at);
	}
	return 0;
}

/* What is run on; @on false: no tables at all. */
struct live {
	struct trans_cpu cpu;
	struct trans_ops ops;
	struct trans_regs regs;
	struct trans_table table;
	bool on;
};

static int attach(struct live *live, struct trans_error *err)
{
	struct trans_report report = { 0 };
	struct trans_geometry geo;
	int ret;

	trans_cpu_read(&live->cpu);
	live->ops = (struct trans_ops){ .phys_to_virt = seen };
	live->on = trans_regs_live(&live->cpu, &live->regs);
	if (!live->on)
		return 0;
	ret = trans_geometry_from_tcr(&geo, trans_cpu_regime(&live->cpu),
				      false, live->regs.tcr, live->cpu.mmfr0,
				      err);
	if (ret)
		return ret;
	ret = trans_table_attach(&live->table, &geo, &live->regs, NULL,
				 &live->ops, &live->cpu, &report);
	return ret ? trans_fail(err, ret, report.error.why) : 0;
}

int trans_alias_identity_check(trans_pa_t pa, uint64_t len,
			       struct trans_error *err)
{
	struct live live;
	int ret = attach(&live, err);

	if (ret || !live.on)
		return ret;
	return check_mapped(&live.table, pa, len, live.regs.sctlr & SCTLR_WXN,
			    err);
}

/* A run's addresses go up with its output's: the first tells for all. */
static int add_run(void *arg, const struct trans_run *run)
{
	const struct trans_leaf *leaf = &run->leaf;

	if (run->status || leaf->pa != run->va || !leaf->readable ||
	    !leaf->writable || !trans_memory_cacheable(leaf->memory))
		return 0;
	return trans_ranges_add(arg, run->va, run->len);
}

/* Whole granules, below what the tables reach. */
static int add_mapped(const struct live *live, const struct trans_range *of,
		      struct trans_ranges *set, struct trans_error *err)
{
	const struct trans_geometry *geo = &live->table.geo;
	uint64_t granule = 1ULL << geo->granule_shift;
	uint64_t reach = trans_geometry_last(geo);
	uint64_t first = trans_round_up(of->start, granule);
	uint64_t last = of->start + (of->len - 1), end;
	int ret;

	if (last < of->start)
		return trans_fail_pa(err, TRANS_ERANGE, "a range passes 2^64",
				     of->start, of->len);
	end = trans_round_down(trans_least(last, reach) + 1, granule);
	if (first < of->start || first >= end)
		return 0;
	ret = trans_table_runs(&live->table, first, end - first, add_run, set,
			       NULL);
	return ret ? trans_fail_pa(err, ret, "memory that the live tables map",
				   first, end - first) : 0;
}

int trans_identity_memory(const struct trans_ranges *of,
			  struct trans_ranges *set, struct trans_error *err)
{
	struct live live;
	int ret = attach(&live, err);

	if (ret)
		return ret;
	if (!live.on) {
		ret = trans_ranges_add_all(set, of);
		return ret ? trans_fail(err, ret, "memory ranges") : 0;
	}
	for (size_t i = 0; !ret && i < of->count; i++)
		ret = add_mapped(&live, &of->range[i], set, err);
	return ret;
}

int trans_alias_identity(void *host, trans_pa_t pa, uint64_t len)
{
	(void)host;
	return trans_alias_identity_check(pa, len, NULL);
}
