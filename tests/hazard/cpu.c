/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
#include <string.h>

#include "cpu.h"
#include "findings.h"
#include "guest.h"
#include "live.h"

struct world world;

struct cpu *cpu_get(unsigned int index)
{
	struct cpu *cpu = &world.cpu[index % CPUS];

	if (!world.lines.clock)
		world.lines.clock = 1;
	if (!cpu->seen) {
		cpu->index = (uint8_t)(index % CPUS);
		cpu->dsb = cpu->dmb = cpu->full =
			(uint32_t)cpu->index << 28 | 1;
		cpu->seen = true;
		cpu_reset(cpu);
	}
	return cpu;
}

/* After a reset a TLB may hold anything (Arm ARM D8.16.1 R_BQCDZ). */
void cpu_reset(struct cpu *cpu)
{
	cpu->tlb[0] = cpu->tlb[1] = (struct tlb){ .filled = true,
						  .unknown = true };
}

void cpu_find(const struct cpu *cpu, enum rule rule, uint32_t site,
	      const struct line *line, uint64_t pa, uint64_t detail)
{
	if (!rule)
		return;
	/* The next world's own is none of ours: it would be the same if all of
	 * its memory had been handed over clean. */
	if (cpu->phase == PHASE_NEXT && (!line || line->born == PHASE_NEXT))
		return;
	find(rule, cpu->phase, site, line ? line->by : 0, pa, detail);
}

/* ---- registers --------------------------------------------------------- */

struct regime cpu_regime(const struct cpu *cpu, unsigned int slot)
{
	const struct cpu_regs *r = &cpu->regs;

	return (struct regime){
		r->sctlr[slot], r->tcr[slot],
		{ r->ttbr0[slot], r->ttbr1[slot] }, r->mair[slot],
		(uint8_t)(slot + 1), !slot || r->hcr & HCR_E2H
	};
}

/* A1 says which TTBR has it; where there is one half, nothing has one. */
uint16_t cpu_asid(const struct regime *regime)
{
	if (!regime->two)
		return 0;
	return (uint16_t)(regime->ttbr[regime->tcr >> 22 & 1] >> 48);
}

unsigned int cpu_slot(const struct cpu *cpu, unsigned int el)
{
	if (el >= 2)
		return 1;
	return !el && (cpu->regs.hcr & (HCR_E2H | HCR_TGE)) ==
		      (HCR_E2H | HCR_TGE);
}

bool cpu_mmu_on(const struct cpu *cpu, unsigned int el)
{
	return cpu->regs.sctlr[cpu_slot(cpu, el)] & SCTLR_M;
}

static bool is_same(const struct regime *a, const struct regime *b)
{
	return a->tcr == b->tcr && a->mair == b->mair &&
	       a->ttbr[0] == b->ttbr[0] && a->two == b->two &&
	       (!a->two || a->ttbr[1] == b->ttbr[1]);
}

static void mmu_on(struct cpu *cpu, unsigned int slot, uint32_t site)
{
	struct tlb *tlb = &cpu->tlb[slot];
	struct regime now = cpu_regime(cpu, slot);

	event("mmu-on cpu %u el %u phase %u tcr 0x%lx", cpu->index, slot + 1,
	      cpu->phase, now.tcr);
	if (tlb->filled && (tlb->unknown || !is_same(&tlb->by, &now)))
		cpu_find(cpu, tlb->asked ? RULE_TLBI_NO_DSB : RULE_TLB_STALE_ON,
			 site, NULL, now.ttbr[0], now.tcr);
	*tlb = (struct tlb){ .filled = true, .by = now };
	cpu_leaves(cpu, site);
	live_scan(cpu, slot, site);
}

static void still_held(void *arg, const struct pending *one)
{
	cpu_find(arg, RULE_TLB_PENDING, one->by, NULL, one->desc_pa, one->va);
}

/* Whatever was hidden and not forgotten may still be used by now. */
static void say_pending(struct cpu *cpu, unsigned int slot)
{
	pending_drop(&world.pendings, cpu->index, (uint8_t)(slot + 1),
		     still_held, cpu);
}

static void mmu_off(struct cpu *cpu, unsigned int slot, uint32_t site)
{
	event("mmu-off cpu %u el %u phase %u", cpu->index, slot + 1,
	      cpu->phase);
	say_pending(cpu, slot);
	cpu->tlb[slot].half[0] = cpu->tlb[slot].half[1] = false;
	cpu->tlb[slot].fetch[0] = cpu->tlb[slot].fetch[1] = false;
	cpu_leaves(cpu, site);
	/* Its tables are live no more, unless another CPU's are the same. */
	live_scan(NULL, 0, site);
}

