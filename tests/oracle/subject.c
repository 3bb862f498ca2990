/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Tables under test that the library makes: by random operations, or by copying
 * another table with random flags.
 */
#include <trans_table/table_extra.h>

#include "ports/qemu-virt/print.h"

#include "oracle.h"

#define STEPS 12

bool expect_ok(int rc, const char *what, const struct trans_report *report)
{
	if (!rc)
		return true;
	print("oracle: %s failed: ", what);
	trans_error_print(&report->error, print_text, "");
	return false;
}

void subject_spot(struct subject *s, trans_va_t va)
{
	if (s->spots < MAX_SPOTS)
		s->spot[s->spots++] = va;
	else
		s->spot[chance(MAX_SPOTS)] = va;
}

trans_va_t random_va(const struct trans_geometry *geo)
{
	return trans_geometry_first(geo) + chance(1ULL << geo->va_bits);
}

/* What one operation works on. */
struct stretch {
	trans_va_t va;
	trans_pa_t pa;
	uint64_t len;
};

static uint64_t granules(uint64_t bytes, const struct trans_geometry *geo)
{
	return bytes & ~((1ULL << geo->granule_shift) - 1);
}

static uint64_t up_to(uint64_t len, uint64_t most)
{
	return len < most ? len : most;
}

/* Keep @at inside the half and inside what is a legal output. */
static struct stretch legal(const struct trans_geometry *geo, struct stretch at)
{
	trans_pa_t end = 1ULL << geo->pa_bits;

	if (at.va < trans_geometry_first(geo) ||
	    at.va > trans_geometry_last(geo))
		at.va = trans_geometry_first(geo);
	at.len = up_to(at.len - 1, trans_geometry_last(geo) - at.va) + 1;
	at.len = up_to(at.len, end / 2);
	if (at.pa > end - at.len) {
		at.pa = 0;
		at.len = up_to(at.len, 64ULL << geo->granule_shift);
	}
	return at;
}

/* Some entries of a level, sometimes with a few granules more at both ends. The
 * output address lies evenly to that level, so that there are not too many
 * leaves, and oddly to the one above it. */
static struct stretch random_stretch(const struct subject *s)
{
	const struct trans_geometry *geo = &s->table.geo;
	int level = geo->start_level +
		    (int)chance((uint64_t)(4 - geo->start_level));
	uint64_t span, more = 0, before = 0;
	struct stretch at = { .va = random_va(geo) };

	if (!trans_geometry_leaf(geo, level))
		level++;
	span = 1ULL << trans_geometry_shift(geo, level);
	if (s->spots && chance(2))
		at.va = s->spot[chance(s->spots)];
	if (chance(2))
		before = chance(16) << geo->granule_shift;
	if (chance(2))
		more = chance(16) << geo->granule_shift;
	at.va &= ~(span - 1);
	if (at.va - trans_geometry_first(geo) < before)
		before = 0;
	at.va -= before;
	at.len = (1 + chance(12)) * span + before + more;
	at.pa = (chance(1ULL << geo->pa_bits) & ~(span - 1)) - before;
	return legal(geo, at);
}

static struct trans_attr random_attr(void)
{
	struct trans_attr attr = {
		.memory = (enum trans_memory)(1 + chance(4)),
		.access = chance(2) ? TRANS_WRITE : 0,
	};

	if (attr.memory <= TRANS_MEM_NC && chance(2))
		attr.access |= TRANS_EXEC;
	return attr;
}

static int random_map(struct subject *s, const struct stretch *at,
		      struct trans_report *report)
{
	static const unsigned int collide[] = { 0, TRANS_KEEP, TRANS_REPLACE,
						TRANS_UPGRADE };
	struct trans_attr attr = random_attr();
	unsigned int flags = collide[chance(4)] | (chance(2) ? TRANS_FOLD : 0);
	int rc = trans_table_map(&s->table, at->va, at->pa, at->len, &attr,
				 flags, report);

	return rc == TRANS_EEXIST ? 0 : rc;
}

static bool random_step(struct subject *s)
{
	struct stretch at = random_stretch(s);
	struct trans_report report = { 0 };
	int rc;

	switch (chance(8)) {
	case 0:
		rc = trans_table_unmap(&s->table, at.va, at.len, 0, &report);
		break;
	case 1:
		rc = trans_table_protect(&s->table, at.va, at.len,
					 (unsigned int)chance(4), 0, &report);
		break;
	case 2:
		rc = trans_table_fold(&s->table, at.va, at.len, 0, &report);
		break;
	default:
		rc = random_map(s, &at, &report);
	}
	subject_spot(s, at.va);
	subject_spot(s, at.va + at.len);
	subject_spot(s, at.va + granules(chance(at.len), &s->table.geo));
	return expect_ok(rc, "a random operation", &report);
}

