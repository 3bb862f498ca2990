/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
#include <stdarg.h>

#include "print.h"
#include "uart.h"

static void put_string(const char *s)
{
	while (*s)
		uart_putc(*s++);
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
		uart_putc(digits[--n]);
}

static void put_signed(int64_t value)
{
	if (value < 0)
		uart_putc('-');
	put_number(value < 0 ? 0 - (uint64_t)value : (uint64_t)value, 10);
}

/* One conversion; @letter is what follows the % (and the l, if any). */
static void put_converted(char letter, bool wide, va_list *args)
{
	switch (letter) {
	case 's':
		put_string(va_arg(*args, const char *));
		break;
	case 'c':
		uart_putc((char)va_arg(*args, int));
		break;
	case 'd':
		put_signed(wide ? va_arg(*args, long) : va_arg(*args, int));
		break;
	case 'u':
	case 'x':
		put_number(wide ? va_arg(*args, unsigned long) :
				  va_arg(*args, unsigned int),
			   letter == 'u' ? 10 : 16);
		break;
	default:
		uart_putc(letter);
	}
}

void print(const char *format, ...)
{
	va_list args;
	bool wide;

	va_start(args, format);
	for (; *format; format++) {
		if (*format != '%') {
			uart_putc(*format);
			continue;
		}
		wide = format[1] == 'l';
		format += wide ? 2 : 1;
		if (!*format)
			break;
		put_converted(*format, wide, &args);
	}
	va_end(args);
}

int print_text(void *arg, const char *text, size_t len)
{
	put_string(arg);
	while (len--)
		uart_putc(*text++);
	return 0;
}

void print_figure(const char *name, uint64_t value, const char *unit)
{
	print("port: figure %s %lu %s\n", name, value, unit);
}
