/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Saved memory that may have a device tree of an EFI stub in it. The first
 * bytes of an input choose what is made true of its header, and which pages are
 * missing; the rest is memory, each page of which lies on its own and ends
 * where it ends.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "hibernate/resume/efi_tree.h"

#define BASE 0x40000000ULL
#define PAGE 4096u
#define PAGES 8u

struct saved {
	uint8_t *page[PAGES]; /* NULL: not saved */
	unsigned int zero;    /* one bit a page: saved, without contents */
	uint64_t looked_at;
};

static uint64_t next(void *ctx, trans_pa_t *pa)
{
	const struct saved *s = ctx;
	uint64_t i = *pa < BASE ? 0 : (*pa - BASE + PAGE - 1) / PAGE;

	while (i < PAGES && !s->page[i])
		i++;
	*pa = BASE + i * PAGE;
	return i < PAGES ? PAGE : 0;
}

static const void *at(void *ctx, trans_pa_t pa, uint64_t len)
{
	const struct saved *s = ctx;
	uint64_t i = (pa - BASE) / PAGE;

	CHECK(len && len <= PAGE);
	if (pa < BASE || i >= PAGES || !s->page[i] ||
	    (pa & (PAGE - 1)) + len > PAGE)
		return NULL;
	return s->page[i] + (pa & (PAGE - 1));
}

static bool holds(void *ctx, trans_pa_t pa, uint64_t len)
{
	const struct saved *s = ctx;

	for (uint64_t i = (pa - BASE) / PAGE; len; i++) {
		if (i >= PAGES || (!s->page[i] && !(s->zero >> i & 1)))
			return false;
		len -= len < PAGE ? len : PAGE;
	}
	return true;
}

static bool zero(void *ctx, trans_pa_t pa, uint64_t len)
{
	const struct saved *s = ctx;
	uint64_t i = (pa - BASE) / PAGE;

	return holds(ctx, pa, len) && !s->page[i];
}

static int work(void *ctx, uint64_t bytes)
{
	struct saved *s = ctx;

	s->looked_at += bytes;
	return 0;
}

static void put_be32(uint8_t *to, uint32_t value)
{
	for (unsigned int i = 0; i < 4; i++)
		to[i] = (uint8_t)(value >> (24 - 8 * i));
}

/* So that a mutation gets past the header. */
static void repair(uint8_t *page, uint32_t total)
{
	put_be32(page, 0xd00dfeed);
	put_be32(page + 4, total);
	put_be32(page + 20, 17);
	put_be32(page + 24, 16);
}

static void fill(struct saved *s, struct input *in, unsigned int missing)
{
	for (unsigned int i = 0; i < PAGES && in->left; i++) {
		size_t len = in->left < PAGE ? in->left : PAGE;

		if (!(missing >> i & 1)) {
			s->page[i] = calloc(1, PAGE);
			memcpy(s->page[i], in->at, len);
		}
		in->at += len;
		in->left -= len;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct input in = { data, len };
	struct saved s = { .zero = (unsigned int)take(&in, 1) };
	unsigned int missing = (unsigned int)take(&in, 1);
	unsigned int repaired = (unsigned int)take(&in, 1);
	uint64_t effort = take(&in, 2);
	const struct trans_saved_memory memory = { next, at, &s, holds, zero,
						   work };
	struct trans_error err = { 0 };
	uint8_t bytes[300];
	struct tr_efi efi;
	int ret;

	fill(&s, &in, missing);
	for (unsigned int i = 0; i < PAGES; i++)
		if (s.page[i] && repaired >> i & 1)
			repair(s.page[i], (PAGES - i) * PAGE);
	ret = trans_find_efi_(&memory, effort, &efi, &err);
	CHECK(!ret || ret == TRANS_EIMAGE || ret == TRANS_ECORRUPT);
	CHECK(!ret || (err.status == ret && err.why));
	CHECK(s.looked_at / PAGE <= effort / 16 + 1);
	if (efi.system_table)
		CHECK(efi.tree % PAGE == 0 && holds(&s, efi.tree, 1));
	(void)trans_find_read_(&memory, efi.map, bytes, sizeof(bytes));
	for (unsigned int i = 0; i < PAGES; i++)
		free(s.page[i]);
	return 0;
}
