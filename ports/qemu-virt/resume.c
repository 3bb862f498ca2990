/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Using the library for a resume: this is the file to read. Find the disk, lend
 * memory, load, start.
 */
#include "blk.h"
#include "cpus.h"
#include "figures.h"
#include "machine.h"
#include "memory.h"
#include "options.h"
#include "print.h"
#include "quiesce.h"
#include "report.h"
#include "resume.h"
#include "sysreg.h"
#include "transition.h"

#include "../lz4/unlz4.h"
#include "../lzo/unlzo.h"

static struct trans_resume resume;
static struct blk blk;
static struct trans_gic_pending pending[RESUME_CPUS];
static unsigned int quiesce_flags;

/* ---- the disk, as block.h has it ---- */

static int said(int ret, const struct trans_error *err)
{
	if (ret)
		trans_error_print(err, print_text, "port: disk: ");
	return ret;
}

static int block_read(void *ctx, uint64_t offset, void *buf, size_t len)
{
	struct trans_error err;

	return said(blk_read(ctx, offset / BLK_SECTOR, len / BLK_SECTOR, buf,
			     &err), &err);
}

static int block_read_start(void *ctx, uint64_t offset, void *buf, size_t len)
{
	struct trans_error err;

	return said(blk_read_start(ctx, offset / BLK_SECTOR, len / BLK_SECTOR,
				   buf, &err), &err);
}

static int block_read_wait(void *ctx)
{
	struct trans_error err;

	return said(blk_read_wait(ctx, &err), &err);
}

static int block_write(void *ctx, uint64_t offset, const void *buf, size_t len)
{
	struct trans_error err;

	return said(blk_write(ctx, offset / BLK_SECTOR, len / BLK_SECTOR, buf,
			      &err), &err);
}

static int block_flush(void *ctx)
{
	struct trans_error err;

	return said(blk_flush(ctx, &err), &err);
}

static struct trans_block block = {
	.read = block_read,
	.write = block_write,
	.flush = block_flush,
	.ctx = &blk,
	.read_start = block_read_start,
	.read_wait = block_read_wait,
};

static int open_disk(unsigned int index, struct trans_error *err)
{
	int ret = blk_open(&blk, index, err);

	block.len = blk.sectors * BLK_SECTOR;
	block.sector_shift = blk.block_shift;
	return ret;
}

const struct trans_block *resume_disk(unsigned int index,
				      struct trans_error *err)
{
	return open_disk(index, err) ? NULL : &block;
}

/* ---- the image ---- */

static void print_info(unsigned int disk, const struct trans_swsusp_info *info)
{
	static const char *const packing[] = { "not packed", "LZO", "LZ4" };

	print("port: disk %u holds an image: %s\n", disk, info->version);
	print("port: %lu pages of %uK, %s, root table 0x%lx, re-entry 0x%lx, "
	      "stub 0x%lx, CPU 0x%lx\n", info->pages,
	      1u << (info->page_shift - 10), packing[info->packing],
	      info->ttbr1, info->reenter, info->stub, info->mpidr);
}

#define BUFFER_LEN TRANS_SWSUSP_BUFFER(16)
#define BUFFER_PAGES ((unsigned int)(BUFFER_LEN >> PAGE_SHIFT))

/* The image that is meant: the first that can be had, or the first that cannot,
 * with its disk. */
static struct {
	struct trans_image_id id;
	unsigned int disk;
} seen;

/* How much the answer of one of several disks says: that it has no place for
 * what is looked for; no swap space; swap space without an image; that it
 * cannot be read, or has a refused one. If none has the place, nobody knows. */
static int weight(int status, const struct trans_swsusp_info *info,
		  const struct trans_image_id *id)
{
	if (status == TRANS_ERANGE && !id->page_len)
		return 1;
	if (status == TRANS_ENOIMAGE)
		return info->page_shift ? 3 : 2;
	return 4;
}

static void remember(struct trans_error *said, int *most,
		     const struct trans_error *err, unsigned int disk,
		     const struct trans_swsusp_info *info,
		     const struct trans_image_id *id)
{
	int weighs = weight(err->status, info, id);

	if (weighs > *most) {
		*most = weighs;
		*said = *err;
	}
	if (id->page_len && !seen.id.page_len) {
		seen.id = *id;
		seen.disk = disk;
	}
}

