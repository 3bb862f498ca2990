/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Errors: a few status codes, and a record that says where and why.
 *
 * Every function that can fail returns 0 (TRANS_OK) or one negative code of
 * this list, and lists the codes it returns. A function that takes a
 * `struct trans_error *` (NULL is allowed) fills it on failure and leaves it
 * untouched on success.
 */
#ifndef TRANS_TABLE_ERRORS_H
#define TRANS_TABLE_ERRORS_H

#include <trans_table/env.h>

TRANS_BEGIN_DECLS

enum trans_status {
	TRANS_OK = 0,
	/* An argument is outside its documented range: an unknown flag bit, a
	 * flag combination that is refused, a zero length, a missing callback. */
	TRANS_EINVAL = -1,
	/* The allocator (or the safe-page pool behind it) gave no memory. */
	TRANS_ENOMEM = -2,
	/* A caller-provided array is too small. Nothing was written past it. */
	TRANS_ENOSPC = -3,
	/* An address or an address range lies outside what the geometry, or
	 * the 64-bit address space, can express. */
	TRANS_ERANGE = -4,
	/* An address or length is not a multiple of the granule. */
	TRANS_EALIGN = -5,
	/* Something is mapped already and the collision rule is the default. */
	TRANS_EEXIST = -6,
	/* Something that must be there is not: an address not mapped, a
	 * missing device tree node, a file not found. */
	TRANS_ENOENT = -7,
	/* CHECKPFN: pfn_valid said no for a leaf about to be made valid. */
	TRANS_EPFN = -8,
	/* phys_to_virt refused a page of a table: it cannot be reached. */
	TRANS_EFAULT = -9,
	/* A descriptor is reserved, ambiguous, or names an address outside the
	 * output address size; or an image or a list contradicts itself. */
	TRANS_ECORRUPT = -10,
	/* Two ranges that must be disjoint are not. */
	TRANS_EOVERLAP = -11,
	/* The geometry is illegal or not supported; `why` says which rule. */
	TRANS_EGEOM = -12,
	/* A source leaf cannot be expressed in the destination: output address
	 * too wide, or no MAIR index with the same memory type. */
	TRANS_EUNREPR = -13,
	/* The table is live, or a read-only view: it cannot be written. */
	TRANS_ELIVE = -14,
	/* A host callback refused; `why` names the callback. */
	TRANS_EHOST = -15,
	/* Not an image of the kind expected, or one that this CPU or this
	 * library cannot start; `why` says which field. */
	TRANS_EIMAGE = -16,
	/* A file ends before its own headers say it does. */
	TRANS_ETRUNC = -17,
	/* No place in memory satisfies the placement rules. */
	TRANS_ENOHOLE = -18,
	/* The device tree is malformed, or libfdt refused the edit. */
	TRANS_EFDT = -19,
	/* A device or another CPU did not do in time what it was told. */
	TRANS_ETIME = -20,
	/* There is no hibernation image here: the disk was read, and holds no
	 * signature of one where it would be. Nothing else is this, so that a
	 * host may boot as usual on it and on nothing else. */
	TRANS_ENOIMAGE = -21,
	/* The disk does not hold any more what was read from it before: it was
	 * written meanwhile, or answers differently. Look again. */
	TRANS_ESTALE = -22,
	/* The machine, or the host's state, lacks what is needed: `why` says
	 * what. Nothing is wrong with the arguments or the image. */
	TRANS_ESTATE = -23,
	/* The host's progress callback asked to stop. */
	TRANS_ESTOPPED = -24,
};

/*
 * Where and why. Fields that do not apply are 0 (level: TRANS_NO_LEVEL).
 *
 * @status: the code the function returned
 * @why:    a static English phrase, never NULL after a failure; not to be freed
 * @va:     the address being looked up or mapped
 * @pa:     the physical address concerned: of the output, table page or range
 * @len:    bytes from @pa (or @va) that are concerned
 * @desc:   the descriptor as read
 * @level:  its level, -1..3
 */
#define TRANS_NO_LEVEL (-128)
struct trans_error {
	int status;
	int level;
	const char *why;
	trans_va_t va;
	trans_pa_t pa;
	uint64_t len;
	uint64_t desc;
};

/* The name of a status code, "TRANS_ENOMEM" and so on; "TRANS_E?" for a number
 * that is none. Static storage. */
const char *trans_strerror(int status);

/* Receives text, whole lines, without a final NUL. Nonzero stops. */
typedef int (*trans_put_fn)(void *arg, const char *text, size_t len);

/*
 * An error as one line of text: its status, why, and in parentheses what is
 * known of where: those of va, pa, len, level and desc that are not 0, in
 * hexadecimal. "TRANS_ERANGE: a page of the image is outside RAM
 * (pa=0x48000000 len=0x1000)". Returns what @put returned.
 */
int trans_error_print(const struct trans_error *err, trans_put_fn put,
		      void *arg);

TRANS_END_DECLS

#endif
