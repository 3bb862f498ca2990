/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The hibernate front-end: bring back a saved, unpatched Linux without booting
 * a kernel first.
 *
 * load reads and verifies the whole image. A page whose place is free goes
 * there at once; the others wait in safe pages until the transition moves them.
 * start asks the host, takes the image off the disk (so it is resumed at most
 * once), has the host leave, and goes. The sequence of calls is in
 * docs/porting.md, what comes back and what does not in docs/hibernate.md.
 */
#ifndef TRANS_TABLE_HIBERNATE_H
#define TRANS_TABLE_HIBERNATE_H

#include <trans_table/inspect.h>
#include <trans_table/ranges.h>
#include <trans_table/saved.h>
#include <trans_table/swsusp.h>
#include <trans_table/transition.h>

TRANS_BEGIN_DECLS

/*
 * How the saved kernel is entered. (A snapshot of the library's own,
 * snapshot.h, says where itself, and is always entered with the MMU off.)
 * physical: at its cpu_resume, with the MMU off, as PSCI's CPU_SUSPEND would
 *           come back to it; the kernel then sets up everything by itself. No
 *           header says where that is: it is found in the image, by the literal
 *           that points to _cpu_resume
 * virtual:  at its _cpu_resume, with the MMU on, that kernel's tables in TTBR1,
 *           and its MAIR, TCR and SCTLR, which are found in the image, too
 */
enum trans_resume_entry {
	TRANS_RESUME_AUTO = 0, /* physical, and virtual if it is not found */
	TRANS_RESUME_PHYSICAL = 1,
	TRANS_RESUME_VIRTUAL = 2,
};

/*
 * Where the steps of a load end, as progress hears of them, for who measures
 * what each takes: what an image of some hundred MiB costs. @total is
 * TRANS_STEP_ALL. They are this version's, and others may differ.
 */
enum trans_resume_step {
	TRANS_STEP_LOOKED = 5,
	TRANS_STEP_OPENED = 10,
	TRANS_STEP_NUMBERED = 70,
	TRANS_STEP_PLACED = 150,
	TRANS_STEP_TRIED = 180,
	TRANS_STEP_READ = 850,
	TRANS_STEP_EFI = 920,
	TRANS_STEP_FOUND = 940,
	TRANS_STEP_ASKED = 960,
	TRANS_STEP_PREPARED = 990,
	TRANS_STEP_ALL = 1000,
};

