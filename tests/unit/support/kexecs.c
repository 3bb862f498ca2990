/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The simulated kexec: see kexecs.h. Whatever a test does, its end finds
 * everything given back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libfdt.h>

#include "kexecs.h"

#define BOOTARGS "console=ttyAMA0 quiet"

#define MMFR0_4K_64K 0x5ULL /* no 16K; 48 bits of physical address */

/* ---- the host's callbacks ---- */

static int alias_prepare(void *host, trans_pa_t pa, uint64_t len)
{
	struct fixture *f = host;

	assert_int_equal(pa % PAGE, 0);
	assert_true(len > 0);
	if (f->refuse_alias)
		return 1;
	f->aliases++;
	return 0;
}

static void alias_drop(void *host)
{
	struct fixture *f = host;

	f->aliases--;
}

static int ask(void *host, struct trans_error *err)
{
	struct fixture *f = host;

	(void)err;
	f->asked++;
	return f->refuse_ask;
}

static void unask(void *host)
{
	struct fixture *f = host;

	f->unasked++;
}

static int leave(void *host, struct trans_error *err)
{
	struct fixture *f = host;

	(void)err;
	f->left++;
	return f->fail_leave;
}

/* "Compressed" by a program that does nothing. */
static int fake_zstd(void *ctx, const void *src, size_t src_len, void *dst,
		     size_t dst_len, size_t *out_len)
{
	struct fixture *f = ctx;

	if (f->unpack_says)
		return f->unpack_says;
	assert_true(src_len <= dst_len);
	memcpy(dst, src, src_len);
	*out_len = src_len - f->unpack_short;
	return 0;
}

static int gunzip(void *ctx, const void *src, size_t src_len, void *dst,
		  size_t dst_len, size_t *out_len)
{
	struct fixture *f = ctx;

	return trans_gunzip(&f->gunzip, src, src_len, dst, dst_len, out_len);
}

/* ---- the good case ---- */

/* Offsets of booting.rst. */
static void put_header(uint8_t *image)
{
	file_le(image + 8, 0, 8);
	file_le(image + 16, IMAGE_SIZE, 8);
	file_le(image + 24, 0xa, 8); /* little-endian, 4K, anywhere */
	memcpy(image + 56, "ARM\x64", 4);
}

static uint8_t *put_file(struct fixture *f, trans_pa_t at, size_t len,
			 uint64_t seed)
{
	size_t first = (at - BASE) / PAGE;
	size_t count = (len + PAGE - 1) / PAGE;
	uint8_t *bytes = memory_at(&f->memory, at);

	for (size_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)rnd(&seed);
	memset(f->memory.used + first, 1, count);
	return bytes;
}

static uint8_t *copy_of(const uint8_t *bytes, size_t len)
{
	uint8_t *copy = malloc(len);

	assert_non_null(copy);
	memcpy(copy, bytes, len);
	return copy;
}

static void put_files(struct fixture *f)
{
	uint8_t *kernel = put_file(f, KERNEL_AT, KERNEL_LEN, 1);
	uint8_t *initrd = put_file(f, INITRD_AT, INITRD_LEN, 2);

	put_header(kernel);
	f->kernel = copy_of(kernel, KERNEL_LEN);
	f->initrd = copy_of(initrd, INITRD_LEN);
}

void put_tree(void *fdt, size_t len)
{
	int chosen;

	assert_int_equal(fdt_create_empty_tree(fdt, (int)len), 0);
	chosen = fdt_add_subnode(fdt, 0, "chosen");
	assert_true(chosen >= 0);
	assert_int_equal(fdt_setprop_string(fdt, chosen, "bootargs", "old"),
			 0);
}

static struct trans_transition_args transition_args(struct fixture *f)
{
	return (struct trans_transition_args){
		.cpu = &f->cpu,
		.granule = TRANS_4K,
		.va_bits = 48,
		.map = TRANS_MAP_SPARSE,
		.alias_prepare = alias_prepare,
		.alias_drop = alias_drop,
		.ask = ask,
		.unask = unask,
		.leave = leave,
		.host = f,
	};
}

