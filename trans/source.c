/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The source side of the builder: reading another table, whose owner may be
 * changing it and whose contents nobody vouches for, and turning each leaf into
 * what the flags of the call make of it.
 */
#include "attr.h"
#include "build.h"

static bool mkwrite_changes(const struct build *b, const struct item *item)
{
	uint64_t writable = LEAF_READONLY | LEAF_DBM;

	return b->flags & TRANS_MKWRITE &&
	       (item->d.v & writable) != (item->attributes & writable);
}

static bool noexec_changes(const struct build *b, const struct item *item)
{
	uint64_t never = LEAF_PXN | LEAF_XN;

	return b->flags & TRANS_NOEXEC &&
	       (item->d.v & never) != (item->attributes & never);
}

static int leaf_attributes(struct build *b, const struct side *side, int level,
			   trans_va_t va, struct item *item)
{
	uint64_t a = desc_attributes(&b->src->geo, item->d);
	unsigned int index;

	if (!tt_direct(b->src, &a))
		return tt_build_fail(
			b, TRANS_EUNREPR,
			"permission indirection that AP and XN cannot say",
			level, va, item->d, item->pa);
	a = tt_edit_apply(side->inherited, a);
	if (!b->plain) {
		index = b->index_map[(a & LEAF_INDEX) >> LEAF_INDEX_SHIFT];
		if (index > 7)
			return tt_build_fail(b, TRANS_EUNREPR,
					  "memory type not in the destination's MAIR",
					  level, va, item->d, item->pa);
		a = (a & ~LEAF_INDEX) | (uint64_t)index << LEAF_INDEX_SHIFT;
		a = tt_between_tables(&b->src->geo, &b->dst->geo, a);
	}
	item->attributes = tt_edit_apply(b->edit, a);
	b->stats.mkwrite += mkwrite_changes(b, item);
	b->stats.noexec += noexec_changes(b, item);
	b->stats.cont_dropped += (item->d.v & LEAF_CONT) != 0;
	return 0;
}

/* MKVALID: what the source's rule makes of an invalid entry. */
static int revive(struct build *b, int level, trans_va_t va, struct item *item)
{
	const struct trans_geometry *geo = &b->src->geo;
	uint64_t len = 1ULL << geo_shift(geo, level);
	enum trans_presence presence = TRANS_AMBIGUOUS;

	if (b->src->present)
		presence = b->src->present(item->d.v, level);
	if (presence == TRANS_ABSENT)
		return 0;
	if (presence == TRANS_AMBIGUOUS || (level < 3 && item->d.v & DESC_TYPE) ||
	    !trans_geometry_leaf(geo, level))
		return tt_build_fail(b, TRANS_ECORRUPT,
				  "invalid entry may or may not be a mapping",
				  level, va, item->d, 0);
	if (presence == TRANS_PRESENT_GLOBAL)
		item->d.v &= ~LEAF_NG;
	if (presence == TRANS_PRESENT_NG)
		item->d.v |= LEAF_NG;
	item->d.v |= LEAF_AF | (level == 3 ? DESC_KIND : DESC_VALID);
	item->pa = desc_decode_pa(geo, item->d, geo_shift(geo, level));
	if (b->flags & TRANS_CHECKPFN &&
	    !b->dst->ops->pfn_valid(b->dst->ctx, item->pa, len))
		return tt_build_fail(b, TRANS_EPFN,
				  "pfn_valid refused a leaf to be made valid",
				  level, va, item->raw, item->pa);
	item->kind = DESC_LEAF;
	b->stats.mkvalid++;
	return 0;
}

