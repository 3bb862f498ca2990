/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* A machine that takes snapshots: see snapshots.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <lz4.h>

#include "hibernate/snapshot/fake/fake.h"
#include "lib/machine/arch/fake/fake.h"
#include "snapshots.h"

#define SECTOR 512u
#define SECRETS 2u
#define SPARE_SLOTS 40u

/* ---- the disk ---- */

/* Which half of an interrupted write arrives: the first. */
static int power(struct snap_disk *d, size_t *len)
{
	d->ops++;
	if (d->state)
		memcpy(d->state, &d->ops, sizeof(d->ops));
	if (d->dead || d->ops == d->fail_at)
		return 1;
	if (d->ops != d->cut_at)
		return 0;
	d->dead = true;
	*len = *len / 2 / SECTOR * SECTOR;
	return 1;
}

static int disk_read(void *ctx, uint64_t offset, void *buf, size_t len)
{
	struct snap_disk *d = ctx;
	size_t done = len;
	int rc = power(d, &done);

	assert_true(len && offset % SECTOR == 0 && len % SECTOR == 0);
	assert_true(offset + len <= d->block.len);
	assert_int_equal((uintptr_t)buf % 4096, 0);
	if (!rc)
		memcpy(buf, d->seen + offset, len);
	return rc;
}

static int disk_write(void *ctx, uint64_t offset, const void *buf, size_t len)
{
	struct snap_disk *d = ctx;
	size_t done = len;
	int rc = power(d, &done);

	assert_true(len && offset % SECTOR == 0 && len % SECTOR == 0);
	assert_true(offset + len <= d->block.len);
	assert_int_equal((uintptr_t)buf % 4096, 0);
	if (rc && (!d->dead || d->ops != d->cut_at))
		return rc;
	if (++d->writes == d->lie_at)
		return 0;
	memcpy(d->seen + offset, buf, done);
	d->pending = realloc(d->pending, (d->pending_count + done / SECTOR + 1) *
						 sizeof(*d->pending));
	for (size_t at = 0; at < done; at += SECTOR) {
		struct pending *p = &d->pending[d->pending_count++];

		p->sector = (offset + at) / SECTOR;
		memcpy(p->bytes, (const uint8_t *)buf + at, SECTOR);
	}
	return rc;
}

/* A flush that is cut has done nothing. */
static int disk_flush(void *ctx)
{
	struct snap_disk *d = ctx;
	size_t len = 0;

	if (power(d, &len))
		return 1;
	memcpy(d->durable, d->seen, d->block.len);
	d->pending_count = 0;
	return 0;
}

void snap_power_cut(struct snap *s, uint64_t seed)
{
	struct snap_disk *d = &s->disk;
	uint64_t state = seed;

	for (size_t i = 0; i < d->pending_count; i++)
		if (seed == 1 || (seed && rnd(&state) & 1))
			memcpy(d->durable + d->pending[i].sector * SECTOR,
			       d->pending[i].bytes, SECTOR);
	d->pending_count = 0;
}

static uint64_t header_end(const struct snap *s)
{
	return (s->args.offset + 1) << s->shift;
}

static void put32(uint8_t *at, uint32_t value)
{
	memcpy(at, &value, sizeof(value));
}

/* As mkswap does, with some of its other fields. */
static void make_swap(struct snap *s, uint64_t pages)
{
	uint8_t *header = s->disk.seen + (s->args.offset << s->shift);

	memset(s->disk.seen, 0x77, s->disk.block.len);
	memset(header, 0, 1ULL << s->shift);
	put32(header + 1024, 1);
	put32(header + 1028, (uint32_t)(pages - 1));
	memset(header + 1036, 0xab, 16); /* UUID */
	memcpy(s->disk.seen + header_end(s) - 10, "SWAPSPACE2", 10);
	memcpy(s->disk.durable, s->disk.seen, s->disk.block.len);
}

