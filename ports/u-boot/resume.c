// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
/* trans resume: a hibernated Linux comes back, and none was booted for it. */
#include "port.h"

#include <console.h>
#include <env.h>
#include <malloc.h>
#include <stdio.h>

#include <trans_table/hibernate.h>

/*
 * The words of a command line, and what they led to.
 *
 * @pending: of the saved kernel's CPUs
 * @lent:    of free memory the largest pieces, as many as the library takes:
 *           the map of a board may be in more
 */
struct request {
	struct port port;
	struct trans_resume resume;
	struct trans_gic_pending pending[256];
	struct trans_ranges lent;
	struct trans_range lent_storage[TRANS_RESUME_RANGES];
	const char *interface, *dev_part;
	struct trans_range sidecar;
	u64 offset; /* pages */
	u64 workers;
	struct trans_block disk;
	unsigned int percent;
	bool force, any_efi, no_lpis;
};

/* How many words it is: 2 with what "-s" or "-w" wants. 0: it is none of
 * these. */
static int read_option(struct request *r, int argc, char *const argv[])
{
	char letter = argv[0][1];

	if (!letter || argv[0][2])
		return 0;
	if (IS_ENABLED(CONFIG_CMD_TRANS_RESUME_ASK) && letter == 's' &&
	    argc > 1 && port_read_range(argv[1], &r->sidecar) &&
	    r->sidecar.len)
		return 2;
	if (CONFIG_IS_ENABLED(CMD_TRANS_RESUME_WORKERS) && letter == 'w' &&
	    argc > 1 && port_read_pages(argv[1], &r->workers))
		return 2;
	r->force |= letter == 'f';
	r->any_efi |= letter == 'e';
	r->no_lpis |= letter == 'l';
	return !!strchr("fel", letter);
}

static bool read_words(struct request *r, int argc, char *const argv[])
{
	int used;

	for (; argc > 1 && *argv[1] == '-'; argc -= used, argv += used) {
		used = read_option(r, argc - 1, argv + 1);
		if (!used)
			return false;
	}
	if (argc < 3 || argc > 4)
		return false;
	r->interface = argv[1];
	r->dev_part = argv[2];
	return argc < 4 || port_read_pages(argv[3], &r->offset);
}

static int progress(void *ctx, u64 done, u64 total)
{
	struct request *r = ctx;
	unsigned int percent = total ? done * 100 / total : 100;

	if (percent != r->percent)
		printf("\r   Reading %3u %%", percent);
	r->percent = percent;
	schedule();
	return ctrlc();
}

/* @host is the struct port that its request begins with. */
static int ask(void *host, struct trans_error *err)
{
	struct request *r = host;
	int ret = port_ask(&r->port, err);

	if (ret || !port_has_gic(&r->port) ||
	    !IS_ENABLED(CONFIG_CMD_TRANS_RESUME_ASK))
		return ret;
	return trans_gic_lpis_check(&r->port.gic.gic, r->port.machine.cpu.mpidr,
				    &r->resume.plan, err);
}

/* Devices and timers hold their lines as long as they wait to be served, so the
 * GIC is set when they are quiet. A machine without one has nothing to set, as
 * far as is known here. */
static int leave(void *host, struct trans_error *err)
{
	struct port *port = host;
	int ret;

	printf("Resuming ...\n\n");
	if (IS_ENABLED(CONFIG_CMD_TRANS_RESUME_EFI))
		port_efi_leave(&port->efi);
	ret = port_leave(port, err);
	if (ret || !port_has_gic(port))
		return ret;
	ret = trans_gic_resume(&port->gic.gic, &port->machine.cpu,
			       port->machine.cpu.mpidr, err);
	/* Not this CPU's redistributor: it goes on without those LPIs. */
	if (!ret && err->status)
		port_say_error("resume goes on", err);
	return ret;
}

