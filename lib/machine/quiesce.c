/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Silencing what is not the interrupt controller.
 */
#include <trans_table/quiesce.h>

#include "lib/fail.h"
#include "lib/machine/arch.h"
#include "lib/machine/wait.h"
#include "lib/numbers.h"

/* Virtio over MMIO (virtio 1.2, 4.2.2); the same in the legacy layout. */
#define VIRTIO_MAGIC 0x00
#define VIRTIO_MAGIC_VALUE 0x74726976 /* "virt" */
#define VIRTIO_DEVICE_ID 0x08
#define VIRTIO_STATUS 0x70
#define VIRTIO_RESET_MS 1000

static int wait_off(enum trans_conduit conduit, uint64_t mpidr,
		    struct trans_wait *wait, struct trans_error *err)
{
	enum trans_cpu_state state;
	bool over;
	int ret;

	for (;;) {
		over = trans_wait_over_(wait);
		ret = trans_psci_affinity_info(conduit, mpidr, &state, err);
		if (ret || state == TRANS_CPU_OFF)
			return ret;
		if (over)
			break;
	}
	trans_fail(err, TRANS_ETIME, "a CPU did not switch off");
	if (err)
		err->desc = mpidr & TRANS_MPIDR_AFFINITY;
	return TRANS_ETIME;
}

int trans_cpus_off(enum trans_conduit conduit, const uint64_t *mpidr,
		   size_t count, uint32_t ms, struct trans_error *err)
{
	struct trans_wait wait;
	int ret = 0;

	trans_wait_begin_(&wait, ms);
	for (size_t i = 0; !ret && i < count; i++)
		ret = wait_off(conduit, mpidr[i], &wait, err);
	return ret;
}

/* Writing 0 asks for a reset; reading 0 says that it is over. */
int trans_virtio_mmio_reset(const struct trans_mmio *mmio, trans_pa_t pa,
			    struct trans_error *err)
{
	struct trans_wait wait;

	if (mmio->read32(mmio->ctx, pa + VIRTIO_MAGIC) != VIRTIO_MAGIC_VALUE)
		return trans_fail_pa(err, TRANS_ENOENT,
				     "no virtio device there", pa, 0);
	if (!mmio->read32(mmio->ctx, pa + VIRTIO_DEVICE_ID))
		return 0;
	mmio->write32(mmio->ctx, pa + VIRTIO_STATUS, 0);
	trans_wait_begin_(&wait, VIRTIO_RESET_MS);
	for (;;) {
		bool over = trans_wait_over_(&wait);

		if (!mmio->read32(mmio->ctx, pa + VIRTIO_STATUS))
			return 0;
		if (over)
			return trans_fail_pa(err, TRANS_ETIME,
					     "a virtio device does not reset",
					     pa, 0);
	}
}

/*
 * ENABLE is bit 0 of each, and an enabled timer whose time has come holds its
 * interrupt line. With E2H the plain names mean EL2's timers, and EL1's have
 * names of their own. The EL2 virtual timer came with VHE (ID_AA64MMFR1_EL1.VH
 * [11:8]).
 */
void trans_timers_off(const struct trans_cpu *cpu, bool physical)
{
	bool e2h = cpu->el == 2 && cpu->e2h;

	trans_arch_write_(e2h ? TRANS_CNTV_CTL_EL02 : TRANS_CNTV_CTL_EL0, 0);
	if (cpu->el == 2 || physical)
		trans_arch_write_(e2h ? TRANS_CNTP_CTL_EL02 :
				       TRANS_CNTP_CTL_EL0, 0);
	if (cpu->el == 2)
		trans_arch_write_(TRANS_CNTHP_CTL_EL2, 0);
	if (cpu->el == 2 && trans_field(cpu->mmfr1, 8))
		trans_arch_write_(TRANS_CNTHV_CTL_EL2, 0);
	trans_arch_sync_();
}
