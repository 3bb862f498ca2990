/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * One trans_kexec_load as it goes on: what its steps hand to each other, and
 * those that have a file of their own, in their order. Whatever is allocated
 * stands in struct trans_kexec, so that trans_kexec_unload finds it.
 */
#ifndef KEXEC_LOAD_H
#define KEXEC_LOAD_H

#include <trans_table/format.h>
#include <trans_table/image.h>
#include <trans_table/kexec.h>
#include <trans_table/place.h>

#include "lib/numbers.h"

struct load {
	struct trans_kexec *kexec;
	const struct trans_kexec_args *args;
	struct trans_image image;
	struct trans_wish wish; /* of the kernel */
	uint64_t entry;         /* bytes from where the kernel starts */
	struct trans_placement place;
	uint64_t fdt_room; /* bytes, whole granules */
	void *fdt;         /* the edited tree, at kexec->fdt_source */
	unsigned int begun, end; /* of LOAD_ALL: the part that goes on */
	uint64_t units, done;    /* bytes of it */
	struct trans_error *err;
};

/* As the transition takes it: a copy has the granule of its source. */
static inline unsigned int load_shift(const struct load *load)
{
	const struct trans_transition_args *args = &load->args->transition;

	if (args->map == TRANS_MAP_LINEAR && args->linear)
		return args->linear->geo.granule_shift;
	return args->granule ? args->granule : TRANS_DEFAULT_GRANULE;
}

static inline uint64_t load_granule(const struct load *load)
{
	return 1ULL << load_shift(load);
}

static inline uint64_t load_round_up(const struct load *load, uint64_t len)
{
	return trans_round_up(len, load_granule(load));
}

static inline uint64_t load_round_down(const struct load *load, uint64_t at)
{
	return trans_round_down(at, load_granule(load));
}

/*
 * Look at the kernel file, inflate it if it is compressed, lay out its segments
 * if it is an ELF file: fills in load->image, wish and entry, kexec->piece, and
 * kexec->zero as offsets from where the kernel starts.
 * Errors as trans_kexec_load's for the kernel file.
 */
int trans_kexec_unpack_(struct load *load);

/*
 * Choose where kernel, initrd and tree go: fills in load->place and fdt_room,
 * kexec->usable, kernel, initrd, fdt, and adds these to kexec->forbidden;
 * kexec->zero are addresses from here on.
 * Errors as trans_place's; TRANS_ENOSPC.
 */
int trans_kexec_place_(struct load *load);

/* Bytes that the edited tree may need, whole granules, at most
 * TRANS_FDT_MAX_LEN. */
uint64_t trans_kexec_tree_room_(const struct load *load);

/* Write the next kernel's tree into memory of the pool: fills in load->fdt,
 * kexec->fdt. TRANS_ENOMEM, TRANS_EFAULT, and errors as trans_fdt_edit's. */
int trans_kexec_edit_tree_(struct load *load);

/* From what is placed to kexec->plan and kexec->stays. TRANS_ENOMEM: no spare
 * page. Errors as trans_moves_add's and trans_moves_plan's. */
int trans_kexec_plan_(struct load *load);

/* With args->verify: the digests of what memory must hold after the moves, in
 * kexec->digest. The segments are placed and the tree is edited. */
int trans_kexec_verify_(struct load *load);

/* work.c: the whole of a load as its progress is told, and where the parts of
 * it that take time end. A part that a kernel does not need is skipped. */
#define LOAD_INFLATED 400u
#define LOAD_LAID_OUT 500u
#define LOAD_VERIFIED 900u
#define LOAD_ALL 1000u

/* Bytes, at most, between two calls of trans_kexec_work_. */
#define LOAD_PART (1ULL << 20)

/* A part begins that ends at @end of LOAD_ALL: @units are to come. Then, in a
 * loop, @units more of them are done. Both ask the host: TRANS_ESTOPPED. */
int trans_kexec_begin_work_(struct load *load, unsigned int end,
			    uint64_t units);
int trans_kexec_work_(struct load *load, uint64_t units);

/* @len bytes of the host's memory hold what was wanted: clean them. The blob
 * reads them through the cache, and a host with its MMU off has stored past it,
 * where a line that was filled meanwhile hides them (Arm ARM B2.11, mismatched
 * memory attributes). */
void trans_kexec_clean_(const struct load *load, const void *at, size_t len);

/* Give what trans_kexec_unpack_ allocated back to the host. */
void trans_kexec_drop_unpacked_(struct trans_kexec *kexec);

#endif
