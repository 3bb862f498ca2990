/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * One operation of an episode: see step.h.
 */
#include <stdio.h>

#include "frozen/desc.h"
#include "step.h"

#define LEGAL_FLAGS 0x17ffu

/* ---- picking ------------------------------------------------------------- */

static unsigned int shift_of(const struct scene *s, int level)
{
	return s->granule + (s->granule - 3) * (unsigned int)(3 - level);
}

/* An offset from the anchor: near what an entry of some level begins with. */
static int64_t pick_offset(const struct scene *s, uint64_t *seed)
{
	unsigned int shift = shift_of(s, 1 + (int)below(seed, 3));
	int64_t at = (int64_t)below(seed, 10) - 2, near;

	if (shift == s->granule)
		at = (int64_t)below(seed, 3000) - 600;
	else if (chance(seed, 30))
		at = 0;
	if (shift == shift_of(s, 1))
		at &= 3;
	at *= (int64_t)1 << shift;
	near = (int64_t)below(seed, 1ULL << below(seed, 12)) *
	       (chance(seed, 50) ? 1 : -1);
	if (chance(seed, 30)) /* a group, or a part of one */
		near &= ~15;
	return at + (chance(seed, 60) ? near * (1LL << s->granule) : 0);
}

static void pick_range(const struct scene *s, struct step *p, uint64_t *seed)
{
	const struct trans_geometry *geo = &s->geo[p->on];
	trans_va_t anchor = s->anchor[p->on];
	trans_va_t first = trans_geometry_first(geo) - anchor;
	trans_va_t last = trans_geometry_last(geo) - anchor;
	int64_t from = pick_offset(s, seed), to = pick_offset(s, seed);
	int64_t most = 1LL << (s->granule + (chance(seed, 95) ? 19 : 22));

	if (chance(seed, 40))
		to = from + (1LL << (s->granule + below(seed, 12)));
	if (from > to) {
		int64_t other = from;

		from = to;
		to = other;
	}
	if (chance(seed, 96)) { /* in the half */
		if (from < (int64_t)first && (int64_t)first <= 0)
			from = (int64_t)first;
		if (to > (int64_t)last && (int64_t)last >= -1)
			to = (int64_t)last + 1;
	}
	if (from >= to)
		to = from + (1LL << s->granule);
	/* pages by pages, an estimate may take as long as it is exact */
	if (to - from > most)
		to = from + most;
	p->va = anchor + (uint64_t)from;
	p->len = (uint64_t)(to - from);
	p->src_va = s->anchor[p->from] + (uint64_t)from;
	if (chance(seed, 10)) /* elsewhere, mostly illegally */
		p->src_va += below(seed, 3)
			     << shift_of(s, 1 + (int)below(seed, 3));
}

static void pick_pa(const struct scene *s, struct step *p, uint64_t *seed)
{
	uint64_t room = low_mask(s->geo[p->on].pa_bits);

	p->pa = (p->va & low_mask(s->top)) + s->linear;
	if (chance(seed, 20))
		p->pa += below(seed, 64) << s->granule;
	if (chance(seed, 10))
		p->pa = (1ULL << 48) - (p->len / 2 & ~low_mask(s->granule)) +
			((p->va & low_mask(s->top - 2)));
	if (chance(seed, 5))
		p->pa = rnd(seed) & ~low_mask(s->granule);
	p->pa &= room;
	if (p->op == IDMAP && chance(seed, 80))
		p->pa = p->va;
}

static unsigned int pick_flags(const struct step *p, uint64_t *seed)
{
	static const unsigned int rules[] = { 0, TRANS_KEEP, TRANS_REPLACE,
					      TRANS_UPGRADE, TRANS_REPLACE };
	unsigned int flags = rules[below(seed, p->op == SHARE ? 3 : 5)];

	if (chance(seed, 3))
		return (unsigned int)rnd(seed) & (chance(seed, 80) ?
						  LEGAL_FLAGS : ~0u);
	if (p->op != COPY && p->op != SHARE && p->op != MAP &&
	    p->op != MAP_BY && p->op != IDMAP)
		return 0;
	if (p->op == SHARE)
		return flags;
	flags |= chance(seed, 30) ? TRANS_FOLD : 0;
	flags |= chance(seed, 20) ? TRANS_NOBLOCK : 0;
	if (p->op != COPY)
		return flags;
	flags |= chance(seed, 30) ? TRANS_MKWRITE : 0;
	flags |= chance(seed, 20) ? TRANS_NOEXEC : 0;
	if (chance(seed, 60))
		flags |= TRANS_MKVALID | (chance(seed, 60) ? TRANS_CHECKPFN :
							     TRANS_TRUSTPFN);
	if (chance(seed, 40) && !(flags & (TRANS_FOLD | TRANS_UPGRADE)))
		flags |= TRANS_KEEPCONT;
	return flags;
}

