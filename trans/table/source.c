/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The source that is a table: its owner may be changing it, and nobody vouches
 * for its contents. Each leaf is turned into what the flags of the call make of
 * it, and what comes out the same way is one answer, however it came about.
 */
#include "trans/table/source.h"

#include "lib/fail.h"

/* What becomes of a leaf, for the statistics. */
#define MADE_WRITABLE 1u
#define MADE_NOEXEC 2u
#define MADE_VALID 4u
#define LOST_CONT 8u
#define MADE_OTHER 16u

static void count_changes(struct build *b, unsigned int changes,
			  uint64_t leaves)
{
	struct trans_stats *stats;

	if (!b->report || !changes)
		return;
	stats = &b->report->stats;
	stats->mkwrite += changes & MADE_WRITABLE ? leaves : 0;
	stats->noexec += changes & MADE_NOEXEC ? leaves : 0;
	stats->mkvalid += changes & MADE_VALID ? leaves : 0;
	stats->cont_dropped += changes & LOST_CONT ? leaves : 0;
	stats->protect += changes & MADE_OTHER ? leaves : 0;
}

static unsigned int changes_of(const struct build *b,
			       const struct table_source *s, desc_t d,
			       uint64_t attributes)
{
	uint64_t changed = attributes ^
			   trans_desc_attributes_(&s->at.table->geo, d);
	unsigned int changes = s->at.d.v & DESC_VALID ? 0 : MADE_VALID;

	if (build_has(b, TRANS_MKWRITE) && changed & (LEAF_READONLY | LEAF_DBM))
		changes |= MADE_WRITABLE;
	if (build_has(b, TRANS_NOEXEC) && changed & (LEAF_PXN | LEAF_XN))
		changes |= MADE_NOEXEC;
	if (s->at.table == b->dst && changed & ~LEAF_CONT)
		changes |= MADE_OTHER;
	return changes | (d.v & LEAF_CONT ? LOST_CONT : 0);
}

int trans_entry_fail_(struct build *b, int status, const char *why,
		      const struct cursor *c, trans_va_t va)
{
	if (b->report)
		b->report->error = (struct trans_error){
			.status = status, .why = why,
			.va = va & ~low_mask(c->shift), .pa = c->pa,
			.len = 1ULL << c->shift, .desc = c->d.v,
			.level = c->level,
		};
	return status;
}

static int refuse(struct table_source *s, int status, const char *why)
{
	s->at.why = why;
	return status;
}

/* The attributes of a valid leaf @d for the destination. */
static int attributes_of(const struct build *b, struct table_source *s,
			 desc_t d, uint64_t *attributes)
{
	const struct trans_table *src = s->at.table;
	uint64_t a = trans_desc_attributes_(&src->geo, d);
	unsigned int type = (unsigned int)((d.v & LEAF_INDEX) >>
					   LEAF_INDEX_SHIFT);
	int index;

	if (!trans_attributes_direct_(src, &a))
		return refuse(s, TRANS_EUNREPR,
			      "indirection that AP and XN cannot say");
	a = trans_inherit_(cursor_inherited(&s->at), a);
	if (!s->plain) {
		index = trans_mair_same_(src->mair, b->dst->mair, type);
		if (index < 0)
			return refuse(s, TRANS_EUNREPR,
				      "memory type not in the destination's MAIR");
		a = (a & ~LEAF_INDEX) | (uint64_t)index << LEAF_INDEX_SHIFT;
		a = trans_attributes_convert_(&src->geo, &b->dst->geo, a);
	}
	*attributes = edit_apply(s->edit, a);
	s->at.why = attributes_permit(b->dst, attributes);
	return s->at.why ? TRANS_EUNREPR : 0;
}

/* MKVALID: make of an invalid entry what the source's rule says that it is.
 * @d stays invalid where that is nothing. */
