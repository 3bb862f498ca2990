/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The parts of asking, each in a file of its own: read.c gets at the kernel's
 * memory, info.c at VMCOREINFO, symbols.c at kallsyms, types.c at BTF, log.c at
 * the log; says.c knows what lines of the log mean, boot.c which boot it is,
 * rdists.c where the driver has LPI tables, lpis.c whether to believe it,
 * features.c what its CPUs have; ask.c puts all of it together.
 */
#ifndef TRANS_HIBERNATE_SAVED_PRIVATE_H
#define TRANS_HIBERNATE_SAVED_PRIVATE_H

#include <trans_table/saved.h>

#include "lib/bytes.h"

/* Memory is looked at in pieces of this size, which any page is made of. */
#define SAVED_PIECE 4096u
/* What a walk of the tables costs, beside a byte that is looked at. */
#define SAVED_WALK 2048u

/* read.c */

/* @bytes more were looked at. False: enough; @saved->failed says why. */
bool trans_saved_spend_(struct trans_saved *saved, uint64_t bytes);
/* What lies at @va, and how much up to the end of its piece; NULL: it is not
 * there, or is a page of zeroes. */
const uint8_t *trans_saved_look_(struct trans_saved *saved, trans_va_t va,
				 size_t *len);
bool trans_saved_copy_(struct trans_saved *saved, trans_va_t va, void *to,
		       size_t len);
/* A number of @bytes (1..8) at @va. */
bool trans_saved_load_(struct trans_saved *saved, trans_va_t va,
		       unsigned int bytes, uint64_t *value);
/* The status of a question: what made it fail, or @known, or TRANS_ENOENT. */
int trans_saved_answer_(const struct trans_saved *saved, bool known,
			const char *missing, struct trans_error *err);

/* symbols.c */

/* Has kallsyms variables (CONFIG_KALLSYMS_ALL), or only code? To look for a
 * name that is not there takes longest. */
bool trans_saved_has_data_(struct trans_saved *saved);

/* says.c */

/* Linux wants no more bits of LPI numbers (ITS_MAX_LPI_NRBITS). */
#define SAVED_ID_BITS 16u

/*
 * LPI tables before anybody believes in them.
 * @of, @room: by the number of a CPU; mpidr: with SAVED_MPIDR, or 0: no such
 *           CPU; pendbaser: where its table is, or 0
 * @property: likewise
 * @muddled: what should be one contradicts itself, or there is no room: then
 *           nobody is believed any more
 */
#define SAVED_MPIDR (1ULL << 63)
struct saved_tables {
	struct trans_gic_pending *of;
	size_t room;
	trans_pa_t property;
	bool muddled;
};

/*
 * What lines of a log say, gathered one by one. Where lines that should be one
 * contradict each other, neither counts.
 * @mpidr:   of the CPU that is asked about
 * @numbered, @cpu: its number, if that is known
 * @midr:    of that CPU; 0: not said, 1: contradicted
 * @tables:  of LPIs
 * @cpus:    that were brought up
 * @kpti:    it has tables of its own
 * @command_line: where to put it; NULL: nowhere
 */
struct saved_says {
	uint64_t mpidr;
	bool numbered;
	uint32_t cpu;
	uint64_t midr;
	struct saved_tables *tables;
	uint32_t cpus;
	bool kpti;
	char *command_line;
	size_t command_line_len;
};
void trans_saved_line_(struct saved_says *says, const char *line, size_t len);
/* All lines of a sidecar. Is it one of the kernel with that version, and whole?
 * Then it says of which boot: @boot. */
#define SAVED_BOOT 16u
bool trans_saved_sidecar_(struct saved_says *says, const char *text,
			  size_t len, const char *version,
			  uint8_t boot[SAVED_BOOT]);
/* Does @line, of @len bytes or ended by a NUL, begin with @start? */
bool trans_saved_begins_(const char *line, size_t len, const char *start);

/* boot.c */

/* Is it that boot which was saved? */
bool trans_saved_is_boot_(struct trans_saved *saved,
			  const uint8_t boot[SAVED_BOOT]);

/* lpis.c */

/* Nothing is known of them, but that it is a muddle, if it is one. */
void trans_saved_forget_(struct saved_tables *tables);
/* Are these tables, of IDs of @bits bits, such as Linux makes, with one for
 * each CPU, of which there are @least, and one of them for @mpidr? Then they
 * become @lpis. */
bool trans_saved_believe_(struct trans_saved *saved,
			  struct saved_tables *tables, unsigned int bits,
			  uint64_t mpidr, uint32_t least,
			  struct trans_saved_lpis *lpis);

/* rdists.c */

/* The kernel's variables that are wanted: the first always. */
enum saved_symbol {
	SAVED_FEATURES,
	SAVED_START_BTF,
	SAVED_STOP_BTF,
	SAVED_PER_CPU_OFFSET,
	SAVED_LOGICAL_MAP,
	SAVED_CPU_DATA,
	SAVED_GIC_RDISTS,
	SAVED_NR_CPU_IDS,
	SAVED_SYMBOLS,
};

/* By them: where is what @cpu has of the per-CPU variable at @va? */
bool trans_saved_per_cpu_(struct trans_saved *saved,
			  const struct trans_saved_symbol *symbols,
			  uint32_t cpu, trans_va_t *va);
/* By gic_rdists, a struct of that type, or if that is 0 one with its members
 * where they usually are: the tables, which must be what is known of them
 * already; and how many bits IDs have. */
bool trans_saved_rdists_(struct trans_saved *saved,
			 const struct trans_saved_symbol *symbols,
			 uint32_t type, struct saved_tables *tables,
			 unsigned int *bits);

/* features.c */

/* By arm64_ftr_regs, which is at @va: @facts->features and ->was. */
void trans_saved_features_(struct trans_saved *saved, trans_va_t va,
			   struct trans_saved_facts *facts);

#endif
