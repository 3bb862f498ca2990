/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * VMCOREINFO: lines "KEY=VALUE" in a page of its own, and once more as an ELF
 * note, in another one, for whoever finds it by that. There may be others in
 * memory: of a virtual machine that the saved kernel ran, of a dump that it had
 * in its page cache. So it must say of its kernel what is known of this one.
 *
 * Linux, kernel/vmcore_info.c (until 6.9 crash_core.c), and
 * Documentation/admin-guide/kdump/vmcoreinfo.rst.
 */
#include <trans_table/registers.h>

#include "hibernate/saved/private.h"
#include "lib/fail.h"
#include "lib/numbers.h"
#include "lib/text.h"

/* MAIR_EL1 as Linux has it: hibernate/resume/tables.c. */
#define MAIR_LINUX 0x000000040044ffffULL

/* What looks like it, and is not: each costs some look-ups. */
#define CANDIDATES 64u
/* It is a page at most, and where pages are large, not much of one. */
#define MOST_TEXT 16384u
/* The text's first line; an ELF note's sizes of name and text, type, name. */
#define FIRST "OSRELEASE="
#define NOTE_NAME 12u
#define NOTE_TEXT 24u

/* Lines */

/* Up to where its line ends; eight characters at a time, as most lines are
 * others. (Of a word's zero bytes the lowest bit of @found tells the first: who
 * reads images is little-endian.) */
static size_t len_of_line(const char *line, size_t left)
{
	const uint64_t ones = 0x0101010101010101ULL;
	size_t len = 0;

	for (; left - len >= sizeof(uint64_t); len += sizeof(uint64_t)) {
		uint64_t word, found;

		memcpy(&word, line + len, sizeof(word));
		word ^= ones * '\n';
		found = (word - ones) & ~word & ones << 7;
		if (found)
			return len + (size_t)__builtin_ctzll(found) / 8;
	}
	while (len < left && line[len] != '\n')
		len++;
	return len;
}

/* The value of @key, up to the end of its line. */
static const char *value_of(const struct trans_saved *saved, const char *key,
			    size_t *len)
{
	size_t key_len = 0, left = saved->info_len;
	const char *line = saved->info;

	while (key[key_len])
		key_len++;
	for (; left; line += *len, left -= *len) {
		*len = len_of_line(line, left);
		if (*len > key_len && line[key_len] == '=' &&
		    !memcmp(line, key, key_len)) {
			*len -= key_len + 1;
			return line + key_len + 1;
		}
		*len += *len < left; /* the line's end */
	}
	return NULL;
}

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return 16;
}

/* @len digits, all of them, and no more than 64 bits. */
static bool number_in(const char *text, size_t len, unsigned int base,
		      uint64_t *value)
{
	*value = 0;
	if (!len)
		return false;
	for (; len; len--, text++) {
		unsigned int digit = (unsigned int)digit_of(*text);

		if (digit >= base || *value > (UINT64_MAX - digit) / base)
			return false;
		*value = *value * base + digit;
	}
	return true;
}

/* Addresses and KERNELOFFSET are hexadecimal without saying so. */
static bool is_hexadecimal(const char *key)
{
	return trans_saved_begins_(key, SIZE_MAX, "SYMBOL(") ||
	       trans_saved_begins_(key, SIZE_MAX, "KERNELOFFSET");
}

static bool parse(const char *key, const char *text, size_t len,
		  uint64_t *value)
{
	bool minus = len && *text == '-';
	bool found;

	if (len > 2 && text[0] == '0' && text[1] == 'x')
		return number_in(text + 2, len - 2, 16, value);
	found = number_in(text + minus, len - minus,
			  is_hexadecimal(key) ? 16 : 10, value);
	if (minus)
		*value = -*value;
	return found;
}

int trans_saved_number(const struct trans_saved *saved, const char *key,
		       uint64_t *value, struct trans_error *err)
{
	size_t len;
	const char *text = value_of(saved, key, &len);

	*value = 0;
	if (text && parse(key, text, len, value))
		return 0;
	return trans_fail(err, TRANS_ENOENT, "VMCOREINFO does not say");
}

int trans_saved_text(const struct trans_saved *saved, const char *key,
		     char *text, size_t len, struct trans_error *err)
{
	size_t found;
	const char *from = value_of(saved, key, &found);

	if (!from || !len)
		return trans_fail(err, TRANS_ENOENT, "VMCOREINFO does not say");
	found = trans_least(found, len - 1);
	memcpy(text, from, found);
	text[found] = 0;
	trans_text_printable_(text, len);
	return 0;
}