static bool library_make(struct subject *s, const struct trans_geometry *geo,
			 uint64_t mair)
{
	struct trans_report report;
	bool ok = expect_ok(trans_table_create(&s->table, geo, mair, &arena_ops,
					       NULL, &report),
			    "create", &report);

	for (unsigned int i = 0; ok && i < STEPS; i++)
		ok = random_step(s);
	return ok;
}

static unsigned int random_flags(void)
{
	return (chance(2) ? TRANS_MKWRITE : 0) |
	       (chance(2) ? TRANS_NOEXEC : 0) | (chance(2) ? TRANS_FOLD : 0) |
	       (chance(2) ? TRANS_MKVALID | TRANS_TRUSTPFN : 0) |
	       (chance(2) ? TRANS_KEEP : TRANS_REPLACE);
}

/* What the copy must mean is told by the source and the flags alone. */
static bool copied_right(const struct subject *s, const struct subject *from,
			 uint64_t delta, trans_va_t va, unsigned int flags)
{
	struct trans_leaf want, got;
	bool same;

	if (trans_table_query(&from->table, va - delta, &want, NULL))
		return true;
	if (trans_table_query(&s->table, va, &got, NULL))
		return false;
	same = got.pa == want.pa && got.memory == want.memory &&
	       got.writable == (want.writable || flags & TRANS_MKWRITE);
	return same && !(flags & TRANS_NOEXEC && got.executable);
}

/* A source with an address that is too wide, or a collision, is refused. */
static bool refused(int rc)
{
	return rc == TRANS_ECORRUPT || rc == TRANS_EUNREPR;
}

static bool copy_near(struct subject *s, const struct subject *from,
		      uint64_t delta, trans_va_t spot)
{
	const struct trans_geometry *geo = &s->table.geo;
	const struct trans_geometry *src = &from->table.geo;
	trans_va_t va = granules(spot, src);
	uint64_t room = up_to(trans_geometry_last(src) - va,
			      trans_geometry_last(geo) - (va + delta));
	uint64_t len = 1ULL << trans_geometry_shift(geo, (int)chance(4));
	unsigned int flags = random_flags();
	struct trans_report report = { 0 };
	int rc;

	if (va < trans_geometry_first(src) || va > trans_geometry_last(src) ||
	    va + delta < trans_geometry_first(geo) ||
	    va + delta > trans_geometry_last(geo))
		return true;
	len = up_to(len * (1 + chance(8)) - 1, room) + 1;
	rc = trans_table_copy(&s->table, va + delta, &from->table, va, len,
			      flags, &report);
	subject_spot(s, va + delta);
	subject_spot(s, va + delta + len);
	if (refused(rc))
		return true;
	if (!rc && flags & TRANS_REPLACE &&
	    !copied_right(s, from, delta, va + delta, flags)) {
		print("oracle: copy of va=0x%lx flags=0x%x is wrong\n", va,
		      flags);
		return false;
	}
	return expect_ok(rc, "copy", &report);
}

/* From a table of the same granule with another MAIR, often the other half. */
static bool copy_make(struct subject *s, const struct trans_geometry *geo,
		      uint64_t mair)
{
	static struct subject from;
	struct trans_geometry src = *geo;
	struct trans_report report;
	uint64_t delta, other = mair << 8 | mair >> 56;
	bool ok;

	if (geo->regime != TRANS_EL2 && chance(2))
		src.upper = !src.upper;
	from = (struct subject){ 0 };
	from.gate = granules(random_va(&src), &src);
	ok = chance(2) ? foreign_make(&from, &src, other) :
			 library_make(&from, &src, other);
	delta = trans_geometry_first(geo) - trans_geometry_first(&src);
	ok = ok && expect_ok(trans_table_create(&s->table, geo, mair,
						&arena_ops, NULL, &report),
			     "create", &report);
	for (unsigned int i = 0; ok && i < STEPS; i++)
		ok = copy_near(s, &from, delta, from.spot[chance(from.spots)]);
	return ok;
}

static bool map_gate(struct subject *s)
{
	static const struct trans_attr code = { TRANS_MEM_NORMAL, TRANS_EXEC };
	struct trans_report report;
	int rc = trans_table_map(&s->table, s->gate, (uintptr_t)gate,
				 1ULL << s->table.geo.granule_shift, &code,
				 TRANS_REPLACE, &report);

	if (!rc)
		rc = trans_table_finish(&s->table, &s->regs, &report);
	return expect_ok(rc, "gate and finish", &report);
}

bool subject_make(struct subject *s, enum make make,
		  const struct trans_geometry *geo, uint64_t mair)
{
	bool ok;

	*s = (struct subject){ .gate = granules(random_va(geo), geo) };
	if (make == MAKE_FOREIGN)
		return foreign_make(s, geo, mair);
	ok = make == MAKE_COPY ? copy_make(s, geo, mair) :
				 library_make(s, geo, mair);
	return ok && map_gate(s);
}
