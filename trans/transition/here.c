/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Prepared on one CPU, run by another one: what was read of the first is told
 * anew, and what was built must do for it.
 */
#include "lib/fail.h"
#include "trans/transition/private.h"

/* A TCR that is written must mean there what it was made for (Arm ARM D19,
 * TCR_EL1: IPS beyond the CPU's own size, DS, sizes of more than 48 bits). */
static const char *cannot_walk(const struct trans_cpu *cpu,
			       const struct trans_geometry *geo)
{
	enum trans_granule granule = (enum trans_granule)geo->granule_shift;

	if (geo->regime != trans_cpu_regime(cpu))
		return "the maps are another regime's than this CPU's";
	if (geo->pa_bits > trans_cpu_pa_bits(cpu))
		return "the maps reach beyond this CPU's physical addresses";
	if ((geo->ds || geo->va_bits > 48) && !trans_cpu_has_va52(cpu, granule))
		return "this CPU lacks the maps' addresses above 48 bits";
	return NULL;
}

int trans_transition_here(struct trans_transition *transition,
			  struct trans_error *err)
{
	const struct trans_transition *t = transition;
	const char *why;

	if (!t->prepared)
		return trans_fail(err, TRANS_EINVAL, "nothing is prepared");
	if (t->passage.ops)
		return trans_fail(err, TRANS_EINVAL,
				  "the next world's registers are one CPU's");
	why = trans_args_cpu_(&t->args);
	if (!why && t->low.ops)
		why = cannot_walk(t->args.cpu, &t->low.geo);
	if (!why && t->high.ops)
		why = cannot_walk(t->args.cpu, &t->high.geo);
	if (why)
		return trans_fail(err, TRANS_ESTATE, why);
	return trans_control_cpu_(t, err);
}
