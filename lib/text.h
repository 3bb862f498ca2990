/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Lines of text without a printf: put together piece by piece, handed to the
 * caller's function whole. Once that says stop, nothing more is handed out.
 */
#ifndef TRANS_LIB_TEXT_H
#define TRANS_LIB_TEXT_H

#include <trans_table/env.h>

/* Start with put and arg set, the rest zero. What does not fit is cut.
 * @stopped: what put returned, if not 0. */
struct trans_text {
	char line[160];
	size_t len;
	int (*put)(void *arg, const char *text, size_t len);
	void *arg;
	int stopped;
};

void trans_text_add_(struct trans_text *text, const char *words);

/* In base 10 or 16, with zeroes in front up to @width digits. */
void trans_text_number_(struct trans_text *text, uint64_t value,
			unsigned int base, unsigned int width);

/* Some words, then a number: decimal, or 16 hexadecimal digits. */
void trans_text_decimal_(struct trans_text *text, const char *before,
			 uint64_t value);
void trans_text_hex_(struct trans_text *text, const char *before,
		     uint64_t value);

/* Of @len bytes from a disk that are to be shown: text, ended by the last of
 * them at the latest, in which each byte that is no printable ASCII character
 * has become a '?'. A console may do what others tell it. */
void trans_text_printable_(char *bytes, size_t len);

/* The line is complete. Returns @text->stopped. */
int trans_text_end_(struct trans_text *text);

#endif
