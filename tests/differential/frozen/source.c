/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The source side of the builder: reading another table, whose owner may be
 * changing it and whose contents nobody vouches for, and turning each leaf into
 * what the flags of the call make of it.
 */
#include "names.h"
#include "attr.h"
#include "build.h"

/* item.changes: what becomes of a leaf, for the statistics. */
#define MADE_WRITABLE 1u
#define MADE_NOEXEC 2u
#define MADE_VALID 4u
#define LOST_CONT 8u

static int item_fail(struct build *b, int status, const char *why)
{
	return trans_build_fail_(b, status, why, b->item.raw, b->item.pa);
}

static void count_changes(struct build *b, unsigned int changes,
			  unsigned int leaves)
{
	struct trans_stats *stats = &b->stats;

	stats->mkwrite += changes & MADE_WRITABLE ? leaves : 0;
	stats->noexec += changes & MADE_NOEXEC ? leaves : 0;
	stats->mkvalid += changes & MADE_VALID ? leaves : 0;
	stats->cont_dropped += changes & LOST_CONT ? leaves : 0;
}

static unsigned int changes_of(const struct build *b, desc_t d)
{
	uint64_t changed = d.v ^ b->item.attributes;
	unsigned int changes = b->item.raw.v & DESC_VALID ? 0 : MADE_VALID;

	if (b->flags & TRANS_MKWRITE && changed & (LEAF_READONLY | LEAF_DBM))
		changes |= MADE_WRITABLE;
	if (b->flags & TRANS_NOEXEC && changed & (LEAF_PXN | LEAF_XN))
		changes |= MADE_NOEXEC;
	return changes | (d.v & LEAF_CONT ? LOST_CONT : 0);
}

/* The attributes of a leaf of @side: @d is b->item.raw, valid. */
static int leaf_attributes(struct build *b, const struct side *side, desc_t d)
{
	struct item *item = &b->item;
	uint64_t a = desc_attributes(&b->src->geo, d);
	unsigned int index;

	if (!trans_attributes_direct_(b->src, &a))
		return item_fail(
			b, TRANS_EUNREPR,
			"permission indirection that AP and XN cannot say");
	a = trans_inherit_(side->attributes, a);
	if (!b->plain) {
		index = b->index_map[(a & LEAF_INDEX) >> LEAF_INDEX_SHIFT];
		if (index > 7)
			return item_fail(
				b, TRANS_EUNREPR,
				"memory type not in the destination's MAIR");
		a = (a & ~LEAF_INDEX) | (uint64_t)index << LEAF_INDEX_SHIFT;
		a = trans_attributes_convert_(&b->src->geo, &b->dst->geo, a);
	}
	item->attributes = edit_apply(b->edit, a);
	item->changes = (uint8_t)changes_of(b, d);
	count_changes(b, item->changes, 1);
	return 0;
}

/* MKVALID: make of an invalid entry what the source's rule says that it is. */
static int revive(struct build *b, desc_t *d)
{
	const struct trans_geometry *geo = &b->src->geo;
	struct item *item = &b->item;
	enum trans_presence presence = TRANS_AMBIGUOUS;

	if (b->src->present)
		presence = b->src->present(d->v, b->level);
	if (presence == TRANS_ABSENT)
		return 0;
	if (presence == TRANS_AMBIGUOUS ||
	    (b->level < 3 && d->v & DESC_TYPE) ||
	    !trans_geometry_leaf(geo, b->level))
		return item_fail(b, TRANS_ECORRUPT,
				 "invalid entry may or may not be a mapping");
	if (presence == TRANS_PRESENT_GLOBAL)
		d->v &= ~LEAF_NG;
	if (presence == TRANS_PRESENT_NG)
		d->v |= LEAF_NG;
	d->v |= LEAF_AF | (b->level == 3 ? DESC_KIND : DESC_VALID);
	item->pa = desc_decode_pa(geo, *d, b->shift);
	if (b->flags & TRANS_CHECKPFN &&
	    !b->dst->ops->pfn_valid(b->dst->ctx, item->pa, 1ULL << b->shift))
		return item_fail(b, TRANS_EPFN,
				 "pfn_valid refused a leaf to be made valid");
	item->kind = DESC_LEAF;
	b->revived = (struct revived){ .raw = item->raw,
				       .presence = (uint8_t)presence,
				       .level = TRANS_NO_LEVEL };
	return 0;
}

