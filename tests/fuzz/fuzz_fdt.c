/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Device trees from nowhere. The first bytes of an input choose what is asked
 * and how much room there is, the rest is the tree, in memory that ends where
 * it ends. Whatever can be edited must come out whole, and say what it was
 * told.
 */
#include <stdlib.h>
#include <string.h>

#include <libfdt.h>

#include <trans_table/fdt.h>

#include "fuzz.h"

#define ROOM 65536
#define SLOTS 8

static int even_bytes(void *ctx, void *buf, size_t len)
{
	int *calls = ctx;

	memset(buf, 0x42, len);
	return --*calls == 0;
}

/* With the header's sizes made true, so that a mutation gets past them. */
static void repair(uint8_t *tree, size_t len)
{
	uint32_t rsv = 0x28;

	if (len < sizeof(struct fdt_header))
		return;
	fdt_set_magic(tree, FDT_MAGIC);
	fdt_set_totalsize(tree, (uint32_t)len);
	fdt_set_version(tree, 17);
	fdt_set_last_comp_version(tree, 16);
	if (fdt_off_mem_rsvmap(tree) > len)
		fdt_set_off_mem_rsvmap(tree, rsv);
	if (fdt_off_dt_struct(tree) + fdt_size_dt_struct(tree) > len)
		fdt_set_off_dt_struct(tree, 0x38);
}

static void ask(const uint8_t *tree, size_t len)
{
	struct trans_range storage[2][SLOTS], initrd = { 1, 2 };
	struct trans_ranges ram, reserved;
	struct trans_error err = { 0 };
	int ret;

	trans_ranges_init(&ram, storage[0], SLOTS);
	trans_ranges_init(&reserved, storage[1], SLOTS);
	ret = trans_fdt_memory(tree, len, &ram, &reserved, &err);
	CHECK(!ret || ret == TRANS_EFDT || ret == TRANS_ENOSPC ||
	      ret == TRANS_ERANGE);
	CHECK(!ret || (err.status == ret && err.why));
	ret = trans_fdt_initrd(tree, len, &initrd, &err);
	CHECK(!ret || ret == TRANS_EFDT || ret == TRANS_ENOENT);
	if (!ret)
		CHECK(initrd.len && initrd.start + initrd.len > initrd.start);
}

static void check_edited(const void *to, size_t room,
			 const struct trans_fdt_edit *edit)
{
	struct trans_range initrd = { 0, 0 };
	int len, chosen, ret;
	const char *args;

	CHECK(fdt_totalsize(to) <= room);
	CHECK(!fdt_check_full(to, fdt_totalsize(to)));
	chosen = fdt_path_offset(to, "/chosen");
	CHECK(chosen >= 0);
	CHECK(fdt_getprop(to, chosen, "linux,booted-from-kexec", NULL));
	args = fdt_getprop(to, chosen, "bootargs", &len);
	if (edit->bootargs)
		CHECK(args && !strcmp(args, edit->bootargs));
	ret = trans_fdt_initrd(to, fdt_totalsize(to), &initrd, NULL);
	if (!edit->initrd.len)
		CHECK(ret == TRANS_ENOENT);
	else
		CHECK(!ret && initrd.start == edit->initrd.start &&
		      initrd.len == edit->initrd.len);
	if (!edit->random)
		CHECK(!fdt_getprop(to, chosen, "kaslr-seed", NULL));
}

static void edit(struct input *options, const uint8_t *tree, size_t len)
{
	static _Alignas(8) uint8_t to[ROOM];
	int calls = (int)pick(options, 4);
	struct trans_fdt_edit e = {
		.bootargs = pick(options, 2) ? "console=ttyAMA0 quiet" : NULL,
		.initrd = { take(options, 8), 0 },
		.random = pick(options, 2) ? even_bytes : NULL,
		.random_ctx = &calls,
	};
	struct trans_error err = { 0 };
	size_t room;
	int ret;

	e.initrd.len = pick(options, 2) ? take(options, 4) : 0;
	room = pick(options, 4) ? ROOM : take(options, 2);
	ret = trans_fdt_edit(tree, len, to, room, &e, &err);
	CHECK(!ret || ret == TRANS_EFDT || ret == TRANS_ENOSPC ||
	      ret == TRANS_ERANGE || ret == TRANS_EHOST);
	if (!ret)
		check_edited(to, room, &e);
	else
		CHECK(err.status == ret && err.why);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	size_t head = len < 24 ? len : 24;
	struct input options = { data, head };
	uint8_t *tree = malloc(len - head + 1), *before;

	memcpy(tree, data + head, len - head);
	tree = realloc(tree, len - head ? len - head : 1);
	if (pick(&options, 2))
		repair(tree, len - head);
	before = malloc(len - head + 1);
	memcpy(before, tree, len - head);
	ask(tree, len - head);
	edit(&options, tree, len - head);
	CHECK(!memcmp(before, tree, len - head));
	free(before);
	free(tree);
	return 0;
}
