/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
#include "asked_world.h"

#include <string.h>

#define MIB (1ULL << 20)
#define KERNEL_LEN (KERNEL_PARTS * KERNEL_PART)
#define PROPERTY_LEN 0x10000u
#define ALL_LEN (KERNEL_LEN + PROPERTY_LEN + KERNEL_PENDING)

void asked_save(struct resume_world *w, struct kernel *kernel,
		unsigned int page_shift)
{
	struct saved s = { .page_shift = page_shift, .base = ASKED_BASE,
			   .len = page_shift == 16 ? 48 * MIB : 6 * MIB,
			   .va_bits = 48, .mpidr = 0x102,
			   .text_len = MIB, .data_len = MIB };
	trans_pa_t pa;
	trans_va_t va;

	world_save(w, &s);
	pa = (w->text + MIB + 0xffff) & ~0xffffULL;
	va = w->reenter - 0x800 - w->text;
	*kernel = (struct kernel){
		.bytes = memory_at(&w->old, pa), .pa = pa, .va = va + pa,
		.root_va = va + w->ttbr1, .va_bits = 48,
		.page_shift = page_shift, .mpidr = s.mpidr, .midr = ASKED_MIDR,
		.property = pa + KERNEL_LEN,
		.pending = pa + KERNEL_LEN + PROPERTY_LEN, .types = 3,
		.boot_at = 0x2c04,
	};
	memset(kernel->bytes, 0, ALL_LEN);
}

void asked_make(struct resume_world *w, const struct kernel *kernel)
{
	kernel_make(kernel);
	kernel_property_table(kernel->bytes + KERNEL_LEN);
	world_mark(w, kernel->pa, ALL_LEN, PAGE_STORED);
}

void asked_boot(struct resume_world *w, trans_pa_t at, uint64_t len)
{
	world_write_disk(w);
	world_boot(w, 1);
	w->cpu.midr = ASKED_MIDR;
	world_lend(w, ASKED_BASE, at - ASKED_BASE);
	world_lend(w, at + len, ASKED_BASE + w->saved.len - at - len);
}
