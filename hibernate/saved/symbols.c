/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * kallsyms: names, packed by 256 tokens, one behind the other in the order of
 * their addresses; and as many offsets. A name is its length in bytes (seven
 * bits; bit 7: eight more bits follow in the next byte, from Linux 6.1) and
 * bytes that each stand for a token; unpacked, its first character is the
 * symbol's type. All names are gone through once, and only those are unpacked
 * whose first byte can begin one that is wanted.
 *
 * What an offset means has changed, and no kernel says which it is: so it is
 * what gives _stext the address that VMCOREINFO has.
 *
 * Linux, scripts/kallsyms.c and kernel/kallsyms.c.
 */
#include "hibernate/saved/private.h"
#include "lib/fail.h"
#include "lib/numbers.h"

#define MOST_SYMBOLS (1u << 22)
/* How many names are wanted, with _stext, and how many bytes they have packed,
 * since each stands for one character at least. */
#define MOST_WANTED 8u
#define MOST_BYTES 32u
#define NONE UINT32_MAX
/* From this length on a name's length has two bytes. */
#define TWO_BYTES 0x80
/* What going on to the next name costs, beside a byte that is looked at, for
 * each byte of a piece: names have two at least. */
#define NAME_EFFORT 4u
/* What a name costs that begins as one that is wanted, for each byte. */
#define MATCH_EFFORT 16u

/* How offsets are meant. */
enum offsets {
	FROM_BASE,      /* unsigned, from kallsyms_relative_base */
	FROM_THEMSELVES, /* signed, from where the offset is (from 7.0) */
	ABSOLUTE,       /* positive: itself; negative: from the base - 1 */
	KINDS_OF_OFFSETS,
};

/*
 * @names, @count, @offsets, @base: as VMCOREINFO says; has_base: it does
 * @at, @end: what of the names' current piece is left; @next: where the piece
 *            behind it is
 * @name:     those that are wanted, and behind them _stext
 * @may:      of each byte that a name can begin with, a bit for each of them;
 * @begun:    and how many of their characters that are. Mostly none, but the
 *            type; then of the byte behind it
 * @begins:   a bit for each of those that begin so
 * @index:    of what was found: NONE, or if there are several, @count
 */
struct names {
	struct trans_saved *saved;
	uint64_t names, count, offsets, base;
	bool has_base;
	trans_va_t next;
	const uint8_t *at, *end;
	const char *name[MOST_WANTED];
	size_t wanted;
	uint32_t index[MOST_WANTED];
	uint8_t may[256], begun[256], begins[256];
};

/* The tokens */

static bool take_tokens(struct trans_saved *saved)
{
	uint64_t table, index;
	uint8_t raw[2];

	if (trans_saved_number(saved, "SYMBOL(kallsyms_token_table)", &table,
			       NULL) ||
	    trans_saved_number(saved, "SYMBOL(kallsyms_token_index)", &index,
			       NULL) ||
	    index <= table || index - table > TRANS_SAVED_TOKENS ||
	    !trans_saved_copy_(saved, table, saved->token, index - table))
		return false;
	for (unsigned int i = 0; i < 256; i++) {
		if (!trans_saved_copy_(saved, index + 2ULL * i, raw, 2))
			return false;
		saved->token_at[i] = (uint16_t)trans_le(raw, 2);
		if (saved->token_at[i] >= index - table)
			return false;
	}
	/* So that the last one has an end, whatever it says. */
	saved->token[index - table - 1] = 0;
	return true;
}

static const char *token_of(const struct trans_saved *saved, uint8_t byte)
{
	return saved->token + saved->token_at[byte];
}

/* Is @token, less the type if it is the first, how @name goes on? Then how many
 * of its characters it is. */
static bool goes_on(const char *token, const char *name, size_t *len)
{
	for (*len = 0; token[*len]; (*len)++)
		if (token[*len] != name[*len] || !name[*len])
			return false;
	return true;
}

static void mark_first(struct names *n)
{
	for (unsigned int i = 0; i < 256; i++) {
		const char *token = token_of(n->saved, (uint8_t)i);
		size_t len;

		n->may[i] = n->begins[i] = 0;
		for (size_t j = 0; *token && j < n->wanted; j++) {
			if (goes_on(token, n->name[j], &len))
				n->begins[i] |= (uint8_t)(1u << j);
			if (!goes_on(token + 1, n->name[j], &len))
				continue;
			n->may[i] |= (uint8_t)(1u << j);
			n->begun[i] = (uint8_t)len;
		}
	}
}

/* The names */

static bool next_piece(struct names *n)
{
	size_t len;

	n->at = trans_saved_look_(n->saved, n->next, &len);
	if (!n->at || !trans_saved_spend_(n->saved, len * NAME_EFFORT))
		return false;
	n->end = n->at + len;
	n->next += len;
	return true;
}

static bool next_byte(struct names *n, uint8_t *byte)
{
	if (n->at == n->end && !next_piece(n))
		return false;
	*byte = *n->at++;
	return true;
}

/* At most 32 KiB, so a few pieces. */
static bool skip(struct names *n, size_t len)
{
	while (len > (size_t)(n->end - n->at)) {
		len -= (size_t)(n->end - n->at);
		if (!next_piece(n))
			return false;
	}
	n->at += len;
	return true;
}

static bool next_length(struct names *n, size_t *len)
{
	uint8_t low, high = 0;

	if (!next_byte(n, &low) || (low & TWO_BYTES && !next_byte(n, &high)))
		return false;
	*len = (low & 0x7f) | (size_t)high << 7;
	return *len != 0;
}

