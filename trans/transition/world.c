/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * A next world with its MMU on: whether this CPU can be it, and which register
 * gets what. Pure functions, so that every kind of CPU can be tested on any
 * host; trans/transition/blob/world.S only writes what stands in the script.
 *
 * Sources: Arm ARM D19 (registers), Linux's
 * Documentation/arch/arm64/booting.rst (what EL1 needs from EL2).
 */
#include "lib/fail.h"
#include "trans/transition/private.h"
#include "lib/machine/hcr.h"
#include "lib/numbers.h"

#define SCTLR_EE (1ULL << 25)
#define SCTLR_EL2_ENTP2 (1ULL << 60)
#define CPACR_FPEN (3ULL << 20)
#define SPSR_EL1H_MASKED 0x3c5u

#define CPTR_RES1 0x22ffu    /* without FP, trace and AMU traps */
#define CPTR_TZ (1u << 8)    /* RES1 without SVE */
#define CPTR_TSM (1u << 12)  /* RES1 without SME */
#define ZCR_LEN_MAX 0x1ffu
#define SMCR_LEN_MAX 0xfu
#define SMCR_EZT0 (1ULL << 30)
#define SMCR_FA64 (1ULL << 31)
#define HCRX_SMPME (1u << 5)
#define HCRX_MSCEN (1u << 11)
#define HCRX_TCR2EN (1u << 14)
#define HCRX_SCTLR2EN (1u << 15)
#define HCRX_GCSEN (1u << 22)
#define HCRX_ENFPM (1u << 23)
/* In HFGRTR_EL2 and HFGWTR_EL2: set is "does not trap". */
#define HFG_NSMPRI_NTPIDR2 (3ULL << 54)
#define HFG_NPIRE0_NPIR (3ULL << 57)
#define HFG_NPOR_EL0_EL1 (3ULL << 59)
#define HFG_NGCS_EL0_EL1 (3ULL << 52)
#define HFGI_NGCS (7ULL << 57) /* PUSHM, STR, EPP */
#define HDFG_NPMSNEVFR (1ULL << 62)
#define HDFG2_NPMUV3P9 0x1cu /* nPMICNTR_EL0, nPMICFILTR_EL0, nPMUACR_EL1 */
#define CNTHCTL_NO_TRAPS 3u /* EL1PCTEN, EL1PCEN */
#define MDCR_E2PB_EL1 (3u << 12)
#define MDCR_E2TB_EL1 (3u << 24)
#define PMSCR_PA_PCT 0x50u /* physical addresses, physical timestamps */
#define ICC_SRE_ALL 0xfu

/* ---- what the CPU has ---- */

enum id { MMFR0, MMFR1, MMFR2, MMFR3, PFR0, PFR1, PFR2, DFR0, ISAR2, SMFR0 };

static uint64_t id_of(const struct trans_cpu *cpu, enum id id)
{
	const uint64_t ids[] = {
		cpu->mmfr0, cpu->mmfr1, cpu->mmfr2, cpu->mmfr3, cpu->pfr0,
		cpu->pfr1, cpu->pfr2, cpu->dfr0, cpu->isar2, cpu->smfr0,
	};

	return ids[id];
}

static unsigned int has(const struct trans_cpu *cpu, enum id id,
			unsigned int shift)
{
	return trans_field(id_of(cpu, id), shift);
}

/* ... and what of it firmware lets be touched. */
static unsigned int given(const struct trans_cpu *cpu, unsigned int grant,
			  enum id id, unsigned int shift)
{
	return cpu->granted & grant ? has(cpu, id, shift) : 0;
}

static bool has_sve(const struct trans_cpu *cpu)
{
	return given(cpu, TRANS_GRANT_SVE, PFR0, 32);
}

static bool has_sme(const struct trans_cpu *cpu)
{
	return given(cpu, TRANS_GRANT_SME, PFR1, 24);
}

static bool has_gcs(const struct trans_cpu *cpu)
{
	return given(cpu, TRANS_GRANT_GCS, PFR1, 44);
}

static bool has_tcr2(const struct trans_cpu *cpu)
{
	return given(cpu, TRANS_GRANT_TCR2, MMFR3, 0);
}

static bool has_sctlr2(const struct trans_cpu *cpu)
{
	return given(cpu, TRANS_GRANT_SCTLR2, MMFR3, 4);
}

