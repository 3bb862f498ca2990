/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* The job that is done when nothing else is said: a hibernated Linux comes
 * back, or what would have been started without us is. */
#include <trans_table/hibernate.h>

#include "ports/lz4/unlz4.h"
#include "ports/lzo/unlzo.h"

#include "port.h"

#define SECONDS_TO_READ 5

static struct trans_resume resume;
static struct found found;
static struct progress progress;
static struct trans_gic_pending pending[256]; /* of the saved kernel's CPUs */

/* ---- the way out ---- */

static int ask(void *host, struct trans_error *err)
{
	int ret = leave_ask(err);

	(void)host;
	return ret ? ret : trans_gic_lpis_check(&machine.gic, machine.cpu.mpidr,
						&resume.plan, err);
}

/* The signature is cleared and was read back. The variable named an image that
 * is none any more; the firmware can still be asked to forget it. */
static int leave_for_good(void *host, struct trans_error *err)
{
	int ret;

	(void)host;
	progress_end(&progress);
	print("Resuming ...\n");
	if (found.variable)
		find_forget_variable();
	ret = leave(err);
	return ret ? ret : trans_gic_resume(&machine.gic, &machine.cpu,
					    machine.cpu.mpidr, err);
}

static struct trans_resume_args resume_args(const struct options *options)
{
	struct trans_resume_args args = {
		.disk = &found.disk.block,
		.offset = found.offset,
		.unpack = { .lzo = trans_unlzo, .lz4 = trans_unlz4 },
		.progress = progress_step,
		.progress_ctx = &progress,
		.ram = &memory.ram,
		.reserved = &memory.no_linux,
		.free = &memory.lent,
		.host = &memory_ops,
		.id = &found.id,
		.efi_system_table = (uintptr_t)firmware,
		.efi_runtime = &memory.runtime,
		.efi_anyway = options->any_efi,
		.has_its = machine.gic.its_count && !options->no_lpis,
		.pending = pending,
		.room = sizeof(pending) / sizeof(*pending),
		.wipe = true,
		.transition = leave_transition(),
	};

	args.transition.ask = ask;
	args.transition.leave = leave_for_good;
	return args;
}

/* ---- loading ---- */

static int prepare(const struct options *options, struct trans_error *err)
{
	int ret;

	if (secure_boot())
		return port_error(err, TRANS_ESTATE, "Secure Boot is on, and "
				  "nobody signed the image", 0, 0);
	ret = options->plan ? 0 : measure_resume(err);
	if (!ret)
		ret = leave_begin(err);
	if (!ret)
		ret = memory_read(err);
	if (!ret)
		ret = machine_read(err);
	/* Without its interrupts the saved kernel would come back deaf. */
	if (!ret && !machine.gic.version)
		ret = port_error(err, TRANS_ESTATE, "no GIC in tree or ACPI", 0,
				 0);
	return ret ? ret : memory_lend(err);
}

static int load(const struct options *options, struct trans_error *err)
{
	const struct trans_swsusp_info *info = &found.info;
	struct trans_resume_args args;
	int ret = prepare(options, err);

	if (ret)
		return ret;
	progress_begin(&progress, "transtable: reading the image",
		       info->data_pages << info->page_shift);
	args = resume_args(options);
	ret = trans_resume_load(&resume, &args, err);
	if (resume.known.lpis.known)
		machine.gic.lpis = &resume.known.lpis.tables;
	progress_end(&progress);
	return ret;
}

static void say_loaded(void)
{
	const struct trans_swsusp_info *info = &resume.image.info;

	print("transtable: Linux %s\n", info->version);
	print("transtable: %llu pages: %llu in place, %llu to be moved; "
	      "entry 0x%llx\n",
	      (unsigned long long)info->data_pages,
	      (unsigned long long)resume.direct_pages,
	      (unsigned long long)resume.moved_pages,
	      (unsigned long long)resume.entry);
}

