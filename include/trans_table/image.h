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
/* Bytes from the start of the file that are worth having: the PE header and
 * section table of a kernel with an EFI stub lie in them, and tell where the
 * file should end. */
#define TRANS_IMAGE_HEAD_LEN 4096

/*
 * @text_offset: load address modulo 2 MiB
 * @memory_len:  bytes of memory the kernel needs from its load address
 * @file_len:    bytes of the file to be moved there; memory_len - file_len
 *               bytes behind them need not be zero
 * @page_shift:  12, 14, 16, or 0 where the header does not say
 * @anywhere:    header flag 3: the 2 MiB base may be anywhere in 48-bit PA;
 *               otherwise it should be as near the base of RAM as possible
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
 * @head:     the start of the file, no alignment needed
 * @head_len: bytes there; at least TRANS_IMAGE_HEADER_LEN of a longer file,
 *            better TRANS_IMAGE_HEAD_LEN
 * @granules: bit mask of 1 << page_shift values (1 << 12 | 1 << 16 ...) that
 *            this CPU supports; from trans_cpu_granules()
 *
 * image_size 0 (kernels before 3.17): text_offset is 0x80000 and memory_len is
 * the file's length plus 16 MiB for a .bss that nobody declared.
 *
 * TRANS_ETRUNC: shorter than the header, or than the PE section table in @head
 * says (without an EFI stub, a file cut behind its header cannot be told from
 * one with a large .bss);
 * TRANS_EIMAGE: not an arm64 Image, big-endian, a page size that the CPU lacks,
 * a text_offset that is not below 2 MiB, a file longer than image_size, or too
 * long for 2^64. `why` says which. On failure @image is not written.
 */
int trans_image_parse(const void *head, size_t head_len, uint64_t file_len,
		      uint64_t granules, struct trans_image *image,
		      struct trans_error *err);

/*
 * How long an Image is that somebody put into memory, for a host that was not
 * told: the bytes of its file, as its EFI stub's PE section table says. (A file
 * that was signed goes on with the signature, which a kernel does not miss.)
 * image_size is no substitute: up to it lies .bss, which would then be moved as
 * if it were file, with whatever was there before, and not be zeroed.
 *
 * @head, @head_len: what is known to be there of it, better
 * TRANS_IMAGE_HEAD_LEN bytes; no alignment needed, any bytes are safe.
 *
 * 0: it cannot be known: no arm64 Image, no EFI stub, a table that is not wholly
 * in @head, or one that says less than its own end or more than image_size.
 * Otherwise at least TRANS_IMAGE_HEADER_LEN. Whether this CPU starts it is
 * trans_image_parse's to say.
 */
uint64_t trans_image_len(const void *head, size_t head_len);

TRANS_END_DECLS

#endif
