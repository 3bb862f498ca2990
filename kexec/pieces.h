/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What unpack.c, which looks at a kernel file, and unpack_elf.c, which lays out
 * the segments of one that is an ELF file, make of it.
 */
#ifndef KEXEC_PIECES_H
#define KEXEC_PIECES_H

#include "kexec/load.h"

/* @len bytes of the host's memory, whole granules. @why: what for. What is
 * allocated is in @block even on error. TRANS_ENOMEM, TRANS_EFAULT. */
int trans_unpack_alloc_(const struct load *load, uint64_t len, const char *why,
			struct trans_kexec_block *block, uint8_t **bytes);
/* Give it back. Nothing happens if there is none. */
void trans_unpack_free_(struct trans_kexec *kexec,
			struct trans_kexec_block *block);

/* TRANS_KEXEC_PIECES is one for each segment: always enough. */
void trans_unpack_add_piece_(struct load *load, trans_pa_t src, uint64_t offset,
			     uint64_t len);

/* [@start, @end) behind where the kernel starts is to be zero, unless it is
 * empty. TRANS_KEXEC_REST is always enough. */
int trans_unpack_add_zeroes_(struct load *load, uint64_t start, uint64_t end);

/* Fills in load->image from the Image header in the first @head_len bytes of a
 * file of @file_len. Errors as trans_image_parse's. */
int trans_unpack_parse_header_(struct load *load, const void *head,
			       uint64_t head_len, uint64_t file_len);

#endif
