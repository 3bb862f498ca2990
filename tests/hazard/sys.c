/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
#include "lines.h"
#include "sys.h"

/* SYS: op1, CRn, CRm, op2. */
#define OP(op1, crn, crm, op2) \
	((op1) << 11 | (crn) << 7 | (crm) << 3 | (op2))

static unsigned int op_of(uint32_t insn)
{
	return OP((insn >> 16 & 7), (insn >> 12 & 15), (insn >> 8 & 15),
		  (insn >> 5 & 7));
}

static struct sys dc(enum line_op op)
{
	return (struct sys){ .kind = SYS_DC, .dc = (uint8_t)op };
}

static struct sys cache_op(unsigned int op)
{
	switch (op) {
	case OP(0, 7, 6, 1):
		return dc(LINE_IVAC);
	case OP(0, 7, 6, 2): case OP(0, 7, 10, 2): case OP(0, 7, 14, 2):
		return (struct sys){ .kind = SYS_SET_WAY };
	case OP(3, 7, 10, 1): case OP(3, 7, 12, 1): case OP(3, 7, 13, 1):
		return dc(LINE_CVAC); /* and CVAP, CVADP, which go further */
	case OP(3, 7, 11, 1):
		return dc(LINE_CVAU);
	case OP(3, 7, 14, 1):
		return dc(LINE_CIVAC);
	case OP(3, 7, 4, 1): case OP(3, 7, 4, 4):
		return (struct sys){ .kind = SYS_ZVA };
	case OP(0, 7, 1, 0):
		return (struct sys){ .kind = SYS_IC_ALL, .shared = true };
	case OP(0, 7, 5, 0):
		return (struct sys){ .kind = SYS_IC_ALL };
	case OP(3, 7, 5, 1):
		return (struct sys){ .kind = SYS_IC_VA, .shared = true };
	default:
		return (struct sys){ .kind = SYS_NONE };
	}
}

/* What op2 says, of one address. VMALLS12E1 and ALLE1 are EL2's for EL1. */
static bool tlbi_el2_for_el1(unsigned int op2)
{
	return op2 == 4 || op2 == 6;
}

static enum tlbi_scope tlbi_scope(unsigned int el, unsigned int op2, bool range)
{
	if (range)
		return op2 & 2 && el == 1 ? TLBI_RANGE_ANY_ASID : TLBI_RANGE;
	if (op2 == 0 || (el == 2 && tlbi_el2_for_el1(op2)))
		return TLBI_ALL;
	if (op2 == 2 && el == 1)
		return TLBI_ASID;
	return op2 & 2 && el == 1 ? TLBI_VA_ANY_ASID : TLBI_VA;
}

/* CRm: 1 outer, 3 inner shareable, 7 here; 5, 2, 6 the same by ranges; 0 and 4
 * are stage 2's. CRn 9: the same without waiting for XS. */
static struct sys tlbi(uint32_t insn)
{
	unsigned int op1 = insn >> 16 & 7, crm = insn >> 8 & 15;
	unsigned int op2 = insn >> 5 & 7, el = op1 == 0 ? 1 : op1 == 4 ? 2 : 3;
	bool range = crm == 2 || crm == 5 || crm == 6;

	if (!crm || crm == 4 || el == 3 || crm > 7)
		return (struct sys){ .kind = SYS_NONE };
	return (struct sys){
		.kind = SYS_TLBI,
		.scope = (uint8_t)tlbi_scope(el, op2, range),
		.el = el == 2 && !range && tlbi_el2_for_el1(op2)
			? 1 : (uint8_t)el,
		.last = op2 & 4 && op2 & 1,
		.el1_name = el == 1,
		.shared = crm != 7 && crm != 6,
	};
}

/* DSB with nXS (op2 1) completes only what has nXS, too: it is none here. */
static struct sys barrier(uint32_t insn)
{
	static const uint8_t kinds[8] = {
		[4] = SYS_DSB, [5] = SYS_DMB, [6] = SYS_ISB
	};
	struct sys sys = { .kind = kinds[insn >> 5 & 7] };

	sys.domain = insn >> 10 & 3;
	sys.types = insn >> 8 & 3;
	return sys;
}

/* SCTLR and HCR (CRn 1), TCR and TTBR (2), MAIR (10). */
static struct sys msr(uint32_t insn)
{
	unsigned int crn = insn >> 12 & 15;
	bool ours = insn >> 19 & 1 && (crn == 1 || crn == 2 || crn == 10);

	return (struct sys){ .kind = ours ? SYS_MSR : SYS_NONE };
}

#define MRS_DCZID 0xd53b00e0

static struct sys decoded(uint32_t insn)
{
	unsigned int crn = insn >> 12 & 15;

	if ((insn & 0xfff80000) == 0xd5080000)
		return crn == 8 || crn == 9 ? tlbi(insn)
					    : cache_op(op_of(insn));
	if ((insn & 0xfffff01f) == 0xd503301f)
		return barrier(insn);
	if ((insn & ~31U) == MRS_DCZID)
		return (struct sys){ .kind = SYS_DCZID };
	if ((insn & 0xfff00000) == 0xd5100000)
		return msr(insn);
	if ((insn & 0xfffffbff) == 0xd69f03e0 ||
	    (insn & 0xfffffbff) == 0xd69f0bff)
		return (struct sys){ .kind = SYS_ERET };
	if ((insn & 0xffe0001f) == 0xd4000002 ||
	    (insn & 0xffe0001f) == 0xd4000003)
		return (struct sys){ .kind = SYS_CALL };
	return (struct sys){ .kind = SYS_NONE };
}

struct sys sys_decode(uint32_t insn)
{
	struct sys sys = decoded(insn);

	sys.rt = insn & 31;
	return sys;
}

static uint64_t sign_extended(uint64_t value, unsigned int bits)
{
	return (uint64_t)((int64_t)(value << (64 - bits)) >> (64 - bits));
}

/* One address: TTL in [47:44] (granule, and level), VA[55:12]. Level 0, which
 * is not always one, is taken for none (Arm ARM D8.17.5.1, D8.17.5.3). */
static struct tlbi_range one_address(uint64_t value)
{
	uint8_t granule = value >> 46 & 3;

	return (struct tlbi_range){
		sign_extended(value & ((1ULL << 44) - 1), 44) << 12, 1 << 12,
		(uint16_t)(value >> 48),
		granule ? (uint8_t)(10 + 2 * granule) : 0,
		granule ? value >> 44 & 3 : 0 };
}

/* Ranges: TG in [47:46] (1: 4K, 2: 16K, 3: 64K), SCALE, NUM, TTL, and BaseADDR
 * in granules, or in 64 KiB (D8.17.5.2). */
struct tlbi_range sys_tlbi_range(enum tlbi_scope scope, uint64_t value,
				 bool ds)
{
	unsigned int shift = 10 + 2 * (unsigned int)(value >> 46 & 3);
	unsigned int scale = value >> 44 & 3, num = value >> 39 & 31;

	if (scope != TLBI_RANGE && scope != TLBI_RANGE_ANY_ASID)
		return one_address(value);
	return (struct tlbi_range){
		sign_extended(value & ((1ULL << 37) - 1), 37)
			<< (ds ? 16 : shift),
		(num + 1ULL) << (5 * scale + 1) << shift,
		(uint16_t)(value >> 48), (uint8_t)shift, value >> 37 & 3 };
}

unsigned int sys_zva_block(uint64_t dczid)
{
	return 4U << (dczid & 15);
}
