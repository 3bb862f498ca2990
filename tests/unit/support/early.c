/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* A disk that is asked early, and answers late: see early.h. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <sanitizer/asan_interface.h>

#include <trans_table/errors.h>

#include "early.h"

#define NOBODYS 0xee

/* Nothing else is asked for while a read is under way, nor after one that was
 * lost. */
static bool refuses(struct early *early)
{
	early->misused |= early->buf || early->lost;
	return early->buf;
}

static int early_read(void *ctx, uint64_t offset, void *buf, size_t len)
{
	struct early *early = ctx;

	if (refuses(early))
		return -1;
	return early->under.read(early->under.ctx, offset, buf, len);
}

static int early_write(void *ctx, uint64_t offset, const void *buf, size_t len)
{
	struct early *early = ctx;

	if (refuses(early))
		return -1;
	return early->under.write(early->under.ctx, offset, buf, len);
}

static int early_flush(void *ctx)
{
	struct early *early = ctx;

	return refuses(early) ? -1 : early->under.flush(early->under.ctx);
}

static int start(void *ctx, uint64_t offset, void *buf, size_t len)
{
	struct early *early = ctx;

	if (refuses(early) || ++early->starts == early->refuse_at)
		return -1;
	early->offset = offset;
	early->len = len;
	early->buf = buf;
	memset(buf, NOBODYS, len);
	ASAN_POISON_MEMORY_REGION(buf, len);
	return 0;
}

/* The buffer is the caller's again; with what the disk has, if it has. */
static int arrive(struct early *early)
{
	uint8_t *buf = early->buf;

	ASAN_UNPOISON_MEMORY_REGION(buf, early->len);
	for (size_t i = 0; i < early->len; i++)
		early->misused |= buf[i] != NOBODYS;
	early->buf = NULL;
	if (early->starts == early->fail_at)
		return -1;
	return early->under.read(early->under.ctx, early->offset, buf,
				 early->len);
}

static int wait_for(void *ctx)
{
	struct early *early = ctx;

	early->misused |= !early->buf;
	if (!early->buf)
		return -1;
	early->lost = early->starts == early->lost_at;
	return early->lost ? TRANS_ELOST : arrive(early);
}

void early_begin(struct early *early, struct trans_block *block)
{
	memset(early, 0, sizeof(*early));
	early->under = *block;
	block->ctx = early;
	block->read = early_read;
	block->write = block->write ? early_write : NULL;
	block->flush = block->flush ? early_flush : NULL;
	block->read_start = start;
	block->read_wait = wait_for;
}

void early_of_run(struct early *early, struct trans_block *block)
{
	const char *wanted = getenv("TRANS_EARLY");

	memset(early, 0, sizeof(*early));
	if (wanted && strcmp(wanted, "0"))
		early_begin(early, block);
}

bool early_finish(struct early *early)
{
	bool was_lost = early->lost;

	early->lost = false;
	return was_lost && early->buf && !arrive(early);
}
