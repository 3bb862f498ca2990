/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The hardware door on a test's host; fake.h says how a test uses it.
 */
#include "lib/machine/arch/fake/fake.h"

struct fake_arch fake_arch;

void fake_arch_reset(void)
{
	memset(&fake_arch, 0, sizeof(fake_arch));
}

static void happened(enum fake_what what, enum trans_sysreg reg,
		     uint64_t value)
{
	size_t max = sizeof(fake_arch.log) / sizeof(fake_arch.log[0]);

	if (fake_arch.count < max)
		fake_arch.log[fake_arch.count++] = (struct fake_event){
			.what = what, .reg = reg, .value = value };
}

uint64_t trans_arch_read_(enum trans_sysreg reg)
{
	fake_firmware_register(reg);
	if (reg == TRANS_CNTVCT_EL0)
		fake_arch.reg[reg] += fake_arch.tick;
	return fake_arch.reg[reg];
}

void trans_arch_write_(enum trans_sysreg reg, uint64_t value)
{
	fake_firmware_register(reg);
	fake_arch.reg[reg] = value;
	happened(FAKE_WRITE, reg, value);
}

bool trans_arch_gcs_on_(void)
{
	return fake_arch.gcs_on;
}

void trans_arch_sync_(void)
{
	happened(FAKE_SYNC, TRANS_SYSREG_COUNT, 0);
}

void trans_arch_drain_profile_(void)
{
	happened(FAKE_DRAIN_PROFILE, TRANS_SYSREG_COUNT, 0);
}

void trans_arch_drain_trace_(void)
{
	happened(FAKE_DRAIN_TRACE, TRANS_SYSREG_COUNT, 0);
}

void trans_arch_mask_(void)
{
	happened(FAKE_MASK, TRANS_SYSREG_COUNT, 0);
}

void trans_arch_icache_(void)
{
	happened(FAKE_ICACHE, TRANS_SYSREG_COUNT, 0);
}

void trans_arch_clean_(uintptr_t first, size_t count, size_t line)
{
	fake_arch.cleaned.first = first;
	fake_arch.cleaned.count = count;
	fake_arch.cleaned.line = line;
	happened(FAKE_CLEAN, TRANS_SYSREG_COUNT, first);
}

uint64_t trans_arch_translate_(unsigned int el, uint64_t va)
{
	(void)el;
	return fake_arch.translate ? fake_arch.translate(va) :
				     va & ~0xfffULL;
}

uint32_t trans_arch_load32_(uintptr_t va)
{
	return *(volatile uint32_t *)va;
}

uint64_t trans_arch_load64_(uintptr_t va)
{
	return *(volatile uint64_t *)va;
}

void trans_arch_store32_(uintptr_t va, uint32_t value)
{
	*(volatile uint32_t *)va = value;
}

void trans_arch_store64_(uintptr_t va, uint64_t value)
{
	*(volatile uint64_t *)va = value;
}

uint32_t trans_arch_crc32_(uint32_t crc, const void *words, size_t count)
{
	const uint8_t *byte = words;

	for (count *= 8; count; count--) {
		crc ^= *byte++;
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	}
	fake_arch.crc_words = true;
	return crc;
}

void trans_arch_crc32_three_(uint32_t crc[3], const void *words, size_t count)
{
	const uint8_t *byte = words;

	for (size_t i = 0; i < 3; i++)
		crc[i] = trans_arch_crc32_(crc[i], byte + i * count * 8, count);
	fake_arch.crc_threes++;
}

static uint64_t firmware(uint64_t function, uint64_t a, uint64_t b, uint64_t c)
{
	fake_arch.arg[0] = a;
	fake_arch.arg[1] = b;
	fake_arch.arg[2] = c;
	return fake_arch.firmware ? fake_arch.firmware(function, a) : 0;
}

uint64_t trans_arch_hvc_(uint64_t function, uint64_t a, uint64_t b, uint64_t c)
{
	happened(FAKE_HVC, TRANS_SYSREG_COUNT, function);
	return firmware(function, a, b, c);
}

uint64_t trans_arch_smc_(uint64_t function, uint64_t a, uint64_t b, uint64_t c)
{
	happened(FAKE_SMC, TRANS_SYSREG_COUNT, function);
	return firmware(function, a, b, c);
}

void trans_arch_jump_(uint64_t pc, uint64_t x0)
{
	happened(FAKE_JUMP, TRANS_SYSREG_COUNT, pc);
	fake_arch.jump_x0 = x0;
	longjmp(fake_arch.jump, 1);
}

void trans_arch_call_(uint64_t pc, uint64_t x0)
{
	happened(FAKE_CALL, TRANS_SYSREG_COUNT, pc);
	fake_arch.jump_x0 = x0;
	if (!fake_arch.call)
		longjmp(fake_arch.jump, 1);
	fake_arch.call(pc, x0);
}
