/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * SHA-256 as FIPS 180-4 writes it. Compiled twice: for the library, and into
 * the control blob, which can take nothing from the library. Data is read by
 * bytes, so it may lie anywhere, and in Device memory too.
 */
#include <trans_table/sha256.h>

#include "lib/assume.h"
#include "lib/bytes.h"

const uint32_t trans_sha256_k[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5,
	0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
	0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc,
	0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
	0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
	0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
	0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5,
	0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
	0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t ror(uint32_t x, unsigned int by)
{
	return x >> by | x << (32 - by);
}

/* The message schedule (6.2.2, step 1). */
static void schedule(uint32_t w[64], const uint8_t *data)
{
	unsigned int t;

	for (t = 0; t < 16; t++)
		w[t] = trans_be32(data + 4 * (size_t)t);
	for (; t < 64; t++) {
		uint32_t w15 = w[t - 15], w2 = w[t - 2];

		w[t] = w[t - 16] + w[t - 7] +
		       (ror(w15, 7) ^ ror(w15, 18) ^ w15 >> 3) +
		       (ror(w2, 17) ^ ror(w2, 19) ^ w2 >> 10);
	}
}

/* One round (6.2.2, step 3), with a to h by name: instead of passing all of
 * them on by one, the next round calls them by the next names. */
#define COMPRESS(a, b, c, d, e, f, g, h, kw) do { \
	uint32_t t1 = (h) + (kw) + (((e) & (f)) ^ (~(e) & (g))) + \
		      (ror(e, 6) ^ ror(e, 11) ^ ror(e, 25)); \
	(d) += t1; \
	(h) = t1 + (ror(a, 2) ^ ror(a, 13) ^ ror(a, 22)) + \
	      (((a) & (b)) ^ ((a) & (c)) ^ ((b) & (c))); \
} while (0)

static void one_block(uint32_t state[8], const uint8_t *data)
{
	uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
	uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
	const uint32_t *k = trans_sha256_k;
	uint32_t words[64], *w = words;

	schedule(words, data);
	for (; w < words + 64; w += 8, k += 8) {
		COMPRESS(a, b, c, d, e, f, g, h, k[0] + w[0]);
		COMPRESS(h, a, b, c, d, e, f, g, k[1] + w[1]);
		COMPRESS(g, h, a, b, c, d, e, f, k[2] + w[2]);
		COMPRESS(f, g, h, a, b, c, d, e, k[3] + w[3]);
		COMPRESS(e, f, g, h, a, b, c, d, k[4] + w[4]);
		COMPRESS(d, e, f, g, h, a, b, c, k[5] + w[5]);
		COMPRESS(c, d, e, f, g, h, a, b, k[6] + w[6]);
		COMPRESS(b, c, d, e, f, g, h, a, k[7] + w[7]);
	}
	state[0] += a;
	state[1] += b;
	state[2] += c;
	state[3] += d;
	state[4] += e;
	state[5] += f;
	state[6] += g;
	state[7] += h;
}

void trans_sha256_portable_(uint32_t state[8], const uint8_t *data,
			    size_t count);
void trans_sha256_portable_(uint32_t state[8], const uint8_t *data,
			    size_t count)
{
	for (; count; count--, data += TRANS_SHA256_BLOCK)
		one_block(state, data);
}

void TRANS_ASSUME_SHA256(uint32_t state[8], const uint8_t *data, size_t count);

void trans_sha256_init(struct trans_sha256 *sha)
{
	static const uint32_t start[8] = {
		0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
		0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
	};

	sha->blocks = TRANS_ASSUME_SHA256;
	sha->len = 0;
	memcpy(sha->state, start, sizeof(start));
}

void trans_sha256_update(struct trans_sha256 *sha, const void *data,
			 size_t len)
{
	size_t have = sha->len % TRANS_SHA256_BLOCK;
	size_t take = TRANS_SHA256_BLOCK - have;
	const uint8_t *at = data;

	sha->len += len;
	if (have && len >= take) {
		memcpy(sha->rest + have, at, take);
		sha->blocks(sha->state, sha->rest, 1);
		at += take;
		len -= take;
		have = 0;
	}
	if (!have && len >= TRANS_SHA256_BLOCK) {
		sha->blocks(sha->state, at, len / TRANS_SHA256_BLOCK);
		at += len - len % TRANS_SHA256_BLOCK;
		len %= TRANS_SHA256_BLOCK;
	}
	if (len)
		memcpy(sha->rest + have, at, len);
}

/* 5.1.1: a bit, zeroes, and the length in bits as 64 bits at a block's end. */
void trans_sha256_final(struct trans_sha256 *sha,
			uint8_t digest[TRANS_SHA256_LEN])
{
	uint64_t bits = sha->len * 8;
	size_t have = sha->len % TRANS_SHA256_BLOCK;
	size_t i;

	sha->rest[have++] = 0x80;
	if (have > TRANS_SHA256_BLOCK - 8) {
		memset(sha->rest + have, 0, TRANS_SHA256_BLOCK - have);
		sha->blocks(sha->state, sha->rest, 1);
		have = 0;
	}
	memset(sha->rest + have, 0, TRANS_SHA256_BLOCK - 8 - have);
	for (i = 0; i < 8; i++)
		sha->rest[56 + i] = (uint8_t)(bits >> (56 - 8 * i));
	sha->blocks(sha->state, sha->rest, 1);
	for (i = 0; i < TRANS_SHA256_LEN; i++)
		digest[i] = (uint8_t)(sha->state[i / 4] >> (24 - 8 * (i % 4)));
}

void trans_sha256(const void *data, size_t len,
		  uint8_t digest[TRANS_SHA256_LEN])
{
	struct trans_sha256 sha;

	trans_sha256_init(&sha);
	trans_sha256_update(&sha, data, len);
	trans_sha256_final(&sha, digest);
}
