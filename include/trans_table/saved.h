/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Asking a saved kernel what no header says. A hibernation image, or a crash
 * dump, is all of a kernel's memory, and a Linux describes itself there for
 * debuggers: VMCOREINFO is a page of text with numbers and addresses, kallsyms
 * its symbols, BTF its types, and there is its log. drgn and crash(8) work that
 * way.
 *
 * Nothing of it is trusted. Every step is bounded, and what is found counts
 * only if a second fact agrees. What cannot be learnt is not known, which is no
 * error of its own.
 *
 * Facts: Linux, kernel/{vmcore_info.c,kallsyms.c}, kernel/printk/
 * printk_ringbuffer.[ch], Documentation/bpf/btf.rst and
 * drivers/irqchip/irq-gic-v3-its.c, 5.10 to 7.0; docs/hibernate.md says what is
 * found in which kernels.
 */
#ifndef TRANS_TABLE_SAVED_H
#define TRANS_TABLE_SAVED_H

#include <trans_table/cpu.h>
#include <trans_table/gic.h>
#include <trans_table/table.h>

TRANS_BEGIN_DECLS

/*
 * A saved kernel's memory, wherever its pages are now.
 * @next:  the first stretch of it at *@pa or above: its start in *@pa, and how
 *         many bytes from there @at gives as one piece; 0: there is none
 * @at:    a pointer to @len bytes at @pa, aligned as @pa is, to 4 KiB at most;
 *         NULL: not all of it is there, or not in one piece, or out of reach
 * @ctx:   for all of them
 * @holds: is all of [@pa, @pa + @len) memory that was saved, with contents, or
 *         of zeroes that @at does not have?
 * @zero:  is all of it memory that was saved as zeroes? @at does not have it
 * @work:  @bytes more have been looked at beside those that @next gave;
 *         nonzero: stop
 */
struct trans_saved_memory {
	uint64_t (*next)(void *ctx, trans_pa_t *pa);
	const void *(*at)(void *ctx, trans_pa_t pa, uint64_t len);
	void *ctx;
	bool (*holds)(void *ctx, trans_pa_t pa, uint64_t len);
	bool (*zero)(void *ctx, trans_pa_t pa, uint64_t len);
	int (*work)(void *ctx, uint64_t bytes);
};

/*
 * @memory: stays the caller's, in use as long as what is opened
 * @geo, @root: the kernel's own tables for its upper half
 * @known_va, @known_pa: an address in the kernel's image, and where it is: what
 *          VMCOREINFO must agree with
 * @effort: how much may be looked at, in bytes; each look costs some more.
 *          Honest kernels need less than their image has
 */
struct trans_saved_args {
	const struct trans_saved_memory *memory;
	struct trans_geometry geo;
	trans_pa_t root;
	trans_va_t known_va;
	trans_pa_t known_pa;
	uint64_t effort;
};

/* Whatever is remembered of a kernel's pages, its tokens and its types. */
#define TRANS_SAVED_PAGES 8
#define TRANS_SAVED_LEAVES 4
#define TRANS_SAVED_TOKENS 2048
#define TRANS_SAVED_MARKS 128

/*
 * A saved kernel that is being asked. About 4 KiB, so not for a small stack.
 * Owns nothing: there is no close.
 * @info, @info_len: the text of its VMCOREINFO, without a NUL at the end, in
 *         saved memory; NULL: none was found
 */
struct trans_saved {
	const char *info;
	size_t info_len;
	/* The rest is hibernate/'s own. */
	const struct trans_saved_memory *memory;
	struct trans_table view;
	trans_va_t known_va;
	trans_pa_t known_pa;
	uint64_t effort, untold;
	int failed;
	/* What was translated: that much, from there on, is there. */
	unsigned int leaf_turn;
	struct {
		trans_va_t va;
		uint64_t len;
		trans_pa_t pa;
	} leaf[TRANS_SAVED_LEAVES];
	/* Pages that were looked at: 4 KiB each. */
	unsigned int turn;
	trans_va_t page_va[TRANS_SAVED_PAGES];
	const uint8_t *page[TRANS_SAVED_PAGES];
	/* kallsyms: what each byte of a name stands for. */
	uint16_t token_at[256];
	char token[TRANS_SAVED_TOKENS];
	/* BTF: its types and strings, and where each 1 << @mark_shift-th type
	 * is. */
	trans_va_t types, strings;
	uint32_t types_len, strings_len;
	unsigned int mark_shift, marks;
	uint32_t mark[TRANS_SAVED_MARKS];
};