static bool has_s1pie(const struct trans_cpu *cpu)
{
	return given(cpu, TRANS_GRANT_PIE, MMFR3, 8);
}

/* The profiling buffer of a higher exception level (PMBIDR_EL1.P) is not ours
 * to give away. */
static bool has_profile(const struct trans_cpu *cpu)
{
	return has(cpu, DFR0, 32) && !(cpu->pmbidr & BUFFER_OWNED_ABOVE);
}

/* ID_AA64ISAR1_EL1.APA, API [11:4], GPA, GPI [31:24]; ISAR2.GPA3, APA3
 * [15:8]: one of them for each algorithm that there is. */
static bool has_pauth(const struct trans_cpu *cpu)
{
	return cpu->isar1 & 0xff000ff0 || cpu->isar2 & 0xff00;
}

/* ---- what is wrong ---- */

/* A bit of TCR that only some CPUs have: a field of an ID register says so. */
static const struct {
	uint64_t bits;
	uint8_t id, shift, least;
	char why[45];
} tcr_wants[] = {
	{ 1ULL << 36, MMFR0, 4, 2, "the CPU lacks 16-bit ASIDs (TCR.AS)" },
	{ 1ULL << 39, MMFR1, 0, 1, "the CPU does not set the AF (TCR.HA)" },
	{ 1ULL << 40, MMFR1, 0, 2, "the CPU keeps no dirty state (TCR.HD)" },
	{ 3ULL << 41, MMFR1, 12, 1, "the CPU lacks TCR.HPD" },
	{ 3ULL << 55, MMFR2, 60, 1, "the CPU lacks TCR.E0PD" },
	{ 3ULL << 57, PFR1, 8, 2, "the CPU lacks TCR.TCMA" },
};

static const char *lacking(const struct trans_cpu *cpu,
			   const struct trans_world *world)
{
	for (size_t i = 0; i < sizeof(tcr_wants) / sizeof(tcr_wants[0]); i++)
		if (world->tcr & tcr_wants[i].bits &&
		    has(cpu, (enum id)tcr_wants[i].id, tcr_wants[i].shift) <
			    tcr_wants[i].least)
			return tcr_wants[i].why;
	if (world->tcr2 && !has_tcr2(cpu))
		return has(cpu, MMFR3, 0) ? "firmware does not grant TCR2" :
					    "the CPU lacks TCR2";
	if ((world->pir || world->pire0) && !has_s1pie(cpu))
		return has(cpu, MMFR3, 8) ?
			"firmware does not grant permission indirection" :
			"the CPU lacks permission indirection";
	return NULL;
}

static const char *bad_level(const struct trans_cpu *cpu,
			     const struct trans_world *world)
{
	if (world->drop && world->vhe)
		return trans_why("a world both at EL1 and at EL2");
	if ((world->drop || world->vhe) && cpu->el != 2)
		return trans_why(
			"only from EL2 can a world be entered elsewhere");
	if (world->vbar_el2 && !world->drop)
		return trans_why("vbar_el2 without drop");
	if (world->drop && trans_cpu_has_e2h_only(cpu))
		return trans_why("the CPU cannot leave E2H");
	/* ID_AA64MMFR1_EL1.VH */
	if (world->vhe && !has(cpu, MMFR1, 8))
		return trans_why("the CPU lacks VHE");
	if (cpu->el == 2 && !cpu->e2h && !world->drop && !world->vhe)
		return trans_why("EL2 without E2H has no TTBR1");
	return NULL;
}

static const char *bad_registers(const struct trans_world *world)
{
	if (!(world->sctlr & TRANS_SCTLR_M))
		return trans_why("a world without its MMU on");
	if (world->sctlr & SCTLR_EE)
		return trans_why("a big-endian world");
	if (world->vbar_el2 % 2048)
		return trans_why("vbar_el2 is no multiple of 2048");
	return NULL;
}

enum trans_regime trans_world_regime_(const struct trans_cpu *cpu,
				      const struct trans_world *world)
{
	return cpu->el == 1 || world->drop ? TRANS_EL1_0 : TRANS_EL2_0;
}

