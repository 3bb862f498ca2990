/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The operations that change a table: copy, map, idmap, unmap and their
 * estimates. Each checks its arguments, describes itself to the builder, and
 * lets it run.
 */
#include <trans_table/table.h>

#include "../lib/fail.h"
#include "build.h"

#define COLLISION_FLAGS (TRANS_KEEP | TRANS_REPLACE)
#define MAP_FLAGS (TRANS_FOLD | TRANS_NOBLOCK | COLLISION_FLAGS)
#define COPY_FLAGS                                                       \
	(MAP_FLAGS | TRANS_MKWRITE | TRANS_MKVALID | TRANS_CHECKPFN |    \
	 TRANS_TRUSTPFN | TRANS_NOEXEC)

static const char *flags_problem(unsigned int flags, unsigned int legal)
{
	unsigned int pfn = flags & (TRANS_CHECKPFN | TRANS_TRUSTPFN);

	if (flags & ~legal)
		return "unknown flag for this operation";
	if ((flags & COLLISION_FLAGS) == COLLISION_FLAGS)
		return "KEEP and REPLACE exclude each other";
	if (flags & TRANS_MKVALID && !pfn)
		return "MKVALID wants CHECKPFN or TRUSTPFN";
	if (pfn == (TRANS_CHECKPFN | TRANS_TRUSTPFN))
		return "CHECKPFN and TRUSTPFN exclude each other";
	return NULL;
}

/* The status for a range that is not granule-aligned or leaves the half. */
static int range_status(const struct trans_geometry *geo, trans_va_t va,
			uint64_t len, const char **why)
{
	*why = "length is zero";
	if (!len)
		return TRANS_EINVAL;
	*why = "address or length is no multiple of the granule";
	if ((va | len) & low_mask(geo->granule_shift))
		return TRANS_EALIGN;
	*why = "range leaves the table's half";
	if (va < trans_geometry_first(geo) || va > trans_geometry_last(geo) ||
	    len - 1 > trans_geometry_last(geo) - va)
		return TRANS_ERANGE;
	return 0;
}

static int refuse(struct build *b, int status, const char *why, trans_va_t va)
{
	trans_fail(&b->report->error, status, why);
	b->report->error.va = va;
	return status;
}

/* What every operation begins with. */
static int begin(struct build *b, const struct trans_table *table,
		 trans_va_t va, uint64_t len, unsigned int flags,
		 unsigned int legal)
{
	const char *why = flags_problem(flags, legal);
	int ret;

	b->report->stats = (struct trans_stats){ 0 };
	/* An estimate writes nothing; the builder needs one type. */
	b->dst = (struct trans_table *)(uintptr_t)table;
	b->flags = flags;
	if (why)
		return refuse(b, TRANS_EINVAL, why, va);
	ret = range_status(&table->geo, va, len, &why);
	if (ret)
		return refuse(b, ret, why, va);
	if (table->view || (table->live && !b->count))
		return refuse(b, TRANS_ELIVE, "table is live or a view", va);
	b->first = va;
	b->last = va + (len - 1);
	return 0;
}

static int check_source(struct build *b, const struct trans_table *src,
			trans_va_t src_va, uint64_t len)
{
	const struct trans_geometry *to = &b->dst->geo, *from = &src->geo;
	int level = to->start_level > from->start_level ? to->start_level :
							  from->start_level;
	const char *why;
	int ret;

	if (to->granule_shift != from->granule_shift)
		return refuse(b, TRANS_EINVAL, "granules differ", src_va);
	if (b->flags & TRANS_CHECKPFN && !b->dst->ops->pfn_valid)
		return refuse(b, TRANS_EINVAL, "CHECKPFN without pfn_valid",
			      src_va);
	ret = range_status(from, src_va, len, &why);
	if (ret)
		return refuse(b, ret, why, src_va);
	b->delta = b->first - src_va;
	if (b->delta & low_mask(geo_shift(to, level)))
		return refuse(b, TRANS_EALIGN,
			      "source and destination lie too unevenly",
			      src_va);
	return 0;
}

