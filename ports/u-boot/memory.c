// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
/*
 * Memory as U-Boot knows it: the banks, what its map (lmb) and the device tree
 * reserve, and where it lives itself. The last is no reservation: that is what
 * all this is for. But nothing is allocated there.
 */
#include "port.h"

#include <cpu_func.h>
#include <mapmem.h>
#include <asm/cache.h>

/* Below the stack pointer, for the calls that follow. */
#define STACK_MARGIN SZ_64K
/* What takes longer than to look whether a watchdog is due. */
#define SERVED_FROM SZ_64K

static int map_error(struct trans_error *err, int ret)
{
	return ret ? port_error(err, ret, "memory map", 0, 0) : 0;
}

static void nothing_known(struct port_memory *m)
{
	trans_ranges_init(&m->ram, m->ram_storage, ARRAY_SIZE(m->ram_storage));
	trans_ranges_init(&m->mapped, m->mapped_storage,
			  ARRAY_SIZE(m->mapped_storage));
	trans_ranges_init(&m->reserved, m->reserved_storage,
			  ARRAY_SIZE(m->reserved_storage));
	trans_ranges_init(&m->held, m->held_storage,
			  ARRAY_SIZE(m->held_storage));
	trans_ranges_init(&m->free, m->free_storage,
			  ARRAY_SIZE(m->free_storage));
	trans_ranges_init(&m->no_map, m->no_map_storage,
			  ARRAY_SIZE(m->no_map_storage));
	trans_ranges_init(&m->lpi, m->lpi_storage, ARRAY_SIZE(m->lpi_storage));
}

int port_memory_begin(struct port_memory *m, struct trans_error *err)
{
	int ret = 0;

	nothing_known(m);
	for (int i = 0; !ret && i < CONFIG_NR_DRAM_BANKS; i++)
#if COMPAT_GLOBAL_DRAM
		ret = trans_ranges_add(&m->ram, gd->dram[i].start,
				       gd->dram[i].size);
#else
		ret = trans_ranges_add(&m->ram, gd->bd->bi_dram[i].start,
				       gd->bd->bi_dram[i].size);
#endif
	if (ret)
		return map_error(err, ret);
	return trans_identity_memory(&m->ram, &m->mapped, err);
}

int port_memory_keep(struct port_memory *m, struct trans_range range,
		     struct trans_error *err)
{
	return map_error(err, trans_ranges_add(&m->reserved, range.start,
					       range.len));
}

static struct trans_range whole_pages(struct trans_range range)
{
	u64 first = range.start & ~(u64)(SZ_4K - 1);

	return (struct trans_range){
		first, ALIGN(range.start + range.len, SZ_4K) - first };
}

int port_memory_use(struct port_memory *m, struct trans_range range,
		    struct trans_error *err)
{
	struct trans_range pages = whole_pages(range);

	return map_error(err, trans_ranges_remove(&m->free, pages.start,
						  pages.len));
}

/* Where U-Boot's top is a limit of allocations, EFI and lmb have what is above
 * it in their maps so that nobody allocates there, and files may lie there. It
 * is none where an SoC fills these maps by itself. */
static u64 top_of_use(void)
{
	if (IS_ENABLED(CONFIG_LMB_ARCH_MEM_MAP) ||
	    IS_ENABLED(CONFIG_FSL_LAYERSCAPE))
		return U64_MAX;
#if COMPAT_TOP_OPTION
	if (!IS_ENABLED(CONFIG_LMB_LIMIT_DMA_BELOW_RAM_TOP))
		return U64_MAX;
#endif
	return gd->ram_top;
}

int port_memory_hold(struct trans_ranges *held, u64 start, u64 len)
{
	u64 top = top_of_use();

	if (start >= top)
		return 0;
	return trans_ranges_add(held, start, min_t(u64, len, top - start));
}

static int add_used(void *arg, u64 start, u64 len, enum port_use use)
{
	struct trans_range range = whole_pages((struct trans_range){ start,
								    len });
	struct port_memory *m = arg;
	int ret = trans_ranges_remove(&m->free, range.start, range.len);

	if (!ret && use == PORT_HELD)
		ret = port_memory_hold(&m->held, range.start, range.len);
	if (!ret && use >= PORT_FOR_GOOD)
		ret = trans_ranges_add(&m->held, range.start, range.len);
	if (!ret && use >= PORT_FOR_GOOD)
		ret = trans_ranges_add(&m->reserved, start, len);
	if (!ret && use == PORT_NO_MAP)
		ret = trans_ranges_add(&m->no_map, start, len);
	return ret;
}

