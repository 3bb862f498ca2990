/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Using the library for a snapshot: this is the file to read. Lend memory, say
 * what is to be saved and where, and see the call return twice.
 */
#include <lz4.h>

#include "alias.h"
#include "heap.h"
#include "machine.h"
#include "memory.h"
#include "print.h"
#include "report.h"
#include "resume.h"
#include "snapshot.h"
#include "sysreg.h"
#include "thread.h"

#define DEFAULT_ROUNDS 10
#define MAX_RANGES 32
#define SEED 0x7472616e735f7462ULL
#define FRAMES 10
#define FRAME_WORDS 24
#define STACK_MAX 8192

/* What is saved, and comes back with everything else. */
static struct {
	const struct snapshot_options *options;
	struct trans_range save_range[MAX_RANGES], nosave_range;
	struct trans_ranges save, nosave;
	uint64_t round;
	void *heap;
	uint64_t *secret; /* a page that is not saved */
	uintptr_t frame[FRAMES];
	uint8_t stack[STACK_MAX]; /* a copy of those frames */
} state;

static LZ4_stream_t lz4_state;

/* ---- the library ---- */

static int pack(void *ctx, const void *src, size_t src_len, void *dst,
		size_t dst_len, size_t *out_len)
{
	int len = LZ4_compress_fast_extState(ctx, src, dst, (int)src_len,
					     (int)dst_len, 1);

	*out_len = (size_t)len;
	return len <= 0;
}

static void leave_alias(void *host)
{
	(void)host;
	alias_leave();
}

static struct trans_snapshot_args
snapshot_args(const struct trans_block *disk, const struct trans_ranges *lent)
{
	return (struct trans_snapshot_args){
		.disk = disk,
		.slots = { .first = 1, .count = (disk->len >> own_shift) - 1 },
		.packing = state.options->packing,
		.lz4 = pack,
		.lz4_ctx = &lz4_state,
		.granule = (enum trans_granule)own_shift,
		.cpu = &machine.cpu,
		.mpidr = sysreg_read(mpidr_el1),
		.save = &state.save,
		.nosave = &state.nosave,
		.free = lent,
		.ops = &memory_ops,
		.ctx = &memory,
		.alias_prepare = alias_prepare,
		.alias_enter = alias_enter,
		.alias_leave = leave_alias,
		.alias_drop = alias_drop,
	};
}

static void print_needs(const struct trans_snapshot_args *args)
{
	struct trans_snapshot_needs needs;

	if (trans_snapshot_estimate(args, &needs, NULL))
		return;
	print_figure("snapshot_pages", needs.pages, "pages");
	print_figure("snapshot_memory", needs.memory, "bytes");
	print_figure("snapshot_slots", needs.slots, "slots");
}

/* In the one world this does not return: it powers off. */
static int save_or_wake(void *arg)
{
	struct trans_error *err = arg;
	const struct trans_block *disk = resume_disk(0, err);
	struct trans_snapshot_args args;
	uint64_t began;
	int ret;

	if (!disk)
		return err->status;
	args = snapshot_args(disk, memory_lend());
	print_needs(&args);
	began = sysreg_read(cntvct_el0);
	ret = trans_snapshot_take(&args, err);
	memory_take_back();
	if (ret == TRANS_SNAPSHOT_RESUMED)
		return 0;
	if (ret)
		return ret;
	print_figure("snapshot_ms", (sysreg_read(cntvct_el0) - began) * 1000 /
				    sysreg_read(cntfrq_el0), "ms");
	print("port: snapshot %lu is on the disk\n", state.round);
	machine_off();
}

/* ---- ten calls down ---- */

static int corrupt(struct trans_error *err, const char *why)
{
	*err = (struct trans_error){ .status = TRANS_ECORRUPT, .why = why,
				     .level = TRANS_NO_LEVEL };
	return TRANS_ECORRUPT;
}

static struct trans_range stack_range(void)
{
	uintptr_t low = state.frame[FRAMES - 1], len = state.frame[0] - low;

	return (struct trans_range){ low, len < STACK_MAX ? len : STACK_MAX };
}

/* The frames above wait for us: nobody changes a bit of them meanwhile. */
static int bottom(struct trans_error *err)
{
	struct trans_range stack = stack_range();
	int ret;

	memcpy(state.stack, (void *)stack.start, stack.len);
	ret = thread_call(save_or_wake, err, state.round);
	if (ret == TRANS_ECORRUPT && !err->status)
		return corrupt(err, "one of x19 to x28");
	if (!ret && memcmp(state.stack, (void *)stack.start, stack.len))
		return corrupt(err, "the stack");
	return ret;
}

/* Bit for bit: numbers that only this frame knows, kept across the call, and
 * the place of the frame itself. A recursion, for it is the depth that is
 * wanted. NOLINTNEXTLINE(misc-no-recursion) */
static __attribute__((noinline)) int dive(uint64_t depth,
					  struct trans_error *err)
{
	volatile uint64_t word[FRAME_WORDS];
	uint64_t seed = state.round * FRAMES + depth;
	int ret;

