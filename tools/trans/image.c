/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* trans image: what it is asked for, and in which order it is done. */
#include <stdlib.h>
#include <string.h>

#include "disk.h"
#include "image_parts.h"
#include "numbers.h"
#include "options.h"
#include "trans.h"
#include "unpack.h"

static const char help[] =
	"usage: trans image [OPTION...] DISK|FILE[:OFFSET]\n"
	"\n"
	"A hibernation image (swsusp) of an arm64 Linux, on a swap partition, a\n"
	"disk or in a file of one. OFFSET: where a swap file begins, in pages, as\n"
	"Linux's resume_offset says it. Nothing is written, but by --discard.\n"
	"\n"
	"Without options: what the image is, and what its kernel says of itself.\n"
	"  --header          by the header alone, without reading the rest\n"
	"  --verify          read all: swap maps, slots, page numbers, CRC\n"
	"  --log             the saved kernel's log (dmesg)\n"
	"  --page PA         what is saved of the page at that physical address\n"
	"  --find VA|SYMBOL  where that is, by the kernel's own tables\n"
	"  --elf FILE        write an ELF core, for gdb or drgn\n"
	"  --discard         give the image up; asks first\n"
	"  --yes             do not ask\n"
	"\n"
	"  --like TREE       would it wake on this machine (a .dtb)?\n"
	"  --cpu MIDR[,NAME=VALUE...]  of its CPU; NAME: mpidr, or an ID register:\n"
	"                    mmfr0 to mmfr4, pfr0 to pfr2, dfr0, isar0 to isar2.\n"
	"                    With pfr0 the features of the saved kernel's CPUs\n"
	"                    are compared with all of these\n"
	"  --el 1|2          the exception level that its firmware leaves to us\n"
	"  --svg FILE        a picture of it, too\n"
	"  --anyway WHAT,... efi, cpu, lpis: what of it shall not matter\n"
	"\n"
	"  --json            for scripts\n"
	"  --help            this\n";

enum { HEADER = 256, VERIFY, LOG, PAGE, FIND, ELF, DISCARD, YES, LIKE, CPU, EL,
       ANYWAY, SVG, JSON };

static const struct option words[] = {
	{ "header", no_argument, NULL, HEADER },
	{ "verify", no_argument, NULL, VERIFY },
	{ "log", no_argument, NULL, LOG },
	{ "page", required_argument, NULL, PAGE },
	{ "find", required_argument, NULL, FIND },
	{ "elf", required_argument, NULL, ELF },
	{ "discard", no_argument, NULL, DISCARD },
	{ "yes", no_argument, NULL, YES },
	{ "like", required_argument, NULL, LIKE },
	{ "cpu", required_argument, NULL, CPU },
	{ "el", required_argument, NULL, EL },
	{ "anyway", required_argument, NULL, ANYWAY },
	{ "svg", required_argument, NULL, SVG },
	{ "json", no_argument, NULL, JSON },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ NULL, 0, NULL, 0 },
};

static bool take_option(void *arg, int word)
{
	struct image_options *options = arg;

	switch (word) {
	case HEADER: options->header = true; return true;
	case VERIFY: options->verify = true; return true;
	case LOG: options->log = true; return true;
	case PAGE: options->page = true; return number_of(optarg, &options->pa);
	case FIND: options->find = optarg; return true;
	case ELF: options->elf = optarg; return true;
	case DISCARD: options->discard = true; return true;
	case YES: options->yes = true; return true;
	case LIKE: options->like = optarg; return true;
	case CPU: options->cpu = optarg; return true;
	case ANYWAY: options->anyway = optarg; return true;
	case SVG: options->svg = optarg; return true;
	case JSON: options->json = true; return true;
	case EL:
		options->el = (unsigned int)(*optarg - '0');
		return !optarg[1] && (*optarg == '1' || *optarg == '2');
	default:
		return false;
	}
}

