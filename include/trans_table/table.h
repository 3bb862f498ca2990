/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * trans_table: transitional (not "translation") tables.
 *
 * A table is built offline in memory that the environment (ops.h) hands out,
 * finished once, and then switched to. Nothing here invalidates TLBs or touches
 * a live table: build, finish, switch. What is rarely needed is in
 * table_extra.h (fold, share, window), what shows a table to a person in
 * inspect.h.
 *
 * Every operation that changes a table is atomic: it builds detached pages and
 * links them last. On any error the table reads as before, and every page is
 * back with its owner.
 *
 * Addresses and lengths are in bytes, as (start, len), and are multiples of the
 * granule. [start, start + len) must lie in the table's half of the address
 * space. No operation recurses; each needs at most 1 KiB of stack
 * (docs/budgets.md). A table has no lock: one writer at a time.
 *
 * The errors that all operations on a range share; each lists only what it
 * returns besides:
 *
 *   call     TRANS_EINVAL    a length of 0, or a flag that it does not take
 *   call     TRANS_EALIGN    not a multiple of the granule
 *   call     TRANS_ERANGE    the range leaves the table's half
 *   call     TRANS_ELIVE     the table is live or a view (not for an estimate)
 *   memory   TRANS_ENOMEM    alloc gave no page
 *   machine  TRANS_ERANGE    alloc gave a page beyond the output address size
 *   host     TRANS_EFAULT    phys_to_virt refused a table page
 *   host     TRANS_EHOST     acquire refused a table page
 *   host     TRANS_ESTOPPED  visit said so
 *   input    TRANS_ECORRUPT  a shared table (table_extra.h) is damaged
 */
#ifndef TRANS_TABLE_TABLE_H
#define TRANS_TABLE_TABLE_H

#include <trans_table/geometry.h>
#include <trans_table/ops.h>

TRANS_BEGIN_DECLS

/*
 * Flags belong to one call and mean the same at every leaf level. A bit that
 * the call does not take is TRANS_EINVAL. In brackets which operations take it.
 *
 * A leaf is a page or block descriptor, with bits as in the Arm ARM, D8.3.
 */

/* Leaves become writable: bit 51 (DBM) is set and bit 7 (AP[2]) cleared, and a
 * table descriptor's APTable[1] on the way is dropped. Both bits, because
 * clearing bit 7 alone, or only where a software dirty bit says so, broke
 * Linux's kexec once: the mover overwrites read-only text. Permission
 * indirection of the source is resolved first; a copy has it where
 * trans_table_create_for was told so, and only as its PIR allows. (copy) */
#define TRANS_MKWRITE 0x0001u
/* An invalid leaf that the source's `present` rule calls a mapping becomes
 * valid: debug_pagealloc, kfence and secretmem hide memory behind such leaves,
 * and one that was left out once killed a kexec. The rule decides, because
 * invalid entries that are not zero may also be swap entries or notes of the
 * kernel's. Wants CHECKPFN or TRUSTPFN. (copy) */
#define TRANS_MKVALID 0x0002u
/* pfn_valid is asked of every leaf that MKVALID makes valid, over its whole
 * length, or valid_len of runs of them; if it says no the copy fails with
 * TRANS_EPFN, and names va, level, descriptor and pa. (copy) */
#define TRANS_CHECKPFN 0x0004u
/* Allows MKVALID without CHECKPFN: the unsafe choice, so that it can be seen
 * and searched for. (copy) */
#define TRANS_TRUSTPFN 0x0008u
/* Neighbours become the largest legal block while building, where their output
 * addresses go on and all attributes are equal. (copy, map, idmap) */
#define TRANS_FOLD 0x0010u
/* No leaf is executable at any exception level. (copy) */
#define TRANS_NOEXEC 0x0020u
/* Pages only, no blocks. (map, idmap, copy) */
#define TRANS_NOBLOCK 0x0040u
/*
 * Leaves keep the contiguous bit (52) where the whole contiguous group is
 * copied; any other leaf loses it.
 *
 * A contiguous group (Arm ARM D8.6.1) is a number of neighbouring leaves of one
 * level that a TLB may hold as one entry: 16 with 4K, 128 pages or 32 blocks
 * with 16K, 32 with 64K. It begins where slot and output address are both
 * multiples of that number of leaves, its addresses ascend without a gap, its
 * attributes are equal, and all of its leaves have the bit. No operation leaves
 * a group that is cut; protect keeps the bit of whole ones as this flag does.
 *
 * Not with FOLD or UPGRADE. (copy)
 */
