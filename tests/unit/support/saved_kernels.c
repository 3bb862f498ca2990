/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* A saved kernel's knowledge of itself: see saved_kernels.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "saved_kernels.h"

uint8_t *kernel_part(const struct kernel *k, enum kernel_part part)
{
	return k->bytes + (size_t)part * KERNEL_PART;
}

static trans_va_t va_of(const struct kernel *k, enum kernel_part part)
{
	return k->va + (uint64_t)part * KERNEL_PART;
}

/* ---- variables ---- */

/* Where they are in KERNEL_DATA. */
#define AT_RDISTS_POINTER 0x10u
#define AT_RDISTS 0x40u
#define AT_PER_CPU 0x100u
#define AT_LOGICAL 0x200u
#define AT_NR_CPU_IDS 0x280u
#define AT_PRB 0x300u
#define AT_RB 0x310u
#define AT_COUNT 0x380u
#define AT_BASE 0x388u
#define AT_CPU_DATA 0x400u
#define CPU_DISTANCE 0x800u /* of one CPU's from the next one's */
#define AT_RDIST 0x480u

/* Offsets of members: none of them Linux's of any version; or Linux's, from 6.0
 * on, which has a lock before rd_base. */
struct rdists_at {
	unsigned int rdist, property, typer;
};
struct rdist_at {
	unsigned int base, page, flags;
};
static const struct rdists_at rdists_at[] = { { 8, 24, 48 }, { 0, 8, 32 } };
static const struct rdist_at rdist_at[] = { { 0, 16, 32 }, { 8, 16, 32 } };
/* Linux's: what says the same once more. */
#define RDISTS_PROPERTY_VA 16u
#define RDIST_PHYS_BASE 24u
#define CPUINFO_MIDR 40u

#define VMEMMAP 0xfffffc0000000000ULL
#define PAGE_EACH 64u
/* 16 bits of IDs: GICD_TYPER.IDbits. */
#define TYPER (15u << 19)

static trans_va_t data_at(const struct kernel *k, unsigned int at)
{
	return va_of(k, KERNEL_DATA) + at;
}

static void put(const struct kernel *k, unsigned int at, uint64_t value,
		unsigned int bytes)
{
	file_le(kernel_part(k, KERNEL_DATA) + at, value, bytes);
}

static uint64_t mpidr_of(const struct kernel *k, unsigned int cpu)
{
	return cpu == k->cpu ? k->mpidr : 0x7700 + cpu;
}

static trans_pa_t pending_of(const struct kernel *k, unsigned int cpu)
{
	return k->pending + cpu * 0x10000u;
}

static bool is_up(const struct kernel *k, unsigned int cpu)
{
	return !cpu || cpu != k->down;
}

struct trans_gic_pending kernel_pending(const struct kernel *k,
					unsigned int cpu)
{
	return (struct trans_gic_pending){
		.mpidr = mpidr_of(k, cpu),
		.pendbaser = pending_of(k, cpu) | 0x0700000000000780ULL,
	};
}

/* What variables say of other CPUs' MPIDRs nobody else there says, too: it is
 * held against the machine (trans_gic_lpis_check). */
void kernel_must_have(const struct kernel *k,
		      const struct trans_saved_lpis *known)
{
	const struct trans_gic_lpis *lpis = &known->tables;
	size_t count = 0;

	assert_int_equal(lpis->propbaser, KERNEL_PROPBASER(k));
	for (unsigned int cpu = 0; cpu < KERNEL_CPUS; cpu++) {
		struct trans_gic_pending of = kernel_pending(k, cpu);

		if (!is_up(k, cpu))
			continue;
		assert_true(count < lpis->count);
		if (known->source != TRANS_SAVED_MEMORY || cpu == k->cpu)
			assert_int_equal(lpis->pending[count].mpidr, of.mpidr);
		assert_int_equal(lpis->pending[count].pendbaser, of.pendbaser);
		count++;
	}
	assert_int_equal(lpis->count, count);
}

static bool has_base(const struct kernel *k, unsigned int cpu)
{
	return (is_up(k, cpu) || k->based) && (!cpu || cpu != k->baseless);
}

