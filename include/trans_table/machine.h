/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What a flattened device tree says of the machine that the library must know:
 * interrupt controller, firmware's conduit, console, interrupts in use. The
 * facts are those of the devicetree specification and of the bindings in Linux,
 * Documentation/devicetree/bindings.
 *
 * Addresses are the CPU's: each `reg` is translated by the `ranges` of every
 * bus above it. A node exists if it and all nodes above it have no status, or
 * "okay", or "ok": what is disabled may have no clock, and abort whoever
 * touches it.
 *
 * The tree is not trusted: each call passes over it a fixed number of times,
 * and allocates nothing. @fdt is 8-byte aligned, has at most @fdt_len bytes,
 * and is not kept; it may be a host's own or the next kernel's. Needs libfdt
 * (its fdt_next_tag). On failure the result is undefined, but where something
 * else is said.
 *
 * All functions return, besides what each lists:
 *
 *   input    TRANS_EFDT      the tree is malformed, older than version 17, or
 *                            nested deeper than 15
 */
#ifndef TRANS_TABLE_MACHINE_H
#define TRANS_TABLE_MACHINE_H

#include <trans_table/gic.h>
#include <trans_table/psci.h>
#include <trans_table/uart.h>

TRANS_BEGIN_DECLS

#define TRANS_FDT_REDISTS 16
#define TRANS_FDT_ITS 16

/* A GIC with its lists. @gic points to the other two: do not copy the
 * struct. */
struct trans_fdt_gic {
	struct trans_gic gic;
	struct trans_range redist[TRANS_FDT_REDISTS];
	trans_pa_t its[TRANS_FDT_ITS];
};

/*
 * The first GICv3 or v4, with all its redistributors and every ITS that exists;
 * where there is none, the first GICv2. gic.mmio and gic.spis are left zeroed,
 * for the caller to fill in.
 *
 *   machine  TRANS_ENOENT    there is no GIC
 *   memory   TRANS_ENOSPC    more regions than TRANS_FDT_REDISTS, or more ITS
 *                            than TRANS_FDT_ITS
 *   input    TRANS_EFDT      an address is missing or cannot be translated, or
 *                            the stride is wrong
 */
int trans_fdt_gic(const void *fdt, size_t fdt_len, struct trans_fdt_gic *gic,
		  struct trans_error *err);

/*
 * How PSCI is called, by the node of PSCI 0.2 or later. No such node: 0, and
 * *@conduit is TRANS_CONDUIT_NONE; so it is after a failure. A host at EL2 must
 * not take HVC, which would come back to itself.
 *
 *   machine  TRANS_ESTATE    there is only PSCI 0.1, whose calls have other
 *                            numbers on each board
 *   input    TRANS_EFDT      an unknown method
 */
int trans_fdt_conduit(const void *fdt, size_t fdt_len,
		      enum trans_conduit *conduit, struct trans_error *err);

/*
 * The CPUs that /cpus names, by their affinity (MPIDR_EL1 without its flags),
 * in the order of the tree, the caller's own among them, in the first *@count
 * elements of @mpidr, which has @max. Whether firmware starts one it says when
 * it is asked (trans_psci_cpu_on), whatever the status of its node; one that
 * has failed is left out, and so is one without a number in `reg`
 * (Devicetree Specification 0.4, 2.3.4 and 3.8.1).
 *
 *   memory   TRANS_ENOSPC    there are more than @max: the first are there
 */
int trans_fdt_cpus(const void *fdt, size_t fdt_len, uint64_t *mpidr,
		   size_t max, size_t *count, struct trans_error *err);

/*
 * The console that @path names, a node's path or an alias, if the host knows
 * which it uses. NULL: what stdout-path (or linux,stdout-path) in /chosen
 * names, else the alias serial0. It must have been set up by a firmware that
 * has used it. Known are PL011 and SBSA's; 8250s by reg-shift, reg-io-width and
 * reg-offset, the Raspberry Pi's mini UART among them; those of Armada 3700,
 * Cadence (Zynq), Meson and i.MX.
 *
 *   machine  TRANS_ENOENT    no console is named, or it does not exist, or is
 *                            none of these
 *   input    TRANS_EFDT      its address cannot be translated
 */
int trans_fdt_uart(const void *fdt, size_t fdt_len, const char *path,
		   struct trans_uart *uart, struct trans_error *err);

/*
 * The shared interrupts of the GIC that trans_fdt_gic finds, as the devices use
 * them: `interrupts`, `interrupts-extended` and `interrupt-map` of every node
 * that exists, and the GIC's own `mbi-ranges`. Each once, in the order of the
 * tree, in the first *@count elements of @spi, which has @max. After a failure
 * *@count is 0, and the host does better without @spis of struct trans_gic.
 *
 *   machine  TRANS_ENOENT    there is no GIC
 *   memory   TRANS_ENOSPC    @max is too small; 2012 is enough for any GIC
 *   input    TRANS_EFDT      the GIC has no phandle; a specifier is cut short
 *                            or names a controller that is unknown; a
 *                            controller in front of the GIC does not say which
 *                            SPIs are its (Qualcomm's PDC, TI's routers, a
 *                            GICv2m frame)
 */
int trans_fdt_interrupts(const void *fdt, size_t fdt_len,
			 struct trans_spi *spi, size_t max, size_t *count,
			 struct trans_error *err);

TRANS_END_DECLS

#endif