static struct trans_resume_args resume_args(struct request *r)
{
	struct port *port = &r->port;
	struct trans_resume_args args = {
		.disk = &r->disk,
		.offset = r->offset,
		.unpack = port_unpackers,
		.progress = progress,
		.progress_ctx = r,
		.ram = &port->memory.ram,
		.reserved = &port->memory.no_map,
		.free = &r->lent,
		.host = &port_ops,
		.host_ctx = &port->memory,
		.mpidr = port->machine.cpu.mpidr,
		.efi_system_table = port->efi.system_table,
		.efi_runtime = IS_ENABLED(CONFIG_CMD_TRANS_RESUME_EFI) ?
				       &port->efi.runtime : NULL,
		.efi_anyway = r->any_efi,
		.has_its = port->gic.gic.its_count && !r->no_lpis,
		.sidecar = (const char *)(uintptr_t)r->sidecar.start,
		.sidecar_len = r->sidecar.len,
		.pending = r->pending,
		.room = ARRAY_SIZE(r->pending),
		.wipe = true,
		.transition = port_transition(port),
	};

	args.transition.ask = ask;
	args.transition.leave = leave;
	return args;
}

/* It is read when the image is. */
static int keep_sidecar(struct request *r, struct trans_error *err)
{
	struct port_memory *memory = &r->port.memory;

	if (!IS_ENABLED(CONFIG_CMD_TRANS_RESUME_ASK) || !r->sidecar.len)
		return 0;
	if (!trans_ranges_contain(&memory->mapped, r->sidecar.start,
				  r->sidecar.len))
		return port_error(err, TRANS_ERANGE, "sidecar",
				  r->sidecar.start, r->sidecar.len);
	return port_memory_use(memory, r->sidecar, err);
}

/* The tree of the kernel that was saved, as booti gave it: fix-ups may reserve
 * memory too. */
static int find_memory(struct request *r, struct trans_error *err)
{
	size_t len;
	void *fdt = port_fdt(0, &len, err);
	int ret = fdt ? port_memory_map(&r->port, fdt, len, err) : err->status;

	free(fdt);
	if (!ret)
		ret = keep_sidecar(r, err);
	trans_ranges_init(&r->lent, r->lent_storage, TRANS_RESUME_RANGES);
	trans_ranges_largest(&r->lent, &r->port.memory.free);
	return ret;
}

static int find_machine(struct request *r, struct trans_error *err)
{
	int ret = port_memory_begin(&r->port.memory, err);

	if (!ret)
		ret = port_machine_read(&r->port, err);
	return ret ? ret : find_memory(r, err);
}

/* "None" all the same, but whoever named this place hardly meant it. */
static void warn_no_swap(int status, const struct trans_swsusp_info *info)
{
	if (status == TRANS_ENOIMAGE && !info->page_shift)
		printf("   WARNING: not even swap space is there: right disk?\n");
}

static int load(struct request *r, struct trans_error *err)
{
	struct trans_resume_args args;
	int ret = 0;

	if (IS_ENABLED(CONFIG_CMD_TRANS_RESUME_EFI))
		ret = port_efi_begin(&r->port.efi, !r->any_efi, err);
	if (!ret)
		ret = port_block(r->interface, r->dev_part, r->force,
				 &r->port.disk, &r->disk, err);
	if (!ret)
		ret = find_machine(r, err);
	if (ret)
		return ret;
	args = resume_args(r);
	ret = port_workers_begin(&r->port, r->workers, &args.workers, err);
	if (!ret)
		ret = trans_resume_load(&r->resume, &args, err);
	ret = port_workers_end(&r->port, ret, err);
	if (r->resume.known.lpis.known)
		r->port.gic.gic.lpis = &r->resume.known.lpis.tables;
	if (r->percent)
		printf("\n");
	warn_no_swap(ret, &r->resume.image.info);
	return ret;
}

static void say_loaded(const struct trans_resume *resume)
{
	const struct trans_swsusp_info *info = &resume->image.info;

	printf("   Linux %s\n   %llu pages: %llu in place, %llu to be moved\n",
	       info->version, (u64)info->data_pages, (u64)resume->direct_pages,
	       (u64)resume->moved_pages);
	printf("   Entry 0x%llx, MMU %s\n", (u64)resume->entry,
	       resume->how == TRANS_RESUME_PHYSICAL ? "off" : "on");
}

