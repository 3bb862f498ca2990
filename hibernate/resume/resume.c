/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Resume: an image becomes pages in their places, and moves; moves become a
 * transition. The steps stand in trans_resume_load; each either succeeds or
 * names its error, and none of them writes anything but lent memory.
 */
#include "hibernate/resume/private.h"
#include "hibernate/swsusp.h"
#include "lib/assume.h"
#include "lib/fail.h"
#include "lib/numbers.h"

/* What is wrong with the arguments; NULL for nothing. */
static const char *args_fault(const struct trans_resume_args *args)
{
	const struct trans_transition_args *transition = &args->transition;

	if (!args->disk)
		return trans_why("disk is missing");
	if (!args->ram)
		return trans_why("ram is missing");
	if (!args->reserved)
		return trans_why("reserved is missing: an empty one says none");
	if (!args->free)
		return trans_why("free is missing");
	if (!args->host || !args->host->phys_to_virt)
		return trans_why("host, or its phys_to_virt, is missing");
	if (!transition->cpu)
		return trans_why("cpu is missing");
	if (transition->map == TRANS_MAP_LINEAR && !transition->linear)
		return trans_why("linear is missing");
	if (args->entry > TRANS_RESUME_VIRTUAL)
		return trans_why("unknown entry");
	if (TRANS_ASSUME_PHYSICAL && args->entry == TRANS_RESUME_VIRTUAL)
		return trans_why(
			"an entry with the MMU on (TRANS_ASSUME_PHYSICAL)");
	if (transition->zero || transition->stays || transition->digest_count)
		return trans_why("zero, stays or digests beside an image");
	if (TRANS_ASSUME_NO_SIDECAR && args->sidecar)
		return trans_why("a sidecar (TRANS_ASSUME_NO_SIDECAR)");
	if (TRANS_ASSUME_NO_EFI &&
	    (args->efi_system_table || args->efi_runtime))
		return trans_why("EFI firmware (TRANS_ASSUME_NO_EFI)");
	return NULL;
}

/* What keeps @range from being lent; NULL for nothing. */
static const char *lent_fault(const struct trans_resume_args *args,
			      const struct trans_range *range)
{
	if (!trans_ranges_contain(args->ram, range->start, range->len) ||
	    trans_ranges_touch(args->reserved, range->start, range->len))
		return trans_why("lent memory is no RAM, or is reserved");
	if (!TRANS_ASSUME_NO_EFI && args->efi_runtime &&
	    trans_ranges_touch(args->efi_runtime, range->start, range->len))
		return trans_why("lent memory is of EFI's runtime services");
	return NULL;
}

static int check_args(struct tr_load *load)
{
	const struct trans_resume_args *args = load->args;
	const char *why = args_fault(args);

	if (why)
		return trans_fail(load->err, TRANS_EINVAL, why);
	for (size_t i = 0; i < args->free->count; i++) {
		const struct trans_range *range = &args->free->range[i];

		why = lent_fault(args, range);
		if (why)
			return trans_fail_pa(load->err, TRANS_EINVAL, why,
					     range->start, range->len);
	}
	load->resume->wipe = args->wipe;
	load->resume->host = (struct trans_host){ args->host, args->host_ctx };
	return 0;
}

/* The stream is the work of the steps that read it. */
static int heard(void *ctx, uint64_t done, uint64_t total)
{
	struct tr_load *load = ctx;
	uint64_t more = done - load->read;

	(void)total;
	load->read = done;
	return trans_resume_work_(load, more);
}

static int open_with(struct tr_load *load, void *buffer, uint64_t len)
{
	const struct trans_resume_args *args = load->args;
	struct trans_swsusp_args open = {
		.disk = args->disk,
		.offset = args->offset,
		.unpack = args->unpack,
		.buffer = buffer,
		.buffer_len = len,
		.progress = heard,
		.progress_ctx = load,
		.workers = load->workers,
	};

	return trans_swsusp_open(&load->resume->image, &open, load->err);
}

static int no_memory(struct tr_load *load, const char *why, uint64_t len)
{
	return trans_fail_pa(load->err, TRANS_ENOMEM, why, 0, len);
}

