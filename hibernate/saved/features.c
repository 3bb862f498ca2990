/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What the saved kernel believed that its CPUs have. It keeps each ID register
 * once, field by field what all of its CPUs have of it, and by that it patched
 * its code and told its programs. So a CPU that has less runs instructions that
 * it does not know.
 *
 * arm64_ftr_regs is an array of pairs, ascending: the encoding of a register,
 * and a pointer to a struct that begins with the name of that encoding, then
 * two masks, then the value. A field that a kernel does not know is 0 there.
 *
 * Linux, arch/arm64/kernel/cpufeature.c and include/asm/cpufeature.h (struct
 * arm64_ftr_reg), as 6.12 and 7.2 have them; where another kernel differs names
 * do not fit, and nothing is known. Fields: Arm ARM D24, by the register's
 * name.
 */
#include "hibernate/saved/private.h"
#include "lib/numbers.h"

/* A pair, and what of the struct is read. */
#define PAIR 16ull
#define STRUCT_LEN 32u
#define STRUCT_VALUE 24u
/* More than Linux has (6.12: some 50), and fewer than any has of those below:
 * MMFR0 to 2, PFR0 and 1, DFR0, ISAR0 and 1. */
#define MOST_PAIRS 128u
#define LEAST_KNOWN 8u
/* op0 of ID registers is 3, op1 and CRn are 0. */
#define ENCODING(r) \
	(3u << 19 | (uint32_t)(r)->crm << 8 | (uint32_t)(r)->op2 << 5)

/* Bits for fields of four bits: bit n for the one from bit 4n on. */
#define FIELD(lowest) (1u << ((lowest) / 4))
#define ALL 0xffffu

/*
 * @text:  why a kernel is refused; from NAME_AT on a name
 * @at:    where it is in struct trans_cpu, in units of 8 bytes
 * @crm, @op2: of its encoding
 * @more:  fields where more is a superset, and 0 is nothing
 * @sign:  of those, the ones with a sign: 15 is less than nothing
 * @same:  fields that must be the same, unless the kernel has none of it: by
 *         which algorithm pointers in its memory were signed
 */
struct feature_register {
	char text[30];
	uint8_t at, crm : 4, op2 : 4;
	uint16_t more, sign, same;
};
#define NAME_AT 13u
#define NAME_LEN 16u /* without a NUL, or with one */
/* What the kernel's name for it begins with: "SYS_" */
#define PREFIX_LEN 4u

#define REGISTER(name, member) \
	.text = "CPU has less " name, \
	.at = offsetof(struct trans_cpu, member) / 8
static const struct feature_register registers[] = {
	/* Not EL2, EL3, SEL2: how it was entered is checked elsewhere. */
	{ REGISTER("ID_AA64PFR0_EL1", pfr0), .crm = 4, .op2 = 0,
	  .more = ALL & ~(FIELD(8) | FIELD(12) | FIELD(36)),
	  .sign = FIELD(16) | FIELD(20) },
	/* Not the fractions, which say more of what another field says. */
	{ REGISTER("ID_AA64PFR1_EL1", pfr1), .crm = 4, .op2 = 1,
	  .more = ALL & ~(FIELD(12) | FIELD(16) | FIELD(32) | FIELD(40)) },
	{ REGISTER("ID_AA64PFR2_EL1", pfr2), .crm = 4, .op2 = 2,
	  .more = ALL },
	/* PMUVer; breakpoints and watchpoints are registers. */
	{ REGISTER("ID_AA64DFR0_EL1", dfr0), .crm = 5, .op2 = 0,
	  .more = FIELD(8) | FIELD(12) | FIELD(20), .sign = FIELD(8) },
	{ REGISTER("ID_AA64ISAR0_EL1", isar0), .crm = 6, .op2 = 0,
	  .more = ALL },
	/* APA, API, GPA, GPI */
	{ REGISTER("ID_AA64ISAR1_EL1", isar1), .crm = 6, .op2 = 1,
	  .more = ALL & ~(FIELD(4) | FIELD(8)), .same = FIELD(4) | FIELD(8) },
	/* APA3 */
	{ REGISTER("ID_AA64ISAR2_EL1", isar2), .crm = 6, .op2 = 2,
	  .more = ALL & ~FIELD(12), .same = FIELD(12) },
	/* Not TGran*_2, of stage 2, which have no nothing. TGran64, TGran4 */
	{ REGISTER("ID_AA64MMFR0_EL1", mmfr0), .crm = 7, .op2 = 0,
	  .more = ALL & ~(FIELD(32) | FIELD(36) | FIELD(40)),
	  .sign = FIELD(24) | FIELD(28) },
	/* Not SpecSEI, which is a danger. */
	{ REGISTER("ID_AA64MMFR1_EL1", mmfr1), .crm = 7, .op2 = 1,
	  .more = ALL & ~FIELD(24) },
	{ REGISTER("ID_AA64MMFR2_EL1", mmfr2), .crm = 7, .op2 = 2,
	  .more = ALL },
	{ REGISTER("ID_AA64MMFR3_EL1", mmfr3), .crm = 7, .op2 = 3,
	  .more = ALL },
	/* E2H0: that VHE can be left. */
	{ REGISTER("ID_AA64MMFR4_EL1", mmfr4), .crm = 7, .op2 = 4,
	  .more = ALL,
	  .sign = FIELD(24) },
};
#define REGISTERS (sizeof(registers) / sizeof(*registers))