/*
 * @disk, @offset, @unpack: see struct trans_swsusp_args
 * @progress: called throughout a load with how much of it is done. @total is
 *            the same in each call, in no particular unit; @done never falls,
 *            and is @total in the last call of a load that succeeds. Of images
 *            from 32 MiB on a call comes after at most a 20th of the work (of
 *            large ones after about what it costs to read a MiB), not counting
 *            what the host's own callbacks take. Nonzero stops the load
 *            (TRANS_ESTOPPED): nothing is lost, and everything is given back.
 *            It must not use @free. NULL: nobody asks
 * @progress_ctx: for @progress
 * @ram:      all RAM, where a page of the image may belong. Like @disk,
 *            @reserved, @free, @host and @transition.cpu it must not be NULL
 * @reserved: what must never be written: firmware, the device tree's no-map
 *            memory (trans_fdt_no_map), LPI tables that stay in use. An image
 *            with a page there is refused. Other reservations do not belong in
 *            it, since a saved Linux has pages in them, nor does the running
 *            program's own memory; but neither may be lent in @free. May be
 *            empty
 * @free:     memory in @ram that nobody uses, lent to the library from load to
 *            unload. Pages of the image go straight to their places in it, and
 *            what the library needs is carved from what the image leaves. The
 *            host's allocator must not hand it out meanwhile. At most
 *            TRANS_RESUME_RANGES pieces (trans_ranges_largest)
 * @host, @host_ctx: phys_to_virt and clean of the host; its alloc and free are
 *            not used. phys_to_virt must reach all of @free
 * @mpidr:    of the CPU that runs, as MPIDR_EL1 has it; 0: as @transition.cpu
 *            says
 * @entry:    how the saved kernel is entered, above
 * @id:       where to say which image it was, for trans_resume_discard. load
 *            zeroes it, and sets it as soon as there is an image, whatever
 *            becomes of the load then. NULL: nobody asks
 * @efi_system_table, @efi_runtime: the EFI firmware that the host leaves
 *            behind: the PA of its system table, and all that its current
 *            memory map marks EFI_MEMORY_RUNTIME. 0 and NULL: there is no such
 *            firmware. A kernel that EFI booted goes on calling runtime
 *            services; so it is resumed only where its own services are: at the
 *            same place, in regions that still belong to the runtime, not moved
 *            by SetVirtualAddressMap, and with no page of the image over them.
 *            By the end of leave the host must have called ExitBootServices, or
 *            done what that does. It must lend none of @efi_runtime, whatever
 *            the image is
 * @efi_anyway: resume a kernel that EFI booted whatever firmware is here.
 *            Without its own it dies in the first runtime service that it
 *            calls; one that was booted with efi=noruntime calls none
 * @cpu_anyway: resume a kernel that says that another kind of CPU saved it
 *            (than @transition.cpu->midr), or that it found features that
 *            @transition.cpu lacks. Code that it patched for them may not run
 *            here, and programs go on using what they were told of
 * @has_its:  the machine has a GICv3 ITS, so the saved kernel's LPI tables are
 *            asked for: the host must put known.lpis.tables, if they are known,
 *            into struct trans_gic before ask and leave, so that
 *            trans_gic_resume gives them back to the redistributors. A kernel
 *            that does not say where they are is refused
 * @lpis_anyway: resume it all the same: for one that has no interrupt by LPIs,
 *            as devices on PCI have with MSI. Such a device is dead then
 * @pending, @room: with @has_its, where to put what the saved kernel's CPUs
 *            have, in use until unload: for as many as it may have had
 * @sidecar, @sidecar_len: what the saved kernel's user space left for the case
 *            that nothing else says (docs/hibernate.md, "Asking the kernel");
 *            NULL: nothing
 * @wipe:     zero what was written of @free, to the Point of Coherency, before
 *            it is the host's again: after a refusal, and in unload. An image
 *            holds what its kernel's memory held, such as passwords and keys.
 *            Zeroed are the reader's buffers, what the library kept for itself,
 *            tables and blob, and each page that data was, or may have been,
 *            read into; not the rest of @free, nor what the host's callbacks
 *            keep (a disk's cache or bounce buffer, a decompressor's memory).
 *            It is done in pieces of a MiB at most, and page by page where
 *            phys_to_virt refuses a piece; a page that it refuses then, too,
 *            stays as it is, and nobody is told
 * @workers:  other CPUs, to unpack, to clean and to search (workers.h); they
 *            stay the caller's, and are used in trans_resume_load only. The
 *            reader's buffer takes 68 pages of @free more for each; where
 *            that is not to be had, the load begins again without them. NULL:
 *            none
 * @transition: everything about the CPU, the choice of the map, and callbacks
 *            (transition.h). granule, ops, ctx, plan, entry, x, world and
 *            progress are filled in here; zero, stays and digests must be
 *            empty. A report page must lie outside of the image. The leave
 *            callback must leave the interrupt controller as the saved kernel
 *            expects it: by trans_gic_resume (gic.h), not trans_gic_off
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
	bool efi_anyway, cpu_anyway, has_its, lpis_anyway, wipe;
	struct trans_gic_pending *pending;
	size_t room;
	const char *sidecar;
	size_t sidecar_len;
	const struct trans_workers *workers;
	struct trans_transition_args transition;
};

/* The most ranges that @ram may have, and that the host may lend. */
#define TRANS_RESUME_RANGES 64

/*
 * RAM in numbered units, and what is known of each by a bit. A unit is a page
 * of the image, or a granule of the transition if that is smaller.
 * @shift: log2 of a unit's bytes
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
 * A loaded image, for callers to read only. It points into itself: do not copy
 * or move it. About 5 KiB, so not for a small stack. (What grows with the image
 * is carved from @free.)
 * @image:  its info is what the image says of itself
 * @how:    TRANS_RESUME_PHYSICAL or _VIRTUAL
 * @entry:  where it is entered: a PA, or for _VIRTUAL a VA
 * @direct_pages, @moved_pages: pages of the image that were placed at once, and
 *          that are placed by moves
 * @zero_pages: those among both that are not stored, because they are zero
 * @efi_system_table: PA of the one that booted the saved kernel; 0: EFI did
 *          not, or nobody looked (efi_anyway, a snapshot of the library's own)
 * @known:  what the saved kernel says of itself (saved.h); each field is 0 if
 *          it does not. Nothing of a snapshot of the library's own
 * @direct: the lent memory that pages of the image go straight to
 * @plan:   the moves, in the order of their destinations
 */
