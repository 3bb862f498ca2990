/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What each page of RAM is to a resume: one bit a unit, numbered over the
 * banks of RAM only, because machines have gaps of terabytes between them. And
 * where a page of the image is before the moves have been made.
 */
#include "hibernate/resume/private.h"
#include "lib/fail.h"
#include "lib/numbers.h"

/* What the finders are given at a time, at most; in bytes. */
#define PIECE (1ULL << 20)

#define NOWHERE UINT64_MAX
#define WORD_BITS 64u

int trans_resume_map_ram_(struct trans_resume_map *map,
			  const struct trans_ranges *ram, unsigned int shift)
{
	uint64_t unit = 1ULL << shift;

	*map = (struct trans_resume_map){ .shift = shift };
	for (size_t i = 0; i < ram->count; i++) {
		const struct trans_range *range = &ram->range[i];
		uint64_t start = range->start, end = start + range->len;

		if (start >= TR_PA_END || range->len > TR_PA_END - start)
			return TRANS_ERANGE;
		start = trans_round_up(start, unit);
		end = trans_round_down(end, unit);
		if (end <= start)
			continue;
		if (map->banks == TRANS_RESUME_RANGES)
			return TRANS_ENOSPC;
		map->bank[map->banks++] = (struct trans_resume_bank){
			start, end - start, map->units };
		map->units += (end - start) >> shift;
	}
	return 0;
}

uint64_t trans_resume_map_len_(const struct trans_resume_map *map)
{
	return (map->units + WORD_BITS - 1) / WORD_BITS * sizeof(uint64_t);
}

/* The number of the unit at @pa. */
static uint64_t number_of(const struct trans_resume_map *map, trans_pa_t pa)
{
	for (size_t i = 0; i < map->banks; i++) {
		const struct trans_resume_bank *bank = &map->bank[i];

		if (pa - bank->start < bank->len)
			return bank->first + ((pa - bank->start) >> map->shift);
	}
	return NOWHERE;
}

static bool bit(const uint64_t *bits, uint64_t number)
{
	return bits[number / WORD_BITS] >> (number % WORD_BITS) & 1;
}

void trans_resume_mark_(const struct trans_resume_map *map, uint64_t *bits,
			trans_pa_t pa, uint64_t len)
{
	uint64_t number = number_of(map, pa), count = len >> map->shift;

	for (; count; number++, count--)
		bits[number / WORD_BITS] |= 1ULL << number % WORD_BITS;
}

void trans_resume_unmark_(const struct trans_resume_map *map, uint64_t *bits,
			  trans_pa_t pa, uint64_t len)
{
	uint64_t number = number_of(map, pa), count = len >> map->shift;

	for (; count; number++, count--)
		bits[number / WORD_BITS] &= ~(1ULL << number % WORD_BITS);
}

bool trans_resume_first_marked_(const struct trans_resume_map *map,
				const uint64_t *a, const uint64_t *b,
				trans_pa_t pa, uint64_t len, trans_pa_t *found)
{
	uint64_t unit = 1ULL << map->shift;
	trans_pa_t at = trans_round_down(pa, unit);

	for (; at < pa + len; at += unit) {
		uint64_t number = number_of(map, at);

		if (number == NOWHERE)
			continue;
		if (bit(a, number) || (b && bit(b, number))) {
			*found = at;
			return true;
		}
	}
	return false;
}

bool trans_resume_marked_(const struct trans_resume_map *map,
			  const uint64_t *bits, trans_pa_t pa, uint64_t len)
{
	trans_pa_t found;

	return bits &&
	       trans_resume_first_marked_(map, bits, NULL, pa, len, &found);
}

/* The first unit of the image from number @from on, before number @end. */
static uint64_t next_number(const uint64_t *bits, uint64_t from, uint64_t end)
{
	while (from < end) {
		uint64_t word = bits[from / WORD_BITS] >> from % WORD_BITS;

		if (word) {
			from += (uint64_t)__builtin_ctzll(word);
			return from < end ? from : NOWHERE;
		}
		from += WORD_BITS - from % WORD_BITS;
	}
	return NOWHERE;
}

static bool next_page(const struct trans_resume_map *map, trans_pa_t from,
		      trans_pa_t *pa)
{
	for (size_t i = 0; i < map->banks; i++) {
		const struct trans_resume_bank *bank = &map->bank[i];
		uint64_t skip = from > bank->start ? from - bank->start : 0;
		uint64_t number;

		if (skip >= bank->len)
			continue;
		number = next_number(map->image,
				     bank->first + (skip >> map->shift),
				     bank->first + (bank->len >> map->shift));
		if (number == NOWHERE)
			continue;
		*pa = bank->start + ((number - bank->first) << map->shift);
		return true;
	}
	return false;
}

static bool is_in(const struct trans_range *range, trans_pa_t pa, uint64_t len)
{
	return pa - range->start < range->len &&
	       range->len - (pa - range->start) >= len;
}

/* Does the page at @pa go straight to its place? Mostly the one before it did,
 * too, to the same range of lent memory: *@last. */
static bool is_direct(const struct trans_resume *resume, trans_pa_t pa,
		      const struct trans_range **last)
{
	uint64_t page = tr_page(resume);

	if (*last && is_in(*last, pa, page))
		return true;
	*last = trans_ranges_first_touched(&resume->direct, pa, page);
	return *last && is_in(*last, pa, page);
}

