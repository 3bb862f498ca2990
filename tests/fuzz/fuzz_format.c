/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Kernel files in containers, from nowhere: gzip, zboot, ELF. First the parsers
 * alone, then a whole load on a simulated memory; what is loaded is carried out
 * and must be what the file says.
 */
#include <stdlib.h>
#include <string.h>

#include <libfdt.h>

#include <trans_table/kexec.h>

#include "tests/unit/support/memory.h"
#include "fuzz.h"
#include "ports/zlib/gunzip.h"

#define BASE 0x40000000ULL
#define MEMORY_LEN (1ULL << 20)
#define FILE_AT (BASE + (256ULL << 10))
#define FILE_MAX 32768

static uint8_t file[FILE_MAX];

/* The words that a mutation hardly finds. */
static void repair(struct input *in, size_t len)
{
	static const uint8_t elf[] = { 0x7f, 'E', 'L', 'F', 2, 1, 1 };
	static const uint8_t gz[] = { 0x1f, 0x8b, 8, 0 };

	switch (pick(in, 5)) {
	case 1:
		memcpy(file, elf, len < sizeof(elf) ? len : sizeof(elf));
		if (len < 64)
			break;
		file[16] = (uint8_t)(2 + pick(in, 2));
		file[17] = file[19] = file[55] = file[57] = 0;
		file[18] = 183;
		file[54] = 56;
		file[56] = (uint8_t)pick(in, 6);
		memset(file + 32, 0, 8);
		file[32] = 64;
		break;
	case 2:
		memcpy(file, gz, len < sizeof(gz) ? len : sizeof(gz));
		break;
	case 3:
		if (len >= 64)
			memcpy(file, "MZ\0\0zimg", 8);
		if (len >= 64)
			memcpy(file + 24, pick(in, 2) ? "gzip" : "zstd", 5);
		break;
	}
}

static void check_elf(const struct trans_elf *elf, size_t len)
{
	const struct trans_elf_segment *s = elf->segment, *last = NULL;
	bool entered = false;

	CHECK(elf->count > 0 && elf->count <= TRANS_ELF_SEGMENTS);
	CHECK(elf->start == s->pa);
	for (; s < elf->segment + elf->count; last = s++) {
		CHECK(s->memory_len && s->file_len <= s->memory_len);
		CHECK(s->offset <= len && s->file_len <= len - s->offset);
		CHECK(s->pa <= UINT64_MAX - s->memory_len);
		CHECK(!last || last->pa + last->memory_len <= s->pa);
		entered |= elf->entry >= s->pa &&
			   elf->entry - s->pa < s->file_len;
	}
	CHECK(entered);
	CHECK(last->pa + last->memory_len == elf->start + elf->len);
}

static void parse(const uint8_t *exact, size_t len)
{
	struct trans_error err = { 0 };
	struct trans_packed packed;
	struct trans_elf elf;
	int ret = trans_packed_parse(exact, len, &packed, &err);

	CHECK(!ret || ret == TRANS_ETRUNC || ret == TRANS_ECORRUPT ||
	      ret == TRANS_EIMAGE);
	CHECK(!ret || (err.status == ret && err.why));
	if (!ret)
		CHECK(packed.offset <= len && packed.unpacked_len &&
		      packed.len <= len - packed.offset);
	ret = trans_elf_parse(exact, len, &elf, &err);
	CHECK(!ret || ret == TRANS_ETRUNC || ret == TRANS_EIMAGE);
	CHECK(!ret || (err.status == ret && err.why));
	if (!ret)
		check_elf(&elf, len);
}

/* ---- a whole load ---- */

static int allow(void *host, trans_pa_t pa, uint64_t len)
{
	(void)host;
	(void)pa;
	(void)len;
	return 0;
}

static int copy_zstd(void *ctx, const void *src, size_t src_len, void *dst,
		     size_t dst_len, size_t *out_len)
{
	(void)ctx;
	*out_len = src_len < dst_len ? src_len : dst_len;
	memcpy(dst, src, *out_len);
	return 0;
}

static void carry_out(struct memory *m, const struct trans_kexec *kexec)
{
	for (size_t i = 0; i < kexec->plan.count; i++) {
		const struct trans_move *move = &kexec->plan.move[i];

		memmove(memory_at(m, move->dst), memory_at(m, move->src),
			move->len);
	}
	for (size_t i = 0; i < kexec->zero.count; i++) {
		const struct trans_range *zero = &kexec->zero.range[i];

		memset(memory_at(m, zero->start), 0, zero->len);
	}
}

/* Every byte of every segment, and zeroes behind the file's. */
static void check_loaded(struct memory *m, const struct trans_kexec *kexec,
			 const struct trans_elf *elf)
{
	uint64_t base = elf->start & ~4095ULL;

	for (unsigned int i = 0; i < elf->count; i++) {
		const struct trans_elf_segment *s = &elf->segment[i];
		const uint8_t *at = memory_at(m, kexec->kernel.start +
					      (s->pa - base));

		CHECK(!memcmp(at, file + s->offset, s->file_len));
		for (uint64_t n = s->file_len; n < s->memory_len; n++)
			CHECK(!at[n]);
	}
	CHECK(kexec->transition.args.entry ==
	      kexec->kernel.start + (elf->entry - base));
}

static void load(size_t len, unsigned long fail_at)
{
	static struct trans_kexec kexec;
	static struct trans_gunzip gunzip;
	static _Alignas(8) char tree[256];
	static struct memory memory;
	struct trans_decompress decompress = { trans_gunzip, copy_zstd,
					       &gunzip };
	struct trans_cpu cpu = { .el = 1, .mmfr0 = 5 };
	struct trans_range slot = { BASE, MEMORY_LEN };
	struct trans_ranges ram = { &slot, 1, 1 }, none = { NULL, 0, 0 };
	struct trans_kexec_args args = {
		.kernel = { FILE_AT, len }, .fdt = tree,
		.fdt_len = sizeof(tree), .ram = &ram, .reserved = &none,
		.host = &memory.ops, .host_ctx = &memory,
		.decompress = &decompress,
		.transition = { .cpu = &cpu, .granule = TRANS_4K,
				.va_bits = 48, .map = TRANS_MAP_SPARSE,
				.alias_prepare = allow },
	};
	struct trans_error err = { 0 };
	struct trans_elf elf;
	int ret;

	memory_init(&memory, BASE, MEMORY_LEN, 12);
	memset(memory.used + (FILE_AT - BASE) / 4096, 1, FILE_MAX / 4096);
	memcpy(memory_at(&memory, FILE_AT), file, len);
	memory.fail_at = fail_at;
	CHECK(!fdt_create_empty_tree(tree, sizeof(tree)));
	ret = trans_kexec_load(&kexec, &args, &err);
	CHECK(!ret || (err.status == ret && err.why));
	if (!ret)
		carry_out(&memory, &kexec);
	if (!ret && !trans_elf_parse(file, len, &elf, NULL))
		check_loaded(&memory, &kexec, &elf);
	trans_kexec_unload(&kexec);
	CHECK(!memory.balance);
	memory_free(&memory);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	size_t head = len < 8 ? len : 8;
	struct input options = { data, head };
	uint8_t *exact;

	len -= head;
	if (len > FILE_MAX)
		len = FILE_MAX;
	memset(file, 0, sizeof(file));
	memcpy(file, data + head, len);
	repair(&options, len);
	exact = malloc(len ? len : 1);
	memcpy(exact, file, len);
	parse(exact, len);
	free(exact);
	if (len)
		load(len, pick(&options, 4) ? 0 : 1 + pick(&options, 20));
	return 0;
}