static void open_disk(struct snap *s, uint64_t pages)
{
	struct snap_disk *d = &s->disk;

	d->block = (struct trans_block){
		.len = pages << s->shift,
		.sector_shift = 9,
		.read = disk_read,
		.write = disk_write,
		.flush = disk_flush,
		.ctx = d,
	};
	early_of_run(&d->early, &d->block);
	d->seen = malloc(d->block.len);
	d->durable = malloc(d->block.len);
	assert_true(d->seen && d->durable);
	make_swap(s, pages);
}

bool snap_has_image(const struct snap *s, const uint8_t *disk)
{
	return !memcmp(disk + header_end(s) - 10, "S1SUSPEND", 10);
}

bool snap_untouched(const struct snap *s, const uint8_t *disk)
{
	struct snap copy = *s;
	bool same;

	copy.disk.seen = malloc(s->disk.block.len);
	copy.disk.durable = malloc(s->disk.block.len);
	make_swap(&copy, s->disk.block.len >> s->shift);
	same = !memcmp(copy.disk.seen, disk, s->disk.block.len);
	free(copy.disk.seen);
	free(copy.disk.durable);
	return same;
}

/* ---- the host ---- */

static int alias_prepare(void *host, trans_pa_t pa, uint64_t len)
{
	struct snap *s = host;

	assert_int_equal(pa % (1ULL << s->shift), 0);
	assert_true(len >= FAKE_WAY_BACK_LEN);
	if (s->refuse_alias)
		return s->refuse_alias;
	s->aliases++;
	return 0;
}

/* Called when everything is masked, right before the context is saved. */
static void alias_enter(void *host)
{
	struct snap *s = host;

	assert_int_equal(fake_arch.log[fake_arch.count - 1].what, FAKE_MASK);
	fake_arch.reg[TRANS_DAIF] = 0x3c0;
	s->entered++;
	memcpy(s->expected, s->memory.bytes, s->memory.len);
}

static void alias_leave(void *host)
{
	struct snap *s = host;

	s->entered--;
}

static void alias_drop(void *host)
{
	struct snap *s = host;

	assert_int_equal(s->entered, 0);
	s->aliases--;
}

static int pack(void *ctx, const void *src, size_t src_len, void *dst,
		size_t dst_len, size_t *out_len)
{
	struct snap *s = ctx;
	int len;

	if (++s->lz4_calls == s->lz4_at)
		return 1;
	assert_true(src_len <= 32u << s->shift);
	assert_true(dst_len >= (size_t)LZ4_compressBound((int)src_len));
	len = LZ4_compress_default(src, dst, (int)src_len, (int)dst_len);
	*out_len = (size_t)len;
	return len <= 0;
}

static int progress(void *ctx, uint64_t done, uint64_t total)
{
	struct snap *s = ctx;

	assert_true(done > s->progress_done && done <= total);
	s->progress_done = done;
	s->progress_total = total;
	return ++s->progress_calls == s->progress_at;
}

static int shuffled(void *ctx, uint64_t index, uint64_t *slot)
{
	struct snap *s = ctx;

	assert_true(index < s->args.slots.count);
	*slot = s->order[index];
	if (++s->slot_calls != s->slot_at)
		return 0;
	*slot = s->bad_slot;
	return s->bad_slot == UINT64_MAX;
}

void snap_shuffle(struct snap *s, uint64_t seed)
{
	struct trans_slots *slots = &s->args.slots;

	s->order = malloc(slots->count * sizeof(*s->order));
	for (uint64_t i = 0; i < slots->count; i++) {
		uint64_t other = rnd(&seed) % (i + 1);

		s->order[i] = s->order[other];
		s->order[other] = slots->first + i;
	}
	slots->at = shuffled;
	slots->ctx = s;
}