/* A page of the image, if it is one: its first unit is marked, as all are. */
static bool page_at(const struct trans_resume *resume, trans_pa_t pa,
		    const struct trans_range **last, struct tr_stretch *stretch)
{
	const struct trans_resume_map *map = &resume->map;
	uint64_t number = number_of(map, pa), page = tr_page(resume);

	if (number == NOWHERE || !bit(map->image, number))
		return false;
	*stretch = (struct tr_stretch){
		.pa = pa,
		.len = page,
		.zero = map->zero && bit(map->zero, number),
		.direct = is_direct(resume, pa, last),
	};
	return true;
}

bool trans_resume_stretch_(const struct trans_resume *resume, trans_pa_t from,
			   uint64_t max, struct tr_stretch *stretch)
{
	const struct trans_range *last = NULL;
	struct tr_stretch next;
	trans_pa_t pa;

	if (!next_page(&resume->map, from, &pa) ||
	    !page_at(resume, pa, &last, stretch))
		return false;
	while (stretch->len < max &&
	       page_at(resume, pa + stretch->len, &last, &next) &&
	       next.zero == stretch->zero && next.direct == stretch->direct)
		stretch->len += next.len;
	return true;
}

/* The move that brings @pa; the plan is sorted by destination. */
static const struct trans_move *move_to(const struct trans_resume *resume,
					trans_pa_t pa)
{
	const struct trans_moves *plan = &resume->plan;
	size_t low = 0, high = plan->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct trans_move *move = &plan->move[mid];

		if (pa < move->dst)
			high = mid;
		else if (pa - move->dst < move->len)
			return move;
		else
			low = mid + 1;
	}
	return NULL;
}

bool trans_resume_where_(const struct trans_resume *resume, trans_pa_t pa,
			 trans_pa_t *now, uint64_t *len)
{
	const struct trans_resume_map *map = &resume->map;
	uint64_t page = tr_page(resume);
	trans_pa_t start = trans_round_down(pa, page);
	const struct trans_move *move;

	if (!trans_resume_marked_(map, map->image, pa, 1) ||
	    trans_resume_marked_(map, map->zero, pa, 1))
		return false;
	if (trans_ranges_contain(&resume->direct, start, page)) {
		*now = pa;
		*len = start + page - pa;
		return true;
	}
	move = move_to(resume, pa);
	if (!move || move->src == TRANS_ZERO)
		return false;
	*now = move->src + (pa - move->dst);
	*len = move->len - (pa - move->dst);
	return true;
}

/* Pages that follow each other in the image may do so where they are now. */
void *trans_resume_at_(const struct trans_resume *resume, trans_pa_t pa,
		       uint64_t len)
{
	trans_pa_t now, next;
	uint64_t room, more;

	if (!trans_resume_where_(resume, pa, &now, &room))
		return NULL;
	for (; room < len; room += more)
		if (!trans_resume_where_(resume, pa + room, &next, &more) ||
		    next != now + room)
			return NULL;
	return resume->host->phys_to_virt(resume->host_ctx, now, (size_t)len);
}

/* The image, as the finders look at it */

static uint64_t next_stored(void *ctx, trans_pa_t *pa)
{
	struct tr_load *load = ctx;
	const struct trans_resume *resume = load->resume;
	struct tr_stretch stretch;
	trans_pa_t now;
	uint64_t len;

	do {
		if (!trans_resume_stretch_(resume, *pa, PIECE, &stretch) ||
		    trans_resume_work_(load, stretch.len))
			return 0;
		*pa = stretch.pa + stretch.len;
	} while (stretch.zero);
	*pa = stretch.pa;
	now = stretch.pa;
	len = stretch.len;
	if (!stretch.direct &&
	    !trans_resume_where_(resume, stretch.pa, &now, &len))
		return 0;
	load->piece = (struct trans_range){ stretch.pa,
					    trans_least(len, stretch.len) };
	load->piece_now = now;
	return load->piece.len;
}

/* Mostly it is what came last, all of it or a page; to look where each page is
 * takes much longer. */
static const void *look_at(void *ctx, trans_pa_t pa, uint64_t len)
{
	const struct tr_load *load = ctx;
	const struct trans_resume *resume = load->resume;
	uint64_t in = pa - load->piece.start;

	if (in >= load->piece.len || len > load->piece.len - in)
		return trans_resume_at_(resume, pa, len);
	return resume->host->phys_to_virt(resume->host_ctx,
					  load->piece_now + in, (size_t)len);
}

static bool all_marked(const struct tr_load *load, const uint64_t *bits,
		       trans_pa_t pa, uint64_t len)
{
	const struct trans_resume_map *map = &load->resume->map;
	uint64_t page = tr_page(load->resume);
	trans_pa_t at = trans_round_down(pa, page);

	while (at < pa + len && trans_resume_marked_(map, bits, at, page))
		at += page;
	return at >= pa + len;
}

static bool all_of_image(void *ctx, trans_pa_t pa, uint64_t len)
{
	const struct tr_load *load = ctx;

	return all_marked(load, load->resume->map.image, pa, len);
}

static bool all_zero(void *ctx, trans_pa_t pa, uint64_t len)
{
	const struct tr_load *load = ctx;

	return all_marked(load, load->resume->map.zero, pa, len);
}

static int more_work(void *ctx, uint64_t bytes)
{
	return trans_resume_work_(ctx, bytes);
}

struct trans_saved_memory trans_resume_memory_of_(struct tr_load *load)
{
	const struct trans_resume *resume = load->resume;

	load->piece.len = 0;
	trans_resume_expect_(
		load,
		(resume->image.info.data_pages + resume->zero_pages)
			<< resume->image.info.page_shift,
		PIECE);
	return (struct trans_saved_memory){ next_stored, look_at, load,
					    all_of_image, all_zero, more_work };
}
