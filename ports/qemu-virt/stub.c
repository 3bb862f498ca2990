/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
#include "leaving.h"
#include "lib/machine/hcr.h"
#include "lib/numbers.h"
#include "resident.h"
#include "stub.h"
#include "sysreg.h"

/* ID_AA64MMFR1_EL1.VH [11:8]. */
static bool has_vhe(const struct trans_cpu *cpu)
{
	return trans_field(cpu->mmfr1, 8);
}

/* TGE too: without it TLBIs by EL1's names would be EL1's (Arm ARM D8). Whoever
 * jumped here may have left E2H set, so it is not only a matter of options. */
static void use_vhe(void)
{
	sysreg_write(hcr_el2, TRANS_HCR_RW | TRANS_HCR_E2H | TRANS_HCR_TGE);
	isb();
}

uint64_t stub_hcr(const struct trans_cpu *cpu, const char *bootargs)
{
	if (cpu->e2h)
		return TRANS_HCR_RW | TRANS_HCR_E2H | TRANS_HCR_TGE;
	if (cpu->el == 1 && leaving_wants(bootargs, LEAVING_STUB))
		return TRANS_HCR_RW;
	return 0;
}

bool stub_change_level(const struct trans_cpu *cpu, const char *bootargs)
{
	if (cpu->el != 2)
		return false;
	if (cpu->e2h || (leaving_wants(bootargs, LEAVING_VHE) && has_vhe(cpu)))
		use_vhe();
	else if (leaving_wants(bootargs, LEAVING_STUB))
		stub_drop_to_el1();
	else
		return false;
	return true;
}
