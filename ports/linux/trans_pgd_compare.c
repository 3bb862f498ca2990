// SPDX-License-Identifier: GPL-2.0
/*
 * What a copy of the linear map takes, and whether it maps what it should: each
 * file in trans_pgd/ of debugfs makes one copy, one way, when it is read.
 *
 * "counts" are ticks of the virtual counter with interrupts off; QEMU's
 * -icount shift=4 makes a tick of each instruction. What a table maps is looked
 * up here by itself, from the Arm ARM's formats (D8.3), neither with the
 * kernel's accessors nor with the library's.
 */
#include <linux/bits.h>
#include <linux/debugfs.h>
#include <linux/gfp.h>
#include <linux/init.h>
#include <linux/irqflags.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <asm/barrier.h>
#include <asm/stack_pointer.h>
#include <asm/sysreg.h>

#include "trans_pgd_ways.h"

/* ---- pages, counted and refused ------------------------------------------ */

struct store {
	void **pages;
	unsigned int count, next, refuse_at;
};

/* As kexec's does. */
static void *store_page(void *arg)
{
	struct store *store = arg;

	if (store->next == store->refuse_at || store->next == store->count)
		return NULL;
	return memset(store->pages[store->next++], 0, PAGE_SIZE);
}

static void store_free(struct store *store)
{
	while (store->count)
		free_page((unsigned long)store->pages[--store->count]);
	kvfree(store->pages);
}

/* Enough for a table of pages. */
static int store_fill(struct store *store)
{
	unsigned int want = 64 + (memblock_phys_mem_size() >> PAGE_SHIFT >>
				  (PAGE_SHIFT - 3));

	*store = (struct store){ .refuse_at = UINT_MAX };
	store->pages = kvcalloc(want, sizeof(*store->pages), GFP_KERNEL);
	if (!store->pages)
		return -ENOMEM;
	for (; store->count < want; store->count++) {
		void *page = (void *)__get_free_page(GFP_KERNEL);

		if (!page) {
			store_free(store);
			return -ENOMEM;
		}
		store->pages[store->count] = page;
	}
	return 0;
}

/* ---- one way, measured --------------------------------------------------- */

struct way {
	const char *name;
	unsigned int flags; /* 0: Linux's own */
};

static const struct way ways[] = {
	{ "linux", 0 },
	{ "plain", TRANS_PGD_PLAIN },
	{ "fold", TRANS_PGD_FOLD },
	/* What a comparison must find to be one, with debug_pagealloc. */
	{ "visible", TRANS_MKWRITE | TRANS_NOEXEC },
};

static u64 first_va(void)
{
	return _PAGE_OFFSET(vabits_actual);
}

static int make(const struct way *way, struct store *store, pgd_t **pgd)
{
	struct trans_pgd_info info = { store_page, store };

	if (!way->flags)
		return trans_pgd_create_copy_linux(&info, pgd, first_va(),
						   PAGE_END);
	return trans_pgd_copy_with(&info, pgd, first_va(), PAGE_END,
				   way->flags);
}

#define PAINT 0x7472616e73746162UL
#define PAINTED 512 /* words below the stack pointer, where nobody is */

struct cost {
	u64 counts;
	unsigned long stack;
};

static u64 now(void)
{
	isb();
	return read_sysreg(cntvct_el0);
}

static noinline int measure(const struct way *way, struct store *store,
			    pgd_t **pgd, struct cost *cost)
{
	unsigned long *sp = (unsigned long *)current_stack_pointer;
	unsigned long flags;
	int ret, i;
	u64 start;

	local_irq_save(flags);
	for (i = 1; i <= PAINTED; i++)
		WRITE_ONCE(*(sp - i), PAINT);
	start = now();
	ret = make(way, store, pgd);
	cost->counts = now() - start;
	for (i = PAINTED; i && READ_ONCE(*(sp - i)) == PAINT; i--)
		;
	local_irq_restore(flags);
	cost->stack = i * sizeof(long);
	return ret;
}

/* ---- what a table maps --------------------------------------------------- */