/* From below the stack to the top: stack, device tree, global data, malloc's
 * arena, text, page tables (common/board_f.c). */
static struct trans_range own_memory(void)
{
	u64 here = (u64)(uintptr_t)__builtin_frame_address(0) - STACK_MARGIN;
	u64 low = min_t(u64, here, gd->start_addr_sp - STACK_MARGIN);

	return (struct trans_range){ low, gd->ram_top - low };
}

/* A board that does not relocate runs where it was loaded. */
static struct trans_range loaded_image(void)
{
	if (!(gd->flags & GD_FLG_SKIP_RELOC))
		return (struct trans_range){ 0, 0 };
	return (struct trans_range){ gd->relocaddr, gd->mon_len };
}

bool port_over_u_boot(trans_pa_t pa, u64 len)
{
	struct trans_range storage, own = own_memory();
	struct trans_ranges set;

	trans_ranges_init(&set, &storage, 1);
	return !trans_ranges_add(&set, own.start, own.len) &&
	       trans_ranges_touch(&set, pa, len);
}

/* What the tree reserves, and what hardware goes on using. */
static int find_reserved(struct port *port, void *fdt, size_t fdt_len,
			 struct trans_error *err)
{
	struct port_memory *m = &port->memory;
	struct trans_range storage[PORT_MAX_RAM];
	struct trans_ranges no_ram;
	int ret;

	trans_ranges_init(&no_ram, storage, PORT_MAX_RAM);
	ret = trans_fdt_memory(fdt, fdt_len, &no_ram, &m->reserved, err);
	if (!ret)
		ret = trans_fdt_no_map(fdt, fdt_len, &m->no_map, err);
	if (!ret)
		ret = port_gic(port, err);
	if (ret)
		return ret;
	ret = trans_ranges_add_all(&m->reserved, &m->lpi);
	if (!ret)
		ret = trans_ranges_add_all(&m->no_map, &m->lpi);
	if (!ret)
		ret = trans_ranges_add_all(&m->held, &m->no_map);
	return map_error(err, ret);
}

int port_memory_map(struct port *port, void *fdt, size_t fdt_len,
		    struct trans_error *err)
{
	struct port_memory *m = &port->memory;
	int ret = find_reserved(port, fdt, fdt_len, err);

	if (ret)
		return ret;
	ret = trans_ranges_add_all(&m->free, &m->mapped);
	if (!ret)
		ret = port_used_memory(fdt, add_used, m);
	if (!ret && IS_ENABLED(CONFIG_EFI_LOADER))
		ret = port_efi_take(m);
	if (!ret)
		ret = trans_ranges_remove_all(&m->free, &m->reserved);
	if (!ret)
		ret = port_memory_use(m, own_memory(), err);
	return map_error(err, ret ? ret : port_memory_use(m, loaded_image(), err));
}

static int host_alloc(void *ctx, unsigned int shift, unsigned int count,
		      trans_pa_t *pa)
{
	struct port_memory *m = ctx;
	const struct trans_range all = { 0, UINT64_MAX };
	u64 len = (u64)count << shift;

	if (trans_ranges_fit(&m->free, &all, len, 1ULL << shift, 0,
			     TRANS_FIT_HIGHEST, pa))
		return TRANS_ENOMEM;
	return trans_ranges_remove(&m->free, *pa, len);
}

static void host_free(void *ctx, unsigned int shift, unsigned int count,
		      trans_pa_t pa)
{
	trans_carve_back(ctx + offsetof(struct port_memory, free), shift,
			 count, pa);
}

/* U-Boot's map is an identity, but not always of all RAM: a Raspberry Pi 4 of
 * 8 GB has it up to 0xfc000000. A wipe asks here for each MiB; that only the
 * first CPU does is a promise of trans_table/workers.h. */
static void *host_phys_to_virt(void *ctx, trans_pa_t pa, size_t len)
{
	struct port_memory *m = ctx;

	if (len >= SERVED_FROM)
		schedule();
	if (!trans_ranges_contain(&m->mapped, pa, len))
		return NULL;
	return map_sysmem(pa, len);
}

static bool host_pfn_valid(void *ctx, trans_pa_t pa, u64 len)
{
	struct port_memory *m = ctx;

	return trans_ranges_contain(&m->ram, pa, len);
}

const struct trans_ops port_ops = {
	.alloc = host_alloc,
	.free = host_free,
	.phys_to_virt = host_phys_to_virt,
	.pfn_valid = host_pfn_valid,
	.clean = trans_cpu_clean,
};
