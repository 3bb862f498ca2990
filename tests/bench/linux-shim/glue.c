/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Linux's copy behind a plain C function: keeps the kernel's names away from
 * the bench and the bench's from the kernel.
 */
#include "glue.h"
#include "shim.h"

uint64_t shim_offset, shim_ram_first, shim_ram_last;
pgd_t *shim_kernel_tables;
bool shim_debug_pagealloc;
char trans_pgd_stub_vectors[ARM64_VECTOR_TABLE_LEN];

void *linux_copy(const struct linux_world *world)
{
	struct trans_pgd_info info = { world->page, world->arg };
	pgd_t *copy;

	shim_offset = world->offset;
	shim_ram_first = world->ram_first;
	shim_ram_last = world->ram_last;
	shim_kernel_tables = world->tables;
	shim_debug_pagealloc = world->debug_pagealloc;
	if (trans_pgd_create_copy(&info, &copy, world->start, world->end))
		return NULL;
	return copy;
}
