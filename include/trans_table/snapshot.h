/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The snapshot writer: a host saves its own memory as a hibernation image, and
 * comes back through the reader of swsusp.h and hibernate.h.
 *
 * It is like setjmp, with a disk in between: trans_snapshot_take returns once
 * when the image is on the disk, and once more, later, in a machine that was
 * started anew, with memory and CPU as they were.
 *
 * First everything is copied to lent memory, the CPU's context included, and
 * then it is written from the copies, so that the disk driver may change its
 * own memory while it writes (Linux does it so, too: kernel/power/snapshot.c).
 * The signature in the swap header is written last, in one sector: until then
 * there is no image on the disk, and from then on a complete one.
 *
 * The image has the format that Linux writes, in raw pages or LZ4, with bit 63
 * for pages of zeroes. Linux does not resume it, because its version is no
 * kernel's. The reader says that it is one (own in struct trans_swsusp_info).
 */
#ifndef TRANS_TABLE_SNAPSHOT_H
#define TRANS_TABLE_SNAPSHOT_H

#include <trans_table/cpu.h>
#include <trans_table/ops.h>
#include <trans_table/ranges.h>
#include <trans_table/swsusp.h>

TRANS_BEGIN_DECLS

/* What trans_snapshot_take returns when it did not fail. */
enum trans_snapshot_result {
	TRANS_SNAPSHOT_TAKEN = 0,   /* the image is on the disk */
	TRANS_SNAPSHOT_RESUMED = 1, /* it has come back from there */
};

/*
 * Compress the @src_len bytes at @src, at most 32 pages, as one LZ4 block into
 * the @dst_len bytes at @dst, which are LZ4's own bound (src_len + src_len /
 * 255 + 16) or more. Returns 0 and *@out_len; any other number becomes
 * TRANS_EHOST.
 */
typedef int (*trans_pack_fn)(void *ctx, const void *src, size_t src_len,
			     void *dst, size_t dst_len, size_t *out_len);

/*
 * Which pages of the device the image may use. They are counted in pages of the
 * image, from the device's start, as @offset of the args is.
 * @first, @count: those from @first on; page 0 and the header are not among
 *                 them
 * @at:    instead of @first: says the @index-th of @count slots, which may lie
 *         in any order, each once, never page 0 or the header's. Nonzero
 *         refuses (TRANS_EHOST)
 * @ctx:   for @at
 */
struct trans_slots {
	uint64_t first, count;
	int (*at)(void *ctx, uint64_t index, uint64_t *slot);
	void *ctx;
};

/*
 * @disk:    writable. Its callbacks are called when everything was copied
 * @offset:  page of the swap header, in pages of the image (0 for a swap
 *           partition). There must be a swap area that was made for pages of
 *           this size (mkswap), and whose contents nobody needs
 * @slots:   above
 * @packing: TRANS_SWSUSP_RAW or _LZ4
 * @lz4, @lz4_ctx: for the latter
 * @granule: page size of the image, one that the CPU has; 0: TRANS_4K
 * @cpu, @mpidr: of the CPU that runs (mpidr 0: as @cpu says). It must be the
 *           only one: from here on, until the host has set them up again, other
 *           CPUs are off, and no device writes to memory
 * @save:    memory to be saved, without what is also in @nosave or @free; so
 *           all RAM that is not reserved is a good value. The stack, these
 *           arguments, what they point to and what @ops gives must be in it.
 *           Multiples of the page size
 * @nosave:  what must not be on the disk; its contents are undefined after a
 *           resume. Multiples of the page size. NULL: nothing
 * @free:    memory that nobody uses, lent for the time of the call: for the
 *           copies and what the library needs. The host's allocator must not
 *           hand it out meanwhile. Parts of pages are left alone. Its contents
 *           are undefined afterwards, and after a resume
 * @ops, @ctx: the host's. alloc gives two granules for the way back, which are
 *           freed before each return; phys_to_virt must reach all of @save, and
 *           all of each range of @free in one piece; clean
 * @alias_prepare, @alias_enter, @alias_drop, @host: as in struct
 *           trans_transition_args. The tables that alias_prepare makes are
 *           saved with the rest, because the way back runs through them
 * @alias_leave: undoes alias_enter; called in both worlds, with everything
 *           masked. NULL where alias_enter is
 * @progress, @progress_ctx: called after each 32 pages that were written, with
 *           how many of how many pages are, the info page not counted; nonzero
 *           stops it (TRANS_ESTOPPED). NULL: nobody asks
 */
