/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The interrupt controller, by the MADT (ACPI 6.5, 5.2.12.14 to .18).
 */
#include "lib/machine/acpi/tables.h"

#include "lib/bytes.h"
#include "lib/fail.h"

#define FIRST 44 /* behind the header: two words of the MADT's own */

/* Kinds of structures, the least bytes of them that are looked at, and where
 * in them things are. */
enum { GICC = 11, GICD = 12, GICR = 14, ITS = 15 };
#define GICC_LEN 76
#define GICC_FLAGS 12
#define GICC_ENABLED 1u
#define GICC_ONLINE_CAPABLE 8u
#define GICC_CPU 32
#define GICC_REDIST 60
#define GICD_LEN 24
#define GICD_DIST 8
#define GICD_VERSION 20
#define GICR_LEN 16
#define GICR_START 4
#define GICR_SIZE 12
#define ITS_LEN 20
#define ITS_START 8

/* From one redistributor to the next: two frames of 64 KiB, a v4 has four (Arm
 * IHI 0069, 12.10). */
#define STRIDE 0x20000u
#define STRIDE_4 0x40000u

/* Structures that are looked at for CPUs' redistributors, for each of which all
 * are: enough for some 2,000 CPUs. */
#define MOST_LOOKS (1u << 22)

/* What was seen so far; @redists: of CPUs, among @seen structures. */
struct look {
	struct trans_fdt_gic *out;
	uint64_t cpu, seen, redists;
	unsigned int version;
	bool has_dist;
};

static int too_many(struct trans_error *err)
{
	return trans_fail(err, TRANS_ENOSPC,
			  "ACPI: too many redistributors or ITS");
}

static int add_region(struct trans_fdt_gic *out, uint64_t start, uint64_t len,
		      struct trans_error *err)
{
	if (out->gic.redist_count == TRANS_FDT_REDISTS)
		return too_many(err);
	out->redist[out->gic.redist_count++] =
		(struct trans_range){ start, len };
	return 0;
}

static int see_region(struct look *look, const uint8_t *at,
		      struct trans_error *err)
{
	uint64_t len = trans_le(at + GICR_SIZE, 4);

	return len ? add_region(look->out, trans_le(at + GICR_START, 8), len,
				err) : 0;
}

/*
 * One that may come later (only online-capable) has a redistributor that need
 * not answer before, and that Linux does not map (ACPI 6.5, 5.2.12.14;
 * gic_acpi_parse_madt_gicc).
 */
static uint64_t redist_of(const uint8_t *at)
{
	if (at[0] != GICC || at[1] < GICC_LEN ||
	    !(trans_le(at + GICC_FLAGS, 4) & GICC_ENABLED))
		return 0;
	return trans_le(at + GICC_REDIST, 8);
}

/* A CPU that is not, and will not be, has no registers. */
static void see_cpu(struct look *look, const uint8_t *at)
{
	uint64_t flags = trans_le(at + GICC_FLAGS, 4);

	if (flags & (GICC_ENABLED | GICC_ONLINE_CAPABLE) && !look->cpu)
		look->cpu = trans_le(at + GICC_CPU, 8);
	look->redists += redist_of(at) != 0;
}

static int see_its(struct look *look, const uint8_t *at,
		   struct trans_error *err)
{
	struct trans_gic *gic = &look->out->gic;

	if (gic->its_count == TRANS_FDT_ITS)
		return too_many(err);
	look->out->its[gic->its_count++] = trans_le(at + ITS_START, 8);
	return 0;
}

static void see_dist(struct look *look, const uint8_t *at)
{
	look->out->gic.dist = trans_le(at + GICD_DIST, 8);
	look->version = at[GICD_VERSION];
	look->has_dist = true;
}

