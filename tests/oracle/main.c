/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The oracle's programme: for each regime and each shape of table, both halves
 * at a time, several kinds of tables; one line per half, and a verdict.
 */
#include <trans_table/transition.h>

#include "ports/qemu-virt/print.h"

#include "oracle.h"

__attribute__((noreturn)) void oracle_main(void);

static const char *const regimes[] = { "", "EL1&0", "EL2", "EL2&0" };

/* The library's four memory types, and four more, in any order. */
static uint64_t random_mair(void)
{
	uint8_t type[8] = { 0xff, 0x44, 0x04, 0x00, 0xbb, 0x0c, 0x4f, 0x08 };
	uint64_t mair = 0;

	for (unsigned int i = 8; i; i--) {
		unsigned int pick = (unsigned int)chance(i);

		mair = mair << 8 | type[pick];
		type[pick] = type[i - 1];
	}
	return mair;
}

/* Two tables beside each other; @high is not there in the EL2 regime. */
struct pair {
	enum trans_regime regime;
	const struct shape *shape[2];
	struct subject half[2];
	struct score score[2];
	unsigned int halves;
};

static struct loaded registers(const struct pair *p)
{
	const struct subject *low = &p->half[0], *high = &p->half[1];
	bool two = p->halves == 2;

	return (struct loaded){
		.regime = p->regime,
		.ttbr0 = low->regs.ttbr,
		.ttbr1 = two ? high->regs.ttbr : 0,
		/* The halves' own TCRs carry what foreign tables add. */
		.tcr = trans_tcr(&low->table.geo,
				 two ? &high->table.geo : NULL) |
		       low->regs.tcr | (two ? high->regs.tcr : 0),
		.mair = low->regs.mair,
		.sctlr = low->regs.sctlr,
		.gate = low->gate,
	};
}

static bool round(struct pair *p, enum make make)
{
	uint64_t count = arguments.addresses / MAKE_KINDS, mair = random_mair();
	const struct subject *high = p->halves == 2 ? &p->half[1] : NULL;
	struct loaded regs;
	bool ok = true;

	arena_reset(shape_high(p->shape[0]) && shape_high(p->shape[1]));
	for (unsigned int i = 0; ok && i < p->halves; i++) {
		struct trans_geometry geo =
			shape_geometry(p->shape[i], p->regime, i);

		ok = subject_make(&p->half[i], make, &geo, mair);
	}
	if (!ok)
		return false;
	regs = registers(p);
	regime_load(&regs);
	for (unsigned int i = 0; i < p->halves; i++)
		compare(&regs, &p->half[0], high, &p->half[i], count,
			&p->score[i]);
	return true;
}

static void report(const struct pair *p, unsigned int half, bool live)
{
	const struct shape *shape = p->shape[half];
	const struct score *score = &p->score[half];

	print("oracle: %uK va%u pa%u%s %s %s: %lu addresses, %u differences "
	      "(%lu mapped, %lu fetched%s)\n",
	      1u << (shape->granule - 10), shape->va, shape->pa,
	      shape->ds ? " ds" : "", regimes[p->regime],
	      half ? "upper" : "lower", score->addresses, score->differences,
	      score->mapped, score->fetched,
	      live ? ", store and load proved" : "");
}

static bool try_pair(enum trans_regime regime, const struct shape *shape)
{
	static struct pair p;
	bool live, ok = true;

	p = (struct pair){ .regime = regime,
			   .shape = { shape, shape_beside(shape) },
			   .halves = regime == TRANS_EL2 ? 1 : 2 };
	for (unsigned int make = 0; make < MAKE_KINDS; make++)
		ok &= round(&p, (enum make)make);
	for (unsigned int i = 0; i < p.halves; i++) {
		live = live_prove(p.shape[i], regime, i, random_mair());
		report(&p, i, live);
		ok &= live && !p.score[i].differences;
	}
	return ok;
}

void oracle_main(void)
{
	unsigned int i, count, geometries = 0, failed = 0;
	int regime;

	arguments_read();
	count = shapes_find();
	for (regime = TRANS_EL1_0; regime <= TRANS_EL2_0; regime++) {
		if (regime == TRANS_EL2_0 && !cpu_has_vhe())
			continue;
		i = (unsigned int)chance(arguments.step);
		for (; i < count; i += (unsigned int)arguments.step) {
			failed += !try_pair((enum trans_regime)regime,
					    shape_at(i));
			geometries += regime == TRANS_EL2 ? 1 : 2;
		}
	}
	if (failed || !geometries)
		print("ORACLE: FAIL %u of %u geometries\n", failed, geometries);
	else
		print("ORACLE: PASS %u geometries\n", geometries);
	machine_exit(!failed && geometries);
}
