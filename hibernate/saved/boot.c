/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Which boot of a kernel was saved. Linux makes a random UUID when it is asked
 * for it the first time (/proc/sys/kernel/random/boot_id), and keeps the 16
 * bytes among its variables; so a file with that UUID is of the same boot.
 *
 * Only the variables of the kernel's image are looked at, which its tables map
 * at one distance of virtual and physical addresses, writable and not
 * executable: elsewhere there may be boots of other days, in a journal that
 * somebody read.
 *
 * Linux, drivers/char/random.c (sysctl_bootid), from 3.x on.
 */
#include "hibernate/saved/private.h"
#include "lib/numbers.h"

/* From where the kernel is known on: no kernel is as large. */
#define BOOT_REACH (64ULL << 20)
/* Compilers align an array of 16 bytes to 4 bytes at least: gcc to 8, clang to
 * what AArch64's data layout prefers for i8. */
#define BOOT_ALIGN 4u
/* The word of an ID that is never 0: its first bits are the variant, 10. */
#define BOOT_KEY 8u

static bool has_boot(struct trans_saved *saved, trans_va_t va,
		     const uint8_t *bytes, const uint8_t *id)
{
	uint8_t found[SAVED_BOOT];
	uint32_t key, word;

	memcpy(&key, id + BOOT_KEY, sizeof(key));
	for (size_t at = 0; at < SAVED_PIECE; at += BOOT_ALIGN) {
		memcpy(&word, bytes + at, sizeof(word));
		if (word == key &&
		    trans_saved_copy_(saved, va + at - BOOT_KEY, found,
				      sizeof(found)) &&
		    !memcmp(found, id, sizeof(found)))
			return true;
	}
	return false;
}

/* One piece after another of what @leaf maps at @va. */
static bool look_through(struct trans_saved *saved, trans_va_t va,
			 trans_pa_t pa, uint64_t len, const uint8_t *id)
{
	const struct trans_saved_memory *memory = saved->memory;

	for (uint64_t at = 0; at < len; at += SAVED_PIECE) {
		const uint8_t *bytes =
			memory->at(memory->ctx, pa + at, SAVED_PIECE);

		if (!trans_saved_spend_(saved, SAVED_PIECE))
			return false;
		if (bytes && has_boot(saved, va + at, bytes, id))
			return true;
	}
	return false;
}

/* What an entry of that level spans, from @va to its end. */
static uint64_t rest_of_entry(const struct trans_saved *saved, int level,
			      trans_va_t va)
{
	uint64_t span = 1ULL << trans_geometry_shift(&saved->view.geo, level);

	return span - (va & (span - 1));
}

static bool is_variables(const struct trans_leaf *leaf, trans_pa_t pa)
{
	return leaf->pa == pa && leaf->writable && !leaf->executable &&
	       trans_memory_cacheable(leaf->memory);
}

bool trans_saved_is_boot_(struct trans_saved *saved,
			  const uint8_t id[SAVED_BOOT])
{
	trans_va_t start = trans_round_down(saved->known_va, SAVED_PIECE);
	trans_pa_t pa = trans_round_down(saved->known_pa, SAVED_PIECE);
	uint64_t at = 0, len;

	for (; at < BOOT_REACH && trans_saved_spend_(saved, SAVED_WALK);
	     at += len) {
		struct trans_report report;
		struct trans_leaf leaf;
		int ret = trans_table_query(&saved->view, start + at, &leaf,
					    &report);
		int level = ret ? report.error.level : leaf.level;

		if (level == TRANS_NO_LEVEL)
			break;
		len = trans_least(rest_of_entry(saved, level, start + at),
				  BOOT_REACH - at);
		if (!ret && is_variables(&leaf, pa + at) &&
		    look_through(saved, start + at, pa + at, len, id))
			return true;
	}
	return false;
}
