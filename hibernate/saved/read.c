/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * A saved kernel's memory by its own addresses: through its own tables, which
 * may lead anywhere, to pages that may not be there. The last pages are
 * remembered, since what is read goes on in them, and all that is looked at is
 * counted.
 */
#include "hibernate/saved/private.h"
#include "lib/fail.h"
#include "lib/numbers.h"

/* The host hears of it each time that so much was looked at. */
#define WORK_PART (64u << 10)

bool trans_saved_spend_(struct trans_saved *saved, uint64_t bytes)
{
	if (saved->failed)
		return false;
	if (bytes > saved->effort) {
		saved->failed = TRANS_ECORRUPT;
		return false;
	}
	saved->effort -= bytes;
	saved->untold += bytes;
	if (saved->untold < WORK_PART)
		return true;
	if (saved->memory->work(saved->memory->ctx, saved->untold))
		saved->failed = TRANS_ESTOPPED;
	saved->untold = 0;
	return !saved->failed;
}

/* Where @va leads by the tables, and all that the same entry maps. */
static bool walk(struct trans_saved *saved, trans_va_t va, trans_pa_t *pa)
{
	unsigned int turn = saved->leaf_turn++ % TRANS_SAVED_LEAVES;
	struct trans_leaf leaf;
	uint64_t len;

	if (!trans_saved_spend_(saved, SAVED_WALK) ||
	    trans_table_query(&saved->view, va, &leaf, NULL) ||
	    !trans_memory_cacheable(leaf.memory))
		return false;
	len = 1ULL << trans_geometry_shift(&saved->view.geo, leaf.level);
	saved->leaf[turn].len = len;
	saved->leaf[turn].va = trans_round_down(va, len);
	saved->leaf[turn].pa = trans_round_down(leaf.pa, len);
	*pa = leaf.pa;
	return true;
}

/* What is constant in a kernel, such as its names and types, is mapped by
 * blocks, in which one piece leads to the next. */
static bool translate(struct trans_saved *saved, trans_va_t va, trans_pa_t *pa)
{
	for (unsigned int i = 0; i < TRANS_SAVED_LEAVES; i++) {
		uint64_t in = va - saved->leaf[i].va;

		if (in < saved->leaf[i].len) {
			*pa = saved->leaf[i].pa + in;
			return true;
		}
	}
	return walk(saved, va, pa);
}

/* The piece of memory that begins at @va; what came last is looked at first. */
static const uint8_t *piece_at(struct trans_saved *saved, trans_va_t va)
{
	const struct trans_saved_memory *memory = saved->memory;
	unsigned int i = saved->turn;
	const uint8_t *bytes;
	trans_pa_t pa;

	do {
		if (saved->page_va[i] == va && saved->page[i])
			return saved->page[i];
		i = (i + TRANS_SAVED_PAGES - 1) % TRANS_SAVED_PAGES;
	} while (i != saved->turn);
	if (!translate(saved, va, &pa))
		return NULL;
	bytes = memory->at(memory->ctx, pa, SAVED_PIECE);
	if (!bytes)
		return NULL;
	saved->turn = (saved->turn + 1) % TRANS_SAVED_PAGES;
	saved->page[saved->turn] = bytes;
	saved->page_va[saved->turn] = va;
	return bytes;
}

const uint8_t *trans_saved_look_(struct trans_saved *saved, trans_va_t va,
				 size_t *len)
{
	size_t in = va & (SAVED_PIECE - 1);
	const uint8_t *bytes = piece_at(saved, va - in);

	*len = SAVED_PIECE - in;
	return bytes && !saved->failed ? bytes + in : NULL;
}

/* Is it one of the pages that were not stored, because they are zero? */
static bool is_zero(struct trans_saved *saved, trans_va_t va)
{
	const struct trans_saved_memory *memory = saved->memory;
	trans_pa_t pa;

	return translate(saved, va, &pa) && memory->zero(memory->ctx, pa, 1);
}

bool trans_saved_copy_(struct trans_saved *saved, trans_va_t va, void *to,
		       size_t len)
{
	uint8_t *out = to;

	while (len) {
		size_t room;
		const uint8_t *bytes = trans_saved_look_(saved, va, &room);
		size_t now = trans_least(len, room);

		if (!trans_saved_spend_(saved, now))
			return false;
		if (bytes)
			memcpy(out, bytes, now);
		else if (is_zero(saved, va))
			memset(out, 0, now);
		else
			return false;
		out += now;
		va += now;
		len -= now;
	}
	return true;
}

/* Little-endian there and here. */
bool trans_saved_load_(struct trans_saved *saved, trans_va_t va,
		       unsigned int bytes, uint64_t *value)
{
	uint64_t loaded = 0;

	if (!trans_saved_copy_(saved, va, &loaded, bytes))
		return false;
	*value = loaded;
	return true;
}

int trans_saved_answer_(const struct trans_saved *saved, bool known,
			const char *missing, struct trans_error *err)
{
	if (saved->failed == TRANS_ESTOPPED)
		return trans_fail(err, TRANS_ESTOPPED, "work");
	if (saved->failed)
		return trans_fail(err, saved->failed,
				  "a saved kernel that takes too long to ask");
	return known ? 0 : trans_fail(err, TRANS_ENOENT, missing);
}

int trans_saved_read(struct trans_saved *saved, trans_va_t va, void *to,
		     size_t len, struct trans_error *err)
{
	bool there = trans_saved_copy_(saved, va, to, len);
	int ret = trans_saved_answer_(saved, there, "not in the image", err);

	if (ret && err)
		err->va = va;
	return ret;
}