static TRANS_APART int revive(struct table_source *s, desc_t *d)
{
	const struct trans_table *src = s->at.table;
	enum trans_presence presence = TRANS_AMBIGUOUS;
	int level = s->at.level;

	if (src->present)
		presence = src->present(d->v, level);
	if (presence == TRANS_ABSENT)
		return 0;
	if (presence == TRANS_AMBIGUOUS || (level < 3 && d->v & DESC_TYPE) ||
	    !trans_geometry_leaf(&src->geo, level))
		return refuse(s, TRANS_ECORRUPT,
			      "invalid entry may or may not be a mapping");
	if (presence == TRANS_PRESENT_GLOBAL)
		d->v &= ~LEAF_NG;
	if (presence == TRANS_PRESENT_NG)
		d->v |= LEAF_NG;
	d->v |= LEAF_AF | (level == 3 ? DESC_KIND : DESC_VALID);
	s->at.pa = trans_desc_decode_pa_(&src->geo, *d, s->at.shift);
	return 0;
}

/* How many bytes from @pa on are known to be RAM, or need not be. */
static uint64_t known_ram(const struct table_source *s, trans_pa_t pa)
{
	uint64_t into = pa - s->ram;

	return into < s->ram_len ? s->ram_len - into : 0;
}

/* May a leaf of the cursor's level be revived that is at @pa? */
static TRANS_APART bool is_ram(const struct build *b, struct table_source *s,
			       trans_pa_t pa)
{
	const struct trans_ops *ops = b->dst->ops;
	uint64_t len = 1ULL << s->at.shift;

	if (known_ram(s, pa) >= len)
		return true;
	if (!ops->valid_len)
		return ops->pfn_valid(b->dst->ctx, pa, len);
	s->ram = pa;
	s->ram_len = ops->valid_len(b->dst->ctx, pa);
	return s->ram_len >> s->at.shift;
}

/* What was revived is at s->at.pa. */
static int admit(const struct build *b, struct table_source *s)
{
	if (!is_ram(b, s, s->at.pa))
		return refuse(s, TRANS_EPFN,
			      "pfn_valid refused a leaf to be made valid");
	if (!geo_has_pa(&s->at.table->geo, s->at.pa))
		return refuse(s, TRANS_ECORRUPT,
			      "address beyond the PA size");
	return 0;
}

/* Does the leaf at the cursor look like the last one did? */
static bool is_alike(const struct table_source *s)
{
	trans_va_t first = s->at.va & ~low_mask(s->at.shift);

	/* The address too, where its bits could carry into others. */
	return s->alike.looks[LOOK_VALID] &&
	       s->at.d.v == s->alike.looks[LOOK_VALID] + first &&
	       s->at.pa == first + s->alike.offset &&
	       s->at.level == s->level &&
	       s->at.inherited[s->at.level + 2] == s->inherited;
}

/* What is to become of the entry at the cursor? */
static TRANS_APART int judge(const struct build *b, struct table_source *s,
			     struct piece *piece)
{
	desc_t d = s->at.d;
	int ret = 0;

	if (s->at.kind == DESC_LEAF && is_alike(s)) {
		*piece = (struct piece){ s->at.va + s->alike.offset,
					 s->alike.attributes, DESC_LEAF,
					 s->became[LOOK_VALID] };
		return 0;
	}
	if (s->at.kind == DESC_EMPTY && d.v && build_has(b, TRANS_MKVALID))
		ret = revive(s, &d);
	if (ret || !(d.v & DESC_VALID))
		return ret;
	if (s->at.kind == DESC_EMPTY) {
		ret = admit(b, s);
		if (ret)
			return ret;
	}
	piece->kind = DESC_LEAF;
	piece->pa = cursor_output(&s->at);
	ret = attributes_of(b, s, d, &piece->attributes);
	piece->changes = (uint8_t)changes_of(b, s, d, piece->attributes);
	return ret;
}

/* Look at what the source has for @va, its own address. A frame of its own
 * would lie below all others. */
