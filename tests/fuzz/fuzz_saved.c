/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * A saved kernel that is asked, and lies. The first bytes of an input choose of
 * what kind it is, how much may be looked at, and which pages are missing; what
 * follows are pieces of it that are written over: where, how long, bytes. An
 * input that ends within them has a sidecar in what is left.
 */
#include <string.h>

#include "fuzz.h"
#include "tests/unit/support/saved_world.h"

#define MPIDR 0x102
#define ROOM 6

static struct saved_world w;
static struct trans_saved saved;

/* As in saved_world.c: memory is a host's, at its own address. */
static const uint8_t *bytes_at(trans_pa_t pa)
{
	return w.m.bytes + (pa - SAVED_BASE);
}

static void choose(struct input *in)
{
	unsigned int kind = (unsigned int)take(in, 2);

	w.kernel.offsets = (enum kernel_offsets)(kind & 1);
	w.kernel.no_order = kind >> 1 & 1;
	w.kernel.note = kind >> 2 & 1;
	w.kernel.old_vmemmap = kind >> 3 & 1;
	w.kernel.no_data_symbols = kind >> 4 & 1;
	w.kernel.no_symbols = kind >> 5 & 1;
	w.kernel.no_types = kind >> 6 & 1;
	w.kernel.no_log = kind >> 7 & 1;
	w.kernel.cpu = kind >> 8 & 1 ? 2 : 0;
	w.kernel.types = (kind >> 9 & 7) * 50;
	w.kernel.usual_rdists = kind >> 12 & 1;
	w.kernel.usual_rdist = kind >> 13 & 1;
	w.args.effort = take(in, 3);
}

static void lose_pages(struct input *in)
{
	unsigned int count = (unsigned int)take(in, 1) % 8;

	while (count--) {
		size_t page = pick(in, SAVED_PAGES);

		saved_world_mark(&w, page * 4096, 4096,
				 SAVED_HIDDEN + (unsigned int)page % 3);
	}
}

/* The kernel's parts, and behind them its tables. */
#define KERNEL_LEN (KERNEL_PARTS * KERNEL_PART)
#define TABLES_LEN 0x4000u

static uint8_t *place(size_t at)
{
	if (at < KERNEL_LEN)
		return &w.kernel.bytes[at];
	at -= KERNEL_LEN;
	return at < TABLES_LEN ? &w.m.bytes[at] : NULL;
}

static void write_over(struct input *in)
{
	unsigned int count = (unsigned int)take(in, 1) % 32;

	for (; count && in->left > 4; count--) {
		size_t at = pick(in, KERNEL_LEN + TABLES_LEN);
		size_t len = take(in, 1) % 64;

		for (; len && in->left && place(at); len--, at++)
			*place(at) = (uint8_t)take(in, 1);
	}
}

static void check_text(const char *text, size_t len)
{
	size_t i = 0;

	for (; i < len && text[i]; i++)
		CHECK(text[i] >= ' ' && text[i] <= '~');
	CHECK(i < len);
}

/* No other's, and saved. */
static void check_pending(const struct trans_gic_lpis *tables, size_t i)
{
	trans_pa_t pa = TRANS_SAVED_LPI_PA(tables->pending[i].pendbaser);

	CHECK(pa != TRANS_SAVED_LPI_PA(tables->propbaser));
	CHECK(w.memory.holds(&w, pa, TRANS_SAVED_LPI_TABLE));
	for (size_t j = 0; j < i; j++) {
		CHECK(pa != TRANS_SAVED_LPI_PA(tables->pending[j].pendbaser));
		CHECK(tables->pending[i].mpidr != tables->pending[j].mpidr);
	}
}

static void check_lpis(const struct trans_saved_lpis *lpis)
{
	const struct trans_gic_lpis *tables = &lpis->tables;
	trans_pa_t property = TRANS_SAVED_LPI_PA(tables->propbaser);
	bool own = false;

	CHECK(lpis->source >= TRANS_SAVED_MEMORY &&
	      lpis->source <= TRANS_SAVED_SIDECAR);
	CHECK(w.memory.holds(&w, property, TRANS_SAVED_LPI_TABLE));
	for (size_t i = 0; i < TRANS_SAVED_LPI_TABLE; i++)
		CHECK((bytes_at(property)[i] | 1) == (*bytes_at(property) | 1));
	CHECK(tables->count <= ROOM);
	for (size_t i = 0; i < tables->count; i++) {
		check_pending(tables, i);
		own |= tables->pending[i].mpidr == MPIDR;
	}
	CHECK(own);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct input in = { data, len };
	struct trans_gic_pending pending[ROOM];
	struct trans_saved_question question = { .mpidr = MPIDR,
						 .version = KERNEL_VERSION,
						 .pending = pending,
						 .room = ROOM };
	struct trans_saved_facts facts;
	struct trans_error err = { 0 };
	int ret;

	saved_world_init(&w);
	CHECK(w.args.root - SAVED_BASE < TABLES_LEN);
	choose(&in);
	saved_world_make(&w);
	lose_pages(&in);
	write_over(&in);
	question.sidecar = (const char *)in.at;
	question.sidecar_len = in.left;
	ret = trans_saved_open(&saved, &w.args, &err);
	CHECK(!ret || ret == TRANS_ENOENT || ret == TRANS_ECORRUPT);
	if (ret != TRANS_ECORRUPT) {
		ret = trans_saved_ask(&saved, &question, &facts, &err);
		CHECK(!ret || ret == TRANS_ECORRUPT);
		check_text(facts.release, sizeof(facts.release));
		check_text(facts.command_line, sizeof(facts.command_line));
		if (facts.lpis.known)
			check_lpis(&facts.lpis);
	}
	CHECK(!ret || err.why);
	CHECK(w.worked <= w.args.effort);
	saved_world_end(&w);
	return 0;
}
