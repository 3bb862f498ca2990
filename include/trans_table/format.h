/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Kernel files that are not a plain Image: of which format they are, where
 * their payload lies, and how the host lends a decompressor. Nothing in a file
 * is trusted: what these functions accept lies inside of the bytes given.
 */
#ifndef TRANS_TABLE_FORMAT_H
#define TRANS_TABLE_FORMAT_H

#include <trans_table/errors.h>
#include <trans_table/unpack.h>

TRANS_BEGIN_DECLS

enum trans_format {
	TRANS_FORMAT_IMAGE = 0, /* or anything that is none of these */
	TRANS_FORMAT_GZIP = 1,  /* Image.gz, vmlinux.gz: RFC 1952 */
	TRANS_FORMAT_ZBOOT = 2, /* EFI zboot: "MZ", then "zimg" */
	TRANS_FORMAT_ELF = 3,
};

/* The format of a file by its first @len bytes, of which 8 are enough. */
enum trans_format trans_format_of(const void *head, size_t len);

/* Compressed */

enum trans_compression { TRANS_PACKED_GZIP = 1, TRANS_PACKED_ZSTD = 2 };

/*
 * @how:          what it is compressed with
 * @offset, @len: where the compressed stream lies in the file, in bytes
 * @unpacked_len: how many bytes it says that it becomes, 1..2^32 - 1
 */
struct trans_packed {
	enum trans_compression how;
	uint64_t offset, len;
	uint64_t unpacked_len;
};

/*
 * Find the compressed stream in the @len bytes of a TRANS_FORMAT_GZIP or _ZBOOT
 * file. A gzip file is one member with nothing behind it, so that its last four
 * bytes are the unpacked length (RFC 1952). In zboot (Linux,
 * drivers/firmware/efi/libstub/zboot-header.S) that holds of a gzip stream,
 * too; behind any other stream stands its length (scripts/Makefile.lib,
 * size_append).
 *
 * A gzip stream's own header is checked, too, because not every decompressor
 * checks where the file ends.
 *
 *   input    TRANS_EIMAGE    neither format, or compressed with something else
 *                            than gzip and zstd
 *   input    TRANS_ETRUNC    the file ends before its headers say, or before
 *                            they do
 *   input    TRANS_ECORRUPT  an unpacked length of 0 or above what deflate can
 *                            give, 1032 times the input; a gzip header with
 *                            reserved flags, or of no deflate stream
 */
int trans_packed_parse(const void *file, size_t len, struct trans_packed *out,
		       struct trans_error *err);

/* The host's decompressors; NULL: it has none. ports/zlib has a gzip. */
struct trans_decompress {
	trans_unpack_fn gzip;
	trans_unpack_fn zstd;
	void *ctx;
};

/* ELF */

#define TRANS_ELF_SEGMENTS 16

/* One PT_LOAD: @file_len bytes of the file, from @offset on, go to @pa, and
 * behind them zeroes up to @memory_len bytes in all. */
struct trans_elf_segment {
	uint64_t offset, file_len;
	uint64_t pa, memory_len;
};

/*
 * @fixed:      ET_EXEC: runs only where p_paddr says (not so if it holds an
 *              Image header: see trans_kexec_load)
 * @entry:      e_entry; an address in one of the segments
 * @start, @len: from the lowest segment's start to the highest one's end
 * @align:      the largest p_align, in bytes
 * @segment, @count: ascending, disjoint, none empty
 */
struct trans_elf {
	bool fixed;
	uint64_t entry;
	uint64_t start, len;
	uint64_t align;
	unsigned int count;
	struct trans_elf_segment segment[TRANS_ELF_SEGMENTS];
};

/*
 * Read the program headers of an ELF64 file of @len bytes. On failure @elf is
 * undefined.
 *
 *   input    TRANS_EIMAGE    not a little-endian AArch64 ET_EXEC or ET_DYN; no
 *                            PT_LOAD, or more than TRANS_ELF_SEGMENTS; one that
 *                            passes 2^64, or is longer in the file than in
 *                            memory; two that overlap; an entry outside of all
 *                            bytes from the file. `why` says which
 *   input    TRANS_ETRUNC    the file ends before its headers say
 */
int trans_elf_parse(const void *file, size_t len, struct trans_elf *elf,
		    struct trans_error *err);

TRANS_END_DECLS

#endif