#define TRANS_KEEPCONT 0x0080u
/* What happens where the table maps something already; the default is
 * TRANS_EEXIST. At most one of the three. (copy, map, idmap; share: not
 * UPGRADE)
 * KEEP:    what is there stays; what is missing is added */
#define TRANS_KEEP 0x0100u
/* REPLACE: what is there is overwritten */
#define TRANS_REPLACE 0x0200u
/* UPGRADE: what is missing is added, and smaller mappings of the same memory
 *          with the same permissions become the larger block. Anything else
 *          that is there is TRANS_EEXIST */
#define TRANS_UPGRADE 0x0400u
/* Change nothing and allocate nothing: only fill the report. stats.tables is
 * exactly the number of table pages that the same call would allocate now, and
 * an error is the one that it would give, unless alloc or a hook refuses a
 * fresh page. If the source changes meanwhile the number is only an estimate.
 * Allowed on a live table. (every operation that takes flags) */
#define TRANS_ESTIMATE 0x1000u

/* Memory types of a map; in the comment the attribute byte in MAIR (Arm ARM,
 * MAIR_EL1). 0 is none of them on purpose: attributes that somebody forgot to
 * fill in must not mean Device. */
enum trans_memory {
	TRANS_MEM_NORMAL = 1,   /* 0xff Normal, write-back, inner shareable */
	TRANS_MEM_NC = 2,       /* 0x44 Normal Non-cacheable */
	TRANS_MEM_DEVICE = 3,   /* 0x04 Device-nGnRE */
	TRANS_MEM_STRONG = 4,   /* 0x00 Device-nGnRnE */
};

/* What a mapping allows at the regime's own exception level, beside reading.
 * EL0 gets no access. */
#define TRANS_WRITE 0x1u
#define TRANS_EXEC 0x2u

struct trans_attr {
	enum trans_memory memory;
	unsigned int access; /* TRANS_WRITE, TRANS_EXEC */
};

/*
 * What the `present` rule of a source says of @desc, an entry of a table of
 * @level that is invalid and not 0. It must not go by the output address, for
 * which pfn_valid and valid_len are there: of entries that are alike but for
 * addresses that go on like theirs, one is asked about.
 */
enum trans_presence {
	TRANS_ABSENT,         /* it maps nothing */
	TRANS_PRESENT,        /* a mapping; nG is as the descriptor has it */
	TRANS_PRESENT_GLOBAL, /* a mapping; nG (bit 11) must be cleared */
	TRANS_PRESENT_NG,     /* a mapping; nG must be set */
	TRANS_AMBIGUOUS,      /* cannot be told: TRANS_ECORRUPT for the copy */
};
typedef enum trans_presence (*trans_present_fn)(uint64_t desc, int level);

/* Linux up to 7.0 makes an entry of its linear map invalid by clearing VALID
 * and nothing else (arch/arm64/mm/pageattr.c). Ambiguous is what has no AF, or
 * not the other type bit that a block or page of that level has. */
enum trans_presence trans_present_linux(uint64_t desc, int level);
/* Linux from 7.1 on also sets PTE_PRESENT_INVALID, which is bit 11
 * (arch/arm64/include/asm/pgtable-prot.h). What has no bit 11 is ambiguous,
 * too. The plain rule is for kernels whose linear map is global, _ng for those
 * with nG mappings (KPTI). */
enum trans_presence trans_present_linux_7_1(uint64_t desc, int level);
enum trans_presence trans_present_linux_7_1_ng(uint64_t desc, int level);

/*
 * The registers that give a table its meaning (attach), or that switch to it
 * (finish). Of @ttbr attach reads the base address only; finish leaves the rest
 * of it 0.
 * @tcr2, @pir, @pire0: 0 where the CPU lacks TCR2; finish gives 0, or PIE and
 *         what trans_table_create_for was told
 * @sctlr: of the regime, whole: MMU and caches on, RES1 bits, everything else
 *         off; not read by attach
 */
struct trans_regs {
	uint64_t ttbr;
	uint64_t tcr;
	uint64_t mair;
	uint64_t tcr2, pir, pire0;
	uint64_t sctlr;
};

/* A table. Public so that it can live on any stack; its fields are for callers
 * to read only. */
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
	/* What only share, KEEPCONT, window and create_for make necessary, once
	 * they have been used; a program that does without them does not link
	 * it. */
	uint64_t (*lend)(const void *build, uint64_t entry);
	const char *(*permit)(const struct trans_table *table,
			      uint64_t *attributes);
	void (*groups)(void *build, unsigned int slot, unsigned int count);
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
 * errors.h. @stats is filled on failure, too, with what was done and undone. */