/* Make an item of one entry of the source, just read. */
static int classify(struct build *b, const struct side *side, int level,
		    trans_va_t va, struct item *item)
{
	const struct trans_geometry *geo = &b->src->geo;
	unsigned int shift = geo_shift(geo, level);
	int ret;

	item->kind = desc_kind(geo, level, item->d);
	if (item->kind == DESC_EMPTY) {
		if (!item->d.v || !(b->flags & TRANS_MKVALID))
			return 0;
		ret = revive(b, level, va, item);
		if (ret || item->kind == DESC_EMPTY)
			return ret;
	}
	if (item->kind == DESC_RESERVED)
		return tt_build_fail(b, TRANS_ECORRUPT, "reserved descriptor type",
				  level, va, item->d, 0);
	if (item->kind == DESC_TABLE)
		shift = geo->granule_shift;
	item->pa = desc_decode_pa(geo, item->d, shift);
	if (!geo_has_pa(geo, item->pa))
		return tt_build_fail(b, TRANS_ECORRUPT,
				  "address beyond the source's address size",
				  level, va, item->d, item->pa);
	if (item->kind == DESC_LEAF)
		return leaf_attributes(b, side, level, va, item);
	return 0;
}

/* A linear source whose attributes the caller tells range by range: a leaf where
 * one answer covers the slot (or what the operation wants of it), else to be
 * asked again below. */
static int ask(struct build *b, int level, trans_va_t va, struct item *item)
{
	const struct trans_linear *linear = b->linear;
	trans_va_t from = va > b->first ? va : b->first;
	trans_va_t to = va + low_mask(geo_shift(&b->dst->geo, level));
	struct trans_attr attr = { 0 };
	uint64_t same = 0;
	const char *why = "the attribute callback refused";

	if (to > b->last)
		to = b->last;
	item->pa = va + linear->offset;
	if (linear->attr_of(linear->arg, from, from + linear->offset, &attr,
			    &same))
		return tt_build_fail(b, TRANS_EHOST, why, level, va, item->d,
				     item->pa);
	item->kind = same - 1 >= to - from && same ? DESC_LEAF : DESC_TABLE;
	if (item->kind == DESC_TABLE && level < 3)
		return 0;
	item->kind = DESC_LEAF;
	if (tt_attributes_of(b->dst, &attr, &item->attributes, &why))
		return 0;
	return tt_build_fail(b, TRANS_EINVAL, why, level, va, item->d,
			     item->pa);
}

/* What a side that is not SIDE_ABOVE has for the slot at @va. */
static int read_side(struct build *b, const struct side *side, int level,
		     trans_va_t va, struct item *item)
{
	const uint64_t *entry;

	*item = (struct item){ .kind = DESC_EMPTY };
	if (side->kind == SIDE_LEAF) {
		item->kind = DESC_LEAF;
		item->pa = va + side->offset;
		item->attributes = side->attributes;
	}
	if (side->kind == SIDE_ASKED)
		return ask(b, level, va, item);
	if (side->kind != SIDE_TABLE)
		return 0;
	entry = &side->table[geo_index(&b->src->geo, level, va - b->delta)];
	item->raw = entry == b->ahead ? b->ahead_d : desc_read(entry);
	item->d = item->raw;
	b->ahead = NULL;
	return classify(b, side, level, va, item);
}

/* The side below the slot at @va that @item was read from. */
static int side_below(struct build *b, const struct side *side, int level,
		      trans_va_t va, const struct item *item,
		      struct side *below)
{
	uint64_t into = (va - b->delta) & low_mask(geo_shift(&b->dst->geo, level));

	*below = (struct side){ .kind = SIDE_NONE };
	if (item->kind == DESC_LEAF) {
		below->kind = SIDE_LEAF;
		below->attributes = item->attributes;
		below->offset = item->pa - (va - into);
	}
	if (item->kind != DESC_TABLE)
		return 0;
	below->kind = SIDE_TABLE;
	below->inherited = tt_edit_then(tt_edit_of_table(b->src, item->d),
				     side->inherited);
	below->table = tt_table_at(b->src, item->pa, level + 1);
	if (!below->table)
		return tt_build_fail(b, TRANS_EFAULT,
				  "phys_to_virt refused a table of the source",
				  level, va, item->d, item->pa);
	return 0;
}