#define TTBR_TABLE 0x0000fffffffffffeULL /* not ASID, not CnP */

/* Another table for this half, or none where one was walked before (that
 * nothing is walked, EPD, may be held, too). */
static bool half_swapped(const struct regime *old, const struct regime *now,
			 unsigned int half)
{
	struct tree tree;

	if (now->two && (old->tcr ^ now->tcr) & (half ? TCR_EPD1 : TCR_EPD0))
		return true;
	return (old->ttbr[half] ^ now->ttbr[half]) & TTBR_TABLE &&
	       walk_tree(old, half, &tree);
}

static void tables_swapped(struct cpu *cpu, unsigned int slot,
			   const struct regime *old, const struct regime *now,
			   uint32_t site)
{
	uint64_t switched = now->two ? TCR_EPD0 | TCR_EPD1 : 0;
	struct tlb *tlb = &cpu->tlb[slot];

	if (!tlb->half[0] && !tlb->half[1]) {
		tlb->before = tlb->by;
		tlb->asid_gone = false;
	}
	if ((old->tcr ^ now->tcr) & ~switched || old->mair != now->mair)
		cpu_find(cpu, RULE_TCR_MAIR_LIVE, site, NULL, now->tcr,
			 now->mair);
	for (unsigned int half = 0; half < 2; half++)
		tlb->half[half] |= half_swapped(old, now, half);
	tlb->by = *now;
	say_pending(cpu, slot);
	live_scan(cpu, slot, site);
	if (cpu->phase == PHASE_NEXT)
		world.tables_changed++;
}

static void update_slot(struct cpu *cpu, unsigned int slot,
			const struct regime *old, uint32_t site)
{
	struct regime now = cpu_regime(cpu, slot);
	bool was_on = old->sctlr & SCTLR_M, on = now.sctlr & SCTLR_M;

	if (!was_on && on)
		mmu_on(cpu, slot, site);
	else if (was_on && !on)
		mmu_off(cpu, slot, site);
	else if (on && !is_same(old, &now))
		tables_swapped(cpu, slot, old, &now, site);
}

/* By what EL2 maps below EL1 all that is said here of EL1 is not so: addresses
 * are no machine's, memory may be cached with the MMU off, DC IVAC cleans. With
 * TGE both count as 0. */
void cpu_stage_2(const struct cpu *cpu, unsigned int el, uint32_t site)
{
	if (el < 2 && !(cpu->regs.hcr & HCR_TGE) &&
	    cpu->regs.hcr & (HCR_VM | HCR_DC))
		cpu_find(cpu, RULE_STAGE_2, site, NULL, cpu->regs.hcr, 0);
}

static bool cache_is_on(const struct cpu_regs *regs)
{
	const uint64_t both = SCTLR_M | SCTLR_C;

	return (regs->sctlr[0] & both) == both ||
	       (regs->sctlr[1] & both) == both;
}

void cpu_update(struct cpu *cpu, const struct cpu_regs *regs, uint32_t site)
{
	struct regime old[2] = { cpu_regime(cpu, 0), cpu_regime(cpu, 1) };

	cpu->regs = *regs;
	cpu->caches_on = cache_is_on(regs);
	for (unsigned int slot = 0; slot < 2; slot++)
		update_slot(cpu, slot, &old[slot], site);
}

/* ---- accesses ---------------------------------------------------------- */

static struct access access_by(const struct cpu *cpu, uint32_t site)
{
	return (struct access){ .phase = cpu->phase, .by = site,
				.dsb = cpu->dsb, .dmb = cpu->dmb };
}

/* The MAIR byte of an address; 0, which is Device, where nothing is mapped. */
static uint8_t memory_at(struct cpu *cpu, unsigned int slot, uint64_t va)
{
	struct cached_walk *kept = &cpu->walks[(va >> 12) % CACHED_WALKS];
	struct regime regime = cpu_regime(cpu, slot);
	struct tree tree;
	struct leaf leaf;

	if (kept->page == (va >> 12) + 1 && kept->regime == slot &&
	    kept->generation == world.generation)
		return kept->memory;
	if (!walk_tree(&regime, walk_is_high(&regime, va), &tree) ||
	    !walk(&tree, va, live_read, NULL, &leaf))
		return 0;
	*kept = (struct cached_walk){ (va >> 12) + 1, world.generation,
				      (uint8_t)slot,
				      walk_memory(&tree, leaf.desc) };
	return kept->memory;
}

