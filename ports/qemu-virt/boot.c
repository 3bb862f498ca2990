/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The two lives of the port: with the MMU off, to make its tables, and then in
 * its linear map.
 *
 * Pointers of the first are physical and worth nothing in the second. So the
 * second begins by reading everything again: the machine, the free memory, the
 * tables (from the registers). What survives is what head.S carries over, and
 * memory that was allocated for tables.
 */
#include <libfdt_env.h>

#include "alias.h"
#include "head.h"
#include "kexec.h"
#include "leaving.h"
#include "machine.h"
#include "memory.h"
#include "print.h"
#include "stub.h"
#include "sysreg.h"
#include "tables.h"

static struct trans_table own_table;
static struct boot_regs boot_regs;

static __attribute__((noreturn)) void give_up(const struct trans_error *err)
{
	trans_error_print(err, print_text, "port: panic: ");
	machine_off();
}

static void expect(int ret, const char *why)
{
	struct trans_error err = { .status = ret,
				   .why = why,
				   .level = TRANS_NO_LEVEL };

	if (ret)
		give_up(&err);
}

static void know_far(void)
{
	struct leaving leaving = leaving_read(machine.bootargs);

	machine.far = leaving.far;
	if (leaving.archive.len)
		machine.archive = leaving.archive;
}

/* With the MMU off all of memory is at hand; stores go past the caches, so they
 * hold nothing of it before, nor after. */
static void fill_far(void)
{
	void *far = (void *)machine.far.start;

	if (machine.far.len < machine.archive.len)
		return;
	trans_cpu_clean(NULL, far, machine.archive.len);
	memcpy(far, (const void *)machine.archive.start, machine.archive.len);
	trans_cpu_clean(NULL, far, machine.archive.len);
}

static void know_machine(trans_pa_t fdt)
{
	struct trans_error err;

	if (machine_read(fdt, &err))
		give_up(&err);
	own_shift = leaving_own_shift(machine.bootargs);
	know_far();
	expect(memory_init(), "free memory");
}

/* With the MMU off. */
const struct boot_regs *boot_main(trans_pa_t fdt)
{
	struct trans_report report = { 0 };
	struct trans_regs regs;
	struct trans_range page;

	print("\nport: trans_table reference port\n");
	know_machine(fdt);
	if (stub_change_level(&machine.cpu, machine.bootargs))
		know_machine(fdt);
	fill_far();
	if (tables_build(&own_table, &regs, &report))
		give_up(&report.error);
	alias_beside(&own_table);
	page = whole_granules((struct trans_range){ pa_of(mmu_on), 1 });
	expect(alias_prepare(NULL, page.start, page.len), "identity alias");
	boot_regs = (struct boot_regs){
		.mair = regs.mair,
		.tcr = alias_tcr(),
		.ttbr0 = alias_ttbr0(),
		.ttbr1 = regs.ttbr,
		.sctlr = regs.sctlr,
		.offset = tables_offset(machine.cpu.el),
	};
	return &boot_regs;
}

static int keep_table(void *arg, trans_pa_t pa, uint64_t len)
{
	(void)arg;
	return memory_keep(pa, len);
}

static void print_machine(void)
{
	uint64_t granules = trans_cpu_granules(&machine.cpu);

	print("port: EL%u%s cpu 0x%lx granules%s%s%s pa %u\n", machine.cpu.el,
	      machine.cpu.e2h ? " VHE" : "", sysreg_read(midr_el1), granules & 1 << 12 ? " 4K" : "",
	      granules & 1 << 14 ? " 16K" : "",
	      granules & 1 << 16 ? " 64K" : "",
	      trans_cpu_pa_bits(&machine.cpu));
	for (size_t i = 0; i < machine.ram.count; i++)
		print("port: memory 0x%lx + 0x%lx\n",
		      machine.ram.range[i].start, machine.ram.range[i].len);
	print("port: at 0x%lx + 0x%lx, linear map at +0x%lx\n",
	      image_range().start, image_range().len, linear_offset);
}

/* In the linear map. The alias of the first life is simply not kept: its pages
 * are free again once nothing walks them. */
void port_main(trans_pa_t fdt, uint64_t offset, uint64_t dirt)
{
	struct trans_report report = { 0 };

	linear_offset = offset;
	know_machine(fdt);
	if (tables_attach(&own_table, &report))
		give_up(&report.error);
	alias_beside(&own_table);
	expect(trans_table_pages(&own_table, keep_table, NULL, &report),
	       "own tables");
	alias_leave();
	print_machine();
	if (dirt)
		print("port: %lu words of .bss were not zero\n", dirt);
	port_kexec(&own_table);
	machine_off();
}

/* From vectors.S. */
__attribute__((noreturn)) void port_exception(uint64_t esr, uint64_t elr,
					      uint64_t far);
void port_exception(uint64_t esr, uint64_t elr, uint64_t far)
{
	print("port: exception esr=0x%lx elr=0x%lx far=0x%lx\n", esr, elr, far);
	machine_off();
}