	for (unsigned int i = 0; i < FRAME_WORDS; i++)
		word[i] = heap_number(seed, i);
	state.frame[depth] = (uintptr_t)__builtin_frame_address(0);
	ret = depth + 1 < FRAMES ? dive(depth + 1, err) : bottom(err);
	if (ret)
		return ret;
	if (state.options->spoil_frame && depth == FRAMES / 2)
		word[3] ^= 1;
	for (unsigned int i = 0; i < FRAME_WORDS; i++)
		if (word[i] != heap_number(seed, i))
			ret = TRANS_ECORRUPT;
	if (state.frame[depth] != (uintptr_t)__builtin_frame_address(0))
		ret = TRANS_ECORRUPT;
	if (ret)
		*err = (struct trans_error){ .status = ret,
					     .va = depth,
					     .why = "a frame of the stack",
					     .level = TRANS_NO_LEVEL };
	return ret;
}

/* ---- rounds ---- */

static int one_round(struct trans_error *err)
{
	uint64_t seed = heap_number(SEED, state.round);
	uint64_t before = memory_free_bytes();
	int ret;

	heap_make(state.heap, seed);
	for (unsigned int i = 0; i < (1u << own_shift) / 8; i++)
		state.secret[i] = seed;
	thread_set(seed);
	ret = dive(0, err);
	if (ret)
		return ret;
	if (thread_changed(seed))
		return corrupt(err, thread_changed(seed));
	if (state.options->spoil_heap)
		((uint8_t *)state.heap)[HEAP_LEN / 3] ^= 1;
	if (!heap_check(state.heap, seed))
		return corrupt(err, "the heap");
	if (memory_free_bytes() != before)
		return corrupt(err, "free memory is not what it was");
	if (state.secret[7] == seed)
		return corrupt(err, "what must not be saved was");
	print("port: round %lu: %lu bytes and %u frames as they were\n",
	      state.round, (uint64_t)HEAP_LEN, FRAMES);
	return 0;
}

static int allocate(struct trans_error *err)
{
	trans_pa_t heap, secret;
	int ret = memory_ops.alloc(&memory, own_shift,
				   (unsigned int)(HEAP_LEN >> own_shift),
				   &heap);

	if (!ret)
		ret = memory_ops.alloc(&memory, own_shift, 1, &secret);
	if (ret) {
		*err = (struct trans_error){ .status = TRANS_ENOMEM,
					     .why = "the heap",
					     .level = TRANS_NO_LEVEL };
		return TRANS_ENOMEM;
	}
	state.heap = at_pa(heap);
	state.secret = at_pa(secret);
	state.nosave_range = (struct trans_range){ secret, 1ULL << own_shift };
	state.nosave = (struct trans_ranges){ &state.nosave_range, 1, 1 };
	return 0;
}

/* All RAM that may be touched; the library leaves out what is lent. */
static int choose(struct trans_error *err)
{
	int ret;

	trans_ranges_init(&state.save, state.save_range, MAX_RANGES);
	ret = trans_ranges_add_all(&state.save, &machine.ram);
	if (!ret)
		ret = trans_ranges_remove_all(&state.save, &machine.reserved);
	if (ret)
		*err = (struct trans_error){ .status = ret,
					     .why = "RAM in too many pieces",
					     .level = TRANS_NO_LEVEL };
	return ret ? ret : allocate(err);
}

int port_snapshot(const struct snapshot_options *options,
		  struct trans_error *err)
{
	uint64_t rounds = options->rounds ? options->rounds : DEFAULT_ROUNDS;
	int ret;

	state.options = options;
	ret = choose(err);
	for (state.round = 1; !ret && state.round <= rounds; state.round++)
		ret = one_round(err);
	if (!ret)
		print("port: snapshot: all %lu rounds\n", rounds);
	return ret;
}

/* ---- options ---- */

static bool is(const char *text, size_t len, const char *word)
{
	size_t n = 0;

	while (n < len && word[n] == text[n])
		n++;
	return n == len && !word[n];
}

static bool read_rounds(const char *text, size_t len, uint64_t *rounds)
{
	static const char key[] = "rounds=";
	size_t n = sizeof(key) - 1;

	if (len <= n || len > n + 3 || memcmp(text, key, n))
		return false;
	*rounds = 0;
	for (; n < len && text[n] >= '0' && text[n] <= '9'; n++)
		*rounds = *rounds * 10 + (unsigned int)(text[n] - '0');
	return n == len;
}

bool snapshot_word(struct snapshot_options *options, const char *text,
		   size_t len)
{
	if (is(text, len, "snapshot=raw") || is(text, len, "snapshot=lz4")) {
		options->on = true;
		options->packing = text[len - 1] == '4' ? TRANS_SWSUSP_LZ4 :
							  TRANS_SWSUSP_RAW;
	} else if (is(text, len, "spoil=heap")) {
		options->spoil_heap = true;
	} else if (is(text, len, "spoil=frame")) {
		options->spoil_frame = true;
	} else {
		return read_rounds(text, len, &options->rounds);
	}
	return true;
}
