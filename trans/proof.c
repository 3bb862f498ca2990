/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The proof: nothing that the blob needs is overwritten, nothing that is still
 * to be read is overwritten by the blob, and all of it is mapped. It reads the
 * moves from the list that the blob will execute, not from the caller's plan.
 */
#include "../lib/fail.h"
#include "parts.h"

/* @params: what the blob will read its digests from
 * @pa, @len: the piece of the blob that the moves are now held against. */
struct proof {
	const struct trans_transition *t;
	const struct blob_params *params;
	struct trans_error *err;
	trans_pa_t pa;
	uint64_t len;
};

static bool overlap(uint64_t a, uint64_t a_len, uint64_t b, uint64_t b_len)
{
	return a <= b + (b_len - 1) && b <= a + (a_len - 1);
}

static int refuse(const struct proof *proof, const char *why, trans_pa_t moved)
{
	trans_fail_pa(proof->err, TRANS_EOVERLAP, why, proof->pa, proof->len);
	if (proof->err)
		proof->err->va = moved;
	return TRANS_EOVERLAP;
}

static int apart(void *arg, const struct trans_move *move)
{
	const struct proof *proof = arg;

	if (!stays(move) &&
	    overlap(proof->pa, proof->len, move->dst, move->len))
		return refuse(proof, "a destination covers a page of the blob",
			      move->dst);
	if (move->src != TRANS_ZERO &&
	    overlap(proof->pa, proof->len, move->src, move->len))
		return refuse(proof, "a source shares a page with the blob",
			      move->src);
	return 0;
}

/* A digest over what the blob itself writes could only fail. */
static int digests_apart(const struct proof *proof)
{
	const struct blob_params *params = proof->params;

	for (uint64_t i = 0; i < params->digest_count; i++)
		if (overlap(proof->pa, proof->len, params->digest[i].pa,
			    params->digest[i].len))
			return refuse(proof,
				      "a digest covers a page of the blob",
				      params->digest[i].pa);
	return 0;
}

/* Hold one piece against all moves. Also called for each table page. */
static int piece(void *arg, trans_pa_t pa, uint64_t len)
{
	struct proof *proof = arg;
	int ret;

	proof->pa = pa;
	proof->len = len;
	ret = digests_apart(proof);
	if (ret)
		return ret;
	return trans_list_moves(proof->t, apart, proof, proof->err);
}

static int table_pages(struct proof *proof, const struct trans_table *table,
		       trans_page_fn each)
{
	struct trans_report report = { 0 };
	int ret;

	if (!table->ops)
		return 0;
	ret = trans_table_pages(table, each, proof, &report);
	if (ret && ret == report.error.status && proof->err)
		*proof->err = report.error;
	return ret;
}

static int all_apart(struct proof *proof)
{
	const struct trans_transition *t = proof->t;
	uint64_t granule = granule_of(t);
	int ret = piece(proof, t->code, t->code_granules * granule);

	if (!ret)
		ret = piece(proof, t->data, t->data_granules * granule);
	if (!ret)
		ret = trans_list_pages(t, piece, proof, proof->err);
	if (!ret && t->args.report)
		ret = piece(proof, t->args.report,
			    sizeof(struct trans_blob_report));
	if (!ret && trans_uart_exists(&t->args.uart))
		ret = piece(proof, t->args.uart.pa,
			    trans_uart_len(&t->args.uart));
	if (!ret)
		ret = table_pages(proof, &t->low, piece);
	if (!ret)
		ret = table_pages(proof, &t->high, piece);
	if (!ret)
		ret = table_pages(proof, &t->passage, piece);
	return ret;
}

static int mapped(void *arg, const struct trans_move *move)
{
	const struct proof *proof = arg;

	return trans_maps_verify_move(proof->t, move, proof->err);
}

static int digests_mapped(const struct proof *proof)
{
	const struct blob_params *params = proof->params;
	int ret = 0;

	for (uint64_t i = 0; !ret && i < params->digest_count; i++)
		ret = trans_maps_verify_moved(proof->t, params->digest[i].pa,
					      params->digest[i].len, false,
					      proof->err);
	return ret;
}

/* Nothing that the mover can write by mistake: for trans_list_pages and
 * trans_table_pages. */
static int read_only(void *arg, trans_pa_t pa, uint64_t len)
{
	const struct proof *proof = arg;

	return trans_maps_verify_kept(proof->t, pa, len, false, proof->err);
}

static int hidden(void *arg, trans_pa_t pa, uint64_t len)
{
	const struct proof *proof = arg;

	return trans_maps_verify_kept(proof->t, pa, len, true, proof->err);
}

static int all_kept(struct proof *proof)
{
	const struct trans_transition *t = proof->t;
	int ret = read_only(proof, t->code, t->code_granules * granule_of(t));

	if (!ret)
		ret = trans_list_pages(t, read_only, proof, proof->err);
	if (!ret)
		ret = table_pages(proof, &t->low, hidden);
	return ret ? ret : table_pages(proof, &t->high, hidden);
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

static int all_mapped(struct proof *proof)
{
	int ret = trans_maps_verify_blob(proof->t, proof->err);

	if (!ret)
		ret = same_window(proof);
	if (!ret)
		ret = all_kept(proof);
	if (!ret)
		ret = trans_list_moves(proof->t, mapped, proof, proof->err);
	return ret ? ret : digests_mapped(proof);
}

int trans_transition_check(const struct trans_transition *transition,
			   struct trans_error *err)
{
	const struct trans_transition_args *args = &transition->args;
	struct proof proof = { .t = transition, .err = err };
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
		ret = trans_passage_verify(transition, err);
	if (ret || args->map == TRANS_MAP_NONE)
		return ret;
	return all_mapped(&proof);
}