static int copy(struct build *b, struct trans_table const *dst,
		trans_va_t dst_va, const struct trans_table *src,
		trans_va_t src_va, uint64_t len, unsigned int flags)
{
	bool same_types;
	int ret = begin(b, dst, dst_va, len, flags, COPY_FLAGS);

	if (!ret)
		ret = check_source(b, src, src_va, len);
	if (ret)
		return ret;
	b->src = src;
	b->edit = edit_of_flags(&dst->geo, flags);
	same_types = mair_map(src->mair, dst->mair, b->index_map);
	b->plain = same_types && dst->geo.ds == src->geo.ds &&
		   (dst->geo.regime == TRANS_EL2) ==
			   (src->geo.regime == TRANS_EL2);
	return build_run(b, NULL);
}

static int map(struct build *b, const struct trans_table *table, trans_va_t va,
	       trans_pa_t pa, uint64_t len, const struct trans_attr *attr,
	       unsigned int flags)
{
	struct side linear = { .kind = SIDE_LEAF, .offset = pa - va };
	const char *why;
	int ret = begin(b, table, va, len, flags, MAP_FLAGS);

	if (ret)
		return ret;
	if (pa & low_mask(table->geo.granule_shift))
		return refuse(b, TRANS_EALIGN,
			      "output address is no multiple of the granule",
			      va);
	if (pa + (len - 1) < pa || !geo_has_pa(&table->geo, pa + (len - 1)))
		return refuse(b, TRANS_ERANGE,
			      "output address beyond the output address size",
			      va);
	if (!attributes_of(table, attr, &linear.attributes, &why))
		return refuse(b, TRANS_EINVAL, why, va);
	return build_run(b, &linear);
}

static struct trans_report *or_own(struct trans_report *report,
				   struct trans_report *own)
{
	return report ? report : own;
}

int trans_table_copy(struct trans_table *dst, trans_va_t dst_va,
		     const struct trans_table *src, trans_va_t src_va,
		     uint64_t len, unsigned int flags,
		     struct trans_report *report)
{
	struct trans_report own;
	struct build b = { .report = or_own(report, &own) };

	return copy(&b, dst, dst_va, src, src_va, len, flags);
}

int trans_table_estimate_copy(const struct trans_table *dst, trans_va_t dst_va,
			      const struct trans_table *src, trans_va_t src_va,
			      uint64_t len, unsigned int flags,
			      struct trans_report *report)
{
	struct build b = { .report = report, .count = true };

	return copy(&b, dst, dst_va, src, src_va, len, flags);
}

int trans_table_map(struct trans_table *table, trans_va_t va, trans_pa_t pa,
		    uint64_t len, const struct trans_attr *attr,
		    unsigned int flags, struct trans_report *report)
{
	struct trans_report own;
	struct build b = { .report = or_own(report, &own) };

	return map(&b, table, va, pa, len, attr, flags);
}

int trans_table_idmap(struct trans_table *table, trans_pa_t pa, uint64_t len,
		      const struct trans_attr *attr, unsigned int flags,
		      struct trans_report *report)
{
	return trans_table_map(table, pa, pa, len, attr, flags, report);
}

int trans_table_estimate_map(const struct trans_table *table, trans_va_t va,
			     trans_pa_t pa, uint64_t len,
			     const struct trans_attr *attr, unsigned int flags,
			     struct trans_report *report)
{
	struct build b = { .report = report, .count = true };

	return map(&b, table, va, pa, len, attr, flags);
}

int trans_table_unmap(struct trans_table *table, trans_va_t va, uint64_t len,
		      struct trans_report *report)
{
	struct trans_report own;
	struct build b = { .report = or_own(report, &own), .erase = true };
	int ret = begin(&b, table, va, len, 0, 0);

	return ret ? ret : build_run(&b, NULL);
}
