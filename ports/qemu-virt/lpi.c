/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The hazard that trans_gic_lpis_off is for, made real: what a kernel does with
 * LPIs and an ITS (Arm IHI 0069, 12.11 and 12.19), in its least form.
 */
#include "lpi.h"
#include "memory.h"
#include "print.h"
#include "sysreg.h"

#define TABLE_SHIFT 16 /* enough, and aligned enough, for each of them */
#define TABLE_LEN (1ULL << TABLE_SHIFT)

#define ID_BITS 16
#define LPI 8192
#define DEVICE 1
#define EVENT 0
#define PRIORITY_ENABLED 0xa1

/* Inner write-back cacheable, inner shareable, in every *BASER register but
 * for the ITS's, which has the cacheability 52 bits further up. */
#define SHARED (1ULL << 10)
#define CACHED (7ULL << 7)
#define ITS_CACHED (7ULL << 59)
#define VALID (1ULL << 63)

#define GICR_CTLR 0x0
#define GICR_TYPER 0x8
#define GICR_PROPBASER 0x70
#define GICR_PENDBASER 0x78
#define GICR_FRAMES 0x20000
#define GICR_FRAMES_4 0x40000

#define GITS_CTLR 0x0
#define GITS_CBASER 0x80
#define GITS_CWRITER 0x88
#define GITS_CREADR 0x90
#define GITS_BASER 0x100

static uint64_t read64(trans_pa_t pa)
{
	return *(volatile uint64_t *)at_pa(pa);
}

static void write64(trans_pa_t pa, uint64_t value)
{
	*(volatile uint64_t *)at_pa(pa) = value;
}

static void enable(trans_pa_t pa)
{
	*(volatile uint32_t *)at_pa(pa) |= 1;
}

static int new_table(trans_pa_t *pa, int byte)
{
	int ret = memory_ops.alloc(&memory, TABLE_SHIFT, 1, pa);

	if (ret)
		return ret;
	memset(at_pa(*pa), byte, TABLE_LEN);
	memory_ops.clean(&memory, at_pa(*pa), TABLE_LEN);
	return 0;
}

static int redist_begin(trans_pa_t rd, trans_pa_t property, trans_pa_t *pending)
{
	int ret = new_table(pending, 0);

	if (ret)
		return ret;
	write64(rd + GICR_PROPBASER, property | SHARED | CACHED |
				     (ID_BITS - 1));
	write64(rd + GICR_PENDBASER, *pending | SHARED | CACHED);
	dsb(sy);
	enable(rd + GICR_CTLR);
	return 0;
}

static int redists_begin(const struct trans_gic *gic, trans_pa_t *first)
{
	trans_pa_t rd = gic->redist[0].start, property, pending;
	uint64_t typer;
	int ret = new_table(&property, PRIORITY_ENABLED);

	print("port: LPI property table at 0x%lx\n", property);
	for (*first = 0; !ret; rd += typer & 2 ? GICR_FRAMES_4 : GICR_FRAMES) {
		ret = redist_begin(rd, property, &pending);
		if (!*first)
			*first = pending;
		typer = read64(rd + GICR_TYPER);
		if (typer & 1 << 4)
			break;
	}
	return ret;
}

/* One page of 64 KiB for each table that this ITS wants. */
static int tables_begin(trans_pa_t its)
{
	trans_pa_t pa, reg;
	int ret = 0;

	for (unsigned int i = 0; !ret && i < 8; i++) {
		reg = its + GITS_BASER + 8UL * i;
		if (!(read64(reg) >> 56 & 7))
			continue;
		ret = new_table(&pa, 0);
		if (!ret)
			write64(reg, VALID | ITS_CACHED | SHARED | pa | 2 << 8);
	}
	return ret;
}

struct command {
	uint64_t word[4];
};

/* Device DEVICE's event EVENT is LPI, for the first CPU; and now it happens.
 * Processor number 0: this ITS has no PTA. */
static void queue(struct command *command, trans_pa_t itt)
{
	const uint64_t device = (uint64_t)DEVICE << 32;
	const struct command list[] = {
		{ { 0x08 | device, 4, VALID | itt, 0 } },         /* MAPD */
		{ { 0x09, 0, VALID, 0 } },                        /* MAPC */
		{ { 0x0a | device, EVENT | (uint64_t)LPI << 32 } }, /* MAPTI */
		{ { 0x0c | device, EVENT } },                     /* INV */
		{ { 0x03 | device, EVENT } },                     /* INT */
		{ { 0x05 } },                                     /* SYNC */
	};

	memcpy(command, list, sizeof(list));
	memory_ops.clean(&memory, command, sizeof(list));
}

#define COMMANDS 6

static int its_begin(trans_pa_t its)
{
	uint64_t start = sysreg_read(cntvct_el0);
	trans_pa_t commands, itt;
	int ret = tables_begin(its);

	if (!ret)
		ret = new_table(&commands, 0);
	if (!ret)
		ret = new_table(&itt, 0);
	if (ret)
		return ret;
	queue(at_pa(commands), itt);
	write64(its + GITS_CBASER, VALID | ITS_CACHED | SHARED | commands |
				   (TABLE_LEN / PAGE_LEN - 1));
	enable(its + GITS_CTLR);
	write64(its + GITS_CWRITER, COMMANDS * sizeof(struct command));
	while (read64(its + GITS_CREADR) != COMMANDS * sizeof(struct command))
		if ((int64_t)(sysreg_read(cntvct_el0) - start) >
		    (int64_t)sysreg_read(cntfrq_el0))
			return TRANS_ETIME;
	return 0;
}

static int fail(struct trans_error *err, int status, const char *why)
{
	*err = (struct trans_error){ .status = status, .why = why,
				     .level = TRANS_NO_LEVEL };
	return status;
}

int lpi_begin(const struct trans_gic *gic, struct trans_error *err)
{
	trans_pa_t pending;
	int ret;

	if (!gic->its_count)
		return fail(err, TRANS_ENOENT, "lpi=on: no ITS");
	ret = redists_begin(gic, &pending);
	if (!ret)
		ret = its_begin(gic->its[0]);
	if (ret)
		return fail(err, ret, "lpi=on");
	print("port: LPI %u is %s in the table at 0x%lx\n", LPI,
	      ((volatile uint8_t *)at_pa(pending))[LPI / 8] & 1 ?
	      "pending" : "not pending", pending);
	return 0;
}
