/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Reading an image into its places: what is lent memory now gets its page
 * straight from the disk, the rest waits where its move will look for it.
 */
#include "hibernate/resume/private.h"
#include "hibernate/swsusp.h"
#include "lib/relay.h"

/* Bytes of memory, at most, that are filled or cleaned in one go: what a host
 * that can be asked to stop waits for. */
#define PIECE (1ULL << 20)

/* The next stored pages, in ascending order as the stream has them. */
static void *data_room(void *ctx, unsigned int *count)
{
	struct tr_load *load = ctx;
	const struct trans_resume *resume = load->resume;
	unsigned int shift = resume->image.info.page_shift;
	struct tr_stretch stretch;
	trans_pa_t now;
	uint64_t len;

	do {
		if (!trans_resume_stretch_(resume, load->next,
					   (uint64_t)*count << shift, &stretch))
			return NULL;
		load->next = stretch.pa + stretch.len;
	} while (stretch.zero);
	if (stretch.direct) {
		now = stretch.pa;
		len = stretch.len;
	} else if (!trans_resume_where_(resume, stretch.pa, &now, &len)) {
		return NULL;
	}
	if (len > stretch.len)
		len = stretch.len;
	load->next = stretch.pa + len;
	*count = (unsigned int)(len >> shift);
	return trans_host_at_(&resume->host, now, (size_t)len);
}

/* A stretch of lent memory that has its pages, for whatever CPU settles it. */
struct settling {
	void (*clean)(void *ctx, const void *va, size_t len);
	void *ctx, *at;
	size_t len;
	bool zero;
};

/* The kernel is entered with the MMU off: what the mover does not move must be
 * in memory, not in a cache (Arm ARM D7.5). The mover cleans what it moves.
 * Once is enough here: this is lent memory, which nobody but this library
 * writes, and what is not written does not get dirty again. By VA an operation
 * reaches all caches of the Inner Shareable domain (D7.5.9), so that any CPU
 * may clean what another one wrote. */
static void settle(void *job)
{
	const struct settling *it = job;

	if (it->zero)
		memset(it->at, 0, it->len);
	if (it->clean)
		it->clean(it->ctx, it->at, it->len);
}

static bool aim(const struct trans_resume *resume,
		const struct tr_stretch *stretch, struct settling *job)
{
	size_t len = (size_t)stretch->len;
	void *at = trans_host_at_(&resume->host, stretch->pa, len);

	*job = (struct settling){ resume->host.ops->clean, resume->host.ctx, at,
				  len, stretch->zero };
	return at;
}

/* As many stretches at a time as there are CPUs. */
static int settle_direct(struct tr_load *load)
{
	const struct trans_resume *resume = load->resume;
	const struct trans_swsusp *image = &resume->image;
	unsigned int shift = image->info.page_shift, count = 0;
	unsigned int workers = swsusp_workers(image);
	struct tr_stretch stretch;
	struct settling own;
	trans_pa_t from = 0;
	int ret = 0;

	while (!ret && trans_resume_stretch_(resume, from, load->part << shift,
					     &stretch)) {
		from = stretch.pa + stretch.len;
		if (trans_resume_work_(load, stretch.len >> shift))
			return TRANS_ESTOPPED;
		if (!stretch.direct)
			continue;
		if (!aim(resume, &stretch,
			 count ? swsusp_job(image, count) : &own))
			return trans_fail_pa(load->err, TRANS_EFAULT,
					     "no access to lent memory",
					     stretch.pa, stretch.len);
		if (count++ < workers)
			continue;
		ret = swsusp_divide(image, settle, &own, count, load->err);
		count = 0;
	}
	if (!ret && count)
		ret = swsusp_divide(image, settle, &own, count, load->err);
	return ret;
}

int trans_resume_read_data_(struct tr_load *load)
{
	struct trans_resume *resume = load->resume;
	const struct trans_swsusp_info *info = &resume->image.info;
	int ret;

	resume->filled = true;
	/* Each stored page is read, and then each of the image settled. */
	trans_resume_expect_(load, 2 * info->data_pages + resume->zero_pages,
			     PIECE >> info->page_shift);
	ret = trans_swsusp_read(&resume->image, info->data_pages, data_room,
				load, load->err);
	return ret ? ret : settle_direct(load);
}
