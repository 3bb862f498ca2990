/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* trans table: which table, of which dump, and what is asked of it. */
#include <string.h>

#include <trans_table/registers.h>

#include "numbers.h"
#include "table_show.h"
#include "options.h"
#include "trans.h"

static const char help[] =
	"usage: trans table [OPTION...] DUMP[:OFFSET]\n"
	"\n"
	"Page tables in a dump of an arm64 machine's memory. DUMP: an ELF core,\n"
	"a hibernation image (whose kernel's tables are found without being\n"
	"told), or bytes from a base address on, as QEMU's pmemsave has them.\n"
	"\n"
	"  --base PA         of the first byte, of a dump that does not say\n"
	"  --ttbr VALUE      TTBR1 of the regime, or TTBR0 with --lower\n"
	"  --tcr VALUE, --mair VALUE\n"
	"  --tcr2, --pir, --pire0, --sctlr VALUE  where the CPU has them\n"
	"  --mmfr0 VALUE     ID_AA64MMFR0_EL1; else all sizes are there\n"
	"  --regime el1|el2|el2-0  EL1&0 (this is the default), EL2, EL2&0. A Linux\n"
	"                    that runs at EL2 (VHE) has EL2&0, and the registers\n"
	"                    meant are TTBR1_EL2, TCR_EL2 and MAIR_EL2\n"
	"  --lower           the half of TTBR0\n"
	"\n"
	"Without one of these: what it maps, in runs.\n"
	"  --query VA        one address: the way to it, and what is there\n"
	"  --stats           how much, of what kind\n"
	"  --diff DUMP       where that maps something else; ends with 1 if so\n"
	"  --diff-ttbr VALUE by another root there\n"
	"  --range RANGE     not the whole half; START+LEN or START-END\n"
	"\n"
	"  --svg FILE        a picture, too\n"
	"  --json            for scripts\n"
	"  --help            this\n";

enum { BASE = 256, TTBR, TCR, MAIR, TCR2, PIR, PIRE0, SCTLR, MMFR0, REGIME,
       LOWER, QUERY, STATS, DIFF, DIFF_TTBR, RANGE, SVG, JSON };

static const struct option words[] = {
	{ "base", required_argument, NULL, BASE },
	{ "ttbr", required_argument, NULL, TTBR },
	{ "tcr", required_argument, NULL, TCR },
	{ "mair", required_argument, NULL, MAIR },
	{ "tcr2", required_argument, NULL, TCR2 },
	{ "pir", required_argument, NULL, PIR },
	{ "pire0", required_argument, NULL, PIRE0 },
	{ "sctlr", required_argument, NULL, SCTLR },
	{ "mmfr0", required_argument, NULL, MMFR0 },
	{ "regime", required_argument, NULL, REGIME },
	{ "lower", no_argument, NULL, LOWER },
	{ "query", required_argument, NULL, QUERY },
	{ "stats", no_argument, NULL, STATS },
	{ "diff", required_argument, NULL, DIFF },
	{ "diff-ttbr", required_argument, NULL, DIFF_TTBR },
	{ "range", required_argument, NULL, RANGE },
	{ "svg", required_argument, NULL, SVG },
	{ "json", no_argument, NULL, JSON },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ NULL, 0, NULL, 0 },
};

/* @given: of options, as bits */
struct request {
	trans_pa_t base;
	struct trans_regs regs;
	uint64_t mmfr0, diff_ttbr, va;
	enum trans_regime regime;
	struct trans_range range;
	char *diff;
	const char *svg;
	bool lower, query, stats, json;
	bool ttbr_given, tcr_given, mair_given, diff_ttbr_given;
};

/* 4K and 16K with 52 bits of address, 64K, 52 bits of PA. */
#define MMFR0_ALL 0x10200126ULL

static bool take_regime(struct request *request)
{
	static const struct {
		const char *name;
		enum trans_regime regime;
	} regimes[] = { { "el1", TRANS_EL1_0 }, { "el2", TRANS_EL2 },
			{ "el2-0", TRANS_EL2_0 } };

	for (size_t i = 0; i < 3; i++)
		if (!strcmp(optarg, regimes[i].name))
			request->regime = regimes[i].regime;
	return request->regime;
}

static bool take_register(struct request *request, int word)
{
	uint64_t *const of[] = {
		[TTBR - BASE] = &request->regs.ttbr,
		[TCR - BASE] = &request->regs.tcr,
		[MAIR - BASE] = &request->regs.mair,
		[TCR2 - BASE] = &request->regs.tcr2,
		[PIR - BASE] = &request->regs.pir,
		[PIRE0 - BASE] = &request->regs.pire0,
		[SCTLR - BASE] = &request->regs.sctlr,
		[MMFR0 - BASE] = &request->mmfr0,
	};

	request->ttbr_given |= word == TTBR;
	request->tcr_given |= word == TCR;
	request->mair_given |= word == MAIR;
	return number_of(optarg, of[word - BASE]);
}

