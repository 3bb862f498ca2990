/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Formatted lines on the UART.
 */
#ifndef PORT_PRINT_H
#define PORT_PRINT_H

#include <trans_table/errors.h>

/* %s, %c, and %d, %u, %x with or without l; no widths. */
__attribute__((format(printf, 1, 2))) void print(const char *format, ...);

/* A trans_put_fn, for trans_error_print and the like; @arg: words in front of
 * each line. */
int print_text(void *arg, const char *text, size_t len);

/* A figure for machines: "port: figure NAME VALUE UNIT". */
void print_figure(const char *name, uint64_t value, const char *unit);

#endif
