/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * trans_table: transitional (not "translation") tables.
 *
 * A table is built offline in memory that the environment hands out, finished
 * once, and then switched to. Nothing here invalidates TLBs or touches a live
 * table: build, finish, switch.
 *
 * Every operation that changes a table is atomic: it builds detached pages and
 * links them last, so that on any error the table reads as before and every
 * page is back with its owner. Addresses and lengths are (start, len) in bytes
 * and multiples of the granule (TRANS_EALIGN); [start, start + len) must lie in
 * the table's half (TRANS_ERANGE). No operation recurses; each needs less than
 * 1.5 KiB of stack (docs/budgets.md). A table is not locked: one writer at a time.
 */
#ifndef TRANS_TABLE_TABLE_H
#define TRANS_TABLE_TABLE_H

#include <trans_table/geometry.h>
#include <trans_table/ops.h>
#include <trans_table/ranges.h>

TRANS_BEGIN_DECLS

/*
 * Flags belong to one call, mean the same at every leaf level, and an unknown
 * bit is TRANS_EINVAL.
 */

/* Leaves become writable: bit 51 (DBM) set and bit 7 (AP[2]) cleared; a
 * hierarchical APTable[1] on the way is dropped. Both bits, because clearing
 * bit 7 alone, or only when a software dirty bit says so, broke Linux's kexec
 * once: the mover overwrites read-only text. Permission indirection of the
 * source is resolved first; the copy never uses it. (copy) */
#define TRANS_MKWRITE 0x0001u
/* An invalid leaf that the source's `present` rule calls a mapping becomes
 * valid. Holes made by debug_pagealloc, kfence, secretmem hide payload; one
 * left out once killed kexec. "Non-zero" alone is not the rule: invalid entries
 * also carry swap and software payload. Wants CHECKPFN or TRUSTPFN. (copy) */
#define TRANS_MKVALID 0x0002u
/* Every leaf made valid must pass pfn_valid over its whole length, or the copy
 * fails (TRANS_EPFN) naming va, level, descriptor and pa. (copy) */
#define TRANS_CHECKPFN 0x0004u
/* Allows MKVALID without CHECKPFN: the unsafe choice, visible. (copy) */
#define TRANS_TRUSTPFN 0x0008u
/* Merge neighbours into the largest legal block while building; only where
 * every attribute that matters is equal. (copy, map, idmap) */
#define TRANS_FOLD 0x0010u
/* No leaf is executable at any exception level. (copy) */
#define TRANS_NOEXEC 0x0020u
/* Pages only. (map, idmap, copy) */
#define TRANS_NOBLOCK 0x0040u
/* Contiguous groups that are whole, even and inside the range keep their bit;
 * any other leaf always loses it. Not with FOLD. (copy) */
#define TRANS_KEEPCONT 0x0080u
/* Collision with what the table maps already: the default is TRANS_EEXIST.
 * KEEP leaves the old mapping and adds what is missing. REPLACE overwrites.
 * UPGRADE adds what is missing and turns smaller mappings of the same memory
 * with the same permissions into the larger block; any other is TRANS_EEXIST.
 * At most one of them. (copy, map, idmap; share: not UPGRADE) */
#define TRANS_KEEP 0x0100u
#define TRANS_REPLACE 0x0200u
#define TRANS_UPGRADE 0x0400u
/* Change nothing, allocate nothing: only fill the report, with exactly the
 * table pages that the same call would allocate now in stats.tables, and with
 * the errors that it would give (refusals by the allocator and of fresh pages
 * apart). A source that changes meanwhile makes the figure an estimate.
 * Allowed on a live table. (every operation that takes flags) */
#define TRANS_ESTIMATE 0x1000u

/* Memory types for map; MAIR attribute bytes (Arm ARM MAIR_EL1). 0 is invalid
 * on purpose: an attribute that was forgotten must not mean Device. */
enum trans_memory {
	TRANS_MEM_NORMAL = 1,   /* 0xff Normal WB WA, inner shareable */
	TRANS_MEM_NC = 2,       /* 0x44 Normal Non-cacheable */
	TRANS_MEM_DEVICE = 3,   /* 0x04 Device-nGnRE */
	TRANS_MEM_STRONG = 4,   /* 0x00 Device-nGnRnE */
};

/* What a mapping allows at the regime's own exception level; reading always.
 * EL0 gets nothing. */
#define TRANS_WRITE 0x1u
#define TRANS_EXEC 0x2u

struct trans_attr {
	enum trans_memory memory;
	unsigned int access; /* TRANS_WRITE, TRANS_EXEC */
};

