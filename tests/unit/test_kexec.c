/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The kexec front-end on a simulated memory: a plan that is carried out gives
 * the right result over its own sources, every bad input has its named error,
 * and whatever fails, wherever it fails, everything is given back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libfdt.h>

#include <trans_table/kexec.h>

#include <zstd.h>

#include "files.h"
#include "memory.h"
#include "ports/zlib/gunzip.h"
#include "trans/blob/blob.h"

#define BASE 0x40000000ULL
#define MEMORY_LEN (16ULL << 20)
#define PAGE 4096ULL
#define KERNEL_AT (BASE + 0x10000) /* inside its own destination */
#define KERNEL_LEN 0x50123ULL
#define IMAGE_SIZE 0x100000ULL
#define INITRD_AT (BASE + 0x80000) /* likewise, in the kernel's */
#define INITRD_LEN 0x42777ULL
#define TREE_LEN 8192
#define HUGE_TREE_LEN ((size_t)TRANS_FDT_MAX_LEN + 4096)
#define SLOTS 80
#define BOOTARGS "console=ttyAMA0 quiet"

#define MMFR0_4K_64K 0x5ULL /* no 16K; 48 bits of physical address */

struct fixture {
	struct memory memory;
	struct trans_cpu cpu;
	struct trans_range ram_slot[SLOTS], reserved_slot[SLOTS];
	struct trans_ranges ram, reserved;
	_Alignas(8) char tree[TREE_LEN];
	struct trans_kexec_args args;
	struct trans_kexec kexec;
	struct trans_error err;
	uint8_t *kernel, *initrd; /* what the files held before */
	int aliases;              /* prepared minus dropped */
	bool refuse_alias, refuse_quiesce, quiesced;
	struct trans_gunzip gunzip;
	struct trans_decompress decompress;
	int unpack_says;     /* the fake zstd's answer */
	size_t unpack_short; /* bytes that it leaves out */
	int refuse_auth, auths;
};

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

static int quiesce(void *host)
{
	struct fixture *f = host;

	f->quiesced = !f->refuse_quiesce;
	return f->refuse_quiesce;
}

static int no_random(void *ctx, void *buf, size_t len)
{
	(void)ctx;
	memset(buf, 0, len);
	return 1;
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

/* Asked first: nothing was allocated or looked at. */
static int authenticate(void *ctx, const struct trans_range *kernel,
			const struct trans_range *initrd)
{
	struct fixture *f = ctx;

	f->auths++;
	assert_int_equal(f->memory.allocs, 0);
	assert_int_equal(f->memory.maps, 0);
	assert_true(kernel->start == KERNEL_AT && kernel->len == KERNEL_LEN);
	assert_true(initrd->start == INITRD_AT && initrd->len == INITRD_LEN);
	return f->refuse_auth;
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

static void put_tree(void *fdt, size_t len)
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
		.quiesce = quiesce,
		.host = f,
	};
}

static struct trans_kexec_args kexec_args(struct fixture *f)
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

static int set_up(void **state)
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

/* Every test ends with everything given back, whatever it did. */
static int tear_down(void **state)
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

static void load(struct fixture *f)
{
	int rc = trans_kexec_load(&f->kexec, &f->args, &f->err);

	if (rc)
		print_error("%s: %s\n", trans_strerror(rc), f->err.why);
	assert_int_equal(rc, 0);
}

/* The load fails with @status, says so, and leaves nothing behind. */
static void refused(struct fixture *f, int status)
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

