// SPDX-License-Identifier: GPL-2.0
/*
 * What a loaded image is, in the library's terms. Its list of pages is in the
 * order of its segments, and complete but for those that are CMA's.
 */
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <crypto/sha2.h>

#include "kexec_trans_parts.h"
#include "kexec_trans_where.h"

static int failed(struct trans_error *error, int status, const char *why,
		  const struct kexec_segment *segment)
{
	*error = (struct trans_error){
		.status = status,
		.level = TRANS_NO_LEVEL,
		.why = why,
		.pa = segment ? segment->mem : 0,
		.len = segment ? segment->memsz : 0,
	};
	return status;
}

static size_t pages_of(const struct kimage *image)
{
	size_t pages = 0;
	int i;

	for (i = 0; i < image->nr_segments; i++)
		pages += image->segment[i].memsz >> PAGE_SHIFT;
	return pages;
}

/*
 * Linux leaves it to whoever calls kexec_load() not to name a device's
 * registers, or what firmware keeps.
 */
static bool is_ram(const struct kexec_segment *segment)
{
	phys_addr_t at = segment->mem;
	u64 left = segment->memsz, len;

	for (; left; left -= len, at += len) {
		len = min(trans_pgd_ram_len(at), left);
		if (!len)
			return false;
	}
	return true;
}

static int check_ram(const struct kimage *image, struct trans_error *error)
{
	int i;

	for (i = 0; i < image->nr_segments; i++)
		if (!is_ram(&image->segment[i]))
			return failed(error, TRANS_EPFN,
				      "a segment is not in the kernel's memory",
				      &image->segment[i]);
	return 0;
}

/*
 * Only kexec_file_load() hands anything over, and has the table of the areas as
 * a segment.
 */
static int check_preserved(const struct kimage *image,
			   struct trans_error *error)
{
#ifdef CONFIG_KEXEC_HANDOVER
	const struct kexec_segment *table = image->kho.scratch, *beyond;

	beyond = table ? segment_beyond(image->segment, image->nr_segments,
					table->kbuf, table->bufsz /
					sizeof(struct kho_scratch)) : NULL;
	if (beyond)
		return failed(error, TRANS_EPFN,
			      "a segment is not in the memory that KHO leaves for it",
			      beyond);
#endif
	return 0;
}

static int alloc(struct kexec_trans_moves *moves, size_t count,
		 struct trans_error *error)
{
	struct trans_range *range;
	struct trans_move *want, *plan;

	want = kvcalloc(count, sizeof(*want), GFP_KERNEL);
	plan = kvcalloc(count, sizeof(*plan), GFP_KERNEL);
	range = kvcalloc(count, sizeof(*range), GFP_KERNEL);
	trans_moves_init(&moves->want, want, count);
	trans_moves_init(&moves->plan, plan, count);
	trans_ranges_init(&moves->stays, range, count);
	if (want && plan && range)
		return 0;
	return failed(error, TRANS_ENOMEM, "no memory for the list of moves",
		      NULL);
}

/* ---- digests ------------------------------------------------------------- */

static int segment_of(const struct kimage *image, trans_pa_t pa)
{
	int i;

	for (i = 0; i < image->nr_segments; i++)
		if (pa - image->segment[i].mem < image->segment[i].memsz)
			break;
	return i;
}

static void add_move(struct sha256_ctx *states, const struct kimage *image,
		     const struct trans_move *move)
{
	u64 at;

	for (at = 0; at < move->len; at += PAGE_SIZE) {
		int i = segment_of(image, move->dst + at);

		if (i < image->nr_segments)
			sha256_update(&states[i], phys_to_virt(move->src + at),
				      PAGE_SIZE);
		cond_resched();
	}
}