static bool leaf_at(const struct regime *regime, uint64_t va,
		    struct leaf *leaf)
{
	struct tree tree;

	return walk_tree(regime, walk_is_high(regime, va), &tree) &&
	       walk(&tree, va, live_read, NULL, leaf);
}

/* May what the old tables said of an address still be taken for it? Not if they
 * said nothing, or it is of another ASID than now (Arm ARM D8.16.3.1 R_XXNPZ).
 */
static bool may_hit(const struct tlb *tlb, const struct regime *now,
		    uint64_t va, struct leaf *held)
{
	if (!leaf_at(&tlb->before, va, held))
		return false;
	if (!now->two || !(held->desc & DESC_NG))
		return true;
	return !tlb->asid_gone && cpu_asid(&tlb->before) == cpu_asid(now);
}

/* What is wrong if an old translation is used; none: no such is held. */
static enum rule why_held(const struct tlb *tlb, unsigned int high, bool fetch)
{
	if (tlb->half[high])
		return tlb->asked ? RULE_TLBI_NO_DSB : RULE_TTBR_NO_TLBI;
	return fetch && tlb->fetch[high] ? RULE_TLBI_NO_ISB : RULE_NONE;
}

/* A TTBR was changed, and nothing has been forgotten. If what is held is what
 * the new tables say, no harm is done. */
static void stale_translation(struct cpu *cpu, unsigned int slot, uint64_t va,
			      bool fetch, uint32_t site)
{
	struct regime now = cpu_regime(cpu, slot);
	struct tlb *tlb = &cpu->tlb[slot];
	unsigned int high = walk_is_high(&now, va);
	enum rule rule = why_held(tlb, high, fetch);
	struct leaf held, leaf;

	if (!rule || cpu->phase == PHASE_NEXT ||
	    !may_hit(tlb, &now, va, &held) ||
	    (leaf_at(&now, va, &leaf) && leaf.desc == held.desc &&
	     leaf.len == held.len))
		return;
	cpu_find(cpu, rule, site, NULL, va, tlb->by.ttbr[high]);
}

/* By its mapping, and SCTLR.C (D7.5.5). */
static bool is_cacheable(struct cpu *cpu, unsigned int slot, uint64_t va)
{
	const uint64_t both = SCTLR_M | SCTLR_C;

	return (cpu->regs.sctlr[slot] & both) == both &&
	       walk_is_cached(memory_at(cpu, slot, va));
}

static bool is_cached(struct cpu *cpu, unsigned int el, uint64_t va,
		      uint32_t site)
{
	unsigned int slot = cpu_slot(cpu, el);

	if (cpu->regs.sctlr[slot] & SCTLR_M)
		stale_translation(cpu, slot, va, false, site);
	return is_cacheable(cpu, slot, va);
}

void cpu_access(struct cpu *cpu, unsigned int el, uint64_t va, uint64_t pa,
		unsigned int len, bool store, uint32_t site)
{
	struct access access = access_by(cpu, site);

	access.mmu_on = cpu_mmu_on(cpu, el);
	access.cached = is_cached(cpu, el, va, site);
	for (uint64_t at = pa & ~(LINE_SIZE - 1ULL); at < pa + len;
	     at += LINE_SIZE) {
		struct line *line = guest_line(at);
		struct line before;
		enum rule rule;

		if (!line)
			continue;
		before = *line;
		rule = store ? line_store(&world.lines, line, &access, false)
			     : line_load(line, &access);
		cpu_find(cpu, rule, site, &before, pa, va);
	}
	if (store)
		live_store(cpu, pa, len, site);
}

void cpu_io(struct cpu *cpu, unsigned int el, uint64_t va, uint64_t pa,
	    uint32_t site)
{
	if (cpu_mmu_on(cpu, el) && cpu->phase != PHASE_NEXT &&
	    !walk_is_device(memory_at(cpu, cpu_slot(cpu, el), va)))
		cpu_find(cpu, RULE_MMIO_NORMAL, site, NULL, pa, va);
}

void cpu_fetch(struct cpu *cpu, unsigned int el, uint64_t va, uint64_t pa,
	       uint32_t site)
{
	unsigned int slot = cpu_slot(cpu, el);
	uint64_t sctlr = cpu->regs.sctlr[slot];
	enum line_fetch how = !(sctlr & SCTLR_I) ? FETCH_PAST
			    : sctlr & SCTLR_M ? FETCH_ON : FETCH_OFF;
	struct line *line = guest_line(pa);

	if (sctlr & SCTLR_M)
		stale_translation(cpu, slot, va, true, site);
	if (line)
		cpu_find(cpu, line_fetch(line, how, &cpu->ic_done), site, line,
			 pa, cpu->ic_done.clock);
}

