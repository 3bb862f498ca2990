/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* Text for dumps and plans: see text.h. */
#include "lib/text.h"

void trans_text_add_(struct trans_text *text, const char *words)
{
	while (*words && text->len < sizeof(text->line) - 1)
		text->line[text->len++] = *words++;
}

void trans_text_number_(struct trans_text *text, uint64_t value,
			unsigned int base, unsigned int width)
{
	char digits[21];
	unsigned int at = sizeof(digits) - 1;

	digits[at] = 0;
	do {
		digits[--at] = "0123456789abcdef"[value % base];
		value /= base;
	} while (at && (value || sizeof(digits) - 1 - at < width));
	trans_text_add_(text, &digits[at]);
}

void trans_text_decimal_(struct trans_text *text, const char *before,
			 uint64_t value)
{
	trans_text_add_(text, before);
	trans_text_number_(text, value, 10, 1);
}

void trans_text_hex_(struct trans_text *text, const char *before,
		     uint64_t value)
{
	trans_text_add_(text, before);
	trans_text_number_(text, value, 16, 16);
}

void trans_text_printable_(char *bytes, size_t len)
{
	size_t i = 0;

	for (; i + 1 < len && bytes[i]; i++)
		if (bytes[i] < ' ' || bytes[i] > '~')
			bytes[i] = '?';
	if (i < len)
		bytes[i] = 0;
}

int trans_text_end_(struct trans_text *text)
{
	size_t len = text->len;

	text->line[len++] = '\n';
	text->len = 0;
	if (!text->stopped)
		text->stopped = text->put(text->arg, text->line, len);
	return text->stopped;
}
