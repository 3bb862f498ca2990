/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * trans plan: a kexec is loaded, by trans_kexec_load, into simulated memory of
 * a machine, as its host would; then that says what it would do, and nothing is
 * done.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <trans_table/kexec.h>

#include "machine.h"
#include "mapped.h"
#include "numbers.h"
#include "options.h"
#include "out.h"
#include "plan_show.h"
#include "ram.h"
#include "trans.h"
#include "unpack.h"

static const char help[] =
	"usage: trans plan [OPTION...] KERNEL [INITRD [TREE]]\n"
	"\n"
	"The dry run of a kexec on a machine that need not be here: what goes\n"
	"where, by which moves, out of which memory, and whether that holds.\n"
	"KERNEL: an arm64 Image, also packed by gzip, an EFI zboot, an ELF file.\n"
	"TREE: the machine's device tree (.dtb); without one --ram says all.\n"
	"\n"
	"  --ram RANGE       memory, instead of the tree's; more than once: all\n"
	"  --reserve RANGE   what must not be written, beside the tree's\n"
	"  --host RANGE      the running program: not to be lent, may be written\n"
	"  --kernel-at PA    where the files are when it begins; else as high as\n"
	"  --initrd-at PA    there is room\n"
	"  --relocate        and they shall not stay there\n"
	"  --cpu MIDR[,NAME=VALUE...]  as for trans image (Cortex-A57)\n"
	"  --el 1|2          the exception level that the program runs at (1)\n"
	"  --page 4K|16K|64K of the moves and tables (4K)\n"
	"  --bootargs TEXT   the next kernel's command line\n"
	"  --verify          with digests that the control code checks\n"
	"\n"
	"RANGE: START+LEN or START-END; numbers may have K, M, G, T behind them.\n"
	"\n"
	"  --svg FILE        a picture, too\n"
	"  --json            for scripts\n"
	"  --help            this\n";

enum { RAM = 256, RESERVE, HOST, KERNEL_AT, INITRD_AT, RELOCATE, CPU, EL, PAGE,
       BOOTARGS, VERIFY, SVG, JSON };

static const struct option words[] = {
	{ "ram", required_argument, NULL, RAM },
	{ "reserve", required_argument, NULL, RESERVE },
	{ "host", required_argument, NULL, HOST },
	{ "kernel-at", required_argument, NULL, KERNEL_AT },
	{ "initrd-at", required_argument, NULL, INITRD_AT },
	{ "relocate", no_argument, NULL, RELOCATE },
	{ "cpu", required_argument, NULL, CPU },
	{ "el", required_argument, NULL, EL },
	{ "page", required_argument, NULL, PAGE },
	{ "bootargs", required_argument, NULL, BOOTARGS },
	{ "verify", no_argument, NULL, VERIFY },
	{ "svg", required_argument, NULL, SVG },
	{ "json", no_argument, NULL, JSON },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ NULL, 0, NULL, 0 },
};

static bool take_range(struct trans_ranges *set)
{
	struct trans_range range;
	int ret;

	if (!range_of(optarg, &range))
		return false;
	ret = trans_ranges_add(set, range.start, range.len);
	errno = ret == TRANS_ENOSPC ? ENOSPC : 0;
	return !ret;
}

/* Files are mapped to where they would be, by pages. */
static bool take_ram(struct plan *plan)
{
	struct trans_range range;

	return range_of(optarg, &range) && !((range.start | range.len) & 4095) &&
	       take_range(&plan->ram_said);
}

static bool take_place(uint64_t *pa)
{
	return number_of(optarg, pa) && !(*pa & 4095);
}

static bool take_page(struct plan *plan)
{
	uint64_t page;

	if (!number_of(optarg, &page))
		return false;
	for (plan->granule = TRANS_4K; plan->granule <= TRANS_64K;
	     plan->granule += 2)
		if (page == 1ULL << plan->granule)
			return true;
	return false;
}

static bool take_option(void *arg, int word)
{
	struct plan *plan = arg;

	switch (word) {
	case RAM: return take_ram(plan);
	case RESERVE: return take_range(&plan->machine.reserved);
	case HOST: return take_range(&plan->own);
	case KERNEL_AT: return take_place(&plan->kernel_at);
	case INITRD_AT: return take_place(&plan->initrd_at);
	case RELOCATE: plan->relocate = true; return true;
	case CPU: plan->cpu = optarg; return true;
	case PAGE: return take_page(plan);
	case BOOTARGS: plan->bootargs = optarg; return true;
	case VERIFY: plan->verify = true; return true;
	case SVG: plan->svg = optarg; return true;
	case JSON: plan->json = true; return true;
	case EL:
		plan->el = (unsigned int)(*optarg - '0');
		return !optarg[1] && (*optarg == '1' || *optarg == '2');
	default:
		return false;
	}
}

/* ---- the machine ---- */

static int choose_ram(struct plan *plan)
{
	struct machine *machine = &plan->machine;

	if (plan->ram_said.count) {
		machine->ram.count = 0;
		(void)trans_ranges_add_all(&machine->ram, &plan->ram_said);
	}
	if (!machine->ram.count)
		return usage_error("plan: no memory: a TREE or --ram says "
				   "where it is");
	if (!machine->fdt && !machine_make_tree(machine))
		return no("a device tree could not be made");
	return 0;
}

static int make_machine(struct plan *plan)
{
	int ret = plan->tree ? machine_tree(&plan->machine, plan->tree) : 0;

	if (!ret)
		ret = choose_ram(plan);
	return ret ? ret : machine_cpu(&plan->machine, plan->cpu, plan->el);
}

/* ---- the files ---- */

