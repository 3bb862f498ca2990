/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* What this host knows of its machine, and its environment for the library. */
#include <trans_table/fdt.h>
#include <trans_table/machine.h>
#include <trans_table/ops.h>

extern struct host {
	const void *tree; /* the device tree: TRANS_FDT_MAX_LEN bytes at most */
	struct trans_cpu cpu;
	struct trans_uart uart;
	enum trans_conduit conduit; /* how firmware is called */
	struct trans_ranges ram, reserved, free;
} host;
extern const struct trans_ops host_ops; /* its ctx is &host.free */

/* Read the machine. 0, or an error of the library's. */
int host_init(const void *tree, struct trans_error *err);
int host_print(void *arg, const char *text, size_t len); /* a trans_put_fn */
