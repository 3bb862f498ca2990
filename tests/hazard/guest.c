/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "guest.h"

#define BLOCKS 8

static struct block {
	uint64_t pa, len;
	char name[32];
	uint8_t *host;
	struct line *lines;
} block[BLOCKS];
static unsigned int blocks;

bool guest_add(const char *text)
{
	struct block *b = &block[blocks];

	if (blocks == BLOCKS ||
	    sscanf(text, "%lx+%lx+%31s", &b->pa, &b->len, b->name) != 3)
		return false;
	b->lines = mmap(NULL, b->len / LINE_SIZE * sizeof(*b->lines),
			PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (b->lines == MAP_FAILED)
		return false;
	blocks++;
	return true;
}

/* QEMU names the file of a memory backend qemu_back_mem.ID.xxxxxx. */
static void find_in(const char *row)
{
	uint64_t start, end, offset;
	char wanted[64];

	if (sscanf(row, "%lx-%lx %*s %lx", &start, &end, &offset) != 3)
		return;
	for (unsigned int i = 0; i < blocks; i++) {
		snprintf(wanted, sizeof(wanted), "qemu_back_mem.%s.",
			 block[i].name);
		if (strstr(row, wanted))
			block[i].host = (uint8_t *)(uintptr_t)(start - offset);
	}
}

bool guest_find(void)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	char row[512];
	bool all = true;

	while (maps && fgets(row, sizeof(row), maps))
		find_in(row);
	if (maps)
		fclose(maps);
	for (unsigned int i = 0; i < blocks; i++)
		all = all && block[i].host;
	return all && blocks;
}

static struct block *block_of(uint64_t pa)
{
	for (unsigned int i = 0; i < blocks; i++)
		if (pa - block[i].pa < block[i].len)
			return &block[i];
	return NULL;
}

bool guest_is_ram(uint64_t pa, uint64_t len)
{
	const struct block *b = block_of(pa);

	return b && len <= b->len - (pa - b->pa);
}

bool guest_any_ram(uint64_t pa, uint64_t len)
{
	for (unsigned int i = 0; i < blocks; i++)
		if (pa < block[i].pa + block[i].len && block[i].pa < pa + len)
			return true;
	return false;
}

void *guest_at(uint64_t pa, uint64_t len)
{
	const struct block *b = block_of(pa);

	return guest_is_ram(pa, len) && b->host ? b->host + (pa - b->pa) : NULL;
}

uint64_t guest_pa(const void *host)
{
	for (unsigned int i = 0; i < blocks; i++) {
		uint64_t offset = (uint64_t)((const uint8_t *)host -
					     block[i].host);

		if (block[i].host && offset < block[i].len)
			return block[i].pa + offset;
	}
	return ~0ULL;
}

struct line *guest_line(uint64_t pa)
{
	const struct block *b = block_of(pa);

	return b ? &b->lines[(pa - b->pa) / LINE_SIZE] : NULL;
}

void guest_each_line(void (*fn)(void *arg, uint64_t pa, struct line *line),
		     void *arg)
{
	for (unsigned int i = 0; i < blocks; i++)
		for (uint64_t at = 0; at < block[i].len; at += LINE_SIZE)
			fn(arg, block[i].pa + at,
			   &block[i].lines[at / LINE_SIZE]);
}
