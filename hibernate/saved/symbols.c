/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * kallsyms: names, packed by 256 tokens, one behind the other in the order of
 * their addresses; and as many offsets. A name is its length in bytes (seven
 * bits; bit 7: eight more bits follow in the next byte, from Linux 6.1) and
 * bytes that each stand for a token; unpacked, its first character is the
 * symbol's type.
 *
 * There is also where each 256th name is (kallsyms_markers), and from 6.2 on
 * the numbers of all names in the order of the alphabet
 * (kallsyms_seqs_of_names). VMCOREINFO has neither; but from 6.5 on where the
 * other tables are says where these must be: names, markers, tokens,
 * offsets, their base, numbers (write_src). So a name is found in some 17
 * steps. If _stext is not, all names are gone through.
 *
 * An offset is unsigned, from kallsyms_relative_base; without that, from 7.0
 * on, it is signed, from where it is itself. (What only x86 has had,
 * KALLSYMS_ABSOLUTE_PERCPU, is not known here.) Either must give _stext the
 * address that VMCOREINFO has.
 *
 * Linux, scripts/kallsyms.c and kernel/kallsyms.c.
 */
#include "hibernate/saved/private.h"
#include "lib/assume.h"
#include "lib/fail.h"
#include "lib/numbers.h"

#define MOST_SYMBOLS (1u << 22)
/* How many names are wanted, with _stext, and how many bytes of a packed one
 * tell it from those: each stands for a character at least, and they have 32 at
 * most, behind the type. */
#define MOST_WANTED (TRANS_SAVED_MOST + 1u)
#define MOST_BYTES 34u
#define NONE UINT32_MAX
/* From this length on a name's length has two bytes. */
#define TWO_BYTES 0x80
/* A marker for so many names, of 4 bytes; a number in their order has 3. */
#define MARKED 256u
#define MARKER_LEN 4ULL
#define ORDER_LEN 3u
/* All tables begin at multiples of this. */
#define TABLE_ALIGN 8u
/* What going on to the next name costs, beside a byte that is looked at, for
 * each byte of a piece: names have two at least. */
#define NAME_EFFORT 4u
/* What a name costs that is compared, for each byte. */
#define MATCH_EFFORT 16u

/*
 * @names, @count, @tokens, @offsets, @base_at, @base: as VMCOREINFO says;
 *            base_at 0: it does not
 * @markers, @order: where these would be
 * @at, @end: what of the names' current piece is left; @next: where the piece
 *            behind it is
 * @name:     those that are wanted, and behind them _stext
 * @index:    of what was found: NONE, or if there are several, @count
 * @low, @high: between which places of the order each must be
 * @may:      of each byte that a name can begin with, a bit for each of them
 * @lone:     that is the type alone: then it is the byte behind that, of which
 * @begins:   tells whether any can begin so
 */
struct names {
	struct trans_saved *saved;
	uint64_t names, count, tokens, offsets, base_at, base;
	trans_va_t markers, order;
	trans_va_t next;
	const uint8_t *at, *end;
	const char *name[MOST_WANTED];
	size_t wanted;
	uint32_t index[MOST_WANTED], low[MOST_WANTED], high[MOST_WANTED];
	uint16_t may[256];
	bool lone[256], begins[256];
};

/* The tokens */

static bool take_tokens(struct names *n)
{
	struct trans_saved *saved = n->saved;
	uint64_t index, len;

	if (trans_saved_number(saved, "SYMBOL(kallsyms_token_table)",
			       &n->tokens, NULL) ||
	    trans_saved_number(saved, "SYMBOL(kallsyms_token_index)", &index,
			       NULL))
		return false;
	len = index - n->tokens;
	if (index <= n->tokens || len > TRANS_SAVED_TOKENS ||
	    !trans_saved_copy_(saved, n->tokens, saved->token, len) ||
	    !trans_saved_copy_(saved, index, saved->token_at,
			       sizeof(saved->token_at)))
		return false;
	for (unsigned int i = 0; i < 256; i++)
		if (saved->token_at[i] >= len)
			return false;
	/* So that the last one has an end, whatever it says. */
	saved->token[len - 1] = 0;
	return true;
}

static const char *token_of(const struct names *n, uint8_t byte)
{
	return n->saved->token + n->saved->token_at[byte];
}

/* How what @len bytes stand for, less the type, compares with @name: as strcmp
 * says. */