static inline __attribute__((always_inline)) int
look_at(const struct build *b, struct table_source *s, trans_va_t va,
	struct piece *piece)
{
	int ret = trans_cursor_find_(&s->at, va, 3);

	*piece = (struct piece){ .kind = DESC_EMPTY };
	return ret ? ret : judge(b, s, piece);
}

/* ---- how far an answer holds ------------------------------------------ */

/* Entries are followed eight at once where size is not all. */
#ifdef __OPTIMIZE_SIZE__
#define AT_ONCE (TRANS_ASSUME_UNROLLED ? 8 : 1)
#else
#define AT_ONCE 8
#endif

/* Is the entry at @slot as expected? Then its copy goes to @out, if that is
 * wanted. */
static inline bool follow_one(const uint64_t *slot, uint64_t expected,
			      uint64_t into, uint64_t *out, bool copy,
			      desc_t *last)
{
	*last = desc_read(slot);
	if (__builtin_expect(last->v != expected, 0))
		return false;
	if (copy)
		*out = last->v + into;
	return true;
}

/*
 * How many of @most entries from @slot on are @expected, each more by @step
 * than the one before; what was read last is in *@last. With @copy, store them
 * at @out with @into added. Much of the time of a copy is spent here.
 */
static inline __attribute__((always_inline)) unsigned int
follow_line(const uint64_t *slot, size_t most, uint64_t expected,
	    uint64_t step, uint64_t into, uint64_t *out, bool copy,
	    desc_t *last)
{
	size_t i, k;

	for (i = 0; AT_ONCE > 1 && i + AT_ONCE <= most; i += AT_ONCE)
#pragma GCC unroll 8
		for (k = 0; k < AT_ONCE; k++, expected += step)
			if (!follow_one(&slot[i + k], expected, into,
					copy ? &out[i + k] : out, copy, last))
				return (unsigned int)(i + k);
	for (; i < most; i++, expected += step)
		if (!follow_one(&slot[i], expected, into,
				copy ? &out[i] : out, copy, last))
			break;
	return (unsigned int)i;
}

/* The same, whether @out is there or not. */
static TRANS_APART unsigned int line(const uint64_t *slot, unsigned int most,
				     uint64_t expected, uint64_t step,
				     uint64_t into, uint64_t *out,
				     desc_t *last)
{
	desc_t d = { 0 };
	unsigned int count;

	if (AT_ONCE > 1 && !out)
		count = follow_line(slot, most, expected, step, 0, NULL, false,
				    &d);
	else
		count = follow_line(slot, most, expected, step, into, out, out,
				    &d);
	*last = d;
	return count;
}

/* A hole that copies go on behind: linear maps do, at the same address. Not
 * where the leaves are of groups, which are counted. */
static bool is_gap(const struct build *b, desc_t d)
{
	return !(d.v & DESC_VALID) && (!d.v || !build_has(b, TRANS_MKVALID)) &&
	       !b->answer.cont;
}

/* What is the entry @d at @va? @stored: copies are. */
static enum look look_of(const struct build *b, struct table_source *s,
			 desc_t d, trans_va_t va, bool stored)
{
	const uint64_t *looks = s->alike.looks;
	uint64_t look = d.v - va;

	if (stored && is_gap(b, d))
		return LOOK_GAP;
	if (!look)
		return LOOK_NONE;
	if (look == looks[LOOK_HIDDEN])
		return is_ram(b, s, va + s->alike.offset) ? LOOK_HIDDEN :
							    LOOK_NONE;
	if (look == looks[LOOK_VALID])
		return LOOK_VALID;
	return look == looks[LOOK_OTHER] ? LOOK_OTHER : LOOK_NONE;
}

/* How many more entries of the table the answer may hold for, as far as limits
 * and the bits of an output address go. */
