/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The proof: nothing that the blob needs is overwritten, nothing that is still
 * to be read is overwritten by the blob, and all of it is mapped. It reads the
 * moves from the list that the blob will execute, not from the caller's plan.
 */
#include "lib/fail.h"
#include "trans/transition/private.h"
#include "lib/numbers.h"

/* Memory from @first to @last that holds no piece of the blob; empty: not known
 * yet. */
struct gap {
	trans_pa_t first, last;
};

/*
 * @params:  what the blob will read its digests from
 * @why, @pa, @len: what is held against the pieces of the blob now, and what is
 *           wrong if it touches one
 * @gap:     around it, as far as the pieces looked at leave it
 * @dst, @src: around the destination and the source before
 */
struct proof {
	const struct trans_transition *t;
	const struct blob_params *params;
	struct trans_error *err;
	const char *why;
	trans_pa_t pa;
	uint64_t len;
	struct gap gap, dst, src;
};

/* One piece of the blob: it touches, or is an end of the gap. */
static int piece(void *arg, enum trans_pages kind, trans_pa_t pa, uint64_t len)
{
	struct proof *proof = arg;

	(void)kind;
	if (trans_overlap(pa, len, proof->pa, proof->len)) {
		trans_fail_pa(proof->err, TRANS_EOVERLAP, proof->why, pa, len);
		if (proof->err)
			proof->err->va = proof->pa;
		return TRANS_EOVERLAP;
	}
	if (pa > proof->pa) {
		if (pa - 1 < proof->gap.last)
			proof->gap.last = pa - 1;
	} else if (pa + len > proof->gap.first) {
		proof->gap.first = pa + len;
	}
	return 0;
}

static int pieces(struct proof *proof, unsigned int kinds)
{
	return trans_transition_pages(proof->t, kinds, piece, proof,
				      proof->err);
}

static void hold(struct proof *proof, trans_pa_t pa, uint64_t len,
		 const char *why)
{
	proof->why = trans_why(why);
	proof->pa = pa;
	proof->len = len;
	proof->gap = (struct gap){ 0, UINT64_MAX };
}

/*
 * Is [pa, pa + len) apart from all pieces? They are gone through only where it
 * leaves the gap in which the one before lay. So a list in ascending order, as
 * that of a resume is, goes through them once for each gap between them, and
 * not once for each move.
 */
static int clear(struct proof *proof, struct gap *gap, trans_pa_t pa,
		 uint64_t len, const char *why)
{
	int ret;

	if (pa >= gap->first && pa <= gap->last && len - 1 <= gap->last - pa)
		return 0;
	hold(proof, pa, len, why);
	/* The tables of the moves follow from what is mapped. */
	ret = pieces(proof, TRANS_PAGES_ALL - TRANS_PAGES_TABLE);
	*gap = proof->gap;
	return ret;
}

static int apart(void *arg, const struct trans_move *move)
{
	struct proof *proof = arg;
	int ret = 0;

	if (!stays(move))
		ret = clear(proof, &proof->dst, move->dst, move->len,
			    "a destination covers a page of the blob");
	if (ret || move->src == TRANS_ZERO)
		return ret;
	return clear(proof, &proof->src, move->src, move->len,
		     "a source shares a page with the blob");
}

static uint64_t digests_read(const struct blob_params *params)
{
	return TRANS_ASSUME_NO_DIGESTS ? 0 : params->digest_count;
}

/* A digest over what the blob itself writes could only fail. */
static int all_apart(struct proof *proof)
{
	const struct blob_params *params = proof->params;
	int ret = trans_list_moves_(proof->t, apart, proof, proof->err);

	for (uint64_t i = 0; !ret && i < digests_read(params); i++)
		ret = clear(proof, &proof->dst, params->digest[i].pa,
			    params->digest[i].len,
			    "a digest covers a page of the blob");
	return ret;
}

/* What cannot be reached for a move may be a page of the tables: then say
 * so. */
static int name_table(struct proof *proof, trans_pa_t pa, uint64_t len)
{
	hold(proof, pa, len, "a move touches a page of the tables");
	return pieces(proof, TRANS_PAGES_TABLE);
}

/*
 * No page of the tables is mapped where the moves are (hidden); so if all of a
 * move is, it touches none of them.
 */
static int mapped(void *arg, const struct trans_move *move)
{
	struct proof *proof = arg;
	int named, ret = trans_maps_verify_move_(proof->t, move, proof->err);

	if (!ret)
		return 0;
	named = name_table(proof, move->dst, move->len);
	if (!named && move->src != TRANS_ZERO)
		named = name_table(proof, move->src, move->len);
	return named ? named : ret;
}

static int digests_mapped(struct proof *proof)
{
	const struct blob_params *params = proof->params;
	int ret = 0;

	for (uint64_t i = 0; !ret && i < digests_read(params); i++) {
		const struct trans_digest *digest = &params->digest[i];
		int named;

		ret = trans_maps_verify_moved_(proof->t, digest->pa,
					       digest->len, false, proof->err);
		named = ret ? name_table(proof, digest->pa, digest->len) : 0;
		ret = named ? named : ret;
	}
	return ret;
}

/* The tables were made for one address of each byte; does the blob use it? */
static int same_window(const struct proof *proof)
{
	const struct trans_transition *t = proof->t;
	const struct blob_params *params = proof->params;

	if (params->far == t->far.start && params->far_len == t->far.len &&
	    params->far_offset == t->far_offset)
		return 0;
	return trans_fail_pa(proof->err, TRANS_ECORRUPT,
			     "the blob looks elsewhere for what is far",
			     params->far, params->far_len);
}

/* With the MMU off a PA is what it is. */
static int no_window(const struct proof *proof)
{
	const struct blob_params *params = proof->params;

	if (!params->far_len && !params->offset)
		return 0;
	return trans_fail_pa(proof->err, TRANS_ECORRUPT,
			     "no tables, and the blob looks for a window",
			     params->far, params->far_len);
}

static int all_mapped(struct proof *proof)
{
	int ret = trans_maps_verify_blob_(proof->t, proof->err);

	if (!ret)
		ret = same_window(proof);
	if (!ret)
		ret = trans_list_moves_(proof->t, mapped, proof, proof->err);
	return ret ? ret : digests_mapped(proof);
}

int trans_transition_check(const struct trans_transition *transition,
			   struct trans_error *err)
{
	const struct trans_transition_args *args = &transition->args;
	struct proof proof = {
		.t = transition, .err = err, .dst = { 1, 0 }, .src = { 1, 0 },
	};
	int ret;

	if (!transition->code_granules || !transition->data_granules)
		return trans_fail(err, TRANS_EINVAL, "nothing is prepared");
	proof.params = args->ops->phys_to_virt(args->ctx, transition->data,
					       sizeof(*proof.params));
	if (!proof.params)
		return trans_fail_pa(err, TRANS_EFAULT,
				     "phys_to_virt refused a blob page",
				     transition->data, sizeof(*proof.params));
	ret = all_apart(&proof);
	if (!ret)
		ret = trans_entry_map_verify_(transition, err);
	if (ret)
		return ret;
	return args->map == TRANS_MAP_NONE ? no_window(&proof) :
					     all_mapped(&proof);
}
