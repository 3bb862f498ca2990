/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Kernel files that the kexec front-end unpacks or lays out: gzip, EFI zboot,
 * zstd, vmlinux, other ELF programs; and what it says of damaged ones.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zstd.h>

#include "tests/unit/support/kexecs.h"

/* ---- other formats ---- */

static void kernel_is_zboot(struct fixture *f, const char *name)
{
	uint8_t *file = malloc(2 * KERNEL_LEN);

	assert_non_null(file);
	kernel_is(f, file, file_zboot(file, name, f->kernel, KERNEL_LEN));
	free(file);
}

static void gzip_kernel(void **state)
{
	struct fixture *f = *state;

	kernel_is_gzip(f, f->kernel, KERNEL_LEN);
	kexec_load(f);
	assert_true(f->kexec.kernel.len == KERNEL_LEN);
	kexec_carry_out(f);
	check_files(f);
}

static void zboot_kernel(void **state)
{
	struct fixture *f = *state;

	kernel_is_zboot(f, "gzip");
	kexec_load(f);
	trans_kexec_unload(&f->kexec);
	kernel_is_zboot(f, "zstd");
	kexec_load(f);
	kexec_carry_out(f);
	check_files(f);
}

static int real_zstd(void *ctx, const void *src, size_t src_len, void *dst,
		     size_t dst_len, size_t *out_len)
{
	size_t len = ZSTD_decompress(dst, dst_len, src, src_len);

	(void)ctx;
	if (ZSTD_isError(len))
		return TRANS_ECORRUPT;
	*out_len = len;
	return 0;
}

/* With a checksum, as the program writes it; in a zboot the stream is followed
 * by the length that it inflates to. */
static size_t zboot_of_zstd(uint8_t *file, const uint8_t *data, size_t len)
{
	size_t most = ZSTD_compressBound(len);
	ZSTD_CCtx *zstd = ZSTD_createCCtx();
	uint8_t *packed = malloc(most);
	size_t size;

	assert_non_null(packed);
	ZSTD_CCtx_setParameter(zstd, ZSTD_c_checksumFlag, 1);
	size = ZSTD_compress2(zstd, packed, most, data, len);
	ZSTD_freeCCtx(zstd);
	assert_false(ZSTD_isError(size));
	size = file_zboot(file, "zstd", packed, size);
	file_le(file + size - 4, len, 4);
	free(packed);
	return size;
}

/* The real library, on bytes that it can make smaller. */
static void zstd_kernel(void **state)
{
	struct fixture *f = *state;
	uint8_t *file = malloc(2 * KERNEL_LEN);
	size_t len;

	assert_non_null(file);
	memset(f->kernel + 0x10000, 0x5a, 0x30000);
	len = zboot_of_zstd(file, f->kernel, KERNEL_LEN);
	assert_true(len < KERNEL_LEN);
	f->decompress.zstd = real_zstd;
	kernel_is(f, file, len);
	kexec_load(f);
	kexec_carry_out(f);
	check_files(f);
	trans_kexec_unload(&f->kexec);
	file[len / 2] ^= 1;
	kernel_is(f, file, len);
	refused_because(f, TRANS_ECORRUPT, "compressed kernel");
	free(file);
}

static void no_decompressor(void **state)
{
	static const char no_gzip[] =
		"kernel is gzip, the host cannot unpack it";
	static const char no_zstd[] =
		"kernel is zstd, the host cannot unpack it";
	struct fixture *f = *state;

	kernel_is_gzip(f, f->kernel, KERNEL_LEN);
	f->decompress.gzip = NULL;
	refused_because(f, TRANS_EIMAGE, no_gzip);
	f->args.decompress = NULL;
	refused_because(f, TRANS_EIMAGE, no_gzip);
	kernel_is_zboot(f, "zstd");
	refused_because(f, TRANS_EIMAGE, no_zstd);
	f->args.decompress = &f->decompress;
	f->decompress.zstd = NULL;
	refused_because(f, TRANS_EIMAGE, no_zstd);
}

