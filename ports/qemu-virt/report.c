/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
#include "lib/numbers.h"
#include "memory.h"
#include "print.h"
#include "report.h"

static uint64_t lost_bytes;

void report_lost(uint64_t before)
{
	lost_bytes += before - memory_free_bytes();
}

uint64_t report_lost_pages(void)
{
	return lost_bytes / PAGE_LEN;
}

void report_refusal(const struct trans_error *err)
{
	trans_error_print(err, print_text, "port: refused ");
	print("port: still running, %lu pages lost\n", report_lost_pages());
}

struct table_count {
	struct trans_range range;
	uint64_t inside, total;
};

static int count_table(void *arg, trans_pa_t pa, uint64_t len)
{
	struct table_count *count = arg;

	count->total++;
	count->inside +=
		trans_overlap(count->range.start, count->range.len, pa, len);
	return 0;
}

/* What the move will overwrite while the port is still needed to start it. */
static void report_overlap(struct trans_range kernel,
			   const struct trans_table *own)
{
	struct table_count count = { .range = kernel };
	struct image_part part[IMAGE_PARTS];
	struct trans_report report;

	image_parts(part);
	for (unsigned int i = 0; i < IMAGE_PARTS; i++)
		if (trans_overlap(kernel.start, kernel.len, part[i].range.start,
				  part[i].range.len))
			print("port: kernel destination overlaps the port's "
			      "%s\n", part[i].name);
	if (!trans_table_pages(own, count_table, &count, &report))
		print("port: kernel destination overlaps %lu of the port's "
		      "%lu table pages\n", count.inside, count.total);
}

static void report_figures(const struct trans_kexec *kexec)
{
	const struct trans_transition *t = &kexec->transition;

	print_figure("payload_bytes", kexec->payload_bytes, "bytes");
	print_figure("moved_bytes", t->move_bytes, "bytes");
	print_figure("moves", t->move_count, "moves");
	print_figure("table_pages", kexec->table_pages, "pages");
	print_figure("blob_bytes", trans_blob_size(), "bytes");
	print_figure("safe_pages", kexec->pool.handed_out, "pages");
	print_figure("allocations", memory.allocs, "calls");
}

static void print_destination(const char *name, struct trans_range range)
{
	print("port: %s goes to 0x%lx + 0x%lx\n", name, range.start, range.len);
}

void report_plan(const struct trans_kexec *kexec)
{
	(void)trans_kexec_print(kexec, print_text, "plan: ");
}

void report_kexec(const struct trans_kexec *kexec,
		  const struct trans_table *own)
{
	print_destination("kernel", kexec->kernel);
	print_destination("initrd", kexec->initrd);
	print_destination("device tree", kexec->fdt);
	if (kexec->transition.args.map == TRANS_MAP_NONE)
		print("port: without tables\n");
	if (kexec->transition.coarse)
		print("port: all of RAM is mapped\n");
	report_overlap(kexec->kernel, own);
	report_figures(kexec);
}
