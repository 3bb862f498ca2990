/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The passage: an identity map in the next world's own format, through which it
 * is entered with its MMU on. The tables of the moves will not do: they follow
 * this CPU's regime and this library's choice of TCR and MAIR, and under the
 * next world's the same bits may say something else (a shareability is an
 * address under DS, device memory is what another MAIR calls Normal).
 */
#include "lib/fail.h"
#include "trans/transition/private.h"

static bool wanted(const struct trans_transition *t)
{
	return !TRANS_ASSUME_PHYSICAL && t->passage.ops;
}

static int geometry(const struct trans_transition *t,
		    struct trans_geometry *geo, struct trans_error *err)
{
	return trans_geometry_from_tcr(
		geo, trans_world_regime_(t->args.cpu, &t->world), false,
		t->world.tcr, t->args.cpu->mmfr0, err);
}

/* For trans_transition_pages. */
struct entry_map {
	struct trans_transition *t;
	struct trans_error *err;
};

/* The UART is for the last words of a blob that faults at the entry; a MAIR
 * without device memory must do without them. */
static int map_page(void *arg, enum trans_pages kind, trans_pa_t pa,
		    uint64_t len)
{
	const struct entry_map *map = arg;
	struct trans_report report = { 0 };
	int ret = trans_pages_map_(map->t, &map->t->passage, kind, pa, len,
				   TRANS_KEEP, &report);

	if (kind == TRANS_PAGES_UART && ret == TRANS_EINVAL)
		return 0;
	return passed_on(ret, &report, map->err);
}

/* Nothing is moved any more: the list is not needed. */
static int map_all(struct trans_transition *t, struct trans_error *err)
{
	struct entry_map map = { t, err };

	return trans_transition_pages(
		t, TRANS_PAGES_ALL - TRANS_PAGES_TABLES - TRANS_PAGES_LIST,
		map_page, &map, err);
}

int trans_entry_map_build_(struct trans_transition *t, struct trans_error *err)
{
	struct trans_report report = { 0 };
	struct trans_geometry geo;
	int ret;

	if (!world_of(&t->args))
		return 0;
	t->world = *t->args.world;
	ret = geometry(t, &geo, err);
	if (!ret)
		ret = passed_on(trans_table_create(&t->passage, &geo,
						   t->world.mair, t->args.ops,
						   t->args.ctx, &report),
				&report, err);
	return ret ? ret : map_all(t, err);
}

int trans_entry_map_finish_(struct trans_transition *t,
			    struct blob_params *params, struct trans_error *err)
{
	struct trans_report report = { 0 };
	struct trans_regs regs;
	int ret;

	if (!wanted(t))
		return 0;
	ret = passed_on(trans_table_finish(&t->passage, &regs, &report),
			&report, err);
	if (ret)
		return ret;
	trans_world_script_(t->args.cpu, &t->world, regs.ttbr, t->code,
			    &params->steps);
	params->world = t->data + offsetof(struct blob_params, steps);
	return 0;
}

/* As the next world's registers will read it, not as it was made. */
static int attach(const struct trans_transition *t, struct trans_table *view,
		  struct trans_error *err)
{
	struct trans_report report = { 0 };
	struct trans_regs regs = {
		.ttbr = trans_ttbr(&t->passage.geo, t->passage.root),
		.tcr = t->world.tcr,
		.mair = t->world.mair,
		.tcr2 = t->world.tcr2,
		.pir = t->world.pir,
		.pire0 = t->world.pire0,
	};

	return passed_on(trans_table_attach(view, &t->passage.geo, &regs, NULL,
					    t->args.ops, t->args.ctx, &report),
			 &report, err);
}

int trans_entry_map_verify_(const struct trans_transition *t,
			    struct trans_error *err)
{
	uint64_t granule = granule_of(t);
	struct trans_report report = { 0 };
	struct trans_table view;
	int ret;

	if (!wanted(t))
		return 0;
	ret = attach(t, &view, err);
	if (ret)
		return ret;
	ret = trans_table_verify(&view, t->code, t->code,
				 t->code_granules * granule, TRANS_EXEC,
				 &report);
	/* Whether it can be written is a matter of last words only: Linux's
	 * PIR has no index that says so of a leaf without DBM. */
	if (!ret)
		ret = trans_table_verify(&view, t->data, t->data,
					 t->data_granules * granule, 0,
					 &report);
	return passed_on(ret, &report, err);
}

void trans_entry_map_free_(struct trans_transition *t)
{
	trans_table_destroy(&t->passage);
}
