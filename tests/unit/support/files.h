/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Kernel files as build tools write them, made by hand: gzip with stored
 * blocks, EFI zboot around it, ELF64.
 */
#ifndef TESTS_FILES_H
#define TESTS_FILES_H

#include <stddef.h>
#include <stdint.h>

/* @bytes bytes of @value, little-endian. */
void file_le(uint8_t *at, uint64_t value, unsigned int bytes);

/* One gzip member; returns its length: @len + 18 + 5 for each 64 KiB. */
size_t file_gzip(uint8_t *to, const uint8_t *data, size_t len);

/* A zboot image that says @name; with "gzip" the payload is gzip, with any
 * other it is @data itself and its length behind it. */
#define FILE_ZBOOT_PAYLOAD 80
size_t file_zboot(uint8_t *to, const char *name, const uint8_t *data,
		  size_t len);

struct file_segment {
	uint64_t va, pa;
	const uint8_t *data;
	uint64_t file_len, memory_len, align;
};

/* @type 2 (ET_EXEC) or 3 (ET_DYN); data follows the headers, packed. */
size_t file_elf(uint8_t *to, unsigned int type, uint64_t entry,
		const struct file_segment *segment, unsigned int count);

#endif
