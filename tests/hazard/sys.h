/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* Which system instruction 32 bits are, as far as caches and translations
 * go (Arm ARM C5.3, "System instructions", and C6.2). */
#ifndef HAZARD_SYS_H
#define HAZARD_SYS_H

#include <stdbool.h>
#include <stdint.h>

enum sys_kind {
	SYS_NONE,
	SYS_DC,      /* .dc */
	SYS_ZVA,
	SYS_SET_WAY,
	SYS_IC_ALL,
	SYS_IC_VA,
	SYS_TLBI,    /* .scope, .el, .shared */
	SYS_DSB,     /* .domain, .types */
	SYS_DMB,
	SYS_ISB,
	SYS_ERET,
	SYS_CALL,    /* HVC, SMC */
	SYS_MSR,     /* to a register of translations */
	SYS_DCZID,   /* MRS: .rt will have DC ZVA's block size */
};

enum tlbi_scope { TLBI_ALL, TLBI_ASID, TLBI_VA, TLBI_VA_ANY_ASID, TLBI_RANGE,
		  TLBI_RANGE_ANY_ASID };

/* CRm of a barrier: which accesses, and how far. */
#define BARRIER_LOADS 1
#define BARRIER_STORES 2
#define BARRIER_BOTH 3
#define DOMAIN_OUTER 0
#define DOMAIN_NONE 1
#define DOMAIN_INNER 2
#define DOMAIN_SYSTEM 3

struct sys {
	enum sys_kind kind;
	uint8_t dc;      /* enum line_op */
	uint8_t scope;   /* enum tlbi_scope */
	uint8_t el;      /* whose translations */
	bool last;       /* only of the last level: VALE1 and the like */
	bool el1_name;   /* with E2H and TGE EL2 means its own by it */
	bool shared;     /* all CPUs of the domain do it */
	uint8_t domain, types;
	uint8_t rt;      /* 31: none */
};

struct sys sys_decode(uint32_t insn);

/* What a TLBI by address or range covers. @shift: only of this granule; @level:
 * only of leaves of this level. 0: of any. */
struct tlbi_range {
	uint64_t va, len;
	uint16_t asid;
	uint8_t shift, level;
};
/* @value is its register's; @ds: TCR.DS, by which ranges count 64 KiB. */
struct tlbi_range sys_tlbi_range(enum tlbi_scope scope, uint64_t value,
				 bool ds);
/* DCZID_EL0: bytes of a block of DC ZVA. */
unsigned int sys_zva_block(uint64_t dczid);

#endif
