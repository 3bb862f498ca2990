/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The hibernate front-end: bring back a saved, unpatched Linux without booting
 * one.
 *
 * load reads and verifies the whole image. A page whose place is free goes
 * there at once; the others wait in safe pages for the transition's moves.
 * start asks the host, takes the image off the disk (at most once), has the host
 * leave, and goes.
 */
#ifndef TRANS_TABLE_HIBERNATE_H
#define TRANS_TABLE_HIBERNATE_H

#include <trans_table/inspect.h>
#include <trans_table/ranges.h>
#include <trans_table/swsusp.h>
#include <trans_table/transition.h>

TRANS_BEGIN_DECLS

/*
 * How the saved kernel is entered. A snapshot of the library's own (snapshot.h)
 * says itself where, and is always entered with the MMU off.
 * physical: its cpu_resume, MMU off, as PSCI's CPU_SUSPEND would; the kernel
 *           then sets up everything itself. Its address is in no header: it is
 *           found in the image, by the literal that points to _cpu_resume
 * virtual:  its _cpu_resume, MMU on with its tables in TTBR1 and MAIR, TCR,
 *           SCTLR as that kernel has them. Needs more knowledge
 */
enum trans_resume_entry {
	TRANS_RESUME_AUTO = 0, /* physical, and virtual if it is not found */
	TRANS_RESUME_PHYSICAL = 1,
	TRANS_RESUME_VIRTUAL = 2,
};

/*
 * @disk, @offset, @unpack: see struct trans_swsusp_args
 * @progress: called throughout a load with how much of it is done: @total is the
 *            same in each call, @done never falls, and is @total in the last one
 *            of a load that succeeds. The unit means nothing. Between two calls
 *            lies at most a 20th of the work (of images from 32 MiB on; of large
 *            ones about what a MiB costs to read), beside what the host's own
 *            callbacks take. Nonzero stops the load: TRANS_ESTOPPED, as after
 *            any other failure: nothing is lost, all is given back. It must not
 *            touch @free. NULL: nobody asks
 * @ram:      all RAM: where a page of the image may belong. Like @disk,
 *            @reserved, @free, @host and @transition.cpu not NULL
 * @reserved: what must never be written: firmware, the device tree's no-map
 *            (trans_fdt_no_map), LPI tables that stay in use. A page of the
 *            image there is refused. Other reservations do not belong in it,
 *            since Linux saves what it maps, nor the running program's memory;
 *            they may not be lent in @free either. An empty list: there is none
 * @free:     memory in @ram that nobody uses, lent to the library from load to
 *            unload: pages of the image go straight to their places in it, and
 *            what the library needs is carved from what the image leaves. The
 *            host's allocator must not hand it out meanwhile. Of more
 *            pieces than TRANS_RESUME_RANGES, trans_ranges_largest
 * @host, @host_ctx: phys_to_virt and clean of the host; alloc and free are not
 *            used. phys_to_virt must reach all of @free
 * @mpidr:    of the CPU that runs, as MPIDR_EL1 has it; 0: that of
 *            @transition.cpu
 * @entry:    above
 * @id:       NULL, or the caller's, for which image it was: zeroed by load, and
 *            set as soon as there is one, whatever becomes of the load then.
 *            For trans_resume_discard
 * @efi_system_table, @efi_runtime: the EFI firmware that the host leaves
 *            behind: the PA of its system table, and all that its map of memory
 *            now marks EFI_MEMORY_RUNTIME. A kernel that EFI booted goes on
 *            calling runtime services, and so is resumed only where its own are:
 *            at the same place, not moved by SetVirtualAddressMap, in regions
 *            that the runtime has again. The host must have called
 *            ExitBootServices, or do what it does, by the end of leave, and
 *            lend none of @efi_runtime, whatever the image is; and no page of
 *            the image of such a kernel may lie over it. 0, NULL: there is no
 *            such firmware
 * @efi_anyway: resume it whatever firmware is here. Without its own such a kernel
 *            dies in the first runtime service that it calls; booted with
 *            efi=noruntime it calls none
 * @wipe:     what was written of @free is zeroed, to the PoC, before it is the
 *            host's again: after a refusal, and by unload. An image holds what
 *            its kernel's memory held, passwords and keys among it. Zeroed are
 *            the reader's buffers, what the library kept for itself, tables and
 *            blob, and each page that data was, or may have been, read into: in
 *            pieces of a MiB at most, and of a page where phys_to_virt refuses
 *            one. What it refuses then too stays as it is, and nobody is told
 *            (it must reach all of @free). Not zeroed are the rest of @free, and
 *            what the host's own callbacks keep: a disk's cache or bounce
 *            buffer, a decompressor's memory
 * @transition: everything about the CPU, the map choice and callbacks; granule,
 *            ops, ctx, plan, entry, x, world and progress are filled in here
 *            (zero, stays and digests must be empty). A report
 *            page must lie outside the image. The leave callback must leave the
 *            interrupt controller as the saved kernel expects it:
 *            trans_gic_resume (gic.h), not trans_gic_off
 */
