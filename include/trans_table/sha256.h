/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * SHA-256 (FIPS 180-4), portable and freestanding. A caller computes it of a
 * segment before a transition, and the control blob of the segment's
 * destination afterwards. Nothing here can fail.
 */
#ifndef TRANS_TABLE_SHA256_H
#define TRANS_TABLE_SHA256_H

#include <trans_table/env.h>

TRANS_BEGIN_DECLS

#define TRANS_SHA256_LEN 32
#define TRANS_SHA256_BLOCK 64

/* Add @count blocks of 64 bytes at @data to @state. */
typedef void (*trans_sha256_fn)(uint32_t state[8], const uint8_t *data,
				size_t count);

/* @blocks: after init the portable function; who has a faster one may put it
 * there. The rest is private. */
struct trans_sha256 {
	trans_sha256_fn blocks;
	uint64_t len;
	uint32_t state[8];
	uint8_t rest[TRANS_SHA256_BLOCK];
};

/* The digest of a message in pieces of any length, up to 2^61 - 1 bytes in
 * all. */
void trans_sha256_init(struct trans_sha256 *sha);
void trans_sha256_update(struct trans_sha256 *sha, const void *data,
			 size_t len);
void trans_sha256_final(struct trans_sha256 *sha,
			uint8_t digest[TRANS_SHA256_LEN]);

/* The digest of a message in one piece. */
void trans_sha256(const void *data, size_t len,
		  uint8_t digest[TRANS_SHA256_LEN]);

/* The 64 round constants, for other implementations of trans_sha256_fn. */
extern const uint32_t trans_sha256_k[64]
	__attribute__((visibility("hidden")));

TRANS_END_DECLS

#endif