/* Is it this kernel's? */

static bool root_is(const struct trans_saved *saved, trans_va_t va)
{
	uint64_t page = 1ULL << saved->view.geo.granule_shift;
	struct trans_leaf leaf;

	return !trans_table_query(&saved->view, va, &leaf, NULL) &&
	       leaf.pa == trans_round_down(saved->view.root, page);
}

/* T1SZ is that of the register; kernels before 5.15 or so do not say. */
static bool agrees(const struct trans_saved *saved,
		   const struct trans_saved_args *args)
{
	uint64_t value;

	if (trans_saved_number(saved, "NUMBER(kimage_voffset)", &value, NULL) ||
	    value != args->known_va - args->known_pa)
		return false;
	if (trans_saved_number(saved, "SYMBOL(swapper_pg_dir)", &value, NULL) ||
	    !root_is(saved, value))
		return false;
	return trans_saved_number(saved, "NUMBER(TCR_EL1_T1SZ)", &value,
				  NULL) ||
	       value == 64u - saved->view.geo.va_bits;
}

/* Where it is */

/* Most pages begin with neither, which two letters of each tell: every page of
 * the image is asked. */
static bool may_begin(const char *at)
{
	return (at[0] == FIRST[0] && at[1] == FIRST[1]) ||
	       (at[NOTE_NAME] == 'V' && at[NOTE_NAME + 1] == 'M');
}

/* The text in a page that may begin with it; its length, 0: it does not. */
static size_t text_in(const char **bytes, size_t len)
{
	const char *at = *bytes;
	size_t end = 0;

	if (!memcmp(at + NOTE_NAME, "VMCOREINFO", 11)) {
		at += NOTE_TEXT;
		len -= NOTE_TEXT;
	}
	if (memcmp(at, FIRST, sizeof(FIRST) - 1))
		return 0;
	while (end < trans_least(len, MOST_TEXT) && at[end])
		end++;
	*bytes = at;
	return end;
}

/* One page. True: the search is over. */
static bool try_page(struct trans_saved *saved,
		     const struct trans_saved_args *args, const char *bytes,
		     size_t len, unsigned int *left)
{
	size_t text_len = text_in(&bytes, len);

	if (!text_len)
		return false;
	saved->info = bytes;
	saved->info_len = text_len;
	if (!trans_saved_spend_(saved, text_len) || agrees(saved, args))
		return true;
	saved->info = NULL;
	saved->info_len = 0;
	return !--*left;
}

/* Both begin a page: text and note are allocated as pages. */
static void find(struct trans_saved *saved, const struct trans_saved_args *args)
{
	const struct trans_saved_memory *memory = saved->memory;
	uint64_t page = 1ULL << saved->view.geo.granule_shift, len;
	unsigned int left = CANDIDATES;
	trans_pa_t pa = 0;

	for (; (len = memory->next(memory->ctx, &pa)) != 0; pa += len) {
		const char *at = memory->at(memory->ctx, pa, len);
		const char *end = at ? at + trans_round_down(len, page) : at;

		for (; at != end; at += page)
			if (may_begin(at) &&
			    try_page(saved, args, at, page, &left))
				return;
	}
}

/* Opening */

static void *table_page(void *ctx, trans_pa_t pa, size_t len)
{
	const struct trans_saved_memory *memory = ctx;

	return (void *)(uintptr_t)memory->at(memory->ctx, pa, len);
}

static const struct trans_ops look_only = { .phys_to_virt = table_page };

static int view_of(struct trans_saved *saved,
		   const struct trans_saved_args *args)
{
	struct trans_geometry low = args->geo;
	struct trans_regs regs = {
		.ttbr = trans_ttbr(&args->geo, args->root),
		.mair = MAIR_LINUX,
	};

	low.upper = false;
	regs.tcr = trans_tcr(&low, &args->geo);
	return trans_table_attach(&saved->view, &args->geo, &regs, NULL,
				  &look_only,
				  (void *)(uintptr_t)args->memory, NULL);
}

int trans_saved_open(struct trans_saved *saved,
		     const struct trans_saved_args *args,
		     struct trans_error *err)
{
	int ret;

	memset(saved, 0, sizeof(*saved));
	saved->memory = args->memory;
	saved->effort = args->effort;
	saved->known_va = args->known_va;
	saved->known_pa = args->known_pa;
	ret = view_of(saved, args);
	if (ret)
		return trans_fail(err, TRANS_EGEOM, "tables of that kind");
	find(saved, args);
	return trans_saved_answer_(saved, saved->info != NULL,
				   "no VMCOREINFO in the image", err);
}
