/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Signs of life on a polled UART. A UART that never becomes ready (flow
 * control, no clock) must not stop a transition: the wait is bounded and the
 * character is lost.
 */
#include "trans/transition/blob/blob.h"

#define PATIENCE 100000

static bool wait_for(const struct trans_uart *uart, uint32_t mask,
		     uint32_t value)
{
	for (unsigned int i = 0; i < PATIENCE; i++)
		if ((blob_in(uart->pa + uart->status, uart->width) & mask) ==
		    value)
			return true;
	return false;
}

static void say_char(const struct trans_uart *uart, char c)
{
	if (wait_for(uart, uart->ready_mask, uart->ready))
		blob_out(uart->pa + uart->data, uart->width, (unsigned char)c);
}

void blob_drain(const struct blob_params *params)
{
	const struct trans_uart *uart = &params->uart;

	if (trans_uart_exists(uart))
		wait_for(uart, uart->idle_mask, uart->idle);
}

void blob_say(const struct blob_params *params, const char *text)
{
	if (!trans_uart_exists(&params->uart))
		return;
	while (*text)
		say_char(&params->uart, *text++);
}

void blob_say_hex(const struct blob_params *params, const char *name,
		  uint64_t value)
{
	char text[19] = "0x";
	unsigned int digits = 1, i;

	while (digits < 16 && value >> (4 * digits))
		digits++;
	for (i = 0; i < digits; i++)
		text[2 + i] = "0123456789abcdef"[value >> (4 *
			(digits - 1 - i)) & 0xf];
	text[2 + digits] = '\0';
	blob_say(params, name);
	blob_say(params, text);
}