struct trans_snapshot_args {
	const struct trans_block *disk;
	uint64_t offset;
	struct trans_slots slots;
	enum trans_swsusp_packing packing;
	trans_pack_fn lz4;
	void *lz4_ctx;
	enum trans_granule granule;
	const struct trans_cpu *cpu;
	uint64_t mpidr;
	const struct trans_ranges *save, *nosave, *free;
	const struct trans_ops *ops;
	void *ctx;
	int (*alias_prepare)(void *host, trans_pa_t pa, uint64_t len);
	void (*alias_enter)(void *host);
	void (*alias_leave)(void *host);
	void (*alias_drop)(void *host);
	void *host;
	int (*progress)(void *ctx, uint64_t done, uint64_t total);
	void *progress_ctx;
};

/* The most ranges that @save may consist of without the others, and that @free
 * may have. */
#define TRANS_SNAPSHOT_RANGES 256

/*
 * What a snapshot needs at most. (Pages of zeroes need neither a copy nor a
 * slot, and how well the rest packs is not known before.)
 * @pages:  to be saved
 * @memory, @has_memory: pages of the image in @free, needed and there
 * @slots, @has_slots: slots of the swap area, needed and there
 */
struct trans_snapshot_needs {
	uint64_t pages;
	uint64_t memory, has_memory;
	uint64_t slots, has_slots;
};

/*
 * How much is needed, and how much is there? A few pages of @free are used as
 * working space; the disk is not asked. 0 does not mean that there is enough.
 * Errors: of those that trans_snapshot_take lists, TRANS_EINVAL, TRANS_EALIGN,
 * TRANS_ENOMEM, TRANS_ENOSPC and TRANS_EFAULT.
 */
int trans_snapshot_estimate(const struct trans_snapshot_args *args,
			    struct trans_snapshot_needs *needs,
			    struct trans_error *err);

/*
 * Save, or come back: see enum trans_snapshot_result. Called at EL1, or at EL2
 * with or without E2H, with the MMU on, on the stack that is to come back.
 *
 * With memory come back: general registers, both stack pointers, DAIF and other
 * bits of PSTATE, all translation state of the regime, vectors, CPACR or CPTR,
 * ELR and SPSR, thread registers, pointer authentication keys, and at EL2 what
 * Armv8.0 has there to control EL1. Not so: registers of FP, SIMD, SVE and SME,
 * debug, trace and performance monitors, timers, the interrupt controller,
 * every device (the disk, too), MTE's tags, newer controls of EL1 (HCRX,
 * fine-grained traps), a guest's own state, an EL2 stub below a host at EL1.
 * Guarded control stacks must be off.
 *
 * After TRANS_SNAPSHOT_TAKEN the host powers off. If it goes on instead, and
 * changes anything outside of its memory, there are two futures of one machine:
 * it must take the image away first (trans_swsusp_clear).
 *
 * After any failure the host goes on as if nothing had been asked.
 *
 * Before the disk is written:
 *   call     TRANS_EINVAL    a missing or contradicting argument, or alloc gave
 *                            what is not saved (pa)
 *   call     TRANS_EALIGN    @save or @nosave
 *   memory   TRANS_ENOMEM    @free is too small (len: bytes needed), or alloc
 *                            refused
 *   memory   TRANS_ENOSPC    the swap area is too small (desc: slots needed),
 *                            or there are too many ranges; `why` says which
 *   input    TRANS_EIMAGE    no swap area there, one for another page size or
 *                            with bad pages, or an image that is still to be
 *                            resumed
 *   host     TRANS_EFAULT    phys_to_virt refused (later, too)
 *   host     TRANS_EHOST     the disk could not be read, or alias_prepare gave
 *                            a positive number
 *   host     any other       alias_prepare's
 *
 * When pages were written, but no signature:
 *   host     TRANS_EHOST     the disk, lz4 or slots.at refused
 *   host     TRANS_ERANGE    slots.at gave the header, or a page that is not on
 *                            the device (desc)
 *   host     TRANS_EIMAGE    the swap area went away meanwhile
 *   host     TRANS_ENOSPC    there were fewer slots than announced
 *   host     TRANS_ESTOPPED  progress said so
 *
 * When the signature could not be written, flushed or read back it is taken
 * away again (TRANS_EHOST). Only if that fails, too, and `why` is "signature
 * neither committed nor taken back", there may be an image, a complete one.
 */
int trans_snapshot_take(const struct trans_snapshot_args *args,
			struct trans_error *err);

TRANS_END_DECLS

#endif
