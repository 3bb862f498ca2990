/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The transitional tables: which geometry, and what is mapped. Whether it came
 * out as the mover needs it, maps_verify.c looks.
 *
 * Destinations come first and writable; then sources, read-only, where nothing
 * is mapped yet (a page of a cycle is both, and stays writable); then the
 * blob's own pages, over whatever is there.
 */
#include "lib/fail.h"
#include "trans/transition/private.h"

#define LINEAR_FLAGS \
	(TRANS_MKWRITE | TRANS_MKVALID | TRANS_CHECKPFN | TRANS_NOEXEC | \
	 TRANS_FOLD)

static const struct trans_attr attr_ro = { TRANS_MEM_NORMAL, 0 };
static const struct trans_attr attr_rw = { TRANS_MEM_NORMAL, TRANS_WRITE };

static bool is_linear(const struct trans_transition *t)
{
	return copies_map(&t->args);
}

static bool has_52_bits(const struct trans_transition *t)
{
	return trans_cpu_has_va52(t->args.cpu, t->args.granule);
}

/* Both halves share TCR.IPS and TCR.DS, so the identity map follows the copy
 * where there is one. */
static int low_geometry(const struct trans_transition *t,
			struct trans_geometry *geo, struct trans_error *err)
{
	unsigned int va_bits = t->args.va_bits;
	unsigned int pa_bits = trans_cpu_pa_bits(t->args.cpu);
	uint64_t far_last = t->far.start + (t->far.len - !!t->far.len);
	bool ds = (va_bits > 48 || far_last >> 48) &&
		  t->args.granule != TRANS_64K;

	if (va_bits > 48 && !has_52_bits(t))
		return trans_fail(err, TRANS_EINVAL,
				  "the CPU lacks addresses above 48 bits");
	if (is_linear(t)) {
		pa_bits = t->args.linear->geo.pa_bits;
		ds = t->args.linear->geo.ds;
	} else if (pa_bits > 48 && !ds && t->args.granule != TRANS_64K) {
		pa_bits = 48;
	}
	return trans_geometry_init(geo, trans_cpu_regime(t->args.cpu),
				   t->args.granule, va_bits, pa_bits,
				   ds ? TRANS_GEO_DS : 0, err);
}

static int high_geometry(const struct trans_transition *t,
			 struct trans_geometry *geo, struct trans_error *err)
{
	const struct trans_geometry *linear = &t->args.linear->geo;

	return trans_geometry_init(
		geo, trans_cpu_regime(t->args.cpu), t->args.granule,
		linear->va_bits, linear->pa_bits,
		TRANS_GEO_UPPER | (linear->ds ? TRANS_GEO_DS : 0), err);
}

/* Add up what an operation did. */
static int account(struct trans_transition *t, int ret,
		   const struct trans_report *report, struct trans_error *err)
{
	const struct trans_stats *from = &report->stats;
	struct trans_stats *to = &t->stats;

	if (ret)
		return passed_on(ret, report, err);
	to->tables += from->tables;
	to->tables_freed += from->tables_freed;
	to->mkwrite += from->mkwrite;
	to->mkvalid += from->mkvalid;
	to->folded += from->folded;
	for (int level = 0; level < 4; level++)
		to->leaves[level] += from->leaves[level];
	return 0;
}

static int create(struct trans_transition *t, struct trans_error *err)
{
	uint64_t mair = is_linear(t) ? t->args.linear->mair : 0;
	struct trans_report report = { 0 };
	struct trans_geometry geo;
	int ret = low_geometry(t, &geo, err);

	if (ret)
		return ret;
	ret = account(t, trans_table_create(&t->low, &geo, mair, t->args.ops,
					    t->args.ctx, &report),
		      &report, err);
	if (ret || !is_linear(t) || !t->args.linear->geo.upper)
		return ret;
	ret = high_geometry(t, &geo, err);
	if (ret)
		return ret;
	return account(t, trans_table_create(&t->high, &geo, mair, t->args.ops,
					     t->args.ctx, &report),
		       &report, err);
}

/* Not a status: the map is to be made anew, and coarse. */
#define TOO_MANY_TABLES 1

static int count_tables(const struct trans_transition *t, int ret)
{
	unsigned int most = coarse_above(&t->args);

	if (ret || is_linear(t) || t->coarse || !most || t->low.pages <= most)
		return ret;
	return TOO_MANY_TABLES;
}

