/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The kexec front-end: replace the running program by a Linux kernel.
 *
 * It decides what moves where and how to enter; the transition does the rest.
 * Everything that can be wrong with the input is found here, before anything is
 * touched. The sequence of calls is in docs/porting.md.
 */
#ifndef TRANS_TABLE_KEXEC_H
#define TRANS_TABLE_KEXEC_H

#include <trans_table/fdt.h>
#include <trans_table/format.h>
#include <trans_table/image.h>
#include <trans_table/inspect.h>
#include <trans_table/pool.h>
#include <trans_table/transition.h>

TRANS_BEGIN_DECLS

/*
 * Addresses are physical, lengths in bytes.
 *
 * @kernel:   the kernel's file in memory: an arm64 Image, Image.gz, EFI zboot
 *            or ELF64 (format.h). It begins at a multiple of the granule; len
 *            is the file's, for which trans_image_len (image.h) helps where
 *            nobody said it. Whole granules are moved, so what lies behind the
 *            file in its last granule is moved with it. Of an Image only the
 *            first TRANS_IMAGE_HEAD_LEN bytes are read here, through
 *            phys_to_virt; the rest may be invisible to the host
 *            (TRANS_MKVALID, table.h). The other formats are read whole, and
 *            inflated or laid out in memory from @host, which the kexec holds
 *            until it is unloaded
 * @initrd:   likewise, and not read at all; len 0: none
 * @fdt, @fdt_len: the running machine's device tree, by a pointer; never
 *                 written
 * @edit:     what to say in the next kernel's tree; its initrd range is filled
 *            in here. Its reserve ranges become no destinations either
 * @ram:      all RAM. Like @fdt, @reserved, @host and @transition.cpu it must
 *            not be NULL
 * @reserved: what must not be written: firmware, no-map, others' CMA. The
 *            running program's own memory does not belong in it. May be empty
 * @host, @host_ctx: the host's ordinary environment (ops.h), around which a
 *            safe-page pool is put here. Its allocator must not hand out memory
 *            that @kernel or @initrd lies in
 * @decompress: for compressed kernels; NULL: the host has none
 * @authenticate: may these files be started? Asked before anything of them is
 *            looked at and any memory is taken; nonzero refuses. They must not
 *            change afterwards. NULL: any may
 * @auth_ctx: for @authenticate
 * @transition: everything about the CPU, the choice of the map, and callbacks
 *            (transition.h). ops, ctx, plan, zero, stays, entry, x and ram are
 *            filled in here; digests of the caller's own are checked behind
 *            those of @verify
 * @verify:   the blob checks, after the moves and before it jumps, by SHA-256
 *            that memory holds the kernel (inflated, its segments laid out),
 *            the initrd and the edited tree, each to its last byte, and then
 *            zeroes up to the end of the kernel's memory. The digests are
 *            computed here, which takes about 40 instructions a byte by the
 *            portable function at -Os, and again in the blob, 2 a byte where
 *            the CPU has instructions for SHA-256 (make bench). All of it is
 *            read through phys_to_virt here. Where a host cannot see its files
 *            it must refuse them there (TRANS_EFAULT), and can give their
 *            digests instead:
 * @kernel_sha256, @initrd_sha256: 32 bytes each: the digest of that file, known
 *            from elsewhere (a signed list, say). The file is then not read for
 *            @verify. kernel_sha256 is for a plain Image only. NULL: computed
 * @sha256:   takes blocks faster than the portable function does; NULL: that
 * @progress, @progress_ctx: called throughout a load with how much of it is
 *            done. @total is the same in each call, in no particular unit;
 *            @done never falls, and is @total in the last call of a load that
 *            succeeds. Called before and after the decompressor, after each MiB
 *            that is laid out of an ELF file or hashed for @verify, and before
 *            and after the transition is prepared, which has a progress of its
 *            own. Not called while the host's own callbacks run (clean,
 *            authenticate, a decompressor, which may ask by itself, see
 *            trans_unpack_fn). Nonzero stops the load: TRANS_ESTOPPED, and
 *            everything is given back. NULL: nobody asks
 * @relocate: place kernel and initrd as if they were not in memory yet, even if
 *            they could stay where they are. (What stays must not be written
 *            afterwards.)
 * @unsafe:   switch the safe-page rule off. For the test that must see what it
 *            prevents
 */
