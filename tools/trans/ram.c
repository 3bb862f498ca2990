/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
#include <string.h>
#include <sys/mman.h>

#include <trans_table/errors.h>

#include "ram.h"

static const struct trans_range anywhere = { 0, UINT64_MAX };

void *ram_at(struct ram *ram, trans_pa_t pa, uint64_t len)
{
	for (size_t i = 0; i < ram->banks.count; i++) {
		const struct trans_range *bank = &ram->banks.range[i];
		uint64_t in = pa - bank->start;

		if (pa >= bank->start && in < bank->len &&
		    len <= bank->len - in)
			return ram->bank[i] + in;
	}
	return NULL;
}

static void *phys_to_virt(void *ctx, trans_pa_t pa, size_t len)
{
	return ram_at(ctx, pa, len);
}

static int take(void *ctx, unsigned int shift, unsigned int count,
		trans_pa_t *pa)
{
	struct ram *ram = ctx;
	uint64_t len = (uint64_t)count << shift;

	return trans_ranges_fit(&ram->free, &anywhere, len, 1ULL << shift, 0,
				TRANS_FIT_HIGHEST, pa) ||
	       trans_ranges_remove(&ram->free, *pa, len);
}

static void give(void *ctx, unsigned int shift, unsigned int count,
		 trans_pa_t pa)
{
	struct ram *ram = ctx;

	(void)trans_ranges_add(&ram->free, pa, (uint64_t)count << shift);
}

static bool valid(void *ctx, trans_pa_t pa, uint64_t len)
{
	return ram_at(ctx, pa, len) != NULL;
}

/* Nobody walks tables of this memory, nor reads it past a cache. */
static void barrier(void *ctx)
{
	(void)ctx;
}

/* Nothing of it takes memory here before it is written. */
static uint8_t *bank_here(uint64_t len)
{
	void *at = mmap(NULL, len, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return at == MAP_FAILED ? NULL : at;
}

int ram_make(struct ram *ram, const struct trans_ranges *banks,
	     const struct trans_ranges *kept)
{
	int ret;

	memset(ram, 0, sizeof(*ram));
	trans_ranges_init(&ram->banks, ram->bank_storage, RAM_BANKS);
	trans_ranges_init(&ram->free, ram->free_storage, RAM_PIECES);
	ram->ops = (struct trans_ops){ .alloc = take, .free = give,
				       .phys_to_virt = phys_to_virt,
				       .pfn_valid = valid,
				       .barrier = barrier };
	ret = trans_ranges_add_all(&ram->banks, banks);
	if (!ret)
		ret = trans_ranges_add_all(&ram->free, banks);
	if (!ret)
		ret = trans_ranges_remove_all(&ram->free, kept);
	for (size_t i = 0; !ret && i < ram->banks.count; i++) {
		ram->bank[i] = bank_here(ram->banks.range[i].len);
		if (!ram->bank[i])
			ret = TRANS_ENOMEM;
	}
	return ret;
}

void ram_drop(struct ram *ram)
{
	for (size_t i = 0; i < ram->banks.count; i++)
		if (ram->bank[i])
			munmap(ram->bank[i], ram->banks.range[i].len);
	memset(ram, 0, sizeof(*ram));
}
