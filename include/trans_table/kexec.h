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
#include <trans_table/pool.h>
#include <trans_table/transition.h>

/*
 * @kernel:   the file in memory (physical, start a multiple of the granule);
 *            arm64 Image. Only its first 64 bytes are read here, through
 *            phys_to_virt; the rest may be invisible to the host (see
 *            TRANS_MKVALID). Whole granules are moved, so what follows the
 *            file in its last one is moved with it
 * @initrd:   likewise, and not read at all; len 0: none
 * @fdt, @fdt_len: the running machine's device tree, a pointer; never written
 * @edit:     what to say in the next one; its initrd range is filled in here
 * @ram:      all RAM
 * @reserved: what must not be written: firmware, no-map, CMA of others. The
 *            running program's own memory does not belong in it
 * @host, @host_ctx: the host's ordinary environment; a safe-page pool is put
 *            around it here. Its allocator must not hand out source memory
 * @transition: everything about the CPU, the map choice and callbacks; ops,
 *            ctx, plan, entry and x are filled in here
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
	struct trans_transition_args transition;
	bool unsafe;
};

/* Working storage; fixed, because kexec has three segments. Each swap of two
 * pages that overlap in a cycle costs moves; TRANS_KEXEC_MOVES bounds them. */
#define TRANS_KEXEC_RANGES 64
#define TRANS_KEXEC_MOVES 512

/* A loaded kexec; read-only for callers. About 30 KiB: not for a stack. It
 * points into itself: not to be copied or moved. */
struct trans_kexec {
	struct trans_pool pool;
	struct trans_transition transition;
	struct trans_range kernel, initrd, fdt; /* destinations */
	trans_pa_t fdt_source, spare;
	unsigned int fdt_granules, spare_granules; /* 0: not allocated */
	uint64_t table_pages, payload_bytes;
	struct trans_ranges usable, forbidden;
	struct trans_moves want, plan;
	struct trans_range usable_storage[TRANS_KEXEC_RANGES];
	struct trans_range forbidden_storage[TRANS_KEXEC_RANGES];
	struct trans_move want_storage[TRANS_KEXEC_MOVES];
	struct trans_move plan_storage[TRANS_KEXEC_MOVES];
};

/*
 * Parse, place, edit the tree, plan the moves, prepare the transition.
 * @host, @host_ctx and what @transition points to must outlive the kexec;
 * nothing else of @args is looked at again.
 *
 * Errors: those of trans_image_parse, trans_place, trans_fdt_edit,
 * trans_moves_plan and trans_transition_prepare; TRANS_EINVAL (a missing
 * argument or callback, granule), TRANS_ERANGE (kernel or initrd, to the end of
 * its last granule, is not in RAM), TRANS_EALIGN (it does not start at a
 * granule), TRANS_EOVERLAP (the two share bytes), TRANS_EFAULT (phys_to_virt
 * refuses the kernel's header), TRANS_ENOMEM, TRANS_ENOSPC (more than
 * TRANS_KEXEC_RANGES pieces of memory; no room for the device tree).
 * On failure everything is given back and the struct is zeroed.
 */
int trans_kexec_load(struct trans_kexec *kexec,
		     const struct trans_kexec_args *args,
		     struct trans_error *err);

/* Quiesce and go. Returns only when quiesce refused (TRANS_EHOST); the kexec is
 * then still loaded. */
int trans_kexec_start(struct trans_kexec *kexec, struct trans_error *err);

/* Give everything back. A zeroed struct is fine. */
void trans_kexec_unload(struct trans_kexec *kexec);

#endif
