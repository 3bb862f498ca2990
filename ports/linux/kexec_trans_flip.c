// SPDX-License-Identifier: GPL-2.0
/*
 * For tests of what a transition checks: reading kexec_trans/flip in debugfs
 * changes a bit of the image that is loaded, where it lies until it is moved.
 */
#include <linux/debugfs.h>
#include <linux/init.h>
#include <linux/kexec.h>
#include <linux/mm.h>
#include <linux/seq_file.h>

/* The first page of it that there is. */
static u8 *first_source(const struct kimage *image)
{
	const kimage_entry_t *entry = &image->head;

	for (;; entry++) {
		while (*entry & IND_INDIRECTION)
			entry = phys_to_virt(*entry & PAGE_MASK);
		if (*entry & IND_SOURCE)
			return phys_to_virt(*entry & PAGE_MASK);
		if (*entry & IND_DONE)
			return NULL;
	}
}

static int flip_show(struct seq_file *s, void *unused)
{
	u8 *page = kexec_image ? first_source(kexec_image) : NULL;

	if (!page)
		return -ENOENT;
	page[PAGE_SIZE - 1] ^= 1;
	seq_puts(s, "kexec_trans: a bit is flipped\n");
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(flip);

static int __init kexec_trans_flip_init(void)
{
	struct dentry *dir = debugfs_create_dir("kexec_trans", NULL);

	debugfs_create_file("flip", 0400, dir, NULL, &flip_fops);
	return 0;
}
late_initcall(kexec_trans_flip_init);