struct trans_resume_args {
	const struct trans_block *disk;
	uint64_t offset;
	struct trans_unpackers unpack;
	int (*progress)(void *ctx, uint64_t done, uint64_t total);
	void *progress_ctx;
	const struct trans_ranges *ram;
	const struct trans_ranges *reserved;
	const struct trans_ranges *free;
	const struct trans_ops *host;
	void *host_ctx;
	uint64_t mpidr;
	enum trans_resume_entry entry;
	struct trans_image_id *id;
	trans_pa_t efi_system_table;
	const struct trans_ranges *efi_runtime;
	bool efi_anyway, wipe;
	struct trans_transition_args transition;
};

/* Ranges that @ram may have, and ranges that the host may lend. */
#define TRANS_RESUME_RANGES 64

/*
 * Pages of RAM, numbered, and what is known of each: one bit a unit. A unit is
 * a page of the image, or a granule of the transition if that is smaller.
 * @image: belongs to the image
 * @zero:  belongs to it and is all zeroes, so that it was not stored; NULL: the
 *         image has no such page
 * @taken: handed out to the transition, or holds what is to be moved
 */
struct trans_resume_bank {
	trans_pa_t start;
	uint64_t len;
	uint64_t first; /* the number of the unit at @start */
};
struct trans_resume_map {
	unsigned int shift;
	uint64_t units;
	uint64_t *image, *zero, *taken;
	size_t banks;
	struct trans_resume_bank bank[TRANS_RESUME_RANGES];
};

/*
 * A loaded image; read-only for callers. It points into itself: not to be
 * copied or moved. About 5 KiB: not for a small stack. Everything of a size
 * that follows the image's is carved from @free.
 * @info of @image: what the image says of itself
 * @how:    TRANS_RESUME_PHYSICAL or _VIRTUAL
 * @entry:  where it is entered: a PA, or a VA
 * @direct_pages, @moved_pages, @zero_pages: of the image: placed at once; by
 *          moves; not stored because they are zero (part of the other two)
 * @efi_system_table: by which the saved kernel was booted; 0: not by EFI, or
 *          nobody looked (efi_anyway, a snapshot of the library's own)
 * @direct: what of the lent memory the image's pages go straight to
 * @plan:   the moves, in the order of their destinations
 */
struct trans_resume {
	struct trans_swsusp image;
	struct trans_transition transition;
	enum trans_resume_entry how;
	uint64_t entry;
	uint64_t direct_pages, moved_pages, zero_pages;
	trans_pa_t efi_system_table;
	struct trans_ranges direct;
	struct trans_moves plan;
	/* The rest is hibernate/'s own. */
	struct trans_ops ops; /* carves from what the image leaves of @direct */
	const struct trans_ops *host;
	void *host_ctx;
	struct trans_resume_map map;
	trans_pa_t safe_below; /* free pages from here on hold what moves */
	trans_pa_t hint;       /* no free granule above */
	struct trans_range block; /* set aside for the blob's code */
	bool block_used;
	bool wipe, filled;       /* data was, or may have been, read */
	struct trans_ranges cut; /* of lent memory, not in @direct */
	struct trans_world world;
	struct trans_range direct_storage[TRANS_RESUME_RANGES + 16];
	struct trans_range cut_storage[8]; /* one each for what is cut off */
};

