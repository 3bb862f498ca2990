// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
/* trans kexec and trans plan: words to arguments, and what the user hears. */
#include "port.h"

#include <malloc.h>
#include <stdio.h>
#include <asm/unaligned.h>

#define IMAGE_SIZE_AT 16 /* in the header; booting.rst */
#define USAGE 1 /* no status of the library's, which are negative */

static struct trans_kexec kexec;

/* What the words of a command line say. */
struct request {
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
		    port_memory_keep(range, err))
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
	const void *head = port_ops.phys_to_virt(&port_memory, r->kernel.start,
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

/* What lies in U-Boot's own memory changes while it is looked at. */
static int check_apart(struct trans_range file, const char *why,
		       struct trans_error *err)
{
	if (!port_over_u_boot(file.start, file.len))
		return 0;
	return port_error(err, TRANS_EOVERLAP, why, file.start, file.len);
}

static int find_memory(struct request *r, struct trans_error *err)
{
	int ret = find_length(r, err);

	if (!ret)
		ret = check_apart(r->kernel, "kernel file and U-Boot", err);
	if (!ret)
		ret = check_apart(r->initrd, "initrd file and U-Boot", err);
	if (ret)
		return ret;
	r->fdt = port_fdt(r->fdt_addr, &r->fdt_len, err);
	if (!r->fdt)
		return err->status;
	ret = port_memory_map(r->fdt, r->fdt_len, err);
	if (!ret)
		ret = port_memory_use(r->kernel, err);
	if (!ret && r->initrd.len)
		ret = port_memory_use(r->initrd, err);
	return ret;
}

static int ask(void *host, struct trans_error *err)
{
	return port_ask(err);
}

static int leave(void *host, struct trans_error *err)
{
	printf("\nStarting kernel ...\n\n");
	return port_leave(err);
}

static struct trans_kexec_args kexec_args(const struct request *r)
{
	struct trans_kexec_args args = {
		.kernel = r->kernel,
		.initrd = r->initrd,
		.fdt = r->fdt,
		.fdt_len = r->fdt_len,
		.edit = port_fdt_edit(),
		.ram = &port_memory.ram,
		.reserved = &port_memory.reserved,
		.host = &port_ops,
		.host_ctx = &port_memory,
		.decompress = &port_decompress,
		.transition = port_transition(),
		.verify = !r->unverified,
		.sha256 = port_sha256,
	};

	args.transition.ask = ask;
	args.transition.leave = leave;
	return args;
}

static int load(const struct request *r, struct trans_error *err)
{
	struct trans_kexec_args args = kexec_args(r);

	return trans_kexec_load(&kexec, &args, err);
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
	struct trans_range fdt = { kexec.fdt_source, kexec.fdt.len };

	say_piece("Kernel", r->kernel, kexec.kernel);
	say_piece("Initrd", r->initrd, kexec.initrd);
	say_piece("Device tree", fdt, kexec.fdt);
}

/* Does anything go where U-Boot is? */
static bool over_u_boot(void)
{
	for (size_t i = 0; i < kexec.plan.count; i++)
		if (port_over_u_boot(kexec.plan.move[i].dst,
				     kexec.plan.move[i].len))
			return true;
	return false;
}

static int prepare(struct request *r, int argc, char *const argv[],
		   struct trans_error *err)
{
	int ret = port_memory_begin(err);

	if (!ret)
		ret = port_machine_read(err);
	if (!ret && !read_words(r, argc - 1, argv + 1, err))
		return err->status ? err->status : USAGE;
	if (!ret)
		ret = find_memory(r, err);
	return ret ? ret : load(r, err);
}

static int report(const char *what, int ret, const struct trans_error *err)
{
	if (ret == USAGE)
		return CMD_RET_USAGE;
	port_say_error(what, err);
	return CMD_RET_FAILURE;
}

int port_do_kexec(struct cmd_tbl *cmd, int flag, int argc, char *const argv[])
{
	struct trans_error err = { 0 };
	struct request r = { 0 };
	int ret = prepare(&r, argc, argv, &err);

	if (!ret) {
		say_loaded(&r);
		if (over_u_boot())
			printf("   Over U-Boot itself\n");
		ret = trans_kexec_start(&kexec, &err);
	}
	trans_kexec_unload(&kexec);
	free(r.fdt);
	return report("kexec", ret, &err);
}

int port_do_plan(struct cmd_tbl *cmd, int flag, int argc, char *const argv[])
{
	struct trans_error err = { 0 };
	struct request r = { 0 };
	int ret;

	if (IS_ENABLED(CONFIG_CMD_TRANS_RESUME) && argc > 1 &&
	    !strcmp(argv[1], "resume"))
		return port_plan_resume(argc - 1, argv + 1);
	ret = prepare(&r, argc, argv, &err);
	if (!ret) {
		say_loaded(&r);
		printf("   %s\n", over_u_boot() ? "Over U-Boot itself" :
						  "U-Boot stays untouched");
		trans_kexec_print(&kexec, port_put, NULL);
	}
	trans_kexec_unload(&kexec);
	free(r.fdt);
	return ret ? report("plan", ret, &err) : CMD_RET_SUCCESS;
}