struct trans_resume {
	struct trans_host host; /* hibernate/'s own; first: @ops go on to it */
	struct trans_swsusp image;
	struct trans_transition transition;
	enum trans_resume_entry how;
	uint64_t entry;
	uint64_t direct_pages, moved_pages, zero_pages;
	trans_pa_t efi_system_table;
	struct trans_saved_facts known;
	struct trans_ranges direct;
	struct trans_moves plan;
	/* The rest is hibernate/'s own. */
	struct trans_ops ops; /* carves from what the image leaves of @direct */
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
 * What a host does about what trans_resume_load, _start or _probe returned:
 *
 *   0                START  after a load: trans_resume_start. (After a probe:
 *                           there is an image, load it.)
 *   TRANS_ENOIMAGE   BOOT   as usual: the disk was read, and there is no image.
 *                           If info.page_shift is 0 there is no swap space
 *                           either, so a host that was told where to look was
 *                           told wrongly, and should say so loudly
 *   TRANS_ENOMEM     AGAIN  with more lent memory
 *   TRANS_ESTALE     AGAIN  the disk changed meanwhile; look what is there now
 *   TRANS_ESTOPPED   AGAIN  the host's own callback stopped it
 *   TRANS_ELOST      RESET  a worker does not answer, or a read of the disk
 *                           does not end, and may still write to lent memory.
 *                           Nothing in this machine can be relied on; the image
 *                           stays, for after the reset
 *   any other        KEEP   there is an image that was refused, or nobody knows
 *                           (TRANS_EHOST: the disk cannot be read). It stays
 *
 * KEEP: do not mount the file systems that the saved system had in use, and
 * boot nothing that does. Otherwise the image is resumed some day, with what it
 * remembers of them, and destroys them. Mend what was the reason, or give the
 * image up first: trans_resume_discard. For a host that does not try again,
 * AGAIN means KEEP.
 */
enum trans_resume_advice {
	TRANS_RESUME_START = 0,
	TRANS_RESUME_BOOT = 1,
	TRANS_RESUME_AGAIN = 2,
	TRANS_RESUME_KEEP = 3,
	TRANS_RESUME_RESET = 4,
};
enum trans_resume_advice trans_resume_advise(int status);

/*
 * Open, read, verify, place, find the entry, prepare the transition. Neither
 * the disk is written, nor any memory outside of @free.
 *
 * On failure the struct is zeroed, but for image.info.page_shift after
 * TRANS_ENOIMAGE (of the swap space that is there; 0: none), and @free is the
 * host's again, with whatever contents (see @wipe); but not after TRANS_ELOST.
 *
 *   answer   TRANS_ENOIMAGE  there is no image. Only trans_swsusp_open can find
 *                            that; a callback that says so gives TRANS_EHOST
 *   call     TRANS_EINVAL    an argument is missing (`why` names it); unknown
 *                            @entry; zero, stays or digests in @transition;
 *                            @free is not RAM, reserved, or EFI's runtime's; an
 *                            unknown sector size of the disk
 *   call     TRANS_ERANGE    @ram goes beyond 52 bits
 *   memory   TRANS_ENOMEM    @free has too little beside the image's places
 *                            (len: of what was asked for last). Found before
 *                            data is read, but for the few pages of a virtual
 *                            entry that is only a fallback
 *   memory   TRANS_ENOSPC    more than TRANS_RESUME_RANGES ranges of RAM or
 *                            lent
 *   machine  TRANS_EIMAGE    the CPU lacks the image's page size; another CPU
 *                            saved it (desc: its MPIDR); it was saved at
 *                            another exception level, where PSCI's conduit
 *                            would be another, too; no unpacker for it
 *   machine  TRANS_ERANGE    a page of the image is outside of @ram, or touches
 *                            @reserved (pa)
 *   machine  TRANS_ESTATE    EFI booted the saved kernel, and its runtime
 *                            services are not those of @efi_system_table and
 *                            @efi_runtime, or its memory map, which would tell,
 *                            is not in the image, or a page of the image lies
 *                            over @efi_runtime (pa: system table, region or
 *                            page)
 *   machine  TRANS_EIMAGE    another kind of CPU saved it (desc: its MIDR);
 *                            this one lacks what that had (`why` names the ID
 *                            register, desc: ones in the fields that lack)
 *   machine  TRANS_ESTATE    LPI tables unknown, or of more CPUs than there is
 *                            @room for, and the machine has an ITS
 *   entry    TRANS_EIMAGE    no cpu_resume is found, or more than one; no sign
 *                            of the exception level at which the image was
 *                            saved; or a virtual entry is not possible
 *                            (permission indirection). Another @entry may do
 *   entry    TRANS_EINVAL    virtual: the linear map has another granule than
 *                            the image
 *   input    TRANS_EIMAGE    those of trans_swsusp_open; two device trees of
 *                            EFI in the image disagree
 *   input    TRANS_ECORRUPT  PFNs that do not ascend, or are fewer or more than
 *                            announced; device trees that overlap; the way back
 *                            of a snapshot is not in it; those of
 *                            trans_swsusp_read
 *   input    TRANS_ETRUNC    a slot or map beyond the device, maps that end
 *                            early
 *   host     TRANS_EHOST     the disk, or an unpacker for a reason of its own
 *   host     TRANS_EFAULT    phys_to_virt refused lent memory
 *   host     TRANS_ESTALE    the disk, which is opened twice, held another
 *                            image the second time
 *   host     TRANS_ESTOPPED  progress or an unpacker said so
 *   host     TRANS_ELOST     a worker does not answer (desc: which), or a read
 *                            that the disk was asked for early does not end
 *                            (pa, len: of the disk). Nothing of @free is the
 *                            host's again, nor wiped: it must reset the
 *                            machine, and start no kernel
 * and those of trans_swsusp_open and trans_transition_prepare.
 */
int trans_resume_load(struct trans_resume *resume,
		      const struct trans_resume_args *args,
		      struct trans_error *err);

/*
 * Prove once more that nothing needed is overwritten: trans_transition_check,
 * and that no page that the transition needs belongs to the image.
 *
 *   call     TRANS_EOVERLAP  one does; pa, len: which
 * and those of trans_transition_check.
 */
int trans_resume_check(const struct trans_resume *resume,
		       struct trans_error *err);

/* A dry run, as lines of text: what the image says, where its pages go, how it
 * is entered, what the proof says. Returns what @put returned, if that is not
 * 0. */
int trans_resume_print(const struct trans_resume *resume, trans_put_fn put,
		       void *arg);

/*
 * Ask the host, take the image off the disk, have the host leave, and go.
 * Returns only on failure, with the host and its disks alive, and so that the
 * image can be resumed another time: when ask refused, with its status, and
 * nothing was written; or when the disk did, with that of trans_swsusp_clear,
 * which says what is then on the disk, and ask was undone by unask. What fails
 * in leave comes when the image is gone, and does not return
 * (trans_transition_go).
 *
 *   call     TRANS_EINVAL    nothing is loaded
 * and those of trans_transition_ask and trans_swsusp_clear.
 */
int trans_resume_start(struct trans_resume *resume, struct trans_error *err);

/* Forget it: @free is the host's again, with whatever contents (see @wipe). A
 * zeroed struct is fine. */
void trans_resume_unload(struct trans_resume *resume);

/*
 * Only look: is there an image, and what does it say? For a boot menu, and for
 * a host that must decide before it lends memory. @buffer as in struct
 * trans_swsusp_args. @info is zeroed on failure, but for page_shift after
 * TRANS_ENOIMAGE (of the swap space that is there; 0: none). @id: as in struct
 * trans_resume_args. Errors: those of trans_swsusp_open.
 */
int trans_resume_probe(const struct trans_block *disk, uint64_t offset,
		       void *buffer, uint64_t buffer_len,
		       struct trans_swsusp_info *info,
		       struct trans_image_id *id, struct trans_error *err);

/*
 * Give an image up, so that nobody can resume it any more, and its file systems
 * can be mounted; they are then as after a crash. Needs only the @id that a
 * load or a probe gave, and @buffer, of TRANS_SWSUSP_BUFFER(12) bytes for any
 * page size, aligned to 4 KiB; both stay the caller's. Writes the sector of the
 * signature, flushes and reads it back as trans_swsusp_clear does: after a
 * failure the image is there as before, unless `why` is "signature neither
 * cleared nor restored".
 *
 * If the header says that there is an image, but the first page of its map or
 * its info page cannot be read, it has no @id (page_len is 0) and cannot be
 * discarded, since nobody can say which image it is. Then another system must
 * do it: mkswap makes the swap space anew, and swapon of util-linux puts the
 * signature of swap back where it finds that of an image. Until then its file
 * systems must not be mounted.
 *
 *   call     TRANS_EINVAL    not the id of an image; no disk, or an unknown
 *                            sector size; @buffer is missing or not aligned
 *   memory   TRANS_ENOSPC    @buffer_len is too small
 *   input    TRANS_EIMAGE    the header has no signature of swap to put back:
 *                            only making the swap space anew helps
 *   host     TRANS_ESTALE    the disk holds something else than @id says, or no
 *                            image; nothing was written
 *   host     TRANS_EHOST     the disk is read-only or refused
 */
int trans_resume_discard(const struct trans_block *disk,
			 const struct trans_image_id *id, void *buffer,
			 uint64_t buffer_len, struct trans_error *err);

TRANS_END_DECLS

#endif