/* 0: only with --plan. */
static int load_and_start(const struct options *options,
			  struct trans_error *err)
{
	int ret = load(options, err);

	if (!ret && options->plan) {
		say_loaded();
		leave_say(&resume.plan);
	} else if (!ret) {
		ret = trans_resume_start(&resume, err);
	}
	if (ret == TRANS_ELOST) /* it may still write there */
		return ret;
	trans_resume_unload(&resume);
	disk_close(&found.disk);
	memory_take_back();
	return ret;
}

/* ---- refusals ---- */

/* Is it given up? Only then something may be started. */
static bool discard(void)
{
	struct trans_error err;

	if (find_discard(&found, &err)) {
		print_error("discard", &err);
		return false;
	}
	if (found.variable)
		find_forget_variable();
	print("transtable: the hibernated system is given up\n");
	return true;
}

/* The one that is pressed within so many seconds; 0: for ever. */
static efi_char_t wait_key(unsigned int seconds)
{
	struct efi_key key = { 0 };

	for (unsigned int i = 0; !seconds || i < seconds * 20; i++) {
		if (key_pressed(&key))
			return key.letter | 0x20;
		boot->stall(50000);
	}
	return 0;
}

/* Nothing may be started that mounts its file systems. */
static void stop(void)
{
	print("transtable: the image stays, and nothing is started. D gives "
	      "it up and goes on, P powers off\n");
	for (;;) {
		efi_char_t letter = wait_key(0);

		if (letter == 'd' && discard())
			return;
		if (letter == 'p')
			firmware->runtime->reset(EFI_RESET_SHUTDOWN,
						 EFI_SUCCESS, 0, NULL);
	}
}

/* What the disk may still write to is nobody's, not even the firmware's. */
static void start_anew(void)
{
	print("transtable: the image stays, and the machine is reset\n");
	wait_key(SECONDS_TO_READ);
	firmware->runtime->reset(EFI_RESET_COLD, EFI_SUCCESS, 0, NULL);
}

static enum on_refusal policy(const struct options *options)
{
	if (options->on_refusal != REFUSAL_DEFAULT)
		return options->on_refusal;
	return found.variable ? REFUSAL_LINUX : REFUSAL_STOP;
}

/* Would it be refused another time, too? Not where Esc was pressed, memory was
 * short, or a disk did not answer. */
static bool is_final(int status)
{
	return trans_resume_advise(status) == TRANS_RESUME_KEEP &&
	       status != TRANS_EHOST;
}

static efi_status_t refused(const struct options *options,
			    const struct trans_error *err)
{
	enum on_refusal what;

	print_error("resume", err);
	if (trans_resume_advise(err->status) == TRANS_RESUME_RESET)
		start_anew();
	if (options->plan)
		return status_of(err->status);
	what = policy(options);
	if (what == REFUSAL_LINUX) {
		print("transtable: the usual system is started, the image "
		      "stays\n");
		wait_key(SECONDS_TO_READ);
	} else if (what == REFUSAL_STOP || !is_final(err->status) ||
		   !discard()) {
		stop();
	}
	return job_next(options);
}

/* What systemd named may be in LUKS or LVM, where Linux's own resume can look:
 * no refusal. */
static bool cannot_be_seen(int ret)
{
	return ret == TRANS_ENOENT && found.variable && !found.disk.io;
}

efi_status_t job_resume(const struct options *options)
{
	struct trans_error err = { 0 };
	int ret = find_image(options, &found, &err);

	if (ret == TRANS_ENOIMAGE && options->plan)
		print("transtable: there is no image\n");
	if (ret == TRANS_ENOIMAGE)
		return options->plan ? EFI_NOT_FOUND : job_next(options);
	if (cannot_be_seen(ret) && !options->plan) {
		print_error("resume", &err);
		return job_next(options);
	}
	if (!ret)
		ret = load_and_start(options, &err);
	return ret ? refused(options, &err) : EFI_SUCCESS;
}
