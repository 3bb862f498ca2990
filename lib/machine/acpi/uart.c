/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The console, by the SPCR (Microsoft, "Serial Port Console Redirection
 * Table"; kinds: "Debug Port Table 2"). Its address is a generic one (ACPI 6.5,
 * 5.2.3.2).
 */
#include "lib/machine/acpi/tables.h"

#include "lib/bytes.h"
#include "lib/fail.h"

#define KIND_AT 36
#define SPACE_AT 40
#define WIDTH_AT 41 /* bits from one register to the next */
#define ACCESS_AT 43
#define ADDRESS_AT 44
#define SPCR_LEN 52

enum { K_16550 = 0, K_16450 = 1, K_PL011 = 3, K_SBSA32 = 0xd, K_SBSA = 0xe,
       K_16550_GAS = 0x12 };

static unsigned int shift_of(unsigned int bits)
{
	return bits == 32 ? 2 : bits == 16 ? 1 : 0;
}

/* Access sizes are 1 to 4, for 1 to 8 bytes; 0: not said. */
static unsigned int width_of(unsigned int access)
{
	return access == 2 ? 2 : access == 3 ? 4 : 1;
}

static bool describe(const uint8_t *spcr, struct trans_uart *uart)
{
	trans_pa_t pa = trans_le(spcr + ADDRESS_AT, 8);

	switch (spcr[KIND_AT]) {
	case K_PL011:
	case K_SBSA32:
	case K_SBSA:
		*uart = trans_uart_pl011(pa);
		return true;
	case K_16550:
	case K_16450:
	case K_16550_GAS:
		*uart = trans_uart_8250(pa, shift_of(spcr[WIDTH_AT]),
					width_of(spcr[ACCESS_AT]));
		/* A register at a multiple of its width (uart.h). */
		return uart->status % uart->width == 0;
	default:
		return false;
	}
}

int trans_acpi_uart(const struct trans_acpi *acpi, struct trans_uart *uart,
		    struct trans_error *err)
{
	struct acpi_table spcr;
	struct trans_uart found;
	int ret = trans_acpi_find_(acpi, "SPCR", &spcr, err);

	if (ret)
		return ret;
	if (spcr.len < SPCR_LEN || spcr.at[SPACE_AT] ||
	    !trans_le(spcr.at + ADDRESS_AT, 8) || !describe(spcr.at, &found))
		return trans_fail(err, TRANS_ENOENT,
				  "ACPI: no console of a known kind");
	*uart = found;
	return 0;
}