struct trans_kexec_args kexec_args(struct fixture *f)
{
	return (struct trans_kexec_args){
		.kernel = { KERNEL_AT, KERNEL_LEN },
		.initrd = { INITRD_AT, INITRD_LEN },
		.fdt = f->tree,
		.fdt_len = TREE_LEN,
		.edit = { .bootargs = BOOTARGS },
		.ram = &f->ram,
		.reserved = &f->reserved,
		.host = &f->memory.ops,
		.host_ctx = &f->memory,
		.decompress = &f->decompress,
		.transition = transition_args(f),
		.relocate = true,
	};
}

int kexec_set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	memory_init(&f->memory, BASE, MEMORY_LEN, 12);
	f->cpu = (struct trans_cpu){ .el = 1, .mmfr0 = MMFR0_4K_64K };
	trans_ranges_init(&f->ram, f->ram_slot, SLOTS);
	trans_ranges_init(&f->reserved, f->reserved_slot, SLOTS);
	assert_int_equal(trans_ranges_add(&f->ram, BASE, MEMORY_LEN), 0);
	put_files(f);
	put_tree(f->tree, TREE_LEN);
	f->args = kexec_args(f);
	f->decompress = (struct trans_decompress){ gunzip, fake_zstd, f };
	*state = f;
	return 0;
}

int kexec_tear_down(void **state)
{
	static const struct trans_kexec zero;
	struct fixture *f = *state;

	trans_kexec_unload(&f->kexec);
	assert_int_equal(f->memory.balance, 0);
	assert_int_equal(f->memory.acquired, 0);
	assert_int_equal(f->aliases, 0);
	assert_memory_equal(&f->kexec, &zero, sizeof(zero));
	memory_free(&f->memory);
	free(f->kernel);
	free(f->initrd);
	free(f);
	return 0;
}

void kexec_load(struct fixture *f)
{
	int rc = trans_kexec_load(&f->kexec, &f->args, &f->err);

	if (rc)
		print_error("%s: %s\n", trans_strerror(rc), f->err.why);
	assert_int_equal(rc, 0);
}

void kexec_refused(struct fixture *f, int status)
{
	static const struct trans_kexec zero;

	f->err = (struct trans_error){ 0 };
	assert_string_equal(
		trans_strerror(trans_kexec_load(&f->kexec, &f->args, &f->err)),
		trans_strerror(status));
	assert_int_equal(f->err.status, status);
	assert_non_null(f->err.why);
	assert_memory_equal(&f->kexec, &zero, sizeof(zero));
	assert_int_equal(f->memory.balance, 0);
	assert_int_equal(f->aliases, 0);
}

void kexec_carry_out(struct fixture *f)
{
	const struct trans_moves *plan = &f->kexec.plan;

	for (size_t i = 0; i < plan->count; i++) {
		struct trans_move move = plan->move[i];

		assert_true(move.src != TRANS_ZERO);
		memmove(memory_at(&f->memory, move.dst),
			memory_at(&f->memory, move.src), move.len);
	}
	for (size_t i = 0; i < f->kexec.zero.count; i++)
		memset(memory_at(&f->memory, f->kexec.zero.range[i].start), 0,
		       f->kexec.zero.range[i].len);
}

static uint64_t number(const void *fdt, const char *name)
{
	int len;
	const void *prop = fdt_getprop(fdt, fdt_path_offset(fdt, "/chosen"),
				       name, &len);
	fdt64_t cells;

	assert_non_null(prop);
	assert_int_equal(len, sizeof(cells));
	memcpy(&cells, prop, sizeof(cells));
	return fdt64_to_cpu(cells);
}

bool reserves(const void *fdt, struct trans_range range)
{
	uint64_t start, len;
	int n = 0;

	for (int i = 0; i < fdt_num_mem_rsv(fdt); i++) {
		assert_int_equal(fdt_get_mem_rsv(fdt, i, &start, &len), 0);
		n += start == range.start && len == range.len;
	}
	return n == 1;
}