static int see(struct look *look, const uint8_t *at, uint64_t len,
	       struct trans_error *err)
{
	look->seen++;
	if (at[0] == GICC && len >= GICC_LEN)
		see_cpu(look, at);
	if (at[0] == GICD && len >= GICD_LEN && !look->has_dist)
		see_dist(look, at);
	if (at[0] == GICR && len >= GICR_LEN)
		return see_region(look, at, err);
	if (at[0] == ITS && len >= ITS_LEN)
		return see_its(look, at, err);
	return 0;
}

static int see_all(struct look *look, const struct acpi_table *madt,
		   struct trans_error *err)
{
	uint64_t at = FIRST, len;
	int ret = 0;

	for (; !ret && at + 2 <= madt->len; at += len) {
		len = madt->at[at + 1];
		if (len < 2 || len > madt->len - at)
			return trans_fail(err, TRANS_ECORRUPT,
					  "ACPI: a structure of the MADT");
		ret = see(look, madt->at + at, len, err);
	}
	return ret;
}

/* ---- redistributors that are given with CPUs ---- */

/* The first one behind @last, 0: none; CPUs may be in any order. see_all has
 * found every structure whole. */
static uint64_t redist_behind(const struct acpi_table *madt, uint64_t last)
{
	uint64_t first = 0;

	for (uint64_t at = FIRST; at + 2 <= madt->len; at += madt->at[at + 1]) {
		uint64_t redist = redist_of(madt->at + at);

		if (redist > last && (!first || redist < first))
			first = redist;
	}
	return first;
}

/* Where none lie closer than a v4's do, but some so, all are taken for such.
 * If the CPUs between were only switched off, nothing is lost by that. */
static uint64_t stride_of_cpus(const struct acpi_table *madt)
{
	uint64_t at = redist_behind(madt, 0), stride = 0, next;

	while ((next = redist_behind(madt, at)) != 0) {
		if (next - at == STRIDE)
			return 0;
		if (next - at == STRIDE_4)
			stride = STRIDE_4;
		at = next;
	}
	return stride;
}

/* What lies side by side is one region. */
static int add_those_of_cpus(const struct look *look,
			     const struct acpi_table *madt,
			     struct trans_error *err)
{
	struct trans_fdt_gic *out = look->out;
	uint64_t each, at = 0;
	int ret = 0;

	if (look->seen * look->redists > MOST_LOOKS)
		return too_many(err);
	out->gic.redist_stride = stride_of_cpus(madt);
	each = out->gic.redist_stride ? STRIDE_4 : STRIDE;
	while (!ret && (at = redist_behind(madt, at)) != 0) {
		struct trans_range *last = out->gic.redist_count ?
			&out->redist[out->gic.redist_count - 1] : NULL;

		if (last && last->start + last->len == at)
			last->len += each;
		else
			ret = add_region(out, at, each, err);
	}
	return ret;
}

/* Version 0: the distributor itself would tell; who has redistributors is a
 * GICv3. */
static int conclude(const struct look *look, struct trans_error *err)
{
	struct trans_gic *gic = &look->out->gic;
	bool v3 = look->version ? look->version >= 3 : gic->redist_count;

	if (!look->has_dist || (v3 ? !gic->redist_count : !look->cpu))
		return trans_fail(err, TRANS_ENOENT,
				  "ACPI: the MADT describes no whole GIC");
	gic->version = v3 ? 3 : 2;
	gic->cpu = v3 ? 0 : look->cpu;
	if (!v3)
		gic->redist_count = gic->redist_stride = gic->its_count = 0;
	return 0;
}

int trans_acpi_gic(const struct trans_acpi *acpi, struct trans_fdt_gic *gic,
		   struct trans_error *err)
{
	struct look look = { .out = gic };
	struct acpi_table madt;
	int ret;

	memset(gic, 0, sizeof(*gic));
	gic->gic.redist = gic->redist;
	gic->gic.its = gic->its;
	ret = trans_acpi_find_(acpi, "APIC", &madt, err);
	if (!ret)
		ret = see_all(&look, &madt, err);
	if (!ret && !gic->gic.redist_count)
		ret = add_those_of_cpus(&look, &madt, err);
	return ret ? ret : conclude(&look, err);
}
