/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* The other job: a kernel is started over everything that the firmware used. */
#include <trans_table/kexec.h>

#include "ports/zlib/gunzip.h"

#include "port.h"
#include "tree.h"

static struct trans_kexec kexec;
static struct trans_gunzip gunzip;
static struct progress progress;

static struct {
	struct file kernel, initrd;
	void *fdt;
	size_t fdt_len;
} job;

/* ---- the way out ---- */

static int ask(void *host, struct trans_error *err)
{
	(void)host;
	return leave_ask(err);
}

static int leave_for_good(void *host, struct trans_error *err)
{
	int ret;

	(void)host;
	print("Starting the kernel ...\n");
	ret = leave(err);
	if (!ret)
		tree_finish_map(&leave_map);
	return ret;
}

/* ---- what goes where ---- */

static int random_bytes(void *ctx, void *buf, size_t len)
{
	struct efi_rng *rng = ctx;

	return !!rng->get(rng, NULL, len, buf);
}

static struct trans_range range_of(const struct file *file)
{
	return (struct trans_range){ (uintptr_t)file->data, file->len };
}

/* The map stays where it is: the next kernel reads it. */
static struct trans_fdt_edit edit_of(const struct options *options)
{
	static struct trans_range reserve[1 + 16];
	struct trans_fdt_edit edit = { .reserve = reserve };
	struct efi_rng *rng = protocol_first(EFI_RNG);

	reserve[edit.reserve_count++] = (struct trans_range){
		(uintptr_t)leave_map.data, leave_map.room };
	for (size_t i = 0; i < machine.lpi.count; i++)
		reserve[edit.reserve_count++] = machine.lpi.range[i];
	edit.bootargs = options->has_cmdline ? options->cmdline : "";
	if (rng) {
		edit.random = random_bytes;
		edit.random_ctx = rng;
	}
	return edit;
}

static struct trans_kexec_args kexec_args(const struct options *options)
{
	static struct trans_decompress decompress;
	struct trans_kexec_args args = {
		.kernel = range_of(&job.kernel),
		.initrd = range_of(&job.initrd),
		.fdt = job.fdt,
		.fdt_len = job.fdt_len,
		.edit = edit_of(options),
		.ram = &memory.ram,
		.reserved = &memory.keep,
		.host = &memory_ops,
		.decompress = &decompress,
		.transition = leave_transition(),
		.verify = !options->unverified,
		.progress = progress_step,
		.progress_ctx = &progress,
	};

	decompress = (struct trans_decompress){ .gzip = trans_gunzip,
						.ctx = &gunzip };
	args.transition.ask = ask;
	args.transition.leave = leave_for_good;
	return args;
}

/* ---- loading ---- */

/* With Secure Boot the firmware is asked about the very bytes that are going to
 * be started. */
static int authenticate(const struct options *options,
			struct trans_error *err)
{
	static uint8_t path[PATH_MAX];
	efi_handle_t image = NULL;
	efi_status_t status;

	if (!secure_boot())
		return 0;
	if (!path_of_file(path, self->device, options->kernel))
		return port_error(err, TRANS_EINVAL, "name of a file", 0, 0);
	status = boot->load_image(false, self_handle,
				  (const struct efi_device_path *)path,
				  job.kernel.data, job.kernel.len, &image);
	if (image)
		boot->unload_image(image);
	if (!status)
		return 0;
	return port_error(err, TRANS_EHOST, "Secure Boot: the firmware does "
			  "not accept this kernel", 0, 0);
}

static int read_files(const struct options *options, struct trans_error *err)
{
	int ret = file_read(options->kernel, &job.kernel, err);

	if (!ret)
		ret = authenticate(options, err);
	if (!ret && options->initrd[0])
		ret = file_read(options->initrd, &job.initrd, err);
	if (!ret && !options->plan)
		measure_kernel(options, &job.kernel, &job.initrd);
	return ret;
}

static int avoid(const struct options *options, struct trans_error *err)
{
	int ret = 0;

	for (unsigned int i = 0; !ret && i < options->avoided; i++)
		ret = trans_ranges_add(&memory.keep, options->avoid[i].start,
				       options->avoid[i].len);
	return ret ? port_error(err, ret, "avoid=", 0, 0) : 0;
}

static int prepare(const struct options *options, struct trans_error *err)
{
	int ret = read_files(options, err);

	tree_begin();
	if (!ret)
		ret = leave_begin(err);
	if (!ret)
		ret = memory_read(err);
	if (!ret)
		ret = machine_read(err);
	if (!ret)
		ret = avoid(options, err);
	if (!ret && memory_map_get(&leave_map))
		ret = port_error(err, TRANS_EHOST, "GetMemoryMap", 0, 0);
	return ret ? ret : tree_make(&job.fdt, &job.fdt_len, &leave_map, err);
}

static int load(const struct options *options, struct trans_error *err)
{
	struct trans_kexec_args args;
	int ret = prepare(options, err);

	if (ret)
		return ret;
	args = kexec_args(options);
	progress_begin(&progress, "transtable: loading", 0);
	ret = trans_kexec_load(&kexec, &args, err);
	progress_end(&progress);
	return ret;
}

/* ---- what the user hears ---- */

static void say_piece(const char *name, struct trans_range to)
{
	if (to.len)
		print("transtable: %s goes to 0x%llx, 0x%llx bytes\n", name,
		      (unsigned long long)to.start,
		      (unsigned long long)to.len);
}

static bool over_firmware(void)
{
	for (size_t i = 0; i < kexec.plan.count; i++)
		if (memory_over_firmware(kexec.plan.move[i].dst,
					 kexec.plan.move[i].len))
			return true;
	return false;
}

static void say_loaded(void)
{
	say_piece("kernel", kexec.kernel);
	say_piece("initrd", kexec.initrd);
	say_piece("device tree", kexec.fdt);
	if (over_firmware())
		print("transtable: over memory of the firmware\n");
}

static void give_back(void)
{
	trans_kexec_unload(&kexec);
	tree_end();
	pages_give(job.fdt, job.fdt_len);
	file_give(&job.initrd);
	file_give(&job.kernel);
}

efi_status_t job_kexec(const struct options *options)
{
	struct trans_error err = { 0 };
	int ret = load(options, &err);

	if (!ret) {
		say_loaded();
		if (options->plan)
			leave_say(&kexec.plan);
		else
			ret = trans_kexec_start(&kexec, &err);
	}
	if (ret)
		print_error("kexec", &err);
	give_back();
	return status_of(ret);
}
