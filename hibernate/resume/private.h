/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The parts of a resume, each in a file of its own, and what they promise each
 * other. pages.c numbers RAM and knows what each page is; carve.c hands out
 * memory; place.c decides where pages go; load.c reads them; entry.c finds the
 * way in, with cpu_resume.c and tables.c; efi.c, with efi_tree.c, asks for the
 * firmware that the kernel was booted by, and ask.c the kernel for what it
 * knows; proof.c holds it all against the image; work.c tells the host how far
 * it all is; resume.c is the public face.
 */
#ifndef TRANS_HIBERNATE_RESUME_PRIVATE_H
#define TRANS_HIBERNATE_RESUME_PRIVATE_H

#include <trans_table/hibernate.h>

#include "hibernate/resume/saved_kernel.h"

/*
 * One load in progress.
 * @workers: of @args, unless it goes without
 * @id:      of the image that was looked at
 * @next:    where the reader has got to
 * @read:    pages of the stream that it has told of
 * @before, @share, @told: of TRANS_STEP_ALL: the steps that are over, the one
 *           that runs, what the host was told last
 * @units, @done, @untold, @part: of the step that runs: what it expects to do,
 *           has done and told of, has done since; how much it may leave untold
 * @stopped: the host's progress asked to stop
 * @tables:  of the saved kernel, once its entry was looked for
 * @piece, @piece_now: what the last look at the image found, where it belongs
 *           and where it is
 */
struct tr_load {
	struct trans_resume *resume;
	const struct trans_resume_args *args;
	struct trans_error *err;
	const struct trans_workers *workers;
	struct trans_image_id id;
	trans_pa_t next;
	uint64_t read;
	uint64_t before, share, told;
	uint64_t units, done, untold, part;
	bool stopped;
	struct tr_tables tables;
	struct trans_range piece;
	trans_pa_t piece_now;
};

static inline uint64_t tr_page(const struct trans_resume *resume)
{
	return 1ULL << resume->image.info.page_shift;
}

/* Of the transition: the host's own where its linear map is copied. */
static inline unsigned int tr_granule_shift(const struct tr_load *load)
{
	const struct trans_transition_args *args = &load->args->transition;

	return args->map == TRANS_MAP_LINEAR ?
		       args->linear->geo.granule_shift :
		       load->resume->image.info.page_shift;
}

/* Physical addresses have 52 bits; RAM beyond is refused once, so that no sum
 * of an address and a length has to be looked at again. */
#define TR_PA_END (1ULL << 52)

/* work.c */

/*
 * Work done: @units more of the step that runs. The one function to call from
 * whatever takes time in a load, in loops over pages, moves or bytes; it calls
 * the host only when enough has come together. Nonzero: the host wants to stop;
 * then end the step at once, with any status (trans_resume_load makes it
 * TRANS_ESTOPPED).
 */
int trans_resume_work_(struct tr_load *load, uint64_t units);
/* Before that, once a step or pass: how many units are to come, and after how
 * many, at @most, the host is to hear of it. */
void trans_resume_expect_(struct tr_load *load, uint64_t units, uint64_t most);
/* Around each step, which ends at @end of TRANS_STEP_ALL; one that ends where
 * it begins is not told of. */
void trans_resume_begin_step_(struct tr_load *load, unsigned int end);
void trans_resume_end_step_(struct tr_load *load);

/* pages.c */

/* Number the units of 1 << @shift bytes of @ram. TRANS_ENOSPC, TRANS_ERANGE. */
int trans_resume_map_ram_(struct trans_resume_map *map,
			  const struct trans_ranges *ram, unsigned int shift);
/* Bytes of one bitmap. */
uint64_t trans_resume_map_len_(const struct trans_resume_map *map);

/* Mark [@pa, @pa + @len), whole units of RAM; is any unit of it marked? What is
 * no RAM is not marked. */
void trans_resume_mark_(const struct trans_resume_map *map, uint64_t *bits,
			trans_pa_t pa, uint64_t len);
void trans_resume_unmark_(const struct trans_resume_map *map, uint64_t *bits,
			  trans_pa_t pa, uint64_t len);
