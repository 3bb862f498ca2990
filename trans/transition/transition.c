/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The life of a transition as long as there is a way back: prepare, ask, unask,
 * cancel. leave.c has what comes after.
 */
#include "lib/fail.h"
#include "trans/transition/private.h"

/* What the host's callback may say: nothing that would be taken for the
 * library's own finding that something is not there. */
static int alias_status(int status)
{
	return status > 0 || status == TRANS_ENOENT ? TRANS_EHOST : status;
}

static int alias(struct trans_transition *t, struct trans_error *err)
{
	uint64_t len = t->code_granules * granule_of(t);
	int ret = t->args.alias_prepare(t->args.host, t->code, len);

	if (ret)
		return trans_fail_pa(err, alias_status(ret),
				     "alias_prepare refused", t->code, len);
	t->aliased = true;
	return 0;
}

static int finish_table(struct trans_table *table, struct trans_regs *regs,
			struct trans_error *err)
{
	struct trans_report report = { 0 };
	int ret = trans_table_finish(table, regs, &report);

	return passed_on(ret, &report, err);
}

static int finish(struct trans_transition *t, struct trans_error *err)
{
	struct trans_regs low, high;
	bool two = t->high.ops;
	int ret;

	if (t->args.map == TRANS_MAP_NONE)
		return trans_control_finish_(t, NULL, NULL, err);
	ret = finish_table(&t->low, &low, err);
	if (!ret && two)
		ret = finish_table(&t->high, &high, err);
	if (!ret)
		ret = trans_control_finish_(t, &low, two ? &high : NULL, err);
	return ret;
}

/* What was there for tables is given back, and may be enough for nothing. */
static int build_maps(struct trans_transition *t, struct trans_error *err)
{
	struct trans_error why;
	int ret;

	if (t->args.map == TRANS_MAP_NONE)
		return 0;
	ret = trans_maps_build_(t, &why);
	if (ret == TRANS_ENOMEM && t->args.fallback) {
		trans_maps_free_(t);
		/* Nothing is anywhere else than at its PA then. */
		t->far = (struct trans_range){ 0 };
		t->far_offset = 0;
		t->args.map = TRANS_MAP_NONE;
		return 0;
	}
	if (ret && err)
		*err = why;
	return ret;
}

/* The proof comes last, because it reads what the blob will read. */
static int build(struct trans_transition *t, struct trans_error *err)
{
	int ret = trans_list_build_(t, err);

	if (!ret)
		ret = trans_control_build_(t, err);
	if (!ret)
		ret = alias(t, err);
	if (!ret)
		ret = trans_entry_map_build_(t, err);
	if (!ret)
		ret = build_maps(t, err);
	if (!ret)
		ret = finish(t, err);
	if (!ret && !t->args.unproven)
		ret = trans_transition_check(t, err);
	return ret;
}

int trans_transition_prepare(struct trans_transition *transition,
			     const struct trans_transition_args *args,
			     struct trans_error *err)
{
	int ret;

	memset(transition, 0, sizeof(*transition));
	transition->args = *args;
	trans_args_complete_(&transition->args);
	ret = trans_args_check_(&transition->args, err);
	if (ret) {
		memset(transition, 0, sizeof(*transition));
		return ret;
	}
	ret = build(transition, err);
	if (ret) {
		trans_transition_cancel(transition);
		return ret;
	}
	transition->args.plan = NULL;
	transition->args.zero = NULL;
	transition->args.stays = NULL;
	transition->args.digests = NULL;
	transition->args.world = NULL;
	transition->args.ram = NULL;
	transition->args.progress = NULL;
	transition->prepared = true;
	return 0;
}

int trans_transition_ask(struct trans_transition *transition,
			 struct trans_error *err)
{
	const struct trans_transition_args *args = &transition->args;
	struct trans_error said = { .level = TRANS_NO_LEVEL };
	int ret;

	if (!transition->prepared)
		return trans_fail(err, TRANS_EINVAL, "nothing is prepared");
	if (transition->asked)
		return trans_fail(err, TRANS_EINVAL, "was asked already");
	ret = args->ask ? args->ask(args->host, &said) : 0;
	transition->asked = !ret;
	if (!ret)
		return 0;
	said.status = ret < 0 && ret != TRANS_ENOIMAGE ? ret : TRANS_EHOST;
	said.why = said.why ? said.why : "ask refused";
	if (err)
		*err = said;
	return said.status;
}

void trans_transition_unask(struct trans_transition *transition)
{
	const struct trans_transition_args *args = &transition->args;

	if (transition->asked && args->unask)
		args->unask(args->host);
	transition->asked = false;
}

void trans_transition_cancel(struct trans_transition *transition)
{
	const struct trans_transition_args *args = &transition->args;

	trans_transition_unask(transition);
	if (transition->aliased && args->alias_drop)
		args->alias_drop(args->host);
	trans_maps_free_(transition);
	trans_entry_map_free_(transition);
	trans_list_free_(transition);
	trans_control_free_(transition);
	memset(transition, 0, sizeof(*transition));
}
