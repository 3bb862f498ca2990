/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Virtio over PCI, modern (virtio 1.2, 4.1), as if it were over MMIO: what
 * virtio_mmio.h names is there under other addresses and in other widths, so
 * one driver does for both.
 */
#ifndef PORT_VIRTIO_PCI_H
#define PORT_VIRTIO_PCI_H

#include <trans_table/mmio.h>

#include "virtio_mmio.h"

/* Registers of a function, at its configuration space's address, as those of
 * the mmio transport are at theirs. */
struct trans_mmio virtio_pci_mmio(void);

/* Call with each virtio function that can be used until one call returns
 * nonzero, and return that. One that cannot is said, and left out. */
int virtio_pci_each(virtio_fn fn, struct trans_error *err);

/* Give up what virtio_pci_each has begun: nothing answers, nothing writes. */
void virtio_pci_end(void);

#endif