struct trans_kexec_args {
	struct trans_range kernel;
	struct trans_range initrd;
	const void *fdt;
	size_t fdt_len;
	struct trans_fdt_edit edit;
	const struct trans_ranges *ram;
	const struct trans_ranges *reserved;
	const struct trans_ops *host;
	void *host_ctx;
	const struct trans_decompress *decompress;
	int (*authenticate)(void *ctx, const struct trans_range *kernel,
			    const struct trans_range *initrd);
	void *auth_ctx;
	struct trans_transition_args transition;
	const uint8_t *kernel_sha256, *initrd_sha256;
	trans_sha256_fn sha256;
	int (*progress)(void *ctx, uint64_t done, uint64_t total);
	void *progress_ctx;
	bool verify;
	bool relocate;
	bool unsafe;
};

/* Sizes of the working storage: pieces of memory that RAM without reservations
 * may consist of, and moves, of which each cycle of overlapping pages takes
 * some. */
#define TRANS_KEXEC_RANGES 64
#define TRANS_KEXEC_MOVES 512

/* A part of the kernel: @len bytes at @src go to @offset bytes behind the start
 * of the kernel. */
#define TRANS_KEXEC_PIECES TRANS_ELF_SEGMENTS
struct trans_kexec_piece {
	trans_pa_t src;
	uint64_t offset, len;
};

/* The most ranges that are zeroed (behind segments and between them), and that
 * stay (each piece, the initrd, the tree). */
#define TRANS_KEXEC_REST (TRANS_ELF_SEGMENTS + 2)

/* Memory from the host. Where granules is 0 there is none. */
struct trans_kexec_block {
	trans_pa_t pa;
	unsigned int granules;
};

/* A loaded kexec, for callers to read only. About 29 KiB, so not for a stack.
 * It points into itself: do not copy or move it. */
struct trans_kexec {
	struct trans_pool pool;
	struct trans_transition transition;
	struct trans_range kernel, initrd, fdt; /* destinations */
	trans_pa_t fdt_source, spare;
	unsigned int fdt_granules, spare_granules; /* 0: not allocated */
	uint64_t table_pages, payload_bytes;
	struct trans_kexec_block unpacked, staged; /* inflated; ELF segments */
	size_t pieces;
	struct trans_kexec_piece piece[TRANS_KEXEC_PIECES];
	size_t digests; /* 0: not verified */
	struct trans_digest digest[TRANS_DIGESTS_MAX];
	/* Of the next kernel's memory: what the blob zeroes; what is in place
	 * already, and is only cleaned. */
	struct trans_ranges zero, stays;
	struct trans_ranges usable, forbidden;
	struct trans_moves want, plan;
	struct trans_range zero_storage[TRANS_KEXEC_REST];
	struct trans_range stays_storage[TRANS_KEXEC_REST];
	struct trans_range usable_storage[TRANS_KEXEC_RANGES];
	struct trans_range forbidden_storage[TRANS_KEXEC_RANGES];
	struct trans_move want_storage[TRANS_KEXEC_MOVES];
	struct trans_move plan_storage[TRANS_KEXEC_MOVES];
};

