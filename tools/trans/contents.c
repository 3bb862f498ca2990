/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Reading an image. Its list of page numbers, with what it promises, is
 * described in docs/hibernate.md; it is bounded here as a load bounds it, but
 * by 52 bits of address instead of a machine's RAM.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "contents.h"
#include "trans.h"

#define PFN_ZERO (1ULL << 63)
#define PFN_END UINT64_MAX
#define PA_BITS 52u
/* Pages of metadata read at a time. */
#define META_PAGES 8u

static int fail(struct trans_error *err, int status, const char *why,
		trans_pa_t pa)
{
	*err = (struct trans_error){ .status = status, .why = why, .pa = pa,
				     .level = TRANS_NO_LEVEL };
	return status;
}

/* ---- the header ---- */

static int heard(void *ctx, uint64_t done, uint64_t total)
{
	(void)ctx;
	progress("reading the image", done, total);
	return 0;
}

int contents_open(struct contents *contents, const struct trans_block *disk,
		  uint64_t offset, struct trans_error *err)
{
	struct trans_swsusp_args args = {
		.disk = disk,
		.offset = offset,
		.buffer_len = TRANS_SWSUSP_BUFFER(16),
		.progress = heard,
	};

	memset(contents, 0, sizeof(*contents));
	contents->buffer = aligned_alloc(4096, args.buffer_len);
	if (!contents->buffer)
		return fail(err, TRANS_ENOMEM, "a buffer to read with", 0);
	args.buffer = contents->buffer;
	return trans_swsusp_open(&contents->reader, &args, err);
}

/* ---- which pages there are ---- */

static unsigned int shift_of(const struct contents *contents)
{
	return contents->reader.info.page_shift;
}

static struct stretch *new_stretch(struct contents *contents)
{
	size_t room = contents->room ? 2 * contents->room : 1024;
	struct stretch *grown;

	if (contents->count == contents->room) {
		grown = realloc(contents->stretch, room * sizeof(*grown));
		if (!grown)
			return NULL;
		contents->stretch = grown;
		contents->room = room;
	}
	return &contents->stretch[contents->count++];
}

static bool add_page(struct contents *contents, trans_pa_t pa, bool zero)
{
	uint64_t page = 1ULL << shift_of(contents);
	struct stretch *last = contents->count ?
		&contents->stretch[contents->count - 1] : NULL;

	if (last && last->pa + last->len == pa && last->zero == zero) {
		last->len += page;
	} else {
		last = new_stretch(contents);
		if (!last)
			return false;
		*last = (struct stretch){
			.pa = pa, .len = page, .zero = zero,
			.at = contents->stored << shift_of(contents),
		};
	}
	contents->stored += !zero;
	contents->zero += zero;
	return true;
}

static int take_pfn(struct contents *contents, uint64_t entry,
		    struct trans_error *err)
{
	const struct stretch *last = contents->count ?
		&contents->stretch[contents->count - 1] : NULL;
	uint64_t pfn = entry & ~PFN_ZERO;
	trans_pa_t pa = pfn << shift_of(contents);

	if (pfn >> (PA_BITS - shift_of(contents)))
		return fail(err, TRANS_ERANGE,
			    "a page of the image is beyond 52 bits", 0);
	if (last && pa < last->pa + last->len)
		return fail(err, TRANS_ECORRUPT, "page numbers do not ascend",
			    pa);
	if (!add_page(contents, pa, entry & PFN_ZERO))
		return fail(err, TRANS_ENOMEM, "the list of pages", pa);
	if (contents->stored > contents->reader.info.data_pages)
		return fail(err, TRANS_ECORRUPT,
			    "more page numbers than pages", pa);
	return 0;
}

/* Up to the end of the list, which the last page of it may not fill. */
static int take_meta(struct contents *contents, const uint8_t *bytes,
		     size_t len, bool *ended, struct trans_error *err)
{
	int ret = 0;

	for (size_t i = 0; !ret && !*ended && i < len; i += sizeof(uint64_t)) {
		uint64_t entry;

		memcpy(&entry, bytes + i, sizeof(entry));
		*ended = entry == PFN_END;
		if (!*ended)
			ret = take_pfn(contents, entry, err);
	}
	return ret;
}

/* Where the reader puts pages: one behind the other. */
struct room {
	uint8_t *at;
	uint64_t left; /* pages */
	unsigned int shift;
};

static void *next_room(void *ctx, unsigned int *count)
{
	struct room *room = ctx;
	void *at = room->at;

	if (!room->left)
		return NULL;
	if (*count > room->left)
		*count = (unsigned int)room->left;
	room->left -= *count;
	room->at += (size_t)*count << room->shift;
	return at;
}

static int read_meta(struct contents *contents, uint8_t *buffer,
		     struct trans_error *err)
{
	uint64_t left = contents->reader.info.meta_pages;
	bool ended = false;
	int ret = 0;

