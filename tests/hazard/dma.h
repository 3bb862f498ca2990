/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What virtio devices do to memory, as on a machine whose DMA is not coherent
 * with its caches: a mode, because QEMU's virt says that it is (dma-coherent).
 * Devices are followed by what they are told (virtio 1.2, 4.2): queues, and a
 * notification, at which all that is offered is taken as done.
 */
#ifndef HAZARD_DMA_H
#define HAZARD_DMA_H

#include "cpu.h"

/* "PA+LEN": where virtio-mmio devices are, 0x200 bytes each. */
bool dma_on(const char *text);
/* A store to a device. */
void dma_io(struct cpu *cpu, uint64_t pa, uint64_t value, uint32_t site);

#endif
