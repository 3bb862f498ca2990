// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
/*
 * Bootmethod for a hibernated Linux
 *
 * Whatever else is booted may mount the file systems that a hibernated Linux
 * has mounted too, and which its resume then destroys. So this comes first, as
 * a global bootmeth; and again before anything of a bootdev is booted, since
 * some scans leave global bootmeths out, and some disks are found late. Each
 * time it looks at all disks: the image need not be on the disk that is booted
 * from. An image which is refused ends the scan.
 */

#define LOG_CATEGORY UCLASS_BOOTSTD

#include <blk.h>
#include <bootdev.h>
#include <bootflow.h>
#include <bootmeth.h>
#include <console.h>
#include <dm.h>
#include <env.h>
#include <malloc.h>
#include <part.h>
#include <trans_cmd.h>
#include <trans_hibernate.h>
#include <vsprintf.h>
#include <dm/device-internal.h>

/* Partition type of Linux swap: UEFI specification, 5.3; and in an MBR */
#define GPT_SWAP	"0657fd6d-a4ab-43c4-84e5-0933c84b4f4f"
#define MBR_SWAP	0x82

/* As many as a scan of a bootdev looks at */
#define MAX_PART	30

#define WORDS_LEN	16

static bool is_swap(struct disk_partition *info)
{
	if (IS_ENABLED(CONFIG_PARTITION_TYPE_GUID) &&
	    !strcasecmp(disk_partition_type_guid(info), GPT_SWAP))
		return true;

	return IS_ENABLED(CONFIG_DOS_PARTITION) &&
	       disk_partition_sys_ind(info) == MBR_SWAP;
}

/* "0:2", as trans resume takes it */
static void name_part(struct blk_desc *desc, int part, char words[WORDS_LEN])
{
	snprintf(words, WORDS_LEN, "%x:%x", desc->devnum, part);
}

/* The bootdev of a block device; NULL if it has none */
static struct udevice *bootdev_of(struct udevice *blk)
{
#if COMPAT_BOOTDEV_OF_BLK
	struct udevice *dev;

	return bootdev_get_from_blk(blk, &dev) ? NULL : dev;
#else
	struct udevice *dev, *sibling;

	device_foreach_child(dev, dev_get_parent(blk))
		if (!bootdev_get_sibling_blk(dev, &sibling) && sibling == blk)
			return dev;

	return NULL;
#endif
}

static int set_bootflow(struct bootflow *bflow, struct udevice *blk, int part,
			const char *version)
{
	struct blk_desc *desc = dev_get_uclass_plat(blk);
	char words[WORDS_LEN], text[100];

	name_part(desc, part, words);
	snprintf(text, sizeof(text), "asleep on %s %s",
		 blk_get_uclass_name(desc->uclass_id), words);
	free(bflow->name);
	bflow->name = strdup(text);
	snprintf(text, sizeof(text), "Linux %s", version);
	bflow->os_name = strdup(text);
	if (!bflow->name || !bflow->os_name)
		return log_msg_ret("name", -ENOMEM);

	bflow->dev = bootdev_of(blk) ?: bflow->dev;
	bflow->blk = blk;
	bflow->part = part;
	bflow->state = BOOTFLOWST_READY;

	return 0;
}

/*
 * Of any type, as an image has a signature. Nobody knows what is on a swap
 * partition that cannot be read, so that is refused later; others are theirs
 * whose bootmeth wants to read them.
 */
static int look_at_part(struct bootflow *bflow, struct udevice *blk, int part)
{
	struct blk_desc *desc = dev_get_uclass_plat(blk);
	struct disk_partition info = { 0 };
	char words[WORDS_LEN], version[65];
	int ret;

	if (part && part_get_info(desc, part, &info))
		return -ENOENT;
	name_part(desc, part, words);
	ret = trans_hibernate_find(blk_get_uclass_name(desc->uclass_id), words,
				   version, sizeof(version));
	if (ret == -EIO && !is_swap(&info))
		ret = -ENOENT;
	if (ret && ret != -EIO)
		return ret;

	return set_bootflow(bflow, blk, part, version);
}

/* The disk as a whole may be swap space too */
static int look_at_disk(struct bootflow *bflow, struct udevice *blk)
{
	int part, ret = -ENOENT;

	for (part = 0; ret == -ENOENT && part <= MAX_PART; part++)
		ret = look_at_part(bflow, blk, part);

	return ret;
}

