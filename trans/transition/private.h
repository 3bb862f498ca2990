/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The parts of a transition, each in a file of its own, and what they promise
 * each other. All of them work on a transition whose args are set; what they
 * allocate is recorded in it at once, so that cancel finds it after a failure.
 */
#ifndef TRANS_TRANSITION_PRIVATE_H
#define TRANS_TRANSITION_PRIVATE_H

#include <trans_table/transition.h>

#include "lib/assume.h"
#include "trans/transition/blob/blob.h"

static inline bool copies_map(const struct trans_transition_args *args)
{
	return !TRANS_ASSUME_SPARSE && args->map == TRANS_MAP_LINEAR;
}

/* PMBIDR_EL1.P and TRBIDR_EL1.P (Arm ARM D19): the profiling or trace buffer
 * belongs to a higher exception level. */
#define BUFFER_OWNED_ABOVE 0x10u

static inline bool wants_scrub(const struct trans_transition_args *args)
{
	return !TRANS_ASSUME_SPARSE && args->scrub;
}

static inline const struct trans_world *
world_of(const struct trans_transition_args *args)
{
	return TRANS_ASSUME_PHYSICAL ? NULL : args->world;
}

static inline size_t digests_of(const struct trans_transition_args *args)
{
	return TRANS_ASSUME_NO_DIGESTS ? 0 : args->digest_count;
}

static inline unsigned int
coarse_above(const struct trans_transition_args *args)
{
	return TRANS_ASSUME_EXACT ? 0 : args->coarse_above;
}

static inline uint64_t granule_of(const struct trans_transition *t)
{
	return 1ULL << t->args.granule;
}

/* How many moves a page of the list holds. */
static inline size_t moves_of_page(const struct trans_transition *t)
{
	return (granule_of(t) - sizeof(struct blob_list)) /
	       sizeof(struct trans_move);
}

/* [start, start + len) grown to whole granules. */
struct trans_span {
	uint64_t start, len;
};

static inline struct trans_span span_of(const struct trans_transition *t,
					uint64_t start, uint64_t len)
{
	uint64_t mask = granule_of(t) - 1;
	uint64_t first = start & ~mask, last = (start + (len - 1)) | mask;

	return (struct trans_span){ first, last - first + 1 };
}

/* What an operation on a table said, to who asked for no report. */
static inline int passed_on(int ret, const struct trans_report *report,
			    struct trans_error *err)
{
	if (ret && err)
		*err = report->error;
	return ret;
}

/* The address at which the mover finds what lies at @pa: decided by where a
 * move or a digest begins, and good for all of it. */
static inline trans_va_t moved_va(const struct trans_transition *t,
				  trans_pa_t pa)
{
	if (pa - t->far.start < t->far.len)
		return pa - t->far_offset;
	return pa + (copies_map(&t->args) ? t->args.linear_offset : 0);
}

/* Of the list: nothing is written here, it stays as it is (and is mapped read-
 * only). */
static inline bool stays(const struct trans_move *move)
{
	return move->src == move->dst;
}

/* Fill in what the caller left to the library. */
void trans_args_complete_(struct trans_transition_args *args);

/* What is wrong with the arguments, checked before anything is allocated. */
int trans_args_check_(const struct trans_transition_args *args,
		      struct trans_error *err);

/* Why that CPU cannot run a transition of these arguments, or NULL. */
const char *trans_args_cpu_(const struct trans_transition_args *args);

/* blob_params.flags that are wishes of the caller's. */
uint64_t trans_args_flags_(const struct trans_transition_args *args);

/* Progress: work was done on @moves moves. TRANS_ESTOPPED. */
int trans_args_tell_(const struct trans_transition_args *args, uint64_t moves,
		     struct trans_error *err);

/* scrub.c: call with each piece of a move's source that is invalid in the
 * host's tables and no destination, as a move of zeroes. */
typedef int (*trans_list_move_fn)(void *arg, const struct trans_move *move);
int trans_scrub_moves_(const struct trans_transition *t,
		       trans_list_move_fn move, void *arg,
		       struct trans_error *err);

/* pages.c: what use the blob makes of each kind of page, and so how it is
 * mapped: the entry map has them as the map of the moves does, less the
 * list. */
enum page_use {
	PAGE_HIDDEN, /* mapped nowhere: the MMU reads it by physical address */
	PAGE_READ,
	PAGE_WRITTEN,
	PAGE_EXECUTED,
	PAGE_DEVICE,
};
enum page_use trans_pages_use_(enum trans_pages kind);
/* Map [pa, pa + len), grown to granules, to itself, as its kind wants; hidden
 * ones not at all. TRANS_EINVAL: also when MAIR has no device memory. */
int trans_pages_map_(const struct trans_transition *t,
		     struct trans_table *table, enum trans_pages kind,
		     trans_pa_t pa, uint64_t len, unsigned int flags,
		     struct trans_report *report);

/* list.c: the move list as the blob reads it, the rest behind the moves. */
int trans_list_build_(struct trans_transition *t, struct trans_error *err);
void trans_list_free_(struct trans_transition *t);
/* Calls with each page and each move until one call returns nonzero. */
typedef int (*trans_list_page_fn)(void *arg, trans_pa_t pa, uint64_t len);
int trans_list_pages_(const struct trans_transition *t, trans_list_page_fn page,
		      void *arg, struct trans_error *err);
