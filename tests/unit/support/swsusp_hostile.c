/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * An image that lies and its reader: see swsusp_hostile.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "swsusp_hostile.h"

/* The image as it is changed, and who reads it. */
struct image hostile;

struct reader victim;

size_t hostile_stream_len(void)
{
	return (size_t)((hostile.meta_pages + hostile.data_pages) <<
			hostile.spec.page_shift);
}

void hostile_start(uint64_t len)
{
	reader_init(&victim, hostile.disk, len, hostile.spec.offset,
		    hostile.spec.page_shift,
		    hostile.meta_pages + hostile.data_pages);
}

void hostile_make(const struct image_spec *spec)
{
	image_make(&hostile, spec);
	hostile_start(hostile.len);
}

void hostile_drop(void)
{
	reader_free(&victim);
	image_free(&hostile);
}

void hostile_restart(void)
{
	uint64_t len = victim.disk.block.len;

	reader_free(&victim);
	hostile_start(len);
}

int hostile_attempt(void)
{
	int rc = reader_open(&victim);
	bool opened = !rc;

	/* Of a stream that became longer, the rooms run out: EFAULT. */
	if (opened)
		rc = reader_read(&victim);
	assert_false(victim.disk.outside);
	assert_false(victim.early.misused);
	assert_true(!victim.early.buf || victim.early.lost);
	assert_int_equal(victim.disk.writes + victim.disk.flushes, 0);
	if (rc) {
		assert_int_equal(victim.err.status, rc);
		assert_non_null(victim.err.why);
	}
	if (!opened)
		assert_int_equal(victim.sw.info.pages, 0);
	return rc;
}

void hostile_fails(int status, const char *why)
{
	assert_int_equal(hostile_attempt(), status);
	assert_string_equal(victim.err.why, why);
	hostile_restart();
}

void hostile_put(uint8_t *at, uint64_t value, unsigned int bytes)
{
	for (unsigned int i = 0; i < bytes; i++)
		at[i] = (uint8_t)(value >> (8 * i));
}

static unsigned int chunks, stop_at;

static int stops_once(void *ctx, const void *src, size_t src_len, void *dst,
		      size_t dst_len, size_t *out_len)
{
	if (++chunks == stop_at)
		return TRANS_ESTOPPED;
	return image_unpackers.lzo(ctx, src, src_len, dst, dst_len, out_len);
}

void hostile_stops_once(unsigned int at)
{
	chunks = 0;
	stop_at = at;
	victim.args.unpack.lzo = stops_once;
}
