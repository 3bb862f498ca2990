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

static const struct trans_attr attr_rx = { TRANS_MEM_NORMAL, TRANS_EXEC };
static const struct trans_attr attr_rw = { TRANS_MEM_NORMAL, TRANS_WRITE };

static bool wanted(const struct trans_transition *t)
{
	return t->passage.ops;
}

static int geometry(const struct trans_transition *t,
		    struct trans_geometry *geo, struct trans_error *err)
{
	return trans_geometry_from_tcr(
		geo, trans_world_regime_(t->args.cpu, &t->world), false,
		t->world.tcr, t->args.cpu->mmfr0, err);
}

static int why(int ret, const struct trans_report *report,
	       struct trans_error *err)
{
	if (ret && err)
		*err = report->error;
	return ret;
}

static int map(struct trans_transition *t, trans_pa_t pa, uint64_t len,
	       const struct trans_attr *attr, struct trans_error *err)
{
	struct trans_span span = span_of(t, pa, len);
	struct trans_report report = { 0 };

	return why(trans_table_idmap(&t->passage, span.start, span.len, attr,
				     TRANS_KEEP, &report), &report, err);
}

/* The last words of a blob that faults at the entry; a MAIR without device
 * memory must do without them. */
static int map_uart(struct trans_transition *t, struct trans_error *err)
{
	const struct trans_uart *uart = &t->args.uart;
	struct trans_attr attr = { TRANS_MEM_DEVICE, TRANS_WRITE };
	int ret;

	if (!trans_uart_exists(uart))
		return 0;
	ret = map(t, uart->pa, trans_uart_len(uart), &attr, err);
	if (ret != TRANS_EINVAL)
		return ret;
	attr.memory = TRANS_MEM_STRONG;
	ret = map(t, uart->pa, trans_uart_len(uart), &attr, err);
	return ret == TRANS_EINVAL ? 0 : ret;
}

static int map_all(struct trans_transition *t, struct trans_error *err)
{
	uint64_t granule = granule_of(t);
	int ret = map(t, t->code, t->code_granules * granule, &attr_rx, err);

	if (!ret)
		ret = map(t, t->data, t->data_granules * granule, &attr_rw,
			  err);
	if (!ret && t->args.report)
		ret = map(t, t->args.report, sizeof(struct trans_blob_report),
			  &attr_rw, err);
	return ret ? ret : map_uart(t, err);
}

int trans_entry_map_build_(struct trans_transition *t, struct trans_error *err)
{
	struct trans_report report = { 0 };
	struct trans_geometry geo;
	int ret;

	if (!t->args.world)
		return 0;
	t->world = *t->args.world;
	ret = geometry(t, &geo, err);
	if (!ret)
		ret = why(trans_table_create(&t->passage, &geo, t->world.mair,
					     t->args.ops, t->args.ctx,
					     &report), &report, err);
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
	ret = why(trans_table_finish(&t->passage, &regs, &report), &report,
		  err);
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

	return why(trans_table_attach(view, &t->passage.geo, &regs, NULL,
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
	return why(ret, &report, err);
}

void trans_entry_map_free_(struct trans_transition *t)
{
	trans_table_destroy(&t->passage);
}