/* Make an item of one entry of the source, just read. */
static int classify(struct build *b, const struct side *side)
{
	const struct trans_geometry *geo = &b->src->geo;
	struct item *item = &b->item;
	desc_t d = item->raw;
	int ret;

	item->pa = 0;
	item->kind = desc_kind(geo, b->level, d);
	if (item->kind == DESC_EMPTY) {
		if (!d.v || !(b->flags & TRANS_MKVALID))
			return 0;
		ret = revive(b, &d);
		if (ret || item->kind == DESC_EMPTY)
			return ret;
	}
	if (item->kind == DESC_RESERVED)
		return item_fail(b, TRANS_ECORRUPT, "reserved descriptor type");
	item->pa = desc_decode_pa(geo, d, item->kind == DESC_TABLE ?
						  geo->granule_shift :
						  b->shift);
	if (!geo_has_pa(geo, item->pa))
		return item_fail(b, TRANS_ECORRUPT,
				 "address beyond the source's address size");
	return item->kind == DESC_LEAF ? leaf_attributes(b, side, d) : 0;
}

/* A linear source whose attributes the caller tells range by range: a leaf
 * where one answer covers the slot (or what the operation wants of it), else to
 * be asked again below. */
static int ask(struct build *b)
{
	const struct trans_linear *linear = b->linear;
	trans_va_t from = b->va > b->first ? b->va : b->first;
	trans_va_t to = b->va + low_mask(b->shift);
	struct trans_attr attr = { 0 };
	uint64_t same = 0;
	const char *why = "the attribute callback refused";

	if (to > b->last)
		to = b->last;
	b->item.pa = b->va + linear->offset;
	if (linear->attr_of(linear->arg, from, from + linear->offset, &attr,
			    &same))
		return item_fail(b, TRANS_EHOST, why);
	b->item.kind = DESC_TABLE;
	if (b->level < 3 && (!same || same - 1 < to - from))
		return 0;
	b->item.kind = DESC_LEAF;
	if (trans_attributes_of_(b->dst, &attr, &b->item.attributes, &why))
		return 0;
	return item_fail(b, TRANS_EINVAL, why);
}

static const uint64_t *entry_of(const struct build *b, const struct side *side)
{
	return &side->table[geo_index(&b->src->geo, b->level,
				      b->va - b->delta)];
}

/* Each entry is read once. */
static desc_t read_entry(struct build *b, const uint64_t *entry)
{
	bool again = entry == b->ahead;

	b->ahead = NULL;
	return again ? b->ahead_d : desc_read(entry);
}

/* What a side that is not SIDE_ABOVE has for the current slot. */
static int read_side(struct build *b, const struct side *side)
{
	struct item *item = &b->item;

	if (side->kind == SIDE_TABLE) {
		item->raw = read_entry(b, entry_of(b, side));
		return classify(b, side);
	}
	*item = (struct item){ .kind = DESC_EMPTY };
	if (side->kind == SIDE_ASKED)
		return ask(b);
	if (side->kind == SIDE_LEAF) {
		item->kind = DESC_LEAF;
		item->pa = b->va + side->offset;
		item->attributes = side->attributes;
	}
	return 0;
}

/* From @side to what is below the slot that the item was read from. */
static int side_below(struct build *b, struct side *side)
{
	const struct item *item = &b->item;
	uint64_t into = (b->va - b->delta) & low_mask(b->shift);
	const char *why = "phys_to_virt refused a table of the source";
	int ret;

	side->kind = SIDE_NONE;
	if (item->kind == DESC_LEAF) {
		side->kind = SIDE_LEAF;
		side->attributes = item->attributes;
		side->offset = item->pa - (b->va - into);
	}
	if (item->kind != DESC_TABLE)
		return 0;
	side->kind = SIDE_TABLE;
	side->attributes |= trans_inheritance_(b->src, item->raw);
	ret = trans_look_at_(b->src, item->pa, b->level + 1, &side->table,
			     &why);
	return ret ? item_fail(b, ret, why) : 0;
}

