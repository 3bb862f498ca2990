/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * One device register by its physical address, in its natural width. Tests put
 * something else in the place of this.
 */
#ifndef PORT_REGS_H
#define PORT_REGS_H

#include "linear.h"

static inline uint8_t mmio_get8(trans_pa_t pa)
{
	return *(volatile uint8_t *)at_pa(pa);
}

static inline uint16_t mmio_get16(trans_pa_t pa)
{
	return *(volatile uint16_t *)at_pa(pa);
}

static inline uint32_t mmio_get32(trans_pa_t pa)
{
	return *(volatile uint32_t *)at_pa(pa);
}

static inline void mmio_put8(trans_pa_t pa, uint8_t value)
{
	*(volatile uint8_t *)at_pa(pa) = value;
}

static inline void mmio_put16(trans_pa_t pa, uint16_t value)
{
	*(volatile uint16_t *)at_pa(pa) = value;
}

static inline void mmio_put32(trans_pa_t pa, uint32_t value)
{
	*(volatile uint32_t *)at_pa(pa) = value;
}

#endif