static int check_half(const struct trans_transition_args *args, bool upper,
		      struct trans_geometry *geo, struct trans_error *err)
{
	const struct trans_world *world = args->world;
	int ret = trans_geometry_from_tcr(
		geo, trans_world_regime_(args->cpu, world), upper, world->tcr,
		args->cpu->mmfr0, err);
	enum trans_granule granule;

	if (ret)
		return ret;
	granule = (enum trans_granule)geo->granule_shift;
	if (geo->va_bits > 48 && !trans_cpu_has_va52(args->cpu, granule))
		return trans_fail(err, TRANS_EINVAL,
				  "the CPU lacks addresses above 48 bits");
	return 0;
}

/* ID_AA64MMFR0_EL1 of a CPU that has every size, granule and LPA2. */
#define MMFR0_ALL 0x10200006

/* Before the sizes, as without DS those above 48 bits have no meaning. */
static int check_ds(const struct trans_transition_args *args,
		    struct trans_error *err)
{
	struct trans_geometry geo;

	for (unsigned int upper = 0; upper < 2; upper++)
		if (!trans_geometry_from_tcr(&geo, TRANS_EL1_0, upper,
					     args->world->tcr, MMFR0_ALL,
					     NULL) &&
		    geo.ds && !trans_cpu_has_lpa2(args->cpu,
				(enum trans_granule)geo.granule_shift))
			return trans_fail(err, TRANS_EINVAL,
					  "the CPU lacks LPA2 (TCR.DS)");
	return 0;
}

static int check_tables(const struct trans_transition_args *args,
			struct trans_error *err)
{
	unsigned int granule = copies_map(args) ?
		args->linear->geo.granule_shift : args->granule;
	struct trans_geometry low, high;
	int ret = check_ds(args, err);

	if (!ret)
		ret = check_half(args, false, &low, err);
	if (!ret)
		ret = check_half(args, true, &high, err);
	if (ret)
		return ret;
	if (low.granule_shift != granule)
		return trans_fail(err, TRANS_EINVAL,
				  "TCR.TG0 is not the transition's granule");
	if (args->entry < trans_geometry_first(&high))
		return trans_fail(err, TRANS_ERANGE,
				  "entry is not in the upper half");
	return 0;
}

int trans_world_check_(const struct trans_transition_args *args,
		       struct trans_error *err)
{
	const char *why = args->stub ? "a world with its MMU on over a stub" :
				       NULL;

	if (!why)
		why = bad_level(args->cpu, args->world);
	if (!why)
		why = bad_registers(args->world);
	if (!why)
		why = lacking(args->cpu, args->world);
	if (why)
		return trans_fail(err, TRANS_EINVAL, why);
	return check_tables(args, err);
}

/* ---- which register gets what ---- */

struct script {
	struct blob_world *to;
	unsigned int count;
};

static void step(struct script *s, enum blob_step op, uint64_t value)
{
	s->to->value[s->count] = value;
	s->to->op[s->count++] = (uint8_t)op;
}

static uint64_t hcr_for_el1(const struct trans_cpu *cpu)
{
	return TRANS_HCR_RW |
	       (has_pauth(cpu) ? TRANS_HCR_API | TRANS_HCR_APK : 0) |
	       (has(cpu, PFR1, 8) >= 2 ? TRANS_HCR_ATA : 0);
}

/* ID_AA64SMFR0_EL1: FA64 [63], SMEver [59:56] from 1 on has ZT0. */
static uint64_t smcr_for_el1(const struct trans_cpu *cpu)
{
	return SMCR_LEN_MAX | (cpu->smfr0 >> 63 ? SMCR_FA64 : 0) |
	       (has(cpu, SMFR0, 56) ? SMCR_EZT0 : 0);
}

/* The traps of vectors must be open, and an ISB must have said so, before the
 * lengths can be written. */
static void vectors_for_el1(struct script *s, const struct trans_cpu *cpu)
{
	step(s, BLOB_SET_CPTR_EL2, CPTR_RES1 | (has_sve(cpu) ? 0 : CPTR_TZ) |
		(has_sme(cpu) ? 0 : CPTR_TSM));
	step(s, BLOB_STEP_ISB, 0);
	if (has_sve(cpu))
		step(s, BLOB_SET_ZCR_EL2, ZCR_LEN_MAX);
	if (has_sme(cpu))
		step(s, BLOB_SET_SMCR_EL2, smcr_for_el1(cpu));
}

