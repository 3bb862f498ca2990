/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * BTF: a header, types one behind the other, and their names. A type has no
 * number of its own but its place, so that each is found by going through those
 * before it; where some of them are is remembered on the way.
 *
 * Linux, Documentation/bpf/btf.rst and include/uapi/linux/btf.h.
 */
#include "hibernate/saved/private.h"
#include "lib/fail.h"
#include "lib/numbers.h"

/* struct btf_header */
#define MAGIC 0xeb9fu
#define HEADER_LEN 24u
/* struct btf_type, and struct btf_member behind it */
#define TYPE_LEN 12u
#define MEMBER_LEN 12u
/* What types cost, for each byte of them. */
#define TYPE_EFFORT 2ULL
/* What looking at a name costs: those that are wanted are short. */
#define NAME_EFFORT 192u
/* Pointer, typedef and qualifiers around a struct. */
#define MOST_LAYERS 16u
#define MOST_TYPES (1u << 22)
#define MOST_LEN (1u << 30)
/* At first one of so many is remembered, as a power of 2: there is room for
 * what is in front of a kernel's own types, and to go on from one is cheap. */
#define FIRST_MARKS 5u

enum kind {
	KIND_PTR = 2,
	KIND_STRUCT = 4,
	KIND_TYPEDEF = 8,
	KIND_VOLATILE = 9,
	KIND_CONST = 10,
	KIND_RESTRICT = 11,
	KIND_TYPE_TAG = 18,
	KINDS = 32,
};

/* How long a type is, by its kind: that, and more for each of vlen. 0: there is
 * no such kind. */
static const struct {
	uint8_t len, each;
} kinds[KINDS] = {
	[1] = { TYPE_LEN + 4, 0 },             /* INT */
	[KIND_PTR] = { TYPE_LEN, 0 },
	[3] = { TYPE_LEN + 12, 0 },            /* ARRAY */
	[KIND_STRUCT] = { TYPE_LEN, 12 },
	[5] = { TYPE_LEN, 12 },                /* UNION */
	[6] = { TYPE_LEN, 8 },                 /* ENUM */
	[7] = { TYPE_LEN, 0 },                 /* FWD */
	[KIND_TYPEDEF] = { TYPE_LEN, 0 },
	[KIND_VOLATILE] = { TYPE_LEN, 0 },
	[KIND_CONST] = { TYPE_LEN, 0 },
	[KIND_RESTRICT] = { TYPE_LEN, 0 },
	[12] = { TYPE_LEN, 0 },                /* FUNC */
	[13] = { TYPE_LEN, 8 },                /* FUNC_PROTO */
	[14] = { TYPE_LEN + 4, 0 },            /* VAR */
	[15] = { TYPE_LEN, 12 },               /* DATASEC */
	[16] = { TYPE_LEN, 0 },                /* FLOAT */
	[17] = { TYPE_LEN + 4, 0 },            /* DECL_TAG */
	[KIND_TYPE_TAG] = { TYPE_LEN, 0 },
	[19] = { TYPE_LEN, 12 },               /* ENUM64 */
};

/* A type. @at: where, from the first one on; @next: where the one behind it is.
 * @refers: size, or another type. @raw, @room: what was read, if it lies in one
 * piece, and what is left of that from there on */
struct type {
	uint32_t number, at, next;
	const uint8_t *raw;
	size_t room;
	uint32_t name, refers;
	unsigned int kind, count;
	bool bit_offsets;
};

/* Types are aligned to 4 bytes, and so are all numbers. */
static uint32_t word(const uint8_t *bytes)
{
	uint32_t value;

	memcpy(&value, __builtin_assume_aligned(bytes, 4), sizeof(value));
	return value;
}

static unsigned int half(const uint8_t *bytes)
{
	uint16_t value;

	memcpy(&value, __builtin_assume_aligned(bytes, 4), sizeof(value));
	return value;
}

/* A few words without a copy, if they do not lie across two pieces. */
static const uint8_t *peek(struct trans_saved *saved, trans_va_t va,
			   uint32_t *copy, size_t len)
{
	size_t room;
	const uint8_t *bytes = trans_saved_look_(saved, va, &room);

	if (bytes && room >= len)
		return bytes;
	return trans_saved_copy_(saved, va, copy, len) ?
		       (const uint8_t *)copy : NULL;
}

/* Is the string at @offset @name? */
static bool is_called(struct trans_saved *saved, uint32_t offset,
		      const char *name)
{
	while (offset < saved->strings_len) {
		size_t room;
		const uint8_t *at = trans_saved_look_(
			saved, saved->strings + offset, &room);

		if (!at || !trans_saved_spend_(saved, NAME_EFFORT))
			return false;
		room = trans_least(room, saved->strings_len - offset);
		offset += (uint32_t)room;
		for (; room; room--, at++, name++) {
			if (*at != (uint8_t)*name)
				return false;
			if (!*name)
				return true;
		}
	}
	return false;
}

/* Types */