/* What a CPU lacks */

static uint64_t value_of(const struct trans_cpu *cpu, unsigned int at)
{
	uint64_t value;

	memcpy(&value, (const uint8_t *)cpu + at * sizeof(value),
	       sizeof(value));
	return value;
}

/* 15 is -1. */
static int with_sign(unsigned int field)
{
	return (int)(field ^ 8) - 8;
}

static bool lacks_field(const struct feature_register *r, unsigned int i,
			unsigned int then, unsigned int now)
{
	if (r->same >> i & 1)
		return then && then != now;
	if (!(r->more >> i & 1))
		return false;
	return r->sign >> i & 1 ? with_sign(now) < with_sign(then) :
				  now < then;
}

static uint64_t lacking_fields(const struct feature_register *r, uint64_t then,
			       uint64_t now)
{
	uint64_t fields = 0;

	for (unsigned int i = 0; i < 16; i++)
		if (lacks_field(r, i, then >> 4 * i & 0xf, now >> 4 * i & 0xf))
			fields |= 0xfULL << 4 * i;
	return fields;
}

const char *trans_saved_lacks(const struct trans_saved_facts *facts,
			      const struct trans_cpu *cpu, uint64_t *fields)
{
	const struct feature_register *r = registers;

	for (; cpu->pfr0 && r < registers + REGISTERS; r++) {
		if (!(facts->features >> (r - registers) & 1))
			continue;
		*fields = lacking_fields(r, value_of(&facts->was, r->at),
					 value_of(cpu, r->at));
		if (*fields)
			return r->text;
	}
	return NULL;
}

/* What the kernel has */

static bool is_named(struct trans_saved *saved, trans_va_t name,
		     const struct feature_register *r)
{
	char found[NAME_LEN];

	return trans_saved_copy_(saved, name + PREFIX_LEN, found, NAME_LEN) &&
	       !memcmp(found, r->text + NAME_AT, NAME_LEN);
}

static bool take_register(struct trans_saved *saved, trans_va_t va, size_t i,
			  struct trans_saved_facts *facts)
{
	const struct feature_register *r = &registers[i];
	uint64_t of[STRUCT_LEN / 8];

	if (!trans_saved_copy_(saved, va, of, sizeof(of)) ||
	    !is_named(saved, of[0], r))
		return false;
	memcpy((uint8_t *)&facts->was + r->at * sizeof(*of),
	       &of[STRUCT_VALUE / 8], sizeof(*of));
	facts->features |= 1u << i;
	return true;
}

/* As long as they ascend: what lies behind the array does not. */
static unsigned int take_registers(struct trans_saved *saved, trans_va_t va,
				   struct trans_saved_facts *facts)
{
	unsigned int known = 0;
	uint64_t pair[2];
	uint32_t last = 0;
	size_t i = 0;

	for (unsigned int n = 0; n < MOST_PAIRS && i < REGISTERS; n++) {
		if (!trans_saved_copy_(saved, va + n * PAIR, pair, PAIR) ||
		    (uint32_t)pair[0] <= last)
			break;
		last = (uint32_t)pair[0];
		while (i < REGISTERS && ENCODING(&registers[i]) < last)
			i++;
		if (i == REGISTERS || ENCODING(&registers[i]) != last)
			continue;
		if (!take_register(saved, pair[1], i, facts))
			return 0;
		known++;
	}
	return known;
}

void trans_saved_features_(struct trans_saved *saved, trans_va_t va,
			   struct trans_saved_facts *facts)
{
	if (va && take_registers(saved, va, facts) >= LEAST_KNOWN)
		return;
	facts->features = 0;
	memset(&facts->was, 0, sizeof(facts->was));
}
