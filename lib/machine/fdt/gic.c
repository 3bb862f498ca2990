/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The interrupt controller and its ITS (bindings: arm,gic.yaml,
 * arm,gic-v3.yaml).
 */
#include <trans_table/machine.h>

#include "lib/fail.h"
#include "lib/machine/fdt/gic.h"

#define FRAME 0x10000u /* 64 KiB: what a stride is a multiple of */

unsigned int trans_fdt_gic_version_(const struct walk *walk)
{
	static const char *const v2[] = {
		"arm,gic-400", "arm,cortex-a15-gic", "arm,cortex-a9-gic",
		"arm,cortex-a7-gic", "arm,pl390", "qcom,msm-qgic2",
	};

	if (!trans_walk_enabled_(walk))
		return 0;
	if (trans_walk_is_(walk, "arm,gic-v3"))
		return 3;
	for (size_t i = 0; i < sizeof(v2) / sizeof(v2[0]); i++)
		if (trans_walk_is_(walk, v2[i]))
			return 2;
	return 0;
}

static int no_address(struct trans_error *err)
{
	return trans_fail(err, TRANS_EFDT,
			  "GIC: an address is missing, or no bus leads there");
}

static int reg(const struct walk *walk, uint32_t index,
	       struct trans_range *range, struct trans_error *err)
{
	return trans_walk_reg_(walk, index, range) ? 0 : no_address(err);
}

static int read_v2(const struct walk *walk, struct trans_gic *gic,
		   struct trans_error *err)
{
	struct trans_range dist, cpu;
	int ret = reg(walk, 0, &dist, err);

	if (!ret)
		ret = reg(walk, 1, &cpu, err);
	if (ret)
		return ret;
	gic->version = 2;
	gic->dist = dist.start;
	gic->cpu = cpu.start;
	return 0;
}

/* One cell or two. 0: each redistributor says itself. */
static uint64_t stride_of(const struct walk *walk)
{
	const struct walk_value *value = &walk->prop[WALK_REDIST_STRIDE];

	if (!value->data || (value->len != 4 && value->len != 8))
		return 0;
	return trans_walk_cells_(value->data, (uint32_t)value->len / 4);
}

static int read_redists(const struct walk *walk, struct trans_fdt_gic *out,
			struct trans_error *err)
{
	uint32_t count = trans_walk_u32_(walk, WALK_REDIST_REGIONS, 1);
	int ret = 0;

	if (count > TRANS_FDT_REDISTS)
		return trans_fail(err, TRANS_ENOSPC,
				  "GIC: too many regions of redistributors");
	for (uint32_t i = 0; !ret && i < count; i++)
		ret = reg(walk, 1 + i, &out->redist[i], err);
	out->gic.redist_count = count;
	out->gic.redist_stride = stride_of(walk);
	if (!ret && (out->gic.redist_stride % FRAME ||
		     out->gic.redist_stride > UINT32_MAX))
		ret = trans_fail(err, TRANS_EFDT, "GIC: redistributor-stride");
	return ret;
}

static int read_v3(const struct walk *walk, struct trans_fdt_gic *out,
		   struct trans_error *err)
{
	struct trans_range dist;
	int ret = reg(walk, 0, &dist, err);

	if (ret)
		return ret;
	out->gic.version = 3;
	out->gic.dist = dist.start;
	return read_redists(walk, out, err);
}

static int read_its(const struct walk *walk, struct trans_fdt_gic *out,
		    struct trans_error *err)
{
	struct trans_range its;
	int ret = reg(walk, 0, &its, err);

	if (ret)
		return ret;
	if (out->gic.its_count == TRANS_FDT_ITS)
		return trans_fail(err, TRANS_ENOSPC, "GIC: too many ITS");
	out->its[out->gic.its_count++] = its.start;
	return 0;
}

/* A GICv3 is the GIC, whatever stood before. */
static int look(struct walk *walk, void *arg, struct trans_error *err)
{
	struct trans_fdt_gic *out = arg;
	unsigned int version = trans_fdt_gic_version_(walk);

	if (version == 3 && out->gic.version != 3)
		return read_v3(walk, out, err);
	if (version == 2 && !out->gic.version)
		return read_v2(walk, &out->gic, err);
	if (trans_walk_enabled_(walk) &&
	    trans_walk_is_(walk, "arm,gic-v3-its"))
		return read_its(walk, out, err);
	return 0;
}

int trans_fdt_gic(const void *fdt, size_t fdt_len, struct trans_fdt_gic *gic,
		  struct trans_error *err)
{
	int ret;

	memset(gic, 0, sizeof(*gic));
	gic->gic.redist = gic->redist;
	gic->gic.its = gic->its;
	ret = trans_walk_(fdt, fdt_len, look, gic, err);
	if (ret)
		return ret;
	if (!gic->gic.version)
		return trans_fail(err, TRANS_ENOENT,
				  "no GIC in the device tree");
	if (gic->gic.version == 2)
		gic->gic.its_count = 0;
	return 0;
}
