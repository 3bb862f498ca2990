/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The operations that change a table: copy, map, idmap, unmap and their
 * estimates. Each checks its arguments, describes itself to the builder, and
 * lets it run.
 */
#include "names.h"
#include <trans_table/table_extra.h>

#include "../../../lib/fail.h"
#include "build.h"
#include "lookup.h"

#define COLLISION_FLAGS (TRANS_KEEP | TRANS_REPLACE | TRANS_UPGRADE)
#define SHARE_FLAGS (TRANS_KEEP | TRANS_REPLACE | TRANS_ESTIMATE)
#define MAP_FLAGS \
	(TRANS_FOLD | TRANS_NOBLOCK | TRANS_ESTIMATE | COLLISION_FLAGS)
#define COPY_FLAGS                                                         \
	(MAP_FLAGS | TRANS_MKWRITE | TRANS_MKVALID | TRANS_CHECKPFN |      \
	 TRANS_TRUSTPFN | TRANS_NOEXEC | TRANS_KEEPCONT)

static const char *flags_problem(unsigned int flags, unsigned int legal)
{
	unsigned int pfn = flags & (TRANS_CHECKPFN | TRANS_TRUSTPFN);
	unsigned int collision = flags & COLLISION_FLAGS;

	if (flags & ~legal)
		return "unknown flag for this operation";
	if (collision & (collision - 1))
		return "KEEP, REPLACE and UPGRADE exclude each other";
	if (flags & TRANS_KEEPCONT && flags & (TRANS_FOLD | TRANS_UPGRADE))
		return "KEEPCONT excludes FOLD and UPGRADE";
	if (flags & TRANS_MKVALID && !pfn)
		return "MKVALID wants CHECKPFN or TRUSTPFN";
	if (pfn == (TRANS_CHECKPFN | TRANS_TRUSTPFN))
		return "CHECKPFN and TRUSTPFN exclude each other";
	return NULL;
}

static int refuse(struct build *b, int status, const char *why, trans_va_t va)
{
	if (b->report) {
		trans_fail(&b->report->error, status, why);
		b->report->error.va = va;
		b->report->stats = b->stats;
	}
	return status;
}

/* What every operation begins with. */
static int begin(struct build *b, struct trans_table *table, trans_va_t va,
		 uint64_t len, unsigned int flags, unsigned int legal)
{
	const char *why = flags_problem(flags, legal);
	int ret;

	b->dst = table;
	b->flags = flags;
	b->count = flags & TRANS_ESTIMATE;
	if (why)
		return refuse(b, TRANS_EINVAL, why, va);
	ret = trans_range_status_(&table->geo, va, len, &why);
	if (ret)
		return refuse(b, ret, why, va);
	if (table->view || (table->live && !b->count))
		return refuse(b, TRANS_ELIVE, "table is live or a view", va);
	b->first = va;
	b->last = va + (len - 1);
	return 0;
}

static int check_source(struct build *b, trans_va_t src_va, uint64_t len)
{
	const struct trans_geometry *to = &b->dst->geo, *from = &b->src->geo;
	int level = to->start_level > from->start_level ? to->start_level :
							  from->start_level;
	const char *why;
	int ret;

	if (b->src->root == b->dst->root)
		return refuse(b, TRANS_EINVAL,
			      "source and destination are one table", src_va);
	if (to->granule_shift != from->granule_shift)
		return refuse(b, TRANS_EINVAL, "granules differ", src_va);
	if (b->flags & TRANS_CHECKPFN && !b->dst->ops->pfn_valid)
		return refuse(b, TRANS_EINVAL, "CHECKPFN without pfn_valid",
			      src_va);
	ret = trans_range_status_(from, src_va, len, &why);
	if (ret)
		return refuse(b, ret, why, src_va);
	b->delta = b->first - src_va;
	if (b->delta & low_mask(geo_shift(to, level)))
		return refuse(b, TRANS_EALIGN,
			      "source and destination lie too unevenly",
			      src_va);
	return 0;
}

static bool one_range(const struct trans_table *table)
{
	return table->geo.regime == TRANS_EL2;
}

/* Everything before the walk, which then finds more of the stack free. */
static int begin_copy(struct build *b, struct trans_table *dst,
		      trans_va_t dst_va, trans_va_t src_va, uint64_t len,
		      unsigned int flags, unsigned int legal)
{
	const struct trans_table *src = b->src;
	bool same_types;
	int ret = begin(b, dst, dst_va, len, flags, legal);

	if (!ret)
		ret = check_source(b, src_va, len);
	if (ret)
		return ret;
	b->edit = trans_edit_of_flags_(&dst->geo, flags);
	same_types = trans_mair_map_(src->mair, dst->mair, b->index_map);
	b->plain = same_types && dst->geo.ds == src->geo.ds &&
		   one_range(dst) == one_range(src) && !src->indirect;
	if (b->op == OP_SHARE &&
	    (!b->plain || src->hierarchical != dst->hierarchical ||
	     src->geo.pa_bits != dst->geo.pa_bits || src->dirty ||
	     src->accessed))
		return refuse(b, TRANS_EINVAL,
			      "tables that differ in format cannot be shared",
			      src_va);
	return 0;
}

static int map(struct build *b, struct trans_table *table, trans_va_t va,
	       trans_pa_t pa, uint64_t len, unsigned int flags)
{
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
	return 0;
}

