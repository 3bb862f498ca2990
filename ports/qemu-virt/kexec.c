/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Using the library: this is the file to read. Find the payload, say to
 * trans_kexec_load what there is and how this host does things, start.
 */
#include <trans_table/kexec.h>

#include "crash.h"
#include "kexec.h"
#include "leaving.h"
#include "machine.h"
#include "memory.h"
#include "options.h"
#include "payload.h"
#include "print.h"
#include "quiesce.h"
#include "report.h"
#include "sysreg.h"
#include "transition.h"
#include "world.h"

#include "../zlib/gunzip.h"

static struct options options;
static struct trans_kexec kexec;

/* zlib; no zstd. */
static struct trans_gunzip gunzip;
static const struct trans_decompress decompress = {
	.gzip = trans_gunzip, .ctx = &gunzip,
};

#define RNDR_TRIES 100

static int random_bytes(void *ctx, void *buf, size_t len)
{
	uint8_t *at = buf;
	uint64_t value;

	(void)ctx;
	for (unsigned int tries = RNDR_TRIES; len && tries; tries--) {
		size_t part = len < sizeof(value) ? len : sizeof(value);

		if (!sysreg_random(&value))
			continue;
		memcpy(at, &value, part);
		at += part;
		len -= part;
		tries = RNDR_TRIES;
	}
	return len != 0;
}

/* ID_AA64ISAR0_EL1.RNDR. Without it, seeds are removed from the tree rather
 * than used twice. */
static struct trans_fdt_edit fdt_edit(const char *bootargs)
{
	bool rndr = sysreg_read(id_aa64isar0_el1) >> 60;

	print("port: seeds from %s\n", rndr ? "RNDR" : "nowhere");
	return (struct trans_fdt_edit){
		.bootargs = bootargs,
		.reserve = quiesce_kept()->range,
		.reserve_count = quiesce_kept()->count,
		.random = rndr ? random_bytes : NULL,
	};
}

/* The tree's, and what it does not tell of. */
static const struct trans_ranges *all_ram(void)
{
	static struct trans_range storage[32];
	static struct trans_ranges ram;

	trans_ranges_init(&ram, storage, 32);
	trans_ranges_add_all(&ram, &machine.ram);
	if (machine.far.len)
		trans_ranges_add(&ram, machine.far.start, machine.far.len);
	return &ram;
}

static struct trans_kexec_args kexec_args(const struct payload *payload,
					  const struct trans_table *own)
{
	return (struct trans_kexec_args){
		.kernel = payload->kernel,
		.initrd = payload->initrd,
		.fdt = at_pa(machine.fdt.start),
		.fdt_len = machine.fdt.len,
		.edit = fdt_edit(payload->cmdline),
		.ram = all_ram(),
		.reserved = &machine.reserved,
		.host = &memory_ops,
		.host_ctx = &memory,
		.decompress = &decompress,
		.transition = transition_args(&options, own,
					      &kexec.transition),
		.relocate = !options.stay,
		.unsafe = options.unsafe,
	};
}

/* 2 MiB of command line: no device tree may be that long. */
static const char *endless_cmdline(void)
{
	trans_pa_t pa;
	char *text;

	if (memory_ops.alloc(&memory, TRANS_4K,
			     (TRANS_FDT_MAX_LEN >> TRANS_4K) + 1, &pa))
		return NULL;
	text = at_pa(pa);
	memset(text, 'x', TRANS_FDT_MAX_LEN);
	text[TRANS_FDT_MAX_LEN] = '\0';
	return text;
}

/* Input that is wrong, on request. */
static void spoil(struct trans_kexec_args *args)
{
	if (options.bad_overlap)
		args->initrd.start = args->kernel.start;
	if (options.bad_fdt)
		args->edit.bootargs = endless_cmdline();
}

/* Load with the @fail_at-th allocation failing (0: none). */
static int load(const struct trans_kexec_args *args, uint64_t fail_at,
		struct trans_error *err)
{
	uint64_t before = memory_free_bytes();
	int ret;

	memory.allocs = 0;
	memory.fail_at = fail_at;
	ret = trans_kexec_load(&kexec, args, err);
	memory.fail_at = 0;
	if (ret)
		report_lost(before);
	return ret;
}

/* Each allocation of a load fails once. The thousands in the middle are all
 * one: the pool asks for a page, gets a destination, and asks for the next. */
#define FIRST_FAILURES 16
#define LAST_FAILURES 100

static int load_failing_each(const struct trans_kexec_args *args,
			     struct trans_error *err)
{
	uint64_t total, n, refused = 0;
	int ret = load(args, 0, err);