/*
 * ID_AA64MMFR1_EL1.HCX [43:40], ID_AA64ISAR2_EL1.MOPS [19:16],
 * ID_AA64PFR2_EL1.FPMR [35:32]. What becomes effective with its bit, and
 * whatever it holds, is 0 before.
 */
static void features_for_el1(struct script *s, const struct trans_cpu *cpu)
{
	if (has_gcs(cpu)) {
		step(s, BLOB_SET_GCSCR_EL1, 0);
		step(s, BLOB_SET_GCSCRE0_EL1, 0);
	}
	if (has_sctlr2(cpu))
		step(s, BLOB_SET_SCTLR2_EL1, 0);
	if (given(cpu, TRANS_GRANT_HCX, MMFR1, 40))
		step(s, BLOB_SET_HCRX_EL2, (has_sme(cpu) ? HCRX_SMPME : 0) |
			(has(cpu, ISAR2, 16) ? HCRX_MSCEN : 0) |
			(has_tcr2(cpu) ? HCRX_TCR2EN : 0) |
			(has_sctlr2(cpu) ? HCRX_SCTLR2EN : 0) |
			(has_gcs(cpu) ? HCRX_GCSEN : 0) |
			(has(cpu, PFR2, 32) ? HCRX_ENFPM : 0));
}

/*
 * ID_AA64MMFR0_EL1.FGT [59:56], PFR0.AMU [47:44], DFR0.PMSVer [35:32],
 * MMFR3.S1POE [19:16]. 0 traps nothing, but for bits that came later and whose
 * names begin with "n".
 */
static void fine_traps_for_el1(struct script *s, const struct trans_cpu *cpu)
{
	uint64_t registers = (has_sme(cpu) ? HFG_NSMPRI_NTPIDR2 : 0) |
			     (has_s1pie(cpu) ? HFG_NPIRE0_NPIR : 0) |
			     (given(cpu, TRANS_GRANT_PIE, MMFR3, 16) ?
				     HFG_NPOR_EL0_EL1 : 0) |
			     (has_gcs(cpu) ? HFG_NGCS_EL0_EL1 : 0);
	uint64_t debug = has(cpu, DFR0, 32) >= 3 ? HDFG_NPMSNEVFR : 0;

	if (!given(cpu, TRANS_GRANT_FGT, MMFR0, 56))
		return;
	step(s, BLOB_SET_HFGRTR_EL2, registers);
	step(s, BLOB_SET_HFGWTR_EL2, registers);
	step(s, BLOB_SET_HFGITR_EL2, has_gcs(cpu) ? HFGI_NGCS : 0);
	step(s, BLOB_SET_HDFGRTR_EL2, debug);
	step(s, BLOB_SET_HDFGWTR_EL2, debug);
	if (has(cpu, PFR0, 44))
		step(s, BLOB_SET_HAFGRTR_EL2, 0);
}

/* FGT 2 is FEAT_FGT2. DFR0.PMUVer [11:8]: 9 is PMUv3p9, and 0xf none of
 * Arm's. */
static void more_traps_for_el1(struct script *s, const struct trans_cpu *cpu)
{
	unsigned int pmu = has(cpu, DFR0, 8);
	uint64_t debug = pmu >= 9 && pmu != 0xf ? HDFG2_NPMUV3P9 : 0;

	if (given(cpu, TRANS_GRANT_FGT2, MMFR0, 56) < 2)
		return;
	step(s, BLOB_SET_HFGRTR2_EL2, 0);
	step(s, BLOB_SET_HFGWTR2_EL2, 0);
	step(s, BLOB_SET_HFGITR2_EL2, 0);
	step(s, BLOB_SET_HDFGRTR2_EL2, debug);
	step(s, BLOB_SET_HDFGWTR2_EL2, debug);
}

/* All counters are EL1's (PMCR_EL0.N [15:11]), and so are the buffers of the
 * profiler and the trace unit. */
static uint64_t mdcr_for_el1(const struct trans_cpu *cpu)
{
	return (cpu->pmcr >> 11 & 0x1f) |
	       (has(cpu, DFR0, 32) ? MDCR_E2PB_EL1 : 0) |
	       (has(cpu, DFR0, 44) ? MDCR_E2TB_EL1 : 0);
}

