/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Finding the way into a saved kernel by looking at its own code and tables.
 * Nothing here knows how the image came into memory, so that tests can hold it
 * against any kernel's file and its System.map.
 */
#ifndef TRANS_HIBERNATE_RESUME_SAVED_KERNEL_H
#define TRANS_HIBERNATE_RESUME_SAVED_KERNEL_H

#include <trans_table/cpu.h>
#include <trans_table/saved.h>
#include <trans_table/swsusp.h>
#include <trans_table/transition.h>

/*
 * The physical address of cpu_resume: the code that ends by jumping, with the
 * MMU just switched on, to the image's reenter, a literal of its own in @text
 * (whole pages), after taking its ttbr1 for the kernel's tables, and that
 * begins with init_kernel_el. One of them, or TRANS_EIMAGE: none, or more, or
 * so many copies of reenter that not all were looked at. The workers of @image
 * help, and what they are given lies in its buffer. TRANS_ELOST: one does
 * not answer. TRANS_EFAULT: some of @text cannot be reached, where another may
 * be.
 */
int trans_find_physical_(const struct trans_saved_memory *memory,
			 const struct trans_range *text,
			 const struct trans_swsusp *image, trans_pa_t *entry,
			 struct trans_error *err);

/* At which exception level that kernel ran, as its alternatives for VHE show:
 * where cpu_do_resume, called from _cpu_resume at @resume, puts the per-CPU
 * offset. */
enum tr_level {
	TR_LEVEL_UNKNOWN = 0,
	TR_LEVEL_EL1, /* or EL2 without VHE, which leaves EL2 to a stub */
	TR_LEVEL_VHE,
};
enum tr_level trans_find_level_(const struct trans_saved_memory *memory,
				trans_pa_t resume);

/* Does the code at @pa read MPIDR_EL1 at once, as _cpu_resume does? */
bool trans_find_is_cpu_resume_(const struct trans_saved_memory *memory,
			       trans_pa_t pa);

/*
 * What that kernel's tables are: the first geometry, of those that this CPU can
 * have for pages of 1 << @info->page_shift, in which @info->reenter leads to
 * code that reads MPIDR_EL1, as _cpu_resume does at once.
 * @geo: the upper half of @regime; @root: the table (inside the page @info
 * names, where a kernel for 52 bits runs with 48); @resume: PA of _cpu_resume.
 * TRANS_EIMAGE: none.
 */
struct tr_tables {
	struct trans_geometry geo;
	trans_pa_t root;
	trans_pa_t resume;
};
int trans_find_tables_(const struct trans_saved_memory *memory,
		       const struct trans_swsusp_info *info,
		       const struct trans_cpu *cpu, enum trans_regime regime,
		       struct tr_tables *tables, struct trans_error *err);

/*
 * Where the saved kernel's text is: what @tables map around @info->reenter in
 * one piece of both addresses, as a kernel's image is, and as far as memory was
 * saved; at most TR_TEXT_REACH on either side. Whole pages. Less of it if work
 * says stop.
 */
#define TR_TEXT_REACH (128ULL << 20)
struct trans_range trans_find_text_(const struct trans_saved_memory *memory,
				    const struct trans_swsusp_info *info,
				    const struct tr_tables *tables);

/* A geometry as a Linux on @cpu would have it: as many address bits as the CPU
 * and the format (@flags: TRANS_GEO_*) can express, as TCR.IPS is shared by
 * both halves. TRANS_EGEOM. */
int trans_find_geometry_(struct trans_geometry *geo,
			 const struct trans_cpu *cpu, enum trans_regime regime,
			 enum trans_granule granule, unsigned int va_bits,
			 unsigned int flags, struct trans_error *err);

/*
 * The registers of a world that is entered with the MMU on: those of a Linux
 * with @tables on @cpu, TTBR0 for @low_va_bits. Whatever that kernel keeps of
 * them it restores itself, but not MAIR, and not before it runs.
 * TRANS_EIMAGE: the CPU has permission indirection, whose registers cannot be
 * known; TRANS_EGEOM.
 */
int trans_find_world_(const struct tr_tables *tables,
		      const struct trans_cpu *cpu, unsigned int low_va_bits,
		      struct trans_world *world, struct trans_error *err);

#endif