	total = memory.allocs;
	for (n = 1; !ret && n <= total; n++) {
		trans_kexec_unload(&kexec);
		if (n == FIRST_FAILURES && total > n + LAST_FAILURES)
			n = total - LAST_FAILURES;
		if (load(args, n, err) == TRANS_ENOMEM)
			refused++;
		trans_kexec_unload(&kexec); /* it may do with less */
		ret = load(args, 0, err);
	}
	print("port: fail-alloc=all: %lu refusals, %lu pages lost\n", refused,
	      report_lost_pages());
	return ret;
}

static int timed_load(const struct trans_kexec_args *args,
		      struct trans_error *err)
{
	uint64_t start = sysreg_read(cntvct_el0);
	int ret;

	if (options.fail_alloc == FAIL_ALL)
		ret = load_failing_each(args, err);
	else
		ret = load(args, options.fail_alloc, err);
	print_figure("load_ticks", sysreg_read(cntvct_el0) - start, "ticks");
	return ret;
}

/* The next port is told how much was free here, and says what it misses. */
static int find_payload(struct payload *payload, struct trans_error *err)
{
	static char bootargs[512];
	uint64_t free = memory_free_bytes();

	if (options.free)
		print("port: hops %lu, %lu pages free, %lu lost\n",
		      options.hops, free >> PAGE_SHIFT, options.free > free ?
		      (options.free - free) >> PAGE_SHIFT : 0);
	if (!options.hops)
		return payload_find(payload, err);
	if (options_for_hop(machine.bootargs, options.hops - 1, free, bootargs,
			    sizeof(bootargs)))
		return payload_find_port(payload, bootargs, options.stay, err);
	*err = (struct trans_error){ .status = TRANS_ENOSPC,
				     .why = "bootargs of the next hop",
				     .level = TRANS_NO_LEVEL };
	return TRANS_ENOSPC;
}

static int start(struct trans_error *err)
{
	if (options.plan)
		report_plan(&kexec);
	if (options.dry || (options.dry_last && !options.hops)) {
		*err = (struct trans_error){ .status = TRANS_EHOST,
					     .why = "dry run",
					     .level = TRANS_NO_LEVEL };
		print("port: dry run\n");
		return TRANS_EHOST;
	}
	print("port: kexec, bye\n");
	/* For whoever measures: a register that nobody else touches. */
	sysreg_write(tpidr_el0, sysreg_read(cntvct_el0));
	return trans_kexec_start(&kexec, err);
}

static int find_load_start(const struct trans_table *own,
			   struct trans_error *err)
{
	struct trans_kexec_args args;
	struct payload payload;
	uint64_t before;
	int ret;

	if (options.leaving.flags & LEAVING_LITTER)
		memory_litter();
	ret = quiesce_plan(options.quiesce, err);
	if (!ret)
		ret = find_payload(&payload, err);
	if (ret)
		return ret;
	leaving_measure(&options.leaving, &payload);
	payload_send_far(&payload);
	leaving_tell(&options.leaving, &payload);
	if (options.hide && !(options.leaving.flags & LEAVING_DIGEST))
		payload_hide(&payload, own);
	args = kexec_args(&payload, own);
	spoil(&args);
	leaving_args(&options.leaving, &args.transition);
	if (options.leaving.flags & LEAVING_WORLD)
		return world_enter(&options.leaving, &args.transition, err);
	leaving_verify(&options.leaving, &args);
	if (options.leaving.flags & LEAVING_CRASH)
		return crash_enter(&kexec, &args, err);
	before = memory_free_bytes();
	ret = timed_load(&args, err);
	if (ret)
		return ret;
	leaving_corrupt(&options.leaving, &payload);
	report_kexec(&kexec, own);
	ret = start(err);
	trans_kexec_unload(&kexec);
	report_lost(before);
	return ret;
}

/* Nothing is booted over an image that was not resumed. True: go on. */
static bool resume_first(const struct trans_table *own, struct trans_error *err)
{
	enum trans_resume_advice advice = port_resume(&options, own, err);

	report_refusal(err);
	if (advice != TRANS_RESUME_BOOT)
		print("port: the image stays, nothing is booted%s\n",
		      advice == TRANS_RESUME_RESET ? " before a reset" : "");
	return advice == TRANS_RESUME_BOOT && options.resume.then_kexec;
}

void port_kexec(const struct trans_table *own)
{
	struct trans_error err = { 0 };

	options_read(machine.bootargs, &options);
	leaving_inspect(&options.leaving);
	payload_shift = leaving_granule(&options.leaving, options.map);
	if (leaving_failed_before(&options.leaving))
		return;
	if (options.snapshot.on) {
		if (port_snapshot(&options.snapshot, &err))
			report_refusal(&err);
		return;
	}
	if (options.resume.on && !resume_first(own, &err))
		return;
	find_load_start(own, &err);
	report_refusal(&err);
}
