/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* What a table maps: in runs, in sums, against another one, as a picture. */
#include <inttypes.h>
#include <stdio.h>

#include "picture.h"
#include "table_show.h"
#include "trans.h"

/* ---- one run ---- */

static void rwx(char text[4], bool r, bool w, bool x)
{
	text[0] = r ? 'r' : '-';
	text[1] = w ? 'w' : '-';
	text[2] = x ? 'x' : '-';
	text[3] = 0;
}

static const char *memory_of(uint8_t memory)
{
	if (memory < 0x10)
		return "device";
	return trans_memory_cacheable(memory) ? "normal" : "non-cacheable";
}

static void put_object(struct out *out, const struct trans_run *run)
{
	const struct trans_leaf *leaf = &run->leaf;
	char own[4], user[4];

	rwx(own, leaf->readable, leaf->writable, leaf->executable);
	rwx(user, leaf->user_readable, leaf->user_writable,
	    leaf->user_executable);
	out_object(out);
	out_address(out, "virtual", run->va);
	out_address(out, "length", run->len);
	if (run->status) {
		out_text(out, "error", trans_strerror(run->status));
	} else {
		out_address(out, "physical", leaf->pa);
		out_number(out, "level", (uint64_t)leaf->level);
		out_text(out, "kernel", own);
		out_text(out, "user", user);
		out_text(out, "memory", memory_of(leaf->memory));
	}
	out_object_end(out);
}

static void put_line(struct out *out, const char *before,
		     const struct trans_run *run)
{
	const struct trans_leaf *leaf = &run->leaf;
	char line[160], own[4], user[4];
	int n = snprintf(line, sizeof(line), "%s%016" PRIx64 " +%" PRIx64,
			 before, (uint64_t)run->va, (uint64_t)run->len);
	size_t room = sizeof(line) - (size_t)n;

	rwx(own, leaf->readable, leaf->writable, leaf->executable);
	rwx(user, leaf->user_readable, leaf->user_writable,
	    leaf->user_executable);
	if (run->status)
		n += snprintf(line + n, room, " %s",
			      trans_strerror(run->status));
	else
		n += snprintf(line + n, room, " -> %" PRIx64 " L%d %s user:%s "
			      "%s", (uint64_t)leaf->pa, leaf->level, own, user,
			      memory_of(leaf->memory));
	out_line(out, line, (size_t)n);
}

/* Where they go; how many of them are no mapping. */
struct listing {
	struct out *out;
	uint64_t damaged;
};

static int put_run(void *arg, const struct trans_run *run)
{
	struct listing *listing = arg;
	struct out *out = listing->out;

	listing->damaged += run->status != 0;
	if (out->json)
		put_object(out, run);
	else
		put_line(out, "", run);
	return 0;
}

static int ended(int ret, const struct trans_report *report, uint64_t damaged)
{
	if (ret)
		return refused(&report->error);
	return damaged ? no("entries that are damaged, or name tables that are "
			    "not there: %" PRIu64, damaged) : EXIT_FINE;
}

int table_runs(struct out *out, const struct trans_table *table, trans_va_t va,
	       uint64_t len)
{
	struct listing listing = { .out = out };
	struct trans_report report;
	int ret;

	out_list(out, "runs");
	ret = trans_table_runs(table, va, len, put_run, &listing, &report);
	out_list_end(out);
	return ended(ret, &report, listing.damaged);
}

int table_query(struct out *out, const struct trans_table *table, trans_va_t va)
{
	struct trans_leaf leaf;
	int ret = trans_table_query(table, va, &leaf, NULL);

	out_address(out, "virtual", va);
	if (!ret)
		out_address(out, "physical", leaf.pa);
	out_list(out, "walk");
	trans_table_trace(table, va, out_put, out);
	out_list_end(out);
	return ret ? EXIT_NO : EXIT_FINE;
}

/* ---- sums ---- */

struct sums {
	uint64_t runs, bytes, writable, executable, both, user, device, damaged;
	uint64_t level[4]; /* bytes by leaves of each */
	uint64_t pages, largest_gap;
	trans_va_t end;
};

static int add_run(void *arg, const struct trans_run *run)
{
	const struct trans_leaf *leaf = &run->leaf;
	struct sums *sums = arg;

	if (run->status) {
		sums->damaged++;
		return 0;
	}
	sums->runs++;
	sums->bytes += run->len;
	sums->level[leaf->level & 3] += run->len;
	sums->writable += leaf->writable ? run->len : 0;
	sums->executable += leaf->executable ? run->len : 0;
	sums->both += leaf->writable && leaf->executable ? run->len : 0;
	sums->user += leaf->user_readable || leaf->user_executable ?
		run->len : 0;
	sums->device += leaf->memory < 0x10 ? run->len : 0;
	return 0;
}