static int map_moved(struct trans_transition *t, trans_pa_t pa, uint64_t len,
		     bool write, struct trans_error *err)
{
	struct trans_span span = span_of(t, pa, len);
	struct trans_report report = { 0 };
	unsigned int flags = t->args.linear_flags;
	trans_va_t va = moved_va(t, span.start);
	int ret;

	if (!is_linear(t)) {
		ret = trans_table_map(&t->low, va, span.start, span.len,
				      write ? &attr_rw : &attr_ro, TRANS_KEEP,
				      &report);
		return count_tables(t, account(t, ret, &report, err));
	}
	flags = (flags ? flags : LINEAR_FLAGS) | TRANS_KEEP;
	if (!write)
		flags &= ~TRANS_MKWRITE;
	ret = trans_table_copy(t->high.ops ? &t->high : &t->low, va,
			       t->args.linear, va, span.len, flags, &report);
	return account(t, ret, &report, err);
}

/* For the list's callbacks. */
struct list_map {
	struct trans_transition *t;
	struct trans_error *err;
};

static int map_destination(void *arg, const struct trans_move *move)
{
	struct list_map *map = arg;

	if (stays(move))
		return 0;
	return map_moved(map->t, move->dst, move->len, true, map->err);
}

static int map_source(void *arg, const struct trans_move *move)
{
	struct list_map *map = arg;

	if (move->src == TRANS_ZERO)
		return 0;
	return map_moved(map->t, move->src, move->len, false, map->err);
}

/* The list has more than the plan: what is to be scrubbed is a destination. */
static int map_moves(struct trans_transition *t, struct trans_error *err)
{
	struct list_map map = { t, err };
	int ret = trans_list_moves_(t, map_destination, &map, err);

	if (!ret)
		ret = trans_list_moves_(t, map_source, &map, err);
	for (size_t i = 0; !ret && i < digests_of(&t->args); i++)
		ret = map_moved(t, t->args.digests[i].pa,
				t->args.digests[i].len, false, err);
	return ret;
}

/* Over whatever is there; but a device is nobody's memory. */
static int map_page(void *arg, enum trans_pages kind, trans_pa_t pa,
		    uint64_t len)
{
	const struct list_map *map = arg;
	struct trans_report report = { 0 };
	unsigned int flags = kind == TRANS_PAGES_UART ? 0 : TRANS_REPLACE;
	int ret = trans_pages_map_(map->t, &map->t->low, kind, pa, len, flags,
				   &report);

	return account(map->t, ret, &report, map->err);
}

/* The tables hold on to what they are made of, and map none of it. */
static int map_blob(struct trans_transition *t, struct trans_error *err)
{
	struct list_map map = { t, err };

	return trans_transition_pages(t, TRANS_PAGES_ALL - TRANS_PAGES_TABLES,
				      map_page, &map, err);
}

static int build_exact(struct trans_transition *t, struct trans_error *err)
{
	int ret = create(t, err);

	if (!ret)
		ret = map_moves(t, err);
	if (!ret)
		ret = count_tables(t, map_blob(t, err));
	return ret;
}

/* What is moved is mapped by all of RAM, or (far away, or in no RAM) exactly,
 * as in the other map. */
static int build_coarse(struct trans_transition *t, struct trans_error *err)
{
	int ret = create(t, err);

	if (!ret)
		ret = trans_coarse_map_add_(t, err);
	if (!ret)
		ret = map_moves(t, err);
	if (!ret)
		ret = map_blob(t, err);
	return ret ? ret : trans_coarse_map_hide_(t, err);
}

int trans_maps_build_(struct trans_transition *t, struct trans_error *err)
{
	int ret = TRANS_ASSUME_EXACT ? 0 : trans_offset_map_find_(t, err);

	if (!ret)
		ret = build_exact(t, err);
	if (TRANS_ASSUME_EXACT || ret != TOO_MANY_TABLES)
		return ret;
	trans_maps_free_(t);
	t->coarse = true;
	return build_coarse(t, err);
}

void trans_maps_free_(struct trans_transition *t)
{
	t->coarse = false;
	trans_table_destroy(&t->low);
	trans_table_destroy(&t->high);
	memset(&t->stats, 0, sizeof(t->stats));
}