static int probe_disks(uint64_t offset, void *buffer, struct trans_error *err)
{
	struct trans_error said = { 0 };
	struct trans_swsusp_info info;
	struct trans_image_id id;
	int ret, most = 0;

	memset(&seen, 0, sizeof(seen));
	for (unsigned int disk = 0; ; disk++) {
		memset(&id, 0, sizeof(id));
		memset(&info, 0, sizeof(info));
		ret = open_disk(disk, err);
		if (ret == TRANS_ENOENT)
			break;
		if (!ret)
			ret = trans_resume_probe(&block, offset, buffer,
						 BUFFER_LEN, &info, &id, err);
		if (!ret) {
			print_info(disk, &info);
			seen.id = id;
			seen.disk = disk;
			return 0;
		}
		remember(&said, &most, err, disk, &info, &id);
	}
	if (said.status)
		*err = said;
	return err->status;
}

/* Whoever mounts what the saved system had mounted must give it up first. */
static int discard(uint64_t offset, void *buffer, struct trans_error *err)
{
	int ret = open_disk(seen.disk, err);

	(void)offset;
	if (!ret)
		ret = trans_resume_discard(&block, &seen.id, buffer, BUFFER_LEN,
					   err);
	if (!ret)
		print("port: the image is given up\n");
	return ret;
}

static int with_buffer(int (*with)(uint64_t offset, void *buffer,
				   struct trans_error *err),
		       uint64_t offset, struct trans_error *err)
{
	trans_pa_t buffer;
	int ret;

	if (memory_ops.alloc(&memory, PAGE_SHIFT, BUFFER_PAGES, &buffer)) {
		*err = (struct trans_error){ .status = TRANS_ENOMEM,
					     .why = "buffer for a disk",
					     .level = TRANS_NO_LEVEL };
		return TRANS_ENOMEM;
	}
	ret = with(offset, at_pa(buffer), err);
	memory_ops.free(&memory, PAGE_SHIFT, BUFFER_PAGES, buffer);
	return ret;
}

/* ---- the library ---- */

static int leave(void *host, struct trans_error *err)
{
	return quiesce_leave(host, quiesce_flags | QUIESCE_RESUME, err);
}

static struct trans_resume_args resume_args(const struct options *options,
					    const struct trans_table *own,
					    const struct trans_ranges *lent)
{
	struct trans_resume_args args = {
		.disk = &block,
		.offset = options->resume.offset,
		.unpack = { trans_unlzo, trans_unlz4, NULL },
		.ram = &machine.ram,
		.reserved = &machine.no_map,
		.free = lent,
		.host = &memory_ops,
		.host_ctx = &memory,
		.mpidr = sysreg_read(mpidr_el1),
		.entry = options->resume.entry,
		.has_its = quiesce_has_its(),
		.lpis_anyway = options->resume.lpis_off ||
			       options->resume.lpis.count,
		.sidecar = at_pa(options->resume.sidecar.start),
		.sidecar_len = options->resume.sidecar.len,
		.pending = pending,
		.room = RESUME_CPUS,
		.wipe = true,
		.id = &seen.id,
		.workers = options->resume.workers ?
			cpus_workers(options->resume.workers,
				     options->resume.worker_stuck) : NULL,
		.transition = transition_args(options, own,
					      &resume.transition),
	};

	args.transition.leave = leave;
	figures_wrap(&args);
	return args;
}

static void report_resume(uint64_t ticks)
{
	const struct trans_swsusp_info *info = &resume.image.info;
	uint64_t ms = ticks * 1000 / sysreg_read(cntfrq_el0);

	print_figure("load_ms", ms, "ms");
	print_figure("load_rate", (info->data_pages << info->page_shift) /
		     (1000 * (ms ? ms : 1)), "MB/s");
	print_figure("direct_pages", resume.direct_pages, "pages");
	print_figure("moved_pages", resume.moved_pages, "pages");
	print_figure("zero_pages", resume.zero_pages, "pages");
	print_figure("moves", resume.transition.move_count, "moves");
	print("port: entry %s at 0x%lx\n",
	      resume.how == TRANS_RESUME_PHYSICAL ? "physical" : "virtual",
	      resume.entry);
}