void check_tree(struct fixture *f)
{
	const void *fdt = memory_at(&f->memory, f->kexec.fdt.start);
	const char *bootargs;

	assert_int_equal(fdt_check_full(fdt, f->kexec.fdt.len), 0);
	bootargs = fdt_getprop(fdt, fdt_path_offset(fdt, "/chosen"),
			       "bootargs", NULL);
	assert_string_equal(bootargs, BOOTARGS);
	assert_true(number(fdt, "linux,initrd-start") ==
		    f->kexec.initrd.start);
	assert_true(number(fdt, "linux,initrd-end") ==
		    f->kexec.initrd.start + INITRD_LEN);
	assert_true(reserves(fdt, f->kexec.initrd));
}

void check_files(struct fixture *f)
{
	assert_memory_equal(memory_at(&f->memory, BASE), f->kernel,
			    KERNEL_LEN);
	assert_memory_equal(memory_at(&f->memory, f->kexec.initrd.start),
			    f->initrd, INITRD_LEN);
	check_tree(f);
}

void kexec_move_file(struct fixture *f, struct trans_range *file,
		     trans_pa_t to, const uint8_t *bytes)
{
	uint64_t pages = (file->len + PAGE - 1) / PAGE;

	memset(f->memory.used + (file->start - BASE) / PAGE, 0, pages);
	memset(f->memory.used + (to - BASE) / PAGE, 1, pages);
	memcpy(memory_at(&f->memory, to), bytes, file->len);
	file->start = to;
}

/* ---- other formats ---- */

void kernel_is(struct fixture *f, const uint8_t *file, size_t len)
{
	assert_true(KERNEL_AT + len <= INITRD_AT);
	memset(f->memory.used + (KERNEL_AT - BASE) / PAGE, 1,
	       (len + PAGE - 1) / PAGE);
	memcpy(memory_at(&f->memory, KERNEL_AT), file, len);
	f->args.kernel.len = len;
}

void kernel_is_gzip(struct fixture *f, const uint8_t *data, size_t len)
{
	uint8_t *file = malloc(2 * len + 100);

	assert_non_null(file);
	kernel_is(f, file, file_gzip(file, data, len));
	free(file);
}

void refused_because(struct fixture *f, int status, const char *why)
{
	kexec_refused(f, status);
	assert_string_equal(f->err.why, why);
}

void kexec_hunger(struct fixture *f)
{
	unsigned long total, maps;

	f->memory.allocs = f->memory.maps = 0;
	kexec_load(f);
	total = f->memory.allocs;
	maps = f->memory.maps;
	trans_kexec_unload(&f->kexec);
	for (unsigned long n = 1; n <= total; n++) {
		f->memory.allocs = 0;
		f->memory.fail_at = n;
		kexec_refused(f, TRANS_ENOMEM);
	}
	f->memory.fail_at = 0;
	for (unsigned long n = 1; n <= maps; n++) {
		f->memory.maps = 0;
		f->memory.refuse_map_at = n;
		if (trans_kexec_load(&f->kexec, &f->args, &f->err))
			assert_true(f->err.status == TRANS_EFAULT ||
				    f->err.status == TRANS_ENOMEM);
		trans_kexec_unload(&f->kexec);
		assert_int_equal(f->memory.balance, 0);
	}
	f->memory.refuse_map_at = 0;
}

/* ---- ELF ---- */

void kernel_is_elf(struct fixture *f, unsigned int type, uint64_t entry,
		   const struct file_segment *segment,
		   unsigned int count)
{
	uint8_t *file = malloc(KERNEL_LEN + 4096);

	assert_non_null(file);
	kernel_is(f, file, file_elf(file, type, entry, segment, count));
	free(file);
}

/* Segments that share granules, with zeroes inside and behind, and one that is
 * only zeroes. */
const struct file_segment kexec_program[] = {
	{ .va = 0x800, .pa = PROGRAM_AT + 0x800, .data = (uint8_t *)"texttext",
	  .file_len = 8, .memory_len = 0x700, .align = 16 },
	{ .va = 0xf00, .pa = PROGRAM_AT + 0xf00, .data = (uint8_t *)"rodata",
	  .file_len = 6, .memory_len = 0x3010, .align = 16 },
	{ .va = 0x4000, .pa = PROGRAM_AT + 0x3f80, .memory_len = 0x2000 },
	{ .va = 0x8000, .pa = PROGRAM_AT + 0x5ffe, .data = (uint8_t *)"data",
	  .file_len = 4, .memory_len = 0x10000 },
};
