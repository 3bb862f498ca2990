/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The console. Firmware's text output is slow, so it is called once a piece;
 * and a line that is longer than a screen is wide goes on behind a blank of it.
 */
#include <stdarg.h>

#include "port.h"

#define WIDTH 79 /* in column 80 some consoles begin a line by themselves */
#define INDENT 3

/* A piece of text, and in which column it ends. */
static efi_char_t piece[256];
static unsigned int used, column;
static unsigned int blank; /* index behind the last one in this line; 0: none */

static void flush(void)
{
	piece[used] = 0;
	if (used && firmware->output)
		firmware->output->write(firmware->output, piece);
	used = blank = 0;
}

/* What stands behind the last blank goes to the next line. */
static void break_line(void)
{
	efi_char_t rest[WIDTH];
	unsigned int len = used - blank;

	memcpy(rest, &piece[blank], len * sizeof(*rest));
	used = blank - 1;
	piece[used++] = '\r';
	piece[used++] = '\n';
	for (column = 0; column < INDENT; column++)
		piece[used++] = ' ';
	memcpy(&piece[used], rest, len * sizeof(*rest));
	used += len;
	column += len;
	blank = 0;
}

static void put(efi_char_t letter)
{
	if (letter == '\n')
		piece[used++] = '\r';
	piece[used++] = letter;
	column++;
	if (letter == '\n' || letter == '\r')
		column = blank = 0;
	if (letter == ' ' && column > INDENT)
		blank = used;
	if (column > WIDTH && blank)
		break_line();
	if (letter == '\n' || used > 160)
		flush();
}

static void put_string(const char *s)
{
	while (*s)
		put((uint8_t)*s++);
}

static void put_wide(const efi_char_t *s)
{
	while (*s)
		put(*s++);
}

static void put_number(uint64_t value, unsigned int base)
{
	char digits[20];
	size_t n = 0;

	do {
		digits[n++] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	while (n)
		put((uint8_t)digits[--n]);
}

static void put_signed(int64_t value)
{
	if (value < 0)
		put('-');
	put_number(value < 0 ? 0 - (uint64_t)value : (uint64_t)value, 10);
}

/* One conversion; @letter is what follows the % (and the ll, if any). */
static void put_converted(char letter, bool wide, va_list *args)
{
	switch (letter) {
	case 's':
		put_string(va_arg(*args, const char *));
		break;
	case 'S':
		put_wide(va_arg(*args, const efi_char_t *));
		break;
	case 'd':
		put_signed(wide ? va_arg(*args, long long) :
				  va_arg(*args, int));
		break;
	case 'u':
	case 'x':
		put_number(wide ? va_arg(*args, unsigned long long) :
				  va_arg(*args, unsigned int),
			   letter == 'u' ? 10 : 16);
		break;
	default:
		put((uint8_t)letter);
	}
}

void print(const char *format, ...)
{
	va_list args;
	bool wide;

	va_start(args, format);
	for (; *format; format++) {
		if (*format != '%') {
			put((uint8_t)*format);
			continue;
		}
		wide = format[1] == 'l' && format[2] == 'l';
		format += wide ? 3 : 1;
		if (!*format)
			break;
		put_converted(*format, wide, &args);
	}
	va_end(args);
	flush();
}

int print_text(void *arg, const char *text, size_t len)
{
	(void)arg;
	while (len--)
		put((uint8_t)*text++);
	flush();
	return 0;
}

void print_error(const char *what, const struct trans_error *err)
{
	print("transtable: %s: ", what);
	trans_error_print(err, print_text, NULL);
}
