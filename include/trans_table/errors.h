/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Errors: a few status codes, what a caller does about them, and a record that
 * says where and why.
 *
 * Every function that can fail returns 0 (TRANS_OK) or one negative code of
 * this list, and lists the codes that it returns: a line each, with its group
 * and with what it means there. A function that takes a `struct trans_error *`
 * (NULL is allowed) fills it on failure and leaves it untouched on success.
 *
 * A group says what the caller does:
 *
 *   call     The call is wrong: an argument, or the order of calls. The same
 *            call fails again. Mend the program that makes it.
 *   memory   Too little memory, or too little room in an array or a buffer of
 *            the caller's. Give more, or ask for less, and call again.
 *   machine  Not this machine: its CPU, memory or firmware lacks what is
 *            needed, or what is there already is in the way. Nothing is
 *            damaged. Use another machine, or other memory.
 *   entry    No way in: everything fits, but how to enter the next world could
 *            not be found out, or is not possible. Choose another way to enter
 *            (the list says which), or give up.
 *   input    What was read lies: a file, an image, a device tree, a list, a
 *            foreign table is damaged, cut short or of another kind. Do not try
 *            it again; take another one.
 *   host     The host, its firmware or a device refused, failed, or asked to
 *            stop; `why` names which. When that is dealt with, the same call
 *            may succeed.
 *   answer   No failure: the function was asked something, and this is the
 *            answer.
 */
#ifndef TRANS_TABLE_ERRORS_H
#define TRANS_TABLE_ERRORS_H

#include <trans_table/env.h>

TRANS_BEGIN_DECLS

enum trans_status {
	TRANS_OK = 0,
	/* An argument is outside its documented range: an unknown flag bit, a
	 * combination of flags that is refused, a length of 0, a missing
	 * callback. */
	TRANS_EINVAL = -1,
	/* An allocator gave no memory. */
	TRANS_ENOMEM = -2,
	/* An array or a buffer of the caller's is too small. Nothing was
	 * written past it. */
	TRANS_ENOSPC = -3,
	/* An address or an address range lies outside of what the geometry, the
	 * memory map or the 64-bit address space has. */
	TRANS_ERANGE = -4,
	/* An address or a length is not a multiple of what it must be. */
	TRANS_EALIGN = -5,
	/* Something is mapped there already, and no flag of the call says what
	 * then. */
	TRANS_EEXIST = -6,
	/* Something that was asked for is not there: an address that is not
	 * mapped, a node that the device tree lacks, a PSCI function. */
	TRANS_ENOENT = -7,
	/* TRANS_CHECKPFN: pfn_valid refused a leaf about to be made valid. */
	TRANS_EPFN = -8,
	/* phys_to_virt refused: memory that must be read cannot be. */
	TRANS_EFAULT = -9,
	/* A descriptor is reserved, ambiguous, or names an address beyond the
	 * output address size; or an image or a list contradicts itself. */
	TRANS_ECORRUPT = -10,
	/* Two ranges that must be disjoint are not. */
	TRANS_EOVERLAP = -11,
	/* The geometry is illegal or not supported; `why` says which rule. */
	TRANS_EGEOM = -12,
	/* A leaf of the source cannot be expressed in the destination: its
	 * output address is too wide, or no MAIR index has its memory type. */
	TRANS_EUNREPR = -13,
	/* The table is live, or a read-only view: it cannot be written. */
	TRANS_ELIVE = -14,
	/* A callback of the host, its firmware or its disk refused or failed;
	 * `why` names which. */
	TRANS_EHOST = -15,
	/* Not an image of the kind that is expected, or one that this CPU or
	 * this library cannot start; `why` says what of it. */
	TRANS_EIMAGE = -16,
	/* A file ends before its own headers say it does. */
	TRANS_ETRUNC = -17,
	/* No place in memory satisfies the rules of placement. */
	TRANS_ENOHOLE = -18,
	/* The device tree is malformed, or libfdt refused to edit it. */
	TRANS_EFDT = -19,
	/* A device or another CPU did not do in time what it was told. */
	TRANS_ETIME = -20,
	/* There is no hibernation image here: the disk was read, and has no
	 * signature of one where it would be. No other function and no other
	 * cause gives this status, so that a host may boot as usual when it
	 * sees it. */
	TRANS_ENOIMAGE = -21,
	/* The disk no longer holds what was read from it before: something
	 * wrote to it, or it answers differently. Look again. */
	TRANS_ESTALE = -22,
	/* The machine, or the host's state, lacks what is needed; `why` says
	 * what. Nothing is wrong with the arguments or the image. */
	TRANS_ESTATE = -23,
	/* A callback of the host's asked to stop: progress, or visit. */
	TRANS_ESTOPPED = -24,
	/* A worker that the host lent (workers.h) does not answer, or a read of
	 * the disk (block.h, read_wait) does not end: it may still write to
	 * memory that was lent. Nothing of that is the host's again, and no
	 * kernel may be started, before the machine is reset. */
	TRANS_ELOST = -25,
};

/*
 * Where and why. Fields that do not apply are 0 (level: TRANS_NO_LEVEL).
 *
 * @status: the code the function returned
 * @level:  of @desc, -1..3
 * @why:    a static English phrase, never NULL after a failure; not to be freed
 * @va:     the address being looked up or mapped
 * @pa:     the physical address concerned: of the output, table page or range;
 *          of what concerns a disk, its byte
 * @len:    bytes from @pa (or @va) on that are concerned
 * @desc:   the descriptor as read, or the number that the function's list names
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

/* The name of a status code, such as "TRANS_ENOMEM"; "TRANS_E?" for a number
 * that is none. Static storage. */
const char *trans_strerror(int status);

/* Takes @len bytes of text: whole lines, without a NUL at the end. Nonzero
 * stops whoever calls it, and is returned from there. */
typedef int (*trans_put_fn)(void *arg, const char *text, size_t len);

/*
 * Print an error as one line: its status, why, and in parentheses where: those
 * of va, pa, len and desc that are not 0, in hexadecimal, and the level, if
 * there is one, in decimal. For example "TRANS_ERANGE: a page of the image is
 * outside RAM (pa=0x48000000 len=0x1000)". Returns what @put returned.
 */
int trans_error_print(const struct trans_error *err, trans_put_fn put,
		      void *arg);

TRANS_END_DECLS

#endif