/*
 * What a host does with what trans_resume_load, _start or _probe returned. The
 * statuses behind it are those of errors.h:
 *
 * status                          advice
 * 0                               START: of a load: trans_resume_start. (Of a
 *                                 probe: there is one, load it)
 * TRANS_ENOIMAGE                  BOOT: as usual. The disk was read, and there
 *                                 is no image. If info.page_shift is 0, there is
 *                                 no swap space either: a host that knows where
 *                                 it is to look should say so loudly, since
 *                                 the place is wrong
 * TRANS_ENOMEM                    AGAIN: with more lent memory
 * TRANS_ESTALE                    AGAIN: the disk changed meanwhile; what is
 *                                 there now is known by looking
 * TRANS_ESTOPPED                  AGAIN: the host's own progress stopped it
 * every other one, and numbers    KEEP: there is an image that was refused, or
 * that are none                   nobody knows (TRANS_EHOST: the disk cannot be
 *                                 read). It stays
 *
 * AGAIN is KEEP for a host that does not try again. KEEP: do not mount, or boot
 * what mounts, the file systems that the saved system had in use: it would be
 * resumed some day, with what it remembers of them, and destroy them. Repair
 * what was the reason, or give the image up first: trans_resume_discard.
 */
enum trans_resume_advice {
	TRANS_RESUME_START = 0,
	TRANS_RESUME_BOOT = 1,
	TRANS_RESUME_AGAIN = 2,
	TRANS_RESUME_KEEP = 3,
};
enum trans_resume_advice trans_resume_advise(int status);

/*
 * Open, read, verify, place, find the entry, prepare the transition. The disk
 * is not written. What the running program has outside @free is not written
 * either.
 *
 * Errors: those of trans_swsusp_open and _read, trans_transition_prepare;
 * TRANS_EIMAGE: the CPU lacks the image's page size, or another CPU saved it
 * (err->desc: its MPIDR), or it was saved at another exception level (with VHE
 * or a stub at EL2 and we are at EL1; at EL1 and we are at EL2, where its PSCI
 * conduit would be another one), or virtual entry is not possible (the CPU has
 * permission indirection), or two device trees of EFI in it disagree;
 * TRANS_ESTATE: EFI booted the saved kernel, and its runtime services are not
 * those of @efi_system_table and @efi_runtime, or its map of memory, which would
 * tell, is not in the image (err->pa: its system table, or the region), or a page
 * of the image lies over @efi_runtime (err->pa: that page);
 * TRANS_ERANGE: a page of the image is outside @ram, or touches @reserved
 * (err->pa), or @ram is beyond 52 bits; TRANS_ECORRUPT: PFNs that do not ascend,
 * or fewer or more than announced, or device trees that overlap; TRANS_EIMAGE
 * too: no entry was found, or more than one, or no sign of the exception level
 * it was saved at; TRANS_ESTALE: the disk, which is opened twice, held another
 * image the second time; TRANS_ENOMEM: @free has too little beside the image
 * (err->len: of what is asked for), found before data is read (but for the few
 * pages of a virtual entry that was not asked for); TRANS_ENOSPC: more than
 * TRANS_RESUME_RANGES ranges of RAM or lent; TRANS_EFAULT: phys_to_virt refuses
 * lent memory; TRANS_EINVAL: a missing argument (`why` names it), an unknown
 * @entry, or zero, stays or digests of a transition's, or @free is not RAM, or
 * is reserved, or EFI's runtime's, or (a virtual entry) the linear map is of another granule than the
 * image. TRANS_ENOIMAGE comes from trans_swsusp_open alone: what a callback says
 * is not passed on as that.
 * On failure the struct is zeroed, but for image.info.page_shift after
 * TRANS_ENOIMAGE (the swap space that is there, 0: none), and @free is the host's
 * again (zeroed where it was written, if args->wipe says so).
 */
