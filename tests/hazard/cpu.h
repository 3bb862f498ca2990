/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * A CPU: its translation state, what its barriers have not completed yet, and
 * what it does to lines and tables. Nothing here knows QEMU.
 */
#ifndef HAZARD_CPU_H
#define HAZARD_CPU_H

#include "lines.h"
#include "sys.h"
#include "tables.h"
#include "walk.h"

#define CPUS 16
#define SCTLR_M (1ULL << 0)
#define SCTLR_C (1ULL << 2)
#define SCTLR_I (1ULL << 12)
#define TCR_EPD0 (1ULL << 7)
#define TCR_EPD1 (1ULL << 23)
#define HCR_VM (1ULL << 0)
#define HCR_DC (1ULL << 12)
#define HCR_TGE (1ULL << 27)
#define HCR_E2H (1ULL << 34)

/* Those of EL1 and those of EL2, [0] and [1]. */
struct cpu_regs {
	uint64_t sctlr[2], tcr[2], ttbr0[2], ttbr1[2], mair[2], hcr;
};

/* What a TLB was filled by: nothing, something unknown, or these. */
struct tlb {
	bool filled, unknown;
	struct regime by;
	bool half[2];  /* its TTBR was changed, and nothing forgotten since */
	bool fetch[2]; /* forgotten, but for what was fetched before */
	struct regime before; /* what it was changed from */
	bool asid_gone; /* a TLBI of its ASID: only what is global is left */
	bool asked;    /* TLBI of all, no DSB yet ... */
	uint8_t by_cpu; /* ... of this CPU's */
};

#define CACHED_WALKS 1024

struct cached_walk {
	uint64_t page; /* VA >> 12, + 1 */
	uint64_t generation;
	uint8_t regime;
	uint8_t memory;
};

struct cpu {
	uint8_t index, phase;
	uint8_t blob_el; /* of its last block in the blob */
	bool seen;
	struct cpu_regs regs;
	struct tlb tlb[2];
	/* Stamps, this CPU's, counting: DSBs that wait for stores; barriers of
	 * loads and stores; .dsb as of the last DSB of both. */
	uint32_t dsb, dmb, full;
	struct ic ic_asked, ic_seen, ic_done;
	uint8_t ic_by;             /* whose IC is asked */
	uint32_t dc_open;          /* site of a DC that no DSB has completed */
	uint32_t tlbi_open;        /* and of a TLBI ... */
	bool tlbi_far;             /* ... for others, too */
	bool caches_on;
	struct cached_walk walks[CACHED_WALKS];
};

struct world {
	struct lines lines;
	struct pendings pendings;
	struct cpu cpu[CPUS];
	enum phase phase;
	unsigned int zva;    /* bytes of a block of DC ZVA; 0: not known */
	uint64_t generation; /* of translations: whatever may change one */
	unsigned int tables_changed; /* TTBR writes by the next world, MMU on */
};
extern struct world world;

struct cpu *cpu_get(unsigned int index);
void cpu_reset(struct cpu *cpu);
struct regime cpu_regime(const struct cpu *cpu, unsigned int slot);
uint16_t cpu_asid(const struct regime *regime);
/* 0 or 1: whose translations are in use at this level. */
unsigned int cpu_slot(const struct cpu *cpu, unsigned int el);
bool cpu_mmu_on(const struct cpu *cpu, unsigned int el);

/* The registers are now these; @site wrote them. */
void cpu_update(struct cpu *cpu, const struct cpu_regs *regs, uint32_t site);
void cpu_access(struct cpu *cpu, unsigned int el, uint64_t va, uint64_t pa,
		unsigned int len, bool store, uint32_t site);
void cpu_io(struct cpu *cpu, unsigned int el, uint64_t va, uint64_t pa,
	    uint32_t site);
void cpu_fetch(struct cpu *cpu, unsigned int el, uint64_t va, uint64_t pa,
	       uint32_t site);
/* @value: of its register. */
void cpu_sys(struct cpu *cpu, unsigned int el, const struct sys *sys,
	     uint64_t value, uint32_t site);
/* At EL1, or soon to be there: is it under a stage 2, which is not modelled? */
void cpu_stage_2(const struct cpu *cpu, unsigned int el, uint32_t site);
/* What must be complete before somebody else goes on. */
void cpu_leaves(struct cpu *cpu, uint32_t site);
/* A finding is said, or not: in the next world only what comes of before. */
void cpu_find(const struct cpu *cpu, enum rule rule, uint32_t site,
	      const struct line *line, uint64_t pa, uint64_t detail);

#endif