/*
 * What the `present` rule of a source says of an invalid, non-zero, non-table
 * leaf descriptor.
 */
enum trans_presence {
	TRANS_ABSENT,         /* maps nothing */
	TRANS_PRESENT,        /* a mapping; nG is what the descriptor has */
	TRANS_PRESENT_GLOBAL, /* a mapping; nG (bit 11) must be cleared */
	TRANS_PRESENT_NG,     /* a mapping; nG must be set */
	TRANS_AMBIGUOUS,      /* cannot be told: the copy fails, TRANS_ECORRUPT */
};
typedef enum trans_presence (*trans_present_fn)(uint64_t desc, int level);

/* Linux up to 7.0: the linear map is invalidated by clearing VALID only.
 * A descriptor without AF, or with the type bits of neither a block nor a page
 * of its level minus VALID, is ambiguous. */
enum trans_presence trans_present_linux(uint64_t desc, int level);
/* Linux from 7.1: clearing VALID sets PTE_PRESENT_INVALID, which is bit 11.
 * The plain rule is for kernels whose linear map is global, _ng for kernels
 * that use nG mappings (KPTI). Without bit 11: ambiguous. */
enum trans_presence trans_present_linux_7_1(uint64_t desc, int level);
enum trans_presence trans_present_linux_7_1_ng(uint64_t desc, int level);

/*
 * The registers that give a table its meaning (attach), or that switch to it
 * (finish). Bits of ttbr that are not the base address are ignored and 0.
 * @tcr2, @pir, @pire0: 0 where the CPU lacks TCR2; finish gives 0
 * @sctlr: of the regime, whole: MMU and caches on, RES1 bits, everything else
 *         off; ignored by attach
 */
struct trans_regs {
	uint64_t ttbr;
	uint64_t tcr;
	uint64_t mair;
	uint64_t tcr2, pir, pire0;
	uint64_t sctlr;
};

/* A table. Public so that it can live on any stack; the fields are read-only
 * for callers. */
struct trans_table {
	struct trans_geometry geo;
	const struct trans_ops *ops;
	void *ctx;
	trans_present_fn present;
	trans_pa_t root;
	uint64_t mair;
	uint32_t pages;     /* table pages owned, root included */
	bool view;          /* attached: never written, never freed */
	bool live;          /* finished: refuses writes */
	bool hierarchical;  /* table descriptors' attributes count (no HPD) */
	bool accessed;      /* hardware access flag: AF 0 is no fault */
	bool dirty;         /* hardware dirty state: DBM means writable */
	bool indirect;      /* permissions through PIR (TCR2.PIE) */
	uint64_t pir, pire0;
	trans_pa_t window;  /* trans_table_window: its tables, one block */
	uint32_t window_tables;
};

/* What one operation did. */
struct trans_stats {
	uint32_t tables;       /* table pages allocated */
	uint32_t tables_freed; /* table pages replaced and given back */
	uint64_t leaves[4];    /* leaves made, by level 0..3 */
	uint64_t mkwrite;      /* leaves changed by MKWRITE */
	uint64_t mkvalid;      /* leaves made valid by MKVALID */
	uint64_t noexec;       /* leaves changed by NOEXEC */
	uint64_t protect;      /* leaves changed by protect */
	uint64_t folded;       /* tables that became one block */
	uint64_t cont_dropped; /* leaves that lost the contiguous bit */
};

/* Filled by every operation that takes one; NULL is allowed. @error as in
 * errors.h; @stats also on failure (of what was undone). */
struct trans_report {
	struct trans_error error;
	struct trans_stats stats;
};

/* The MAIR of tables made here when the caller gives none: index 0 Normal,
 * 1 Normal-NC, 2 Device-nGnRE, 3 Device-nGnRnE. */
#define TRANS_MAIR_DEFAULT 0x00000000000444ffULL

/*
 * Make an empty table: allocates and zeroes the root. @mair 0 means
 * TRANS_MAIR_DEFAULT; a table to be filled by copy should be given its source's.
 * @geo is copied; @ops and @ctx must outlive the table.
 * TRANS_EINVAL (missing callback, geometry not from trans_geometry_init),
 * TRANS_ENOMEM, TRANS_EFAULT, TRANS_EHOST (acquire), TRANS_ERANGE (a table page
 * beyond the output address size; so may every operation that allocates).
 */
int trans_table_create(struct trans_table *table,
		       const struct trans_geometry *geo, uint64_t mair,
		       const struct trans_ops *ops, void *ctx,
		       struct trans_report *report);