/* As the mover does it: each move like memmove. */
static void carry_out(struct fixture *f)
{
	const struct trans_moves *plan = &f->kexec.plan;

	for (size_t i = 0; i < plan->count; i++) {
		struct trans_move move = plan->move[i];

		if (move.src == TRANS_ZERO)
			memset(memory_at(&f->memory, move.dst), 0, move.len);
		else
			memmove(memory_at(&f->memory, move.dst),
				memory_at(&f->memory, move.src), move.len);
	}
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

static bool reserves(const void *fdt, struct trans_range range)
{
	uint64_t start, len;
	int n = 0;

	for (int i = 0; i < fdt_num_mem_rsv(fdt); i++) {
		assert_int_equal(fdt_get_mem_rsv(fdt, i, &start, &len), 0);
		n += start == range.start && len == range.len;
	}
	return n == 1;
}

static void check_tree(struct fixture *f)
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

static void check_files(struct fixture *f)
{
	assert_memory_equal(memory_at(&f->memory, BASE), f->kernel,
			    KERNEL_LEN);
	assert_memory_equal(memory_at(&f->memory, f->kexec.initrd.start),
			    f->initrd, INITRD_LEN);
	check_tree(f);
}

static void good_case_executed(void **state)
{
	struct fixture *f = *state;

	load(f);
	assert_true(f->kexec.kernel.start == BASE);
	assert_true(f->kexec.transition.args.entry == BASE);
	assert_true(f->kexec.transition.args.x[0] == f->kexec.fdt.start);
	assert_int_equal(f->kexec.payload_bytes,
			 KERNEL_LEN + INITRD_LEN + f->kexec.fdt.len);
	carry_out(f);
	check_files(f);
}

static void move_file(struct fixture *f, struct trans_range *file,
		      trans_pa_t to, const uint8_t *bytes)
{
	uint64_t pages = (file->len + PAGE - 1) / PAGE;

	memset(f->memory.used + (file->start - BASE) / PAGE, 0, pages);
	memset(f->memory.used + (to - BASE) / PAGE, 1, pages);
	memcpy(memory_at(&f->memory, to), bytes, file->len);
	file->start = to;
}

/* Each file lies where the other goes: no order of moves does without the
 * spare page. */
static void files_change_places(void **state)
{
	struct fixture *f = *state;
	trans_pa_t initrd, spare;
	bool used = false;

	load(f);
	initrd = f->kexec.initrd.start;
	trans_kexec_unload(&f->kexec);
	move_file(f, &f->args.kernel, initrd, f->kernel);
	move_file(f, &f->args.initrd, BASE, f->initrd);
	load(f);
	assert_true(f->kexec.initrd.start == initrd);
	spare = f->kexec.spare;
	for (size_t i = 0; i < f->kexec.plan.count; i++)
		used |= f->kexec.plan.move[i].dst == spare;
	assert_true(used);
	carry_out(f);
	check_files(f);
}

static void no_initrd(void **state)
{
	struct fixture *f = *state;
	const void *fdt;

	f->args.initrd = (struct trans_range){ 0, 0 };
	load(f);
	carry_out(f);
	fdt = memory_at(&f->memory, f->kexec.fdt.start);
	assert_null(fdt_getprop(fdt, fdt_path_offset(fdt, "/chosen"),
				"linux,initrd-start", NULL));
}

static bool is_source(size_t page)
{
	trans_pa_t pa = BASE + page * PAGE;

	return (pa >= KERNEL_AT && pa < KERNEL_AT + KERNEL_LEN) ||
	       (pa >= INITRD_AT && pa < INITRD_AT + INITRD_LEN);
}

/* Granules still allocated that lie in a destination. */
static size_t unsafe_pages(const struct fixture *f)
{
	size_t count = 0;

	for (size_t i = 0; i < MEMORY_LEN / PAGE; i++) {
		trans_pa_t pa = BASE + i * PAGE;

		if (!f->memory.used[i] || is_source(i))
			continue;
		for (size_t m = 0; m < f->kexec.plan.count; m++) {
			struct trans_move move = f->kexec.plan.move[m];

			/* The spare is no destination but a stopover. */
			count += pa >= move.dst && pa < move.dst + move.len &&
				 pa != f->kexec.spare;
		}
	}
	return count;
}

static void all_pages_are_safe(void **state)
{
	struct fixture *f = *state;

	load(f);
	assert_true(f->memory.balance > 0);
	assert_int_equal(unsafe_pages(f), 0);
}

/* ---- the safe-page rule ---- */

static void unsafe_is_found_by_the_proof(void **state)
{
	struct fixture *f = *state;

	f->args.unsafe = true;
	refused(f, TRANS_EOVERLAP);
}

static void unsafe_and_unproven_loads(void **state)
{
	struct fixture *f = *state;

	f->args.unsafe = true;
	f->args.transition.unproven = true;
	load(f);
	assert_true(unsafe_pages(f) > 0);
}

/* ---- bad arguments ---- */

static void missing_arguments(void **state)
{
	struct fixture *f = *state;
	const struct trans_kexec_args good = f->args;
	struct trans_ops ops = f->memory.ops;

	f->args.fdt = NULL;
	refused(f, TRANS_EINVAL);
	f->args = good;
	f->args.ram = NULL;
	refused(f, TRANS_EINVAL);
	f->args = good;
	f->args.reserved = NULL;
	refused(f, TRANS_EINVAL);
	f->args = good;
	f->args.host = NULL;
	refused(f, TRANS_EINVAL);
	f->args = good;
	f->args.transition.cpu = NULL;
	refused(f, TRANS_EINVAL);
	f->args = good;
	f->args.transition.alias_prepare = NULL;
	refused(f, TRANS_EINVAL);
	f->args = good;
	f->args.transition.granule = (enum trans_granule)13;
	refused(f, TRANS_EINVAL);
	f->args = good;
	ops.alloc = NULL;
	f->args.host = &ops;
	refused(f, TRANS_EINVAL);
}

static void sources_outside_memory(void **state)
{
	struct fixture *f = *state;
	const struct trans_kexec_args good = f->args;

	f->args.kernel.start = BASE + MEMORY_LEN - PAGE;
	refused(f, TRANS_ERANGE);
	f->args.kernel = (struct trans_range){ 0, PAGE };
	refused(f, TRANS_ERANGE);
	f->args.kernel = (struct trans_range){ BASE, UINT64_MAX };
	refused(f, TRANS_ERANGE);
	f->args.kernel = (struct trans_range){ 0 - PAGE, 2 * PAGE };
	refused(f, TRANS_ERANGE);
	f->args = good;
	f->args.initrd.start = BASE + MEMORY_LEN;
	refused(f, TRANS_ERANGE);
}

/* RAM that ends inside the last granule of a file. */
static void source_ends_with_memory(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(trans_ranges_remove(&f->ram, INITRD_AT + INITRD_LEN,
					     8), 0);
	refused(f, TRANS_ERANGE);
}

static void sources_not_aligned(void **state)
{
	struct fixture *f = *state;

	f->args.kernel.start += 64;
	refused(f, TRANS_EALIGN);
	f->args.kernel.start -= 64;
	f->args.initrd.start += 2048;
	refused(f, TRANS_EALIGN);
}

static void sources_overlap(void **state)
{
	struct fixture *f = *state;

	f->args.initrd.start = KERNEL_AT + (KERNEL_LEN & ~(PAGE - 1));
	refused(f, TRANS_EOVERLAP);
	f->args.initrd = f->args.kernel;
	refused(f, TRANS_EOVERLAP);
}

static void header_out_of_reach(void **state)
{
	struct fixture *f = *state;

	f->memory.refuse_map_at = 1;
	refused(f, TRANS_EFAULT);
}

/* ---- bad kernels ---- */

static void truncated_kernel(void **state)
{
	struct fixture *f = *state;

	for (uint64_t len = 0; len < 64; len++) {
		f->args.kernel.len = len;
		refused(f, TRANS_ETRUNC);
	}
}

static void bad_header(struct fixture *f, unsigned int at, uint64_t value,
		       unsigned int bytes, int status)
{
	uint8_t *header = memory_at(&f->memory, KERNEL_AT);

	file_le(header + at, value, bytes);
	refused(f, status);
	memcpy(header, f->kernel, 64);
}

static void bad_kernels(void **state)
{
	struct fixture *f = *state;

	bad_header(f, 56, 0x5350494d, 4, TRANS_EIMAGE); /* "MIPS" */
	bad_header(f, 24, 0xb, 8, TRANS_EIMAGE);        /* big-endian */
	bad_header(f, 24, 0xc, 8, TRANS_EIMAGE);        /* 16K pages */
	bad_header(f, 8, 2 << 20, 8, TRANS_EIMAGE);     /* text_offset */
	bad_header(f, 16, KERNEL_LEN - 1, 8, TRANS_EIMAGE);
	bad_header(f, 16, MEMORY_LEN + 1, 8, TRANS_ENOHOLE);
	bad_header(f, 16, 1ULL << 63, 8, TRANS_ENOHOLE);
	bad_header(f, 8, 0x800, 8, TRANS_EALIGN);
}

/* ---- other formats ---- */

/* In place of the kernel file. */
static void kernel_is(struct fixture *f, const uint8_t *file, size_t len)
{
	assert_true(KERNEL_AT + len <= INITRD_AT);
	memset(f->memory.used + (KERNEL_AT - BASE) / PAGE, 1,
	       (len + PAGE - 1) / PAGE);
	memcpy(memory_at(&f->memory, KERNEL_AT), file, len);
	f->args.kernel.len = len;
}

static void kernel_is_gzip(struct fixture *f, const uint8_t *data, size_t len)
{
	uint8_t *file = malloc(2 * len + 100);

	assert_non_null(file);
	kernel_is(f, file, file_gzip(file, data, len));
	free(file);
}

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
	load(f);
	assert_true(f->kexec.kernel.len == KERNEL_LEN);
	carry_out(f);
	check_files(f);
}

