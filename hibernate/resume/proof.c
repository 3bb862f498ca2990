/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The proof of a resume. The transition proves that its moves spare what it
 * needs; but of the pages that went straight to their places it knows nothing,
 * and neither the blob's code nor its tables may lie in one of those.
 */
#include "hibernate/resume/private.h"
#include "lib/fail.h"
#include "lib/numbers.h"

/* Words of a bitmap, or pages that move, looked at in one go. */
#define PART 512u

/* @load: who is told of the work; NULL: nobody. */
struct proof {
	const struct trans_resume *resume;
	struct tr_load *load;
	struct trans_error *err;
};

static int told(const struct proof *proof, uint64_t units)
{
	return proof->load && trans_resume_work_(proof->load, units) ?
		       TRANS_ESTOPPED :
		       0;
}

static int refuse(const struct proof *proof, const char *why, trans_pa_t pa,
		  uint64_t len)
{
	return trans_fail_pa(proof->err, TRANS_EOVERLAP, why, pa, len);
}

static int not_of_image(const struct proof *proof, trans_pa_t pa, uint64_t len,
			const char *why)
{
	const struct trans_resume_map *map = &proof->resume->map;

	return trans_resume_marked_(map, map->image, pa, len) ?
		       refuse(proof, why, pa, len) :
		       0;
}

/* What the transition allocated: still ours? */
static int is_taken(const struct proof *proof, trans_pa_t pa, uint64_t len)
{
	const struct trans_resume_map *map = &proof->resume->map;
	uint64_t unit = 1ULL << map->shift;

	for (uint64_t at = 0; at < len; at += unit)
		if (!trans_resume_marked_(map, map->taken, pa + at, unit))
			return refuse(proof, "memory of the transition that "
				      "was not allocated", pa, len);
	return 0;
}

/* What the caller lets the blob write has names of its own. */
static int own_or_lent(void *arg, enum trans_pages kind, trans_pa_t pa,
		       uint64_t len)
{
	const struct proof *proof = arg;
	int ret = kind & TRANS_PAGES_LENT ? 0 : is_taken(proof, pa, len);

	if (ret)
		return ret;
	if (kind == TRANS_PAGES_REPORT)
		return not_of_image(proof, pa, len,
				    "the report lies in a page of the image");
	if (kind == TRANS_PAGES_UART)
		return not_of_image(proof, pa, len,
				    "the UART lies in a page of the image");
	return not_of_image(proof, pa, len,
			    "a page of the image is the transition's");
}

static int no_page_twice(const struct proof *proof)
{
	const struct trans_resume_map *map = &proof->resume->map;
	uint64_t words = trans_resume_map_len_(map) / sizeof(uint64_t);
	int ret = 0;

	for (uint64_t i = 0; !ret && i < words; i++) {
		if (map->image[i] & map->taken[i])
			return refuse(proof, "a page of the image was "
				      "allocated", 0, 0);
		if (i % PART == PART - 1)
			ret = told(proof, PART);
	}
	return ret;
}

/* @len bytes of a move, @at from its start on. */
static int part_apart(const struct proof *proof, const struct trans_move *move,
		      uint64_t at, uint64_t len)
{
	const struct trans_resume_map *map = &proof->resume->map;
	uint64_t page = tr_page(proof->resume), end = at + len;
	int ret = 0;

	if (move->src != TRANS_ZERO)
		ret = not_of_image(proof, move->src + at, len,
				   "a source is a page of the image");
	for (; !ret && at < end; at += page)
		if (!trans_resume_marked_(map, map->image, move->dst + at,
					  page))
			ret = refuse(proof,
				     "a destination is no page of the "
				     "image",
				     move->dst + at, page);
	return ret ? ret : told(proof, len / page);
}

/* Sources are no pages of the image and destinations are: so no move writes
 * what another one reads, in whatever order. */
static int moves_apart(const struct proof *proof)
{
	const struct trans_moves *plan = &proof->resume->plan;
	uint64_t most = PART * tr_page(proof->resume);
	int ret = 0;

	for (size_t i = 0; !ret && i < plan->count; i++) {
		const struct trans_move *move = &plan->move[i];

		for (uint64_t at = 0, len; !ret && at < move->len; at += len) {
			len = trans_least(move->len - at, most);
			ret = part_apart(proof, move, at, len);
		}
	}
	return ret;
}

int trans_resume_prove_(const struct trans_resume *resume, struct tr_load *load,
			struct trans_error *err)
{
	struct proof proof = { resume, load, err };
	int ret;

	if (load)
		trans_resume_expect_(load,
				     trans_resume_map_len_(&resume->map) /
						     sizeof(uint64_t) +
					     resume->moved_pages,
				     PART);
	ret = no_page_twice(&proof);
	if (!ret)
		ret = trans_transition_pages(&resume->transition,
					     TRANS_PAGES_ALL, own_or_lent,
					     &proof, err);
	return ret ? ret : moves_apart(&proof);
}

int trans_resume_check(const struct trans_resume *resume,
		       struct trans_error *err)
{
	int ret = trans_transition_check(&resume->transition, err);

	return ret ? ret : trans_resume_prove_(resume, NULL, err);
}