static int source_root(struct build *b, struct side *side)
{
	const char *why = "phys_to_virt refused the root of the source";
	const struct trans_table *src = b->src;
	int ret;

	*side = (struct side){ .kind = SIDE_TABLE };
	ret = trans_look_at_(src, src->root, src->geo.start_level, &side->table,
			     &why);
	return ret ? trans_build_fail_(b, ret, why, (desc_t){ 0 }, src->root) :
		     0;
}

/* The side of the table of @level that the current address is in. */
static int source_enter(struct build *b, int level, struct side *side)
{
	int current = b->level, ret;

	*side = (struct side){ .kind = SIDE_ABOVE };
	if (level < b->src->geo.start_level)
		return 0;
	set_level(b, b->src->geo.start_level);
	ret = source_root(b, side);
	while (!ret && b->level < level && side->kind == SIDE_TABLE) {
		ret = read_side(b, side);
		if (!ret)
			ret = side_below(b, side);
		if (!ret)
			set_level(b, b->level + 1);
	}
	set_level(b, current);
	return ret;
}

int trans_source_begin_(struct build *b, struct side *side)
{
	const struct trans_geometry *geo = &b->src->geo;
	unsigned int span = b->shift + geo_stride(geo);
	bool one_table = b->level == geo->start_level || span >= 64 ||
			 (b->first - b->delta) >> span ==
				 (b->last - b->delta) >> span;

	b->va = b->first;
	side->kind = SIDE_ABOVE;
	return one_table ? source_enter(b, b->level, side) : 0;
}

int tt_source_item(struct build *b, const struct side *side)
{
	int ret;

	if (side->kind != SIDE_ABOVE)
		return read_side(b, side);
	if (b->level < b->src->geo.start_level) {
		b->item = (struct item){ .kind = DESC_TABLE };
		return 0;
	}
	ret = source_enter(b, b->level, &b->here);
	return ret ? ret : read_side(b, &b->here);
}

int tt_source_below(struct build *b, struct side *side)
{
	if (side->kind == SIDE_ASKED)
		return 0;
	if (side->kind != SIDE_ABOVE)
		return side_below(b, side);
	if (b->level < b->src->geo.start_level)
		return source_enter(b, b->level + 1, side);
	*side = b->here;
	return side_below(b, side);
}

/* ---- runs ---------------------------------------------------------------- */

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

/* Is the entry at @slot as expected? Then store it at @out, if that is given,
 * with @into added. Equal means every bit: where bits differ that a copy drops
 * anyway, the run merely ends early. */
static inline bool follow(struct build *b, const uint64_t *slot,
			  uint64_t expected, uint64_t into, uint64_t *out)
{
	desc_t d = desc_read(slot);

	if (__builtin_expect(d.v != expected, 0))
		return stop_at(b, slot, d);
	if (out)
		*out = d.v + into;
	return true;
}

/* The two loops that the copy of a large map consists of; hence unrolled where
 * size is not all, and two entries share an addition that the next must wait
 * for. Both return how many of @most entries from @run on are as expected. */
#ifdef __OPTIMIZE_SIZE__
#define UNROLL
#else
#define UNROLL _Pragma("GCC unroll 8")
#endif
static unsigned int follow_all(struct build *b, struct run run,
			       unsigned int most)
{
	const uint64_t *slot = run.slot, *end = slot + most;

	UNROLL
	for (; end - slot >= 2; slot += 2) {
		if (!follow(b, slot, run.entry, 0, NULL))
			return (unsigned int)(slot - run.slot);
		if (!follow(b, slot + 1, run.entry + run.step, 0, NULL))
			return (unsigned int)(slot - run.slot) + 1;
		run.entry += 2 * run.step;
	}
	if (slot < end && follow(b, slot, run.entry, 0, NULL))
		slot++;
	return (unsigned int)(slot - run.slot);
}

