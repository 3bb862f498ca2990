/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The arm64 Linux `Image` header (Documentation/arch/arm64/booting.rst).
 */
#ifndef TRANS_TABLE_IMAGE_H
#define TRANS_TABLE_IMAGE_H

#include <trans_table/errors.h>

TRANS_BEGIN_DECLS

#define TRANS_IMAGE_HEADER_LEN 64
#define TRANS_IMAGE_MAGIC "ARM\x64" /* in it, at offset 56 */
#define TRANS_IMAGE_MAGIC_AT 56
#define TRANS_IMAGE_MAGIC_LEN 4
/* Bytes from the start of the file that are worth having: of a kernel with an
 * EFI stub they hold the PE header and its section table, which tell where the
 * file should end. */
#define TRANS_IMAGE_HEAD_LEN 4096

/*
 * @text_offset: load address modulo 2 MiB, in bytes
 * @memory_len:  bytes of memory that the kernel needs from its load address on
 * @file_len:    bytes of the file, which are to be moved there. The memory
 *               behind them, up to memory_len, need not be zero for the kernel
 * @page_shift:  log2 of its page size: 12, 14, 16, or 0: the header does not
 *               say
 * @anywhere:    header flag 3: the kernel's 2 MiB base may be anywhere below
 *               2^48; otherwise it should be as near the start of RAM as
 *               possible
 */
struct trans_image {
	uint64_t text_offset;
	uint64_t memory_len;
	uint64_t file_len;
	unsigned int page_shift;
	bool anywhere;
};

/*
 * Read the header of a file of @file_len bytes.
 *
 * @head:     the start of the file, of any alignment
 * @head_len: bytes there: at least TRANS_IMAGE_HEADER_LEN, unless the file is
 *            shorter, and better TRANS_IMAGE_HEAD_LEN
 * @granules: the page sizes that this CPU has, as trans_cpu_granules gives them
 *
 * A header with image_size 0 is one of a kernel before 3.17: its text_offset is
 * then 0x80000, and memory_len the file's length and 16 MiB more, for a .bss of
 * unknown size. On failure @image is not written.
 *
 *   call     TRANS_EINVAL    @head_len is less than the header, and the file
 *                            not
 *   machine  TRANS_EIMAGE    a page size that the CPU lacks; `why` says so
 *   input    TRANS_EIMAGE    not an arm64 Image, big-endian, a text_offset that
 *                            is not below 2 MiB, a file longer than its
 *                            image_size, or too long for 2^64; `why` says which
 *   input    TRANS_ETRUNC    shorter than the header, or than the PE section
 *                            table in @head says (without an EFI stub, a file
 *                            that was cut cannot be told from one with a large
 *                            .bss)
 */
int trans_image_parse(const void *head, size_t head_len, uint64_t file_len,
		      uint64_t granules, struct trans_image *image,
		      struct trans_error *err);

/*
 * How many bytes the file of an Image has that somebody put into memory, for a
 * host that was not told: as its EFI stub's PE section table says. (Of a signed
 * file that does not count the signature, which the kernel does not need.)
 * image_size cannot serve instead: it includes .bss, which would then be moved
 * with whatever lies there, as if it were file, and not be zeroed.
 *
 * @head, @head_len: the start of it, better TRANS_IMAGE_HEAD_LEN bytes; of any
 * alignment and any contents.
 *
 * 0: it cannot be known: not an arm64 Image, no EFI stub, a table that is not
 * wholly in @head, or one that says less than its own end or more than
 * image_size. Otherwise at least TRANS_IMAGE_HEADER_LEN. Whether this CPU can
 * start it is for trans_image_parse to say.
 */
uint64_t trans_image_len(const void *head, size_t head_len);

TRANS_END_DECLS

#endif
