/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
#include "lib/relay.h"

static void *relay_phys_to_virt(void *ctx, trans_pa_t pa, size_t len)
{
	const struct trans_host *host = ctx;

	return host->ops->phys_to_virt(host->ctx, pa, len);
}

static bool relay_pfn_valid(void *ctx, trans_pa_t pa, uint64_t len)
{
	const struct trans_host *host = ctx;

	return host->ops->pfn_valid(host->ctx, pa, len);
}

static void relay_clean(void *ctx, const void *va, size_t len)
{
	const struct trans_host *host = ctx;

	host->ops->clean(host->ctx, va, len);
}

static void relay_write_entry(void *ctx, uint64_t *slot, uint64_t desc)
{
	const struct trans_host *host = ctx;

	host->ops->write_entry(host->ctx, slot, desc);
}

static int relay_acquire(void *ctx, trans_pa_t pa)
{
	const struct trans_host *host = ctx;

	return host->ops->acquire(host->ctx, pa);
}

static void relay_release(void *ctx, trans_pa_t pa)
{
	const struct trans_host *host = ctx;

	host->ops->release(host->ctx, pa);
}

static int relay_visit(void *ctx, trans_pa_t pa)
{
	const struct trans_host *host = ctx;

	return host->ops->visit(host->ctx, pa);
}

static void relay_barrier(void *ctx)
{
	const struct trans_host *host = ctx;

	(host->ops->barrier)(host->ctx);
}

static uint64_t relay_valid_len(void *ctx, trans_pa_t pa)
{
	const struct trans_host *host = ctx;

	return host->ops->valid_len(host->ctx, pa);
}

_Static_assert(sizeof(struct trans_ops) == 11 * sizeof(void (*)(void)),
	       "every other callback is passed on here");

/* Absent stays absent: the library asks whether an optional one is there. */
void trans_relay_ops_(struct trans_ops *ops, const struct trans_ops *host)
{
	ops->phys_to_virt = relay_phys_to_virt;
	ops->pfn_valid = host->pfn_valid ? relay_pfn_valid : NULL;
	ops->clean = host->clean ? relay_clean : NULL;
	ops->write_entry = host->write_entry ? relay_write_entry : NULL;
	ops->acquire = host->acquire ? relay_acquire : NULL;
	ops->release = host->release ? relay_release : NULL;
	ops->visit = host->visit ? relay_visit : NULL;
	ops->barrier = host->barrier ? relay_barrier : NULL;
	ops->valid_len = host->valid_len ? relay_valid_len : NULL;
}
