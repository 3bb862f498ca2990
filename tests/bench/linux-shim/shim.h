/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What trans_pgd.c of Linux 6.1 needs of a kernel, on any 64-bit host: arm64
 * with 4K pages, 48-bit addresses, four levels (the p4d folded into the pgd).
 * Written from the meaning of each name, not from the kernel's headers.
 *
 * Where the kernel does more than C can do on another machine, the shim does
 * less, in Linux's favour: no DSB and ISB after a store of a descriptor, no
 * test whether a table is swapper_pg_dir's, no sanity checks.
 */
#ifndef BENCH_LINUX_SHIM_H
#define BENCH_LINUX_SHIM_H

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef uint64_t phys_addr_t;

#define READ_ONCE(x) (*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v) (*(volatile __typeof__(x) *)&(x) = (v))
#define BUG_ON(bad) do { if (__builtin_expect(!!(bad), 0)) __builtin_trap(); } \
	while (0)
#define pr_err(...) fprintf(stderr, __VA_ARGS__)
#define min(a, b) ((a) < (b) ? (a) : (b))
#define GENMASK_ULL(high, low) \
	((~0ULL >> (63 - (high))) & (~0ULL << (low)))
#define GENMASK(high, low) GENMASK_ULL(high, low)

/* ---- sizes --------------------------------------------------------------- */

#define PAGE_SHIFT 12
#define PMD_SHIFT 21
#define PUD_SHIFT 30
#define PGDIR_SHIFT 39
#define PAGE_SIZE (1UL << PAGE_SHIFT)
#define PAGE_MASK (~(PAGE_SIZE - 1))
#define PTRS_PER_TABLE 512
#define ARM64_HW_PGTABLE_LEVEL_SHIFT(level) (PAGE_SHIFT + 9 * (3 - (level)))

/* The end of the entry that holds @address, or @end if that is first; neither
 * may wrap. */
static inline unsigned long shim_step(unsigned long address, unsigned long end,
				      unsigned int shift)
{
	unsigned long next = ((address >> shift) + 1) << shift;

	return next - 1 < end - 1 ? next : end;
}

#define pmd_addr_end(address, end) shim_step(address, end, PMD_SHIFT)
#define pud_addr_end(address, end) shim_step(address, end, PUD_SHIFT)
#define p4d_addr_end(address, end) (end)
#define pgd_addr_end(address, end) shim_step(address, end, PGDIR_SHIFT)

/* ---- descriptors --------------------------------------------------------- */

typedef struct { uint64_t pte; } pte_t;
typedef struct { uint64_t pmd; } pmd_t;
typedef struct { uint64_t pud; } pud_t;
typedef struct { uint64_t pgd; } pgd_t;
typedef struct { pgd_t pgd; } p4d_t;
typedef struct { uint64_t pgprot; } pgprot_t;

#define PTE_VALID (1UL << 0)
#define PTE_USER (1UL << 6)
#define PTE_RDONLY (1UL << 7)
#define PTE_WRITE (1UL << 51)
#define PTE_ADDRESS (((1UL << 48) - 1) & PAGE_MASK)
#define PMD_SECT_RDONLY (1UL << 7)
#define PUD_SECT_RDONLY (1UL << 7)
#define PMD_TYPE_TABLE 3UL
#define SHIM_TABLE_KERNEL (PMD_TYPE_TABLE | 1UL << 60) /* UXNTable */
#define SHIM_TYPE 3UL

#define __pmd(value) ((pmd_t){ value })
#define __pud(value) ((pud_t){ value })
#define __pgprot(value) ((pgprot_t){ value })
#define pte_val(d) ((d).pte)
#define pmd_val(d) ((d).pmd)
#define pud_val(d) ((d).pud)
#define PAGE_KERNEL_ROX __pgprot(0x40000000000783UL)

#define pte_none(d) (!(d).pte)
#define pmd_none(d) (!(d).pmd)
#define pud_none(d) (!(d).pud)
#define p4d_none(d) (!(d).pgd.pgd)
#define pgd_none(d) ((void)(d), 0) /* folded: never */
#define pte_valid(d) (((d).pte & PTE_VALID) != 0)
#define pmd_table(d) (((d).pmd & SHIM_TYPE) == PMD_TYPE_TABLE)
#define pud_table(d) (((d).pud & SHIM_TYPE) == PMD_TYPE_TABLE)
#define pte_pfn(d) (((d).pte & PTE_ADDRESS) >> PAGE_SHIFT)
#define pfn_pte(pfn, prot) \
	((pte_t){ ((uint64_t)(pfn) << PAGE_SHIFT) | (prot).pgprot })

