/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
#include "figures.h"
#include "print.h"
#include "sysreg.h"

/* Steps of a load, in the order in which they end, each where it says that so
 * much of a thousand is done; then what is counted apart from the step that it
 * belongs to; then what comes behind a load. The CRC begins where an unpacker
 * ends, a look through the text where a stretch of it was asked for, and both
 * last to the next callback. */
#define PARTS(X) \
	X(PROBE, "probe", 0) \
	X(LOOK, "look", TRANS_STEP_LOOKED) \
	X(BITMAPS, "bitmaps", TRANS_STEP_OPENED) \
	X(METADATA, "metadata", TRANS_STEP_NUMBERED) \
	X(PLACE, "place", TRANS_STEP_PLACED) \
	X(TRY, "try", TRANS_STEP_TRIED) \
	X(READ, "read", TRANS_STEP_READ) \
	X(EFI, "efi", TRANS_STEP_EFI) \
	X(SEARCH, "search", TRANS_STEP_FOUND) \
	X(QUERY, "query", TRANS_STEP_ASKED) \
	X(PREPARE, "prepare", TRANS_STEP_PREPARED) \
	X(PROVE, "prove", TRANS_STEP_ALL) \
	X(DISK, "disk", 0) \
	X(UNPACK, "unpack", 0) \
	X(CRC, "crc", 0) \
	X(CLEAN, "clean", 0) \
	X(TEXT, "text", 0) \
	X(ASK, "ask", 0) \
	X(CLEAR, "clear", 0) \
	X(QUIESCE, "quiesce", 0)

#define ENUM(part, name, end) PART_##part,
#define NAME(part, name, end) name,
#define END(part, name, end) end,

enum part { PARTS(ENUM) PART_COUNT };
static const char names[PART_COUNT][12] = { PARTS(NAME) };
static const uint16_t ends[PART_COUNT] = { PARTS(END) };

#define FIRST_BEHIND PART_ASK

static bool counts;
static uint64_t ticks[PART_COUNT], since;
static enum part now, step;

/* What the host had, to be called. */
static struct trans_resume_args host;
static struct trans_block disk;
static struct trans_ops ops;

static void enter(enum part part)
{
	uint64_t at = sysreg_read(cntvct_el0);

	ticks[now] += at - since;
	since = at;
	now = part;
}

void figures_begin(void)
{
	counts = true;
	since = sysreg_read(cntvct_el0);
	now = PART_PROBE;
}

static int read_disk(void *ctx, uint64_t offset, void *buf, size_t len)
{
	int ret;

	enter(PART_DISK);
	ret = host.disk->read(ctx, offset, buf, len);
	enter(step);
	return ret;
}

/* What is left of a read that was begun early. */
static int wait_disk(void *ctx)
{
	int ret;

	enter(PART_DISK);
	ret = host.disk->read_wait(ctx);
	enter(step);
	return ret;
}

static int unpack_by(trans_unpack_fn fn, void *ctx, const void *in,
		     size_t in_len, void *out, size_t room, size_t *out_len)
{
	int ret;

	enter(PART_UNPACK);
	ret = fn(ctx, in, in_len, out, room, out_len);
	enter(PART_CRC);
	return ret;
}

static int unpack_lzo(void *ctx, const void *in, size_t in_len, void *out,
		      size_t room, size_t *out_len)
{
	return unpack_by(host.unpack.lzo, ctx, in, in_len, out, room, out_len);
}

static int unpack_lz4(void *ctx, const void *in, size_t in_len, void *out,
		      size_t room, size_t *out_len)
{
	return unpack_by(host.unpack.lz4, ctx, in, in_len, out, room, out_len);
}

static void clean(void *ctx, const void *va, size_t len)
{
	enter(PART_CLEAN);
	host.host->clean(ctx, va, len);
	enter(step);
}

/* Longer than a page of any size: no table. */
static bool is_text(size_t len)
{
	return step == PART_SEARCH && len > 1u << 16;
}

static void *phys_to_virt(void *ctx, trans_pa_t pa, size_t len)
{
	if (now == PART_CRC || now == PART_TEXT)
		enter(step);
	if (is_text(len))
		enter(PART_TEXT);
	return host.host->phys_to_virt(ctx, pa, len);
}

/* It tells of what was done before: of the step that it lies in, or ends. The
 * first hundredths of a step may count as the one before. */
static int progress(void *ctx, uint64_t done, uint64_t total)
{
	(void)ctx;
	(void)total;
	while (step < PART_PROVE && done > ends[step])
		step++;
	if (now <= PART_PROVE)
		now = step;
	enter(step);
	return 0;
}

static int ask(void *ctx, struct trans_error *err)
{
	int ret;

	enter(PART_ASK);
	ret = host.transition.ask(ctx, err);
	enter(PART_CLEAR);
	return ret;
}

static void print_parts(enum part first, enum part end)
{
	for (enum part part = first; part < end; part++)
		print("port: figure load_%s %lu ticks\n", names[part],
		      ticks[part]);
}

static int leave(void *ctx, struct trans_error *err)
{
	int ret;

	enter(PART_QUIESCE);
	ret = host.transition.leave(ctx, err);
	enter(PART_QUIESCE);
	print_parts(FIRST_BEHIND, PART_COUNT);
	return ret;
}

void figures_wrap(struct trans_resume_args *args)
{
	if (!counts)
		return;
	host = *args;
	disk = *args->disk;
	ops = *args->host;
	args->progress = progress;
	args->transition.ask = ask;
	args->transition.leave = leave;
	step = PART_LOOK;
	enter(step);
	if (args->workers)
		return;
	disk.read = read_disk;
	disk.read_wait = disk.read_wait ? wait_disk : NULL;
	ops.clean = clean;
	ops.phys_to_virt = phys_to_virt;
	args->disk = &disk;
	args->host = &ops;
	args->unpack.lzo = unpack_lzo;
	args->unpack.lz4 = unpack_lz4;
}

void figures_print(void)
{
	if (!counts)
		return;
	enter(PART_CLEAR);
	print_parts(PART_PROBE, FIRST_BEHIND);
}
