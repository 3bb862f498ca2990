/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What each page of RAM is to a resume: one bit a unit, numbered over the
 * banks of RAM only, because machines have gaps of terabytes between them. And
 * where a page of the image is before the moves have been made.
 */
#include "hibernate/resume/private.h"
#include "hibernate/swsusp.h"
#include "lib/fail.h"
#include "lib/numbers.h"
#include "lib/relay.h"

/* What the finders are given at a time, at most, and all CPUs together, so that
 * progress is told as often with workers as without; in bytes. */
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

/* The first unit from number @from on, before @end, that is marked, or is not:
 * @flip is 0, or UINT64_MAX. @end: there is none. */
static uint64_t next_number(const uint64_t *bits, uint64_t flip, uint64_t from,
			    uint64_t end)
{
	while (from < end) {
		uint64_t word = (bits[from / WORD_BITS] ^ flip) >>
				from % WORD_BITS;

		if (word)
			return trans_least(
				from + (uint64_t)__builtin_ctzll(word), end);
		from += WORD_BITS - from % WORD_BITS;
	}
	return end;
}

/* The first page of the image at @from or above: where, its number, and the
 * one behind its bank's last. */
static bool next_page(const struct trans_resume_map *map, trans_pa_t from,
		      trans_pa_t *pa, uint64_t *number, uint64_t *end)
{
	for (size_t i = 0; i < map->banks; i++) {
		const struct trans_resume_bank *bank = &map->bank[i];
		uint64_t skip = from > bank->start ? from - bank->start : 0;

		if (skip >= bank->len)
			continue;
		*end = bank->first + (bank->len >> map->shift);
		*number = next_number(map->image, 0,
				      bank->first + (skip >> map->shift), *end);
		if (*number == *end)
			continue;
		*pa = bank->start + ((*number - bank->first) << map->shift);
		return true;
	}
	return false;
}

/* Does the page at @pa go straight to its place? One does that is lent as a
 * whole, in one range. And as long as that is so: *@len, at most. */
static bool is_direct(const struct trans_resume *resume, trans_pa_t pa,
		      uint64_t *len)
{
	const struct trans_range *range =
		trans_ranges_first_touched(&resume->direct, pa, *len);
	uint64_t page = tr_page(resume), left;
	bool direct;

	if (!range)
		return false;
	left = range->start + range->len - pa;
	direct = range->start <= pa && left >= page;
	if (direct)
		left = trans_round_down(left, page);
	else if (range->start > pa)
		left = trans_round_up(range->start - pa, page);
	else
		left = page;
	*len = trans_least(*len, left);
	return direct;
}

/* All units of a page are marked as its first is. */
bool trans_resume_stretch_(const struct trans_resume *resume, trans_pa_t from,
			   uint64_t max, struct tr_stretch *stretch)
{
	const struct trans_resume_map *map = &resume->map;
	uint64_t number, end;

	*stretch = (struct tr_stretch){ 0 };
	if (!next_page(map, from, &stretch->pa, &number, &end))
		return false;
	end = next_number(map->image, UINT64_MAX, number, end);
	stretch->zero = map->zero && bit(map->zero, number);
	if (map->zero)
		end = next_number(map->zero, stretch->zero ? UINT64_MAX : 0,
				  number, end);
	stretch->len = (end - number) << map->shift;
	if (stretch->len > max)
		stretch->len = trans_round_up(max, tr_page(resume));
	stretch->direct = is_direct(resume, stretch->pa, &stretch->len);
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
	uint64_t page = tr_page(resume), number = number_of(map, pa);
	trans_pa_t start = trans_round_down(pa, page);
	const struct trans_move *move;

	if (number == NOWHERE || !bit(map->image, number) ||
	    (map->zero && bit(map->zero, number)))
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
	return trans_host_at_(&resume->host, now, (size_t)len);
}

/* The image, as the finders look at it */

static uint64_t next_stored(void *ctx, trans_pa_t *pa)
{
	struct tr_load *load = ctx;
	const struct trans_resume *resume = load->resume;
	uint64_t most = PIECE / (1 + swsusp_workers(&resume->image)), len;
	struct tr_stretch stretch;
	trans_pa_t now;

	for (;; *pa = stretch.pa + stretch.len) {
		if (!trans_resume_stretch_(resume, *pa, most, &stretch))
			return 0;
		if (!stretch.zero)
			break;
		if (trans_resume_work_(load, stretch.len))
			return 0;
	}
	*pa = stretch.pa;
	now = stretch.pa;
	len = stretch.len;
	if (!stretch.direct &&
	    !trans_resume_where_(resume, stretch.pa, &now, &len))
		return 0;
	load->piece = (struct trans_range){ stretch.pa,
					    trans_least(len, stretch.len) };
	load->piece_now = now;
	/* The rest of the stretch is counted when it is its turn. */
	return trans_resume_work_(load, load->piece.len) ? 0 : load->piece.len;
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
	return trans_host_at_(&resume->host, load->piece_now + in, (size_t)len);
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
