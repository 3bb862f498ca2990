/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
#include "memory.h"
#include "uart.h"

#define UART_DR 0x00
#define UART_FR 0x18
#define UART_FR_TXFF (1u << 5)

static volatile uint32_t *uart_register(uintptr_t offset)
{
	return (volatile uint32_t *)(UART_PA + linear_offset + offset);
}

/* QEMU's PL011 sends without being enabled, real ones were set up by the
 * firmware that wrote to them before us. */
static void send(uint8_t byte)
{
	while (*uart_register(UART_FR) & UART_FR_TXFF)
		;
	*uart_register(UART_DR) = byte;
}

void uart_putc(char c)
{
	if (c == '\n')
		send('\r');
	send((uint8_t)c);
}
