/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The kexec front-end: replace the running program by a Linux kernel.
 *
 * It only decides what moves where and how to enter; the transition does the
 * rest. Everything that can be wrong with the input is found here, before
 * anything is touched.
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
 * @kernel:   the file in memory (physical, start a multiple of the granule):
 *            arm64 Image, Image.gz, EFI zboot, ELF64 (format.h). Of an Image
 *            only the first TRANS_IMAGE_HEAD_LEN bytes are read here, through
 *            phys_to_virt; the rest may be invisible to the host (see
 *            TRANS_MKVALID). len is the file's: where nobody said it,
 *            trans_image_len (image.h). Whole granules are moved, so what follows the
 *            file in its last one is moved with it. The other formats are read
 *            whole; they are inflated or laid out in memory from @host, which
 *            the kexec holds until it is unloaded
 * @initrd:   likewise, and not read at all; len 0: none
 * @fdt, @fdt_len: the running machine's device tree, a pointer; never written
 * @edit:     what to say in the next one; its initrd range is filled in here.
 *            Its reserve ranges are no destinations either
 * @ram:      all RAM. Like @fdt, @reserved, @host and @transition.cpu not NULL
 * @reserved: what must not be written: firmware, no-map, CMA of others. The
 *            running program's own memory does not belong in it. An empty list:
 *            there is none
 * @host, @host_ctx: the host's ordinary environment; a safe-page pool is put
 *            around it here. Its allocator must not hand out source memory
 * @decompress: for compressed kernels; NULL: there are none
 * @authenticate: asked before anything of the files is looked at, and before
 *            any memory is taken: are these bytes to be started? Nonzero
 *            refuses. They must not change afterwards. NULL: anything is
 * @auth_ctx: for @authenticate
 * @transition: everything about the CPU, the map choice and callbacks; ops,
 *            ctx, plan, zero, stays, entry, x and ram are filled in here;
 *            digests of the
 *            caller's own are checked behind those of @verify
 * @verify:   the blob checks after the moves, and before it jumps, that memory
 *            holds the kernel (inflated, its segments laid out), the initrd
 *            and the edited tree, each to its last byte, and zeroes up to the
 *            end of the kernel's memory. Their SHA-256 is
 *            computed here, once: about 40 instructions a byte by the portable
 *            function at -Os; and again in the blob: 2 a byte where the CPU
 *            has SHA-256 instructions (make bench). All of it is read through
 *            phys_to_virt, which must be able to: where that refuses,
 *            TRANS_EFAULT; where it promises more than it can read, a fault of
 *            the host's. A host that cannot see its files says what their
 *            digests are:
 * @kernel_sha256, @initrd_sha256: 32 bytes each: the digest of that file,
 *            known from elsewhere (a signed list, say). The file is then not
 *            read for @verify. For a kernel that is a plain Image only. NULL:
 *            computed
 * @sha256:   takes blocks faster than the portable function; NULL: that
 * @progress, @progress_ctx: called throughout a load with how much of it is
 *            done: @total is the same in each call, @done never falls nor
 *            passes it, and is @total in the last one of a load that succeeds.
 *            The unit means nothing. Called before and after the decompressor,
 *            after each MiB that is laid out of an ELF file or hashed for
 *            verify, and before and after the transition is prepared (which has
 *            a progress of its own). Other work is the host's: cleaning,
 *            authenticate, and a decompressor, which may ask for itself (see
 *            trans_unpack_fn). Nonzero stops the load: TRANS_ESTOPPED, as after
 *            any other failure: all is given back. NULL: nobody asks
 * @relocate: place kernel and initrd as if they were nowhere yet, even if they
 *            could stay where they are. What stays must not be written
 *            afterwards
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

/* Working storage; fixed, because kexec has three segments. Each swap of two
 * pages that overlap in a cycle costs moves; TRANS_KEXEC_MOVES bounds them. */
#define TRANS_KEXEC_RANGES 64
#define TRANS_KEXEC_MOVES 512

/* A part of the kernel: @len bytes at @src go @offset bytes behind where the
 * kernel starts. */
#define TRANS_KEXEC_PIECES TRANS_ELF_SEGMENTS
struct trans_kexec_piece {
	trans_pa_t src;
	uint64_t offset, len;
};

