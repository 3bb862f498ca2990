// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
/*
 * SHA-256 by U-Boot's code, which on many boards is the CPU's own: before the
 * moves everything is read once more, and that should not be slow.
 */
#include "port.h"

#include <u-boot/sha256.h>

/* Blocks in one call of sha256_update, whose length has 32 bits. */
#define MANY (SZ_16M / TRANS_SHA256_BLOCK)

#if PORT_OWN_SHA256
/* With nothing in its buffer, a context is its state. */
void port_sha256_blocks(u32 state[8], const u8 *data, size_t count)
{
	sha256_context ctx = { 0 };

	memcpy(ctx.state, state, sizeof(ctx.state));
	for (size_t part; count; count -= part) {
		part = min_t(size_t, count, MANY);
		sha256_update(&ctx, data, part * TRANS_SHA256_BLOCK);
		data += part * TRANS_SHA256_BLOCK;
	}
	memcpy(state, ctx.state, sizeof(ctx.state));
}

const trans_sha256_fn port_sha256 = port_sha256_blocks;
#else
const trans_sha256_fn port_sha256;
#endif