	while (!ret && left) {
		uint64_t pages = left < META_PAGES ? left : META_PAGES;
		struct room room = { buffer, pages, shift_of(contents) };

		if (ended)
			return fail(err, TRANS_ECORRUPT, "page numbers go on "
				    "behind their end", 0);
		ret = trans_swsusp_read(&contents->reader, pages, next_room,
					&room, err);
		if (!ret)
			ret = take_meta(contents, buffer,
					pages << shift_of(contents), &ended,
					err);
		left -= pages;
	}
	if (!ret && contents->stored != contents->reader.info.data_pages)
		ret = fail(err, TRANS_ECORRUPT,
			   "fewer page numbers than pages", 0);
	return ret;
}

/* ---- what is in them ---- */

/* A file that has no name, and all of its blocks: a full disk is found here,
 * and not by a store that cannot be done. */
static int store_file(uint64_t len)
{
	const char *dir = getenv("TMPDIR");
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/trans-XXXXXX",
		 dir && *dir ? dir : "/var/tmp");
	fd = mkstemp(path);
	if (fd < 0)
		return -1;
	unlink(path);
	errno = posix_fallocate(fd, 0, (off_t)len);
	if (!errno)
		return fd;
	close(fd);
	return -1;
}

static bool make_store(struct contents *contents, uint64_t len)
{
	uint64_t memory = (uint64_t)sysconf(_SC_AVPHYS_PAGES) *
			  (uint64_t)sysconf(_SC_PAGESIZE);
	bool in_file = len > memory / 2;
	int fd = in_file ? store_file(len) : -1;
	void *at = MAP_FAILED;

	if (!in_file || fd >= 0)
		at = mmap(NULL, len, PROT_READ | PROT_WRITE,
			  in_file ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS,
			  fd, 0);
	if (fd >= 0)
		close(fd);
	if (at == MAP_FAILED)
		return false;
	contents->store = at;
	contents->store_len = len;
	return true;
}

static int read_data(struct contents *contents, struct trans_error *err)
{
	uint64_t pages = contents->reader.info.data_pages;
	struct room room = { .left = pages, .shift = shift_of(contents) };

	if (pages >> (PA_BITS - room.shift) ||
	    !make_store(contents, pages << room.shift))
		return fail(err, TRANS_ENOMEM,
			    "neither memory nor TMPDIR has room", 0);
	room.at = contents->store;
	return trans_swsusp_read(&contents->reader, pages, next_room, &room,
				 err);
}

int contents_read(struct contents *contents, struct trans_error *err)
{
	uint8_t *buffer = aligned_alloc(
		4096, (size_t)META_PAGES << shift_of(contents));
	int ret = buffer ? read_meta(contents, buffer, err) :
			   fail(err, TRANS_ENOMEM, "page numbers", 0);

	free(buffer);
	if (!ret)
		ret = read_data(contents, err);
	progress_over();
	return ret;
}

void contents_close(struct contents *contents)
{
	if (contents->store)
		munmap(contents->store, contents->store_len);
	free(contents->stretch);
	free(contents->buffer);
	memset(contents, 0, sizeof(*contents));
}

/* ---- looking at it ---- */

const struct stretch *contents_from(const struct contents *contents,
				    trans_pa_t pa)
{
	size_t low = 0, high = contents->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct stretch *stretch = &contents->stretch[mid];

		if (stretch->pa + stretch->len <= pa)
			low = mid + 1;
		else
			high = mid;
	}
	return low < contents->count ? &contents->stretch[low] : NULL;
}

/* The one that has all of it. */
static const struct stretch *holder(void *ctx, trans_pa_t pa, uint64_t len)
{
	const struct stretch *stretch = contents_from(ctx, pa);

	return stretch && stretch->pa <= pa && len <= stretch->len &&
	       pa - stretch->pa <= stretch->len - len ? stretch : NULL;
}

static const void *memory_at(void *ctx, trans_pa_t pa, uint64_t len)
{
	const struct contents *contents = ctx;
	const struct stretch *stretch = holder(ctx, pa, len);

	return stretch && !stretch->zero ?
		contents->store + stretch->at + (pa - stretch->pa) : NULL;
}

static uint64_t memory_next(void *ctx, trans_pa_t *pa)
{
	const struct stretch *stretch = contents_from(ctx, *pa);

	while (stretch && stretch->zero)
		stretch = contents_from(ctx, stretch->pa + stretch->len);
	if (!stretch)
		return 0;
	if (*pa < stretch->pa)
		*pa = stretch->pa;
	return stretch->pa + stretch->len - *pa;
}

static bool memory_holds(void *ctx, trans_pa_t pa, uint64_t len)
{
	while (len) {
		const struct stretch *stretch = contents_from(ctx, pa);
		uint64_t here;

		if (!stretch || stretch->pa > pa)
			return false;
		here = stretch->pa + stretch->len - pa;
		if (here >= len)
			return true;
		pa += here;
		len -= here;
	}
	return true;
}

static bool memory_zero(void *ctx, trans_pa_t pa, uint64_t len)
{
	const struct stretch *stretch = holder(ctx, pa, len);

	return stretch && stretch->zero;
}

static int memory_work(void *ctx, uint64_t bytes)
{
	(void)ctx;
	(void)bytes;
	return 0;
}

struct trans_saved_memory contents_memory(struct contents *contents)
{
	return (struct trans_saved_memory){
		.next = memory_next, .at = memory_at, .ctx = contents,
		.holds = memory_holds, .zero = memory_zero,
		.work = memory_work,
	};
}