/* Ranges to be zeroed: one behind each segment, or between them. Ranges that
 * stay: each piece, the initrd, the tree. */
#define TRANS_KEXEC_REST (TRANS_ELF_SEGMENTS + 2)

/* Memory from the host; granules 0: none. */
struct trans_kexec_block {
	trans_pa_t pa;
	unsigned int granules;
};

/* A loaded kexec; read-only for callers. About 29 KiB: not for a stack. It
 * points into itself: not to be copied or moved. */
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
	/* Of the next kernel's memory: zeroed by the blob; in place already,
	 * and only cleaned. */
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
 * A kernel or initrd that is where it may run stays and is not moved; so does an
 * inflated kernel, and the edited tree. A host that allocates from 2 MiB
 * boundaries can make use of that.
 *
 * What the next kernel is handed, it is handed clean to the Point of Coherency,
 * by the blob, whatever the host left in its caches: the kernel, the initrd and
 * the tree, moved or in place, and the rest of the kernel's memory up to its
 * image_size (16 MiB behind an Image without one), or the end of its ELF
 * segments. That rest, which holds its .bss and its first stack, is zeroed: from
 * the file's last byte on, for a kernel that stays in place as well. None of
 * it counts as payload or as moved.
 *
 * ELF: a file that starts with an Image header (vmlinux) goes where an Image
 * may go, and has zeroes between its segments, as an Image has; other ET_DYN files too, by whole multiples of 2 MiB, and relocate
 * themselves; other ET_EXEC files go to their p_paddr or nowhere. All memory
 * from the first segment to the end of the last must be usable.
 *
 * @host, @host_ctx and what @transition points to must outlive the kexec;
 * nothing else of @args is looked at again.
 *
 * Errors: those of trans_image_parse, trans_packed_parse, trans_elf_parse,
 * trans_place, trans_fdt_edit, trans_moves_plan and trans_transition_prepare;
 * TRANS_EHOST (authenticate refused, or a decompressor for an unknown reason),
 * TRANS_EIMAGE (compressed, and there is no decompressor for it, or twice; an
 * ELF file that must be aligned to more than 2 MiB), TRANS_ETRUNC,
 * TRANS_ECORRUPT, TRANS_ENOSPC ("compressed kernel": less, other or more than
 * its declared length); TRANS_EINVAL (a missing
 * argument or callback, which `why` names; granule), TRANS_ERANGE (kernel or initrd, to the end of
 * its last granule, is not in RAM), TRANS_EALIGN (it does not start at a
 * granule), TRANS_EOVERLAP (the two share bytes), TRANS_EFAULT (phys_to_virt
 * refuses the kernel file, or with @verify what it must read), TRANS_ENOMEM,
 * TRANS_ENOSPC (more than TRANS_KEXEC_RANGES pieces of memory, more digests
 * than TRANS_DIGESTS_MAX; no room for the device tree), TRANS_ESTOPPED (progress
 * or a decompressor said so). With @verify also
 * TRANS_EINVAL: kernel_sha256 of what is no plain Image; and without it: a
 * digest that nobody would check.
 * On failure everything is given back and the struct is zeroed.
 */
int trans_kexec_load(struct trans_kexec *kexec,
		     const struct trans_kexec_args *args,
		     struct trans_error *err);

/*
 * The dry run: what a loaded kexec is going to do, as lines of text: where the
 * segments go, the moves in their order, the memory that must survive, and
 * what the proof (trans_transition_check, run again) says. Returns what @put
 * returned, if that was not 0.
 */
int trans_kexec_print(const struct trans_kexec *kexec, trans_put_fn put,
		      void *arg);

/* Ask, leave and go. Returns only when ask refused, with its status; the kexec is
 * then still loaded, and the host as it was. What fails in leave does not
 * return: see trans_transition_go. TRANS_EINVAL: nothing is loaded. */
int trans_kexec_start(struct trans_kexec *kexec, struct trans_error *err);

/* Give everything back. A zeroed struct is fine. */
void trans_kexec_unload(struct trans_kexec *kexec);

TRANS_END_DECLS

#endif
