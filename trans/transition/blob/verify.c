/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Does memory hold what it should? Asked after the moves and before the MMU
 * goes off, because without caches it takes minutes. What is checked is cleaned
 * and invalidated before, so that what is read is what memory holds, also where
 * it was in place already and no move cleaned it; and after, because reading it
 * filled the caches, and what lies there goes stale when the next world writes
 * with its caches off. What was zeroed needs no digest: it is looked at, once
 * the digests hold.
 */
#include "lib/assume.h"
#include "trans/transition/blob/blob.h"

const uint32_t blob_says __attribute__((section(".blob_says"), used)) =
	TRANS_ASSUME_NO_DIGESTS ? 0 : BLOB_VERIFIES;

static bool same(const uint8_t *a, const uint8_t *b)
{
	uint8_t differ = 0;

	for (size_t i = 0; i < TRANS_SHA256_LEN; i++)
		differ |= a[i] ^ b[i];
	return !differ;
}

static void digest_of(const struct blob_params *params,
		      const struct trans_digest *want,
		      uint8_t found[TRANS_SHA256_LEN])
{
	uint64_t va = blob_va(params, want->pa);
	struct trans_sha256 sha;

	trans_sha256_init(&sha);
	if (params->flags & 1u << BLOB_HAS_SHA2_BIT)
		sha.blocks = blob_sha256;
	trans_sha256_update(&sha, (const void *)(uintptr_t)va, want->len);
	trans_sha256_final(&sha, found);
}

static void clean_zeroed(struct blob_params *params,
			 const struct trans_move *rest)
{
	if (rest->src == TRANS_ZERO)
		blob_clean(blob_va(params, rest->dst), rest->len);
}

static void clean_all(struct blob_params *params)
{
	for (uint64_t i = 0; i < params->digest_count; i++)
		blob_clean(blob_va(params, params->digest[i].pa),
			   params->digest[i].len);
	blob_each(params, params->move_count, UINT64_MAX, clean_zeroed);
}

/* The index of the first bad one, or the count. */
static uint64_t first_bad(struct blob_params *params)
{
	uint64_t i;

	for (i = 0; i < params->digest_count; i++) {
		digest_of(params, &params->digest[i], params->own.found);
		if (!same(params->own.found, params->digest[i].sha256))
			break;
	}
	return i;
}

/* Bytes from @va on that are 0, at most @len. By words where it can, because it
 * may be much. */
static uint64_t zeroes_at(uint64_t va, uint64_t len)
{
	uint64_t at = 0;

	while (at < len) {
		bool word = !((va + at) % 8) && len - at >= 8;
		const void *p = (const void *)(uintptr_t)(va + at);

		if (word && !*(const uint64_t *)p)
			at += 8;
		else if (!*(const uint8_t *)p)
			at++;
		else
			break;
	}
	return at;
}

/* The first byte that is not 0 stays in the report, also where that is at 0. */
static void find_not_zero(struct blob_params *params,
			  const struct trans_move *rest)
{
	uint64_t zeroes;

	if (rest->src != TRANS_ZERO || params->not_zero)
		return;
	zeroes = zeroes_at(blob_va(params, rest->dst), rest->len);
	params->not_zero = zeroes < rest->len;
	if (params->not_zero)
		params->own.far = rest->dst + zeroes;
}

static int corrupt(struct blob_params *params)
{
	const struct blob_params *p = params;

	blob_stage(params, TRANS_STAGE_CORRUPT);
	blob_say_hex(p, "\r\ntrans: corrupt segment=", p->own.segment);
	if (p->own.segment < p->digest_count) {
		blob_say_hex(p, " pa=", p->digest[p->own.segment].pa);
		blob_say_hex(p, " len=", p->digest[p->own.segment].len);
	} else {
		blob_say_hex(p, " not zero pa=", p->own.far);
	}
	blob_say(p, "\r\n");
	blob_drain(p);
	return 1;
}

static void check_all(struct blob_params *params)
{
	params->own.segment = first_bad(params);
	if (params->own.segment == params->digest_count)
		blob_each(params, params->move_count, UINT64_MAX,
			  find_not_zero);
}

int blob_verify(struct blob_params *params)
{
	bool simd = params->flags & 1u << BLOB_HAS_SHA2_BIT;
	uint64_t start = blob_ticks(), before = 0;

	if (TRANS_ASSUME_NO_DIGESTS || !params->digest_count)
		return 0;
	if (simd)
		before = blob_simd_open(params->flags);
	clean_all(params);
	check_all(params);
	clean_all(params);
	if (simd)
		blob_simd_close(params->flags, before);
	params->own.verify_ticks = blob_since(start);
	if (params->own.segment < params->digest_count || params->not_zero)
		return corrupt(params);
	blob_stage(params, TRANS_STAGE_VERIFIED);
	return 0;
}