int trans_table_copy(struct trans_table *dst, trans_va_t dst_va,
		     const struct trans_table *src, trans_va_t src_va,
		     uint64_t len, unsigned int flags,
		     struct trans_report *report)
{
	struct build b = { .op = OP_MAP, .src = src, .report = report };
	int ret = begin_copy(&b, dst, dst_va, src_va, len, flags, COPY_FLAGS);

	return ret ? ret : trans_build_(&b);
}

int trans_table_share(struct trans_table *dst, trans_va_t dst_va,
		      const struct trans_table *src, trans_va_t src_va,
		      uint64_t len, unsigned int flags,
		      struct trans_report *report)
{
	struct build b = { .op = OP_SHARE, .src = src, .report = report };
	int ret = begin_copy(&b, dst, dst_va, src_va, len, flags, SHARE_FLAGS);

	return ret ? ret : trans_build_(&b);
}

int trans_table_map(struct trans_table *table, trans_va_t va, trans_pa_t pa,
		    uint64_t len, const struct trans_attr *attr,
		    unsigned int flags, struct trans_report *report)
{
	struct build b = { .op = OP_MAP, .report = report };
	struct side *source = &b.frame[0].src;
	const char *why;
	int ret = map(&b, table, va, pa, len, flags);

	if (ret)
		return ret;
	source->kind = SIDE_LEAF;
	source->offset = pa - va;
	if (!trans_attributes_of_(table, attr, &source->attributes, &why))
		return refuse(&b, TRANS_EINVAL, why, va);
	return trans_build_(&b);
}

int trans_table_map_by(struct trans_table *table, trans_va_t va, trans_pa_t pa,
		       uint64_t len, trans_attr_fn attr_of, void *arg,
		       unsigned int flags, struct trans_report *report)
{
	struct trans_linear linear = { attr_of, arg, pa - va };
	struct build b = { .op = OP_MAP, .linear = &linear, .report = report };
	int ret = map(&b, table, va, pa, len, flags);

	b.frame[0].src.kind = SIDE_ASKED;
	return ret ? ret : trans_build_(&b);
}

int trans_table_idmap(struct trans_table *table, trans_pa_t pa, uint64_t len,
		      const struct trans_attr *attr, unsigned int flags,
		      struct trans_report *report)
{
	return trans_table_map(table, pa, pa, len, attr, flags, report);
}

int trans_table_unmap(struct trans_table *table, trans_va_t va, uint64_t len,
		      unsigned int flags, struct trans_report *report)
{
	struct build b = { .op = OP_ERASE, .report = report };
	int ret = begin(&b, table, va, len, flags, TRANS_ESTIMATE);

	return ret ? ret : trans_build_(&b);
}

int trans_table_fold(struct trans_table *table, trans_va_t va, uint64_t len,
		     unsigned int flags, struct trans_report *report)
{
	struct build b = { .op = OP_FOLD, .report = report };
	int ret = begin(&b, table, va, len, flags, TRANS_ESTIMATE);

	return ret ? ret : trans_build_(&b);
}

int trans_table_protect(struct trans_table *table, trans_va_t va, uint64_t len,
			unsigned int access, unsigned int flags,
			struct trans_report *report)
{
	struct build b = { .op = OP_PROTECT, .report = report };
	int ret = begin(&b, table, va, len, flags, TRANS_ESTIMATE);

	if (ret)
		return ret;
	if (access & ~(TRANS_WRITE | TRANS_EXEC))
		return refuse(&b, TRANS_EINVAL, "unknown access bit", va);
	b.edit = trans_edit_of_access_(&table->geo, access);
	return trans_build_(&b);
}

/* The block of last-level tables that covers the range. */
static int window_pages(struct build *b)
{
	struct trans_table *table = b->dst;
	unsigned int shift = geo_shift(&table->geo, 2);
	uint32_t count = (uint32_t)((b->last >> shift) - (b->first >> shift)) + 1;

	if (table->window_tables)
		return refuse(b, TRANS_EEXIST, "the table has a window already",
			      b->first);
	if (table->geo.start_level > 2)
		return refuse(b, TRANS_EINVAL, "the root is the only table",
			      b->first);
	if (b->count)
		return 0;
	if (table->ops->alloc(table->ctx, table->geo.granule_shift, count,
			      &table->window))
		return refuse(b, TRANS_ENOMEM, "no memory for the window",
			      b->first);
	table->window_tables = count;
	return 0;
}

int trans_table_window(struct trans_table *table, trans_va_t va, uint64_t len,
		       unsigned int flags, struct trans_window *window,
		       struct trans_report *report)
{
	struct build b = { .op = OP_WINDOW, .report = report };
	int ret = begin(&b, table, va, len, flags, TRANS_ESTIMATE);
	unsigned int shift = table->geo.granule_shift;

	if (!ret)
		ret = window_pages(&b);
	if (ret)
		return ret;
	ret = trans_build_(&b);
	if (b.count)
		return ret;
	if (ret) {
		table->ops->free(table->ctx, shift, table->window_tables,
				 table->window);
		table->window_tables = 0;
		return ret;
	}
	window->count = len >> shift;
	window->entries = table->window +
		((va & low_mask(geo_shift(&table->geo, 2))) >> shift) * 8;
	return 0;
}
