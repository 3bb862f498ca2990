/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What ACPI's static tables say of the machine that the library must know, for
 * hosts whose firmware gives no device tree: the same facts as those of
 * machine.h. (What is in AML is not read: which interrupts are in use, and
 * whether they are edges, is not known then.)
 *
 * The tables are not trusted: every length is bounded, checksums are verified,
 * each table is passed over once, and nothing is allocated. Facts: ACPI
 * specification 6.5, 5.2; Microsoft's description of SPCR.
 *
 * All functions return, besides what each lists:
 *
 *   machine  TRANS_ENOENT    the table that says it is not there
 *   input    TRANS_ECORRUPT  the root pointer, the list of tables or the table
 *                            is damaged (pa): signature, length or checksum
 *   host     TRANS_EFAULT    phys_to_virt refused a table (pa, len)
 */
#ifndef TRANS_TABLE_ACPI_H
#define TRANS_TABLE_ACPI_H

#include <trans_table/machine.h>
#include <trans_table/ops.h>

TRANS_BEGIN_DECLS

/*
 * @ops, @ctx: of the host; only phys_to_virt is called
 * @rsdp:      PA of the root pointer (RSDP), of ACPI 2.0 or later, as EFI's
 *             configuration table has it
 */
struct trans_acpi {
	const struct trans_ops *ops;
	void *ctx;
	trans_pa_t rsdp;
};

/* No table that is looked at is longer; they have some KiB. */
#define TRANS_ACPI_TABLE_MAX (1u << 20)

/*
 * The interrupt controller of the MADT, as trans_fdt_gic describes it: a GICv3
 * or v4 with its redistributors and every ITS; or a GICv2. gic.mmio and
 * gic.spis are left zeroed. Redistributors that the MADT gives one by one, with
 * each CPU that is enabled, are put together where they lie side by side,
 * whatever the order of CPUs; gic.redist_stride is set if they lie as those of
 * a v4 do.
 *
 *   machine  TRANS_ENOENT    also: the MADT has no distributor, or the GICv2 no
 *                            CPU interface, or the GICv3 no redistributor
 *   memory   TRANS_ENOSPC    more regions than TRANS_FDT_REDISTS, more ITS than
 *                            TRANS_FDT_ITS, or some 2,000 CPUs with one each
 */
int trans_acpi_gic(const struct trans_acpi *acpi, struct trans_fdt_gic *gic,
		   struct trans_error *err);

/*
 * How PSCI is called, by the FADT's ARM boot flags. Where they do not name PSCI
 * *@conduit is TRANS_CONDUIT_NONE; so it is after a failure. A host at EL2 must
 * not take HVC.
 */
int trans_acpi_conduit(const struct trans_acpi *acpi,
		       enum trans_conduit *conduit, struct trans_error *err);

/*
 * The console of the SPCR: a PL011, SBSA's, or a 16550.
 *
 *   machine  TRANS_ENOENT    also: its kind is none of these, or it is not in
 *                            memory
 */
int trans_acpi_uart(const struct trans_acpi *acpi, struct trans_uart *uart,
		    struct trans_error *err);

TRANS_END_DECLS

#endif