/* Where its registers are: in pages that are there. */
static void make_base(const struct kernel *k, unsigned int cpu,
		      unsigned int rdist)
{
	uint64_t frame = k->pa + cpu * 0x1000;

	put(k, rdist + rdist_at[k->usual_rdist].base,
	    has_base(k, cpu) ? frame - k->pa + k->va : 0, 8);
	if (k->usual_rdist && has_base(k, cpu))
		put(k, rdist + RDIST_PHYS_BASE, frame, 8);
}

/* A table waits for each CPU that there may be, up or not. */
static void make_cpu(const struct kernel *k, unsigned int cpu)
{
	const struct rdist_at *at = &rdist_at[k->usual_rdist];
	uint64_t page = pending_of(k, cpu) >> k->page_shift;
	unsigned int mine = cpu * CPU_DISTANCE;

	put(k, AT_PER_CPU + 8 * cpu, mine, 8);
	put(k, AT_LOGICAL + 8 * cpu, mpidr_of(k, cpu), 8);
	put(k, AT_CPU_DATA + mine + CPUINFO_MIDR,
	    cpu == k->cpu ? k->midr : 0x1234, 4);
	put(k, AT_RDIST + mine + at->page, VMEMMAP + page * PAGE_EACH, 8);
	put(k, AT_RDIST + mine + at->flags, is_up(k, cpu) ? 5 : 4, 8);
	make_base(k, cpu, AT_RDIST + mine);
}

/* As Linux has them: a struct's fourth word is the value; the two before it are
 * masks, the one behind it is what programs see. */
static void make_feature(const struct kernel *k, unsigned int n,
			 uint32_t encoding, const char *name, uint64_t value)
{
	assert_true(n < KERNEL_FEATURES);
	put(k, KERNEL_FEATURE_PAIR(n), encoding, 4);
	put(k, KERNEL_FEATURE_PAIR(n) + 8, data_at(k, KERNEL_FEATURE(n)), 8);
	put(k, KERNEL_FEATURE(n), data_at(k, KERNEL_FEATURE_NAME(n)), 8);
	put(k, KERNEL_FEATURE(n) + 8, ~0ULL, 8);
	put(k, KERNEL_FEATURE(n) + 24, value, 8);
	put(k, KERNEL_FEATURE(n) + 32, 0x1234, 8);
	strcpy((char *)kernel_part(k, KERNEL_DATA) + KERNEL_FEATURE_NAME(n),
	       name);
}

/* Encodings: Arm ARM D24, by their names. */
static void make_features(const struct kernel *k)
{
	const struct trans_cpu *has = &k->has;
	const struct {
		uint32_t encoding;
		const char *name;
		uint64_t value;
	} all[KERNEL_FEATURES] = {
		{ 0x180100, "SYS_ID_PFR0_EL1", 0x131 },
		{ 0x180140, "SYS_ID_DFR0_EL1", 0x3010066 },
		{ 0x180400, "SYS_ID_AA64PFR0_EL1", has->pfr0 },
		{ 0x180420, "SYS_ID_AA64PFR1_EL1", has->pfr1 },
		{ 0x180440, "SYS_ID_AA64PFR2_EL1", has->pfr2 },
		{ 0x180480, "SYS_ID_AA64ZFR0_EL1", ~0ULL },
		{ 0x1804a0, "SYS_ID_AA64SMFR0_EL1", ~0ULL },
		{ 0x180500, "SYS_ID_AA64DFR0_EL1", has->dfr0 },
		{ 0x180520, "SYS_ID_AA64DFR1_EL1", 0 },
		{ 0x180600, "SYS_ID_AA64ISAR0_EL1", has->isar0 },
		{ 0x180620, "SYS_ID_AA64ISAR1_EL1", has->isar1 },
		{ 0x180640, "SYS_ID_AA64ISAR2_EL1", has->isar2 },
		{ 0x180660, "SYS_ID_AA64ISAR3_EL1", 0 },
		{ 0x180700, "SYS_ID_AA64MMFR0_EL1", has->mmfr0 },
		{ 0x180720, "SYS_ID_AA64MMFR1_EL1", has->mmfr1 },
		{ 0x180740, "SYS_ID_AA64MMFR2_EL1", has->mmfr2 },
		{ 0x180760, "SYS_ID_AA64MMFR3_EL1", has->mmfr3 },
		{ 0x180780, "SYS_ID_AA64MMFR4_EL1", has->mmfr4 },
	};

	for (unsigned int n = 0; n < KERNEL_FEATURES; n++)
		make_feature(k, n, all[n].encoding, all[n].name, all[n].value);
}