#define DESC_VALID	BIT_ULL(0)
#define DESC_TABLE	BIT_ULL(1)
#define DESC_INDEX	GENMASK_ULL(4, 2)
#define DESC_EL0	BIT_ULL(6)
#define DESC_RO		BIT_ULL(7)
#define DESC_SH		GENMASK_ULL(9, 8)
#define DESC_AF		BIT_ULL(10)
#define DESC_NG		BIT_ULL(11)
#define DESC_PXN	BIT_ULL(53)
#define DESC_UXN	BIT_ULL(54)
#define TABLE_PXN	BIT_ULL(59)
#define TABLE_UXN	BIT_ULL(60)
#define TABLE_RO	BIT_ULL(62)
#define TCR_FORMAT_DS	BIT_ULL(59)

struct seen {
	bool mapped;
	u64 pa, last;	/* of what the same entry maps: its end may be 2^64 */
	u64 desc;	/* with the attributes of the tables above */
};

static bool format_ds(void)
{
	return PAGE_SHIFT != 16 && read_sysreg(tcr_el1) & TCR_FORMAT_DS;
}

static u64 output(u64 desc, unsigned int shift)
{
	if (format_ds())
		return (desc & GENMASK_ULL(49, shift)) |
		       (desc & GENMASK_ULL(9, 8)) << 42;
	if (PAGE_SHIFT == 16)
		return (desc & GENMASK_ULL(47, shift)) |
		       (desc & GENMASK_ULL(15, 12)) << 36;
	return desc & GENMASK_ULL(47, shift);
}

/* @hidden: what is not valid and not 0 is a mapping, too. */
static struct seen look(const u64 *table, unsigned int bits, u64 va,
			bool hidden)
{
	unsigned int per = PAGE_SHIFT - 3;
	unsigned int level = DIV_ROUND_UP(bits - PAGE_SHIFT, per);
	unsigned int top = bits, shift;
	struct seen seen = {};
	u64 above = 0, desc;

	for (;; top = shift) {
		shift = PAGE_SHIFT + --level * per;
		desc = READ_ONCE(table[(va & GENMASK_ULL(top - 1, shift)) >>
				       shift]);
		if (!level || (desc & 3) != 3)
			break;
		above |= desc;
		table = phys_to_virt(output(desc, PAGE_SHIFT));
	}
	seen.last = va | GENMASK_ULL(shift - 1, 0);
	seen.mapped = hidden ? desc : desc & DESC_VALID;
	seen.pa = output(desc, shift) | (va & GENMASK_ULL(shift - 1, 0));
	seen.desc = desc | (above & TABLE_RO ? DESC_RO : 0) |
		    (above & TABLE_PXN ? DESC_PXN : 0) |
		    (above & TABLE_UXN ? DESC_UXN : 0);
	return seen;
}

/* What the copy's leaf must have as the linear map's has it. */
static u64 kept(void)
{
	return DESC_INDEX | DESC_EL0 | DESC_NG |
	       (format_ds() ? 0 : DESC_SH);
}

static bool same(const struct seen *source, const struct seen *copy)
{
	const u64 must = DESC_AF | DESC_PXN | DESC_UXN;

	if (source->mapped != copy->mapped || !copy->mapped)
		return source->mapped == copy->mapped;
	return source->pa == copy->pa && !((source->desc ^ copy->desc) & kept()) &&
	       (copy->desc & must) == must && !(copy->desc & DESC_RO);
}

static unsigned int table_bits(void)
{
	return PAGE_SHIFT == 16 ? VA_BITS : vabits_actual;
}

struct found {
	u64 mapped, differ;	/* pages */
	u64 va;			/* of the first that differs */
	struct seen source, copy;
};

static void compare(pgd_t *pgd, struct found *found)
{
	u64 va, next;

	*found = (struct found){};
	for (va = first_va(); va < PAGE_END; va = next) {
		struct seen source = look((u64 *)swapper_pg_dir, table_bits(),
					  va, true);
		struct seen copy = look((u64 *)pgd, table_bits(), va, false);
		u64 pages;

		next = min3(source.last, copy.last, (u64)PAGE_END - 1) + 1;
		pages = (next - va) >> PAGE_SHIFT;
		found->mapped += source.mapped ? pages : 0;
		if (same(&source, &copy))
			continue;
		if (!found->differ) {
			found->va = va;
			found->source = source;
			found->copy = copy;
		}
		found->differ += pages;
	}
}

/* ---- files --------------------------------------------------------------- */