int trans_resume_load(struct trans_resume *resume,
		      const struct trans_resume_args *args,
		      struct trans_error *err);

/*
 * Prove once more that nothing needed is overwritten: trans_transition_check,
 * and that no page the transition needs belongs to the image.
 * TRANS_EOVERLAP and those of trans_transition_check.
 */
int trans_resume_check(const struct trans_resume *resume,
		       struct trans_error *err);

/* The dry run, as lines of text: what the image says, where pages go, how it
 * is entered, what the proof says. Returns what @put returned, if not 0. */
int trans_resume_print(const struct trans_resume *resume, trans_put_fn put,
		       void *arg);

/*
 * Ask the host; take the image off the disk; leave and go. Returns only on
 * failure, with the host and its disks alive, and the image can be resumed
 * another time: when ask refused (its status; nothing was written), or when the
 * disk did (that of trans_swsusp_clear, which says what becomes of the image
 * then; ask was undone by unask). What fails in leave comes after the image is
 * gone, and does not return: see trans_transition_go. TRANS_EINVAL: nothing is
 * loaded.
 */
int trans_resume_start(struct trans_resume *resume, struct trans_error *err);

/* Forget it: @free is the host's again, with whatever contents (zeroes, if
 * args->wipe said so, where anything was written). A zeroed struct is fine. */
void trans_resume_unload(struct trans_resume *resume);

/*
 * Only look: is there an image, and what does it say? For a boot menu, and for
 * a host that must decide before it lends memory. @buffer as swsusp.h has it.
 * @info: zeroed on failure, but for page_shift after TRANS_ENOIMAGE: that of the
 * swap space that is there, 0: none. @id: NULL, or set as struct
 * trans_resume_args has it, also for an image that is refused. Errors of
 * trans_swsusp_open.
 */
int trans_resume_probe(const struct trans_block *disk, uint64_t offset,
		       void *buffer, uint64_t buffer_len,
		       struct trans_swsusp_info *info,
		       struct trans_image_id *id, struct trans_error *err);

/*
 * Give an image up, so that nobody can resume it any more and its file systems
 * can be mounted: they are as after a crash. Needs nothing but the @id that a load
 * or a probe gave, and @buffer: TRANS_SWSUSP_BUFFER(12) bytes for images of any
 * page size, aligned to 4 KiB; both stay the caller's. Writes only the sector of
 * the signature, flushes, reads back, like trans_swsusp_clear: after a failure
 * the image is there as before, or @err says "signature neither cleared nor
 * restored".
 *
 * There is no such @id (page_len is 0) where the header says that there is an
 * image, and the first page of its map or its info page cannot be read: then it
 * cannot be discarded, since nobody can say which image it is. The way out is
 * another system's: mkswap makes the swap space anew; and swapon of util-linux
 * puts the signature of swap back where it finds that of an image. Until one of
 * the two was done its file systems must not be mounted.
 *
 * TRANS_ESTALE: the disk holds something else than @id says, or no image;
 * nothing was written; TRANS_EIMAGE: the header has no signature of swap to put
 * back: only making swap space anew helps; TRANS_EHOST: the disk, or it is
 * read-only; TRANS_ENOSPC: @buffer_len; TRANS_EINVAL: the id of no image, no
 * disk, @buffer is missing or not aligned.
 */
int trans_resume_discard(const struct trans_block *disk,
			 const struct trans_image_id *id, void *buffer,
			 uint64_t buffer_len, struct trans_error *err);

TRANS_END_DECLS

#endif
