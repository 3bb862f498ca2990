/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The parts of asking, each in a file of its own: read.c gets at the kernel's
 * memory, info.c at VMCOREINFO, symbols.c at kallsyms, types.c at BTF, log.c at
 * the log; says.c knows what lines of the log mean, lpis.c where LPI tables are
 * and whether to believe it, ask.c puts all of it together.
 */
#ifndef TRANS_HIBERNATE_SAVED_PRIVATE_H
#define TRANS_HIBERNATE_SAVED_PRIVATE_H

#include <trans_table/saved.h>

#include "lib/bytes.h"

/* Memory is looked at in pieces of this size, which any page is made of. */
#define SAVED_PIECE 4096u

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

/* says.c */

/*
 * What lines of a log say, gathered one by one. Where lines that should be one
 * contradict each other, neither counts.
 * @mpidr:   of the CPU that is asked about
 * @wanted:  whose pending table: its number
 * @numbered: that number is known
 * @midr:    of that CPU
 * @property, @pending: of the tables; 0: not said, 1: contradicted
 * @cpus:    that were brought up
 * @kpti:    it has tables of its own
 * @command_line: where to put it; NULL: nowhere
 */
struct saved_says {
	uint64_t mpidr;
	uint32_t wanted;
	bool numbered;
	uint64_t midr, property, pending;
	uint32_t cpus;
	bool kpti;
	char *command_line;
	size_t command_line_len;
};
void trans_saved_line_(struct saved_says *says, const char *line, size_t len);
/* All lines of a sidecar, if it is one of the kernel with that version. */
bool trans_saved_sidecar_(struct saved_says *says, const char *text,
			  size_t len, const char *version);
/* Does @line, of @len bytes or ended by a NUL, begin with @start? */
bool trans_saved_begins_(const char *line, size_t len, const char *start);

/* lpis.c */

/* Are these tables, of IDs of @bits bits, such as Linux makes? Then they become
 * @lpis. */
bool trans_saved_believe_(struct trans_saved *saved, trans_pa_t property,
			  trans_pa_t pending, unsigned int bits,
			  enum trans_saved_source source,
			  struct trans_saved_lpis *lpis);

/* The kernel's variables that are wanted. */
enum saved_symbol {
	SAVED_START_BTF,
	SAVED_STOP_BTF,
	SAVED_PER_CPU_OFFSET,
	SAVED_LOGICAL_MAP,
	SAVED_CPU_DATA,
	SAVED_GIC_RDISTS,
	SAVED_SYMBOLS,
};

/* By them: where is what @cpu has of the per-CPU variable at @va? */
bool trans_saved_per_cpu_(struct trans_saved *saved,
			  const struct trans_saved_symbol *symbols,
			  uint32_t cpu, trans_va_t *va);
/* By gic_rdists, a struct of type @rdists. */
bool trans_saved_rdists_(struct trans_saved *saved,
			 const struct trans_saved_symbol *symbols,
			 uint32_t rdists, uint32_t cpu,
			 struct trans_saved_lpis *lpis);

#endif