const uint8_t kernel_boot[16] = {
	0x8c, 0xf2, 0x64, 0x4b, 0x4b, 0x0b, 0x42, 0x8f,
	0x93, 0x87, 0x6d, 0x87, 0x60, 0x50, 0xdc, 0x67,
};

static void make_data(const struct kernel *k)
{
	const struct rdists_at *at = &rdists_at[k->usual_rdists];

	memcpy(kernel_part(k, KERNEL_DATA) + k->boot_at, kernel_boot,
	       sizeof(kernel_boot));
	put(k, AT_RDISTS_POINTER, data_at(k, AT_RDISTS), 8);
	/* Per-CPU addresses are those of the first CPU here. */
	put(k, AT_RDISTS + at->rdist, data_at(k, AT_RDIST), 8);
	put(k, AT_RDISTS + at->property, k->property, 8);
	put(k, AT_RDISTS + at->typer, TYPER, 4);
	if (k->usual_rdists)
		put(k, AT_RDISTS + RDISTS_PROPERTY_VA,
		    k->property - k->pa + k->va, 8);
	put(k, AT_NR_CPU_IDS, KERNEL_CPUS, 4);
	make_features(k);
	for (unsigned int cpu = 0; cpu < KERNEL_CPUS; cpu++)
		make_cpu(k, cpu);
}

void kernel_property_table(uint8_t *bytes)
{
	memset(bytes, 0xa2, 0x10000);
	for (unsigned int i = 0; i < 40; i++)
		bytes[i] |= 1;
}

/* ---- kallsyms ---- */

/* Beside one for each character; the first is of a type alone. */
static const char *const tokens[] = {
	"D_", "D__", "per", "cpu", "_c", "gic_", "T_stext", "off", "set",
	"log", "ical", "BTF", "d", "rdists", "__s", "a_name", "t",
};
#define TOKENS (sizeof(tokens) / sizeof(*tokens))
#define FIRST_TOKEN 128u
#define AT_TOKENS 0x2800u
#define AT_INDEX 0x3800u

static const char *token_text(unsigned int i, char single[2])
{
	if (i >= FIRST_TOKEN && i < FIRST_TOKEN + TOKENS)
		return tokens[i - FIRST_TOKEN];
	single[0] = (char)(i < 128 ? i : '?');
	single[1] = 0;
	return single;
}

/* A length that is none beside its NUL: NUL characters have no token. */
static size_t make_tokens(const struct kernel *k)
{
	uint8_t *names = kernel_part(k, KERNEL_NAMES);
	size_t at = 0;

	for (unsigned int i = 0; i < 256; i++) {
		char single[2];
		const char *text = token_text(i, single);

		file_le(names + AT_INDEX + 2 * i, at, 2);
		strcpy((char *)names + AT_TOKENS + at, text);
		at += strlen(text) + 1;
	}
	assert_true(at < AT_INDEX - AT_TOKENS);
	/* The index is straight behind. */
	memmove(names + AT_TOKENS + at, names + AT_INDEX, 512);
	return at;
}

static unsigned int longest_token(const char *text, size_t *len)
{
	unsigned int best = (uint8_t)*text;

	*len = 1;
	for (unsigned int i = 0; i < TOKENS; i++) {
		size_t n = strlen(tokens[i]);

		if (n > *len && !strncmp(text, tokens[i], n)) {
			*len = n;
			best = FIRST_TOKEN + i;
		}
	}
	return best;
}

#define MOST_SYMBOLS 340u
#define ORDER_NAME 24

/* @in_order: sorted in the end, by the first characters of names */
struct symbols {
	const struct kernel *k;
	uint8_t *at;
	uint32_t count;
	uint64_t base;
	struct in_order {
		char name[ORDER_NAME];
		uint32_t number;
	} in_order[MOST_SYMBOLS];
	int64_t marker[2];
};