static void compressed_damaged(void **state)
{
	struct fixture *f = *state;
	uint8_t *file = memory_at(&f->memory, KERNEL_AT);
	uint64_t len;

	kernel_is_gzip(f, f->kernel, KERNEL_LEN);
	len = f->args.kernel.len;
	file[len / 2] ^= 1;
	refused_because(f, TRANS_ECORRUPT, "compressed kernel");
	file[len / 2] ^= 1;
	file_le(file + len - 4, KERNEL_LEN - 1, 4);
	refused_because(f, TRANS_ENOSPC, "compressed kernel");
	file_le(file + len - 4, KERNEL_LEN + 1, 4);
	refused_because(f, TRANS_ECORRUPT, "compressed kernel");
	file_le(file + len - 4, UINT32_MAX, 4);
	refused_because(f, TRANS_ECORRUPT,
			"declared length of a compressed kernel");
	f->args.kernel.len = 10;
	refused_because(f, TRANS_ETRUNC, "gzip file");
	kernel_is_zboot(f, "lzma");
	kexec_refused(f, TRANS_EIMAGE);
}

/* What the decompressor may say, and what it may not. */
static void decompressor_fails(void **state)
{
	static const int known[] = { TRANS_ETRUNC, TRANS_ECORRUPT,
				     TRANS_ENOSPC, TRANS_ENOMEM };
	struct fixture *f = *state;

	kernel_is_zboot(f, "zstd");
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		f->unpack_says = known[i];
		refused_because(f, known[i], "compressed kernel");
	}
	f->unpack_says = 1;
	refused_because(f, TRANS_EHOST, "compressed kernel");
	f->unpack_says = TRANS_EOVERLAP;
	refused_because(f, TRANS_EHOST, "compressed kernel");
	f->unpack_says = 0;
	f->unpack_short = 1;
	refused_because(f, TRANS_ECORRUPT, "compressed kernel ends early");
}

static void compressed_twice(void **state)
{
	struct fixture *f = *state;
	uint8_t *once = malloc(KERNEL_LEN + 1000);

	assert_non_null(once);
	kernel_is_gzip(f, once, file_gzip(once, f->kernel, KERNEL_LEN));
	refused_because(f, TRANS_EIMAGE, "compressed more than once");
	free(once);
}

static void compressed_hunger(void **state)
{
	struct fixture *f = *state;

	kernel_is_gzip(f, f->kernel, KERNEL_LEN);
	kexec_hunger(f);
	f->args.relocate = false;
	kexec_hunger(f);
}

/* ---- ELF ---- */

/* Its addresses are virtual, and its first bytes are an Image header. */
static void vmlinux(void **state)
{
	static const uint64_t va = 0xffff800008000000ULL;
	struct fixture *f = *state;
	struct file_segment one = {
		.va = va, .pa = va, .data = f->kernel, .file_len = KERNEL_LEN,
		.memory_len = IMAGE_SIZE - 0x1000, .align = 65536 };

	for (unsigned int type = 2; type <= 3; type++) {
		kernel_is_elf(f, type, va + 0x40, &one, 1);
		kexec_load(f);
		assert_true(f->kexec.transition.args.entry == BASE + 0x40);
		trans_kexec_unload(&f->kexec);
	}
	kexec_load(f);
	kexec_carry_out(f);
	check_files(f);
	for (uint64_t at = KERNEL_LEN; at < IMAGE_SIZE - 0x1000; at++)
		assert_int_equal(*(uint8_t *)memory_at(&f->memory, BASE + at),
				 0);
}

/* Found by a real 6.12 vmlinux: its empty page tables lie between segments, in
 * none, and must be zero when it starts. */
