/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Common to the parts of the GIC: gic.c masks interrupts, gic_lpi.c takes the
 * hardware away from tables in memory, gic_resume.c sets it up for a world that
 * comes back, gic_lpi_on.c gives it that world's tables.
 */
#ifndef TRANS_LIB_GIC_H
#define TRANS_LIB_GIC_H

#include <trans_table/gic.h>

/* GICR_TYPER (IHI 0069, 12.11). */
#define GICR_TYPER_PLPIS (1ULL << 0)
#define GICR_TYPER_VLPIS (1ULL << 1)
#define GICR_TYPER_LAST (1ULL << 4)

/* Where the frame of SGIs and PPIs begins, in a redistributor. */
#define GICR_SGI_BASE 0x10000

/* GICR_CTLR and GICD_CTLR: a write has not taken effect everywhere. */
#define GICR_CTLR 0x0
#define GICR_CTLR_RWP (1u << 3)
#define GICR_CTLR_ENABLE_LPIS (1u << 0)
#define GICR_CTLR_CES (1u << 1) /* EnableLPIs can be cleared */
#define GICR_PROPBASER 0x70
#define GICR_PENDBASER 0x78
#define GICD_CTLR 0x0
#define GICD_CTLR_RWP (1u << 31)
#define GICD_CTLR_GROUPS 7u
#define GICD_TYPER 0x4
#define GICD_TYPER_ESPI (1u << 8)

/* Of banks of 32 interrupts, one bit each; the extended ranges of GICv3.1 have
 * registers of their own. */
#define ICPENDR 0x280
#define ICPENDR_E 0x1800
#define ALL_BITS 0xffffffffu

/* INTIDs 1020 to 1023 are special: no SPI has them, no register is theirs. */
#define SPI_FIRST 32u
#define SPI_END 1020u
#define ESPI_FIRST 4096u
#define ESPI_END 5120u

/* Output address [51:12], and [51:16]: pending tables are 64 KiB aligned. */
#define PROPBASER_PA 0x000ffffffffff000ULL
#define PENDBASER_PA 0x000fffffffff0000ULL

#define FIRST_LPI 8192

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

/* How many banks of 32 SGIs and PPIs a redistributor has (GICR_TYPER.PPInum
 * [31:27]), banks of SPIs behind the first a distributor (GICD_TYPER), and of
 * extended SPIs. */
static inline unsigned int gic_ppi_banks(uint64_t typer)
{
	unsigned int more = (unsigned int)(typer >> 27) & 31;

	return 1 + (more > 2 ? 0 : more);
}

static inline unsigned int gic_spi_banks(uint32_t typer)
{
	return typer & 31;
}

static inline unsigned int gic_espi_banks(uint32_t typer)
{
	return typer & GICD_TYPER_ESPI ? (typer >> 27) + 1 : 0;
}

/* Wait, a second at most, until the bits @mask of the register at @pa are
 * @want. TRANS_ETIME, with @why and @pa. */
int trans_gic_wait_(const struct trans_gic *gic, trans_pa_t pa, uint32_t mask,
		    uint32_t want, const char *why, struct trans_error *err);

/* Call with each redistributor's RD_base and GICR_TYPER until one call returns
 * nonzero, which is then the result. TRANS_ECORRUPT: there is none at a place
 * where one should be. */
typedef int (*gic_redist_fn)(const struct trans_gic *gic, trans_pa_t rd,
			     uint64_t typer, void *arg,
			     struct trans_error *err);
int trans_gic_each_redist_(const struct trans_gic *gic, gic_redist_fn fn,
			   void *arg, struct trans_error *err);

/* The redistributor of the CPU whose MPIDR_EL1 is @mpidr. TRANS_ENOENT: it has
 * none; TRANS_ECORRUPT as above. */
struct gic_redist {
	uint32_t affinity;
	trans_pa_t rd; /* 0: not found */
	uint64_t typer;
};
int trans_gic_own_redist_(const struct trans_gic *gic, uint64_t mpidr,
			  struct gic_redist *own, struct trans_error *err);

/* Wait until the distributor has done as it was told (v3). TRANS_ETIME. */
int trans_gic_wait_dist_(const struct trans_gic *gic, struct trans_error *err);

/* TRANS_EINVAL unless 2 or 3. */
int trans_gic_known_(const struct trans_gic *gic, struct trans_error *err);

#endif
