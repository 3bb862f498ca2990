/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Environments that hand out memory of their own and pass all else on.
 */
#ifndef TRANS_LIB_RELAY_H
#define TRANS_LIB_RELAY_H

#include <trans_table/ops.h>

static inline void *trans_host_at_(const struct trans_host *host, trans_pa_t pa,
				   size_t len)
{
	return host->ops->phys_to_virt(host->ctx, pa, len);
}

/* All of @ops but alloc and free, for a context whose first member is a struct
 * trans_host, which they go on to. */
void trans_relay_ops_(struct trans_ops *ops, const struct trans_ops *host);

#endif