/*
 * A read-only view of a foreign table, live or not, possibly corrupt.
 * @regs:    as the CPU that uses it has them. Permission indirection is
 *           honoured; overlays, attribute index extension and 128-bit
 *           descriptors (TCR2.POE, AIE, D128) are refused. An overlay for EL0
 *           alone (E0POE) is ignored: it may take from what query says of EL0
 * @present: rule for MKVALID; NULL: every non-zero invalid leaf is ambiguous
 * Allocates nothing; destroy is not needed. TRANS_EINVAL.
 * What reads a view may take as long as its address space is large, whatever it
 * is made of; a host that does not trust it gives ops with visit (ops.h), and
 * every operation that reads tables can return TRANS_ESTOPPED.
 */
int trans_table_attach(struct trans_table *table,
		       const struct trans_geometry *geo,
		       const struct trans_regs *regs, trans_present_fn present,
		       const struct trans_ops *ops, void *ctx,
		       struct trans_report *report);

/*
 * Copy the mappings of @src in [@src_va, @src_va + @len) to @dst at @dst_va.
 *
 * Granules must be equal; VA size, half and regime may differ; dst_va - src_va
 * must be a multiple of what one entry of the deeper of the two start levels
 * spans (0 always is; TRANS_EALIGN). They must be two tables. Each source entry is read once. Invalid
 * entries are holes in the copy unless MKVALID revives them. Hierarchical
 * attributes of the source are folded into the leaves, software bits [58:55]
 * dropped, and so is the contiguous bit unless KEEPCONT. Bits [58:55] and nT
 * have no reader in a transitional table.
 *
 * TRANS_EINVAL, TRANS_EALIGN, TRANS_ERANGE, TRANS_ELIVE, TRANS_EEXIST,
 * TRANS_ENOMEM, TRANS_EFAULT, TRANS_EPFN, TRANS_ECORRUPT, TRANS_EUNREPR,
 * TRANS_EHOST.
 */
int trans_table_copy(struct trans_table *dst, trans_va_t dst_va,
		     const struct trans_table *src, trans_va_t src_va,
		     uint64_t len, unsigned int flags,
		     struct trans_report *report);

/*
 * Map [@va, @va + @len) to [@pa, ...), with the largest legal blocks unless
 * TRANS_NOBLOCK. idmap: va == pa. @flags: FOLD, NOBLOCK, ESTIMATE, and one of
 * KEEP, REPLACE, UPGRADE.
 * Errors as copy, less EPFN and ECORRUPT from the source.
 */
int trans_table_map(struct trans_table *table, trans_va_t va, trans_pa_t pa,
		    uint64_t len, const struct trans_attr *attr,
		    unsigned int flags, struct trans_report *report);
int trans_table_idmap(struct trans_table *table, trans_pa_t pa, uint64_t len,
		      const struct trans_attr *attr, unsigned int flags,
		      struct trans_report *report);

/*
 * map with attributes range by range: @attr_of says the attributes from @va on,
 * and for how many bytes they hold (a multiple of the granule, at least one).
 * It must give the same answers when asked again. Nonzero refuses (TRANS_EHOST).
 * So that, say, the pages that hold tables come out read-only.
 */
typedef int (*trans_attr_fn)(void *arg, trans_va_t va, trans_pa_t pa,
			     struct trans_attr *attr, uint64_t *len);
int trans_table_map_by(struct trans_table *table, trans_va_t va, trans_pa_t pa,
		       uint64_t len, trans_attr_fn attr_of, void *arg,
		       unsigned int flags, struct trans_report *report);

/* Make [@va, @va + @len) map nothing. What was a hole stays one. Tables that
 * become empty are given back. @flags: ESTIMATE. Errors as map. */
int trans_table_unmap(struct trans_table *table, trans_va_t va, uint64_t len,
		      unsigned int flags, struct trans_report *report);

/* Set what the leaves of [@va, @va + @len) allow to @access (TRANS_WRITE,
 * TRANS_EXEC; nothing for EL0); blocks that the range cuts are split. Holes
 * stay holes. @flags: ESTIMATE. Errors as map. */
int trans_table_protect(struct trans_table *table, trans_va_t va, uint64_t len,
			unsigned int access, unsigned int flags,
			struct trans_report *report);

/* Merge neighbours in [@va, @va + @len) into the largest legal blocks, where
 * every attribute is equal. Tables become fewer or stay; what is mapped does
 * not change. @flags: ESTIMATE. Errors as map. */
int trans_table_fold(struct trans_table *table, trans_va_t va, uint64_t len,
		     unsigned int flags, struct trans_report *report);