/* Is what @len bytes stand for @name? */
static bool is_name(const struct names *n, const uint8_t *bytes, size_t len,
		    const char *name)
{
	for (; len && *name; len--, bytes++) {
		size_t more;

		if (!goes_on(token_of(n->saved, *bytes), name, &more))
			return false;
		name += more;
	}
	return !len && !*name;
}

static void compare(struct names *n, uint8_t first, size_t len, uint32_t i)
{
	uint8_t copy[MOST_BYTES];
	const uint8_t *bytes = n->at;
	char next;

	if (len > sizeof(copy))
		return;
	if (len > (size_t)(n->end - n->at)) {
		bytes = copy;
		if (!trans_saved_copy_(n->saved,
				       n->next - (size_t)(n->end - n->at),
				       copy, len))
			return;
	}
	if (!n->begun[first] &&
	    (!len || !(n->may[first] & n->begins[*bytes])))
		return;
	next = len ? *token_of(n->saved, *bytes) : 0;
	for (size_t j = 0; j < n->wanted; j++) {
		const char *rest = n->name[j] + n->begun[first];

		if (n->may[first] >> j & 1 && *rest == next &&
		    trans_saved_spend_(n->saved, (len + 1) * MATCH_EFFORT) &&
		    is_name(n, bytes, len, rest))
			n->index[j] = n->index[j] == NONE ? i :
							    (uint32_t)n->count;
	}
}

/* Of name @i and those behind it, as many as have one byte of length and are in
 * the piece for sure; which comes then. Looking at other pages does not move
 * the piece: it is saved memory. */
static uint32_t hurry(struct names *n, uint32_t i)
{
	const uint8_t *at = n->at;

	for (; n->end - at > TWO_BYTES && i < n->count; i++) {
		unsigned int len = at[0], first = at[1];

		if (!len || len >= TWO_BYTES)
			break;
		if (n->may[first] && (n->begun[first] ||
				      n->may[first] & n->begins[at[2]])) {
			n->at = at + 2;
			compare(n, (uint8_t)first, len - 1, i);
		}
		at += 1 + len;
	}
	n->at = at;
	return i;
}

static bool go_through(struct names *n)
{
	for (uint32_t i = 0; (i = hurry(n, i)) < n->count; i++) {
		uint8_t first;
		size_t len;

		if (!next_length(n, &len) || !next_byte(n, &first))
			return false;
		if (n->may[first])
			compare(n, first, len - 1, i);
		if (!skip(n, len - 1))
			return false;
	}
	return !n->saved->failed;
}

/* The addresses */

static bool address_of(const struct names *n, uint32_t i, enum offsets kind,
		       trans_va_t *va)
{
	trans_va_t at = n->offsets + 4ULL * i;
	uint64_t raw, wide;

	if (i >= n->count || (kind == FROM_THEMSELVES) == n->has_base ||
	    !trans_saved_load_(n->saved, at, 4, &raw))
		return false;
	wide = (uint64_t)(int64_t)(int32_t)(uint32_t)raw;
	if (kind == FROM_BASE)
		*va = n->base + raw;
	else if (kind == FROM_THEMSELVES)
		*va = at + wide;
	else
		*va = wide >> 63 ? n->base - 1 - wide : wide;
	return true;
}

static bool kind_of_offsets(const struct names *n, enum offsets *kind)
{
	uint64_t stext;
	trans_va_t va;

	if (trans_saved_number(n->saved, "SYMBOL(_stext)", &stext, NULL))
		return false;
	for (int i = 0; i < KINDS_OF_OFFSETS; i++) {
		*kind = (enum offsets)i;
		if (address_of(n, n->index[n->wanted - 1], *kind, &va) &&
		    va == stext)
			return true;
	}
	return false;
}

static bool resolve(struct names *n, struct trans_saved_symbol *symbols)
{
	enum offsets kind;

	if (!kind_of_offsets(n, &kind))
		return false;
	for (size_t j = 0; j + 1 < n->wanted; j++)
		if (!address_of(n, n->index[j], kind, &symbols[j].va))
			symbols[j].va = 0;
	return true;
}

static bool begin(struct names *n)
{
	struct trans_saved *saved = n->saved;
	uint64_t base_at, count_at;

	if (trans_saved_number(saved, "SYMBOL(kallsyms_names)", &n->names,
			       NULL) ||
	    trans_saved_number(saved, "SYMBOL(kallsyms_num_syms)", &count_at,
			       NULL) ||
	    trans_saved_number(saved, "SYMBOL(kallsyms_offsets)", &n->offsets,
			       NULL) ||
	    !trans_saved_load_(saved, count_at, 4, &n->count) ||
	    !n->count || n->count > MOST_SYMBOLS)
		return false;
	n->has_base = !trans_saved_number(
		saved, "SYMBOL(kallsyms_relative_base)", &base_at, NULL);
	if (n->has_base && !trans_saved_load_(saved, base_at, 8, &n->base))
		return false;
	n->next = n->names;
	return take_tokens(saved);
}

static void want(struct names *n, const char *name)
{
	n->index[n->wanted] = NONE;
	n->name[n->wanted++] = name;
}

int trans_saved_symbols(struct trans_saved *saved,
			struct trans_saved_symbol *symbols, size_t count,
			struct trans_error *err)
{
	struct names n = { .saved = saved };
	bool there;

	if (count >= MOST_WANTED)
		return trans_fail(err, TRANS_EINVAL, "too many symbols");
	for (size_t j = 0; j < count; j++) {
		symbols[j].va = 0;
		want(&n, symbols[j].name);
	}
	want(&n, "_stext");
	there = begin(&n);
	if (there) {
		mark_first(&n);
		there = go_through(&n) && resolve(&n, symbols);
	}
	return trans_saved_answer_(saved, there, "no kallsyms in the image",
				   err);
}
