/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The snapshot writer: a host saves its own memory as a hibernation image, and
 * comes back through the reader of swsusp.h and hibernate.h.
 *
 * It is setjmp with a disk in between: trans_snapshot_take returns once when the
 * image is on the disk, and once more, later, in a machine that was started
 * anew, with memory and CPU as they were.
 *
 * Everything is copied to lent memory first, the CPU's context included, and
 * written from the copies, so that the disk driver may change its own memory
 * while it writes (as Linux does it: kernel/power/snapshot.c). The swap
 * header's signature is written last, in one sector: until then there is no
 * image on the disk, and from then on a complete one.
 *
 * The image has the format that Linux writes, in raw pages or LZ4, with bit 63
 * for pages of zeroes. Linux does not resume it, because the version in it is no
 * kernel's; the reader knows it by struct trans_swsusp_info, own.
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
	TRANS_SNAPSHOT_RESUMED = 1, /* and has come back from there */
};

/*
 * Compress @src_len bytes (at most 32 pages) at @src as one LZ4 block into the
 * @dst_len bytes at @dst, which is LZ4's own bound or more: src_len +
 * src_len / 255 + 16. 0 and *@out_len; any other number becomes TRANS_EHOST.
 */
typedef int (*trans_pack_fn)(void *ctx, const void *src, size_t src_len,
			     void *dst, size_t dst_len, size_t *out_len);

/*
 * Which pages of the device the image may use: in pages of the image, counted
 * from the device's start, as the swap header's own place is.
 * @first, @count: side by side from @first on; the header is not among them
 * @at:    instead: the @index-th of @count in any order, each once, never page
 *         0 or the header's; nonzero refuses (TRANS_EHOST). @first is ignored
 * @ctx:   for @at
 */
struct trans_slots {
	uint64_t first, count;
	int (*at)(void *ctx, uint64_t index, uint64_t *slot);
	void *ctx;
};

/*
 * @disk:    writable. Its callbacks are called after everything was copied
 * @offset:  page of the swap header (0 for a swap partition); there must be a
 *           swap area made for pages of this size (mkswap), whose contents
 *           nobody misses
 * @slots:   above
 * @packing: TRANS_SWSUSP_RAW or _LZ4
 * @lz4, @lz4_ctx: for the latter
 * @granule: page size of the image; 0: TRANS_4K; the CPU must have it
 * @cpu, @mpidr: of the CPU that runs (mpidr 0: as @cpu says), which must be the
 *           only one: the others are off, and no device writes to memory, from
 *           here until the host has set them up again
 * @save:    memory to be saved. What is also in @nosave or @free is left out,
 *           so all RAM that is not reserved is a good value. The stack, these
 *           arguments and what they point to must be in it, and what @ops
 *           gives. Multiples of the page size
 * @nosave:  what must not be on the disk; NULL: nothing. Its contents are
 *           undefined after a resume. Multiples of the page size
 * @free:    memory that nobody uses, lent for the time of the call: the copies
 *           and what the library needs. The host's allocator must not hand it
 *           out meanwhile. Parts of pages are left alone. Undefined afterwards,
 *           and after a resume
 * @ops, @ctx: the host's. alloc gives two granules for the way back, which are
 *           freed again before each return; phys_to_virt must reach all of @save
 *           and @free, a range of @free in one piece; clean
 * @alias_prepare, @alias_enter, @alias_drop, @host: as in struct
 *           trans_transition_args. The tables that alias_prepare makes are
 *           saved with the rest: the way back runs through them
 * @alias_leave: undo alias_enter; called in both worlds, with everything
 *           masked. NULL where alias_enter is
 * @progress, @progress_ctx: called after each 32 pages while writing, with pages
 *           done and of the whole, the info page left out; nonzero stops it
 *           (TRANS_ESTOPPED, "progress"). NULL: nobody asks
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

/* Ranges that @save may come to when the others are taken out of it, and pieces
 * of @free. */
#define TRANS_SNAPSHOT_RANGES 256

/*
 * What a snapshot needs at most: pages of zeroes need neither a copy nor a
 * slot, and how well the rest packs is not known before.
 * @pages:  to be saved
 * @memory: of @free, in whole pages of the image
 * @slots:  of the swap area
 * @has_memory, @has_slots: what there is
 */
struct trans_snapshot_needs {
	uint64_t pages;
	uint64_t memory, has_memory;
	uint64_t slots, has_slots;
};

/*
 * How much is needed, and how much is there? A few pages of @free are used as
 * working space; the disk is not asked. 0 does not say that there is enough.
 * TRANS_EINVAL, TRANS_EALIGN, TRANS_ENOSPC, TRANS_ENOMEM, TRANS_EFAULT as below.
 */
int trans_snapshot_estimate(const struct trans_snapshot_args *args,
			    struct trans_snapshot_needs *needs,
			    struct trans_error *err);

/*
 * Save, or come back; see enum trans_snapshot_result. Called at EL1, or at EL2
 * with or without E2H, MMU on, on the stack that is to come back.
 *
 * What comes back with memory: general registers, both stack pointers, DAIF and
 * other PSTATE bits, all translation state of the regime, vectors, CPACR or CPTR,
 * ELR and SPSR, thread registers, pointer authentication keys, and at EL2 what
 * Armv8.0 has there to control EL1. What does not: FP, SIMD, SVE and SME
 * registers, debug, trace and performance monitors, timers, the interrupt
 * controller, every device (the disk too), tags of MTE, newer controls of EL1
 * (HCRX, fine-grained traps), a guest's own state, an EL2 stub below a host at
 * EL1. Guarded control stacks must be off.
 *
 * After TRANS_SNAPSHOT_TAKEN the host powers off. If it goes on instead and
 * changes anything outside its memory, there are two futures of one machine: it
 * must take the image away first (trans_swsusp_clear).
 *
 * Before anything is written to the disk: TRANS_EINVAL: a missing or
 * contradicting argument, or alloc gave what is not saved (pa); TRANS_EALIGN:
 * @save or @nosave; TRANS_ENOMEM: @free is too small (len: bytes needed), or
 * alloc refused; TRANS_ENOSPC: the swap area is too small (desc: slots needed),
 * or too many ranges (why says which); TRANS_EIMAGE: no swap area there, one for
 * another page size, one with bad pages, or an image that is still to be resumed;
 * TRANS_EFAULT: phys_to_virt refused; TRANS_EHOST: the disk, or alias_prepare.
 * Those of alias_prepare.
 *
 * Later, with the swap area written, but no signature: TRANS_EHOST: the disk,
 * lz4 or slots.at; TRANS_ESTOPPED: progress said so; TRANS_ERANGE: slots.at gave a page that is not on
 * the device, or the header (desc). TRANS_EHOST also when the signature could
 * not be written, flushed or read back; it is then taken away again, and only
 * if that fails too ("signature neither committed nor taken back") an image,
 * complete, may be there.
 * After any failure the host goes on as if nothing had been asked.
 */
int trans_snapshot_take(const struct trans_snapshot_args *args,
			struct trans_error *err);

TRANS_END_DECLS

#endif