static void zboot_kernel(void **state)
{
	struct fixture *f = *state;

	kernel_is_zboot(f, "gzip");
	load(f);
	trans_kexec_unload(&f->kexec);
	kernel_is_zboot(f, "zstd");
	load(f);
	carry_out(f);
	check_files(f);
}


static void refused_because(struct fixture *f, int status, const char *why)
{
	refused(f, status);
	assert_string_equal(f->err.why, why);
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
	load(f);
	carry_out(f);
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
	refused(f, TRANS_EIMAGE);
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

/* Every other host call refused, too: memory and a view of it. */
static void hunger(struct fixture *f)
{
	unsigned long total, maps;

	f->memory.allocs = f->memory.maps = 0;
	load(f);
	total = f->memory.allocs;
	maps = f->memory.maps;
	trans_kexec_unload(&f->kexec);
	for (unsigned long n = 1; n <= total; n++) {
		f->memory.allocs = 0;
		f->memory.fail_at = n;
		refused(f, TRANS_ENOMEM);
	}
	f->memory.fail_at = 0;
	for (unsigned long n = 1; n <= maps; n++) {
		f->memory.maps = 0;
		f->memory.refuse_map_at = n;
		/* What may stay goes elsewhere if it cannot be cleaned. */
		if (trans_kexec_load(&f->kexec, &f->args, &f->err))
			assert_true(f->err.status == TRANS_EFAULT ||
				    f->err.status == TRANS_ENOMEM);
		trans_kexec_unload(&f->kexec);
		assert_int_equal(f->memory.balance, 0);
	}
	f->memory.refuse_map_at = 0;
}

static void compressed_hunger(void **state)
{
	struct fixture *f = *state;

	kernel_is_gzip(f, f->kernel, KERNEL_LEN);
	hunger(f);
	f->args.relocate = false;
	hunger(f);
}

/* ---- ELF ---- */

static void kernel_is_elf(struct fixture *f, unsigned int type, uint64_t entry,
			  const struct file_segment *segment,
			  unsigned int count)
{
	uint8_t *file = malloc(KERNEL_LEN + 4096);

	assert_non_null(file);
	kernel_is(f, file, file_elf(file, type, entry, segment, count));
	free(file);
}

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
		load(f);
		assert_true(f->kexec.transition.args.entry == BASE + 0x40);
		trans_kexec_unload(&f->kexec);
	}
	load(f);
	carry_out(f);
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
	load(f);
	assert_int_equal(f->kexec.pieces, 2 * TRANS_ELF_SEGMENTS);
	assert_int_equal(f->kexec.digests, 3);
	memset(at, 0xaa, 0x1000);
	carry_out(f);
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

