/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* What an image is, and what its kernel says of itself. */
#include <inttypes.h>
#include <string.h>

#include "image_parts.h"
#include "trans.h"

#define NS ((uint64_t)1000000000)

static const char *packing_of(const struct trans_swsusp_info *info)
{
	switch (info->packing) {
	case TRANS_SWSUSP_LZO: return "LZO";
	case TRANS_SWSUSP_LZ4: return "LZ4";
	default: return "raw";
	}
}

/* How it is entered. */
static void show_way_in(struct out *out, const struct trans_swsusp_info *info)
{
	if (info->own) {
		out_address(out, "entry", info->entry);
		out_address(out, "context", info->context);
		out_number(out, "exception_level", info->level);
		return;
	}
	out_address(out, "root_table", info->ttbr1);
	out_address(out, "cpu_resume", info->reenter);
	if (info->stub)
		out_address(out, "el2_stub", info->stub);
}

void show_header(struct out *out, const struct trans_swsusp_info *info)
{
	out_text(out, "kind", info->own ? "snapshot of trans_table" :
					  "hibernated Linux");
	out_text(out, "version", info->version);
	out_number(out, "page_size", 1ULL << info->page_shift);
	out_text(out, "packing", packing_of(info));
	if (info->has_crc)
		out_address(out, "crc", info->crc);
	out_number(out, "stored_pages", info->data_pages);
	out_number(out, "ram_pages", info->ram_pages);
	out_address(out, "mpidr", info->mpidr);
	if (info->has_hardware)
		out_address(out, "hardware", info->hardware);
	show_way_in(out, info);
}

static void show_facts(struct out *out, const struct trans_saved_facts *facts)
{
	if (facts->release[0])
		out_text(out, "release", facts->release);
	if (facts->command_line[0])
		out_text(out, "command_line", facts->command_line);
	if (facts->seconds)
		out_number(out, "seconds_up", facts->seconds);
	if (facts->cpus)
		out_number(out, "cpus", facts->cpus);
	if (facts->midr)
		out_address(out, "midr", facts->midr);
	out_flag(out, "kpti", facts->kpti);
}

/* All was read by now, and so verified. */
void show_kernel(struct out *out, const struct contents *contents,
		 struct kernel *kernel)
{
	const struct trans_swsusp_info *info = &contents->reader.info;
	struct trans_saved_question question = { .mpidr = info->mpidr,
						 .version = info->version };
	struct trans_saved_facts facts;

	out_number(out, "zero_pages", contents->zero);
	out_number(out, "stretches", contents->count);
	if (kernel->tables) {
		out_number(out, "va_bits", kernel->view.geo.va_bits);
		(void)trans_saved_ask(&kernel->saved, &question, &facts, NULL);
		show_facts(out, &facts);
	}
	out_text(out, "verified", info->has_crc ?
		 "swap maps, slots, page numbers, CRC" :
		 "swap maps, slots, page numbers; it has no CRC");
}

/* ---- the log ---- */

static int put_record(struct out *out, const struct trans_saved_message *what,
		      const char *text, size_t len)
{
	char line[512];
	int n = snprintf(line, sizeof(line), "[%5" PRIu64 ".%06" PRIu64 "] %.*s",
			 what->ns / NS, what->ns % NS / 1000, (int)len, text);

	out_line(out, line, (size_t)n < sizeof(line) ? (size_t)n :
						       sizeof(line) - 1);
	return 0;
}

/* A message may have several lines. */
static int put_message(void *arg, const struct trans_saved_message *what)
{
	const char *text = what->text;
	size_t left = what->len;

	for (;;) {
		const char *end = memchr(text, '\n', left);
		size_t len = end ? (size_t)(end - text) : left;

		put_record(arg, what, text, len);
		if (!end)
			return 0;
		text = end + 1;
		left -= len + 1;
	}
}

int show_log(struct out *out, struct kernel *kernel)
{
	struct trans_error err;
	int ret;

	if (!kernel->info)
		return no("the image's kernel has no VMCOREINFO, which says "
			  "where its log is");
	out_list(out, "log");
	ret = trans_saved_log(&kernel->saved, put_message, out, &err);
	out_list_end(out);
	return ret ? refused(&err) : EXIT_FINE;
}