/* ---- system instructions ----------------------------------------------- */

static bool translate(struct cpu *cpu, unsigned int el, uint64_t va,
		      uint64_t *pa)
{
	struct regime regime = cpu_regime(cpu, cpu_slot(cpu, el));
	struct tree tree;
	struct leaf leaf;

	*pa = va;
	if (!(regime.sctlr & SCTLR_M))
		return true;
	if (!walk_tree(&regime, walk_is_high(&regime, va), &tree) ||
	    !walk(&tree, va, live_read, NULL, &leaf))
		return false;
	*pa = leaf.pa;
	return true;
}

static void dc(struct cpu *cpu, unsigned int el, enum line_op op, uint64_t va,
	       uint32_t site)
{
	struct access access = access_by(cpu, site);
	struct line *line, before;
	uint64_t pa;

	cpu->dc_open = site;
	access.cached = is_cacheable(cpu, cpu_slot(cpu, el), va);
	if (cpu->phase == PHASE_BLOB && op == LINE_CVAC)
		cpu_find(cpu, RULE_BLOB_CVAC, site, NULL, va, 0);
	if (!translate(cpu, el, va, &pa) || !(line = guest_line(pa)))
		return;
	before = *line;
	cpu_find(cpu, line_maintain(&world.lines, line, op, &access), site,
		 &before, pa, va);
}

static void zero(struct cpu *cpu, unsigned int el, uint64_t va, uint32_t site)
{
	struct access access = access_by(cpu, site);
	unsigned int block = world.zva;
	uint64_t pa;

	va &= ~(uint64_t)(block - 1);
	if (!translate(cpu, el, va, &pa))
		return;
	access.cached = is_cached(cpu, el, va, site);
	for (uint64_t at = pa; at < pa + block; at += LINE_SIZE) {
		struct line *line = guest_line(at);

		if (line)
			cpu_find(cpu, line_store(&world.lines, line, &access,
						 block >= LINE_SIZE),
				 site, line, at, va);
	}
	live_store(cpu, pa, block, site);
}

static void ic(struct cpu *cpu, unsigned int el, const struct sys *sys,
	       uint64_t va, uint32_t site)
{
	uint64_t pa;
	struct line *line;

	/* The clean that it relies on must be complete (D7.5.9.15). */
	if (cpu->dc_open)
		cpu_find(cpu, RULE_IC_BEFORE_DSB, site, NULL,
			 site_pa(cpu->dc_open), 0);
	if (sys->kind == SYS_IC_VA) {
		if (translate(cpu, el, va, &pa) && (line = guest_line(pa)))
			line_ivau(line, cpu->full);
		return;
	}
	world.lines.clock++;
	for (unsigned int i = 0; i < CPUS; i++)
		if (sys->shared || cpu == &world.cpu[i]) {
			world.cpu[i].ic_asked = (struct ic){
				world.lines.clock, cpu->full };
			world.cpu[i].ic_by = cpu->index;
		}
}

/* EL1's names are EL2's, at EL2 with E2H and TGE (Arm ARM D8.17.5.4). */
static struct sys whose(const struct cpu *cpu, unsigned int el, struct sys sys)
{
	const uint64_t both = HCR_E2H | HCR_TGE;

	if (el == 2 && sys.el1_name && (cpu->regs.hcr & both) == both)
		sys.el = 2;
	return sys;
}

static bool walks_with_ds(const struct cpu *cpu, unsigned int slot)
{
	struct regime regime = cpu_regime(cpu, slot);
	struct tree tree;

	return walk_tree(&regime, false, &tree) && tree.ds;
}

static void tlbi(struct cpu *cpu, const struct sys *sys, uint64_t value,
		 uint32_t site)
{
	struct tlbi_range range = sys_tlbi_range(
		sys->scope, value, walks_with_ds(cpu, sys->el - 1U));

	if (pending_tlbi(&world.pendings, cpu->index, sys, &range))
		cpu_find(cpu, RULE_TLBI_BEFORE_DSB, site, NULL, range.va, 0);
	world.generation++;
	cpu->tlbi_far = sys->shared;
	cpu->tlbi_open = site;
	for (unsigned int i = 0; i < CPUS; i++) {
		struct tlb *tlb = &world.cpu[i].tlb[sys->el - 1];

		if (!sys->shared && cpu != &world.cpu[i])
			continue;
		if (sys->scope == TLBI_ALL) {
			tlb->asked = true;
			tlb->by_cpu = cpu->index;
		}
		if (sys->scope == TLBI_ASID &&
		    range.asid == cpu_asid(&tlb->before))
			tlb->asid_gone = true;
	}
}