#define PROGRAM_AT (BASE + 0x300000)

/* Segments that share granules, with zeroes inside and behind, and one that is
 * only zeroes. */
static const struct file_segment program[] = {
	{ .va = 0x800, .pa = PROGRAM_AT + 0x800, .data = (uint8_t *)"texttext",
	  .file_len = 8, .memory_len = 0x700, .align = 16 },
	{ .va = 0xf00, .pa = PROGRAM_AT + 0xf00, .data = (uint8_t *)"rodata",
	  .file_len = 6, .memory_len = 0x3010, .align = 16 },
	{ .va = 0x4000, .pa = PROGRAM_AT + 0x3f80, .memory_len = 0x2000 },
	{ .va = 0x8000, .pa = PROGRAM_AT + 0x5ffe, .data = (uint8_t *)"data",
	  .file_len = 4, .memory_len = 0x10000 },
};
#define PROGRAM_SEGMENTS 4
#define PROGRAM_END 0x16000 /* in whole granules */

static void check_program(struct fixture *f, trans_pa_t at)
{
	uint8_t *want = calloc(1, PROGRAM_END);

	assert_non_null(want);
	for (size_t i = 0; i < PROGRAM_SEGMENTS; i++)
		if (program[i].file_len)
			memcpy(want + (program[i].pa - PROGRAM_AT),
			       program[i].data, program[i].file_len);
	carry_out(f);
	assert_memory_equal(memory_at(&f->memory, at), want, PROGRAM_END);
	free(want);
}

static void fixed_program(void **state)
{
	struct fixture *f = *state;

	kernel_is_elf(f, 2, 0x804, program, PROGRAM_SEGMENTS);
	load(f);
	assert_true(f->kexec.kernel.start == PROGRAM_AT);
	assert_true(f->kexec.transition.args.entry == PROGRAM_AT + 0x804);
	check_program(f, PROGRAM_AT);
	check_tree(f);
}

static void movable_program(void **state)
{
	struct fixture *f = *state;
	trans_pa_t at = BASE + PROGRAM_AT % (2 << 20);

	kernel_is_elf(f, 3, 0x804, program, PROGRAM_SEGMENTS);
	load(f);
	assert_true(f->kexec.kernel.start == at);
	assert_true(f->kexec.transition.args.entry == at + 0x804);
	check_program(f, at);
}

static void program_refused(void **state)
{
	struct fixture *f = *state;
	struct file_segment one = program[0];

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

	kernel_is_elf(f, 2, 0x804, program, PROGRAM_SEGMENTS);
	hunger(f);
}

/* vmlinux.gz: what was inflated is given back once its segments are out. */
static void gzip_of_elf(void **state)
{
	struct fixture *f = *state;
	uint8_t *file = malloc(65536);
	size_t len = file_elf(file, 2, 0x804, program, PROGRAM_SEGMENTS);

	kernel_is_gzip(f, file, len);
	free(file);
	load(f);
	assert_int_equal(f->kexec.unpacked.granules, 0);
	check_program(f, PROGRAM_AT);
	trans_kexec_unload(&f->kexec);
	f->memory.allocs = 0;
	kernel_is_elf(f, 2, 0x804, program, PROGRAM_SEGMENTS);
	hunger(f);
}

/* ---- what is in its place already ---- */

#define FAR_INITRD (BASE + 0x400000)

static void nothing_to_move(void **state)
{
	struct fixture *f = *state;

	move_file(f, &f->args.kernel, BASE + (2 << 20), f->kernel);
	move_file(f, &f->args.initrd, FAR_INITRD, f->initrd);
	f->args.relocate = false;
	load(f);
	assert_true(f->kexec.kernel.start == BASE + (2 << 20));
	assert_true(f->kexec.initrd.start == FAR_INITRD);
	assert_true(f->memory.cleaned >= KERNEL_LEN + INITRD_LEN);
	/* The first free page is below the kernel: only the tree moves. */
	assert_true(f->kexec.transition.move_bytes == PAGE);
	carry_out(f);
	check_tree(f);
	assert_memory_equal(memory_at(&f->memory, FAR_INITRD), f->initrd,
			    INITRD_LEN);
}

static void not_even_the_tree(void **state)
{
	struct fixture *f = *state;

	move_file(f, &f->args.kernel, BASE, f->kernel);
	move_file(f, &f->args.initrd, FAR_INITRD, f->initrd);
	f->args.relocate = false;
	load(f);
	assert_true(f->kexec.fdt.start == f->kexec.fdt_source);
	assert_int_equal(f->kexec.plan.count, 0);
	assert_int_equal(f->kexec.transition.move_bytes, 0);
	check_tree(f);
}

/* Where its .bss would be there is no memory: it must go. */
static void no_room_behind(void **state)
{
	struct fixture *f = *state;

	move_file(f, &f->args.kernel, BASE + (2 << 20), f->kernel);
	f->args.relocate = false;
	assert_int_equal(trans_ranges_add(&f->reserved, BASE + (2 << 20) +
					  IMAGE_SIZE - 1, 1), 0);
	load(f);
	assert_true(f->kexec.kernel.start == BASE);
	carry_out(f);
	check_files(f);
}

