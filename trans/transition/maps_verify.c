/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What the transitional tables really map: read back, for the proof and for
 * whoever has to know before.
 */
#include "lib/fail.h"
#include "trans/transition/private.h"

/* The table that the mover's addresses are translated by. */
static const struct trans_table *moved_by(const struct trans_transition *t)
{
	return t->high.ops ? &t->high : &t->low;
}

static int verify(const struct trans_table *table, trans_va_t va,
		  struct trans_span span, unsigned int access,
		  struct trans_error *err)
{
	struct trans_report report = { 0 };
	int ret = trans_table_verify(table, va, span.start, span.len, access,
				     &report);

	if (ret && err) {
		*err = report.error;
		err->pa = span.start;
		err->len = span.len;
	}
	return ret;
}

int trans_maps_verify_moved_(const struct trans_transition *t, trans_pa_t pa,
			     uint64_t len, bool write, struct trans_error *err)
{
	struct trans_span span = span_of(t, pa, len);

	return verify(moved_by(t), moved_va(t, pa) - (pa - span.start), span,
		      write ? TRANS_WRITE : 0, err);
}

int trans_maps_find_(const struct trans_table *table, trans_va_t va,
		     struct trans_leaf *leaf, struct trans_report *report)
{
	int ret = trans_table_query(table, va, leaf, report);

	if (!ret)
		return 1;
	return ret == TRANS_ENOENT || ret == TRANS_ERANGE ? 0 : ret;
}

static int kept_at(const struct trans_table *table, trans_va_t va,
		   trans_pa_t pa, bool absent, struct trans_error *err)
{
	struct trans_report report = { 0 };
	struct trans_leaf leaf;
	int ret = table->ops ? trans_maps_find_(table, va, &leaf, &report) : 0;

	if (ret <= 0)
		return passed_on(ret, &report, err);
	if (leaf.pa != pa || (!absent && !leaf.writable))
		return 0;
	trans_fail_pa(err, TRANS_EOVERLAP, absent ? "a table is mapped" :
		      "a page of the blob can be written", pa, 0);
	if (err)
		err->va = va;
	return TRANS_EOVERLAP;
}

/* Can [pa, pa + len) not be written, and, with @absent, not even be read? */
static int verify_kept(const struct trans_transition *t, trans_pa_t pa,
		       uint64_t len, bool absent, struct trans_error *err)
{
	int ret = 0;

	for (uint64_t at = 0; !ret && at < len; at += granule_of(t)) {
		ret = kept_at(&t->low, pa + at, pa + at, absent, err);
		if (!ret)
			ret = kept_at(moved_by(t), moved_va(t, pa + at),
				      pa + at, absent, err);
	}
	return ret;
}

int trans_maps_verify_move_(const struct trans_transition *t,
			    const struct trans_move *move,
			    struct trans_error *err)
{
	int ret = stays(move) ? 0 :
		  trans_maps_verify_moved_(t, move->dst, move->len, true, err);

	if (ret || move->src == TRANS_ZERO)
		return ret;
	return trans_maps_verify_moved_(t, move->src, move->len, false, err);
}

/* For trans_transition_pages. */
struct blob_verify {
	const struct trans_transition *t;
	struct trans_error *err;
};

static unsigned int access_of(enum page_use use)
{
	if (use == PAGE_EXECUTED)
		return TRANS_EXEC;
	return use == PAGE_READ ? 0 : TRANS_WRITE;
}

static int verify_page(void *arg, enum trans_pages kind, trans_pa_t pa,
		       uint64_t len)
{
	const struct blob_verify *check = arg;
	const struct trans_transition *t = check->t;
	struct trans_span span = span_of(t, pa, len);
	enum page_use use = trans_pages_use_(kind);
	int ret = 0;

	if (use != PAGE_HIDDEN)
		ret = verify(&t->low, span.start, span, access_of(use),
			     check->err);
	if (ret || use == PAGE_WRITTEN || use == PAGE_DEVICE)
		return ret;
	return verify_kept(t, span.start, span.len, use == PAGE_HIDDEN,
			   check->err);
}

int trans_maps_verify_blob_(const struct trans_transition *t,
			    struct trans_error *err)
{
	struct blob_verify check = { t, err };

	return trans_transition_pages(t, TRANS_PAGES_ALL, verify_page, &check,
				      err);
}