static enum operation pick_operation(uint64_t *seed)
{
	static const enum operation often[] = {
		COPY, COPY, COPY, COPY, COPY, COPY, COPY, SHARE, SHARE, MAP,
		MAP, MAP, MAP, MAP_BY, MAP_BY, IDMAP, UNMAP, UNMAP, UNMAP,
		PROTECT, PROTECT, PROTECT, FOLD, FOLD,
	};

	if (chance(seed, 92))
		return often[below(seed, sizeof(often) / sizeof(often[0]))];
	if (chance(seed, 92))
		return (enum operation)(WINDOW + below(seed, 3));
	return FINISH;
}

/* What is wrong with the arguments, once in a while. */
static void spoil(const struct scene *s, struct step *p, uint64_t *seed)
{
	uint64_t *const args[] = { &p->va, &p->len, &p->pa, &p->src_va };

	if (chance(seed, 25))
		p->attr.memory = (enum trans_memory)below(seed, 7);
	else if (chance(seed, 25))
		p->attr.access = (unsigned int)rnd(seed);
	else if (chance(seed, 40))
		*args[below(seed, 4)] ^= 1ULL << below(seed, s->granule);
	else if (chance(seed, 50))
		*args[below(seed, 4)] ^= 1ULL << below(seed, 64);
	else
		p->len = 0;
}

struct step step_pick(const struct scene *s, uint64_t *seed)
{
	static const uint64_t bad[] = { 0, 0, 1 };
	struct step p = { .op = pick_operation(seed) };

	p.on = (unsigned int)below(seed, OWN);
	p.from = (unsigned int)below(seed, TABLES);
	if (p.op == SCRIBBLE)
		p.from = OWN + (unsigned int)below(seed, FOREIGN);
	else if (p.from == p.on && chance(seed, 95))
		p.from = OWN;
	pick_range(s, &p, seed);
	pick_pa(s, &p, seed);
	p.attr.memory = (enum trans_memory)(1 + below(seed, 2));
	p.attr.access = (unsigned int)below(seed, 4);
	if (p.op == MAP_BY && chance(seed, 95))
		p.attr.access |= TRANS_WRITE; /* its ranges differ */
	p.flags = pick_flags(&p, seed);
	p.period = (1 + below(seed, 1ULL << below(seed, 12))) << s->granule;
	if (chance(seed, 5))
		p.period = 0;
	p.refuse = chance(seed, 10) ? p.va + below(seed, p.len) : 0;
	p.bad_pfn = bad[below(seed, 3)] * (p.pa + below(seed, p.len));
	if (chance(seed, 15)) {
		p.mishap = (enum mishap)(1 + below(seed, MISHAPS - 1));
		p.nth = 1 + below(seed, 1ULL << below(seed, 7));
	}
	if (chance(seed, 4))
		spoil(s, &p, seed);
	p.origin = p.op == IDMAP ? p.pa : p.va;
	p.seed = rnd(seed);
	return p;
}

/* ---- running ------------------------------------------------------------- */

const struct trans_table *step_source(const struct step *p,
				      const struct scene *s,
				      const struct side *side)
{
	return p->from < OWN ? &side->t[p->from] : &s->view[p->from - OWN];
}

static int attr_of(void *arg, trans_va_t va, trans_pa_t pa,
		   struct trans_attr *attr, uint64_t *len)
{
	const struct step *p = arg;
	uint64_t into = va - p->origin;

	(void)pa;
	*attr = p->attr;
	*len = p->period ? p->period - into % p->period : 0;
	if (p->period && into / p->period & 1)
		attr->access = 0;
	return p->refuse && va <= p->refuse && p->refuse - va < *len;
}