/* Of each segment as a whole, from the pages that are going to be it. */
static int find_digests(struct kexec_trans_moves *moves,
			const struct kimage *image, struct trans_error *error)
{
	struct sha256_ctx *states;
	size_t n;
	int i;

	states = kcalloc(image->nr_segments, sizeof(*states), GFP_KERNEL);
	if (!states)
		return failed(error, TRANS_ENOMEM, "no memory for digests",
			      NULL);
	for (i = 0; i < image->nr_segments; i++)
		sha256_init(&states[i]);
	for (n = 0; n < moves->want.count; n++)
		add_move(states, image, &moves->want.move[n]);
	for (i = 0; i < image->nr_segments; i++) {
		struct trans_digest *digest = &moves->digest[moves->digests];

		digest->pa = image->segment[i].mem;
		digest->len = image->segment[i].memsz;
		sha256_final(&states[i], digest->sha256);
		moves->digests += !!digest->len;
	}
	kfree_sensitive(states);
	return 0;
}

/* ---- both kinds of images ------------------------------------------------ */

/* A crash kernel's memory is filled when it is loaded. */
static int find_in_place(struct kexec_trans_moves *moves,
			 const struct kimage *image, struct trans_error *error)
{
	int i, ret;

	for (i = 0; i < image->nr_segments; i++) {
		const struct kexec_segment *segment = &image->segment[i];

		ret = trans_ranges_add(&moves->stays, segment->mem,
				       segment->memsz);
		if (ret)
			return failed(error, ret, "the crash kernel's memory",
				      segment);
	}
	return 0;
}

/*
 * A segment whose memory is CMA's, as Linux 6.17 and later have it where they
 * can, is filled where it is going to be, and no page of it is in the list. Of
 * any other that has none there, the digest is that of nothing, and holds of
 * nothing: the blob resets the machine.
 */
static int add_in_place(struct trans_moves *want, const struct kimage *image)
{
	int i, ret = 0;

	for (i = 0; !ret && i < image->nr_segments; i++) {
		const struct kexec_segment *segment = &image->segment[i];

		if (image->segment_cma[i])
			ret = trans_moves_add(want, segment->mem, segment->mem,
					      segment->memsz);
	}
	return ret;
}

static int find_moves(struct kexec_trans_moves *moves,
		      const struct kimage *image, const struct trans_ops *ops,
		      void *ctx, struct trans_error *error)
{
	/* A page has an entry, a segment another, a page of entries a third. */
	u64 most = 2 * (u64)moves->want.capacity + 2 * KEXEC_SEGMENT_MAX;
	int ret = trans_kimage_moves(&moves->want, image->head, PAGE_SHIFT,
				     ops, ctx, most, error);

	if (ret)
		return ret;
	ret = add_in_place(&moves->want, image);
	if (ret)
		return failed(error, ret, "what is moved nowhere", NULL);
	ret = find_digests(moves, image, error);
	if (ret)
		return ret;
	ret = trans_moves_in_place(&moves->want, &moves->stays);
	if (ret)
		return failed(error, ret, "what is in place already", NULL);
	/* Linux gives no page of another destination as a source: no cycle. */
	return trans_moves_plan(&moves->want, &moves->plan, PAGE_SIZE, NULL,
				error);
}

int kexec_trans_moves_find(struct kexec_trans_moves *moves,
			   const struct kimage *image,
			   const struct trans_ops *ops, void *ctx,
			   struct trans_error *error)
{
	int ret = check_ram(image, error);

	if (!ret)
		ret = check_preserved(image, error);
	if (!ret)
		ret = alloc(moves, max_t(size_t, pages_of(image),
					 KEXEC_SEGMENT_MAX), error);
	if (ret)
		return ret;
	if (image->type == KEXEC_TYPE_CRASH)
		return find_in_place(moves, image, error);
	return find_moves(moves, image, ops, ctx, error);
}

void kexec_trans_moves_free(struct kexec_trans_moves *moves)
{
	kvfree(moves->want.move);
	kvfree(moves->plan.move);
	kvfree(moves->stays.range);
}