/* What the bytes at @raw say. */
static bool decode(struct type *type, const uint8_t *raw, uint32_t left)
{
	uint32_t info = word(raw + 4), more;

	type->name = word(raw);
	type->refers = word(raw + 8);
	type->kind = info >> 24 & 0x1f;
	type->count = info & 0xffff;
	type->bit_offsets = info >> 31;
	more = kinds[type->kind].len + kinds[type->kind].each * type->count;
	type->next = type->at + more;
	return kinds[type->kind].len && more <= left;
}

static bool type_at(struct trans_saved *saved, uint32_t at, uint32_t number,
		    struct type *type)
{
	uint32_t left = saved->types_len - at, copy[TYPE_LEN / 4];

	if (at > saved->types_len || left < TYPE_LEN ||
	    !trans_saved_spend_(saved, SAVED_PIECE * TYPE_EFFORT))
		return false;
	type->number = number;
	type->at = at;
	type->raw = trans_saved_look_(saved, saved->types + at, &type->room);
	if (type->raw && type->room >= TYPE_LEN)
		return decode(type, type->raw, left);
	type->room = 0;
	return trans_saved_copy_(saved, saved->types + at, copy, TYPE_LEN) &&
	       decode(type, (const uint8_t *)copy, left);
}

/* Most of them are in the same piece as the one before. */
static bool type_behind(struct trans_saved *saved, struct type *type)
{
	uint32_t step = type->next - type->at;

	if (!type->raw || type->room < step + TYPE_LEN ||
	    saved->types_len - type->next < TYPE_LEN)
		return type_at(saved, type->next, type->number + 1, type);
	type->number++;
	type->at = type->next;
	type->raw += step;
	type->room -= step;
	return decode(type, type->raw, saved->types_len - type->at);
}

/* Every 1 << mark_shift-th type is remembered; when there is no more room, only
 * every second of those. */
static void remember(struct trans_saved *saved, const struct type *type)
{
	uint32_t number = type->number - 1;

	if (number & ((1u << saved->mark_shift) - 1) ||
	    number >> saved->mark_shift != saved->marks)
		return;
	if (saved->marks == TRANS_SAVED_MARKS) {
		saved->marks /= 2;
		saved->mark_shift++;
		for (size_t i = 0; i < saved->marks; i++)
			saved->mark[i] = saved->mark[2 * i];
	}
	if (number >> saved->mark_shift == saved->marks)
		saved->mark[saved->marks++] = type->at;
}

static bool first_type(struct trans_saved *saved, struct type *type)
{
	if (!type_at(saved, 0, 1, type))
		return false;
	remember(saved, type);
	return true;
}

static bool next_type(struct trans_saved *saved, struct type *type)
{
	if (type->number >= MOST_TYPES || !type_behind(saved, type))
		return false;
	remember(saved, type);
	return true;
}

/* Type @number, from the nearest one before it that is remembered. */
static bool find_type(struct trans_saved *saved, uint32_t number,
		      struct type *type)
{
	uint32_t mark = (number - 1) >> saved->mark_shift;

	if (!number || !saved->marks)
		return false;
	if (mark >= saved->marks)
		mark = saved->marks - 1;
	if (!type_at(saved, saved->mark[mark],
		     (mark << saved->mark_shift) + 1, type))
		return false;
	while (type->number < number)
		if (!next_type(saved, type))
			return false;
	return true;
}

static bool wraps(unsigned int kind)
{
	return kind == KIND_PTR || kind == KIND_TYPEDEF ||
	       kind == KIND_VOLATILE || kind == KIND_CONST ||
	       kind == KIND_RESTRICT || kind == KIND_TYPE_TAG;
}

static bool struct_behind(struct trans_saved *saved, uint32_t number,
			  struct type *type)
{
	for (unsigned int i = 0; i < MOST_LAYERS; i++) {
		if (!find_type(saved, number, type))
			return false;
		if (!wraps(type->kind))
			return type->kind == KIND_STRUCT;
		number = type->refers;
	}
	return false;
}

/* Questions */

/* The section ends where its parts do. */
static bool take_header(struct trans_saved *saved, trans_va_t start,
			uint64_t len)
{
	uint8_t raw[HEADER_LEN];
	uint64_t header, types, types_len, strings, strings_len;

	if (len < HEADER_LEN || len > MOST_LEN ||
	    !trans_saved_copy_(saved, start, raw, sizeof(raw)) ||
	    trans_le(raw, 2) != MAGIC || raw[2] != 1)
		return false;
	header = trans_le(raw + 4, 4);
	types = header + trans_le(raw + 8, 4);
	types_len = trans_le(raw + 12, 4);
	strings = header + trans_le(raw + 16, 4);
	strings_len = trans_le(raw + 20, 4);
	if (header < HEADER_LEN || (start + types) % 4 ||
	    types + types_len > len || strings + strings_len > len)
		return false;
	saved->types = start + types;
	saved->types_len = (uint32_t)types_len;
	saved->strings = start + strings;
	saved->strings_len = (uint32_t)strings_len;
	return true;
}

