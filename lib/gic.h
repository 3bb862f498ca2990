/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Common to the two halves of the GIC: gic.c masks interrupts, gic_lpi.c takes
 * the hardware away from tables in memory.
 */
#ifndef TRANS_LIB_GIC_H
#define TRANS_LIB_GIC_H

#include <trans_table/gic.h>

/* GICR_TYPER (IHI 0069, 12.11). */
#define GICR_TYPER_PLPIS (1ULL << 0)
#define GICR_TYPER_VLPIS (1ULL << 1)
#define GICR_TYPER_LAST (1ULL << 4)

/* GICR_CTLR and GICD_CTLR: a write has not taken effect everywhere. */
#define GICR_CTLR 0x0
#define GICR_CTLR_RWP (1u << 3)
#define GICD_CTLR 0x0
#define GICD_CTLR_RWP (1u << 31)
#define GICD_TYPER 0x4

static inline uint32_t gic_read(const struct trans_gic *gic, trans_pa_t pa)
{
	return gic->mmio.read32(gic->mmio.ctx, pa);
}

static inline uint64_t gic_read64(const struct trans_gic *gic, trans_pa_t pa)
{
	return gic->mmio.read64(gic->mmio.ctx, pa);
}

static inline void gic_write(const struct trans_gic *gic, trans_pa_t pa,
			     uint32_t value)
{
	gic->mmio.write32(gic->mmio.ctx, pa, value);
}

/* Wait, a second at most, until the bits @mask of the register at @pa are
 * @want. TRANS_ETIME, with @why and @pa. */
int gic_wait(const struct trans_gic *gic, trans_pa_t pa, uint32_t mask,
	     uint32_t want, const char *why, struct trans_error *err);

/* Call with each redistributor's RD_base and GICR_TYPER until one call returns
 * nonzero, which is then the result. TRANS_ECORRUPT: there is none at a place
 * where one should be. */
typedef int (*gic_redist_fn)(const struct trans_gic *gic, trans_pa_t rd,
			     uint64_t typer, void *arg,
			     struct trans_error *err);
int gic_each_redist(const struct trans_gic *gic, gic_redist_fn fn, void *arg,
		    struct trans_error *err);

/* TRANS_EINVAL unless 2 or 3. */
int gic_known(const struct trans_gic *gic, struct trans_error *err);

#endif
