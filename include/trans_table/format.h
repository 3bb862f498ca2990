/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Kernel files that are not a plain Image: what they are, where their payload
 * lies, and how the host lends a decompressor. Nothing in a file is trusted:
 * what these functions accept lies inside the bytes that were given.
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

/* By the first @len bytes; 8 are enough. */
enum trans_format trans_format_of(const void *head, size_t len);

/* Compressed */

enum trans_compression { TRANS_PACKED_GZIP = 1, TRANS_PACKED_ZSTD = 2 };

/*
 * @how:          what it is compressed with
 * @offset, @len: where the compressed stream lies in the file
 * @unpacked_len: bytes it says it will give, 1..2^32 - 1
 */
struct trans_packed {
	enum trans_compression how;
	uint64_t offset, len;
	uint64_t unpacked_len;
};

/*
 * Find the stream in the @len bytes of a TRANS_FORMAT_GZIP or _ZBOOT file. A
 * gzip file is one member and nothing behind it: its last four bytes are the
 * length. In zboot, gzip says its length itself, other streams are followed by
 * it (Linux, scripts/Makefile.lib, size_append).
 *
 * A gzip stream's own header is looked at too, because decompressors do not all
 * look where the file ends.
 *
 * TRANS_ETRUNC: the file ends before its headers say, or do; TRANS_ECORRUPT: a
 * length that is 0, or more than deflate can give (1032 times the input), or a
 * gzip header with flags that are reserved, or of no deflate stream;
 * TRANS_EIMAGE: neither format, or a compression that is neither gzip nor zstd.
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

/* One PT_LOAD: @file_len bytes of the file from @offset on go to @pa, zeroes
 * behind them up to @memory_len. */
struct trans_elf_segment {
	uint64_t offset, file_len;
	uint64_t pa, memory_len;
};

/*
 * @fixed:      ET_EXEC: runs where p_paddr says (unless it holds an Image
 *              header, which see trans_kexec_load)
 * @entry:      e_entry, as an address among those of the segments
 * @start:      the lowest segment's address, @len bytes to the highest's end
 * @align:      the largest p_align
 * @segment:    ascending, disjoint, no empty one
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
 * Read the program headers of an ELF64 file of @len bytes.
 * TRANS_ETRUNC: the file ends before its headers say; TRANS_EIMAGE: not a
 * little-endian AArch64 ET_EXEC or ET_DYN, no or too many PT_LOADs, one that
 * passes 2^64 or is longer in the file than in memory, two that overlap, an
 * entry that is in none's file bytes. `why` says which. On failure @elf is
 * undefined.
 */
int trans_elf_parse(const void *file, size_t len, struct trans_elf *elf,
		    struct trans_error *err);

TRANS_END_DECLS

#endif