/*
 * The errors that these functions share:
 *
 *   answer   TRANS_ENOENT    it is not known there; `why` says what is missing
 *   call     TRANS_EINVAL    more symbols than TRANS_SAVED_MOST
 *   input    TRANS_ECORRUPT  looking for it took more than the effort that was
 *                            granted; everything fails from then on
 *   host     TRANS_ESTOPPED  work said so; likewise
 */

/*
 * Find VMCOREINFO. It is believed if it says of its kernel what is known of it:
 * the distance of virtual and physical addresses, where its root table is, and
 * the size of its addresses. @saved is usable for what needs no VMCOREINFO
 * (trans_saved_read) after TRANS_ENOENT, too.
 *
 *   call     TRANS_EGEOM     tables of that geometry cannot be read
 * and those above.
 */
int trans_saved_open(struct trans_saved *saved,
		     const struct trans_saved_args *args,
		     struct trans_error *err);

/* Copy @len bytes at @va, through the kernel's own tables. */
int trans_saved_read(struct trans_saved *saved, trans_va_t va, void *to,
		     size_t len, struct trans_error *err);

/* What VMCOREINFO says of @key, such as "NUMBER(VA_BITS)" or
 * "SYMBOL(swapper_pg_dir)": a number. Or as text, in printable ASCII, cut to
 * @len bytes with the NUL. */
int trans_saved_number(const struct trans_saved *saved, const char *key,
		       uint64_t *value, struct trans_error *err);
int trans_saved_text(const struct trans_saved *saved, const char *key,
		     char *text, size_t len, struct trans_error *err);

/*
 * Symbols by kallsyms (from Linux 6.0: before that VMCOREINFO does not say
 * where they are; those of data only with CONFIG_KALLSYMS_ALL). All @count of
 * them, at most TRANS_SAVED_MOST, with names of at most 32 characters, are
 * looked for at once.
 * @va: 0: there is no such symbol, or several of that name
 */
#define TRANS_SAVED_MOST 8
struct trans_saved_symbol {
	const char *name;
	trans_va_t va;
};
int trans_saved_symbols(struct trans_saved *saved,
			struct trans_saved_symbol *symbols, size_t count,
			struct trans_error *err);

/*
 * Types by BTF (CONFIG_DEBUG_INFO_BTF), which lies from @start to @end, symbols
 * __start_BTF and __stop_BTF. After types: structs finds the numbers of all
 * @count structs, and member one of their members. Where @type is a pointer, a
 * typedef or qualified, the struct behind is meant.
 * @type:   0: there is no such struct
 * @offset: in bytes. Bit fields are not found
 */
struct trans_saved_struct {
	const char *name;
	uint32_t type;
};
struct trans_saved_member {
	uint32_t type;
	uint64_t offset;
};
int trans_saved_types(struct trans_saved *saved, trans_va_t start,
		      trans_va_t end, struct trans_error *err);
int trans_saved_structs(struct trans_saved *saved,
			struct trans_saved_struct *structs, size_t count,
			struct trans_error *err);
int trans_saved_member(struct trans_saved *saved, uint32_t type,
		       const char *name, struct trans_saved_member *member,
		       struct trans_error *err);

/*
 * The kernel's log (from Linux 5.10), oldest first: each message that is whole.
 * @text is not ended by a NUL, and may hold any bytes. @ns: when, in
 * nanoseconds of the kernel's clock. @own: the kernel's own, not what a program
 * wrote to /dev/kmsg. Nonzero ends it, and is returned.
 */
struct trans_saved_message {
	const char *text;
	size_t len;
	uint64_t ns;
	bool own;
};
typedef int (*trans_saved_message_fn)(void *arg,
				      const struct trans_saved_message *what);