static bool take_option(void *arg, int word)
{
	struct request *request = arg;

	switch (word) {
	case BASE: return number_of(optarg, &request->base);
	case REGIME: request->regime = 0; return take_regime(request);
	case LOWER: request->lower = true; return true;
	case STATS: request->stats = true; return true;
	case DIFF: request->diff = optarg; return true;
	case RANGE: return range_of(optarg, &request->range);
	case SVG: request->svg = optarg; return true;
	case JSON: request->json = true; return true;
	case QUERY:
		request->query = true;
		return number_of(optarg, &request->va);
	case DIFF_TTBR:
		request->diff_ttbr_given = true;
		return number_of(optarg, &request->diff_ttbr);
	default:
		return word >= TTBR && word <= MMFR0 &&
		       take_register(request, word);
	}
}

/* What contradicts itself; NULL: nothing. */
static const char *request_fault(const struct request *request)
{
	if (request->query + request->stats + !!request->diff > 1)
		return "only one of --query, --stats and --diff";
	if (request->query && (request->range.len || request->svg))
		return "--range and --svg are not for --query";
	if (request->diff_ttbr_given && !request->diff)
		return "--diff-ttbr is for --diff";
	return NULL;
}

/* ---- the table ---- */

/* As the image's own kernel has them. */
static void take_kernel(const struct request *request,
			const struct kernel *kernel, struct trans_regs *regs)
{
	struct trans_geometry low = kernel->view.geo;

	low.upper = false;
	if (!request->ttbr_given)
		regs->ttbr = trans_ttbr(&kernel->view.geo, kernel->view.root);
	if (!request->tcr_given)
		regs->tcr = trans_tcr(&low, &kernel->view.geo);
	if (!request->mair_given)
		regs->mair = kernel->view.mair;
}

static int attach(const struct request *request, struct dump *dump,
		  const uint64_t *ttbr, struct trans_table *table)
{
	struct trans_regs regs = request->regs;
	struct trans_geometry geo;
	struct trans_report report;
	bool upper = !request->lower && request->regime != TRANS_EL2;

	if (dump->image && dump->kernel.tables)
		take_kernel(request, &dump->kernel, &regs);
	else if (!request->ttbr_given || !request->tcr_given ||
		 !request->mair_given)
		return usage_error("table: --ttbr, --tcr and --mair, please");
	if (!upper && !request->ttbr_given)
		return usage_error("table: --ttbr, please: an image says only "
				   "where its kernel's tables are");
	if (ttbr)
		regs.ttbr = *ttbr;
	if (trans_geometry_from_tcr(&geo, request->regime, upper, regs.tcr,
				    request->mmfr0, &report.error) ||
	    trans_table_attach(table, &geo, &regs, NULL, &dump->ops, dump,
			       &report))
		return refused(&report.error);
	return EXIT_FINE;
}

/* ---- what is asked ---- */

static int compare(struct out *out, const struct request *request,
		   const struct trans_table *table, trans_va_t va, uint64_t len)
{
	static struct dump other;
	struct trans_table second;
	int ret = dump_open(&other, request->diff, request->base);

	if (!ret)
		ret = attach(request, &other, request->diff_ttbr_given ?
			     &request->diff_ttbr : NULL, &second);
	if (!ret)
		ret = table_diff(out, table, &second, va, len);
	dump_close(&other);
	return ret;
}

static int answer(struct out *out, const struct request *request,
		  const struct trans_table *table)
{
	trans_va_t first = trans_geometry_first(&table->geo), va = first;
	uint64_t len = trans_geometry_last(&table->geo) - first + 1;
	int ret;

	if (request->range.len) {
		va = request->range.start;
		len = request->range.len;
	}
	if (request->query)
		return table_query(out, table, request->va);
	if (request->diff)
		ret = compare(out, request, table, va, len);
	else if (request->stats)
		ret = table_stats(out, table, va, len);
	else
		ret = table_runs(out, table, va, len);
	if (request->svg && ret <= EXIT_NO) {
		int drawn = table_picture(table, va, len, request->svg);

		ret = drawn ? drawn : ret;
	}
	return ret;
}

static int run(const struct request *request, char *path)
{
	static struct dump dump;
	struct trans_table table;
	struct out out;
	int ret;

	out_begin(&out, stdout, request->json);
	failures_to(&out);
	ret = dump_open(&dump, path, request->base);
	if (!ret)
		ret = attach(request, &dump, NULL, &table);
	if (!ret)
		ret = answer(&out, request, &table);
	dump_close(&dump);
	failures_to(NULL);
	return out_end(&out) ? file_error("stdout") : ret;
}

int table_command(int argc, char **argv)
{
	struct request request = { .regime = TRANS_EL1_0, .mmfr0 = MMFR0_ALL };
	const char *fault;
	int ret = options_take(argc, argv, words, help, take_option, &request);

	if (ret != OPTIONS_TAKEN)
		return ret;
	fault = request_fault(&request);
	if (fault)
		return usage_error("table: %s", fault);
	if (argc - optind != 1)
		return usage_error("table: one dump, please");
	return run(&request, argv[optind]);
}