/* What contradicts itself; NULL: nothing. */
static const char *options_fault(const struct image_options *options)
{
	int asked = options->header + options->log + options->page +
		    !!options->find + !!options->elf +
		    options->discard + !!options->like;

	if (asked > 1)
		return "only one of --header, --log, --page, --find, --elf, "
		       "--discard and --like";
	if (options->header && options->verify)
		return "only one of --header and --verify";
	if (options->yes && !options->discard)
		return "--yes is for --discard";
	if (options->discard && options->json && !options->yes)
		return "--discard with --json asks nobody, and so wants --yes";
	if (options->like && (!options->cpu || !options->el))
		return "--like wants --cpu and --el";
	if (!options->like && (options->cpu || options->el ||
			       options->anyway || options->svg))
		return "--cpu, --el, --anyway and --svg are for --like";
	return NULL;
}

/* What was asked for, of an image that was read. */
static int answer(struct out *out, const struct image_options *options,
		  struct contents *contents)
{
	static struct kernel kernel;

	if (options->page)
		return find_page(out, contents, options->pa);
	kernel_find(&kernel, contents);
	if (options->log)
		return show_log(out, &kernel);
	if (options->find)
		return find_address(out, &kernel, options->find);
	if (options->elf)
		return write_vmcore(out, contents, &kernel, options->elf);
	show_header(out, &contents->reader.info);
	show_kernel(out, contents, &kernel);
	return EXIT_FINE;
}

/* What is known of an image that is damaged is said all the same. */
static int read_and_answer(struct out *out, const struct image_options *options,
			   struct contents *contents)
{
	struct trans_error err;

	if (!contents_read(contents, &err))
		return answer(out, options, contents);
	if (!options->log && !options->page && !options->find && !options->elf)
		show_header(out, &contents->reader.info);
	return refused(&err);
}

static int no_image(const struct contents *contents,
		    const struct trans_error *err)
{
	unsigned int shift = contents->reader.info.page_shift;

	if (err->status != TRANS_ENOIMAGE)
		return refused(err);
	if (!shift)
		return no("no image, and no swap space");
	return no("no image: swap space of %uK pages", 1u << (shift - 10));
}

static int look_at(struct out *out, const struct image_options *options,
		   const struct disk_file *disk, struct contents *contents)
{
	struct trans_error err;
	const struct trans_swsusp_info *info = &contents->reader.info;

	if (contents_open(contents, &disk->block, options->offset, &err))
		return no_image(contents, &err);
	contents->reader.args.unpack = desk_unpackers;
	if (options->like)
		return would_wake(out, options, contents);
	if (!options->header)
		return read_and_answer(out, options, contents);
	show_header(out, info);
	return EXIT_FINE;
}

static int open_and_look(struct out *out, const struct image_options *options)
{
	static struct contents contents;
	struct disk_file disk;
	int ret;

	if (!disk_open(&disk, options->path, false))
		return file_error(options->path);
	ret = look_at(out, options, &disk, &contents);
	contents_close(&contents);
	disk_close(&disk);
	return ret;
}

static int run(const struct image_options *options)
{
	struct out out;
	int ret;

	out_begin(&out, stdout, options->json);
	failures_to(&out);
	ret = options->discard ? discard_image(&out, options) :
				 open_and_look(&out, options);
	failures_to(NULL);
	return out_end(&out) ? file_error("stdout") : ret;
}

int image_command(int argc, char **argv)
{
	struct image_options options = { 0 };
	const char *fault;
	int ret = options_take(argc, argv, words, help, take_option, &options);

	if (ret != OPTIONS_TAKEN)
		return ret;
	if (argc - optind != 1)
		return usage_error("image: one disk or file, please");
	options.path = argv[optind];
	if (!disk_path(argv[optind], &options.offset))
		return usage_error("image: the offset is no number");
	fault = options_fault(&options);
	return fault ? usage_error("image: %s", fault) : run(&options);
}
