/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
#include <libfdt_env.h>

#include "options.h"
#include "print.h"
#include "quiesce.h"
#include "uart.h"

struct word {
	const char *text;
	size_t len;
};

static bool is(struct word word, const char *text)
{
	return strlen(text) == word.len && !memcmp(word.text, text, word.len);
}

/* Taking a flag away from the default makes the default explicit, so that no
 * combination can come out as 0, which would mean the default again. */
static void drop_flag(struct options *options, unsigned int flag)
{
	if (!options->linear_flags)
		options->linear_flags = TRANS_MKWRITE | TRANS_MKVALID |
					TRANS_CHECKPFN | TRANS_NOEXEC |
					TRANS_FOLD;
	options->linear_flags &= ~flag;
}

static bool read_number(struct word word, uint64_t *value)
{
	uint64_t n = 0;

	if (!word.len || word.len > 18)
		return false;
	for (size_t i = 0; i < word.len; i++) {
		if (word.text[i] < '0' || word.text[i] > '9')
			return false;
		n = n * 10 + (unsigned int)(word.text[i] - '0');
	}
	*value = n;
	return true;
}

/* Does it begin with @key? Then only what follows is left of it. */
static bool take_key(struct word *word, const char *key)
{
	size_t len = strlen(key);

	if (word->len < len || memcmp(word->text, key, len))
		return false;
	word->text += len;
	word->len -= len;
	return true;
}

static bool read_fail_alloc(struct options *options, struct word word)
{
	if (!is(word, "all"))
		return read_number(word, &options->fail_alloc);
	options->fail_alloc = FAIL_ALL;
	return true;
}

/* Words with a number. */
static bool read_key(struct options *options, struct word word)
{
	if (take_key(&word, "fail-alloc="))
		return read_fail_alloc(options, word);
	if (take_key(&word, "coarse="))
		return read_number(word, &options->coarse);
	if (take_key(&word, "hops="))
		return read_number(word, &options->hops);
	return take_key(&word, "free=") && read_number(word, &options->free);
}

static bool read_word(struct options *options, struct word word)
{
	if (is(word, "map=sparse"))
		options->map = TRANS_MAP_SPARSE;
	else if (is(word, "map=linear"))
		options->map = TRANS_MAP_LINEAR;
	else if (is(word, "map=none"))
		options->map = TRANS_MAP_NONE;
	else if (is(word, "safe=off"))
		options->unsafe = true;
	else if (is(word, "proof=off"))
		options->unproven = true;
	else if (is(word, "linear=-mkwrite"))
		drop_flag(options, TRANS_MKWRITE);
	else if (is(word, "linear=-mkvalid"))
		drop_flag(options, TRANS_MKVALID);
	else if (is(word, "linear=-checkpfn"))
		drop_flag(options, TRANS_CHECKPFN);
	else if (is(word, "hide=off"))
		options->hide = false;
	else if (is(word, "bad=overlap"))
		options->bad_overlap = true;
	else if (is(word, "bad=fdt"))
		options->bad_fdt = true;
	else if (is(word, "plan"))
		options->plan = true;
	else if (is(word, "dry"))
		options->dry = true;
	else if (is(word, "dry=last"))
		options->dry_last = true;
	else if (is(word, "mops=on"))
		options->mops = true;
	else if (is(word, "stay=on"))
		options->stay = true;
	else
		return read_key(options, word) ||
		       quiesce_word(&options->quiesce, word.text, word.len) ||
		       leaving_word(&options->leaving, word.text, word.len) ||
		       resume_word(&options->resume, word.text, word.len) ||
		       snapshot_word(&options->snapshot, word.text, word.len);
	return true;
}

static void print_unknown(struct word word)
{
	print("port: unknown option ");
	while (word.len--)
		uart_putc(*word.text++);
	print("\n");
}

/* The word behind @word; false: there is none. */
static bool next_word(struct word *word)
{
	word->text += word->len;
	while (*word->text == ' ')
		word->text++;
	word->len = 0;
	while (word->text[word->len] && word->text[word->len] != ' ')
		word->len++;
	return word->len;
}

void options_read(const char *bootargs, struct options *options)
{
	struct word word = { bootargs, 0 };

	*options = (struct options){ .map = TRANS_MAP_SPARSE, .hide = true };
	while (next_word(&word))
		if (!read_word(options, word))
			print_unknown(word);
}

/* Text being put together; cut at its end. */
struct buffer {
	char *text;
	size_t len, room;
};

static void put(struct buffer *to, const char *text, size_t len)
{
	for (; len && to->len < to->room; len--)
		to->text[to->len++] = *text++;
}

static void put_option(struct buffer *to, const char *key, uint64_t value)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	put(to, key, strlen(key));
	put(to, digits + at, sizeof(digits) - at);
}

static bool is_carried(struct word word)
{
	return take_key(&word, "hops=") || take_key(&word, "free=");
}

bool options_for_hop(const char *bootargs, uint64_t hops, uint64_t free,
		     char *to, size_t len)
{
	struct buffer buffer = { to, 0, len };
	struct word word = { bootargs, 0 };

	put_option(&buffer, "hops=", hops);
	put_option(&buffer, " free=", free);
	while (next_word(&word)) {
		if (is_carried(word))
			continue;
		put(&buffer, " ", 1);
		put(&buffer, word.text, word.len);
	}
	put(&buffer, "", 1);
	return buffer.len < buffer.room;
}