static TRANS_APART unsigned int room(const struct build *b,
				     const struct table_source *s)
{
	unsigned int shift = s->at.shift;
	uint64_t most = cursor_left(&s->at), more;

	more = (s->limit - b->answer.last) >> shift;
	most = more < most ? more : most;
	if (b->answer.kind == DESC_EMPTY)
		return (unsigned int)most;
	more = (low_mask(s->bits) & ~cursor_output(&s->at)) >> shift;
	return (unsigned int)(more < most ? more : most);
}

/* How many of @most entries from @va on may be followed if they look like
 * @look: nobody has to be asked about them. */
static unsigned int unasked(const struct table_source *s, enum look look,
			    unsigned int most, trans_va_t va)
{
	uint64_t more;

	if (look >= LOOKS)
		return 0;
	if (look != LOOK_HIDDEN)
		return most;
	more = known_ram(s, va + s->alike.offset) >> s->at.shift;
	return (unsigned int)(more < most ? more : most);
}

/* How many of @most entries from @slot on, which is for @va, look like @look.
 * With @out, store there what they become, which is @into + @va first. In
 * *@last is the entry behind them, if there is one of @most. */
static unsigned int next_line(const struct table_source *s, enum look look,
			      const uint64_t *slot, unsigned int most,
			      trans_va_t va, uint64_t *out, uint64_t into,
			      desc_t *last)
{
	unsigned int few = unasked(s, look, most, va), count = 0;
	uint64_t step = 1ULL << s->at.shift, like;

	if (few) {
		like = s->alike.looks[look];
		count = line(slot, few, like + va, step, into - like, out,
			     last);
	}
	if (count == few && count < most)
		*last = desc_read(slot + count);
	return count;
}

/* How many of @most entries behind the cursor the answer, a leaf, holds for;
 * what was read last is in *@last. @out and @next as for extend. */
static unsigned int follow_leaves(struct build *b, struct table_source *s,
				  unsigned int most, uint64_t *out,
				  uint64_t next, desc_t *last)
{
	unsigned int shift = s->at.shift, done = 0, more;
	uint16_t seen[LOOK_NONE] = { 0 };
	const uint64_t *slot = cursor_entry(&s->at) + 1;
	trans_va_t va = (s->at.va | low_mask(shift)) + 1;
	enum look look = s->at.d.v & DESC_VALID ? LOOK_VALID : LOOK_HIDDEN;

	next -= va;
	while (done < most) {
		more = next_line(s, look, slot + done, most - done, va,
				 out ? out + done : NULL, next, last);
		done += more;
		va += (uint64_t)more << shift;
		seen[look] = (uint16_t)(seen[look] + more);
		if (done == most)
			break;
		look = look_of(b, s, *last, va, out);
		if (look == LOOK_NONE)
			break;
		seen[look]++;
		if (out)
			out[done] = look == LOOK_GAP ? 0 : next + va;
		done++;
		va += 1ULL << shift;
	}
	for (look = 0; look < LOOKS; look++)
		count_changes(b, s->became[look], seen[look]);
	b->answer.holes = (uint16_t)(b->answer.holes + seen[LOOK_GAP]);
	return done;
}

/* Let the answer hold for @most entries that follow in the same table, as long
 * as that is easily had; @out and @next as for extend. The cursor is left at
 * the last entry that was read. */
static TRANS_APART void follow(struct build *b, struct table_source *s,
			       unsigned int most, uint64_t *out, uint64_t next)
{
	desc_t d = { 0 };
	unsigned int done;

	if (b->answer.kind == DESC_EMPTY)
		done = line(cursor_entry(&s->at) + 1, most, 0, 0, 0, NULL, &d);
	else
		done = follow_leaves(b, s, most, out, next, &d);
	b->answer.last += (uint64_t)done << s->at.shift;
	if (most)
		trans_cursor_go_(&s->at, done + (done < most), d);
}

/* Remember how the entry at the cursor, which belongs to the answer, looks. */
static TRANS_APART void remember(const struct build *b,
				 struct table_source *s)
{
	uint64_t offset = b->answer.offset + s->delta;
	uint8_t inherited = s->at.inherited[s->at.level + 2];
	struct alike *alike = &s->alike;
	uint64_t look = s->at.d.v -
			(s->at.va & ~low_mask(s->at.shift));

