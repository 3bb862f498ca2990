/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
#include "machine.h"
#include "memory.h"
#include "print.h"
#include "resident.h"
#include "sysreg.h"
#include "tables.h"
#include "uart.h"
#include "world.h"
#include "world_entry.h"

/* Where the next world has its linear map: not where any port has its own. */
#define OFFSET 0xffff800000000000ULL
#define VA_BITS 48
#define PA_BITS 40
#define LOW_VA_BITS 39 /* not what the transition has */
#define LOST_VA_BITS 47

/* Linux's: Normal, Normal (tagged), Normal-NC, Device-nGnRnE, nGnRE. */
#define MAIR_OF_LINUX 0x000000040044ffffULL

static struct trans_transition transition;
static struct trans_table next;
static trans_pa_t moved_to;

/* Of the next world's upper half. */
struct shape {
	enum trans_granule granule;
	unsigned int va_bits;
};

/* Of something in the image, after the move. */
static trans_pa_t moved_pa(const void *what)
{
	return moved_to + (pa_of(what) - image_range().start);
}

/* What was read-only is not, because it is about to be relocated. */
static int map_image(struct trans_report *report)
{
	struct image_part part[IMAGE_PARTS];
	trans_pa_t start = image_range().start;
	int ret = 0;

	image_parts(part);
	for (unsigned int i = 0; !ret && i < IMAGE_PARTS; i++) {
		trans_pa_t pa = moved_to + (part[i].range.start - start);
		struct trans_attr attr = { TRANS_MEM_NORMAL, part[i].access };

		if (!(attr.access & TRANS_EXEC))
			attr.access |= TRANS_WRITE;
		ret = trans_table_map(&next, pa + OFFSET, pa, part[i].range.len,
				      &attr, 0, report);
	}
	return ret;
}

static int map_uart(enum trans_granule granule, struct trans_report *report)
{
	static const struct trans_attr device = { TRANS_MEM_DEVICE,
						  TRANS_WRITE };

	return trans_table_map(&next, UART_PA + OFFSET, UART_PA, 1UL << granule,
			       &device, 0, report);
}

/* The two halves of the next world. */
static int geometries(const struct trans_world *world, struct shape shape,
		      struct trans_geometry *low, struct trans_geometry *high,
		      struct trans_error *err)
{
	bool el1 = machine.cpu.el == 1 || world->drop;
	enum trans_regime regime = el1 ? TRANS_EL1_0 : TRANS_EL2_0;
	bool ds = shape.va_bits > 48 && shape.granule != TRANS_64K;
	unsigned int flags = ds ? TRANS_GEO_DS : 0;
	int ret = trans_geometry_init(low, regime, shape.granule, LOW_VA_BITS,
				      PA_BITS, flags, err);

	return ret ? ret :
		     trans_geometry_init(high, regime, shape.granule,
					 shape.va_bits, PA_BITS,
					 flags | TRANS_GEO_UPPER, err);
}

static int make_tables(struct trans_world *world, struct shape shape,
		       struct trans_report *report)
{
	struct trans_geometry low, high;
	struct trans_regs regs;
	int ret = geometries(world, shape, &low, &high, &report->error);

	if (!ret)
		ret = trans_table_create(&next, &high, MAIR_OF_LINUX,
					 &memory_ops, &memory, report);
	if (!ret)
		ret = map_image(report);
	if (!ret)
		ret = map_uart(shape.granule, report);
	if (!ret)
		ret = trans_table_finish(&next, &regs, report);
	if (ret)
		return ret;
	world->ttbr1 = regs.ttbr;
	world->tcr = trans_tcr(&low, &high);
	world->mair = regs.mair;
	world->sctlr = regs.sctlr;
	return 0;
}

/* A T1SZ that does not go with the tables, though the entry is in reach. */
static int lose(struct trans_world *world, struct shape shape,
		struct trans_error *err)
{
	struct trans_geometry low, high;
	int ret;

	shape.va_bits = LOST_VA_BITS;
	ret = geometries(world, shape, &low, &high, err);
	if (!ret)
		world->tcr = trans_tcr(&low, &high);
	return ret;
}

static int make_world(unsigned int flags, enum trans_granule granule,
		      struct trans_world *world, struct trans_error *err)
{
	struct shape shape = { granule,
			       flags & LEAVING_WORLD_52 ? 52 : VA_BITS };
	struct trans_report report = { 0 };
	int ret;

