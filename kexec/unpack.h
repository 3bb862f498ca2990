/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Common to unpack.c, which looks at a kernel file, and unpack_elf.c, which
 * lays out the segments of one that is an ELF file.
 */
#ifndef KEXEC_UNPACK_H
#define KEXEC_UNPACK_H

#include "load.h"

/* A file in memory that the host can see. */
struct unpack_file {
	const uint8_t *bytes;
	uint64_t len;
	trans_pa_t pa;
};

/* @len bytes of the host's memory, whole granules. @why: what for. What is
 * allocated is in @block even on error. TRANS_ENOMEM, TRANS_EFAULT. */
int unpack_alloc(const struct load *load, uint64_t len, const char *why,
		 struct trans_kexec_block *block, uint8_t **bytes);

/* TRANS_KEXEC_PIECES is one for each segment: always enough. */
void unpack_add_piece(struct load *load, trans_pa_t src, uint64_t offset,
		      uint64_t len);

/* [@start, @end) behind where the kernel starts is to be zero, unless it is
 * empty. TRANS_KEXEC_REST is always enough. */
int unpack_add_zeroes(struct load *load, uint64_t start, uint64_t end);

/* Fills in load->image from the Image header in the first @head_len bytes of a
 * file of @file_len. Errors as trans_image_parse's. */
int unpack_parse_header(struct load *load, const void *head, uint64_t head_len,
			uint64_t file_len);

/* Fills in load->image, wish and entry, kexec->piece, zero and staged, where the
 *  segments are copied to: @file is not needed any more. TRANS_EIMAGE,
 * TRANS_EALIGN, and errors as trans_elf_parse's and of the above. */
int unpack_elf(struct load *load, const struct unpack_file *file);

#endif