/* How large are the image's pages? Nothing can be arranged before that. */
static int look(struct tr_load *load)
{
	static const unsigned int shifts[] = { 16, 14, 12 };
	static const struct trans_range anywhere = { 0, UINT64_MAX };
	const struct trans_resume_args *args = load->args;
	int ret = TRANS_ENOSPC;

	for (size_t i = 0; ret == TRANS_ENOSPC && i < 3; i++) {
		uint64_t len = TRANS_SWSUSP_BUFFER(shifts[i]);
		trans_pa_t pa;
		void *buffer;

		if (trans_ranges_fit(args->free, &anywhere, len, 1ULL << 12, 0,
				     TRANS_FIT_HIGHEST, &pa))
			continue;
		buffer = args->host->phys_to_virt(args->host_ctx, pa,
						  (size_t)len);
		if (!buffer)
			return trans_fail_pa(load->err, TRANS_EFAULT,
					     "no access to lent memory", pa,
					     len);
		ret = open_with(load, buffer, len);
		load->id = load->resume->image.id;
		trans_resume_wipe_(load->resume, pa, len);
		break;
	}
	if (args->id)
		*args->id = load->id;
	return ret == TRANS_ENOSPC ? no_memory(load, "buffer of the reader",
					       TRANS_SWSUSP_BUFFER(12)) :
				     ret;
}

/* A unit is what is placed or what is carved, whichever is smaller. */
static unsigned int unit_shift(const struct tr_load *load)
{
	unsigned int page = load->resume->image.info.page_shift;
	unsigned int granule = tr_granule_shift(load);

	return (unsigned int)trans_least(granule, page);
}

static int take_free(struct tr_load *load)
{
	struct trans_resume *resume = load->resume;
	const struct trans_ranges *lent = load->args->free;
	uint64_t unit = 1ULL << resume->map.shift;
	int ret = 0;

	if (lent->count > TRANS_RESUME_RANGES)
		return trans_fail(load->err, TRANS_ENOSPC, "lent memory");
	trans_ranges_init(&resume->direct, resume->direct_storage,
			  sizeof(resume->direct_storage) /
				  sizeof(*resume->direct_storage));
	trans_ranges_init(&resume->cut, resume->cut_storage,
			  sizeof(resume->cut_storage) /
				  sizeof(*resume->cut_storage));
	for (size_t i = 0; !ret && i < lent->count; i++) {
		uint64_t start = trans_round_up(lent->range[i].start, unit);
		uint64_t end = trans_round_down(
			lent->range[i].start + lent->range[i].len, unit);

		if (end > start)
			ret = trans_ranges_add(&resume->direct, start,
					       end - start);
	}
	return ret ? trans_fail(load->err, ret, "lent memory") : ret;
}

static int number_ram(struct tr_load *load)
{
	struct trans_resume *resume = load->resume;
	int ret = trans_resume_map_ram_(&resume->map, load->args->ram,
					unit_shift(load));

	return ret ? trans_fail(load->err, ret, "RAM") : take_free(load);
}

/* The CPU was held against what the first look found, and so must this be the
 * same image. What the disk will not give is no answer at all. */
static int open_again(struct tr_load *load, void *buffer, uint64_t len)
{
	int ret = open_with(load, buffer, len);

	if (ret == TRANS_EHOST ||
	    swsusp_same_id(&load->id, &load->resume->image.id))
		return ret;
	return trans_fail_pa(load->err, TRANS_ESTALE,
			     "the disk holds another image than a moment ago",
			     load->id.offset, load->id.page_len);
}

/* Bytes of the reader's buffer. */
static uint64_t buffer_for(const struct tr_load *load)
{
	const struct trans_workers *workers =
		TRANS_ASSUME_NO_WORKERS ? NULL : load->workers;
	uint64_t count = workers ? trans_least(workers->count,
					       TRANS_WORKERS_MAX) : 0;

	return TRANS_SWSUSP_BUFFER_FOR(load->resume->image.info.page_shift,
				       count);
}

/* Where the image's own pages end up is not known yet, so these may lie on
 * some; such pages are moved. */
static int carve_early(struct tr_load *load)
{
	struct trans_resume *resume = load->resume;
	struct trans_resume_map *map = &resume->map;
	uint64_t page = tr_page(resume), len = trans_resume_map_len_(map);
	uint64_t buffer_len = buffer_for(load);
	trans_pa_t pa;
	void *buffer;

	map->image = trans_resume_carve_early_(resume, len, page, &pa);
	map->taken = trans_resume_carve_early_(resume, len, page, &pa);
	if (!map->image || !map->taken)
		return no_memory(load, "bitmaps of pages", 2 * len);
	memset(map->image, 0, len);
	memset(map->taken, 0, len);
	buffer = trans_resume_carve_early_(resume, buffer_len, page, &pa);
	if (!buffer)
		return no_memory(load, "buffer of the reader", buffer_len);
	trans_resume_carve_ops_(resume);
	return open_again(load, buffer, buffer_len);
}

static int prepare(struct tr_load *load)
{
	struct trans_resume *resume = load->resume;
	struct trans_transition_args args = trans_resume_transition_args_(load);

	return trans_transition_prepare(&resume->transition, &args, load->err);
}

static int prove(struct tr_load *load)
{
	if (load->args->transition.unproven)
		return 0;
	return trans_resume_prove_(load->resume, load, load->err);
}

