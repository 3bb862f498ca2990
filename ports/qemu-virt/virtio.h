/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Virtio devices, behind MMIO or on PCI, the only ones here that write to
 * memory by themselves.
 */
#ifndef PORT_VIRTIO_H
#define PORT_VIRTIO_H

#include <trans_table/errors.h>

/*
 * Give the entropy device (-device virtio-rng-device) buffers in free memory,
 * which is where the next kernel goes; it fills them one after the other, at
 * its own pace. TRANS_ENOENT: there is none; TRANS_ENOMEM.
 */
int virtio_begin(struct trans_error *err);

/* Reset every device, and let none on PCI be bus master. Errors of
 * trans_virtio_mmio_reset. */
int virtio_stop(struct trans_error *err);

#endif