struct trans_report {
	struct trans_error error;
	struct trans_stats stats;
};

/* The MAIR of a table whose creator gives none: index 0 is Normal, 1 Normal-NC,
 * 2 Device-nGnRE, 3 Device-nGnRnE. */
#define TRANS_MAIR_DEFAULT 0x00000000000444ffULL

/*
 * Make an empty table: allocates its root. @mair 0 means TRANS_MAIR_DEFAULT; a
 * table to be filled by copy should be given that of its source. @geo is
 * copied; @ops and @ctx must outlive the table. On failure the struct is
 * zeroed.
 *
 *   call     TRANS_EINVAL    alloc, free or phys_to_virt is missing, or the
 *                            geometry is not one of trans_geometry_init
 *   memory   TRANS_ENOMEM    alloc gave no page
 *   machine  TRANS_ERANGE    alloc gave a page beyond the output address size
 *   host     TRANS_EFAULT    phys_to_virt refused the page just allocated
 *   host     TRANS_EHOST     acquire refused it
 */
int trans_table_create(struct trans_table *table,
		       const struct trans_geometry *geo, uint64_t mair,
		       const struct trans_ops *ops, void *ctx,
		       struct trans_report *report);

/*
 * The same for a CPU that keeps registers of its own when it switches to the
 * table, as a kernel does that leaves by its own code. Of @regs are read:
 * @mair: 0 means TRANS_MAIR_DEFAULT
 * @tcr2, @pir, @pire0: with PIE (permission indirection) leaves are written so
 *        that PIR gives what was asked for, and AP and XN say the same. As bits
 *        [54:53], 51 and 6 are what they are without PIE, where 51 (DBM) is set
 *        in leaves that are writable, PIR must agree with AP and XN there: one
 *        of Linux does (arch/arm64/include/asm/pgtable-prot.h, PIE_E1). Where
 *        it does not, map fails with TRANS_EINVAL, and copy and protect with
 *        TRANS_EUNREPR. share wants a table without
 * @ttbr: where in its granule a root lies that is smaller: the bits below the
 *        granule, and in them only those that a root's alignment leaves (Arm
 *        ARM D19, TTBR1_EL1.BADDR). So the TTBR of the running kernel will do.
 *        Linux with 64K and VAs of 52 bits puts the 64 entries that a CPU with
 *        48 bits walks at the end of its root of 1,024
 *        (arch/arm64/include/asm/assembler.h, offset_ttbr1)
 *
 * Besides those of create:
 *   machine  TRANS_EINVAL    TCR2 has POE, AIE or D128
 */
int trans_table_create_for(struct trans_table *table,
			   const struct trans_geometry *geo,
			   const struct trans_regs *regs,
			   const struct trans_ops *ops, void *ctx,
			   struct trans_report *report);

/*
 * A read-only view of a foreign table, live or not, possibly corrupt.
 * @regs:    as the CPU that uses the table has them. Permission indirection is
 *           honoured. Overlays, attribute index extension and 128-bit
 *           descriptors (TCR2.POE, AIE, D128) are refused. An overlay for EL0
 *           alone (E0POE) is ignored: EL0 may then be allowed less than query
 *           says
 * @present: rule for MKVALID; NULL: every invalid entry that is not 0 is
 *           ambiguous
 * Allocates nothing, and needs no destroy. @geo is copied; @ops, of which only
 * phys_to_virt must be there, and @ctx must outlive the view.
 *
 * Whatever a foreign table is made of, reading all of it may take as long as
 * its address space is large. A host that does not trust it gives ops with
 * visit (ops.h); every operation that reads tables can then return
 * TRANS_ESTOPPED.
 *
 *   call     TRANS_EINVAL    phys_to_virt is missing; the geometry is not one
 *                            of trans_geometry_init, or TCR contradicts it
 *   machine  TRANS_EINVAL    TCR2 has POE, AIE or D128, or the root lies beyond
 *                            the output address size
 */
int trans_table_attach(struct trans_table *table,
		       const struct trans_geometry *geo,
		       const struct trans_regs *regs, trans_present_fn present,
		       const struct trans_ops *ops, void *ctx,
		       struct trans_report *report);

