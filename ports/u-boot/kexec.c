// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
/* trans kexec and trans plan: words to arguments, and what the user hears. */
#include "port.h"

#include <malloc.h>
#include <stdio.h>
#include <asm/unaligned.h>

#define IMAGE_SIZE_AT 16 /* in the header; booting.rst */
#define USAGE 1 /* no status of the library's, which are negative */

/* What the words of a command line say, and what they led to. */
struct request {
	struct port port;
	struct trans_kexec kexec;
	struct trans_range kernel, initrd;
	ulong fdt_addr;
	void *fdt; /* with fix-ups; ours */
	size_t fdt_len;
	bool unverified;
};

/* The words */

static bool read_options(struct request *r, int *argc, char *const **argv,
			 struct trans_error *err)
{
	struct trans_range range;

	for (; *argc && **argv[0] == '-' && (**argv)[1]; --*argc, ++*argv) {
		if (!strcmp(**argv, "-n")) {
			r->unverified = true;
			continue;
		}
		if (strcmp(**argv, "-k") || *argc < 2 ||
		    !port_read_range((*argv)[1], &range) || !range.len ||
		    port_memory_keep(&r->port.memory, range, err))
			return false;
		--*argc;
		++*argv;
	}
	return true;
}

static bool read_words(struct request *r, int argc, char *const argv[],
		       struct trans_error *err)
{
	struct trans_range fdt = { 0 };

	if (!read_options(r, &argc, &argv, err) || argc < 1 || argc > 3 ||
	    !port_read_range(argv[0], &r->kernel))
		return false;
	if (argc > 1 && strcmp(argv[1], "-") &&
	    (!port_read_range(argv[1], &r->initrd) || !r->initrd.len))
		return false;
	if (argc > 2 && (!port_read_range(argv[2], &fdt) || fdt.len))
		return false;
	r->fdt_addr = fdt.start;
	return true;
}

/* An Image without an EFI stub tells only the memory it needs, .bss included
 * (booting.rst, image_size): better to move what lies there too than to leave
 * the end of a file behind. */
static u64 length_of(const void *head)
{
	u64 len = trans_image_len(head, TRANS_IMAGE_HEAD_LEN);

	if (!len && !memcmp(head + TRANS_IMAGE_MAGIC_AT, TRANS_IMAGE_MAGIC,
			    TRANS_IMAGE_MAGIC_LEN))
		len = get_unaligned_le64(head + IMAGE_SIZE_AT);
	return len;
}

static int find_length(struct request *r, struct trans_error *err)
{
	const void *head = port_ops.phys_to_virt(&r->port.memory,
						 r->kernel.start,
						 TRANS_IMAGE_HEAD_LEN);

	if (r->kernel.len)
		return 0;
	if (!head)
		return port_error(err, TRANS_ERANGE, "kernel", r->kernel.start,
				  0);
	r->kernel.len = length_of(head);
	if (!r->kernel.len)
		return port_error(err, TRANS_EINVAL,
				  "no plain Image, say <kernel>:<size>",
				  r->kernel.start, 0);
	return 0;
}

/* The files, and what is left beside them */

/* What lies where U-Boot, or somebody else, works changes while it is looked
 * at. */
static int use_file(struct port_memory *memory, struct trans_range file,
		    struct trans_error *err)
{
	const char *why = NULL;

	if (port_over_u_boot(file.start, file.len))
		why = "a file and U-Boot";
	else if (trans_ranges_touch(&memory->held, file.start, file.len))
		why = "a file and what EFI or lmb holds";
	if (why)
		return port_error(err, TRANS_EOVERLAP, why, file.start,
				  file.len);
	return port_memory_use(memory, file, err);
}

static int find_memory(struct request *r, struct trans_error *err)
{
	int ret = find_length(r, err);

	if (ret)
		return ret;
	r->fdt = port_fdt(r->fdt_addr, &r->fdt_len, err);
	if (!r->fdt)
		return err->status;
	ret = port_memory_map(&r->port, r->fdt, r->fdt_len, err);
	if (!ret)
		ret = use_file(&r->port.memory, r->kernel, err);
	if (!ret && r->initrd.len)
		ret = use_file(&r->port.memory, r->initrd, err);
	return ret;
}

/* It hears of each MiB that is hashed. */
static int progress(void *ctx, u64 done, u64 total)
{
	schedule();
	return 0;
}

static int ask(void *host, struct trans_error *err)
{
	return port_ask(host, err);
}

static int leave(void *host, struct trans_error *err)
{
	printf("\nStarting kernel ...\n\n");
	return port_leave(host, err);
}

