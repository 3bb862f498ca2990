/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What primitives.S does, on a test's host. The copies go byte by byte in
 * their direction, so that the wrong one really destroys an overlapping source.
 */
#include "trans/transition/fake/fake.h"

/* The blob's C is no part of the library; tests find it here. */
/* NOLINTBEGIN(bugprone-suspicious-include) */
#include "trans/transition/blob/list.c"
#include "trans/transition/blob/mover.c"
#include "trans/transition/blob/report.c"
#include "trans/transition/blob/say.c"
#include "trans/transition/blob/verify.c"
/* NOLINTEND(bugprone-suspicious-include) */

struct fake_blob fake_blob;

static volatile unsigned char *bytes(uint64_t address)
{
	return (volatile unsigned char *)(uintptr_t)address;
}

void blob_copy_up(uint64_t dst, uint64_t src, uint64_t len)
{
	for (uint64_t i = 0; i < len; i++)
		bytes(dst)[i] = bytes(src)[i];
	fake_blob.moved++;
}

void blob_copy_down(uint64_t dst, uint64_t src, uint64_t len)
{
	while (len--)
		bytes(dst)[len] = bytes(src)[len];
	fake_blob.moved++;
}

void blob_mops_copy(uint64_t dst, uint64_t src, uint64_t len)
{
	memmove((void *)(uintptr_t)dst, (const void *)(uintptr_t)src, len);
	fake_blob.moved++;
	fake_blob.by_mops++;
}

void blob_mops_zero(uint64_t dst, uint64_t len)
{
	memset((void *)(uintptr_t)dst, 0, len);
	fake_blob.moved++;
	fake_blob.by_mops++;
}

void blob_zero(uint64_t dst, uint64_t len)
{
	while (len--)
		bytes(dst)[len] = 0;
	fake_blob.moved++;
}

void blob_clean(uint64_t start, uint64_t len)
{
	size_t max = sizeof(fake_blob.clean) / sizeof(fake_blob.clean[0]);

	if (fake_blob.cleans < max)
		fake_blob.clean[fake_blob.cleans++] = (struct fake_clean){
			start, len, fake_blob.moved };
	if (fake_blob.stuck && fake_blob.stuck - start < len)
		*bytes(fake_blob.stuck) = 0x40;
}

void blob_sync_code(void)
{
	fake_blob.synced++;
}

uint64_t blob_ticks(void)
{
	return fake_blob.steps_back ? 1000 - fake_blob.moved :
				      fake_blob.moved * 100;
}

uint64_t blob_own_el2(void)
{
	fake_blob.stub_asked++;
	return fake_blob.stub_answer;
}

uint64_t blob_simd_open(uint64_t flags)
{
	(void)flags;
	fake_blob.simd = true;
	return 0x1234;
}

void blob_simd_close(uint64_t flags, uint64_t before)
{
	(void)flags;
	fake_blob.simd = before != 0x1234;
}

/* The portable function by another name. */
void blob_sha256(uint32_t state[8], const uint8_t *data, size_t count)
{
	struct trans_sha256 sha;

	if (fake_blob.simd)
		fake_blob.simd_blocks += count;
	trans_sha256_init(&sha);
	sha.blocks(state, data, count);
}

uint32_t blob_in(uint64_t address, unsigned int width)
{
	fake_blob.status_at = address;
	fake_blob.width = width;
	return fake_blob.status;
}

void blob_out(uint64_t address, unsigned int width, uint32_t value)
{
	fake_blob.data_at = address;
	fake_blob.width = width;
	if (fake_blob.said_count < sizeof(fake_blob.said) - 1)
		fake_blob.said[fake_blob.said_count++] = (char)value;
}
