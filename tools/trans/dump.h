/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Memory of a machine in a file: an ELF core, a hibernation image, or bytes
 * from a base address on (QEMU's pmemsave). It is mapped, and nothing in it is
 * trusted: who reads tables in it is stopped when he has looked at more pages
 * than an honest tree can have.
 */
#ifndef TOOLS_TRANS_DUMP_H
#define TOOLS_TRANS_DUMP_H

#include "contents.h"
#include "disk.h"
#include "kernel.h"
#include "mapped.h"

/* @at: where in the file. Ascending, disjoint. */
struct dump_piece {
	trans_pa_t pa;
	uint64_t len, at;
};

/*
 * @image:   contents and kernel are those of a hibernation image
 * @visited, @most: table pages looked at
 * @ops:     phys_to_virt and visit; its context is the dump: do not copy it
 */
struct dump {
	struct mapped file;
	struct dump_piece *piece;
	size_t count;
	bool image;
	struct disk_file disk;
	struct contents contents;
	struct kernel kernel;
	uint64_t visited, most;
	uint8_t *copies; /* of pages that are not aligned in the file */
	struct trans_ops ops;
};

/* What the command ends with if it cannot be opened, which was then said. Bytes
 * begin at @base; @path may be FILE:OFFSET, as disk_path has it. To be closed,
 * whatever comes of it. */
int dump_open(struct dump *dump, char *path, trans_pa_t base);
void dump_close(struct dump *dump);

/* Of an open that has dump->file already: set up the rest. NULL, or what is
 * wrong. */
const char *dump_bytes(struct dump *dump, trans_pa_t base);

/* The pieces of an ELF core of @len bytes at @bytes: NULL, or what is wrong.
 * The pieces, of malloc, are then the caller's. */
const char *dump_elf(const uint8_t *bytes, uint64_t len,
		     struct dump_piece **pieces, size_t *count);

#endif