int trans_saved_log(struct trans_saved *saved, trans_saved_message_fn put,
		    void *arg, struct trans_error *err);

/* Who said it. The log is asked first: it costs least. */
enum trans_saved_source {
	TRANS_SAVED_NOBODY = 0,
	TRANS_SAVED_MEMORY = 1,  /* the kernel's variables */
	TRANS_SAVED_LOG = 2,
	TRANS_SAVED_SIDECAR = 3, /* a file that its user space left */
};

/*
 * The tables of LPIs, as redistributors must have them again (gic.h): a pending
 * table for each CPU that the saved kernel had brought up, the one that saved
 * among them, and for no other. The values are addresses and, as Linux wants
 * it, Inner Shareable and write-back memory. PTZ is clear: a pending table is
 * as it was saved. IDbits is what that kernel had, or if only lines are left 16
 * bits, which GICD_TYPER may make less.
 *
 * All tables are aligned to 64 KiB, different ones, and saved memory; every
 * byte of the property table has the same priority, pending tables are zero
 * behind their 2^16 bits, and no two CPUs have the same MPIDR.
 *
 * @asked:  somebody wanted to know
 * @tables: for struct trans_gic, if @known; in the question's @pending
 */
struct trans_saved_lpis {
	bool asked, known;
	enum trans_saved_source source;
	struct trans_gic_lpis tables;
};
#define TRANS_SAVED_LPI_TABLE 0x10000ULL
/* Of either register: where the table is. */
#define TRANS_SAVED_LPI_PA(baser) ((baser) & 0x000fffffffff0000ULL)

/*
 * What is asked before a kernel is resumed; 0 or empty: not known.
 * @release:      uname -r
 * @command_line: cut if it is long
 * @seconds:      from its start to its last message
 * @cpus:         that it brought up
 * @cpu:          its number for the CPU that saved
 * @midr, @midr_source: MIDR_EL1 of the CPU that saved
 * @kpti:         its log says that it has tables of its own
 * @features:     a bit for each ID register that is known; which, is
 *                hibernate/'s own
 * @was:          these, as the kernel has them, which makes one of those of all
 *                its CPUs; of a field that it does not use it says 0. Nothing
 *                else of it is filled in
 */
struct trans_saved_facts {
	char release[65];
	char command_line[129];
	uint64_t seconds;
	uint32_t cpus, cpu;
	uint64_t midr;
	enum trans_saved_source midr_source;
	bool kpti;
	uint32_t features;
	struct trans_cpu was;
	struct trans_saved_lpis lpis;
};

/*
 * Does a CPU lack something that the kernel found on all of its own? Then why,
 * with the name of the first such ID register, and in *@fields ones where those
 * of its fields are that say less, or that another algorithm signs pointers;
 * else NULL. What is not known is not missed: of the kernel, or of the CPU, if
 * its pfr0 is 0, which is no CPU's.
 */
const char *trans_saved_lacks(const struct trans_saved_facts *facts,
			      const struct trans_cpu *cpu, uint64_t *fields);

/*
 * @mpidr:    of the CPU that saved, affinity fields only
 * @version:  uname -v, which a sidecar must name; and it must name this boot of
 *            the kernel
 * @sidecar, @sidecar_len: a file that the saved kernel's user space left before
 *            it hibernated (docs/hibernate.md); NULL: none
 * @pending, @room: where to put what each CPU has; the answer points to it. A
 *            kernel with more CPUs than @room has no known tables. 0: nobody
 *            asks for LPI tables
 */
struct trans_saved_question {
	uint64_t mpidr;
	const char *version;
	const char *sidecar;
	size_t sidecar_len;
	struct trans_gic_pending *pending;
	size_t room;
};

/*
 * Learn what can be learnt. What is not known is no failure: @facts say what
 * is.
 *
 *   input    TRANS_ECORRUPT  the effort was used up; @facts are what was known
 *                            until then
 *   host     TRANS_ESTOPPED  work said so
 */
int trans_saved_ask(struct trans_saved *saved,
		    const struct trans_saved_question *question,
		    struct trans_saved_facts *facts, struct trans_error *err);

TRANS_END_DECLS

#endif