/* The same, and store the copies at @out. As a part of its caller it is a fifth
 * faster; there is one. */
static inline __attribute__((always_inline)) unsigned int
copy_all(struct build *b, struct run run, unsigned int most, uint64_t *out)
{
	unsigned int i;

	UNROLL
	for (i = 0; i + 1 < most; i += 2) {
		if (!follow(b, &run.slot[i], run.entry, run.into, &out[i]))
			return i;
		if (!follow(b, &run.slot[i + 1], run.entry + run.step,
			    run.into, &out[i + 1]))
			return i + 1;
		run.entry += 2 * run.step;
	}
	if (i < most && follow(b, &run.slot[i], run.entry, run.into, &out[i]))
		i++;
	return i;
}

/* The address bits that may differ between leaves that are alike in both
 * tables: not those that 52-bit layouts keep elsewhere. */
static uint64_t address_bits(const struct build *b)
{
	unsigned int bits = b->dst->geo.pa_bits;

	if (b->src && b->src->geo.pa_bits < bits)
		bits = b->src->geo.pa_bits;
	return low_mask(bits < 48 ? bits : 48) & ~low_mask(b->shift);
}

/* How many leaves from @pa on fit below where those bits carry. */
static unsigned int room_after(const struct build *b, trans_pa_t pa,
			       unsigned int most)
{
	uint64_t room = ((address_bits(b) & ~pa) >> b->shift) + 1;

	return room < most ? (unsigned int)room : most;
}

/* A run that MKVALID revives, whose first entry is at @pa and like b->revived:
 * the rule is asked for each other, pfn_valid for all but the first @vouched.
 * Returns how many there are; only @vouched if pfn_valid refuses. */
static unsigned int follow_revived(struct build *b, struct run run,
				   trans_pa_t pa, unsigned int most,
				   unsigned int vouched)
{
	const struct trans_ops *ops = b->dst->ops;
	unsigned int i;

	most = room_after(b, pa, most);
	for (i = 1; i < most; i++) {
		desc_t d = { run.entry + i * run.step };

		if (!follow(b, &run.slot[i], d.v, 0, NULL))
			break;
		if (b->src->present(d.v, b->level) == b->revived.presence)
			continue;
		stop_at(b, &run.slot[i], d);
		break;
	}
	if (!(b->flags & TRANS_CHECKPFN) || i == vouched ||
	    ops->pfn_valid(b->dst->ctx, pa + vouched * run.step,
			   (i - vouched) * run.step))
		return i;
	stop_at(b, &run.slot[vouched],
		(desc_t){ run.entry + vouched * run.step });
	return vouched;
}

/* With KEEPCONT a run neither begins nor ends inside a group, so that a whole
 * group is one run: the slots from the current one to the end of its group. */
static unsigned int to_group_end(const struct build *b)
{
	unsigned int group = 1u << geo_group(&b->dst->geo, b->level);

	return group - ((unsigned int)(b->va >> b->shift) & (group - 1));
}

/* Are the next @count leaves a whole group that may keep its bit? */
static bool whole_group(const struct build *b, unsigned int count)
{
	unsigned int log = geo_group(&b->dst->geo, b->level);

	return b->flags & TRANS_KEEPCONT && b->item.changes & LOST_CONT &&
	       log && count == 1u << log && count == to_group_end(b) &&
	       !(b->item.pa & low_mask(b->shift + log));
}

unsigned int tt_source_run(struct build *b, const struct side *side,
			   unsigned int most, desc_t *d)
{
	struct run run = { .entry = b->item.raw.v, .step = 1ULL << b->shift };
	unsigned int count, group;

	most = room_after(b, b->item.pa, most);
	if (side->kind != SIDE_TABLE)
		return side->kind == SIDE_LEAF ? most : 1;
	group = to_group_end(b);
	if (b->flags & TRANS_KEEPCONT && most > group)
		most = group;
	run.slot = entry_of(b, side);
	if (b->item.changes & MADE_VALID) {
		count = follow_revived(b, run, b->item.pa, most, 1);
	} else {
		run.slot++;
		run.entry += run.step;
		count = 1 + follow_all(b, run, most - 1);
	}
	count_changes(b, b->item.changes, count - 1);
	if (whole_group(b, count)) {
		b->stats.cont_dropped -= count;
		d->v |= LEAF_CONT;
	}
	return count;
}

