/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
#include <libfdt_env.h>

#include "options.h"
#include "print.h"
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

	if (!word.len || word.len > 9)
		return false;
	for (size_t i = 0; i < word.len; i++) {
		if (word.text[i] < '0' || word.text[i] > '9')
			return false;
		n = n * 10 + (unsigned int)(word.text[i] - '0');
	}
	*value = n;
	return true;
}

static bool read_fail_alloc(struct options *options, struct word word)
{
	static const char key[] = "fail-alloc=";
	size_t len = sizeof(key) - 1;

	if (word.len < len || memcmp(word.text, key, len))
		return false;
	word.text += len;
	word.len -= len;
	if (is(word, "all")) {
		options->fail_alloc = FAIL_ALL;
		return true;
	}
	return read_number(word, &options->fail_alloc);
}

static bool read_word(struct options *options, struct word word)
{
	if (is(word, "map=sparse"))
		options->map = TRANS_MAP_SPARSE;
	else if (is(word, "map=linear"))
		options->map = TRANS_MAP_LINEAR;
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
	else
		return is(word, "then=off") || read_fail_alloc(options, word);
	return true;
}

static void print_unknown(struct word word)
{
	print("port: unknown option ");
	while (word.len--)
		uart_putc(*word.text++);
	print("\n");
}

void options_read(const char *bootargs, struct options *options)
{
	struct word word = { bootargs, 0 };

	*options = (struct options){ .map = TRANS_MAP_SPARSE, .hide = true };
	for (; *word.text; word.text += word.len) {
		word.len = 0;
		while (word.text[word.len] && word.text[word.len] != ' ')
			word.len++;
		if (word.len && !read_word(options, word))
			print_unknown(word);
		if (!word.len)
			word.len = 1; /* the space */
	}
}