	world->vhe = flags & LEAVING_WORLD_VHE;
	world->drop = flags & LEAVING_WORLD_DROP ||
		      (machine.cpu.el == 2 && !machine.cpu.e2h && !world->vhe);
	if (world->drop)
		world->vbar_el2 = moved_pa(stub_vectors);
	ret = make_tables(world, shape, &report);
	if (ret)
		*err = report.error;
	else if (flags & LEAVING_WORLD_LOST)
		ret = lose(world, shape, err);
	return ret;
}

static unsigned int image_granules(void)
{
	return (unsigned int)(image_range().len >> TRANS_64K);
}

static int move_image(struct trans_moves *plan, struct trans_error *err)
{
	struct trans_range image = image_range();
	int ret = memory_ops.alloc(&memory, TRANS_64K, image_granules(),
				   &moved_to);

	if (!ret)
		ret = trans_moves_add(plan, image.start, moved_to, image.len);
	if (ret)
		*err = (struct trans_error){ .status = ret,
					     .why = "moving the image",
					     .level = TRANS_NO_LEVEL };
	return ret;
}

static void tell(const struct trans_world *world)
{
	print("port: world at 0x%lx mair 0x%lx tcr 0x%lx ttbr1 0x%lx\n",
	      moved_to, world->mair, world->tcr, world->ttbr1);
}

static int prepare(const struct leaving *leaving,
		   struct trans_transition_args args, struct trans_error *err)
{
	struct trans_move storage[1];
	struct trans_moves plan;
	struct trans_world world = { 0 };
	int ret;

	trans_moves_init(&plan, storage, 1);
	ret = move_image(&plan, err);
	if (!ret)
		ret = make_world(leaving->flags, args.granule, &world, err);
	if (ret)
		return ret;
	tell(&world);
	args.ops = &memory_ops;
	args.ctx = &memory;
	args.plan = &plan;
	args.world = &world;
	args.host = &transition;
	args.entry = moved_pa(world_start) + OFFSET;
	args.x[0] = OFFSET;
	for (unsigned int i = 1; i < 4; i++)
		args.x[i] = 0x1111UL * i;
	return trans_transition_prepare(&transition, &args, err);
}

int world_enter(const struct leaving *leaving,
		const struct trans_transition_args *args,
		struct trans_error *err)
{
	int ret = prepare(leaving, *args, err);

	if (!ret)
		ret = trans_transition_ask(&transition, err);
	if (!ret)
		trans_transition_go(&transition);
	trans_transition_cancel(&transition);
	trans_table_destroy(&next);
	if (moved_to)
		memory_ops.free(&memory, TRANS_64K, image_granules(),
				moved_to);
	return ret;
}

/* The next world. Its copy of linear_offset is still the old world's. */

static void tell_el2(void)
{
	struct world_el2 el2;

	world_peek(&el2, pa_of(world_peek_el2));
	print("world: EL2 hcr 0x%lx cptr 0x%lx cnthctl 0x%lx mdcr 0x%lx sctlr "
	      "0x%lx\n", el2.hcr, el2.cptr, el2.cnthctl, el2.mdcr, el2.sctlr);
	print("world: EL2 cntvoff 0x%lx vttbr 0x%lx ids %s\n", el2.cntvoff,
	      el2.vttbr,
	      el2.vpidr == machine.cpu.midr && el2.vmpidr == machine.cpu.mpidr ?
	      "same" : "other");
}

void world_main(uint64_t offset, uint64_t x1, uint64_t x2, uint64_t x3,
		uint64_t dirty)
{
	uint64_t el = sysreg_read(CurrentEL) >> 2;

	linear_offset = offset;
	print("\nworld: EL%lu sctlr 0x%lx mair 0x%lx tcr 0x%lx ttbr1 0x%lx\n",
	      el, sysreg_read(sctlr_el1), sysreg_read(mair_el1),
	      sysreg_read(tcr_el1), sysreg_read(ttbr1_el1));
	print("world: at 0x%lx x1 0x%lx x2 0x%lx x3 0x%lx others 0x%lx daif "
	      "0x%lx\n", (uint64_t)world_start, x1, x2, x3, dirty,
	      sysreg_read(daif));
	if (el == 2)
		print("world: hcr 0x%lx\n", sysreg_read(hcr_el2));
	else if (machine.cpu.el == 2)
		tell_el2();
	machine_off();
}
