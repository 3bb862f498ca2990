// SPDX-License-Identifier: GPL-2.0
/*
 * asm/trans_pgd.h in a kernel that has it twice: trans_pgd=linux, library (the
 * default) or plain (the library, without FOLD) says which.
 */
#include <linux/cache.h>
#include <linux/init.h>
#include <linux/printk.h>
#include <linux/string.h>

#include "trans_pgd_ways.h"

static bool by_linux __ro_after_init;
static unsigned int flags __ro_after_init = TRANS_PGD_FOLD;

static int __init trans_pgd_word(char *word)
{
	if (!word)
		return -EINVAL;
	by_linux = !strcmp(word, "linux");
	if (!strcmp(word, "plain"))
		flags = TRANS_PGD_PLAIN;
	else if (!by_linux && strcmp(word, "library"))
		return -EINVAL;
	return 0;
}
early_param("trans_pgd", trans_pgd_word);

int trans_pgd_create_copy(struct trans_pgd_info *info, pgd_t **trans_pgd,
			  unsigned long start, unsigned long end)
{
	int ret;

	if (by_linux)
		ret = trans_pgd_create_copy_linux(info, trans_pgd, start, end);
	else
		ret = trans_pgd_copy_with(info, trans_pgd, start, end, flags);
	pr_info("trans_pgd: a copy by %s: %d\n",
		by_linux ? "Linux" : "the library", ret);
	return ret;
}

int trans_pgd_idmap_page(struct trans_pgd_info *info, phys_addr_t *trans_ttbr0,
			 unsigned long *t0sz, void *page)
{
	return by_linux ?
		trans_pgd_idmap_page_linux(info, trans_ttbr0, t0sz, page) :
		trans_pgd_idmap_page_library(info, trans_ttbr0, t0sz, page);
}

int trans_pgd_copy_el2_vectors(struct trans_pgd_info *info,
			       phys_addr_t *el2_vectors)
{
	return by_linux ?
		trans_pgd_copy_el2_vectors_linux(info, el2_vectors) :
		trans_pgd_copy_el2_vectors_library(info, el2_vectors);
}