/* ---- runs that are copied at once ---------------------------------------- */

static void fill(uint64_t *out, unsigned int count, uint64_t entry,
		 uint64_t step)
{
	for (; count--; entry += step)
		*(volatile uint64_t *)out++ = entry;
}

/* Copy the entry at @run, just read, and those that continue it, if it is like
 * the last leaf that was revived; else 0. */
static unsigned int copy_revived(struct build *b, struct run run,
				 uint64_t inherited, unsigned int most,
				 uint64_t *out)
{
	const struct revived *like = &b->revived;
	desc_t d = b->ahead_d;
	unsigned int count;

	if (!like->raw.v || like->level != b->level ||
	    like->inherited != inherited ||
	    (d.v ^ like->raw.v) & ~address_bits(b) ||
	    b->src->present(d.v, b->level) != like->presence)
		return 0;
	run.entry = d.v;
	count = follow_revived(b, run,
			       desc_decode_pa(&b->src->geo, d, b->shift), most,
			       0);
	fill(out, count, d.v + like->into, run.step);
	count_changes(b, like->changes, count);
	return count;
}

/* The first leaf was revived: what comes may be like it. */
static unsigned int copy_first_revived(struct build *b, struct run run,
				       uint64_t inherited, unsigned int most,
				       uint64_t *out)
{
	unsigned int count;

	b->revived.into = run.into;
	b->revived.inherited = inherited;
	b->revived.changes = b->item.changes;
	b->revived.level = b->level;
	count = follow_revived(b, run, b->item.pa, most, 1);
	fill(out, count, run.entry + run.into, run.step);
	count_changes(b, b->item.changes, count - 1);
	return count;
}

/* Holes, from the entry at @slot on, which was read. */
static unsigned int copy_holes(struct build *b, const uint64_t *slot,
			       unsigned int most, uint64_t *out)
{
	unsigned int count = 1;

	for (; count < most; count++) {
		desc_t d = desc_read(&slot[count]);

		if (d.v) {
			stop_at(b, &slot[count], d);
			break;
		}
	}
	fill(out, count, 0, 0);
	return count;
}

/* Copy the entry at @run, which is valid and was read, and what continues
 * it. */
static unsigned int copy_valid(struct build *b, struct run run,
			       unsigned int most, uint64_t *out)
{
	b->ahead = NULL;
	*out = run.entry + run.into;
	run.slot++;
	run.entry += run.step;
	return 1 + copy_all(b, run, most - 1, out + 1);
}

/* Linear maps go on at the same address after hidden pages and holes, so all of
 * them alternate here. */
unsigned int tt_source_copy(struct build *b, const struct side *side,
			    unsigned int most, desc_t d, uint64_t *out,
			    unsigned int *leaves)
{
	struct run run = { entry_of(b, side), b->item.raw.v, 1ULL << b->shift,
			   d.v - b->item.raw.v };
	unsigned int done = 0, valid = 0, holes = 0, more;

	most = room_after(b, b->item.pa, most);
	if (b->item.changes & MADE_VALID)
		return *leaves = copy_first_revived(b, run, side->attributes,
						    most, out);
	stop_at(b, run.slot, b->item.raw);
	for (; done < most && b->ahead == run.slot; done += more) {
		if (b->ahead_d.v == run.entry) {
			more = copy_valid(b, run, most - done, out + done);
			valid += more;
		} else if (!b->ahead_d.v) {
			more = copy_holes(b, run.slot, most - done, out + done);
			holes += more;
		} else {
			more = copy_revived(b, run, side->attributes,
					    most - done, out + done);
		}
		if (!more)
			break;
		run.slot += more;
		run.entry += more * run.step;
	}
	count_changes(b, b->item.changes, valid - 1);
	*leaves = done - holes;
	return done;
}