/* That there is no image is for the first look at the disk to find, and for
 * nobody else: a host boots over it. What calls the host may pass on whatever
 * that says. */
static int not_forged(const struct tr_load *load, int ret)
{
	if (ret != TRANS_ENOIMAGE)
		return ret;
	if (load->err)
		load->err->status = TRANS_EHOST;
	return TRANS_EHOST;
}

/* The steps of a load, and where each ends. */
struct step {
	int (*run)(struct tr_load *load);
	unsigned int end;
};

static const struct step steps[] = {
	{ check_args, 0 },
	{ look, TRANS_STEP_LOOKED },
	{ trans_resume_check_cpu_, TRANS_STEP_LOOKED },
	{ number_ram, TRANS_STEP_LOOKED },
	{ carve_early, TRANS_STEP_OPENED },
	{ trans_resume_read_pfns_, TRANS_STEP_NUMBERED },
	{ trans_resume_place_, TRANS_STEP_PLACED },
	{ trans_resume_try_prepare_, TRANS_STEP_TRIED },
	{ trans_resume_read_data_, TRANS_STEP_READ },
	{ trans_resume_check_efi_, TRANS_STEP_EFI },
	{ trans_resume_find_entry_, TRANS_STEP_FOUND },
	{ trans_resume_ask_saved_, TRANS_STEP_ASKED },
	{ prepare, TRANS_STEP_PREPARED },
	{ prove, TRANS_STEP_ALL },
};

static int run(struct tr_load *load, const struct step *step)
{
	int ret;

	trans_resume_begin_step_(load, step->end);
	ret = step->run(load);
	if (!ret && load->share)
		trans_resume_end_step_(load);
	if (load->stopped && ret != TRANS_ELOST)
		return trans_fail(load->err, TRANS_ESTOPPED, "progress");
	return step->run == look ? ret : not_forged(load, ret);
}

/* What remains known is whether there was swap space, where no image is. What a
 * worker that is lost may still look at stays as it is: nothing is given back,
 * so nothing has to be zeroed. */
static void fail_load(struct trans_resume *resume, int status)
{
	unsigned int swap_shift = resume->image.info.page_shift;

	if (status == TRANS_ELOST)
		resume->wipe = false;
	trans_resume_unload(resume);
	if (status == TRANS_ENOIMAGE)
		resume->image.info.page_shift = swap_shift;
}

static int run_all(struct tr_load *load)
{
	struct trans_resume *resume = load->resume;
	int ret = 0;

	memset(resume, 0, sizeof(*resume));
	for (size_t i = 0; !ret && i < sizeof(steps) / sizeof(*steps); i++)
		ret = run(load, &steps[i]);
	resume->image.args.progress = NULL;
	if (ret)
		fail_load(resume, ret);
	return ret;
}

/* Memory for workers is what can be done without. */
static bool goes_without(const struct tr_load *load, int ret)
{
	return !TRANS_ASSUME_NO_WORKERS && ret == TRANS_ENOMEM &&
	       load->workers && load->workers->count;
}

int trans_resume_load(struct trans_resume *resume,
		      const struct trans_resume_args *args,
		      struct trans_error *err)
{
	struct tr_load load = { .resume = resume, .args = args, .err = err,
				.workers = args->workers };
	int ret;

	if (args->id)
		memset(args->id, 0, sizeof(*args->id));
	ret = run_all(&load);
	if (!goes_without(&load, ret))
		return ret;
	load = (struct tr_load){ .resume = resume, .args = args, .err = err,
				 .told = load.told };
	return run_all(&load);
}

int trans_resume_start(struct trans_resume *resume, struct trans_error *err)
{
	struct trans_transition *transition = &resume->transition;
	int ret;

	if (!transition->prepared)
		return trans_fail(err, TRANS_EINVAL, "nothing is loaded");
	ret = trans_transition_ask(transition, err);
	if (ret)
		return ret;
	ret = trans_swsusp_clear(&resume->image, err);
	if (!ret)
		trans_transition_go(transition);
	trans_transition_unask(transition);
	return ret;
}

void trans_resume_unload(struct trans_resume *resume)
{
	trans_transition_cancel(&resume->transition);
	trans_resume_wipe_all_(resume);
	memset(resume, 0, sizeof(*resume));
}

int trans_resume_probe(const struct trans_block *disk, uint64_t offset,
		       void *buffer, uint64_t buffer_len,
		       struct trans_swsusp_info *info,
		       struct trans_image_id *id, struct trans_error *err)
{
	struct trans_swsusp_args args = {
		.disk = disk,
		.offset = offset,
		.buffer = buffer,
		.buffer_len = buffer_len,
	};
	struct trans_swsusp image;
	int ret = trans_swsusp_open(&image, &args, err);

	*info = image.info;
	if (id)
		*id = image.id;
	return ret;
}