static void hunt(void)
{
	enum bootdev_prio_t prio;

	for (prio = BOOTDEVP_1_PRE_SCAN; prio <= BOOTDEVP_4_SCAN_FAST; prio++)
		bootdev_hunt_prio(prio, false);
}

static int hibernate_read_bootflow(struct udevice *dev, struct bootflow *bflow)
{
	struct udevice *blk;
	struct uclass *uc;
	int ret;

	hunt();
	uclass_id_foreach_dev(UCLASS_BLK, blk, uc) {
		if (device_probe(blk))
			continue;
		ret = look_at_disk(bflow, blk);
		if (ret != -ENOENT)
			return ret;
	}

	return -ENOENT;
}

/* Once, with the disk as a whole, which comes before its partitions */
static int hibernate_check(struct udevice *dev, struct bootflow_iter *iter)
{
	if (iter->part && !(iter->flags & BOOTFLOWIF_SINGLE_PARTITION))
		return -ENOENT;

	return bootflow_iter_check_blk(iter);
}

static int hibernate_read_file(struct udevice *dev, struct bootflow *bflow,
#if COMPAT_FILE_TYPE
			       const char *file_path, ulong addr,
			       enum bootflow_img_t type, ulong *sizep)
#else
			       const char *file_path, ulong addr, ulong *sizep)
#endif
{
	return -ENOSYS;
}

static void tell(int ret, const char *interface, const char *words)
{
	if (ret == -EEXIST)
		printf("An image is kept on %s %s, for Linux to decide\n",
		       interface, words);
	if (ret == -ECANCELED)
		printf("Nothing is booted over it. To give it up: trans discard %s %s\n",
		       interface, words);
}

static int hibernate_boot(struct udevice *dev, struct bootflow *bflow)
{
	struct blk_desc *desc = dev_get_uclass_plat(bflow->blk);
	const char *interface = blk_get_uclass_name(desc->uclass_id);
	char words[WORDS_LEN], *argv[3];
	int ret;

	/* An answer of before must not be taken for this one's. */
	if (env_set("trans_resume", NULL)) {
		printf("trans_resume cannot be taken away\n");
		return -ECANCELED;
	}
	name_part(desc, bflow->part, words);
	argv[0] = "resume";
	argv[1] = (char *)interface;
	argv[2] = words;
	clear_ctrlc();
	port_do_resume(NULL, 0, ARRAY_SIZE(argv), argv);
	ret = trans_hibernate_end(env_get("trans_resume"),
				  env_get("trans_on_refusal"), had_ctrlc());
	tell(ret, interface, words);

	return ret;
}

static int hibernate_global_bind(struct udevice *dev)
{
	struct bootmeth_uc_plat *plat = dev_get_uclass_plat(dev);

	plat->desc = "Hibernated Linux, before all else";
	plat->flags = BOOTMETHF_GLOBAL;

	return 0;
}

static int hibernate_bind(struct udevice *dev)
{
	struct bootmeth_uc_plat *plat = dev_get_uclass_plat(dev);

	plat->desc = "Hibernated Linux, before each disk";
	plat->flags = BOOTMETHF_ANY_PART;

	return 0;
}

static struct bootmeth_ops hibernate_global_ops = {
	.read_bootflow	= hibernate_read_bootflow,
	.read_file	= hibernate_read_file,
	.boot		= hibernate_boot,
};

static struct bootmeth_ops hibernate_ops = {
	.check		= hibernate_check,
	.read_bootflow	= hibernate_read_bootflow,
	.read_file	= hibernate_read_file,
	.boot		= hibernate_boot,
};

static const struct udevice_id hibernate_global_ids[] = {
	{ .compatible = "u-boot,hibernate-global" },
	{ }
};

static const struct udevice_id hibernate_ids[] = {
	{ .compatible = "u-boot,hibernate" },
	{ }
};

/* Without aliases the linker's order is that of invocation: 0 is first */
U_BOOT_DRIVER(bootmeth_0hibernate_global) = {
	.name		= "bootmeth_hibernate_global",
	.id		= UCLASS_BOOTMETH,
	.of_match	= hibernate_global_ids,
	.ops		= &hibernate_global_ops,
	.bind		= hibernate_global_bind,
};

U_BOOT_DRIVER(bootmeth_0hibernate) = {
	.name		= "bootmeth_hibernate",
	.id		= UCLASS_BOOTMETH,
	.of_match	= hibernate_ids,
	.ops		= &hibernate_ops,
	.bind		= hibernate_bind,
};
