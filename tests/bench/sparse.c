/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What a transition costs that moves a 400 MB kexec payload through a sparse
 * map: table pages, as trans_transition_prepare really builds them (identity
 * map of the moves, the blob and the UART), and bytes moved per byte of
 * payload.
 *
 * Prints lines "name|value|value": tables|pages, moved|payload bytes|bytes.
 */
#include <stdio.h>
#include <stdlib.h>

#include <trans_table/transition.h>

#define KIB (1ULL << 10)
#define MIB (1ULL << 20)
#define SAFE 0x7f000000ULL /* memory that no move touches */
#define SAFE_LEN (4 * MIB)
#define PAGE 4096ULL

static uint8_t *bytes;
static size_t used;

static int safe_alloc(void *ctx, unsigned int shift, unsigned int count,
		      trans_pa_t *pa)
{
	(void)ctx;
	*pa = SAFE + used;
	used += (size_t)count << shift;
	return used > SAFE_LEN;
}

static void safe_free(void *ctx, unsigned int shift, unsigned int count,
		      trans_pa_t pa)
{
	(void)ctx, (void)shift, (void)count, (void)pa;
}

static void *safe_virt(void *ctx, trans_pa_t pa, size_t len)
{
	(void)ctx;
	return pa - SAFE > SAFE_LEN - len ? NULL : bytes + (pa - SAFE);
}

static int no_alias(void *host, trans_pa_t pa, uint64_t len)
{
	(void)host, (void)pa, (void)len;
	return 0;
}

static void safe_barrier(void *ctx)
{
	(void)ctx; /* nobody walks these tables */
}

static const struct trans_ops ops = {
	.alloc = safe_alloc, .free = safe_free, .phys_to_virt = safe_virt,
	.barrier = safe_barrier
};

static void give_up(const char *what, const struct trans_error *err)
{
	fprintf(stderr, "%s: %s\n", what, err->why);
	exit(1);
}

/* Plan the moves; prints what they cost. */
static void plan(const char *name, const struct trans_move *move, size_t count,
		 struct trans_moves *out)
{
	static struct trans_move storage[2][16];
	struct trans_range spare = { SAFE - PAGE, PAGE };
	struct trans_error err = { 0 };
	struct trans_moves want;
	uint64_t payload = 0;

	trans_moves_init(&want, storage[0], 16);
	trans_moves_init(out, storage[1], 16);
	for (size_t i = 0; i < count; i++) {
		payload += move[i].len;
		if (trans_moves_add(&want, move[i].src, move[i].dst,
				    move[i].len))
			abort();
	}
	if (trans_moves_plan(&want, out, PAGE, &spare, &err))
		give_up(name, &err);
	printf("%s|%llu|%llu\n", name, (unsigned long long)payload,
	       (unsigned long long)trans_moves_bytes(out));
}

/* Kernel, initrd, DTB: loaded one after the other, wanted apart. */
static const struct trans_move kexec[] = {
	{ 0x48000000, 0x40000000, 32 * MIB },
	{ 0x4a000000, 0x42000000, 368 * MIB },
	{ 0x61000000, 0x5f000000, 64 * KIB },
};

int main(void)
{
	static const struct trans_move placed[] = {
		{ 0x48000000, 0x48000000, 32 * MIB },
	};
	static const struct trans_move swap[] = {
		{ 0x48000000, 0x48001000, PAGE },
		{ 0x48001000, 0x48000000, PAGE },
	};
	/* 4K granule, 40 bits of physical address; nothing else matters. */
	struct trans_cpu cpu = { .el = 1, .mmfr0 = 2 };
	struct trans_moves moves;
	struct trans_transition_args args = {
		.cpu = &cpu,
		.granule = TRANS_4K,
		.va_bits = 48,
		.ops = &ops,
		.plan = &moves,
		.map = TRANS_MAP_SPARSE,
		.entry = 0x40000000,
		.uart = trans_uart_pl011(0x09000000),
		.conduit = TRANS_CONDUIT_SMC,
		.alias_prepare = no_alias,
	};
	struct trans_transition t;
	struct trans_error err = { 0 };

	bytes = aligned_alloc(PAGE, SAFE_LEN);
	if (!bytes)
		return 1;
	plan("in place", placed, 1, &moves);
	plan("cycle", swap, 2, &moves);
	plan("kexec", kexec, 3, &moves);
	if (trans_transition_prepare(&t, &args, &err))
		give_up("prepare", &err);
	printf("tables|%u|%u\n", t.low.pages, t.stats.tables + 1);
	return 0;
}