/* ID_AA64PFR0_EL1.GIC [27:24]. ICH_HCR is there once SRE is, and 0: no virtual
 * interface, and none of its traps. */
static void gic_for_el1(struct script *s, const struct trans_cpu *cpu)
{
	if (!given(cpu, TRANS_GRANT_GIC, PFR0, 24))
		return;
	step(s, BLOB_SET_ICC_SRE_EL2, ICC_SRE_ALL);
	step(s, BLOB_STEP_ISB, 0);
	step(s, BLOB_SET_ICH_HCR_EL2, 0);
}

/* HCR first and in force: with it, the layout of CPTR and CNTHCTL changes. */
static void el2_for_el1(struct script *s, const struct trans_cpu *cpu)
{
	step(s, BLOB_SET_HCR_EL2, hcr_for_el1(cpu));
	step(s, BLOB_STEP_ISB, 0);
	vectors_for_el1(s, cpu);
	features_for_el1(s, cpu);
	fine_traps_for_el1(s, cpu);
	more_traps_for_el1(s, cpu);
	step(s, BLOB_SET_CNTHCTL_EL2, CNTHCTL_NO_TRAPS);
	step(s, BLOB_SET_CNTVOFF_EL2, 0);
	step(s, BLOB_SET_VPIDR_EL2, cpu->midr);
	step(s, BLOB_SET_VMPIDR_EL2, cpu->mpidr);
	step(s, BLOB_SET_VTTBR_EL2, 0);
	step(s, BLOB_SET_HSTR_EL2, 0);
	step(s, BLOB_SET_MDCR_EL2, mdcr_for_el1(cpu));
	if (has_profile(cpu))
		step(s, BLOB_SET_PMSCR_EL2, PMSCR_PA_PCT);
	/* ID_AA64MMFR1_EL1.LO [19:16]: no limited ordering regions */
	if (has(cpu, MMFR1, 16))
		step(s, BLOB_SET_LORC_EL1, 0);
	gic_for_el1(s, cpu);
	step(s, BLOB_SET_SCTLR_EL2, TRANS_SCTLR_OFF_EL2 |
		(has_sme(cpu) ? SCTLR_EL2_ENTP2 : 0));
}

static void translation(struct script *s, const struct trans_cpu *cpu,
			const struct trans_world *world, uint64_t ttbr0)
{
	if (has_tcr2(cpu))
		step(s, BLOB_SET_TCR2_EL1, world->tcr2);
	if (has_s1pie(cpu)) {
		step(s, BLOB_SET_PIR_EL1, world->pir);
		step(s, BLOB_SET_PIRE0_EL1, world->pire0);
	}
	step(s, BLOB_SET_MAIR_EL1, world->mair);
	step(s, BLOB_SET_TCR_EL1, world->tcr);
	step(s, BLOB_SET_TTBR0_EL1, ttbr0);
	step(s, BLOB_SET_TTBR1_EL1, world->ttbr1);
}

/*
 * From EL2, EL1's registers are written while EL1 is not in use, so that no
 * trap of EL2's stands in the way. SCTLR first: nobody knows what EL1's was,
 * and with its MMU on the others could be used as they come.
 */
void trans_world_script_(const struct trans_cpu *cpu,
			 const struct trans_world *world, uint64_t ttbr0,
			 trans_pa_t code, struct blob_world *script)
{
	struct trans_cpu vhe = { .e2h = true };
	struct script s = { script, 0 };

	memset(script, 0, sizeof(*script));
	if (world->drop)
		el2_for_el1(&s, cpu);
	else if (cpu->el == 2)
		step(&s, BLOB_SET_HCR_EL2, trans_state_hcr_(&vhe));
	step(&s, BLOB_STEP_ISB, 0);
	step(&s, BLOB_SET_SCTLR_EL1, TRANS_SCTLR_OFF_EL1);
	step(&s, BLOB_STEP_ISB, 0);
	step(&s, BLOB_SET_VBAR_EL1, code);
	step(&s, BLOB_SET_CPACR_EL1, CPACR_FPEN);
	translation(&s, cpu, world, ttbr0);
	if (world->drop) {
		step(&s, BLOB_SET_VBAR_EL2, world->vbar_el2);
		step(&s, BLOB_STEP_ERET, SPSR_EL1H_MASKED);
	}
	step(&s, BLOB_STEP_END, world->sctlr);
}