static void put_offset(struct symbols *s, trans_va_t va)
{
	const struct kernel *k = s->k;
	size_t at = 4 * s->count++;
	uint64_t value = va - s->base;

	if (k->offsets == KERNEL_FROM_THEMSELVES)
		value = va - (va_of(k, KERNEL_OFFSETS) + at);
	file_le(kernel_part(k, KERNEL_OFFSETS) + at, value, 4);
}

/* @text: with its type. */
static void symbol(struct symbols *s, const char *text, trans_va_t va)
{
	uint8_t packed[600];
	size_t len = 0, more;

	assert_true(s->count < MOST_SYMBOLS);
	s->in_order[s->count].number = s->count;
	snprintf(s->in_order[s->count].name, ORDER_NAME, "%s", text + 1);
	if (s->count % 256 == 0)
		s->marker[s->count / 256] =
			s->at - kernel_part(s->k, KERNEL_NAMES);
	for (; *text; text += more)
		packed[len++] = (uint8_t)longest_token(text, &more);
	if (len > 127)
		*s->at++ = (uint8_t)(len | 0x80);
	*s->at++ = (uint8_t)(len > 127 ? len >> 7 : len);
	memcpy(s->at, packed, len);
	s->at += len;
	put_offset(s, va);
}

static void data_symbols(struct symbols *s)
{
	const struct kernel *k = s->k;
	char long_name[301] = "d";
	trans_va_t btf = va_of(k, KERNEL_TYPES);

	memset(long_name + 1, 'x', 299);
	symbol(s, long_name, btf);
	symbol(s, "D__start_BTF", btf);
	symbol(s, "D__stop_BTF", btf + KERNEL_PART);
	symbol(s, "D__per_cpu_offset", data_at(k, AT_PER_CPU));
	symbol(s, "D__cpu_logical_map", data_at(k, AT_LOGICAL));
	symbol(s, "D__cpu_logical_mapper", data_at(k, 0));
	symbol(s, "Dnr_cpu_ids", data_at(k, AT_NR_CPU_IDS));
	symbol(s, "Dcpu_data", data_at(k, AT_CPU_DATA));
	symbol(s, "dgic_rdists", data_at(k, AT_RDISTS_POINTER));
	symbol(s, "dgic_rdist", data_at(k, 0));
	if (!k->no_features)
		symbol(s, "darm64_ftr_regs",
		       data_at(k, KERNEL_FEATURE_PAIR(0)));
	symbol(s, "da_name_twice", data_at(k, 8));
	symbol(s, "da_name_twice", data_at(k, 16));
	symbol(s, "D_end", data_at(k, KERNEL_PART));
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct in_order *)a)->name,
		      ((const struct in_order *)b)->name);
}

/* The part has 4 bytes for each offset, 8 for the base, then 3 for each. */
static size_t base_behind(const struct kernel *k)
{
	uint32_t count;

	memcpy(&count, kernel_part(k, KERNEL_DATA) + AT_COUNT, sizeof(count));
	return (4 * count + 7) & ~7u;
}

static void make_order(const struct kernel *k, struct symbols *s)
{
	uint8_t *offsets = kernel_part(k, KERNEL_OFFSETS), *at;

	for (unsigned int i = 0; i < 2; i++)
		file_le(kernel_part(k, KERNEL_NAMES) + AT_TOKENS - 8 + 4 * i,
			(uint64_t)s->marker[i], 4);
	at = offsets + base_behind(k);
	if (k->offsets != KERNEL_FROM_THEMSELVES) {
		file_le(at, s->base, 8);
		at += 8;
	}
	qsort(s->in_order, s->count, sizeof(s->in_order[0]), by_name);
	for (uint32_t i = 0; i < s->count; i++, at += 3) {
		at[0] = 0;
		at[1] = (uint8_t)(s->in_order[i].number >> 8);
		at[2] = (uint8_t)s->in_order[i].number;
	}
}

