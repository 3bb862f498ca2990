/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* What a program without an operating system must bring along: memory, a
 * console, and the four functions that compilers call by themselves. */
#include <trans_table/pool.h>

#include "host.h"

extern char image_start[], image_end[]; /* image.ld */

struct host host;
static struct trans_range storage[3][64];

/* All memory is at its own address, so a physical address is a pointer. */
static void *host_phys_to_virt(void *ctx, trans_pa_t pa, size_t len)
{
	(void)ctx;
	return trans_ranges_contain(&host.ram, pa, len) ? (void *)pa : NULL;
}

/* From the top: kernels go to the bottom, and what the library keeps meanwhile
 * must not lie where they go. Cleaned for the reason that start.S has. */
static int host_alloc(void *ctx, unsigned int shift, unsigned int count,
		      trans_pa_t *pa)
{
	static const struct trans_range anywhere = { 0, UINT64_MAX };
	uint64_t len = (uint64_t)count << shift;

	if (trans_ranges_fit(ctx, &anywhere, len, 1ULL << shift, 0,
			     TRANS_FIT_HIGHEST, pa) ||
	    trans_ranges_remove(ctx, *pa, len))
		return TRANS_ENOMEM;
	trans_cpu_clean(NULL, (void *)*pa, len);
	return 0;
}

const struct trans_ops host_ops = {
	.alloc = host_alloc,
	.free = trans_carve_back, /* the library has that one ready */
	.phys_to_virt = host_phys_to_virt,
	.clean = trans_cpu_clean,
};

/* What the tree lacks stays 0: no console, no firmware to call. */
int host_init(const void *tree, struct trans_error *err)
{
	const size_t len = TRANS_FDT_MAX_LEN;

	host.tree = tree;
	trans_cpu_read(&host.cpu);
	(void)trans_fdt_uart(tree, len, NULL, &host.uart, NULL);
	(void)trans_fdt_conduit(tree, len, &host.conduit, NULL);
	trans_ranges_init(&host.ram, storage[0], 64);
	trans_ranges_init(&host.reserved, storage[1], 64);
	trans_ranges_init(&host.free, storage[2], 64);
	/* Free is all that nobody has; this program is not reserved. */
	return trans_fdt_memory(tree, len, &host.ram, &host.reserved, err) ?:
	       trans_ranges_add_all(&host.free, &host.ram) ?:
	       trans_ranges_remove_all(&host.free, &host.reserved) ?:
	       trans_ranges_remove(&host.free, (trans_pa_t)image_start,
				   (trans_pa_t)image_end -
				   (trans_pa_t)image_start) ?:
	       trans_ranges_remove(&host.free, (trans_pa_t)tree, len);
}

int host_print(void *arg, const char *text, size_t len)
{
	volatile uint32_t *data = (void *)(host.uart.pa + host.uart.data);
	volatile uint32_t *status = (void *)(host.uart.pa + host.uart.status);

	(void)arg;
	while (len-- && host.uart.width == 4) {
		while ((*status & host.uart.ready_mask) != host.uart.ready)
			;
		*data = (uint8_t)*text++;
	}
	return 0;
}

void *memmove(void *dst, const void *src, size_t len)
{
	const uint8_t *s = src;
	uint8_t *d = dst;

	for (size_t i = 0; d < s && i < len; i++)
		d[i] = s[i];
	while (d > s && len--)
		d[len] = s[len];
	return dst;
}

__attribute__((alias("memmove"))) void *memcpy(void *, const void *, size_t);

void *memset(void *dst, int byte, size_t len)
{
	for (uint8_t *d = dst; len--; d++)
		*d = (uint8_t)byte;
	return dst;
}

int memcmp(const void *a, const void *b, size_t len)
{
	const uint8_t *x = a, *y = b;

	for (; len && *x == *y; len--, x++, y++)
		;
	return len ? *x - *y : 0;
}