	if (s->level != s->at.level || s->inherited != inherited ||
	    alike->offset != offset ||
	    alike->attributes != b->answer.attributes ||
	    (build_has(b, TRANS_KEEPCONT) &&
	     (s->became[LOOK_VALID] ^ s->changes) & LOST_CONT)) {
		*alike = (struct alike){ .offset = offset,
					 .attributes = b->answer.attributes };
		s->became[LOOK_VALID] = s->changes;
		s->inherited = inherited;
		s->level = s->at.level;
	}
	if (!(s->at.d.v & DESC_VALID)) {
		alike->looks[LOOK_HIDDEN] = look;
		s->became[LOOK_HIDDEN] = s->changes;
	} else if (look != alike->looks[LOOK_VALID]) {
		alike->looks[LOOK_OTHER] = alike->looks[LOOK_VALID];
		s->became[LOOK_OTHER] = s->became[LOOK_VALID];
		alike->looks[LOOK_VALID] = look;
		s->became[LOOK_VALID] = s->changes;
	}
}

static bool continues(const struct build *b, const struct table_source *s,
		      const struct piece *piece)
{
	const struct answer *a = &b->answer;

	if (a->kind != piece->kind || a->kind != DESC_LEAF)
		return a->kind == piece->kind;
	if (s->at.level != a->level && !build_has(b, TRANS_FOLD))
		return false;
	return piece->pa == a->offset + a->last + 1 &&
	       piece->attributes == a->attributes &&
	       a->cont == (build_has(b, TRANS_KEEPCONT) &&
			   piece->changes & LOST_CONT);
}

/* The answer ends where the entry at the cursor does, which in the destination
 * may be beyond 2^64. */
static void reach(struct build *b, const struct table_source *s)
{
	trans_va_t last = cursor_last(&s->at), most = b->last - s->delta;

	b->answer.last = (last < most ? last : most) + s->delta;
	if (s->at.level > b->answer.level)
		b->answer.level = (uint8_t)s->at.level;
}

/* Does the entry at the cursor show by itself that the answer ends before
 * it? */
static bool differs(const struct build *b, const struct table_source *s)
{
	if (b->answer.kind == DESC_EMPTY)
		return s->at.kind == DESC_LEAF;
	return s->at.kind == DESC_EMPTY &&
	       !(build_has(b, TRANS_MKVALID) && s->at.d.v);
}

/* Is there no entry behind the answer that may belong to it? Without FOLD only
 * those of the same table may. */
static bool at_end(const struct build *b, const struct table_source *s)
{
	if (b->answer.last >= s->limit)
		return true;
	if (b->answer.last != cursor_last(&s->at) + s->delta)
		return differs(b, s);
	return !cursor_left(&s->at) && !build_has(b, TRANS_FOLD);
}

/* To the entry behind the answer, which is longer then; false: it ends here. */
static TRANS_APART bool go_on(struct build *b, struct table_source *s)
{
	struct piece piece;

	if (at_end(b, s) ||
	    look_at(b, s, b->answer.last + 1 - s->delta, &piece) ||
	    !continues(b, s, &piece))
		return false;
	s->changes = piece.changes;
	count_changes(b, s->changes, piece.kind == DESC_LEAF);
	reach(b, s);
	return true;
}

/* From the entry at the cursor on, as far as it goes on like that; with @out,
 * store there what copies become, @next and what continues it. */
static TRANS_APART void extend(struct build *b, struct table_source *s,
			       uint64_t *out, uint64_t next)
{
	trans_va_t behind;
	bool on = true;

	while (on) {
		behind = b->answer.last;
		if (b->answer.kind != DESC_EMPTY)
			remember(b, s);
		follow(b, s, room(b, s), out, next);
		behind = b->answer.last - behind;
		on = go_on(b, s);
		if (on && out) {
			out += behind >> s->at.shift;
			*out++ = next + behind;
			next += behind + (1ULL << s->at.shift);
		}
	}
}