static int source_root(struct build *b, trans_va_t va, struct side *side)
{
	*side = (struct side){ .kind = SIDE_TABLE };
	side->table = tt_table_at(b->src, b->src->root, b->src->geo.start_level);
	if (side->table)
		return 0;
	return tt_build_fail(b, TRANS_EFAULT,
			  "phys_to_virt refused the root of the source",
			  b->src->geo.start_level, va, (desc_t){ 0 },
			  b->src->root);
}

static int source_enter(struct build *b, int level, trans_va_t va, struct side *side)
{
	int at = b->src->geo.start_level;
	int ret;

	if (level < at) {
		*side = (struct side){ .kind = SIDE_ABOVE };
		return 0;
	}
	ret = source_root(b, va, side);
	for (; !ret && at < level && side->kind == SIDE_TABLE; at++) {
		struct side from = *side;
		struct item item;

		ret = read_side(b, &from, at, va, &item);
		if (!ret)
			ret = side_below(b, &from, at, va, &item, side);
	}
	return ret;
}

int tt_source_begin(struct build *b, struct side *side)
{
	const struct trans_geometry *geo = &b->src->geo;
	unsigned int span = geo_shift(geo, b->level) + geo_stride(geo);
	bool one_table = b->level == geo->start_level || span >= 64 ||
			 (b->first - b->delta) >> span ==
				 (b->last - b->delta) >> span;

	*side = (struct side){ .kind = SIDE_ABOVE };
	return one_table ? source_enter(b, b->level, b->first, side) : 0;
}

int tt_source_item(struct build *b, const struct side *side, int level,
		   trans_va_t va, struct item *item)
{
	int ret;

	if (side->kind != SIDE_ABOVE)
		return read_side(b, side, level, va, item);
	*item = (struct item){ .kind = DESC_TABLE };
	if (level < b->src->geo.start_level)
		return 0;
	ret = source_enter(b, level, va, &b->here);
	return ret ? ret : read_side(b, &b->here, level, va, item);
}

int tt_source_below(struct build *b, const struct side *side, int level,
		    trans_va_t va, const struct item *item, struct side *below)
{
	if (side->kind == SIDE_ASKED) {
		*below = *side;
		return 0;
	}
	if (side->kind != SIDE_ABOVE)
		return side_below(b, side, level, va, item, below);
	if (level < b->src->geo.start_level)
		return source_enter(b, level + 1, va, below);
	return side_below(b, &b->here, level, va, item, below);
}

/* Statistics of @more leaves that are like @item. */
static void count_alike(struct build *b, const struct item *item,
			unsigned int more)
{
	b->stats.mkwrite += mkwrite_changes(b, item) ? more : 0;
	b->stats.noexec += noexec_changes(b, item) ? more : 0;
	b->stats.cont_dropped += item->d.v & LEAF_CONT ? more : 0;
	b->stats.mkvalid += item->raw.v & DESC_VALID ? 0 : more;
}

/* With KEEPCONT a run neither begins nor ends inside a group, so that a whole
 * group is one run: the slots from @va to the end of its group. */
static unsigned int to_group_end(const struct build *b, trans_va_t va)
{
	const struct trans_geometry *geo = &b->dst->geo;
	unsigned int group = 1u << geo_group(geo, b->level);

	return group - ((unsigned int)(va >> geo_shift(geo, b->level)) &
			(group - 1));
}

/* A run: the entry at @slot is to be @entry, and each that follows more by
 * @step. */
struct run {
	const uint64_t *slot;
	uint64_t entry, step;
	uint64_t into; /* what turns an entry into its copy, added */
};

/* The entry that ends a run is kept for whoever looks at it next: each entry is
 * read once. */
static bool stop_at(struct build *b, const uint64_t *slot, desc_t d)
{
	b->ahead = slot;
	b->ahead_d = d;
	return false;
}

/* Is the entry @i slots ahead as expected? Then copy it to @out, if any. Equal
 * means every bit: where bits differ that a copy drops anyway, the run merely
 * ends early. */