static struct trans_kexec_args kexec_args(struct request *r)
{
	struct port_memory *memory = &r->port.memory;
	struct trans_kexec_args args = {
		.kernel = r->kernel,
		.initrd = r->initrd,
		.fdt = r->fdt,
		.fdt_len = r->fdt_len,
		.edit = port_fdt_edit(memory),
		.ram = &memory->ram,
		.reserved = &memory->reserved,
		.host = &port_ops,
		.host_ctx = memory,
		.decompress = IS_ENABLED(CONFIG_CMD_TRANS_PACKED) ?
			      &port_decompress : NULL,
		.transition = port_transition(&r->port),
		.verify = IS_ENABLED(CONFIG_CMD_TRANS_VERIFY) &&
			  !r->unverified,
		.sha256 = IS_ENABLED(CONFIG_CMD_TRANS_VERIFY) ? port_sha256 :
								NULL,
		.progress = progress,
	};

	args.transition.ask = ask;
	args.transition.leave = leave;
	return args;
}

static int load(struct request *r, struct trans_error *err)
{
	struct trans_kexec_args args = kexec_args(r);

	return trans_kexec_load(&r->kexec, &args, err);
}

/* What the user hears */

static void say_piece(const char *name, struct trans_range from,
		      struct trans_range to)
{
	if (!to.len)
		return;
	if (from.start == to.start)
		printf("   %-11s stays at %08llx, %llx bytes\n", name,
		       (u64)to.start, (u64)to.len);
	else
		printf("   %-11s %08llx -> %08llx, %llx bytes\n", name,
		       (u64)from.start, (u64)to.start, (u64)to.len);
}

static void say_loaded(const struct request *r)
{
	const struct trans_kexec *kexec = &r->kexec;
	struct trans_range fdt = { kexec->fdt_source, kexec->fdt.len };

	say_piece("Kernel", r->kernel, kexec->kernel);
	say_piece("Initrd", r->initrd, kexec->initrd);
	say_piece("Device tree", fdt, kexec->fdt);
}

/* Does anything go where U-Boot is? */
static bool over_u_boot(const struct trans_moves *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		if (port_over_u_boot(plan->move[i].dst, plan->move[i].len))
			return true;
	return false;
}

static int prepare(struct request *r, int argc, char *const argv[],
		   struct trans_error *err)
{
	int ret = port_memory_begin(&r->port.memory, err);

	if (!ret)
		ret = port_machine_read(&r->port, err);
	if (!ret && !read_words(r, argc - 1, argv + 1, err))
		return err->status ? err->status : USAGE;
	if (!ret)
		ret = find_memory(r, err);
	return ret ? ret : load(r, err);
}

/* Says what is going to happen, and does it. It comes back if it cannot. */
static int go(struct request *r, struct trans_error *err)
{
	say_loaded(r);
	if (over_u_boot(&r->kexec.plan))
		printf("   Over U-Boot itself\n");
	return trans_kexec_start(&r->kexec, err);
}

static int say_plan(struct request *r, struct trans_error *err)
{
	say_loaded(r);
	printf("   %s\n", over_u_boot(&r->kexec.plan) ?
				  "Over U-Boot itself" :
				  "U-Boot stays untouched");
	trans_kexec_print(&r->kexec, port_put, NULL);
	return 0;
}

/* A whole command, which then does this. */
static int run(const char *what, int argc, char *const argv[],
	       int (*finish)(struct request *r, struct trans_error *err))
{
	struct trans_error err = { 0 };
	struct request *r = port_begin(sizeof(*r), &err);
	int ret;

	if (!r) {
		port_say_error(what, &err);
		return CMD_RET_FAILURE;
	}
	ret = prepare(r, argc, argv, &err);
	if (!ret)
		ret = finish(r, &err);
	if (ret && ret != USAGE)
		port_say_error(what, &err);
	trans_kexec_unload(&r->kexec);
	free(r->fdt);
	port_end(&r->port);
	if (ret == USAGE)
		return CMD_RET_USAGE;
	return ret ? CMD_RET_FAILURE : CMD_RET_SUCCESS;
}

int port_do_kexec(struct cmd_tbl *cmd, int flag, int argc, char *const argv[])
{
	return run("kexec", argc, argv, go);
}

int port_do_plan(struct cmd_tbl *cmd, int flag, int argc, char *const argv[])
{
	if (IS_ENABLED(CONFIG_CMD_TRANS_RESUME) && argc > 1 &&
	    !strcmp(argv[1], "resume"))
		return port_plan_resume(argc - 1, argv + 1);
	return run("plan", argc, argv, say_plan);
}
