/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What a flattened device tree says of the machine that the library must know:
 * interrupt controller, firmware's conduit, console, interrupts in use.
 *
 * Addresses are the CPU's: each `reg` goes through the `ranges` of every bus
 * above it. A node exists if it and all above it have no status, "okay" or
 * "ok": what is disabled may have no clock, and abort whoever touches it.
 *
 * A tree may be anybody's: each call passes over it a fixed number of times,
 * and allocates nothing. @fdt is 8-byte aligned, of at most @fdt_len bytes, and
 * is not kept; it may be a host's own or the next kernel's. All return
 * TRANS_EFDT where it is malformed, older than version 17 or nested deeper
 * than 15, beside what each lists. Needs libfdt (its fdt_next_tag).
 */
#ifndef TRANS_TABLE_MACHINE_H
#define TRANS_TABLE_MACHINE_H

#include <trans_table/gic.h>
#include <trans_table/psci.h>
#include <trans_table/uart.h>

TRANS_BEGIN_DECLS

#define TRANS_FDT_REDISTS 16
#define TRANS_FDT_ITS 16

/* A GIC and its lists. @gic points into the rest: not to be copied. */
struct trans_fdt_gic {
	struct trans_gic gic;
	struct trans_range redist[TRANS_FDT_REDISTS];
	trans_pa_t its[TRANS_FDT_ITS];
};

/*
 * The first GICv3 (or v4), with all its redistributors and every ITS that
 * exists; without one, the first GICv2. gic.mmio and gic.spis are left zeroed:
 * the caller's.
 * TRANS_ENOENT: there is no GIC; TRANS_EFDT also: its addresses are missing or
 * cannot be translated, a wrong stride; TRANS_ENOSPC: more regions or ITS than
 * above.
 */
int trans_fdt_gic(const void *fdt, size_t fdt_len, struct trans_fdt_gic *gic,
		  struct trans_error *err);

/*
 * How the firmware's PSCI 0.2 or later is called, by the node that is
 * compatible with it; TRANS_CONDUIT_NONE and 0 where there is none. A host at
 * EL2 must not take HVC, which would come back to it.
 * TRANS_ESTATE: there is PSCI 0.1 only, whose calls have numbers of each
 * board's own; TRANS_EFDT also: an unknown method. *@conduit is then NONE too.
 */
int trans_fdt_conduit(const void *fdt, size_t fdt_len,
		      enum trans_conduit *conduit, struct trans_error *err);

/*
 * The console: the node that @path names, by its path or an alias, as a host
 * knows that it uses it. NULL: what stdout-path (or linux,stdout-path) in /chosen
 * names so, else the alias serial0. Known are: PL011 and SBSA's; 8250s by
 * reg-shift, reg-io-width and reg-offset, the Raspberry Pi's mini UART among them; those of Armada 3700, Cadence (Zynq), Meson and i.MX. It must have been
 * set up, by a firmware that has used it.
 * TRANS_ENOENT: no console is named, or it does not exist (any more), or it is
 * none of these; TRANS_EFDT also: its address cannot be translated.
 */
int trans_fdt_uart(const void *fdt, size_t fdt_len, const char *path,
		   struct trans_uart *uart, struct trans_error *err);

/*
 * The shared interrupts of the GIC that trans_fdt_gic finds, as the devices use
 * them: `interrupts`, `interrupts-extended` and `interrupt-map` of every node
 * that exists, and the GIC's own `mbi-ranges`. Each once, in the order of the
 * tree, into spi[0..*@count), of @max.
 * TRANS_ENOENT: there is no GIC; TRANS_ENOSPC: @max is too small (2012 is
 * enough for any GIC); TRANS_EFDT also: the GIC has no phandle, a specifier is
 * cut short or names a controller that is unknown, or one that sits in front of
 * the GIC does not say which SPIs are its (Qualcomm's PDC, TI's routers, a
 * GICv2m frame). *@count is then 0, and a host better does without.
 */
int trans_fdt_interrupts(const void *fdt, size_t fdt_len,
			 struct trans_spi *spi, size_t max, size_t *count,
			 struct trans_error *err);

TRANS_END_DECLS

#endif
