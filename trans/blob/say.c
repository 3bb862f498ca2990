/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Signs of life on a polled UART. A UART that never becomes ready (flow
 * control, no clock) must not stop a transition: the wait is bounded and the
 * character is lost.
 */
#include "blob.h"

#define PATIENCE 100000

/* Ready, or idle, when status & mask == value. */
struct uart {
	uint8_t data, status;
	uint8_t ready_mask, ready;
	uint8_t idle_mask, idle;
};

static struct uart uart_of(uint64_t kind)
{
	if (kind == TRANS_UART_PL011) /* FR: TXFF, BUSY */
		return (struct uart){ 0x00, 0x18, 1 << 5, 0, 1 << 3, 0 };
	/* LSR: THRE, TEMT */
	return (struct uart){ 0x00, 0x14, 1 << 5, 1 << 5, 1 << 6, 1 << 6 };
}

static bool wait_for(const struct blob_params *params, uint64_t status,
		     uint8_t mask, uint8_t value)
{
	for (unsigned int i = 0; i < PATIENCE; i++)
		if ((blob_in32(params->uart + status) & mask) == value)
			return true;
	return false;
}

static void say_char(const struct blob_params *params, char c)
{
	struct uart uart = uart_of(params->uart_kind);

	if (wait_for(params, uart.status, uart.ready_mask, uart.ready))
		blob_out32(params->uart + uart.data, (unsigned char)c);
}

void blob_drain(const struct blob_params *params)
{
	struct uart uart = uart_of(params->uart_kind);

	if (params->uart_kind != TRANS_UART_NONE)
		wait_for(params, uart.status, uart.idle_mask, uart.idle);
}

void blob_say(const struct blob_params *params, const char *text)
{
	if (params->uart_kind == TRANS_UART_NONE)
		return;
	while (*text)
		say_char(params, *text++);
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