/*
 * Copy the mappings of @src in [@src_va, @src_va + @len) to @dst at @dst_va.
 *
 * The two must be different tables with the same granule; VA size, half and
 * regime may differ. dst_va - src_va must be a multiple of what one entry of
 * the deeper of the two start levels spans (0 always is).
 *
 * Each entry of the source is read once. Invalid entries are holes in the copy,
 * unless MKVALID makes them valid. Attributes in the source's table descriptors
 * become those of the leaves below. Dropped are what nobody reads in a
 * transitional table, software bits [58:55] and nT, and the contiguous bit
 * unless KEEPCONT says otherwise.
 *
 * @flags: MKWRITE, MKVALID, CHECKPFN, TRUSTPFN, NOEXEC, KEEPCONT, and those of
 * map.
 *
 * Besides those of all operations:
 *   call     TRANS_EINVAL    one table, other granules, CHECKPFN without
 *                            pfn_valid and valid_len, flags that exclude each
 *                            other
 *   call     TRANS_EALIGN    dst_va - src_va, see above
 *   call     TRANS_EEXIST    @dst maps something there already
 *   machine  TRANS_EUNREPR   a leaf's output address is too wide for @dst, its
 *                            memory type not in @dst's MAIR, or its indirect
 *                            permissions cannot be said by AP and XN, or
 *                            @dst's PIR cannot say its permissions
 *   input    TRANS_EPFN      CHECKPFN: pfn_valid refused a leaf
 *   input    TRANS_ECORRUPT  an entry of @src is reserved or ambiguous, or its
 *                            address beyond the source's output address size
 */
int trans_table_copy(struct trans_table *dst, trans_va_t dst_va,
		     const struct trans_table *src, trans_va_t src_va,
		     uint64_t len, unsigned int flags,
		     struct trans_report *report);

/*
 * Map [@va, @va + @len) to [@pa, @pa + @len), with the largest legal blocks.
 * idmap: at va == pa. @flags: FOLD, NOBLOCK, ESTIMATE, and at most one of KEEP,
 * REPLACE and UPGRADE.
 *
 * Besides those of all operations:
 *   call     TRANS_EINVAL    @attr: an unknown type or access bit, a type that
 *                            the table's MAIR, or access that its PIR, does not
 *                            have, executable Device memory; or flags that
 *                            exclude each other
 *   call     TRANS_EALIGN    @pa is not a multiple of the granule
 *   call     TRANS_EEXIST    something is mapped there already
 *   machine  TRANS_ERANGE    [@pa, ...) passes the output address size
 */
int trans_table_map(struct trans_table *table, trans_va_t va, trans_pa_t pa,
		    uint64_t len, const struct trans_attr *attr,
		    unsigned int flags, struct trans_report *report);
int trans_table_idmap(struct trans_table *table, trans_pa_t pa, uint64_t len,
		      const struct trans_attr *attr, unsigned int flags,
		      struct trans_report *report);

/*
 * Like map, with attributes that the host tells range by range, so that, say,
 * the pages that hold tables come out read-only. @attr_of writes the attributes
 * from @va on to @attr, and to @len for how many bytes they hold: a multiple of
 * the granule, at least one. Asked again it must answer the same. Nonzero
 * refuses. @flags: those of map.
 *
 * Besides those of map:
 *   host     TRANS_EHOST     @attr_of refused
 */
typedef int (*trans_attr_fn)(void *arg, trans_va_t va, trans_pa_t pa,
			     struct trans_attr *attr, uint64_t *len);
int trans_table_map_by(struct trans_table *table, trans_va_t va, trans_pa_t pa,
		       uint64_t len, trans_attr_fn attr_of, void *arg,
		       unsigned int flags, struct trans_report *report);

/*
 * Make [@va, @va + @len) map nothing. What was a hole stays one. Tables that
 * become empty are given back; a block that the range cuts is split, which
 * takes memory. @flags: ESTIMATE. Errors: those of all operations.
 */
int trans_table_unmap(struct trans_table *table, trans_va_t va, uint64_t len,
		      unsigned int flags, struct trans_report *report);

/*
 * Set what the leaves of [@va, @va + @len) allow to @access (TRANS_WRITE,
 * TRANS_EXEC; reading always; nothing for EL0). A block that the range cuts is
 * split. Holes stay holes. @flags: ESTIMATE.
 *
 * Besides those of all operations:
 *   call     TRANS_EINVAL    an unknown bit in @access
 *   machine  TRANS_EUNREPR   the table's PIR cannot say @access
 */