static void fill_page(struct snap *s, unsigned int page, uint64_t *seed)
{
	uint64_t *word = memory_at(&s->memory,
				   SNAP_BASE + ((uint64_t)page << s->shift));
	unsigned int words = 1u << s->shift >> 3;

	for (unsigned int i = 0; i < words; i++)
		word[i] = page % 7 == 3 ? 0 :
			  page % 5 == 0 ? rnd(seed) : page * 1000003 + i / 50;
	/* Zero but for the last byte is not zero. */
	if (page % 14 == 3)
		((uint8_t *)word)[words * 8 - 1] = 1;
}

static void fill(struct snap *s, unsigned int pages)
{
	uint64_t seed = pages;

	for (unsigned int i = 0; i < pages; i++)
		fill_page(s, i, &seed);
	for (size_t at = (size_t)pages << s->shift; at < s->memory.len; at += 8)
		*(uint64_t *)(s->memory.bytes + at) = SNAP_SECRET;
}

static void set(struct trans_ranges *ranges, struct trans_range *storage,
		uint64_t first, uint64_t pages, unsigned int shift)
{
	storage[0] = (struct trans_range){ SNAP_BASE + (first << shift),
					   pages << shift };
	*ranges = (struct trans_ranges){ storage, 1, 1 };
}

static void describe(struct snap *s, enum trans_swsusp_packing packing,
		     uint64_t offset)
{
	s->cpu = (struct trans_cpu){ .el = 1, .mmfr0 = 0x100005 };
	s->args = (struct trans_snapshot_args){
		.disk = &s->disk.block,
		.offset = offset,
		.packing = packing,
		.lz4 = packing == TRANS_SWSUSP_LZ4 ? pack : NULL,
		.lz4_ctx = s,
		.granule = (enum trans_granule)s->shift,
		.cpu = &s->cpu,
		.mpidr = SNAP_MPIDR,
		.save = &s->save,
		.nosave = &s->nosave,
		.free = &s->free,
		.ops = &s->memory.ops,
		.ctx = &s->memory,
		.alias_prepare = alias_prepare,
		.alias_enter = alias_enter,
		.alias_leave = alias_leave,
		.alias_drop = alias_drop,
		.host = s,
		.progress = progress,
		.progress_ctx = s,
	};
}

void snap_open(struct snap *s, unsigned int shift, unsigned int pages,
	       enum trans_swsusp_packing packing, uint64_t offset)
{
	uint64_t lent = pages + 80, all = pages + SECRETS + lent;
	uint64_t slots = pages + pages / 16 + SPARE_SLOTS;

	memset(s, 0, sizeof(*s));
	fake_arch_reset();
	fake_snapshot = (struct fake_snapshot){ 0 };
	s->shift = shift;
	memory_init(&s->memory, SNAP_BASE,
		    ((all << shift) + 65535) / 65536 * 65536, shift);
	s->expected = malloc(s->memory.len);
	fill(s, pages);
	describe(s, packing, offset);
	/* All of it, with a hole; the rest as exceptions. */
	set(&s->save, s->save_range, 0, all, shift);
	set(&s->nosave, s->nosave_range, pages, SECRETS, shift);
	set(&s->free, s->free_range, pages + SECRETS, lent, shift);
	open_disk(s, offset + 1 + slots);
	s->args.slots = (struct trans_slots){ .first = offset + 1,
					      .count = slots };
	s->disk.state = memory_at(&s->memory,
				  SNAP_BASE + (9ULL << shift) + 64);
}

void snap_close(struct snap *s)
{
	memory_free(&s->memory);
	free(s->expected);
	free(s->order);
	free(s->disk.seen);
	free(s->disk.durable);
	free(s->disk.pending);
}

int snap_take(struct snap *s)
{
	int rc;

	fake_arch.reg[TRANS_DAIF] = 0x80;
	s->err = (struct trans_error){ 0 };
	s->progress_done = 0;
	rc = trans_snapshot_take(&s->args, &s->err);
	assert_int_equal(s->memory.balance, 0);
	assert_int_equal(s->aliases, 0);
	assert_int_equal(s->entered, 0);
	assert_int_equal(fake_arch.reg[TRANS_DAIF], 0x80);
	assert_int_equal(s->err.status, rc < 0 ? rc : 0);
	assert_true(rc >= 0 || s->err.why);
	return rc;
}