static inline bool follow(struct build *b, const struct run *run,
			  unsigned int i, uint64_t *out)
{
	uint64_t expected = run->entry + i * run->step;
	desc_t d = desc_read(&run->slot[i]);

	if (__builtin_expect(d.v != expected, 0))
		return stop_at(b, &run->slot[i], d);
	if (out)
		out[i] = expected + run->into;
	return true;
}

/* The loop that the copy of a large map consists of; hence unrolled, and made
 * once for each kind of @out, where size is not all. */
#ifdef __OPTIMIZE_SIZE__
#define UNROLL 1
#define TWICE
#else
#define UNROLL 8
#define TWICE inline __attribute__((always_inline))
#endif
static TWICE unsigned int follow_all(struct build *b, struct run run,
				     unsigned int most, uint64_t *out)
{
	unsigned int left = most, i;

	for (; left >= UNROLL; left -= UNROLL) {
#pragma GCC unroll 8
		for (i = 0; i < UNROLL; i++)
			if (!follow(b, &run, i, out))
				return most - left + i;
		run.slot += UNROLL;
		run.entry += UNROLL * run.step;
		out = out ? out + UNROLL : NULL;
	}
	for (i = 0; i < left; i++)
		if (!follow(b, &run, i, out))
			break;
	return most - left + i;
}

/* The same for a run that MKVALID revives: each entry is asked for. */
static unsigned int follow_revived(struct build *b, const struct run *run,
				   unsigned int most, const struct item *item)
{
	const struct trans_ops *ops = b->dst->ops;
	enum trans_presence presence = b->src->present(item->raw.v, b->level);
	trans_pa_t pa = item->pa;
	unsigned int i;

	for (i = 0; i < most && follow(b, run, i, NULL); i++) {
		desc_t d = { run->entry + i * run->step };

		pa += run->step;
		if (b->src->present(d.v, b->level) == presence &&
		    (!(b->flags & TRANS_CHECKPFN) ||
		     ops->pfn_valid(b->dst->ctx, pa, run->step)))
			continue;
		stop_at(b, &run->slot[i], d);
		break;
	}
	return i;
}

/* Count entries that continue @item, which is at @entry. */
static unsigned int count_run(struct build *b, const uint64_t *entry,
			      unsigned int most, const struct item *item,
			      uint64_t *out, desc_t d)
{
	struct run run = { .slot = entry + 1, .step = 1ULL << b->shift };

	run.entry = item->raw.v + run.step;
	run.into = d.v - item->raw.v;
	if (!(item->raw.v & DESC_VALID))
		return 1 + follow_revived(b, &run, most - 1, item);
	if (!out)
		return 1 + follow_all(b, run, most - 1, NULL);
	out[0] = d.v;
	return 1 + follow_all(b, run, most - 1, out + 1);
}

unsigned int tt_source_run(struct build *b, const struct side *side,
			   trans_va_t va, unsigned int most,
			   const struct item *item, bool *whole,
			   uint64_t *out, desc_t d)
{
	unsigned int group, count, shift = b->shift;
	const struct trans_geometry *geo;
	uint64_t beyond;

	if (side->kind == SIDE_LEAF)
		return most;
	if (side->kind != SIDE_TABLE)
		return 1;
	geo = &b->src->geo;
	group = to_group_end(b, va);
	if (b->flags & TRANS_KEEPCONT && most > group)
		most = group;
	beyond = ((1ULL << geo->pa_bits) - item->pa) >> shift;
	if (most > beyond)
		most = (unsigned int)beyond;
	count = count_run(b, &side->table[geo_index(geo, b->level,
						    va - b->delta)],
			  most, item, out, d);
	count_alike(b, item, count - 1);
	*whole = b->flags & TRANS_KEEPCONT && item->d.v & LEAF_CONT &&
		 group > 1 && count == group &&
		 count == 1u << geo_group(geo, b->level) &&
		 !(item->pa & low_mask(shift + geo_group(geo, b->level)));
	if (*whole)
		b->stats.cont_dropped -= count;
	return count;
}