bool trans_resume_marked_(const struct trans_resume_map *map,
			  const uint64_t *bits, trans_pa_t pa, uint64_t len);
/* The lowest marked unit in it, of @a or @b (which may be NULL). */
bool trans_resume_first_marked_(const struct trans_resume_map *map,
				const uint64_t *a, const uint64_t *b,
				trans_pa_t pa, uint64_t len, trans_pa_t *found);

/* A stretch of the image: pages side by side that are all stored or all zero,
 * and all placed at once or all to be moved. */
struct tr_stretch {
	trans_pa_t pa;
	uint64_t len;
	bool zero, direct;
};
/* The first one at @from or above, of at most @max bytes; false: none. */
bool trans_resume_stretch_(const struct trans_resume *resume, trans_pa_t from,
			   uint64_t max, struct tr_stretch *stretch);

/* Where the stored byte of the image that belongs at @pa is now, and for how
 * many bytes that holds; false: no stored page of the image. */
bool trans_resume_where_(const struct trans_resume *resume, trans_pa_t pa,
			 trans_pa_t *now, uint64_t *len);
/* A pointer to @len bytes of it that lie in one piece; NULL: no. */
void *trans_resume_at_(const struct trans_resume *resume, trans_pa_t pa,
		       uint64_t len);
/* All that is stored, as saved_kernel.h looks at it; going through it is work
 * of the step, and ends early if the host wants to stop. */
struct trans_saved_memory trans_resume_memory_of_(struct tr_load *load);

/* carve.c */

/* The environment of the transition: memory that the image leaves. */
void trans_resume_carve_ops_(struct trans_resume *resume);
/* The highest @len bytes aligned to @align that are neither taken nor the
 * image's become taken. TRANS_ENOMEM. */
int trans_resume_carve_(struct trans_resume *resume, uint64_t len,
			uint64_t align, trans_pa_t *pa);
/* Before the image's pages are known: cut off @direct. NULL: no such piece. */
void *trans_resume_carve_early_(struct trans_resume *resume, uint64_t len,
				uint64_t align, trans_pa_t *pa);

/* place.c */

/* Read the metadata; then the PFNs are known and bounded. */
int trans_resume_read_pfns_(struct tr_load *load);
/* Count, find safe pages for what must move, make the plan. */
int trans_resume_place_(struct tr_load *load);

/* entry.c */

/* Can this CPU run that kernel at all? Before anything is read. */
int trans_resume_check_cpu_(struct tr_load *load);
/* The arguments of the transition, with the entry if it is known; its work is
 * that of the step. */
struct trans_transition_args
trans_resume_transition_args_(struct tr_load *load);
/* Is there memory for it? */
int trans_resume_try_prepare_(struct tr_load *load);
/* Look for the entry in what was read. */
int trans_resume_find_entry_(struct tr_load *load);

/* ask.c */

/* By its tables, what does the saved kernel know, and does that fit?
 * TRANS_EIMAGE, TRANS_ESTATE, TRANS_ENOMEM. */
int trans_resume_ask_saved_(struct tr_load *load);

/* efi.c */

/* If EFI booted the saved kernel, are its runtime services here? TRANS_ESTATE,
 * TRANS_EIMAGE, TRANS_ECORRUPT. */
int trans_resume_check_efi_(struct tr_load *load);

/* proof.c */

/* That no page the transition needs is the image's, nor any page two things:
 * trans_resume_check, less the transition's own proof. @load: whose step it is;
 * NULL: nobody is told. */
int trans_resume_prove_(const struct trans_resume *resume, struct tr_load *load,
			struct trans_error *err);

/* wipe.c */

/* If the host wants it: zero what was lent. */
void trans_resume_wipe_(const struct trans_resume *resume, trans_pa_t pa,
			uint64_t len);
/* All that was written, when nothing is in use any more. */
void trans_resume_wipe_all_(const struct trans_resume *resume);

/* load.c */

/* Read all data pages, and settle those that are in their places. */
int trans_resume_read_data_(struct tr_load *load);

#endif