static void make_symbols(const struct kernel *k)
{
	static struct symbols s;

	s = (struct symbols){ .k = k, .at = kernel_part(k, KERNEL_NAMES),
			     .base = k->va & ~0xfffULL };
	char name[20];

	make_tokens(k);
	symbol(&s, "T_stext", k->va + 0x40);
	/* So many that names go across a page. */
	for (unsigned int i = 0; i < 300; i++) {
		snprintf(name, sizeof(name), "t_sfunction_%u", i);
		symbol(&s, name, k->va + 0x40 + 4 * i);
	}
	symbol(&s, "T_etext", k->va + 0x8000);
	if (!k->no_data_symbols)
		data_symbols(&s);
	assert_true(s.at < kernel_part(k, KERNEL_NAMES) + AT_TOKENS - 8);
	put(k, AT_COUNT, s.count, 4);
	put(k, AT_BASE, s.base, 8);
	if (!k->no_order)
		make_order(k, &s);
}

/* ---- BTF ---- */

struct btf {
	uint8_t *type, *types;
	char *string, *strings;
};

static uint32_t string(struct btf *b, const char *text)
{
	size_t at = (size_t)(b->string - b->strings);

	strcpy(b->string, text);
	b->string += strlen(text) + 1;
	return (uint32_t)at;
}

static void type(struct btf *b, const char *name, unsigned int kind,
		 unsigned int count, uint32_t refers)
{
	file_le(b->type, *name ? string(b, name) : 0, 4);
	file_le(b->type + 4, kind << 24 | count, 4);
	file_le(b->type + 8, refers, 4);
	b->type += 12;
}

static void member(struct btf *b, const char *name, uint32_t of,
		   unsigned int bits)
{
	file_le(b->type, string(b, name), 4);
	file_le(b->type + 4, of, 4);
	file_le(b->type + 8, bits, 4);
	b->type += 12;
}

static void pad(struct btf *b, size_t len)
{
	memset(b->type, 0x55, len);
	b->type += len;
}

static void fill_types(struct btf *b, unsigned int count)
{
	while (count--)
		type(b, "", 2, 0, 1);
}

/* One of each kind that has something behind it, then what is wanted. The
 * numbers of types count from 1. */
static void wanted_types(struct btf *b, const struct kernel *k, uint32_t first)
{
	const struct rdists_at *rdists = &rdists_at[k->usual_rdists];
	const struct rdist_at *rdist = &rdist_at[k->usual_rdist];

	type(b, "u64", 1, 0, 8); /* first */
	pad(b, 4);
	type(b, "", 3, 0, 0);
	pad(b, 12);
	type(b, "colour", 6, 3, 4);
	pad(b, 24);
	type(b, "", 13, 2, 0);
	pad(b, 16);
	type(b, "x", 14, 0, 1);
	pad(b, 4);
	type(b, ".data", 15, 1, 0);
	pad(b, 12);
	type(b, "tag", 17, 0, 1);
	pad(b, 4);
	type(b, "wide", 19, 2, 8);
	pad(b, 24);
	type(b, "rdists", 5, 1, 8); /* a union of that name is none */
	member(b, "rdist", 1, 0);
	type(b, "rdists", 4, 4, 64); /* first + 9 */
	member(b, "rdist", first + 10, rdists->rdist * 8);
	member(b, "flags", first, 12);
	member(b, "prop_table_pa", first, rdists->property * 8);
	member(b, "gicd_typer", first, rdists->typer * 8);
	type(b, "", 2, 0, first + 11); /* a pointer, as per-CPU ones are */
	type(b, "percpu", 18, 0, first + 12);
	type(b, "", 10, 0, first + 13);
	type(b, "", 4 | 0x80, 4, 40);
	member(b, "rd_base", first, rdist->base * 8);
	member(b, "flags", first, rdist->flags * 8);
	member(b, "pend_bit", first, 1u << 24 | 64);
	member(b, "pend_page", first, rdist->page * 8);
	type(b, "cpuinfo_arm64", 4, 2, 400);
	member(b, "reg_ctr", first, 0);
	member(b, "reg_midr", first, CPUINFO_MIDR * 8);
}

