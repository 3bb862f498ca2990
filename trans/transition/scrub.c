/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What is to be zeroed after the moves: the part of their sources that the host
 * could not read itself. MKVALID made it readable for the mover; left behind,
 * it would lie open to the next world.
 */
#include "lib/fail.h"
#include "lib/moves_private.h"
#include "trans/transition/private.h"

/* @sorted: the plan is in the order of its destinations, as that of a resume
 * is, which may have as many moves as pages. @looked: since progress was
 * told. */
struct scrub {
	const struct trans_transition *t;
	bool sorted;
	uint64_t looked;
	struct trans_move piece; /* not yet given on; len 0: none */
	trans_list_move_fn fn;
	void *arg;
	struct trans_error *err;
};

/* Work like that on @moves moves of the list, told as that is. */
static int look(struct scrub *scrub, uint64_t moves)
{
	uint64_t looked = scrub->looked + moves;

	scrub->looked = 0;
	if (looked >= moves_of_page(scrub->t))
		return trans_args_tell_(&scrub->t->args, looked,
					scrub->err);
	scrub->looked = looked;
	return 0;
}

static int give_on(struct scrub *scrub)
{
	uint64_t len = scrub->piece.len;
	int ret = len ? scrub->fn(scrub->arg, &scrub->piece) : 0;

	scrub->piece.len = 0;
	return ret;
}

/* Neighbours become one. */
static int zero(struct scrub *scrub, trans_pa_t pa, uint64_t len)
{
	int ret = 0;

	if (!scrub->piece.len || scrub->piece.dst + scrub->piece.len != pa) {
		ret = give_on(scrub);
		scrub->piece.dst = pa;
	}
	scrub->piece.len += len;
	return ret;
}

static bool is_sorted(const struct trans_moves *plan)
{
	for (size_t i = 1; i < plan->count; i++)
		if (plan->move[i].dst < plan->move[i - 1].dst)
			return false;
	return true;
}

/* One move's part in the answer of destination: true: @pa is in it. */
static bool is_in(const struct trans_move *move, trans_pa_t pa, uint64_t *len)
{
	uint64_t inside = pa - move->dst;

	if (pa >= move->dst && inside < move->len) {
		if (move->len - inside < *len)
			*len = move->len - inside;
		return true;
	}
	if (move->dst > pa && move->dst - pa < *len)
		*len = move->dst - pa;
	return false;
}

/* How many bytes from @pa on, at most @len, are all a destination or all none;
 * *@is says which. */
static uint64_t destination(const struct scrub *scrub, trans_pa_t pa,
			    uint64_t len, bool *is)
{
	const struct trans_moves *plan = scrub->t->args.plan;
	size_t i = 0, end = plan->count;

	if (scrub->sorted) {
		i = trans_moves_first_from_(plan->move, plan->count, pa);
		end = i < end ? i + 1 : end;
	}
	for (*is = false; !*is && i < end; i++)
		*is = is_in(&plan->move[i], pa, &len);
	return len;
}

static int scrub_hidden(struct scrub *scrub, trans_pa_t pa, uint64_t len)
{
	int ret = 0;

	while (!ret && len) {
		bool is;
		uint64_t piece = destination(scrub, pa, len, &is);

		if (!is)
			ret = zero(scrub, pa, piece);
		if (!ret)
			ret = look(scrub, scrub->sorted ? 1 :
						scrub->t->args.plan->count);
		pa += piece;
		len -= piece;
	}
	return ret;
}

/* A look at one granule of the host's linear map. */
static int is_hidden(const struct scrub *scrub, trans_pa_t pa, bool *hidden)
{
	const struct trans_transition_args *args = &scrub->t->args;
	struct trans_report report = { 0 };
	struct trans_leaf leaf;
	int ret = trans_table_query(args->linear, pa + args->linear_offset,
				    &leaf, &report);

	*hidden = ret == TRANS_ENOENT;
	if (!ret || *hidden)
		return 0;
	return passed_on(ret, &report, scrub->err);
}

/* Is the source of move @n written by an earlier one? Then it is the spare of a
 * cycle: what is wanted somewhere is never read again. */
static bool is_spare(const struct scrub *scrub, size_t n)
{
	const struct trans_moves *plan = scrub->t->args.plan;
	const struct trans_move *move = plan->move;
	trans_pa_t src = move[n].src;
	size_t i = scrub->sorted ? trans_moves_first_from_(move, n, src) : 0;

	for (; i < n; i++) {
		if (src - move[i].dst < move[i].len)
			return true;
		if (scrub->sorted)
			return false;
	}
	return false;
}

static int scrub_source(struct scrub *scrub, const struct trans_move *move)
{
	const struct trans_table *linear = scrub->t->args.linear;
	uint64_t granule = 1ULL << linear->geo.granule_shift;
	uint64_t at = 0, len;
	bool hidden;
	int ret = 0;

	for (; !ret && at < move->len; at += len) {
		trans_pa_t pa = move->src + at;

		len = granule - (pa & (granule - 1));
		if (len > move->len - at)
			len = move->len - at;
		ret = is_hidden(scrub, pa, &hidden);
		if (!ret)
			ret = look(scrub, 1);
		if (!ret && hidden)
			ret = scrub_hidden(scrub, pa, len);
	}
	return ret;
}

int trans_scrub_moves_(const struct trans_transition *t,
		       trans_list_move_fn move, void *arg,
		       struct trans_error *err)
{
	const struct trans_moves *plan = t->args.plan;
	struct scrub scrub = {
		.t = t, .fn = move, .arg = arg, .err = err,
		.sorted = is_sorted(plan),
		.piece = { .src = TRANS_ZERO },
	};
	int ret = 0;

	for (size_t i = 0; !ret && i < plan->count; i++) {
		const struct trans_move *from = &plan->move[i];

		if (from->src == TRANS_ZERO)
			continue;
		if (is_spare(&scrub, i))
			ret = zero(&scrub, from->src, from->len);
		else
			ret = scrub_source(&scrub, from);
		if (!ret && !scrub.sorted)
			ret = look(&scrub, i);
	}
	return ret ? ret : give_on(&scrub);
}