int step_run(const struct step *p, struct scene *s, struct side *side,
	     unsigned int extra, struct trans_report *r)
{
	const struct builder *b = side->builder;
	const struct trans_table *from = step_source(p, s, side);
	struct trans_table *t = &side->t[p->on];
	unsigned int flags = p->flags | extra;

	*r = (struct trans_report){ 0 };
	side->place.m.bad_pfn = p->bad_pfn;
	switch (p->op) {
	case COPY:
		return b->copy(t, p->va, from, p->src_va, p->len, flags, r);
	case SHARE:
		return b->share(t, p->va, from, p->src_va, p->len, flags, r);
	case MAP:
		return b->map(t, p->va, p->pa, p->len, &p->attr, flags, r);
	case MAP_BY:
		return b->map_by(t, p->va, p->pa, p->len, attr_of, (void *)p,
				 flags, r);
	case IDMAP:
		return b->idmap(t, p->pa, p->len, &p->attr, flags, r);
	case UNMAP:
		return b->unmap(t, p->va, p->len, flags, r);
	case PROTECT:
		return b->protect(t, p->va, p->len, p->attr.access, flags, r);
	case FOLD:
		return b->fold(t, p->va, p->len, flags, r);
	default:
		return b->window(t, p->va, p->len, flags, &side->window[p->on],
				 r);
	}
}

bool step_fails_at(const struct step *p, struct scene *s, struct side *side,
		   trans_va_t va, int status)
{
	trans_va_t begin = p->op == IDMAP ? p->pa : p->va;
	struct step one = *p;
	struct trans_report r;
	uint64_t into;

	if (va < begin || va - begin >= p->len)
		va = begin;
	into = (va - begin) & ~low_mask(s->granule);
	one.va += into;
	one.src_va += into;
	one.pa += into;
	one.len = 1ULL << s->granule;
	return step_run(&one, s, side, TRANS_ESTIMATE, &r) == status;
}

/* ---- telling ------------------------------------------------------------- */

static void print_flags(unsigned int flags)
{
	static const char *const names[] = {
		"MKWRITE", "MKVALID", "CHECKPFN", "TRUSTPFN", "FOLD", "NOEXEC",
		"NOBLOCK", "KEEPCONT", "KEEP", "REPLACE", "UPGRADE", "0x800",
		"ESTIMATE",
	};

	for (unsigned int i = 0; i < 13; i++)
		if (flags >> i & 1)
			printf(" %s", names[i]);
	if (flags >> 13)
		printf(" %#x", flags >> 13 << 13);
}

static void print_source(const struct step *p)
{
	if (p->op <= SHARE)
		printf(" from %s %u at %#llx", p->from < OWN ? "own" :
		       "foreign", p->from < OWN ? p->from : p->from - OWN,
		       (unsigned long long)p->src_va);
	if (p->op == COPY && p->bad_pfn)
		printf(" bad_pfn %#llx", (unsigned long long)p->bad_pfn);
	if (p->op == MAP || p->op == MAP_BY || p->op == IDMAP)
		printf(" pa %#llx memory %u access %u",
		       (unsigned long long)p->pa, p->attr.memory,
		       p->attr.access);
	if (p->op == PROTECT)
		printf(" access %u", p->attr.access);
	if (p->op == MAP_BY)
		printf(" period %#llx refuse %#llx",
		       (unsigned long long)p->period,
		       (unsigned long long)p->refuse);
}

void step_print(const struct step *p)
{
	static const char *const names[] = {
		"copy", "share", "map", "map_by", "idmap", "unmap", "protect",
		"fold", "window", "scribble", "reset", "finish",
	};
	static const char *const mishaps[] = {
		"", "alloc", "acquire", "phys_to_virt of a fresh page",
		"phys_to_virt", "phys_to_virt of a foreign page", "visit",
		"visit of a foreign page",
	};

	printf("  %s on %u", names[p->op], p->on);
	if (p->op == SCRIBBLE)
		printf(": foreign %u", p->from - OWN);
	if (p->op < OPERATIONS)
		printf(", %#llx + %#llx:", (unsigned long long)p->va,
		       (unsigned long long)p->len);
	print_source(p);
	print_flags(p->flags);
	if (p->mishap)
		printf("; fails: %s %lu", mishaps[p->mishap], p->nth);
	printf("\n");
}