/* Let the answer, a leaf at the current slot, hold for more slots: as far as
 * output addresses go on in the same bits. */
static void lengthen(struct build *b, struct table_source *s, uint64_t *out,
		     desc_t d)
{
	uint64_t most = (uint64_t)(b->f->end - b->f->next) << b->shift;
	uint64_t bits = low_mask(s->bits) & ~build_pa(b, b->va);

	b->answer.one = false;
	s->limit = b->va + (most - 1 < bits ? most - 1 : bits);
	if (s->limit > b->last)
		s->limit = b->last;
	extend(b, s, out, d.v + (1ULL << b->shift));
}

/* Store the answer, which begins with @d, at @out, where nothing was. */
static int store_run(struct build *b, uint64_t *out, desc_t d)
{
	unsigned int count = trans_build_leaves_(b);

	for (unsigned int i = 0; i < count; i++, d.v += 1ULL << b->shift)
		out[i] = d.v;
	build_advance(b, count);
	return 1;
}

/* A page that nobody has written yet is filled while the source is read: the
 * copy of a large table is one loop. */
static int copy_run(struct build *b)
{
	struct table_source *s = source_of(b);
	const struct frame *f = b->f;
	uint64_t *out = NULL;
	desc_t d = build_leaf(b);
	bool one = b->answer.one && b->answer.order == b->shift;
	int ret = f->exists || f->old ? 0 : trans_build_own_(b);

	if (ret)
		return ret;
	b->answer.holes = 0;
	if (f->page && !f->old && !b->dst->ops->write_entry)
		out = &f->page[f->next];
	if (!one)
		return out ? store_run(b, out, d) : 0;
	if (out)
		*out++ = d.v;
	lengthen(b, s, out, d);
	if (!out)
		return 0;
	build_advance(b, (unsigned int)((b->answer.last - b->va + 1) >>
					b->shift));
	return 1;
}

/* A leaf answers for itself until it is known what becomes of it, unless it
 * could become a part of something larger. */
static TRANS_APART int ask_one(struct build *b, trans_va_t va)
{
	struct table_source *s = source_of(b);
	struct piece piece;
	int ret = look_at(b, s, va - s->delta, &piece);

	if (ret)
		return trans_entry_fail_(b, ret, s->at.why, &s->at, va);
	b->answer = (struct answer){
		.va = va, .offset = piece.pa - va,
		.attributes = piece.attributes,
		.kind = piece.kind,
		.order = build_has(b, TRANS_FOLD) ?
				 63 : s->at.shift,
	};
	reach(b, s);
	s->limit = b->last;
	s->changes = piece.changes;
	b->answer.one = piece.kind == DESC_LEAF && !build_has(b, TRANS_FOLD);
	if (piece.kind == DESC_LEAF) {
		b->answer.cont = build_has(b, TRANS_KEEPCONT) &&
				 piece.changes & LOST_CONT;
		count_changes(b, piece.changes, 1);
	}
	return 0;
}

int trans_source_ask_(struct build *b, trans_va_t va)
{
	int ret = ask_one(b, va);

	if (!ret && !b->answer.one)
		extend(b, source_of(b), NULL, 0);
	return ret;
}

void trans_source_first_(struct sourced *call)
{
	struct build *b = &call->b;
	struct table_source *s = &call->source;
	unsigned int to = b->dst->geo.pa_bits, from = s->at.table->geo.pa_bits;

	s->bits = (uint8_t)(to < from ? to : from);
	if (s->bits > 48)
		s->bits = 48; /* 52-bit layouts keep the rest elsewhere */
	b->ask = trans_source_ask_;
	b->fill = copy_run;
	b->answer.va = ~0ULL; /* no answer yet: no address is in it */
	b->answer.last = 0;
}