/* ---- an independent reader ---- */

struct reader {
	struct snap *s;
	const uint8_t *disk;
	struct snap_image *image;
	uint64_t page_len, pages;
	uint8_t *used;      /* a flag per page of the disk */
	uint64_t map, next; /* page of the map, entry in it */
	uint8_t *chunk;
	size_t chunk_len, chunk_at;
	uint32_t crc;
};

static uint64_t get(const uint8_t *at, unsigned int len)
{
	uint64_t value = 0;

	memcpy(&value, at, len);
	return value;
}

static const uint8_t *disk_page(struct reader *r, uint64_t page)
{
	assert_true(page && page < r->pages);
	assert_false(r->used[page]);
	r->used[page] = 1;
	r->image->slots++;
	return r->disk + page * r->page_len;
}

/* The next page of the disk by the chain of maps. */
static const uint8_t *next_page(struct reader *r)
{
	const uint8_t *map = r->disk + r->map * r->page_len;
	uint64_t entries = r->page_len / 8 - 1;

	if (r->next == entries) {
		r->map = get(map + entries * 8, 8);
		map = disk_page(r, r->map);
		r->image->maps++;
		r->next = 0;
	}
	return disk_page(r, get(map + r->next++ * 8, 8));
}

static uint32_t crc32_bitwise(uint32_t crc, const uint8_t *data, size_t len)
{
	while (len--) {
		crc ^= *data++;
		for (int i = 0; i < 8; i++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	}
	return crc;
}

/* Gather a chunk's pages, then unpack it. */
static void next_chunk(struct reader *r)
{
	size_t packed_max = 35 * r->page_len;
	uint8_t *packed = malloc(packed_max);
	uint64_t len, got = r->page_len;
	int out;

	memcpy(packed, next_page(r), r->page_len);
	len = get(packed, 8);
	assert_true(len && len <= 32 * r->page_len + 2 * r->page_len + 69);
	for (; got < 8 + len; got += r->page_len)
		memcpy(packed + got, next_page(r), r->page_len);
	for (uint64_t at = 8 + len; at < got; at++)
		assert_int_equal(packed[at], 0);
	out = LZ4_decompress_safe((const char *)packed + 8, (char *)r->chunk,
				  (int)len, (int)(32 * r->page_len));
	assert_true(out > 0 && out % r->page_len == 0);
	r->chunk_len = (size_t)out;
	r->chunk_at = 0;
	r->crc = crc32_bitwise(r->crc, r->chunk, r->chunk_len);
	r->image->chunks++;
	free(packed);
}

/* The next page of the stream behind the info page. */
static const uint8_t *next_of_stream(struct reader *r)
{
	if (r->image->flags & 2)
		return next_page(r);
	if (r->chunk_at == r->chunk_len)
		next_chunk(r);
	r->chunk_at += r->page_len;
	return r->chunk + r->chunk_at - r->page_len;
}

static void read_header(struct reader *r)
{
	const uint8_t *end = r->disk + header_end(r->s);

	assert_memory_equal(end - 10, "S1SUSPEND", 10);
	assert_memory_equal(end - 20, "SWAPSPACE2", 10);
	r->image->flags = (uint32_t)get(end - 24, 4);
	r->image->first_map = r->map = get(end - 32, 8);
	assert_int_equal(r->image->flags,
			 r->s->args.packing == TRANS_SWSUSP_LZ4 ? 20 : 2);
	assert_int_equal(get(end - 40, 4), 0);
	disk_page(r, r->map);
	r->image->maps = 1;
}

static void read_info(struct reader *r)
{
	const uint8_t *info = next_page(r);
	struct snap_image *image = r->image;

	assert_int_equal(get(info + 392, 4), 0);
	assert_int_equal(get(info + 408, 4), 0);
	assert_memory_equal(info, "trans_table", 11);
	image->data = get(info + 416, 8);
	image->pages = get(info + 424, 8);
	image->meta = image->pages - image->data - 1;
	assert_int_equal(get(info + 432, 8), image->pages * r->page_len);
	image->mpidr = get(info + 96, 8);
	image->entry = get(info + 112, 8);
	image->context = get(info + 120, 8);
	image->level = get(info + 128, 8);
}

/* PFNs, ascending; bit 63: zero. */
static uint64_t *read_metadata(struct reader *r, uint64_t *count)
{
	uint64_t per_page = r->page_len / 8, last = 0;
	uint64_t *pfn = malloc(r->image->meta * r->page_len);
	bool ended = false;

	*count = 0;
	for (uint64_t p = 0; p < r->image->meta; p++) {
		const uint8_t *page = next_of_stream(r);

		for (uint64_t i = 0; i < per_page && !ended; i++) {
			uint64_t value = get(page + i * 8, 8);

			ended = value == UINT64_MAX;
			if (ended)
				break;
			assert_true((value & ~(1ULL << 63)) > last);
			last = value & ~(1ULL << 63);
			pfn[(*count)++] = value;
			r->image->zero += value >> 63;
		}
	}
	assert_true(ended || *count == r->image->meta * per_page);
	assert_int_equal(*count, r->image->data + r->image->zero);
	return pfn;
}

static void read_data(struct reader *r)
{
	uint64_t count, *pfn = read_metadata(r, &count);
	uint64_t base = SNAP_BASE / r->page_len;

	for (uint64_t i = 0; i < count; i++) {
		uint64_t page = (pfn[i] & ~(1ULL << 63)) - base;
		uint8_t *to = r->image->memory + page * r->page_len;

		assert_true(page < r->s->memory.len / r->page_len);
		r->image->has[page] = 1;
		if (pfn[i] >> 63)
			memset(to, 0, r->page_len);
		else
			memcpy(to, next_of_stream(r), r->page_len);
	}
	free(pfn);
}

void snap_read(struct snap *s, const uint8_t *disk, struct snap_image *image)
{
	struct reader r = { .s = s, .disk = disk, .image = image };

	r.page_len = 1ULL << s->shift;
	r.pages = s->disk.block.len / r.page_len;
	r.used = calloc(r.pages, 1);
	r.used[s->args.offset] = 1;
	r.chunk = malloc(32 * r.page_len);
	*image = (struct snap_image){ 0 };
	image->memory = malloc(s->memory.len);
	memset(image->memory, 0xee, s->memory.len);
	image->has = calloc(s->memory.len / r.page_len, 1);
	read_header(&r);
	read_info(&r);
	read_data(&r);
	assert_int_equal(r.chunk_at, r.chunk_len);
	assert_int_equal(r.crc, image->flags & 4 ?
				get(disk + header_end(s) - 36, 4) : 0);
	free(r.used);
	free(r.chunk);
}

void snap_read_done(struct snap_image *image)
{
	free(image->memory);
	free(image->has);
}

static bool should_have(struct snap *s, trans_pa_t pa)
{
	uint64_t len = 1ULL << s->shift;

	return trans_ranges_contain(&s->save, pa, len) &&
	       !trans_ranges_touch(&s->nosave, pa, len) &&
	       !trans_ranges_contain(&s->free, pa, len);
}

void snap_compare(struct snap *s, const struct snap_image *image)
{
	uint64_t len = 1ULL << s->shift;
	uint64_t *context = (void *)(s->expected + image->context - SNAP_BASE);

	/* Written after alias_enter, before the copy. */
	context[1] = FAKE_CONTEXT;
	for (uint64_t at = 0; at < s->memory.len; at += len) {
		assert_int_equal(image->has[at / len],
				 should_have(s, SNAP_BASE + at));
		if (image->has[at / len])
			assert_memory_equal(image->memory + at,
					    s->expected + at, len);
	}
}