/* What cannot be cleaned is moved instead. */
static void unseen_is_moved(void **state)
{
	struct fixture *f = *state;

	move_file(f, &f->args.kernel, BASE + (2 << 20), f->kernel);
	f->args.relocate = false;
	f->memory.refuse_map_at = 2; /* behind the header */
	load(f);
	assert_true(f->kexec.kernel.start == BASE);
	f->memory.refuse_map_at = 0;
	carry_out(f);
	check_files(f);
}

/* Found by review: what must move and lies at its own best place came out there
 * all the same, and could not be cleaned. */
static void unseen_at_its_own_place_is_moved(void **state)
{
	struct fixture *f = *state;

	move_file(f, &f->args.initrd, BASE + (8 << 20), f->initrd);
	move_file(f, &f->args.kernel, BASE, f->kernel);
	f->args.relocate = true;
	load(f);
	assert_true(f->kexec.kernel.start != BASE);
	assert_true(f->kexec.plan.count > 0);
	trans_kexec_unload(&f->kexec);
	f->args.relocate = false;
	load(f);
	assert_true(f->kexec.kernel.start == BASE);
}

/* Found by review: the last granule of a piece reached into what is reserved
 * right behind its last byte. */
static void whole_granules_keep_off_reservations(void **state)
{
	struct fixture *f = *state;
	struct trans_range behind;

	load(f);
	behind = (struct trans_range){
		f->kexec.initrd.start + f->kexec.initrd.len, 0x100 };
	trans_kexec_unload(&f->kexec);
	assert_int_equal(trans_ranges_add(&f->reserved, behind.start,
					  behind.len), 0);
	load(f);
	for (size_t i = 0; i < f->kexec.plan.count; i++) {
		const struct trans_move *move = &f->kexec.plan.move[i];

		assert_true(move->dst >= behind.start + behind.len ||
			    move->dst + move->len <= behind.start);
	}
}

/* Found by review: the report in a file that stays, which is no move. */
static void report_in_what_stays(void **state)
{
	struct fixture *f = *state;

	move_file(f, &f->args.initrd, BASE + (4 << 20), f->initrd);
	f->args.relocate = false;
	load(f);
	assert_true(f->kexec.initrd.start == BASE + (4 << 20));
	trans_kexec_unload(&f->kexec);
	f->args.transition.report = BASE + (4 << 20) + PAGE;
	refused_because(f, TRANS_EOVERLAP,
			"the report lies in what the next kernel finds");
}

/* ---- digests ---- */

static const struct blob_params *blob(struct fixture *f)
{
	return memory_at(&f->memory, f->kexec.transition.data);
}

/* What the blob would say, now: the index of the first bad one, or the count. */
static uint64_t first_bad(struct fixture *f)
{
	const struct blob_params *params = blob(f);
	uint8_t found[TRANS_SHA256_LEN];
	uint64_t i;

	for (i = 0; i < params->digest_count; i++) {
		const struct trans_digest *want = &params->digest[i];

		trans_sha256(memory_at(&f->memory, want->pa), want->len, found);
		if (memcmp(found, want->sha256, sizeof(found)))
			break;
	}
	return i;
}

static void covers(struct fixture *f, unsigned int i, trans_pa_t pa,
		   uint64_t len)
{
	assert_true(blob(f)->digest[i].pa == pa);
	assert_true(blob(f)->digest[i].len == len);
}

static void verified(void **state)
{
	struct fixture *f = *state;

	f->args.verify = true;
	load(f);
	assert_int_equal(blob(f)->digest_count, 3);
	covers(f, 0, BASE, KERNEL_LEN);
	covers(f, 1, f->kexec.initrd.start, INITRD_LEN);
	covers(f, 2, f->kexec.fdt.start, f->kexec.fdt.len);
	assert_int_equal(first_bad(f), 0);
	carry_out(f);
	assert_int_equal(first_bad(f), 3);
	trans_kexec_unload(&f->kexec);
	kernel_is(f, f->kernel, KERNEL_LEN);
	f->args.initrd.len = 0;
	load(f);
	assert_int_equal(blob(f)->digest_count, 2);
}

/* A byte that changes between load and start, at either end of each piece. */
static void verify_finds_each_byte(void **state)
{
	struct fixture *f = *state;

	f->args.verify = true;
	load(f);
	carry_out(f);
	for (unsigned int i = 0; i < 3; i++) {
		const struct trans_digest *digest = &blob(f)->digest[i];
		uint8_t *bytes = memory_at(&f->memory, digest->pa);

		bytes[0] ^= 1;
		assert_int_equal(first_bad(f), i);
		bytes[0] ^= 1;
		bytes[digest->len - 1] ^= 0x80;
		assert_int_equal(first_bad(f), i);
		bytes[digest->len - 1] ^= 0x80;
	}
}

static void verify_what_stays(void **state)
{
	struct fixture *f = *state;

	move_file(f, &f->args.kernel, BASE, f->kernel);
	move_file(f, &f->args.initrd, FAR_INITRD, f->initrd);
	f->args.relocate = false;
	f->args.verify = true;
	load(f);
	assert_int_equal(f->kexec.plan.count, 0);
	assert_int_equal(first_bad(f), 3);
}