static int add_page(void *arg, trans_pa_t pa, uint64_t len)
{
	struct sums *sums = arg;

	(void)pa;
	(void)len;
	sums->pages++;
	return 0;
}

static void put_sums(struct out *out, const struct sums *sums)
{
	static const char *const levels[] = { "by_level_0", "by_level_1",
					      "by_level_2", "by_level_3" };

	out_number(out, "table_pages", sums->pages);
	out_number(out, "runs", sums->runs);
	out_number(out, "mapped", sums->bytes);
	for (size_t i = 0; i < 4; i++)
		if (sums->level[i])
			out_number(out, levels[i], sums->level[i]);
	out_number(out, "writable", sums->writable);
	out_number(out, "executable", sums->executable);
	out_number(out, "writable_and_executable", sums->both);
	out_number(out, "user", sums->user);
	out_number(out, "device", sums->device);
	out_number(out, "damaged_entries", sums->damaged);
}

/* Of table pages those of the whole half; of the rest those of the range. */
int table_stats(struct out *out, const struct trans_table *table,
		trans_va_t va, uint64_t len)
{
	struct sums sums = { 0 };
	struct trans_report report;
	int ret = trans_table_runs(table, va, len, add_run, &sums, &report);

	if (!ret)
		(void)trans_table_pages(table, add_page, &sums, &report);
	put_sums(out, &sums);
	return ended(ret, &report, sums.damaged);
}

/* ---- differences ---- */

struct differences {
	struct out *out;
	uint64_t count;
};

static void put_difference(struct out *out, const char *which,
			   const struct trans_diff *diff,
			   const struct trans_leaf *leaf)
{
	struct trans_run run = { .va = diff->va, .len = diff->len,
				 .leaf = *leaf };

	if (out->json)
		put_object(out, &run);
	else
		put_line(out, which, &run);
}

static int put_diff(void *arg, const struct trans_diff *diff)
{
	struct differences *differences = arg;
	struct out *out = differences->out;

	differences->count++;
	if (diff->kind != TRANS_ONLY_B)
		put_difference(out, "- ", diff, &diff->a);
	if (diff->kind != TRANS_ONLY_A)
		put_difference(out, "+ ", diff, &diff->b);
	return 0;
}

static int put_json_diff(void *arg, const struct trans_diff *diff)
{
	static const char *const kinds[] = {
		[TRANS_ONLY_A] = "only first", [TRANS_ONLY_B] = "only second",
		[TRANS_OTHER_PA] = "physical", [TRANS_OTHER_ATTR] = "attributes",
	};
	struct differences *differences = arg;
	struct out *out = differences->out;

	out_object(out);
	out_text(out, "kind", kinds[diff->kind]);
	out_list(out, "sides");
	(void)put_diff(arg, diff);
	out_list_end(out);
	out_object_end(out);
	return 0;
}

int table_diff(struct out *out, const struct trans_table *a,
	       const struct trans_table *b, trans_va_t va, uint64_t len)
{
	struct differences differences = { .out = out };
	struct trans_report report;
	int ret;

	out_list(out, "differences");
	ret = trans_table_diff(a, b, va, len,
			       out->json ? put_json_diff : put_diff,
			       &differences, &report);
	out_list_end(out);
	if (ret)
		return refused(&report.error);
	return differences.count ? EXIT_NO : EXIT_FINE;
}

/* ---- as a picture ---- */

static enum picture_kind kind_of(const struct trans_leaf *leaf)
{
	if (leaf->memory < 0x10)
		return PICTURE_DEVICE;
	if (leaf->executable || leaf->user_executable)
		return PICTURE_RUNS;
	return leaf->writable || leaf->user_writable ? PICTURE_WRITABLE :
						       PICTURE_READABLE;
}

static int draw_run(void *arg, const struct trans_run *run)
{
	const struct trans_leaf *leaf = &run->leaf;
	char title[80], own[4];

	rwx(own, leaf->readable, leaf->writable, leaf->executable);
	snprintf(title, sizeof(title), "%s %s at %#" PRIx64, own,
		 memory_of(leaf->memory), (uint64_t)leaf->pa);
	if (!run->status)
		picture_add(arg, kind_of(leaf), run->va, run->len, title);
	return 0;
}

int table_picture(const struct trans_table *table, trans_va_t va, uint64_t len,
		  const char *path)
{
	struct trans_report report;
	struct picture picture;
	int ret;

	picture_begin(&picture, "What a page table maps");
	picture_bar(&picture, "virtual");
	ret = trans_table_runs(table, va, len, draw_run, &picture, &report);
	ret = ret ? refused(&report.error) : picture_file(&picture, path);
	picture_drop(&picture);
	return ret;
}