/* Types, and behind them strings. */
static void make_types(const struct kernel *k)
{
	uint8_t *at = kernel_part(k, KERNEL_TYPES);
	char strings[1024] = "";
	struct btf b = { at + 24, at + 24, strings + 1, strings };
	size_t len, strings_len;

	fill_types(&b, k->types);
	wanted_types(&b, k, k->types + 1);
	fill_types(&b, k->types);
	len = (size_t)(b.type - b.types);
	strings_len = (size_t)(b.string - b.strings);
	assert_true(24 + len + strings_len <= KERNEL_PART);
	memcpy(b.type, strings, strings_len);
	file_le(at, 0xeb9f, 2);
	at[2] = 1;
	file_le(at + 4, 24, 4);
	file_le(at + 8, 0, 4);
	file_le(at + 12, len, 4);
	file_le(at + 16, len, 4);
	file_le(at + 20, strings_len, 4);
}

/* ---- the log ---- */

#define COUNT_BITS 5u
#define SIZE_BITS 11u
#define DESC_EACH 24u
#define INFO_EACH 88u
/* In the ring buffer: descriptors' ring at 0, texts' at 48. */
#define RB_HEAD (AT_RB + 24u)
#define RB_TAIL (AT_RB + 32u)
#define RB_TEXTS (AT_RB + 48u)
/* Where the next text goes: of no interest to readers but crash(8). */
#define RB_TEXT_HEAD (RB_TEXTS + 16u)
/* Numbers begin where 32 bits would not do. */
#define FIRST_ID (5ULL << 33)

static uint64_t get(const struct kernel *k, unsigned int at)
{
	uint64_t value;

	memcpy(&value, kernel_part(k, KERNEL_DATA) + at, 8);
	return value;
}

static void put_text(const struct kernel *k, uint64_t id, const char *text,
		     uint64_t *begin, uint64_t *next)
{
	uint64_t size = 1u << SIZE_BITS, at;
	uint64_t len = (8 + strlen(text) + 7) & ~7ULL;

	*begin = get(k, RB_TEXT_HEAD);
	*next = *begin + len;
	at = *begin & (size - 1);
	if (at + len >= size) {
		at = 0;
		*next = (*begin | (size - 1)) + 1 + len;
	}
	file_le(kernel_part(k, KERNEL_TEXTS) + at, id, 8);
	memcpy(kernel_part(k, KERNEL_TEXTS) + at + 8, text, strlen(text));
	put(k, RB_TEXT_HEAD, *next, 8);
}

void kernel_log(const struct kernel *k, const char *text,
		unsigned int facility)
{
	uint64_t id = get(k, RB_HEAD) + 1, begin, next;
	uint64_t index = id & ((1u << COUNT_BITS) - 1);
	uint8_t *desc = kernel_part(k, KERNEL_DESCS) + index * DESC_EACH;
	uint8_t *info = kernel_part(k, KERNEL_INFOS) + index * INFO_EACH;

	put_text(k, id, text, &begin, &next);
	/* Finalized; and the last one committed, as it may be. */
	file_le(desc, id | (index & 1 ? 1ULL : 2ULL) << 62, 8);
	file_le(desc + 8, begin, 8);
	file_le(desc + 16, next, 8);
	file_le(info, id - FIRST_ID, 8);
	file_le(info + 8, (id - FIRST_ID) * 7000000000ULL, 8);
	file_le(info + 16, strlen(text), 2);
	info[18] = (uint8_t)facility;
	put(k, RB_HEAD, id, 8);
	if (id - get(k, RB_TAIL) >= 1u << COUNT_BITS)
		put(k, RB_TAIL, id - (1u << COUNT_BITS) + 1, 8);
}

/* A message, or a line of a sidecar. */
static void take_line(const struct kernel *k, char *sidecar, const char *text)
{
	if (!sidecar)
		return kernel_log(k, text, 0);
	strcat(sidecar, "\n");
	strcat(sidecar, text);
}

static void make_rings(const struct kernel *k)
{
	put(k, AT_PRB, data_at(k, AT_RB), 8);
	put(k, AT_RB, COUNT_BITS, 4);
	put(k, AT_RB + 8, va_of(k, KERNEL_DESCS), 8);
	put(k, AT_RB + 16, va_of(k, KERNEL_INFOS), 8);
	put(k, RB_HEAD, FIRST_ID, 8);
	put(k, RB_TAIL, FIRST_ID + 1, 8);
	put(k, RB_TEXTS, SIZE_BITS, 4);
	put(k, RB_TEXTS + 8, va_of(k, KERNEL_TEXTS), 8);
	/* So that the third or fourth text goes to the start. */
	put(k, RB_TEXT_HEAD, (7u << SIZE_BITS) - 256, 8);
}

