/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * An ELF file in memory becomes pieces.
 */
#ifndef KEXEC_UNPACK_ELF_H
#define KEXEC_UNPACK_ELF_H

#include "kexec/load.h"

/* A file in memory that the host can see. */
struct unpack_file {
	const uint8_t *bytes;
	uint64_t len;
	trans_pa_t pa;
};

/* Fills in load->image, wish and entry, kexec->piece, zero and staged, where
 * the segments are copied to: @file is not needed any more. TRANS_EIMAGE,
 * TRANS_EALIGN, and errors as trans_elf_parse's and of pieces.h. */
int trans_unpack_elf_(struct load *load, const struct unpack_file *file);

#endif
