/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Using the library: this is the file to read. Find the payload, say to
 * trans_kexec_load what there is and how this host does things, start.
 */
#include <trans_table/kexec.h>

#include "alias.h"
#include "kexec.h"
#include "machine.h"
#include "memory.h"
#include "options.h"
#include "payload.h"
#include "print.h"
#include "report.h"
#include "sysreg.h"
#include "uart.h"

static struct options options;
static struct trans_kexec kexec;

/*
 * Nothing to silence: the port programs no DMA, never unmasks an interrupt,
 * starts no other CPU and no watchdog. A real host stops its network and disk
 * controllers here, sends its other CPUs into PSCI CPU_OFF, and with a GICv3
 * ITS it takes the LPI tables away from the redistributors: all of them write
 * to memory that belongs to the next kernel.
 */
static int quiesce(void *host)
{
	(void)host;
	return 0;
}

static struct trans_transition_args
transition_args(const struct trans_table *own)
{
	return (struct trans_transition_args){
		.cpu = &machine.cpu,
		.granule = TRANS_4K,
		.va_bits = 48,
		.map = options.map,
		.linear = own,
		.linear_offset = linear_offset,
		.linear_flags = options.linear_flags,
		.uart = UART_PA,
		.uart_kind = TRANS_UART_PL011,
		.conduit = machine.conduit,
		.alias_prepare = alias_prepare,
		.alias_enter = alias_enter,
		.alias_drop = alias_drop,
		.quiesce = quiesce,
		.unproven = options.unproven,
	};
}

/* No source of randomness: without `random`, seeds are removed from the tree
 * rather than used twice. */
static struct trans_kexec_args kexec_args(const struct payload *payload,
					  const struct trans_table *own)
{
	return (struct trans_kexec_args){
		.kernel = payload->kernel,
		.initrd = payload->initrd,
		.fdt = at_pa(machine.fdt.start),
		.fdt_len = machine.fdt.len,
		.edit = { .bootargs = payload->cmdline },
		.ram = &machine.ram,
		.reserved = &machine.reserved,
		.host = &memory_ops,
		.host_ctx = &memory,
		.transition = transition_args(own),
		.unsafe = options.unsafe,
	};
}

/* Load with the @fail_at-th allocation failing (0: none). */
static int load(const struct trans_kexec_args *args, uint64_t fail_at,
		struct trans_error *err)
{
	uint64_t before = memory_free_bytes();
	int rc;

	memory.allocs = 0;
	memory.fail_at = fail_at;
	rc = trans_kexec_load(&kexec, args, err);
	memory.fail_at = 0;
	if (rc)
		report_lost(before);
	return rc;
}

/* Each allocation of a load fails once, until none is left to fail. */
static int load_failing_each(const struct trans_kexec_args *args,
			     struct trans_error *err)
{
	uint64_t n = 1;
	int rc;

	for (;; n++) {
		rc = load(args, n, err);
		if (rc != TRANS_ENOMEM)
			break;
	}
	print("port: fail-alloc=all: %lu refusals, %lu pages lost\n", n - 1,
	      report_lost_pages());
	return rc;
}

static int timed_load(const struct trans_kexec_args *args,
		      struct trans_error *err)
{
	uint64_t start = sysreg_read(cntvct_el0);
	int rc;

	if (options.fail_alloc == FAIL_ALL)
		rc = load_failing_each(args, err);
	else
		rc = load(args, options.fail_alloc, err);
	print_figure("load_ticks", sysreg_read(cntvct_el0) - start, "ticks");
	return rc;
}

static int find_load_start(const struct trans_table *own,
			   struct trans_error *err)
{
	struct trans_kexec_args args;
	struct payload payload;
	int rc;

	rc = payload_find(&payload, err);
	if (rc)
		return rc;
	if (options.hide)
		payload_hide(&payload, own);
	args = kexec_args(&payload, own);
	rc = timed_load(&args, err);
	if (rc)
		return rc;
	report_kexec(&kexec, own);
	print("port: kexec, bye\n");
	rc = trans_kexec_start(&kexec, err);
	trans_kexec_unload(&kexec);
	return rc;
}

void port_kexec(const struct trans_table *own)
{
	struct trans_error err = { 0 };

	options_read(machine.bootargs, &options);
	find_load_start(own, &err);
	report_refusal(&err);
}