static void vmlinux_has_no_gaps(void **state)
{
	static const uint64_t va = 0xffff800008000000ULL;
	struct fixture *f = *state;
	uint8_t *at = memory_at(&f->memory, BASE);
	struct file_segment many[TRANS_ELF_SEGMENTS];

	for (unsigned int i = 0; i < TRANS_ELF_SEGMENTS; i++)
		many[i] = (struct file_segment){
			.va = va + i * 0x5000, .pa = va + i * 0x5000,
			.data = f->kernel + i * 0x5000, .file_len = 0x1800,
			.memory_len = 0x2801, .align = 65536 };
	f->args.verify = true;
	kernel_is_elf(f, 3, va, many, TRANS_ELF_SEGMENTS);
	kexec_load(f);
	assert_int_equal(f->kexec.pieces, TRANS_ELF_SEGMENTS);
	assert_int_equal(f->kexec.digests, TRANS_ELF_SEGMENTS + 2);
	assert_int_equal(f->kexec.zero.count, TRANS_ELF_SEGMENTS);
	memset(at, 0xaa, 0x1000);
	kexec_carry_out(f);
	for (unsigned int i = 0; i < TRANS_ELF_SEGMENTS; i++) {
		assert_memory_equal(at, many[i].data, 0x1800);
		for (at += 0x1800; i + 1 < TRANS_ELF_SEGMENTS &&
		     at < (uint8_t *)memory_at(&f->memory, BASE +
					       (i + 1) * 0x5000); at++)
			assert_int_equal(*at, 0);
	}
}

static void vmlinux_refused(void **state)
{
	static const uint64_t va = 0xffff800008000800ULL;
	struct fixture *f = *state;
	struct file_segment one = {
		.va = va, .pa = va, .data = f->kernel, .file_len = KERNEL_LEN,
		.memory_len = KERNEL_LEN, .align = 65536 };

	kernel_is_elf(f, 3, va, &one, 1);
	refused_because(f, TRANS_EALIGN, "ELF segment");
	one.va = one.pa = va - 0x800;
	one.memory_len = one.file_len = 64;
	file_le(f->kernel + 24, 0xb, 8); /* its header is looked at */
	kernel_is_elf(f, 3, one.va, &one, 1);
	refused_because(f, TRANS_EIMAGE, "big-endian kernel");
}

static void check_program(struct fixture *f, trans_pa_t at)
{
	uint8_t *want = calloc(1, PROGRAM_END);

	assert_non_null(want);
	for (size_t i = 0; i < PROGRAM_SEGMENTS; i++)
		if (kexec_program[i].file_len)
			memcpy(want + (kexec_program[i].pa - PROGRAM_AT),
			       kexec_program[i].data,
			       kexec_program[i].file_len);
	kexec_carry_out(f);
	assert_memory_equal(memory_at(&f->memory, at), want, PROGRAM_END);
	free(want);
}

static void fixed_program(void **state)
{
	struct fixture *f = *state;

	kernel_is_elf(f, 2, 0x804, kexec_program, PROGRAM_SEGMENTS);
	kexec_load(f);
	assert_true(f->kexec.kernel.start == PROGRAM_AT);
	assert_true(f->kexec.transition.args.entry == PROGRAM_AT + 0x804);
	check_program(f, PROGRAM_AT);
	check_tree(f);
}

static void movable_program(void **state)
{
	struct fixture *f = *state;
	trans_pa_t at = BASE + PROGRAM_AT % (2 << 20);

	kernel_is_elf(f, 3, 0x804, kexec_program, PROGRAM_SEGMENTS);
	kexec_load(f);
	assert_true(f->kexec.kernel.start == at);
	assert_true(f->kexec.transition.args.entry == at + 0x804);
	check_program(f, at);
}

