/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Where the port sees physical addresses.
 */
#ifndef PORT_LINEAR_H
#define PORT_LINEAR_H

#include <trans_table/env.h>

/* The linear map: VA = PA + linear_offset, for RAM, UART and the port itself.
 * 0 as long as the MMU is off. */
extern uint64_t linear_offset;

static inline void *at_pa(trans_pa_t pa)
{
	return (void *)(pa + linear_offset);
}

static inline trans_pa_t pa_of(const void *va)
{
	return (trans_pa_t)va - linear_offset;
}

#endif