int trans_list_moves_(const struct trans_transition *t, trans_list_move_fn move,
		      void *arg, struct trans_error *err);

/* control.c: the pages of the blob itself, and its parameters. _build:
 * TRANS_EINVAL: digests, for a blob that was compiled without. */
int trans_control_build_(struct trans_transition *t, struct trans_error *err);
void trans_control_free_(struct trans_transition *t);
int trans_control_finish_(struct trans_transition *t,
			  const struct trans_regs *low,
			  const struct trans_regs *high,
			  struct trans_error *err);
/* Another CPU is going to run it: args.cpu, as it is now. */
int trans_control_cpu_(const struct trans_transition *t,
		       struct trans_error *err);
/* For the blob's report: why the host could not leave. */
void trans_control_note_(const struct trans_transition *t,
			 const struct trans_error *why);

/*
 * world.c: the next world's registers, where it is entered with the MMU on.
 * Decisions only. _check: what is wrong with it (args->world is not NULL);
 * _regime: of which it is; _script: what the blob writes, in order, after the
 * moves. @code: PA of the blob.
 */
int trans_world_check_(const struct trans_transition_args *args,
		       struct trans_error *err);
enum trans_regime trans_world_regime_(const struct trans_cpu *cpu,
				      const struct trans_world *world);
void trans_world_script_(const struct trans_cpu *cpu,
			 const struct trans_world *world, uint64_t ttbr0,
			 trans_pa_t code, struct blob_world *script);

/* entry_map.c: the identity map that world is entered through, and what the
 * blob is told of it. All do nothing without a world. */
int trans_entry_map_build_(struct trans_transition *t, struct trans_error *err);
int trans_entry_map_finish_(struct trans_transition *t,
			    struct blob_params *params,
			    struct trans_error *err);
/* Would the next world's registers translate it as the blob needs? */
int trans_entry_map_verify_(const struct trans_transition *t,
			    struct trans_error *err);
void trans_entry_map_free_(struct trans_transition *t);

/* offset_map.c: find what lies beyond the identity map, and where to map it. */
int trans_offset_map_find_(struct trans_transition *t, struct trans_error *err);

/* coarse_map.c: map all RAM; then, when all else is mapped, cut out what is
 * hidden: all tables. */
int trans_coarse_map_add_(struct trans_transition *t, struct trans_error *err);
int trans_coarse_map_hide_(struct trans_transition *t, struct trans_error *err);

/* maps.c: the tables. */
int trans_maps_build_(struct trans_transition *t, struct trans_error *err);
/* Give the tables back, and the account of them. */
void trans_maps_free_(struct trans_transition *t);

/* maps_verify.c: what they came out as.
 * Is [pa, pa + len) readable, and writable if so asked, for the mover? */
int trans_maps_verify_moved_(const struct trans_transition *t, trans_pa_t pa,
			     uint64_t len, bool write, struct trans_error *err);
int trans_maps_verify_move_(const struct trans_transition *t,
			    const struct trans_move *move,
			    struct trans_error *err);
/* All that trans_transition_pages names: is it mapped as its use wants, and can
 * the mover neither write what is only read, nor reach what is hidden? */
int trans_maps_verify_blob_(const struct trans_transition *t,
			    struct trans_error *err);
/* Does @table map @va? 1: yes, *@leaf says how. 0: no, or it lies beyond what
 * the table reaches, as pages of the tables themselves may. Else the status of
 * a look-up that came to nothing (trans_table_query). */
int trans_maps_find_(const struct trans_table *table, trans_va_t va,
		     struct trans_leaf *leaf, struct trans_report *report);

/* state.c: the CPU's registers in and on the way to the next world. Decisions
 * only. */
uint64_t trans_state_sctlr_(const struct trans_cpu *cpu, bool mmu);
uint64_t trans_state_hcr_(const struct trans_cpu *cpu);
uint64_t trans_state_tcr_off_(const struct trans_cpu *cpu);
uint64_t trans_state_flags_(const struct trans_cpu *cpu);
/* What the blob is told in x0 (BLOB_X0_BITS) of the CPU that enters it. */
uint64_t trans_state_entry_(const struct trans_cpu *cpu);

/* What must be silenced on this CPU, as far as it has it at all and firmware
 * lets it be touched (struct trans_cpu, granted). */
#define TRANS_LEAVE_SPE 0x01u  /* statistical profiling: writes to memory */
#define TRANS_LEAVE_TRBE 0x02u /* trace buffer: likewise */
#define TRANS_LEAVE_SME 0x04u  /* streaming mode and ZA */
#define TRANS_LEAVE_MTE 0x08u  /* tag checks */
#define TRANS_LEAVE_PAN 0x10u  /* a linear map may have EL0 permissions */
#define TRANS_LEAVE_NMI 0x20u  /* interrupts that DAIF does not mask */
#define TRANS_LEAVE_TRF 0x40u  /* trace filters: what feeds the trace buffer */
#define TRANS_LEAVE_GCS 0x80u  /* guarded control stack */
/* Do EL2's registers have names of their own (EL2 without E2H)? */
bool trans_state_own_names_(const struct trans_cpu *cpu);
unsigned int trans_state_leave_(const struct trans_cpu *cpu);
/* May SVCR be written, as @trap (CPACR_EL1; CPTR_EL2 at EL2 without E2H) has
 * it? */
bool trans_state_sme_usable_(const struct trans_cpu *cpu, uint64_t trap);

#endif
