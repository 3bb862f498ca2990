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

	if (ret < 0 && err)
		*err = report.error;
	if (ret <= 0)
		return ret;
	if (leaf.pa != pa || (!absent && !leaf.writable))
		return 0;
	trans_fail_pa(err, TRANS_EOVERLAP, absent ? "a table is mapped" :
		      "a page of the blob can be written", pa, 0);
	if (err)
		err->va = va;
	return TRANS_EOVERLAP;
}

int trans_maps_verify_kept_(const struct trans_transition *t, trans_pa_t pa,
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

static int verify_own(const struct trans_transition *t, trans_pa_t pa,
		      uint64_t len, unsigned int access,
		      struct trans_error *err)
{
	struct trans_span span = span_of(t, pa, len);

	return verify(&t->low, span.start, span, access, err);
}

/* For trans_list_pages_. */
struct list_verify {
	const struct trans_transition *t;
	struct trans_error *err;
};

static int verify_list_page(void *arg, trans_pa_t pa, uint64_t len)
{
	const struct list_verify *check = arg;

	return verify_own(check->t, pa, len, 0, check->err);
}

int trans_maps_verify_blob_(const struct trans_transition *t,
			    struct trans_error *err)
{
	struct list_verify list = { t, err };
	uint64_t granule = granule_of(t);
	int ret = verify_own(t, t->code, t->code_granules * granule, TRANS_EXEC,
			     err);

	if (!ret)
		ret = verify_own(t, t->data, t->data_granules * granule,
				 TRANS_WRITE, err);
	if (!ret)
		ret = trans_list_pages_(t, verify_list_page, &list, err);
	if (!ret && t->args.report)
		ret = verify_own(t, t->args.report,
				 sizeof(struct trans_blob_report), TRANS_WRITE,
				 err);
	return ret;
}
