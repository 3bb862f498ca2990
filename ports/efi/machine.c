/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The CPU and what is around it: by the firmware's device tree, and where it
 * gives none, by ACPI.
 */
#include <libfdt.h>

#include <trans_table/acpi.h>
#include <trans_table/fdt.h>

#include "port.h"

#define MAX_SPIS 2012 /* machine.h */
#define MAX_LPI 16

struct machine machine;
static struct trans_fdt_gic found;
static struct trans_spi spis[MAX_SPIS];
static struct trans_range lpi_storage[MAX_LPI];

/* A tree that claims more than a kernel would take is none. */
static void find_tables(struct machine *m)
{
	const void *fdt = config_table(EFI_DTB_TABLE);

	if (fdt && !fdt_check_header(fdt) &&
	    fdt_totalsize(fdt) <= TRANS_FDT_MAX_LEN) {
		m->fdt = fdt;
		m->fdt_len = fdt_totalsize(fdt);
	}
	m->acpi = config_table(EFI_ACPI_TABLE);
}

/* What is not told the blob does without. At EL2 an HVC would come back to the
 * firmware. */
static int read_tree(struct machine *m, struct trans_error *err)
{
	int ret;

	(void)trans_fdt_conduit(m->fdt, m->fdt_len, &m->conduit, NULL);
	(void)trans_fdt_uart(m->fdt, m->fdt_len, NULL, &m->uart, NULL);
	ret = trans_fdt_gic(m->fdt, m->fdt_len, &found, err);
	if (ret)
		return ret;
	m->gic = found.gic;
	if (!trans_fdt_interrupts(m->fdt, m->fdt_len, spis, MAX_SPIS,
				  &m->gic.spi_count, NULL))
		m->gic.spis = spis;
	return 0;
}

/* Which interrupts are in use is said in AML, which nobody runs here. */
static int read_acpi(struct machine *m, struct trans_error *err)
{
	const struct trans_acpi acpi = { &memory_ops, NULL,
					 (uintptr_t)m->acpi };
	int ret;

	(void)trans_acpi_conduit(&acpi, &m->conduit, NULL);
	(void)trans_acpi_uart(&acpi, &m->uart, NULL);
	ret = trans_acpi_gic(&acpi, &found, err);
	if (!ret)
		m->gic = found.gic;
	return ret;
}

/* A tree beside ACPI may be a stub that knows of no machine. Nobody says that
 * there is a GIC: then nothing is known of it. */
static int read_surroundings(struct machine *m, struct trans_error *err)
{
	int ret = TRANS_ENOENT;

	if (m->fdt)
		ret = read_tree(m, err);
	if (ret == TRANS_ENOENT && m->acpi)
		ret = read_acpi(m, err);
	if (m->cpu.el == 2 && m->conduit == TRANS_CONDUIT_HVC)
		m->conduit = TRANS_CONDUIT_NONE;
	return ret == TRANS_ENOENT ? 0 : ret;
}

int machine_read(struct trans_error *err)
{
	struct machine *m = &machine;
	int ret;

	memset(m, 0, sizeof(*m));
	trans_ranges_init(&m->lpi, lpi_storage, MAX_LPI);
	trans_cpu_read(&m->cpu);
	if (m->cpu.el != 1 && m->cpu.el != 2)
		return port_error(err, TRANS_ESTATE,
				  "the firmware runs at EL3", 0, 0);
	find_tables(m);
	ret = read_surroundings(m, err);
	if (ret || !m->gic.version)
		return ret;
	m->gic.mmio = trans_mmio_direct(0);
	ret = trans_gic_lpi_tables(&m->gic, &m->lpi, err);
	if (ret)
		return ret;
	ret = trans_ranges_add_all(&memory.keep, &m->lpi);
	if (!ret)
		ret = trans_ranges_add_all(&memory.no_linux, &m->lpi);
	return ret ? port_error(err, ret, "LPI tables", 0, 0) : 0;
}
