/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The comparison: for one address, what query says and what the CPU does must
 * be the same in every respect that PAR_EL1 or an abort can show.
 */
#include "ports/qemu-virt/print.h"

#include "oracle.h"

#define PAR_F 1ULL
#define PAR_PA 0x000ffffffffff000ULL
#define MAX_SHOWN 5

/* What query says, as the CPU would say it. */
struct expected {
	int rc;
	unsigned int code; /* of the fault, if @rc */
	struct trans_leaf leaf;
	struct trans_error error;
};

/* A leaf of a type or level that does not exist is like no leaf at all. */
static enum fault corrupt_fault(const struct trans_geometry *geo,
				const struct trans_error *error)
{
	bool page = error->desc & 2;
	bool table = error->level < 3 && page;

	if (table || (error->level < 3 ?
			      trans_geometry_leaf(geo, error->level) : page))
		return FAULT_ADDRESS_SIZE;
	return FAULT_TRANSLATION;
}

static unsigned int expected_code(const struct trans_geometry *geo,
				  const struct trans_error *error)
{
	if (error->status == TRANS_ERANGE)
		return fault_code(FAULT_TRANSLATION, 0);
	if (error->status == TRANS_ECORRUPT)
		return fault_code(corrupt_fault(geo, error), error->level);
	return fault_code(error->desc & 1 ? FAULT_ACCESS_FLAG :
					    FAULT_TRANSLATION,
			  error->level);
}

/* Bit 55 chooses the half, in regimes that have two. */
static struct expected expect(const struct subject *low,
			      const struct subject *high, trans_va_t va)
{
	const struct subject *s = high && va >> 55 & 1 ? high : low;
	struct trans_report report = { 0 };
	struct expected want = { 0 };

	want.rc = trans_table_query(&s->table, va, &want.leaf, &report);
	want.error = report.error;
	if (want.rc)
		want.code = expected_code(&s->table.geo, &report.error);
	return want;
}

static bool allowed(const struct trans_leaf *leaf, enum at kind)
{
	switch (kind) {
	case AT_READ:
		return leaf->readable;
	case AT_WRITE:
		return leaf->writable;
	case AT_USER_READ:
		return leaf->user_readable;
	default:
		return leaf->user_writable;
	}
}

/* Cached memory is inner shareable: all tables here say so, or TCR does. (For
 * the rest PAR_EL1.SH should be 2; QEMU 7.2 gives what the descriptor has.) */
static bool shared(uint8_t memory, uint64_t par)
{
	return memory == 0x44 || memory < 0x10 || (par >> 7 & 3) == 3;
}

static bool agrees(const struct expected *want, enum at kind, trans_va_t va,
		   uint64_t par)
{
	const struct trans_leaf *leaf = &want->leaf;
	unsigned int code = want->code;

	if (!want->rc && allowed(leaf, kind))
		return !(par & PAR_F) &&
		       ((par & PAR_PA) | (va & 0xfff)) == leaf->pa &&
		       par >> 56 == leaf->memory &&
		       shared(leaf->memory, par);
	if (!want->rc)
		code = fault_code(FAULT_PERMISSION, leaf->level);
	return par & PAR_F && (par >> 1 & 0x3f) == code;
}

static void show(const struct expected *want, const char *how, trans_va_t va,
		 uint64_t got, struct score *score)
{
	const struct trans_leaf *leaf = &want->leaf;

	if (score->differences++ >= MAX_SHOWN)
		return;
	print("oracle: difference at va=0x%lx: %s gives 0x%lx, query %s ", va,
	      how, got, want->rc ? trans_strerror(want->rc) : "a leaf");
	if (want->rc)
		print("level=%d desc=0x%lx\n", want->error.level,
		      want->error.desc);
	else
		print("level=%d desc=0x%lx pa=0x%lx memory=0x%x "
		      "w=%d x=%d user r=%d w=%d x=%d\n",
		      leaf->level, leaf->desc, leaf->pa, leaf->memory,
		      leaf->writable, leaf->executable, leaf->user_readable,
		      leaf->user_writable, leaf->user_executable);
}

/* Is there nothing at @pa, so that a permitted fetch ends in an external abort
 * and never in running something? virt has devices below 1 TiB, or (with the
 * DIMM) from 3 PiB on. */
static bool is_nowhere(trans_pa_t pa)
{
	return (pa >= 0x80000000 && pa < 1ULL << 32) ||
	       (pa >= 1ULL << 41 && pa < HIGH_PA);
}

static void compare_fetch(const struct loaded *regs,
			  const struct expected *want, trans_va_t va,
			  bool user, struct score *score)
{
	const struct trans_leaf *leaf = &want->leaf;
	bool may = user ? leaf->user_executable : leaf->executable;
	unsigned int code = may ? 0x10 : fault_code(FAULT_PERMISSION,
						    leaf->level);
	uint64_t esr = live_fetch(regs, va & ~3ULL, user);

	score->fetched++;
	/* EC 0x20 and 0x21: instruction abort, from below and from here. */
	if ((esr & 0x3f) != code || (esr >> 27 & 0x1f) != 0x10)
		show(want, user ? "a fetch at EL0" : "a fetch", va, esr, score);
}

static void compare_one(const struct loaded *regs, const struct subject *low,
			const struct subject *high, trans_va_t va,
			struct score *score)
{
	bool el0 = regs->regime != TRANS_EL2;
	unsigned int kinds = el0 ? AT_KINDS : AT_USER_READ;
	struct expected want = expect(low, high, va);

	for (unsigned int kind = 0; kind < kinds; kind++) {
		uint64_t par = regime_at(regs->regime, (enum at)kind, va);

		if (!agrees(&want, (enum at)kind, va, par))
			show(&want, at_name(regs->regime, (enum at)kind), va,
			     par, score);
	}
	score->addresses++;
	score->mapped += !want.rc;
	if (want.rc || want.leaf.memory < 0x10 || !is_nowhere(want.leaf.pa) ||
	    chance(8))
		return;
	compare_fetch(regs, &want, va, false, score);
	if (el0)
		compare_fetch(regs, &want, va, true, score);
}

/* Around spots most of the time, on both sides of their edges; anywhere in the
 * half; outside of it. */
static trans_va_t pick(const struct subject *s)
{
	const struct trans_geometry *geo = &s->table.geo;
	trans_va_t va = s->spots ? s->spot[chance(s->spots)] : 0;
	int level = geo->start_level +
		    (int)chance((uint64_t)(4 - geo->start_level));
	unsigned int shift = trans_geometry_shift(geo, level);

	switch (chance(16)) {
	case 0:
		return random_va(geo);
	case 1:
		return random_va(geo) ^ 1ULL << (geo->va_bits +
						 chance(64u - geo->va_bits));
	case 2:
		return trans_geometry_first(geo) - 1 + chance(3);
	case 3:
		return trans_geometry_last(geo) - 1 + chance(3);
	case 4:
	case 5:
	case 6:
	case 7:
		va = (va >> shift << shift) + chance(1ULL << shift);
		break;
	case 8:
	case 9:
		va = (va >> shift << shift) + chance(3) - 1;
		break;
	default:
		return va - 2 + chance(5) + (chance(3) - 1) * (1ULL << shift);
	}
	return va;
}

void compare(const struct loaded *regs, const struct subject *low,
	     const struct subject *high, const struct subject *about,
	     uint64_t count, struct score *score)
{
	while (count--)
		compare_one(regs, low, high, pick(about), score);
}