/* What a script goes by: the exit code cannot tell "boot as usual" from "do
 * not". */
static const char *answer_to(int status)
{
	switch (trans_resume_advise(status)) {
	case TRANS_RESUME_START:
		return "ready";
	case TRANS_RESUME_BOOT:
		return "none";
	case TRANS_RESUME_AGAIN:
		return "again";
	default:
		return "refused";
	}
}

static void set_answer(int status)
{
	env_set("trans_resume", answer_to(status));
}

static int failed(const char *what, int status, const struct trans_error *err)
{
	set_answer(status);
	port_say_error(what, err);
	if (trans_resume_advise(status) == TRANS_RESUME_RESET)
		do_reset(NULL, 0, 0, NULL);
	return CMD_RET_FAILURE;
}

/* What a command does with its words, each of these; it comes back with 0 when
 * that is done, the answer set. */

static int resume(struct request *r, struct trans_error *err)
{
	int ret = load(r, err);

	if (!ret) {
		say_loaded(&r->resume);
		ret = trans_resume_start(&r->resume, err);
	}
	trans_resume_unload(&r->resume);
	return ret;
}

static int plan(struct request *r, struct trans_error *err)
{
	int ret = load(r, err);

	if (!ret) {
		say_loaded(&r->resume);
		trans_resume_print(&r->resume, port_put, NULL);
		set_answer(ret);
	}
	trans_resume_unload(&r->resume);
	return ret;
}

/* Whatever image there is, also one that cannot be resumed: then probe refuses
 * it too, but says which it is. */
static int discard_with(struct request *r, void *buffer, u64 len,
			struct trans_error *err)
{
	struct trans_swsusp_info info;
	struct trans_image_id id;
	int ret = port_block(r->interface, r->dev_part, r->force,
			     &r->port.disk, &r->disk, err);

	if (ret)
		return ret;
	ret = trans_resume_probe(&r->disk, r->offset, buffer, len, &info,
				 &id, err);
	warn_no_swap(ret, &info);
	if (!id.page_len)
		return ret;
	return trans_resume_discard(&r->disk, &id, buffer, len, err);
}

static int discard(struct request *r, struct trans_error *err)
{
	const u64 len = TRANS_SWSUSP_BUFFER(12);
	void *buffer = memalign(SZ_4K, len);
	int ret = buffer ? discard_with(r, buffer, len, err) :
			   port_error(err, TRANS_ENOMEM, "buffer for a disk",
				      0, len);

	free(buffer);
	if (ret)
		return ret;
	set_answer(TRANS_ENOIMAGE);
	printf("   The hibernated system is given up\n");
	return 0;
}

/* A whole command. As long as nothing is known the answer is "refused"; a reset
 * comes before anything is given back that a lost CPU may write to. */
static int run(const char *what, int argc, char *const argv[],
	       int (*act)(struct request *r, struct trans_error *err))
{
	struct trans_error err = { 0 };
	struct request *r;
	int ret;

	set_answer(TRANS_EINVAL);
	r = port_begin(sizeof(*r), &err);
	if (!r)
		return failed(what, err.status, &err);
	if (!read_words(r, argc, argv)) {
		port_end(&r->port);
		return CMD_RET_USAGE;
	}
	ret = act(r, &err);
	ret = ret ? failed(what, ret, &err) : CMD_RET_SUCCESS;
	port_end(&r->port);
	return ret;
}

int port_do_resume(struct cmd_tbl *cmd, int flag, int argc,
		   char *const argv[])
{
	return run("resume", argc, argv, resume);
}

int port_plan_resume(int argc, char *const argv[])
{
	return run("plan", argc, argv, plan);
}

int port_do_discard(struct cmd_tbl *cmd, int flag, int argc,
		    char *const argv[])
{
	return run("discard", argc, argv, discard);
}
