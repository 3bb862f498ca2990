/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * A firmware that keeps to itself what no bit says is the host's, as TF-A does:
 * each register that EL3 (or the EL2 above a host at EL1) may trap, and what
 * must be so for it not to. A forbidden access ends the test, a read as well.
 *
 * Sources: Arm ARM D19, "Accessing" of each register; TF-A's
 * el3_common_macros.S for MDCR_EL3.TTRF.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/machine/arch/fake/fake.h"

#define NAME(name, text) #name,
static const char *const names[] = { TRANS_SYSREGS(NAME) };

/* Names that begin like this are trapped unless the test grants it. */
static const struct {
	const char *begin;
	unsigned int grant;
} granted[] = {
	{ "TRFCR_", FAKE_GRANT_TRF },      { "MPAM", FAKE_GRANT_MPAM },
	{ "ZCR_", TRANS_GRANT_SVE },       { "SMCR_", TRANS_GRANT_SME },
	{ "SVCR", TRANS_GRANT_SME },       { "HCRX_", TRANS_GRANT_HCX },
	{ "HFGRTR_", TRANS_GRANT_FGT },    { "HFGWTR_", TRANS_GRANT_FGT },
	{ "HFGITR_", TRANS_GRANT_FGT },    { "HDFGRTR_", TRANS_GRANT_FGT },
	{ "HDFGWTR_", TRANS_GRANT_FGT },   { "HAFGRTR_", TRANS_GRANT_FGT },
	{ "HFGRTR2_", TRANS_GRANT_FGT2 },  { "HFGWTR2_", TRANS_GRANT_FGT2 },
	{ "HFGITR2_", TRANS_GRANT_FGT2 },  { "HDFGRTR2_", TRANS_GRANT_FGT2 },
	{ "HDFGWTR2_", TRANS_GRANT_FGT2 }, { "TCR2_", TRANS_GRANT_TCR2 },
	{ "SCTLR2_", TRANS_GRANT_SCTLR2 }, { "PIR_", TRANS_GRANT_PIE },
	{ "PIRE0_", TRANS_GRANT_PIE },     { "POR_", TRANS_GRANT_PIE },
	{ "GCSCR", TRANS_GRANT_GCS },      { "ICH_", TRANS_GRANT_GIC },
	{ "ICC_", TRANS_GRANT_GIC },
};

/* PMBIDR_EL1.P and TRBIDR_EL1.P: the buffer belongs to a higher EL. */
#define OWNED_ABOVE 0x10u
static const struct {
	const char *begin;
	enum trans_sysreg owner;
} owned[] = {
	{ "PMSCR_", TRANS_PMBIDR_EL1 },
	{ "PMBLIMITR_", TRANS_PMBIDR_EL1 },
	{ "TRBLIMITR_", TRANS_TRBIDR_EL1 },
};

static bool begins(const char *name, const char *begin)
{
	return !strncmp(name, begin, strlen(begin));
}

/* _EL2, and _EL02 and _EL12, which are EL2's names for EL1's. */
static bool of_el2(const char *name)
{
	size_t len = strlen(name);

	return len > 4 && (!strcmp(name + len - 4, "_EL2") ||
			   (name[len - 3] == 'L' && name[len - 1] == '2'));
}

static bool trapped(const char *name, unsigned int el)
{
	if (el == 1 && of_el2(name))
		return true;
	for (size_t i = 0; i < sizeof(owned) / sizeof(owned[0]); i++)
		if (begins(name, owned[i].begin) &&
		    fake_arch.reg[owned[i].owner] & OWNED_ABOVE)
			return true;
	for (size_t i = 0; i < sizeof(granted) / sizeof(granted[0]); i++)
		if (begins(name, granted[i].begin) &&
		    !(fake_arch.granted & granted[i].grant))
			return true;
	return false;
}

void fake_firmware_access(const char *name, unsigned int el)
{
	if (!trapped(name, el))
		return;
	if (fake_arch.trapped) {
		fake_arch.trapped(name);
		return;
	}
	fprintf(stderr, "fake firmware: %s is not granted at EL%u\n", name, el);
	abort();
}

void fake_firmware_register(enum trans_sysreg reg)
{
	fake_firmware_access(names[reg],
			     (unsigned int)fake_arch.reg[TRANS_CURRENTEL] >> 2);
}