/* Who synchronizes itself, but did not wait, goes on with old translations. */
static void tlbi_unfinished(struct cpu *cpu, uint32_t site)
{
	if (cpu->tlbi_open)
		cpu_find(cpu, RULE_TLBI_NO_DSB, site, NULL,
			 site_pa(cpu->tlbi_open), 0);
	cpu->tlbi_open = 0;
}

/* By a DSB that reaches far enough TLBIs are over. What a TLB is filled by
 * while translation is on fills it again at once. What comes behind a DSB may
 * have been fetched before it. */
static void tlbi_done(const struct cpu *cpu, struct cpu *at, bool all)
{
	for (unsigned int slot = 0; slot < 2; slot++) {
		struct tlb *tlb = &at->tlb[slot];

		if (!tlb->asked || tlb->by_cpu != cpu->index ||
		    (at != cpu && !all))
			continue;
		tlb->asked = false;
		for (unsigned int high = 0; high < 2; high++) {
			tlb->fetch[high] |= tlb->half[high] && at == cpu;
			tlb->half[high] = false;
		}
		if (!(at->regs.sctlr[slot] & SCTLR_M))
			tlb->filled = false;
	}
}

/* A DSB waits for maintenance only if it is of loads and stores, and only of
 * its domain (Arm ARM D7.5.9.15, D8.17.8 R_PSMWS): alone (NSH) it says nothing
 * of lines, which belong to others too, nor of other CPUs' TLBs. */
static void dsb(struct cpu *cpu, const struct sys *sys)
{
	bool all = sys->types == BARRIER_BOTH;
	bool far = sys->domain != DOMAIN_NONE;

	if (sys->types & BARRIER_STORES)
		cpu->dsb++;
	pending_dsb(&world.pendings, cpu->index, sys->types & BARRIER_STORES,
		    all, far);
	if (!all)
		return;
	cpu->dmb++;
	cpu->full = cpu->dsb;
	if (far)
		cpu->dc_open = 0;
	if (far || !cpu->tlbi_far)
		cpu->tlbi_open = 0;
	for (unsigned int i = 0; i < CPUS; i++) {
		struct cpu *at = &world.cpu[i];

		tlbi_done(cpu, at, far);
		if (at->ic_by == cpu->index && (at == cpu || far))
			at->ic_seen = at->ic_asked;
	}
}

void cpu_leaves(struct cpu *cpu, uint32_t site)
{
	if (cpu->dc_open)
		cpu_find(cpu, RULE_DC_NO_DSB, site, NULL,
			 site_pa(cpu->dc_open), 0);
	cpu->dc_open = 0;
}

/* ISB, and an exception or the return from one: whatever comes behind is
 * fetched anew. */
static void synchronized(struct cpu *cpu)
{
	cpu->ic_done = cpu->ic_seen;
	for (unsigned int slot = 0; slot < 2; slot++)
		cpu->tlb[slot].fetch[0] = cpu->tlb[slot].fetch[1] = false;
}

void cpu_sys(struct cpu *cpu, unsigned int el, const struct sys *sys,
	     uint64_t value, uint32_t site)
{
	struct sys mine;

	switch (sys->kind) {
	case SYS_DC:
		dc(cpu, el, sys->dc, value, site);
		break;
	case SYS_ZVA:
		zero(cpu, el, value, site);
		break;
	case SYS_SET_WAY:
		cpu_find(cpu, RULE_SET_WAY, site, NULL, value, 0);
		break;
	case SYS_IC_ALL:
	case SYS_IC_VA:
		ic(cpu, el, sys, value, site);
		break;
	case SYS_TLBI:
		mine = whose(cpu, el, *sys);
		tlbi(cpu, &mine, value, site);
		break;
	case SYS_DSB:
		dsb(cpu, sys);
		break;
	case SYS_DMB:
		if (sys->types == BARRIER_BOTH)
			cpu->dmb++;
		break;
	case SYS_ISB:
		tlbi_unfinished(cpu, site);
		synchronized(cpu);
		break;
	case SYS_ERET:
		synchronized(cpu);
		break;
	case SYS_CALL:
		cpu_leaves(cpu, site);
		synchronized(cpu);
		break;
	case SYS_MSR:
	case SYS_DCZID:
	case SYS_NONE:
		break;
	}
}