int trans_saved_types(struct trans_saved *saved, trans_va_t start,
		      trans_va_t end, struct trans_error *err)
{
	struct type type;
	bool there;

	saved->types_len = saved->marks = 0;
	saved->mark_shift = FIRST_MARKS;
	there = end > start && take_header(saved, start, end - start) &&
		first_type(saved, &type);
	return trans_saved_answer_(saved, there, "no BTF in the image", err);
}

/*
 * Structs that are looked for.
 * @left:   that are not found yet
 * @first:  a bit for each character, modulo 64, that a name of theirs begins
 *          with
 * @string: what of the strings was looked at last: @string_len bytes from
 *          @string_at on
 */
struct search {
	struct trans_saved *saved;
	struct trans_saved_struct *structs;
	size_t count, left;
	uint64_t first;
	const uint8_t *string;
	uint32_t string_at;
	size_t string_len;
};

/* Is it known already that no wanted name begins as the string at @offset? */
static bool is_other(const struct search *search, uint32_t offset)
{
	uint32_t in = offset - search->string_at;

	return in < search->string_len &&
	       !(search->first >> search->string[in] % 64 & 1);
}

/* Past types that are not wanted, and need not be remembered, as long as their
 * heads are in the piece: @type ends where the next one begins. */
static void hurry(const struct search *search, struct type *type)
{
	const struct trans_saved *saved = search->saved;
	size_t len = trans_least(type->room, saved->types_len - type->at);
	uint32_t most = -type->number & ((1u << saved->mark_shift) - 1);
	uint32_t left = most, at = type->next - type->at;

	for (; at + TYPE_LEN <= len && left; left--) {
		const uint8_t *raw = type->raw + at;
		unsigned int kind = raw[7] & 0x1f;

		if (kind == KIND_STRUCT ? !is_other(search, word(raw)) :
					  !kinds[kind].len)
			break;
		at += kinds[kind].len + kinds[kind].each * half(raw + 4);
	}
	type->number += most - left;
	type->next = type->at += at;
	type->raw = at < len ? type->raw + at : NULL;
	type->room -= trans_least(at, type->room);
}

/* Is struct @type one of them? */
static void match(struct search *search, const struct type *type)
{
	struct trans_saved *saved = search->saved;

	if (type->name >= saved->strings_len ||
	    !trans_saved_spend_(saved, NAME_EFFORT))
		return;
	search->string_at = type->name;
	search->string = trans_saved_look_(saved, saved->strings + type->name,
					   &search->string_len);
	if (!search->string)
		search->string_len = 0;
	for (size_t i = 0; i < search->count; i++) {
		struct trans_saved_struct *wanted = &search->structs[i];

		if (wanted->type || is_other(search, type->name) ||
		    !is_called(saved, type->name, wanted->name))
			continue;
		wanted->type = type->number;
		search->left--;
	}
}

int trans_saved_structs(struct trans_saved *saved,
			struct trans_saved_struct *structs, size_t count,
			struct trans_error *err)
{
	struct search search = { .saved = saved, .structs = structs,
				 .count = count, .left = count };
	struct type type = { 0 };
	bool there = saved->marks && find_type(saved, 1, &type);

	for (size_t i = 0; i < count; i++) {
		structs[i].type = 0;
		search.first |= 1ULL << (uint8_t)*structs[i].name % 64;
	}
	while (there && search.left) {
		if (type.kind == KIND_STRUCT)
			match(&search, &type);
		hurry(&search, &type);
		there = search.left && next_type(saved, &type);
	}
	return trans_saved_answer_(saved, search.left < count || !count,
				   "no such struct in BTF", err);
}

/* One of a struct: the offset in bits, with the size of a bit field above. */
static bool member_at(struct trans_saved *saved, const struct type *type,
		      unsigned int i, const char *name,
		      struct trans_saved_member *member)
{
	uint32_t copy[MEMBER_LEN / 4];
	const uint8_t *raw = peek(saved, saved->types + type->at + TYPE_LEN +
				  (uint64_t)MEMBER_LEN * i, copy, MEMBER_LEN);
	uint32_t offset;

	if (!raw || !trans_saved_spend_(saved, MEMBER_LEN))
		return false;
	member->type = word(raw + 4);
	offset = word(raw + 8);
	member->offset = offset / 8;
	return offset % 8 == 0 && !(type->bit_offsets && offset >> 24) &&
	       is_called(saved, word(raw), name);
}

int trans_saved_member(struct trans_saved *saved, uint32_t number,
		       const char *name, struct trans_saved_member *member,
		       struct trans_error *err)
{
	struct type type = { 0 };
	bool there = struct_behind(saved, number, &type), hit = false;

	for (unsigned int i = 0; there && !hit && i < type.count; i++)
		hit = member_at(saved, &type, i, name, member);
	return trans_saved_answer_(saved, hit, "no such member in BTF", err);
}