void kernel_wrap(const struct kernel *k, unsigned int count)
{
	put(k, RB_TAIL, get(k, RB_TAIL) + count, 8);
}

static void boot_line(const struct kernel *k, char *sidecar)
{
	char text[100];

	snprintf(text, sizeof(text),
		 "Booting Linux on physical CPU 0x%010llx [0x%08x]",
		 (unsigned long long)mpidr_of(k, 0),
		 k->cpu ? 0x1234 : k->midr);
	take_line(k, sidecar, text);
}

/* What a CPU says when it is brought up. */
static void cpu_lines(const struct kernel *k, char *sidecar, unsigned int cpu)
{
	char text[100];

	snprintf(text, sizeof(text), "GICv3: CPU%u: found redistributor %llx "
		 "region 0:0x00000000080a0000", cpu,
		 (unsigned long long)mpidr_of(k, cpu));
	take_line(k, sidecar, text);
	snprintf(text, sizeof(text), "GICv3: CPU%u: using allocated LPI "
		 "pending table @0x%016llx", cpu,
		 (unsigned long long)pending_of(k, cpu));
	take_line(k, sidecar, text);
	if (!cpu)
		return;
	snprintf(text, sizeof(text), "CPU%u: Booted secondary processor "
		 "0x%010llx [0x%08x]", cpu,
		 (unsigned long long)mpidr_of(k, cpu), k->midr);
	take_line(k, sidecar, text);
}

static void table_lines(const struct kernel *k, char *sidecar)
{
	char text[100];

	snprintf(text, sizeof(text),
		 "GICv3: using LPI property table @0x%016llx",
		 (unsigned long long)k->property);
	take_line(k, sidecar, text);
	for (unsigned int cpu = 0; cpu < KERNEL_CPUS; cpu++)
		if (is_up(k, cpu))
			cpu_lines(k, sidecar, cpu);
}

void kernel_sidecar(const struct kernel *k, const char *version, char *text)
{
	sprintf(text, "trans_table saved kernel 1\nversion %s\nboot "
		KERNEL_BOOT, version);
	boot_line(k, text);
	table_lines(k, text);
	strcat(text, "\nend");
	assert_true(strlen(text) < KERNEL_SIDECAR);
}

static void make_log(const struct kernel *k)
{
	const char *words = k->command_line ? k->command_line : "quiet";
	char text[300];

	make_rings(k);
	boot_line(k, NULL);
	snprintf(text, sizeof(text), "Kernel command line: %s", words);
	kernel_log(k, text, 0);
	kernel_log(k, "CPU features: detected: Kernel page table isolation "
		   "(KPTI)", 0);
	kernel_log(k, "LPI property table @0x0000000000010000", 1);
	kernel_log(k, "GICv3: using LPI property table @0x0000000000010000", 1);
	table_lines(k, NULL);
	kernel_log(k, k->down ? "smp: Brought up 1 node, 3 CPUs" :
				"smp: Brought up 1 node, 4 CPUs", 0);
	kernel_log(k, "PM: hibernation: Creating image:", 0);
}

/* ---- VMCOREINFO ---- */

struct lines {
	char *at, *end;
};

static void line(struct lines *l, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	l->at += vsnprintf(l->at, (size_t)(l->end - l->at), format, args);
	va_end(args);
	assert_true(l->at + 2 < l->end);
	*l->at++ = '\n';
	*l->at = 0;
}

static void address(struct lines *l, const char *name, trans_va_t va)
{
	line(l, "SYMBOL(%s)=%llx", name, (unsigned long long)va);
}

static void offset(struct lines *l, const char *name, unsigned int value)
{
	line(l, "OFFSET(%s)=%u", name, value);
}

