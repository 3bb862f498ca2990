/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Wakes a hibernated Linux from a disk, without booting a kernel first. Read
 * ../minimal first, which has what is not explained here.
 */
#include <trans_table/hibernate.h>
#include <trans_table/quiesce.h>

#include "disk.h"
#include "mmu.h"

/* By ports/lzo and ports/lz4, of which Debian's kernels want the first. */
int trans_unlzo(void *ctx, const void *src, size_t src_len, void *dst,
		size_t dst_len, size_t *out_len);
int trans_unlz4(void *ctx, const void *src, size_t src_len, void *dst,
		size_t dst_len, size_t *out_len);

#define MAX_SPIS 512
#define MAX_CPUS 64 /* that the saved Linux may have had */

static struct trans_resume resume;
static struct trans_fdt_gic gic;
static struct trans_spi spis[MAX_SPIS];
static struct trans_gic_pending pending[MAX_CPUS];
static struct trans_range no_map_storage[16], usable_storage[64];
static struct trans_ranges no_map, usable;

/* Would leave fail? Nothing is lost yet. */
static int ask(void *ctx, struct trans_error *err)
{
	const uint64_t cpu = host.cpu.mpidr;

	(void)ctx;
	if (resume.known.lpis.known) /* PCI devices' interrupts */
		gic.gic.lpis = &resume.known.lpis.tables;
	return trans_gic_check(&gic.gic, cpu, &no_map, err) ?:
	       trans_gic_lpis_check(&gic.gic, cpu, &resume.plan, err);
}

/* The image is off the disk; there is no way back. docs/quiesce.md explains the
 * order. This host has started no other CPU, and no timer. */
static int leave(void *ctx, struct trans_error *err)
{
	int ret = disk_stop_all(err) ?:
		  trans_gic_lpis_off(&gic.gic, &no_map, err);

	(void)ctx;
	if (ret)
		return ret;
	trans_timers_off(&host.cpu, false);
	return trans_gic_resume(&gic.gic, &host.cpu, host.cpu.mpidr, err);
}

static int wake(const struct trans_block *disk, struct trans_error *err)
{
	struct trans_resume_args args = {
		.disk = disk,
		.unpack = { .lzo = trans_unlzo, .lz4 = trans_unlz4 },
		.ram = &host.ram,
		.reserved = &no_map, /* a saved Linux uses the rest */
		.free = &host.free,  /* lent: pages go straight there */
		.host = &host_ops, .host_ctx = &host.free,
		.has_its = gic.gic.its_count != 0,
		.pending = pending, .room = MAX_CPUS,
		.wipe = true, /* an image holds keys: leave none lying about */
		.transition = {
			.cpu = &host.cpu,
			.map = TRANS_MAP_SPARSE,
			.uart = host.uart,
			.conduit = host.conduit,
			.alias_prepare = trans_alias_identity,
			.ask = ask,
			.leave = leave,
		},
	};
	int ret = trans_resume_load(&resume, &args, err) ?:
		  trans_resume_print(&resume, host_print, NULL) ?:
		  trans_resume_start(&resume, err); /* and away */

	trans_resume_unload(&resume);
	return ret;
}

/* What the machine is, beside what every host must know. */
static int look_around(struct trans_error *err)
{
	const size_t len = TRANS_FDT_MAX_LEN;
	int ret;

	trans_ranges_init(&no_map, no_map_storage, 16);
	trans_ranges_init(&usable, usable_storage, 64);
	ret = trans_fdt_no_map(host.tree, len, &no_map, err) ?:
	      trans_fdt_gic(host.tree, len, &gic, err) ?:
	      trans_ranges_add_all(&usable, &host.ram) ?:
	      trans_ranges_remove_all(&usable, &no_map);
	gic.gic.mmio = trans_mmio_direct(0);
	if (!trans_fdt_interrupts(host.tree, len, spis, MAX_SPIS,
				  &gic.gic.spi_count, NULL))
		gic.gic.spis = spis;
	return ret ?: mmu_on(&usable, err);
}

static void say(const char *text)
{
	size_t len = 0;

	while (text[len])
		len++;
	(void)host_print(NULL, text, len);
}

static void find_image(void)
{
	struct trans_block disk;
	struct trans_error err;

	for (unsigned int slot = 0; slot < DISK_SLOTS; slot++) {
		if (disk_open(slot, &disk))
			continue;
		if (trans_resume_advise(wake(&disk, &err)) ==
		    TRANS_RESUME_BOOT)
			continue;
		/* There is an image, or nobody knows. A system that mounts
		 * what the sleeping one has mounted would destroy it: so boot
		 * nothing, unless the user gives the image up
		 * (trans_resume_discard). */
		(void)trans_error_print(&err, host_print, NULL);
		say("the image stays, and nothing is booted\n");
		return;
	}
	say("nobody is asleep here: boot as usual\n");
}

/* From start.S. */
void run(const void *tree)
{
	struct trans_error err = { .status = TRANS_ENOSPC,
				   .why = "memory in too many pieces" };

	if (host_init(tree, &err) ?: look_around(&err))
		(void)trans_error_print(&err, host_print, NULL);
	else
		find_image();
	(void)trans_psci_system_off(host.conduit, NULL);
}