static inline pte_t pte_mkwrite(pte_t pte)
{
	return (pte_t){ (pte.pte | PTE_WRITE) & ~PTE_RDONLY };
}

static inline pte_t pte_mkpresent(pte_t pte)
{
	return (pte_t){ pte.pte | PTE_VALID };
}

/* ---- memory -------------------------------------------------------------- */

/* Virtual minus physical address; a variable, as in a kernel that is loaded
 * anywhere. */
extern uint64_t shim_offset;
extern pgd_t *shim_kernel_tables;
extern uint64_t shim_ram_first, shim_ram_last;
extern bool shim_debug_pagealloc;

#define virt_to_phys(p) ((uint64_t)(uintptr_t)(p) - shim_offset)
#define shim_virt(pa) ((void *)(uintptr_t)((pa) + shim_offset))
#define __phys_to_pfn(pa) ((unsigned long)((pa) >> PAGE_SHIFT))
#define __pfn_to_phys(pfn) ((phys_addr_t)(pfn) << PAGE_SHIFT)
#define virt_to_pfn(p) __phys_to_pfn(virt_to_phys(p))

static inline bool debug_pagealloc_enabled(void)
{
	return shim_debug_pagealloc;
}

static inline bool pfn_valid(unsigned long pfn)
{
	phys_addr_t pa = __pfn_to_phys(pfn);

	return pa >= shim_ram_first && pa <= shim_ram_last;
}

/* ---- tables -------------------------------------------------------------- */

#define shim_index(address, shift) \
	(((address) >> (shift)) & (PTRS_PER_TABLE - 1))
#define shim_below(value) shim_virt((value) & PTE_ADDRESS)

#define pgd_offset_pgd(table, address) \
	((table) + shim_index(address, PGDIR_SHIFT))
#define pgd_offset_k(address) pgd_offset_pgd(shim_kernel_tables, address)
#define p4d_offset(pgdp, address) ((p4d_t *)(pgdp))
#define pud_offset(p4dp, address) \
	((pud_t *)shim_below(READ_ONCE(*(p4dp)).pgd.pgd) + \
	 shim_index(address, PUD_SHIFT))
#define pmd_offset(pudp, address) \
	((pmd_t *)shim_below(READ_ONCE(*(pudp)).pud) + \
	 shim_index(address, PMD_SHIFT))
#define pte_offset_kernel(pmdp, address) \
	((pte_t *)shim_below(READ_ONCE(*(pmdp)).pmd) + \
	 shim_index(address, PAGE_SHIFT))

#define set_pte(slot, d) WRITE_ONCE(*(slot), d)
#define set_pmd(slot, d) WRITE_ONCE(*(slot), d)
#define set_pud(slot, d) WRITE_ONCE(*(slot), d)
#define pmd_populate_kernel(mm, slot, table) \
	set_pmd(slot, __pmd(virt_to_phys(table) | SHIM_TABLE_KERNEL))
#define pud_populate(mm, slot, table) \
	set_pud(slot, __pud(virt_to_phys(table) | SHIM_TABLE_KERNEL))
#define p4d_populate(mm, slot, table) \
	WRITE_ONCE(*(slot), ((p4d_t){ { virt_to_phys(table) | \
					SHIM_TABLE_KERNEL } }))

/* ---- the rest of the file, which the bench does not call ----------------- */

#define TCR_T0SZ(bits) (64UL - (bits))
#define phys_to_ttbr(pa) (pa)
#define ARM64_VECTOR_TABLE_LEN 2048
extern char trans_pgd_stub_vectors[];
#define caches_clean_inval_pou(start, end) ((void)(start), (void)(end))
#define dcache_clean_inval_poc(start, end) ((void)(start), (void)(end))

struct trans_pgd_info {
	void *(*trans_alloc_page)(void *arg);
	void *trans_alloc_arg;
};

int trans_pgd_create_copy(struct trans_pgd_info *info, pgd_t **trans_pgd,
			  unsigned long start, unsigned long end);
int trans_pgd_idmap_page(struct trans_pgd_info *info, phys_addr_t *trans_ttbr0,
			 unsigned long *t0sz, void *page);
int trans_pgd_copy_el2_vectors(struct trans_pgd_info *info,
			       phys_addr_t *el2_vectors);

#endif