/*
 * Parse, place, edit the tree, plan the moves, prepare the transition.
 *
 * A kernel or initrd that lies where it may run stays and is not moved; so do
 * an inflated kernel, and the edited tree. A host that allocates at multiples
 * of 2 MiB can make use of that.
 *
 * The blob hands everything to the next kernel clean to the Point of Coherency,
 * whatever the host left in its caches: kernel, initrd and tree, moved or in
 * place, and the rest of the kernel's memory, up to its image_size (16 MiB
 * behind an Image without one) or the end of its ELF segments. That rest, which
 * holds .bss and the first stack, is zeroed from the file's last byte on, also
 * where the kernel stays in place. It does not count as payload or as moved.
 *
 * Where an ELF file goes: one that starts with an Image header (vmlinux) goes
 * where an Image may go, and has zeroes between its segments, as an Image has.
 * Other files of type ET_DYN go elsewhere by multiples of 2 MiB, and relocate
 * themselves. Other ET_EXEC files go to their p_paddr or nowhere. All memory
 * from the first segment's start to the last one's end must be usable.
 *
 * @host, @host_ctx and what @transition points to must outlive the kexec.
 * Nothing else of @args is looked at again. On failure everything is given
 * back, and the struct is zeroed.
 *
 *   call     TRANS_EINVAL    an argument or callback is missing (`why` names
 *                            it), unknown granule, kernel_sha256 of what is no
 *                            plain Image, a digest without @verify
 *   call     TRANS_ERANGE    kernel or initrd, to the end of its last granule,
 *                            is not in RAM; a reservation of @edit passes 2^64
 *   call     TRANS_EALIGN    kernel or initrd does not start at a granule
 *   call     TRANS_EOVERLAP  kernel and initrd share bytes, or the report page
 *                            or the UART lies in what the next kernel finds
 *   memory   TRANS_ENOMEM    alloc gave too little (len, where it is known)
 *   memory   TRANS_ENOSPC    more than TRANS_KEXEC_RANGES pieces of memory,
 *                            TRANS_KEXEC_MOVES moves or TRANS_DIGESTS_MAX
 *                            digests; no room for the device tree
 *   memory   TRANS_ENOHOLE   no place for kernel, initrd or tree (`why`)
 *   machine  TRANS_EIMAGE    the kernel's page size is one that the CPU lacks
 *   input    TRANS_EIMAGE    those of trans_image_parse, trans_packed_parse and
 *                            trans_elf_parse; compressed, and there is no
 *                            decompressor for it, or compressed twice; an ELF
 *                            file to be aligned to more than 2 MiB, or passing
 *                            2^64
 *   input    TRANS_EALIGN    a vmlinux whose first segment is not at a granule
 *   input    TRANS_ETRUNC    a file ends early
 *   input    TRANS_ECORRUPT  a compressed kernel is damaged or becomes less
 *                            than it says
 *   input    TRANS_ENOSPC    a compressed kernel becomes more than it says
 *   input    TRANS_EFDT      @fdt is no valid tree, or libfdt refused to edit
 *                            it
 *   host     TRANS_EHOST     authenticate, random, or a decompressor refused
 *   host     TRANS_EFAULT    phys_to_virt refused a file, or memory from alloc
 *   host     TRANS_ESTOPPED  progress or a decompressor said so
 * and those of trans_transition_prepare.
 */
int trans_kexec_load(struct trans_kexec *kexec,
		     const struct trans_kexec_args *args,
		     struct trans_error *err);

/*
 * A dry run: what a loaded kexec is going to do, as lines of text. Where the
 * segments go, the moves in their order, the memory that must survive, and what
 * the proof (trans_transition_check, which runs again) says. Returns what @put
 * returned, if that is not 0.
 */
int trans_kexec_print(const struct trans_kexec *kexec, trans_put_fn put,
		      void *arg);

/*
 * Ask the host, have it leave, and go. Returns only when ask refused, with the
 * status of that (trans_transition_ask); the kexec is then still loaded, and
 * the host as it was. What fails in leave does not return
 * (trans_transition_go).
 *
 *   call     TRANS_EINVAL    nothing is loaded
 */
int trans_kexec_start(struct trans_kexec *kexec, struct trans_error *err);

/* Give everything back. A zeroed struct is fine. */
void trans_kexec_unload(struct trans_kexec *kexec);

TRANS_END_DECLS

#endif