/* Inflated; laid out, with its zeroes; in pieces far from each other. */
static void verify_formats(void **state)
{
	static const struct file_segment apart[] = {
		{ .va = 0x800, .pa = PROGRAM_AT + 0x10800,
		  .data = (uint8_t *)"texttext", .file_len = 8,
		  .memory_len = 0x2000 },
		{ .va = 0xf00, .pa = PROGRAM_AT + 0x30000, .memory_len = 1 },
	};
	struct fixture *f = *state;

	f->args.verify = true;
	kernel_is_gzip(f, f->kernel, KERNEL_LEN);
	load(f);
	covers(f, 0, BASE, KERNEL_LEN);
	carry_out(f);
	assert_int_equal(first_bad(f), 3);
	trans_kexec_unload(&f->kexec);
	kernel_is_elf(f, 2, 0x804, program, PROGRAM_SEGMENTS);
	load(f);
	covers(f, 0, PROGRAM_AT, PROGRAM_END);
	carry_out(f);
	assert_int_equal(first_bad(f), 3);
	trans_kexec_unload(&f->kexec);
	kernel_is_elf(f, 2, 0x804, apart, 2);
	load(f);
	covers(f, 0, PROGRAM_AT + 0x10000, 0x3000);
	covers(f, 1, PROGRAM_AT + 0x30000, 0x1000);
	memset(memory_at(&f->memory, PROGRAM_AT), 0xaa, 0x32000);
	carry_out(f);
	assert_int_equal(first_bad(f), 4);
}

/* As many runs as an ELF file can have, and as many more as there is room. */
static void verify_most(void **state)
{
	struct file_segment many[TRANS_ELF_SEGMENTS];
	struct trans_digest own[TRANS_DIGESTS_MAX - TRANS_ELF_SEGMENTS - 1];
	const size_t room = sizeof(own) / sizeof(own[0]) - 1;
	struct fixture *f = *state;

	for (unsigned int i = 0; i < TRANS_ELF_SEGMENTS; i++)
		many[i] = (struct file_segment){
			.va = i * 0x3000, .pa = PROGRAM_AT + i * 0x3000,
			.data = (uint8_t *)"some", .file_len = 4,
			.memory_len = 0x1001 };
	for (unsigned int i = 0; i <= room; i++)
		own[i] = (struct trans_digest){ .pa = PROGRAM_AT, .len = 1 };
	f->args.verify = true;
	f->args.transition.digests = own;
	f->args.transition.digest_count = room;
	kernel_is_elf(f, 2, 0, many, TRANS_ELF_SEGMENTS);
	load(f);
	assert_int_equal(blob(f)->digest_count, TRANS_DIGESTS_MAX);
	carry_out(f);
	assert_int_equal(first_bad(f), TRANS_DIGESTS_MAX - room);
	trans_kexec_unload(&f->kexec);
	f->args.transition.digest_count = room + 1;
	refused_because(f, TRANS_ENOSPC, "digests");
	f->args.transition.digests = NULL;
	refused_because(f, TRANS_EINVAL, "digests are missing");
}

static void verify_known(void **state)
{
	uint8_t kernel[TRANS_SHA256_LEN], initrd[TRANS_SHA256_LEN];
	struct fixture *f = *state;

	trans_sha256(f->kernel, KERNEL_LEN, kernel);
	trans_sha256(f->initrd, INITRD_LEN, initrd);
	f->args.kernel_sha256 = kernel;
	refused_because(f, TRANS_EINVAL, "a digest without verify");
	f->args.verify = true;
	f->args.initrd_sha256 = initrd;
	load(f);
	carry_out(f);
	assert_int_equal(first_bad(f), 3);
	trans_kexec_unload(&f->kexec);
	kernel_is(f, f->kernel, KERNEL_LEN);
	initrd[31] ^= 1;
	load(f);
	carry_out(f);
	assert_int_equal(first_bad(f), 1);
	trans_kexec_unload(&f->kexec);
	kernel_is_gzip(f, f->kernel, KERNEL_LEN);
	refused_because(f, TRANS_EINVAL, "kernel_sha256 is for a plain Image");
}

/* Only the header of a plain Image must be seen, but with verify all of it;
 * unless somebody knows. */
static void verify_unseen(void **state)
{
	static const uint8_t known[TRANS_SHA256_LEN];
	struct fixture *f = *state;

	f->memory.hidden = (struct trans_range){ KERNEL_AT + PAGE, 0x50000 };
	load(f);
	trans_kexec_unload(&f->kexec);
	f->args.verify = true;
	refused_because(f, TRANS_EFAULT, "verify: the kernel cannot be seen");
	f->args.kernel_sha256 = known;
	f->memory.hidden = (struct trans_range){ INITRD_AT, PAGE };
	refused_because(f, TRANS_EFAULT, "verify: the initrd cannot be seen");
	f->args.initrd_sha256 = known;
	load(f);
}

static size_t blocks_taken;

static void counted_blocks(uint32_t state[8], const uint8_t *data, size_t count)
{
	struct trans_sha256 sha;

	blocks_taken += count;
	trans_sha256_init(&sha);
	sha.blocks(state, data, count);
}

