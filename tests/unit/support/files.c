/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* Kernel files: see files.h. */
#include <string.h>

#include "files.h"

void file_le(uint8_t *at, uint64_t value, unsigned int bytes)
{
	while (bytes--) {
		*at++ = (uint8_t)value;
		value >>= 8;
	}
}

/* RFC 1952, section 8. */
static uint32_t crc32_of(const uint8_t *data, size_t len)
{
	uint32_t crc = UINT32_MAX;

	while (len--) {
		crc ^= *data++;
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	}
	return ~crc;
}

size_t file_gzip(uint8_t *to, const uint8_t *data, size_t len)
{
	static const uint8_t head[10] = { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3 };
	uint8_t *at = to + sizeof(head);
	size_t done = 0, part;

	memcpy(to, head, sizeof(head));
	do {
		part = len - done < 65535 ? len - done : 65535;
		*at = done + part == len; /* the last block; stored */
		file_le(at + 1, part, 2);
		file_le(at + 3, ~part, 2);
		memcpy(at + 5, data + done, part);
		at += 5 + part;
		done += part;
	} while (done < len);
	file_le(at, crc32_of(data, len), 4);
	file_le(at + 4, len, 4);
	return (size_t)(at + 8 - to);
}

size_t file_zboot(uint8_t *to, const char *name, const uint8_t *data,
		  size_t len)
{
	size_t packed = len, tail = 4;

	memset(to, 0, FILE_ZBOOT_PAYLOAD);
	memcpy(to, "MZ\0\0zimg", 8);
	if (!strcmp(name, "gzip")) {
		packed = file_gzip(to + FILE_ZBOOT_PAYLOAD, data, len);
		tail = 0;
	} else {
		memcpy(to + FILE_ZBOOT_PAYLOAD, data, len);
		file_le(to + FILE_ZBOOT_PAYLOAD + len, len, 4);
	}
	file_le(to + 8, FILE_ZBOOT_PAYLOAD, 4);
	file_le(to + 12, packed, 4);
	memcpy(to + 24, name, strlen(name) + 1);
	memcpy(to + 56, "\xcd\x23\x82\x81", 4);
	return FILE_ZBOOT_PAYLOAD + packed + tail;
}

static void put_phdr(uint8_t *at, const struct file_segment *segment,
		     uint64_t offset)
{
	file_le(at, 1, 4);
	file_le(at + 4, 7, 4);
	file_le(at + 8, offset, 8);
	file_le(at + 16, segment->va, 8);
	file_le(at + 24, segment->pa, 8);
	file_le(at + 32, segment->file_len, 8);
	file_le(at + 40, segment->memory_len, 8);
	file_le(at + 48, segment->align, 8);
}

size_t file_elf(uint8_t *to, unsigned int type, uint64_t entry,
		const struct file_segment *segment, unsigned int count)
{
	size_t at = 64 + 56 * (size_t)count;

	memset(to, 0, at);
	memcpy(to, "\x7f" "ELF\2\1\1", 7);
	file_le(to + 16, type, 2);
	file_le(to + 18, 183, 2);
	file_le(to + 20, 1, 4);
	file_le(to + 24, entry, 8);
	file_le(to + 32, 64, 8);
	file_le(to + 52, 64, 2);
	file_le(to + 54, 56, 2);
	file_le(to + 56, count, 2);
	for (unsigned int i = 0; i < count; i++) {
		put_phdr(to + 64 + 56 * i, &segment[i], at);
		if (segment[i].file_len)
			memcpy(to + at, segment[i].data, segment[i].file_len);
		at += segment[i].file_len;
	}
	return at;
}