static void program_refused(void **state)
{
	struct fixture *f = *state;
	struct file_segment one = kexec_program[0];

	one.align = 4 << 20;
	kernel_is_elf(f, 3, 0x800, &one, 1);
	refused_because(f, TRANS_EIMAGE, "ELF: alignment above 2 MiB");
	one.align = 0;
	one.pa = 0 - 0x1000ULL;
	kernel_is_elf(f, 2, 0x800, &one, 1);
	refused_because(f, TRANS_EIMAGE, "ELF: segment passes 2^64");
	one.pa = BASE + MEMORY_LEN;
	kernel_is_elf(f, 2, 0x800, &one, 1);
	refused_because(f, TRANS_ENOHOLE, "kernel");
	one.pa = PROGRAM_AT;
	kernel_is_elf(f, 2, 0x900, &one, 1);
	refused_because(f, TRANS_EIMAGE, "ELF: entry in no segment");
	assert_int_equal(trans_ranges_add(&f->reserved, PROGRAM_AT + 0x600, 1),
			 0);
	kernel_is_elf(f, 2, 0x800, &one, 1);
	refused_because(f, TRANS_ENOHOLE, "kernel");
}

static void elf_hunger(void **state)
{
	struct fixture *f = *state;

	kernel_is_elf(f, 2, 0x804, kexec_program, PROGRAM_SEGMENTS);
	kexec_hunger(f);
}

/* vmlinux.gz: what was inflated is given back once its segments are out. */
static void gzip_of_elf(void **state)
{
	struct fixture *f = *state;
	uint8_t *file = malloc(65536);
	size_t len = file_elf(file, 2, 0x804, kexec_program, PROGRAM_SEGMENTS);

	kernel_is_gzip(f, file, len);
	free(file);
	kexec_load(f);
	assert_int_equal(f->kexec.unpacked.granules, 0);
	check_program(f, PROGRAM_AT);
	trans_kexec_unload(&f->kexec);
	f->memory.allocs = 0;
	kernel_is_elf(f, 2, 0x804, kexec_program, PROGRAM_SEGMENTS);
	kexec_hunger(f);
}

/* ---- what a host with its MMU off has stored past the caches ---- */

/* Memory as it was when it was cleaned. */
static uint8_t seen[MEMORY_LEN];

static void note_clean(void *ctx, const void *va, size_t len)
{
	const struct memory *m = ctx;

	memcpy(seen + ((const uint8_t *)va - m->bytes), va, len);
}

static void is_clean(struct fixture *f, trans_pa_t pa, uint64_t len)
{
	assert_memory_equal(seen + (pa - BASE), memory_at(&f->memory, pa), len);
}

static void load_is_clean(struct fixture *f)
{
	f->memory.ops.clean = note_clean;
	memset(seen, 0, sizeof(seen));
	kexec_load(f);
	is_clean(f, f->kexec.fdt_source, f->kexec.fdt.len);
	assert_true(f->kexec.pieces);
	for (size_t i = 0; i < f->kexec.pieces; i++)
		is_clean(f, f->kexec.piece[i].src, f->kexec.piece[i].len);
	trans_kexec_unload(&f->kexec);
}

static void all_that_is_written_is_clean(void **state)
{
	struct fixture *f = *state;

	kernel_is_gzip(f, f->kernel, KERNEL_LEN);
	load_is_clean(f);
	kernel_is_elf(f, 2, 0x804, kexec_program, PROGRAM_SEGMENTS);
	load_is_clean(f);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, kexec_set_up, kexec_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(gzip_kernel),
		TEST(zboot_kernel),
		TEST(zstd_kernel),
		TEST(no_decompressor),
		TEST(compressed_damaged),
		TEST(decompressor_fails),
		TEST(compressed_twice),
		TEST(compressed_hunger),
		TEST(vmlinux),
		TEST(vmlinux_has_no_gaps),
		TEST(vmlinux_refused),
		TEST(fixed_program),
		TEST(movable_program),
		TEST(program_refused),
		TEST(elf_hunger),
		TEST(gzip_of_elf),
		TEST(all_that_is_written_is_clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
