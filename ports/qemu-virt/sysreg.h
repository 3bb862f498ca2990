/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * System registers and barriers, each by its architectural name.
 */
#ifndef PORT_SYSREG_H
#define PORT_SYSREG_H

#include <trans_table/env.h>

#define sysreg_read(name)                                                  \
	({                                                                 \
		uint64_t value_;                                           \
		__asm__ volatile("mrs %0, " #name : "=r"(value_));         \
		value_;                                                    \
	})

#define sysreg_write(name, value)                                          \
	__asm__ volatile("msr " #name ", %0" : : "r"((uint64_t)(value))    \
			 : "memory")

/* A random number (FEAT_RNG, RNDR); false: none this time, which sets Z. By
 * encoding, as the port is built for Armv8.0. */
static inline bool sysreg_random(uint64_t *value)
{
	uint64_t ok;

	__asm__ volatile("mrs %0, S3_3_C2_C4_0\n\tcset %1, ne"
			 : "=r"(*value), "=r"(ok) : : "cc");
	return ok;
}

#define isb() __asm__ volatile("isb" : : : "memory")
#define hint(what) __asm__ volatile(#what : : : "memory")
#define dsb(scope) __asm__ volatile("dsb " #scope : : : "memory")
#define tlbi(what) __asm__ volatile("tlbi " #what : : : "memory")

/* Drop every cached translation of our own regime, on all CPUs, which have the
 * same tables. The first DSB orders the table stores before it, the second
 * waits, ISB for what is already fetched (Arm ARM, "TLB maintenance"). */
static inline void tlb_forget(unsigned int el)
{
	dsb(ishst);
	if (el == 2)
		tlbi(alle2is);
	else
		tlbi(vmalle1is);
	dsb(ish);
	isb();
}

#endif