/*
 * Copy like trans_table_copy without flags, but link the source's own tables
 * wherever one lies wholly in the range, instead of copying them. They stay the
 * source's: they are never written and never freed here, and the source must
 * outlive the mapping. An operation that changes a shared part copies what it
 * changes. Both tables must agree on MAIR, DS, output address size, kind of
 * regime and hierarchical attributes; the source must use neither indirection
 * nor hardware management of access flag and dirty state (TRANS_EINVAL).
 * @flags: KEEP, REPLACE, ESTIMATE.
 */
int trans_table_share(struct trans_table *dst, trans_va_t dst_va,
		      const struct trans_table *src, trans_va_t src_va,
		      uint64_t len, unsigned int flags,
		      struct trans_report *report);

/*
 * A window: a range whose last-level entries the host will write by itself, as
 * one array. Its level 3 tables are allocated as one block of contiguous pages;
 * what was mapped in and around the range stays mapped.
 * @entries: PA of the entry for @va, valid as long as the table and as long as
 *           no other operation touches the range; @count entries follow
 * One window per table (TRANS_EEXIST for a second). @flags: ESTIMATE, with which
 * @window is not written. Errors as map.
 */
struct trans_window {
	trans_pa_t entries;
	uint64_t count;
};
int trans_table_window(struct trans_table *table, trans_va_t va, uint64_t len,
		       unsigned int flags, struct trans_window *window,
		       struct trans_report *report);

/* What one address translates to. */
struct trans_leaf {
	trans_pa_t pa;       /* of the address itself */
	uint64_t desc;       /* the leaf descriptor as read */
	int level;
	uint8_t memory;      /* MAIR attribute byte */
	bool readable;       /* at the regime's own exception level */
	bool writable;
	bool executable;     /* by permission; see trans_leaf_runs */
	bool user_readable, user_writable, user_executable;
};

/*
 * Look @va up. TRANS_ENOENT: not mapped (report: level and descriptor where the
 * walk ended), or a leaf without AF where hardware does not set it
 * (why "access flag is clear");
 * TRANS_ERANGE: outside the half; TRANS_EFAULT, TRANS_ECORRUPT (reserved type,
 * address size, reserved permission indirection).
 */
int trans_table_query(const struct trans_table *table, trans_va_t va,
		      struct trans_leaf *leaf, struct trans_report *report);

/*
 * Can code be there: executable, and in Normal memory that is cacheable
 * (write-back or write-through)? Fetching from Device memory is CONSTRAINED
 * UNPREDICTABLE whatever its permissions say (Arm ARM D8, "Instruction fetches
 * from Device memory"), and Non-cacheable code beside cacheable data of the same
 * memory is a mismatched alias (B2, "Mismatched memory attributes").
 */
bool trans_leaf_runs(const struct trans_leaf *leaf);

/* Is a MAIR attribute byte (leaf->memory) Normal memory, write-back or
 * write-through? What is reserved is not. */
bool trans_memory_cacheable(uint8_t memory);

/*
 * Is every address of [@va, @va + @len) mapped to @pa onwards, and writable if
 * @access has TRANS_WRITE, fit for code (trans_leaf_runs) if TRANS_EXEC? Walks
 * leaf by leaf.
 * TRANS_ENOENT naming the first address that is not.
 */
int trans_table_verify(const struct trans_table *table, trans_va_t va,
		       trans_pa_t pa, uint64_t len, unsigned int access,
		       struct trans_report *report);

/*
 * Call @page for each table page of the tree, root first, parents before
 * children, with its physical address and length in bytes (one granule; a root
 * smaller than a granule still owns one). Nonzero from @page stops the walk
 * and is returned.
 */
typedef int (*trans_page_fn)(void *arg, trans_pa_t pa, uint64_t len);
int trans_table_pages(const struct trans_table *table, trans_page_fn page,
		      void *arg, struct trans_report *report);

/* Does any page of the tree lie in @ranges? TRANS_EOVERLAP with the page in pa
 * and len, and the range's start in va. */
int trans_table_disjoint(const struct trans_table *table,
			 const struct trans_ranges *ranges,
			 struct trans_report *report);

/*
 * Clean all table pages to the PoC, once, and say how to switch to the table:
 * TTBR (52-bit layout where the geometry has it), the TCR fields of its half
 * (trans_tcr for both halves), MAIR, SCTLR. The table is live from
 * here on and refuses writes; destroy still works, when nobody walks it any
 * more. TRANS_ELIVE: live already, or a view; TRANS_EFAULT.
 */
int trans_table_finish(struct trans_table *table, struct trans_regs *regs,
		       struct trans_report *report);

/* Give every page back. A table that create refused, or a zeroed struct, is
 * fine. The struct is zeroed. */
void trans_table_destroy(struct trans_table *table);

TRANS_END_DECLS

#endif
