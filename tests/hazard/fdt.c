/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
#include <stddef.h>
#include <string.h>

#include "fdt.h"

#define MAGIC 0xd00dfeed
#define BEGIN_NODE 1
#define END_NODE 2
#define PROP 3
#define NOP 4
#define OFF_STRUCT 8
#define OFF_STRINGS 12

static uint32_t word(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
	       (uint32_t)at[2] << 8 | at[3];
}

static uint64_t number(const uint8_t *at, uint32_t len)
{
	return len == 8 ? (uint64_t)word(at) << 32 | word(at + 4) : word(at);
}

uint64_t fdt_len(const void *fdt)
{
	const uint8_t *at = fdt;

	return at && word(at) == MAGIC ? word(at + 4) : 0;
}

static uint64_t padded(uint64_t len)
{
	return (len + 3) & ~3ULL;
}

struct ends {
	uint64_t start, end;
};

/* A property of any node: only /chosen has these two. */
static void property(const char *name, const uint8_t *value, uint32_t len,
		     struct ends *ends)
{
	if (!strcmp(name, "linux,initrd-start"))
		ends->start = number(value, len);
	if (!strcmp(name, "linux,initrd-end"))
		ends->end = number(value, len);
}

bool fdt_initrd(const void *fdt, uint64_t len, uint64_t *start,
		uint64_t *initrd_len)
{
	const uint8_t *tree = fdt;
	struct ends ends = { 0, 0 };
	uint64_t at, strings;

	if (!tree || len < 40)
		return false;
	strings = word(tree + OFF_STRINGS);
	for (at = word(tree + OFF_STRUCT); at + 12 <= len;) {
		uint32_t token = word(tree + at);

		at += 4;
		if (token == BEGIN_NODE) {
			at = padded(at + strlen((const char *)tree + at) + 1);
		} else if (token == PROP) {
			uint32_t size = word(tree + at);
			uint64_t name = strings + word(tree + at + 4);

			if (name < len && at + 8 + size <= len && size >= 4)
				property((const char *)tree + name,
					 tree + at + 8, size, &ends);
			at = padded(at + 8 + size);
		} else if (token != END_NODE && token != NOP) {
			break;
		}
	}
	*start = ends.start;
	*initrd_len = ends.end - ends.start;
	return ends.end > ends.start;
}