static int compare(const struct names *n, const uint8_t *bytes, size_t len,
		   const char *name)
{
	bool type = true;

	for (; len; len--, bytes++) {
		const char *token = token_of(n, *bytes);

		for (; *token; token++) {
			if (!type && *token != *name)
				return (uint8_t)*token < (uint8_t)*name ? -1 :
									  1;
			name += !type;
			type = false;
		}
	}
	return *name ? -1 : 0;
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

/* Past as many of @count names as have one byte of length and are in the piece
 * for sure, up to one that begins as one that is wanted may; how many are
 * left. */
static uint32_t hurry(struct names *n, uint32_t count)
{
	const uint8_t *at = n->at;

	for (; n->end - at > TWO_BYTES && count; count--) {
		unsigned int len = at[0];

		if (!len || len >= TWO_BYTES ||
		    (n->may[at[1]] && (!n->lone[at[1]] || n->begins[at[2]])))
			break;
		at += 1 + len;
	}
	n->at = at;
	return count;
}

/* The first bytes of a name, of which there are *@len. Looking at other pages
 * does not move the piece: it is saved memory. */
static const uint8_t *begin_of(struct names *n, uint8_t copy[MOST_BYTES],
			       size_t *len)
{
	size_t room = (size_t)(n->end - n->at);

	*len = trans_least(*len, MOST_BYTES);
	if (!trans_saved_spend_(n->saved, *len * MATCH_EFFORT))
		return NULL;
	if (*len <= room)
		return n->at;
	return trans_saved_copy_(n->saved, n->next - room, copy, *len) ? copy :
									 NULL;
}

/* Is name @i, of @len bytes, one of them? */
static bool take(struct names *n, size_t len, uint32_t i)
{
	uint8_t copy[MOST_BYTES];
	const uint8_t *bytes = begin_of(n, copy, &len);

	for (size_t j = 0; bytes && j < n->wanted; j++)
		if (n->may[*bytes] >> j & 1 &&
		    !compare(n, bytes, len, n->name[j]))
			n->index[j] = n->index[j] == NONE ? i :
							    (uint32_t)n->count;
	return bytes != NULL;
}

/* Past @count names; those that begin as one that is wanted are looked at. */
static bool pass(struct names *n, uint32_t count)
{
	for (uint32_t left = count; (left = hurry(n, left)); left--) {
		size_t len;

		if (!next_length(n, &len) || !take(n, len, count - left) ||
		    !skip(n, len))
			return false;
	}
	return true;
}

/* In their order */

/* Past as many of @count names as have one byte of length and are in the piece
 * for sure, whatever they are; how many are left. */
static uint32_t stride(struct names *n, uint32_t count)
{
	const uint8_t *at = n->at;

	for (; count && n->end - at > TWO_BYTES; count--) {
		if (!*at || *at >= TWO_BYTES)
			break;
		at += 1 + *at;
	}
	n->at = at;
	return count;
}

/* To name @i, from the marker before it. */
static bool go_to(struct names *n, uint32_t i)
{
	uint32_t left = i % MARKED;
	uint64_t offset;

	if (!trans_saved_load_(n->saved, n->markers + i / MARKED * MARKER_LEN,
			       MARKER_LEN, &offset))
		return false;
	n->next = n->names + offset;
	n->at = n->end = NULL;
	for (; (left = stride(n, left)); left--) {
		size_t len;

		if (!next_length(n, &len) || !skip(n, len))
			return false;
	}
	return true;
}

/* The name that is at place @place of the order, and its number. */
static const uint8_t *name_at(struct names *n, uint32_t place, uint32_t *index,
			      uint8_t copy[MOST_BYTES], size_t *len)
{
	uint8_t raw[ORDER_LEN];

	if (!trans_saved_copy_(n->saved, n->order + (uint64_t)place * ORDER_LEN,
			       raw, sizeof(raw)))
		return NULL;
	*index = (uint32_t)raw[0] << 16 | (uint32_t)raw[1] << 8 | raw[2];
	if (*index >= n->count || !go_to(n, *index) || !next_length(n, len))
		return NULL;
	return begin_of(n, copy, len);
}

/* Once it is known which name is at @place, that tells of each that is wanted
 * and might be there on which side it is. */
static bool look_at(struct names *n, uint32_t place)
{
	uint8_t copy[MOST_BYTES];
	uint32_t index;
	size_t len;
	const uint8_t *bytes = name_at(n, place, &index, copy, &len);

	for (size_t j = 0; bytes && j < n->wanted; j++) {
		int order;

		if (place < n->low[j] || place >= n->high[j])
			continue;
		order = compare(n, bytes, len, n->name[j]);
		if (order < 0)
			n->low[j] = place + 1;
		else
			n->high[j] = place;
		if (!order)
			n->index[j] = index;
	}
	return bytes != NULL;
}

/* Where name @j would be, so that all before it are less. If it is there, it is
 * the only one where the next one is another one. */
static bool find(struct names *n, size_t j)
{
	uint8_t copy[MOST_BYTES];
	const uint8_t *bytes;
	uint32_t index;
	size_t len;

	while (n->low[j] < n->high[j])
		if (!look_at(n, n->low[j] + (n->high[j] - n->low[j]) / 2))
			return false;
	if (n->index[j] == NONE || n->low[j] + 1 == n->count)
		return true;
	bytes = name_at(n, n->low[j] + 1, &index, copy, &len);
	if (bytes && !compare(n, bytes, len, n->name[j]))
		n->index[j] = (uint32_t)n->count;
	return bytes != NULL;
}

/* Of another order, or none, is what has no _stext in it. */
static bool look_up(struct names *n)
{
	uint64_t markers = (n->count + MARKED - 1) / MARKED * MARKER_LEN;
	size_t j = n->wanted;

	if (n->offsets < n->tokens)
		return false;
	n->markers = n->tokens - trans_round_up(markers, TABLE_ALIGN);
	n->order = n->base_at ? n->base_at + 8 :
				trans_round_up(n->offsets + 4 * n->count,
					       TABLE_ALIGN);
	for (size_t i = 0; i < j; i++)
		n->high[i] = (uint32_t)n->count;
	while (j--)
		if (!find(n, j) || n->index[n->wanted - 1] >= n->count)
			return false;
	return true;
}

/* One after the other */

/* Does @name begin with @token? */
static bool goes_on(const char *token, const char *name)
{
	while (*token && *token == *name) {
		token++;
		name++;
	}
	return !*token;
}

static void mark_first(struct names *n)
{
	for (unsigned int i = 0; i < 256; i++) {
		const char *token = token_of(n, (uint8_t)i);

		for (size_t j = 0; *token && j < n->wanted; j++) {
			if (goes_on(token + 1, n->name[j]))
				n->may[i] |= (uint16_t)(1u << j);
			n->begins[i] |= goes_on(token, n->name[j]);
		}
		n->lone[i] = *token && !token[1];
	}
}

static bool go_through(struct names *n)
{
	mark_first(n);
	for (size_t j = 0; j < n->wanted; j++)
		n->index[j] = NONE;
	n->next = n->names;
	n->at = n->end = NULL;
	return pass(n, (uint32_t)n->count) && !n->saved->failed;
}

/* The addresses */

static bool address_of(const struct names *n, uint32_t i, trans_va_t *va)
{
	trans_va_t at = n->offsets + 4ULL * i;
	uint64_t raw;

	if (i >= n->count || !trans_saved_load_(n->saved, at, 4, &raw))
		return false;
	*va = n->base_at ? n->base + raw :
			   at + (uint64_t)(int64_t)(int32_t)(uint32_t)raw;
	return true;
}

static bool resolve(struct names *n, struct trans_saved_symbol *symbols)
{
	uint64_t stext;
	trans_va_t va;

	if (trans_saved_number(n->saved, "SYMBOL(_stext)", &stext, NULL) ||
	    !address_of(n, n->index[n->wanted - 1], &va) || va != stext)
		return false;
	for (size_t j = 0; j + 1 < n->wanted; j++)
		if (!address_of(n, n->index[j], &symbols[j].va))
			symbols[j].va = 0;
	return true;
}

static bool take_offsets(struct names *n)
{
	struct trans_saved *saved = n->saved;
	uint64_t count_at;

	if (trans_saved_number(saved, "SYMBOL(kallsyms_num_syms)", &count_at,
			       NULL) ||
	    trans_saved_number(saved, "SYMBOL(kallsyms_offsets)", &n->offsets,
			       NULL) ||
	    !trans_saved_load_(saved, count_at, 4, &n->count) ||
	    !n->count || n->count > MOST_SYMBOLS)
		return false;
	(void)trans_saved_number(saved, "SYMBOL(kallsyms_relative_base)",
				 &n->base_at, NULL);
	return !n->base_at ||
	       trans_saved_load_(saved, n->base_at, 8, &n->base);
}

/* The last one is data, if any is: all kernels have init_uts_ns, which lies
 * behind their code, and say so. */
bool trans_saved_has_data_(struct trans_saved *saved)
{
	struct names n = { .saved = saved };
	uint64_t uts;
	trans_va_t last;

	return take_offsets(&n) &&
	       address_of(&n, (uint32_t)n.count - 1, &last) &&
	       !trans_saved_number(saved, "SYMBOL(init_uts_ns)", &uts, NULL) &&
	       last >= uts;
}

static bool begin(struct names *n)
{
	return !trans_saved_number(n->saved, "SYMBOL(kallsyms_names)",
				   &n->names, NULL) &&
	       take_offsets(n) && take_tokens(n);
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
	there = begin(&n) &&
		((!TRANS_ASSUME_NO_ORDER && look_up(&n) &&
		  resolve(&n, symbols)) ||
		 (go_through(&n) && resolve(&n, symbols)));
	return trans_saved_answer_(saved, there, "no kallsyms in the image",
				   err);
}