static int start(const struct options *options, struct trans_error *err)
{
	if (options->plan)
		(void)trans_resume_print(&resume, print_text, "plan: ");
	if (options->dry) {
		*err = (struct trans_error){ .status = TRANS_EHOST,
					     .why = "dry run",
					     .level = TRANS_NO_LEVEL };
		return TRANS_EHOST;
	}
	print("port: resume, bye\n");
	return trans_resume_start(&resume, err);
}

/* What the saved kernel says, if nobody knows better. */
static void use_lpis(const struct options *options)
{
	const struct trans_saved_lpis *known = &resume.known.lpis;
	static struct trans_gic_lpis lpis;

	lpis = options->resume.lpis;
	lpis.pending = options->resume.pending;
	if (!lpis.count && known->known && !options->resume.lpis_off)
		lpis = known->tables;
	print_figure("lpi_cpus", lpis.count, "cpus");
	quiesce_lpis(lpis.count ? &lpis : NULL, &resume.plan);
}

static int load_start(const struct options *options,
		      const struct trans_table *own,
		      const struct trans_ranges *lent, struct trans_error *err)
{
	struct trans_resume_args args = resume_args(options, own, lent);
	uint64_t began = sysreg_read(cntvct_el0);
	int ret = trans_resume_load(&resume, &args, err);

	if (ret)
		return ret;
	report_resume(sysreg_read(cntvct_el0) - began);
	figures_print();
	use_lpis(options);
	ret = start(options, err);
	trans_resume_unload(&resume);
	return ret;
}

/* What hardware goes on writing to is nobody's either. */
static int quiet_plan(struct trans_error *err)
{
	int ret = quiesce_plan(quiesce_flags, err);

	if (ret)
		return ret;
	ret = trans_ranges_add_all(&machine.no_map, quiesce_kept());
	if (ret)
		*err = (struct trans_error){ .status = ret,
					     .why = "LPI tables",
					     .level = TRANS_NO_LEVEL };
	return ret;
}

/* Nor is what is read later. */
static int keep_sidecar(const struct trans_range *sidecar,
			struct trans_error *err)
{
	int ret = TRANS_ERANGE;

	if (!sidecar->len)
		return 0;
	if (machine_has(sidecar->start, sidecar->len))
		ret = memory_keep(sidecar->start, sidecar->len);
	if (ret)
		*err = (struct trans_error){ .status = ret,
					     .why = "sidecar",
					     .pa = sidecar->start,
					     .level = TRANS_NO_LEVEL };
	return ret;
}

static int wake(const struct options *options, const struct trans_table *own,
		struct trans_error *err)
{
	const struct trans_ranges *lent;
	uint64_t before;
	int ret;

	if (options->resume.no_early) {
		block.read_start = NULL;
		block.read_wait = NULL;
	}
	quiesce_flags = options->quiesce;
	if (options->resume.workers)
		quiesce_flags |= QUIESCE_CPUS;
	ret = keep_sidecar(&options->resume.sidecar, err);
	if (!ret)
		ret = quiet_plan(err);
	before = memory_free_bytes();
	if (options->resume.figures)
		figures_begin();
	if (!ret)
		ret = with_buffer(probe_disks, options->resume.offset, err);
	if (ret)
		return ret;
	lent = memory_lend();
	ret = load_start(options, own, lent, err);
	if (ret == TRANS_ELOST) /* it may still write there */
		return ret;
	memory_take_back();
	report_lost(before);
	return ret;
}

enum trans_resume_advice port_resume(const struct options *options,
				     const struct trans_table *own,
				     struct trans_error *err)
{
	struct trans_error other;
	int ret = wake(options, own, err);

	switch (trans_resume_advise(ret)) {
	case TRANS_RESUME_BOOT:
		return TRANS_RESUME_BOOT;
	case TRANS_RESUME_RESET:
		return TRANS_RESUME_RESET;
	case TRANS_RESUME_AGAIN: /* nothing would be different */
	case TRANS_RESUME_KEEP:
	default:
		break;
	}
	if (options->dry || !options->resume.discard || !seen.id.page_len)
		return TRANS_RESUME_KEEP;
	if (with_buffer(discard, 0, err))
		return TRANS_RESUME_KEEP;
	/* Another disk may have an image too, or not be readable. */
	ret = with_buffer(probe_disks, options->resume.offset, &other);
	return ret == TRANS_ENOIMAGE ? TRANS_RESUME_BOOT : TRANS_RESUME_KEEP;
}

