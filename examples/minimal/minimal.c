/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* The smallest host: starts a Linux kernel that lies in memory, and that goes
 * over this very program, which is what the library is for. */
#include <trans_table/kexec.h>

#include "host.h"

/* Somebody has put the kernel's file here, at any page (QEMU's -device loader).
 * Initrd and command line are what the device tree says. */
#define KERNEL_AT 0x50001000

static struct trans_kexec kexec;

static struct trans_kexec_args kernel(void)
{
	return (struct trans_kexec_args){
		/* Only its own header says how long it is. */
		.kernel = { KERNEL_AT, trans_image_len((void *)KERNEL_AT,
						       TRANS_IMAGE_HEAD_LEN) },
		.fdt = host.tree, .fdt_len = TRANS_FDT_MAX_LEN,
		.ram = &host.ram, .reserved = &host.reserved,
		.host = &host_ops, .host_ctx = &host.free,
		.transition = {
			.cpu = &host.cpu,
			.map = TRANS_MAP_SPARSE,
			.uart = host.uart, /* for its letters, report.h */
			.conduit = host.conduit,
			/* The MMU is off, so nothing needs to be mapped. */
			.alias_prepare = trans_alias_identity,
			/* No .leave: this host has started no device, no timer
			 * and no CPU. Yours has: docs/quiesce.md. */
		},
	};
}

/* From start.S; returns if the kernel could not be started. */
void run(const void *tree)
{
	struct trans_error err = { .status = TRANS_ENOSPC,
				   .why = "memory in too many pieces" };
	struct trans_kexec_args args;
	int ret = host_init(tree, &err);

	args = kernel();
	(void)trans_fdt_initrd(tree, args.fdt_len, &args.initrd, NULL);
	if (ret ?:
	    trans_ranges_remove(&host.free, KERNEL_AT, args.kernel.len) ?:
	    trans_ranges_remove(&host.free, args.initrd.start,
				args.initrd.len) ?:
	    trans_kexec_load(&kexec, &args, &err) ?:
	    trans_kexec_print(&kexec, host_print, NULL) ?:
	    trans_kexec_start(&kexec, &err)) /* and away */
		(void)trans_error_print(&err, host_print, NULL);
	(void)trans_psci_system_off(host.conduit, NULL);
}
