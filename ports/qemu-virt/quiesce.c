/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The order is docs/quiesce.md's.
 */
#include <trans_table/quiesce.h>

#include "cpus.h"
#include "gic.h"
#include "lpi.h"
#include "machine.h"
#include "print.h"
#include "quiesce.h"
#include "sysreg.h"
#include "virtio.h"

static struct trans_gic gic;

static const struct {
	char text[16];
	unsigned int flags;
} words[] = {
	{ "cpus=on", QUIESCE_CPUS },
	{ "cpus=stuck", QUIESCE_CPUS | QUIESCE_CPU_STUCK },
	{ "cpus=stays", QUIESCE_CPUS | QUIESCE_CPU_STAYS },
	{ "lpi=on", QUIESCE_LPI },
	{ "lpi=left", QUIESCE_LPI | QUIESCE_LPI_LEFT },
	{ "virtio=on", QUIESCE_VIRTIO },
	{ "virtio=left", QUIESCE_VIRTIO | QUIESCE_VIRTIO_LEFT },
	{ "timers=on", QUIESCE_TIMERS },
	{ "leave=fails", QUIESCE_FAILS },
};

bool quiesce_word(unsigned int *flags, const char *text, size_t len)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (len >= sizeof(words[i].text) || words[i].text[len] ||
		    memcmp(words[i].text, text, len))
			continue;
		*flags |= words[i].flags;
		return true;
	}
	return false;
}

/* Memory that hardware will go on using is memory that is not there, for us and
 * for the next kernel. */
#define MAX_KEPT 64
static struct trans_range kept_storage[MAX_KEPT];
static struct trans_ranges kept = { kept_storage, 0, MAX_KEPT };

const struct trans_ranges *quiesce_kept(void)
{
	return &kept;
}

static int reserve_lpi_tables(struct trans_error *err)
{
	int ret = trans_gic_lpi_tables(&gic, &kept, err);

	if (!ret)
		ret = trans_ranges_add_all(&machine.reserved, &kept);
	if (!ret)
		print_figure("lpi_bytes_kept", trans_ranges_total(&kept),
			     "bytes");
	return ret;
}

/* Enabled, not masked, and due since the counter began. */
static void timers_begin(void)
{
	sysreg_write(cntv_cval_el0, 0);
	sysreg_write(cntv_ctl_el0, 1);
	sysreg_write(cntp_cval_el0, 0);
	sysreg_write(cntp_ctl_el0, 1);
	if (machine.cpu.el == 2) {
		sysreg_write(cnthp_cval_el2, 0);
		sysreg_write(cnthp_ctl_el2, 1);
	}
	isb();
	print("port: timer controls 0x%lx 0x%lx\n", sysreg_read(cntv_ctl_el0),
	      sysreg_read(cntp_ctl_el0));
}

int quiesce_plan(unsigned int flags, struct trans_error *err)
{
	int ret = gic_find(&gic, err);

	if (!ret && flags & QUIESCE_CPUS)
		ret = cpus_start(&gic, flags & QUIESCE_CPU_STUCK,
				 flags & QUIESCE_CPU_STAYS, err);
	if (!ret && flags & QUIESCE_LPI)
		ret = lpi_begin(&gic, err);
	if (!ret && flags & QUIESCE_VIRTIO)
		ret = virtio_begin(err);
	if (flags & QUIESCE_TIMERS)
		timers_begin();
	return ret ? ret : reserve_lpi_tables(err);
}

bool quiesce_has_its(void)
{
	return gic.its_count != 0;
}

static const struct trans_moves *moves;

void quiesce_lpis(const struct trans_gic_lpis *lpis,
		  const struct trans_moves *plan)
{
	gic.lpis = lpis;
	moves = plan;
}

int quiesce_ask(struct trans_error *err)
{
	uint64_t mpidr = sysreg_read(mpidr_el1);
	int ret = trans_gic_check(&gic, mpidr, &machine.reserved, err);

	if (!ret)
		ret = trans_gic_lpis_check(&gic, mpidr, moves, err);
	return ret ? ret : cpus_ask(err);
}

static int interrupts_off(unsigned int flags, struct trans_error *err)
{
	uint64_t mpidr = sysreg_read(mpidr_el1);

	if (flags & QUIESCE_RESUME)
		return trans_gic_resume(&gic, &machine.cpu, mpidr, err);
	return trans_gic_off(&gic, &machine.cpu, mpidr, err);
}

int quiesce_leave(const struct trans_transition *leaving, unsigned int flags,
		  struct trans_error *err)
{
	int ret = 0;

	if (!(flags & QUIESCE_VIRTIO_LEFT))
		ret = virtio_stop(err);
	if (!ret && !(flags & QUIESCE_LPI_LEFT))
		ret = trans_gic_lpis_off(&gic, &machine.reserved, err);
	if (!ret)
		ret = cpus_stop(leaving, err);
	if (ret)
		return ret;
	/* booting.rst promises EL1 the virtual timer only. */
	trans_timers_off(&machine.cpu, flags & QUIESCE_TIMERS);
	ret = interrupts_off(flags, err);
	if (ret || !(flags & QUIESCE_FAILS))
		return ret;
	*err = (struct trans_error){ .status = TRANS_EHOST,
				     .why = "leave=fails" };
	return TRANS_EHOST;
}
