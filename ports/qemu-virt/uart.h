/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The PL011 of QEMU's virt machine, polled.
 */
#ifndef PORT_UART_H
#define PORT_UART_H

#include <trans_table/env.h>

#define UART_PA 0x09000000UL
#define UART_LEN 0x1000UL

/* Works with the MMU off, and on once the linear map has the UART. */
void uart_putc(char c);

#endif