static void log_lines(const struct kernel *k, struct lines *l)
{
	address(l, "prb", data_at(k, AT_PRB));
	offset(l, "printk_ringbuffer.desc_ring", 0);
	offset(l, "printk_ringbuffer.text_data_ring", 48);
	offset(l, "prb_desc_ring.count_bits", 0);
	offset(l, "prb_desc_ring.descs", 8);
	offset(l, "prb_desc_ring.infos", 16);
	offset(l, "prb_desc_ring.head_id", 24);
	offset(l, "prb_desc_ring.tail_id", 32);
	line(l, "SIZE(prb_desc)=%u", DESC_EACH);
	offset(l, "prb_desc.state_var", 0);
	offset(l, "prb_desc.text_blk_lpos", 8);
	offset(l, "prb_data_blk_lpos.begin", 0);
	offset(l, "prb_data_blk_lpos.next", 8);
	line(l, "SIZE(printk_info)=%u", INFO_EACH);
	offset(l, "printk_info.ts_nsec", 8);
	offset(l, "printk_info.text_len", 16);
	offset(l, "printk_info.caller_id", 20);
	offset(l, "prb_data_ring.size_bits", 0);
	offset(l, "prb_data_ring.data", 8);
}

static void symbol_lines(const struct kernel *k, struct lines *l)
{
	trans_va_t names = va_of(k, KERNEL_NAMES);

	address(l, "kallsyms_names", names);
	address(l, "kallsyms_num_syms", data_at(k, AT_COUNT));
	address(l, "kallsyms_token_table", names + AT_TOKENS);
	address(l, "kallsyms_token_index",
		names + AT_TOKENS + make_tokens(k));
	address(l, "kallsyms_offsets", va_of(k, KERNEL_OFFSETS));
	if (k->offsets == KERNEL_FROM_THEMSELVES)
		return;
	address(l, "kallsyms_relative_base", k->no_order ?
		data_at(k, AT_BASE) :
		va_of(k, KERNEL_OFFSETS) + base_behind(k));
}

static void page_lines(const struct kernel *k, struct lines *l)
{
	int64_t offset_of = k->below_zero ? -0x80000000LL : 0x40000000;

	line(l, "SIZE(page)=%u", PAGE_EACH);
	if (!k->old_vmemmap) {
		address(l, "vmemmap", VMEMMAP);
		return;
	}
	line(l, "NUMBER(VMEMMAP_START)=0x%llx", VMEMMAP + PAGE_EACH *
	     (uint64_t)(offset_of / (1 << k->page_shift)));
	line(l, "NUMBER(PHYS_OFFSET)=0x%llx", (unsigned long long)offset_of);
}

static void make_info(const struct kernel *k)
{
	uint8_t *page = kernel_part(k, KERNEL_INFO);
	struct lines l = { (char *)page, (char *)page + 4096 };

	if (k->note) {
		file_le(page, 11, 4);
		memcpy(page + 12, "VMCOREINFO", 11);
		l.at += 24;
	}
	line(&l, "OSRELEASE=" KERNEL_RELEASE);
	line(&l, "PAGESIZE=%u", 1u << k->page_shift);
	address(&l, "swapper_pg_dir", k->root_va);
	address(&l, "_stext", k->va + 0x40);
	address(&l, "init_uts_ns", data_at(k, 0));
	page_lines(k, &l);
	if (!k->no_log)
		log_lines(k, &l);
	if (!k->no_symbols)
		symbol_lines(k, &l);
	line(&l, "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-129");
	line(&l, "NUMBER(VA_BITS)=%u", k->va_bits);
	line(&l, "NUMBER(kimage_voffset)=0x%llx",
	     (unsigned long long)(k->va - k->pa));
	line(&l, "NUMBER(TCR_EL1_T1SZ)=0x%x", 64 - k->va_bits);
	line(&l, "KERNELOFFSET=2cc99cc00000");
}

void kernel_make(const struct kernel *k)
{
	memset(k->bytes, 0, (size_t)KERNEL_PARTS * KERNEL_PART);
	make_data(k);
	if (!k->no_symbols)
		make_symbols(k);
	make_info(k);
	if (!k->no_types)
		make_types(k);
	if (k->no_lines)
		make_rings(k);
	else
		make_log(k);
}