static void verify_faster(void **state)
{
	struct fixture *f = *state;

	f->args.verify = true;
	f->args.sha256 = counted_blocks;
	blocks_taken = 0;
	load(f);
	assert_true(blocks_taken >= (KERNEL_LEN + INITRD_LEN) / 64);
	carry_out(f);
	assert_int_equal(first_bad(f), 3);
}

static void verify_hunger(void **state)
{
	struct fixture *f = *state;

	f->args.verify = true;
	hunger(f);
	kernel_is_elf(f, 2, 0x804, program, PROGRAM_SEGMENTS);
	hunger(f);
}

/* ---- authentication, reservations ---- */

static void authenticated(void **state)
{
	struct fixture *f = *state;

	f->args.authenticate = authenticate;
	f->args.auth_ctx = f;
	load(f);
	assert_int_equal(f->auths, 1);
	trans_kexec_unload(&f->kexec);
	f->memory.allocs = f->memory.maps = 0;
	f->refuse_auth = 1;
	refused_because(f, TRANS_EHOST, "authenticate");
	assert_int_equal(f->memory.allocs, 0);
	assert_int_equal(f->memory.maps, 0);
}

static void what_must_survive(void **state)
{
	struct fixture *f = *state;
	const struct trans_range keep[] = { { BASE + 5, 10 },
					    { BASE + (8 << 20), PAGE } };
	const void *fdt;

	f->args.edit.reserve = keep;
	f->args.edit.reserve_count = 2;
	load(f);
	assert_true(f->kexec.kernel.start == BASE + (2 << 20));
	carry_out(f);
	check_tree(f);
	fdt = memory_at(&f->memory, f->kexec.fdt.start);
	assert_true(reserves(fdt, keep[0]) && reserves(fdt, keep[1]));
}

/* ---- the dry run ---- */

struct text {
	char bytes[65536];
	size_t len, lines, stop_at;
};

static int put_text(void *arg, const char *line, size_t len)
{
	struct text *text = arg;

	assert_true(len && line[len - 1] == '\n');
	assert_true(text->len + len < sizeof(text->bytes));
	memcpy(text->bytes + text->len, line, len);
	text->len += len;
	return ++text->lines == text->stop_at ? 42 : 0;
}

static void says(struct fixture *f, const char *line)
{
	struct text text = { .len = 0 };

	assert_int_equal(trans_kexec_print(&f->kexec, put_text, &text), 0);
	if (!strstr(text.bytes, line))
		print_error("%s", text.bytes);
	assert_non_null(strstr(text.bytes, line));
}

static void printed(void **state)
{
	struct fixture *f = *state;

	says(f, "no kexec is loaded\n");
	load(f);
	says(f, "segment kernel 0x0000000040000000 + 0x50123\n");
	says(f, "segment initrd 0x0000000040100000 + 0x42777\n");
	says(f, "entry 0x0000000040000000 x0 0x");
	says(f, "move 0x0000000040010000 -> 0x0000000040000000 + 0x51000\n");
	says(f, "moves 3 bytes ");
	says(f, "safe code 0x");
	says(f, "safe table 0x");
	says(f, "safe spare 0x");
	says(f, "proof holds: code, ");
	says(f, "proof holds: every source ");
	trans_kexec_unload(&f->kexec);
	f->args.initrd.len = 0;
	f->args.transition.map = TRANS_MAP_NONE;
	load(f);
	f->args.verify = true;
	trans_kexec_unload(&f->kexec);
	load(f);
	says(f, "segment initrd none\n");
	says(f, "verify 0x0000000040000000 + 0x50123 sha256 ");
	says(f, "tables 0 safe granules ");
}

static void print_stops(void **state)
{
	struct fixture *f = *state;
	struct text all = { .len = 0 };

	load(f);
	assert_int_equal(trans_kexec_print(&f->kexec, put_text, &all), 0);
	for (size_t n = 1; n <= all.lines; n++) {
		struct text text = { .stop_at = n };

		assert_int_equal(trans_kexec_print(&f->kexec, put_text,
						   &text), 42);
		assert_int_equal(text.lines, n);
	}
}

static void proof_fails_in_words(void **state)
{
	struct fixture *f = *state;

	f->args.unsafe = true;
	f->args.transition.unproven = true;
	load(f);
	says(f, "proof FAILED: TRANS_EOVERLAP: ");
	trans_kexec_unload(&f->kexec);
	f->args = kexec_args(f);
	kernel_is_elf(f, 2, 0x804, program, PROGRAM_SEGMENTS);
	load(f);
	says(f, "move zeroes             -> 0x");
}

static void spare_in_words(void **state)
{
	struct fixture *f = *state;
	trans_pa_t initrd;

	load(f);
	initrd = f->kexec.initrd.start;
	trans_kexec_unload(&f->kexec);
	move_file(f, &f->args.kernel, initrd, f->kernel);
	move_file(f, &f->args.initrd, BASE, f->initrd);
	load(f);
	says(f, " (spare)\n");
	says(f, " (from the spare)\n");
}

/* ---- bad memory maps ---- */