/* Where a file of @len bytes lies when the kexec begins. */
static bool place_file(struct plan *plan, uint64_t len, uint64_t wish,
		       trans_pa_t *at)
{
	static const struct trans_range anywhere = { 0, UINT64_MAX };
	uint64_t whole = (len + 65535) & ~65535ULL;
	uint64_t align = 2 << 20;

	*at = wish;
	if (wish == PLAN_ANYWHERE &&
	    trans_ranges_fit(&plan->ram.free, &anywhere, whole, align, 0,
			     TRANS_FIT_HIGHEST, at))
		return false;
	return !trans_ranges_remove(&plan->ram.free, *at, whole);
}

/* The file's pages become those of memory: it is not read before somebody looks
 * at it. */
static int load_file(struct plan *plan, const char *path, uint64_t wish,
		     struct trans_range *range)
{
	int fd = open(path, O_RDONLY), ret = EXIT_FINE;
	struct stat stat;
	void *at;

	if (fd < 0 || fstat(fd, &stat))
		return file_error(path);
	range->len = S_ISREG(stat.st_mode) ? (uint64_t)stat.st_size : 0;
	if (!range->len) {
		errno = S_ISREG(stat.st_mode) ? ENODATA :
			S_ISDIR(stat.st_mode) ? EISDIR : ESPIPE;
		ret = file_error(path);
	} else if (!place_file(plan, range->len, wish, &range->start) ||
		   !(at = ram_at(&plan->ram, range->start, range->len))) {
		ret = no("no memory for %s where it would be", path);
	} else if (mmap(at, range->len, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_FIXED, fd, 0) == MAP_FAILED) {
		ret = file_error(path);
	}
	close(fd);
	return ret;
}

static int load_files(struct plan *plan)
{
	struct trans_ranges kept;
	struct trans_range storage[RAM_PIECES];
	int ret;

	trans_ranges_init(&kept, storage, RAM_PIECES);
	(void)trans_ranges_add_all(&kept, &plan->machine.reserved);
	(void)trans_ranges_add_all(&kept, &plan->own);
	if (ram_make(&plan->ram, &plan->machine.ram, &kept))
		return no("the machine's memory is too much, or in too many "
			  "pieces");
	watch_mappings();
	ret = load_file(plan, plan->kernel_path, plan->kernel_at,
			&plan->kernel);
	if (!ret && plan->initrd_path)
		ret = load_file(plan, plan->initrd_path, plan->initrd_at,
				&plan->initrd);
	return ret;
}

/* ---- the load ---- */

static int no_alias(void *host, trans_pa_t pa, uint64_t len)
{
	(void)host;
	(void)pa;
	(void)len;
	return 0;
}

/* So that two runs say the same; what is in the seeds is not shown. */
static int no_randomness(void *ctx, void *buf, size_t len)
{
	(void)ctx;
	memset(buf, 0, len);
	return 0;
}

static int heard(void *ctx, uint64_t done, uint64_t total)
{
	(void)ctx;
	progress("loading", done, total);
	return 0;
}

static int load(struct plan *plan)
{
	struct trans_kexec_args args = {
		.kernel = plan->kernel, .initrd = plan->initrd,
		.fdt = plan->machine.fdt, .fdt_len = plan->machine.fdt_len,
		.edit = { .bootargs = plan->bootargs,
			  .random = no_randomness },
		.ram = &plan->machine.ram, .reserved = &plan->machine.reserved,
		.host = &plan->ram.ops, .host_ctx = &plan->ram,
		.decompress = &desk_decompress, .verify = plan->verify,
		.relocate = plan->relocate,
		.progress = heard,
		.transition = { .cpu = &plan->machine.cpu, .va_bits = 48,
				.granule = (enum trans_granule)plan->granule,
				.map = TRANS_MAP_SPARSE,
				.alias_prepare = no_alias },
	};
	struct trans_error err;
	int ret = trans_kexec_load(&plan->kexec, &args, &err);

	progress_over();
	return ret ? refused(&err) : EXIT_FINE;
}

static int answer(struct plan *plan, struct out *out)
{
	int ret = make_machine(plan);

	if (!ret)
		ret = load_files(plan);
	if (!ret)
		ret = load(plan);
	if (!ret)
		ret = plan_show(plan, out);
	trans_kexec_unload(&plan->kexec);
	ram_drop(&plan->ram);
	machine_drop(&plan->machine);
	return ret;
}

static int run(struct plan *plan)
{
	struct out out;
	int ret;

	out_begin(&out, stdout, plan->json);
	failures_to(&out);
	ret = answer(plan, &out);
	failures_to(NULL);
	return out_end(&out) ? file_error("stdout") : ret;
}

int plan_command(int argc, char **argv)
{
	static struct plan plan = { .cpu = "0x410fd070", .el = 1,
				    .granule = TRANS_4K,
				    .kernel_at = PLAN_ANYWHERE,
				    .initrd_at = PLAN_ANYWHERE };
	int ret;

	machine_init(&plan.machine);
	trans_ranges_init(&plan.ram_said, plan.ram_storage, MACHINE_RANGES);
	trans_ranges_init(&plan.own, plan.own_storage, MACHINE_RANGES);
	ret = options_take(argc, argv, words, help, take_option, &plan);
	if (ret != OPTIONS_TAKEN)
		return ret;
	if (argc - optind < 1 || argc - optind > 3)
		return usage_error("plan: a kernel, please, and at most an "
				   "initrd and a tree");
	plan.kernel_path = argv[optind];
	plan.initrd_path = argc - optind > 1 ? argv[optind + 1] : NULL;
	plan.tree = argc - optind > 2 ? argv[optind + 2] : NULL;
	if (plan.initrd_path && !*plan.initrd_path)
		plan.initrd_path = NULL;
	return run(&plan);
}