static int way_show(struct seq_file *s, void *unused)
{
	const struct way *way = s->private;
	struct found found;
	struct store store;
	struct cost cost;
	pgd_t *pgd;
	int ret = store_fill(&store);

	if (ret)
		return ret;
	ret = measure(way, &store, &pgd, &cost);
	if (!ret)
		compare(pgd, &found);
	seq_printf(s, "trans_pgd: %s: ret %d counts %llu tables %u stack %lu",
		   way->name, ret, cost.counts, store.next, cost.stack);
	if (!ret)
		seq_printf(s, " mapped %llu differ %llu", found.mapped,
			   found.differ);
	if (!ret && found.differ)
		seq_printf(s, " first %llx source %llx copy %llx", found.va,
			   found.source.desc, found.copy.desc);
	seq_putc(s, '\n');
	store_free(&store);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(way);

/* No page for the first, the second and so on that a copy asks for. */
static int refuse_show(struct seq_file *s, void *unused)
{
	static const struct way *const tried[] = { &ways[1], &ways[3] };
	struct store store;
	pgd_t *pgd;
	int i, ret = store_fill(&store);

	if (ret)
		return ret;
	for (i = 0; i < ARRAY_SIZE(tried); i++) {
		unsigned int refused = 0;

		do {
			store.next = 0;
			store.refuse_at = refused;
			ret = make(tried[i], &store, &pgd);
		} while (ret == -ENOMEM && refused++ < store.count);
		seq_printf(s, "trans_pgd: %s: refused %u times, then %d with %u tables\n",
			   tried[i]->name, refused, ret, store.next);
	}
	store_free(&store);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(refuse);

typedef int (*idmap_fn)(struct trans_pgd_info *info, phys_addr_t *ttbr0,
			unsigned long *t0sz, void *page);

/* Only the page itself, to run and not to write. */
static const char *idmap_problem(phys_addr_t ttbr0, unsigned int bits, u64 pa)
{
	const u64 *root = phys_to_virt((ttbr0 & GENMASK_ULL(47, PAGE_SHIFT)) |
				       (ttbr0 & GENMASK_ULL(5, 2)) << 46);
	struct seen seen = look(root, bits, pa, false);

	if (!seen.mapped || seen.pa != pa)
		return "not mapped";
	if (seen.desc & DESC_PXN || !(seen.desc & DESC_RO) ||
	    !(seen.desc & DESC_UXN) || seen.desc & DESC_EL0)
		return "other permissions";
	if (read_sysreg(mair_el1) >> ((seen.desc & DESC_INDEX) << 1) << 56 >>
	    56 != 0xff)
		return "not cacheable memory";
	if (look(root, bits, pa + PAGE_SIZE, true).mapped ||
	    look(root, bits, pa - PAGE_SIZE, true).mapped)
		return "more than the page";
	return "good";
}

static int idmap_show(struct seq_file *s, void *unused)
{
	static const idmap_fn ways[] = { trans_pgd_idmap_page_linux,
					 trans_pgd_idmap_page_library };
	struct store store;
	int i, ret = store_fill(&store);

	if (ret)
		return ret;
	for (i = 0; i < ARRAY_SIZE(ways); i++) {
		struct trans_pgd_info info = { store_page, &store };
		void *page = store.pages[store.count - 1];
		unsigned long t0sz;
		phys_addr_t ttbr0;

		store.next = 0;
		ret = ways[i](&info, &ttbr0, &t0sz, page);
		seq_printf(s, "trans_pgd: idmap by %s: ret %d t0sz %lu tables %u %s\n",
			   i ? "library" : "linux", ret, t0sz, store.next,
			   ret ? "" : idmap_problem(ttbr0, 64 - t0sz,
						    virt_to_phys(page)));
	}
	store_free(&store);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(idmap);

static int __init trans_pgd_compare_init(void)
{
	struct dentry *dir = debugfs_create_dir("trans_pgd", NULL);
	int i;

	for (i = 0; i < ARRAY_SIZE(ways); i++)
		debugfs_create_file(ways[i].name, 0400, dir, (void *)&ways[i],
				    &way_fops);
	debugfs_create_file("refuse", 0400, dir, NULL, &refuse_fops);
	debugfs_create_file("idmap", 0400, dir, NULL, &idmap_fops);
	return 0;
}
late_initcall(trans_pgd_compare_init);
