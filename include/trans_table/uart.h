/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * A UART that is already set up, to which characters can be written by polling:
 * where its two registers are, and what its status says.
 */
#ifndef TRANS_TABLE_UART_H
#define TRANS_TABLE_UART_H

#include <trans_table/env.h>

TRANS_BEGIN_DECLS

/*
 * @pa:     physical address of the registers
 * @data, @status: offsets of the two, in bytes, multiples of @width
 * @width:  bytes of each access: 1, 2 or 4; 0: there is no UART
 * @ready_mask, @ready: the data register takes a character when status &
 *          ready_mask is ready
 * @idle_mask, @idle: all characters have left when status & idle_mask is idle
 *
 * (The blob's assembler knows the layout up to @width.)
 */
struct trans_uart {
	trans_pa_t pa;
	uint16_t data, status;
	uint8_t width;
	uint32_t ready_mask, ready;
	uint32_t idle_mask, idle;
};

/* A PL011, or the part of it that Arm's SBSA wants (Arm DDI 0183, 3.3: UARTDR;
 * UARTFR with TXFF and BUSY). */
static inline struct trans_uart trans_uart_pl011(trans_pa_t pa)
{
	struct trans_uart uart;

	memset(&uart, 0, sizeof(uart));
	uart.pa = pa;
	uart.status = 0x18;
	uart.width = 4;
	uart.ready_mask = 1u << 5;
	uart.idle_mask = 1u << 3;
	return uart;
}

/*
 * An 8250 or one that looks like it, such as the Raspberry Pi's mini UART: THR
 * is register 0, LSR register 5, with THRE in bit 5 and TEMT in bit 6 (the
 * PC16550D's data sheet). @shift is a device tree's reg-shift, 0..2, and @width
 * its reg-io-width, 1 where it has none.
 */
static inline struct trans_uart trans_uart_8250(trans_pa_t pa,
						unsigned int shift,
						unsigned int width)
{
	struct trans_uart uart;

	memset(&uart, 0, sizeof(uart));
	uart.pa = pa;
	uart.status = (uint16_t)(5u << shift);
	uart.width = (uint8_t)width;
	uart.ready_mask = uart.ready = 1u << 5;
	uart.idle_mask = uart.idle = 1u << 6;
	return uart;
}

/* Is there one? */
static inline bool trans_uart_exists(const struct trans_uart *uart)
{
	return uart->width;
}

/* Bytes from @pa that hold both registers. */
static inline uint64_t trans_uart_len(const struct trans_uart *uart)
{
	return (uint64_t)(uart->data > uart->status ? uart->data :
						      uart->status) +
	       uart->width;
}

TRANS_END_DECLS

#endif