/* ---- options ---- */

static bool is(const char *text, size_t len, const char *word)
{
	size_t n = 0;

	while (n < len && word[n] == text[n])
		n++;
	return n == len && !word[n];
}

static bool read_workers(const char *text, size_t len, unsigned int *workers)
{
	static const char key[] = "workers=";
	size_t n = sizeof(key) - 1;

	if (len != n + 1 || memcmp(text, key, n) || text[n] < '0' ||
	    text[n] > '9')
		return false;
	*workers = (unsigned int)(text[n] - '0');
	return true;
}

static bool read_offset(const char *text, size_t len, uint64_t *offset)
{
	static const char key[] = "offset=";
	size_t n = sizeof(key) - 1;

	if (len <= n || len > n + 15 || memcmp(text, key, n))
		return false;
	*offset = 0;
	for (; n < len && text[n] >= '0' && text[n] <= '9'; n++)
		*offset = *offset * 10 + (unsigned int)(text[n] - '0');
	return n == len;
}

/* One "0x" number and what ends it, which is a comma or the word's end. */
static bool read_hex(const char **text, const char *end, uint64_t *value)
{
	const char *at = *text;

	if (end - at < 3 || at[0] != '0' || at[1] != 'x')
		return false;
	*value = 0;
	for (at += 2; at < end && *at != ','; at++) {
		unsigned int digit = (unsigned int)*at - '0';
		unsigned int letter = (unsigned int)*at - 'a';

		if (digit > 9 && letter > 5)
			return false;
		*value = *value << 4 | (digit <= 9 ? digit : letter + 10);
	}
	*text = at + (at < end);
	return true;
}

static bool read_lpis(const char *text, size_t len,
		      struct resume_options *options)
{
	static const char key[] = "lpis=";
	const char *end = text + len;
	size_t n = 0;

	if (len < sizeof(key) || memcmp(text, key, sizeof(key) - 1))
		return false;
	text += sizeof(key) - 1;
	if (!read_hex(&text, end, &options->lpis.propbaser))
		return false;
	for (; n < RESUME_CPUS && text < end; n++) {
		options->pending[n].mpidr = n;
		if (!read_hex(&text, end, &options->pending[n].pendbaser))
			return false;
	}
	options->lpis.count = n;
	return text == end;
}

static bool read_sidecar(const char *text, size_t len,
			 struct trans_range *sidecar)
{
	static const char key[] = "sidecar=";
	const char *end = text + len;

	if (len < sizeof(key) || memcmp(text, key, sizeof(key) - 1))
		return false;
	text += sizeof(key) - 1;
	return read_hex(&text, end, &sidecar->start) &&
	       read_hex(&text, end, &sidecar->len) && text == end;
}

bool resume_word(struct resume_options *options, const char *text, size_t len)
{
	if (is(text, len, "resume=on"))
		options->on = true;
	else if (is(text, len, "refused=discard"))
		options->discard = true;
	else if (is(text, len, "lpis=off"))
		options->lpis_off = true;
	else if (is(text, len, "then=kexec"))
		options->then_kexec = true;
	else if (is(text, len, "figures=load"))
		options->figures = true;
	else if (is(text, len, "workers=stuck"))
		options->worker_stuck = true;
	else if (is(text, len, "early=off"))
		options->no_early = true;
	else if (is(text, len, "entry=auto"))
		options->entry = TRANS_RESUME_AUTO;
	else if (is(text, len, "entry=physical"))
		options->entry = TRANS_RESUME_PHYSICAL;
	else if (is(text, len, "entry=virtual"))
		options->entry = TRANS_RESUME_VIRTUAL;
	else
		return read_offset(text, len, &options->offset) ||
		       read_workers(text, len, &options->workers) ||
		       read_lpis(text, len, options) ||
		       read_sidecar(text, len, &options->sidecar);
	return true;
}