static void no_room(void **state)
{
	struct fixture *f = *state;

	/* Nothing but the kernel fits anywhere. */
	assert_int_equal(trans_ranges_add(&f->reserved, BASE + IMAGE_SIZE,
					  MEMORY_LEN - IMAGE_SIZE), 0);
	refused(f, TRANS_ENOHOLE);
	assert_int_equal(trans_ranges_add(&f->reserved, BASE, MEMORY_LEN), 0);
	refused(f, TRANS_ENOHOLE);
}

static void memory_in_too_many_pieces(void **state)
{
	struct fixture *f = *state;

	for (unsigned int i = 0; i < TRANS_KEXEC_RANGES; i++)
		assert_int_equal(trans_ranges_add(&f->reserved,
						  BASE + (2 * i + 1) * PAGE,
						  PAGE), 0);
	refused(f, TRANS_ENOSPC);
}

/* ---- bad device trees ---- */

static void bad_trees(void **state)
{
	struct fixture *f = *state;

	f->args.fdt_len = 20;
	refused(f, TRANS_EFDT);
	f->args.fdt_len = TREE_LEN / 2; /* shorter than its header says */
	refused(f, TRANS_EFDT);
	f->args.fdt_len = TREE_LEN;
	f->tree[0] ^= 1;
	refused(f, TRANS_EFDT);
}

static void tree_without_room(void **state)
{
	struct fixture *f = *state;
	char *huge = calloc(1, HUGE_TREE_LEN);
	void *filler;

	assert_non_null(huge);
	put_tree(huge, HUGE_TREE_LEN);
	assert_int_equal(fdt_setprop_placeholder(huge, 0, "filler",
						 TRANS_FDT_MAX_LEN - 256,
						 &filler), 0);
	f->args.fdt = huge;
	f->args.fdt_len = HUGE_TREE_LEN;
	refused(f, TRANS_ENOSPC);
	free(huge);
}

static void random_refuses(void **state)
{
	struct fixture *f = *state;

	f->args.edit.random = no_random;
	refused(f, TRANS_EHOST);
}

/* ---- the host refuses ---- */

static void alias_refused(void **state)
{
	struct fixture *f = *state;

	f->refuse_alias = true;
	refused(f, TRANS_EHOST);
}

static void every_allocation_fails(void **state)
{
	struct fixture *f = *state;
	unsigned long total;

	load(f);
	total = f->memory.allocs;
	assert_true(total > 5);
	trans_kexec_unload(&f->kexec);
	for (unsigned long n = 1; n <= total; n++) {
		f->memory.allocs = 0;
		f->memory.fail_at = n;
		refused(f, TRANS_ENOMEM);
	}
	f->memory.allocs = 0;
	f->memory.fail_at = total + 1;
	load(f);
}

static void every_table_page_refused(void **state)
{
	struct fixture *f = *state;
	unsigned long total;

	load(f);
	total = f->memory.acquires;
	assert_true(total > 0);
	trans_kexec_unload(&f->kexec);
	for (unsigned long n = 1; n <= total; n++) {
		f->memory.acquires = 0;
		f->memory.refuse_acquire_at = n;
		refused(f, TRANS_EHOST);
		assert_int_equal(f->memory.acquired, 0);
	}
}

static void quiesce_refuses(void **state)
{
	struct fixture *f = *state;

	load(f);
	f->refuse_quiesce = true;
	assert_int_equal(trans_kexec_start(&f->kexec, &f->err), TRANS_EHOST);
	assert_int_equal(f->err.status, TRANS_EHOST);
	assert_true(f->memory.balance > 0); /* still loaded */
}

static void load_twice(void **state)
{
	struct fixture *f = *state;
	long out;

	load(f);
	out = f->memory.balance;
	trans_kexec_unload(&f->kexec);
	assert_int_equal(f->memory.balance, 0);
	trans_kexec_unload(&f->kexec);
	load(f);
	assert_int_equal(f->memory.balance, out);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(good_case_executed),
		TEST(files_change_places),
		TEST(no_initrd),
		TEST(all_pages_are_safe),
		TEST(unsafe_is_found_by_the_proof),
		TEST(unsafe_and_unproven_loads),
		TEST(missing_arguments),
		TEST(sources_outside_memory),
		TEST(source_ends_with_memory),
		TEST(sources_not_aligned),
		TEST(sources_overlap),
		TEST(header_out_of_reach),
		TEST(truncated_kernel),
		TEST(bad_kernels),
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
		TEST(nothing_to_move),
		TEST(not_even_the_tree),
		TEST(no_room_behind),
		TEST(unseen_is_moved),
		TEST(unseen_at_its_own_place_is_moved),
		TEST(whole_granules_keep_off_reservations),
		TEST(report_in_what_stays),
		TEST(verified),
		TEST(verify_finds_each_byte),
		TEST(verify_what_stays),
		TEST(verify_formats),
		TEST(verify_most),
		TEST(verify_known),
		TEST(verify_unseen),
		TEST(verify_faster),
		TEST(verify_hunger),
		TEST(authenticated),
		TEST(what_must_survive),
		TEST(printed),
		TEST(print_stops),
		TEST(proof_fails_in_words),
		TEST(spare_in_words),
		TEST(no_room),
		TEST(memory_in_too_many_pieces),
		TEST(bad_trees),
		TEST(tree_without_room),
		TEST(random_refuses),
		TEST(alias_refused),
		TEST(every_allocation_fails),
		TEST(every_table_page_refused),
		TEST(quiesce_refuses),
		TEST(load_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