int trans_table_protect(struct trans_table *table, trans_va_t va, uint64_t len,
			unsigned int access, unsigned int flags,
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
 * Look @va up.
 *
 *   answer   TRANS_ENOENT    not mapped, or a leaf without AF where hardware
 *                            does not set it ("access flag is clear"). level
 *                            and desc: where the look-up ended
 *   call     TRANS_ERANGE    @va lies outside of the table's half
 *   input    TRANS_ECORRUPT  a reserved descriptor or permission indirection,
 *                            or an address beyond the output address size
 *   host     TRANS_EFAULT    phys_to_virt refused a table page
 *   host     TRANS_ESTOPPED  visit said so
 */
int trans_table_query(const struct trans_table *table, trans_va_t va,
		      struct trans_leaf *leaf, struct trans_report *report);

/*
 * Can code be run there: executable, and in Normal memory that is cacheable
 * (write-back or write-through)? Fetching from Device memory is CONSTRAINED
 * UNPREDICTABLE whatever its permissions say (Arm ARM D8, "Instruction fetches
 * from Device memory"), and Non-cacheable code beside cacheable data of the
 * same memory is a mismatched alias (Arm ARM B2, "Mismatched memory
 * attributes").
 */
bool trans_leaf_runs(const struct trans_leaf *leaf);

/* Does a MAIR attribute byte (leaf->memory) mean Normal memory, write-back or
 * write-through? Reserved values do not. */
bool trans_memory_cacheable(uint8_t memory);

/*
 * Is every address of [@va, @va + @len) mapped to @pa onwards, readable, and
 * writable if @access has TRANS_WRITE, fit for code (trans_leaf_runs) if it has
 * TRANS_EXEC? 0: yes. Addresses need not be aligned; a length of 0 always is.
 *
 *   answer   TRANS_ENOENT    no; va: the first address that is not, why: how
 * and those of trans_table_query.
 */
int trans_table_verify(const struct trans_table *table, trans_va_t va,
		       trans_pa_t pa, uint64_t len, unsigned int access,
		       struct trans_report *report);

/*
 * Call @page for each table page of the tree, root first, parents before their
 * children, with its physical address and its length in bytes: one granule (a
 * root with fewer entries owns a whole one, too). Nonzero from @page stops it
 * and is returned.
 *
 *   host     TRANS_EFAULT    phys_to_virt refused a table page
 *   host     TRANS_ESTOPPED  visit said so
 */
typedef int (*trans_page_fn)(void *arg, trans_pa_t pa, uint64_t len);
int trans_table_pages(const struct trans_table *table, trans_page_fn page,
		      void *arg, struct trans_report *report);

/*
 * Clean all table pages to the Point of Coherency, once, and say how to switch
 * to the table: TTBR (in the 52-bit layout where the geometry has it), the TCR
 * fields of its half (trans_tcr in registers.h is for both halves), MAIR,
 * SCTLR. The table is live from here on and refuses writes. destroy still
 * works, once nobody walks the table any more. Without a clean this is publish.
 *
 *   call     TRANS_ELIVE     live already, or a view
 *   call     TRANS_EINVAL    neither clean nor barrier is there
 *   host     TRANS_EFAULT    phys_to_virt refused a table page
 *   host     TRANS_ESTOPPED  visit said so
 */
int trans_table_finish(struct trans_table *table, struct trans_regs *regs,
		       struct trans_report *report);

/*
 * The same for a walker that is coherent with the caches of this CPU: nothing
 * is cleaned or looked at, the host's barrier is all. So walks every CPU of the
 * inner shareable domain whose caches are on (SCTLR.C) and stay on, with the
 * TCR that comes out here, which walks write-back and inner shareable (Arm ARM
 * D19, TCR_EL1.IRGN0, ORGN0, SH0). finish is for all others: with SCTLR.C off,
 * or a TCR that walks past the caches, a walk may read what memory held before.
 *
 *   call     TRANS_ELIVE     live already, or a view
 *   call     TRANS_EINVAL    barrier is missing
 */
int trans_table_publish(struct trans_table *table, struct trans_regs *regs,
			struct trans_report *report);

/* Give every page back, and zero the struct. A table that create refused, or a
 * zeroed struct, is fine. */
void trans_table_destroy(struct trans_table *table);

/*
 * Give all pages away instead, and zero the struct: they stay the tables that
 * they are, and belong to whoever walks them, or to nobody, as where a kernel
 * is replaced by the next one. Nothing is called. Who wants to give them back
 * later notes them first (trans_table_pages).
 */
void trans_table_disown(struct trans_table *table);

TRANS_END_DECLS

#endif
