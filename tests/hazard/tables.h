/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Tables that a CPU walks: what they say, what of them is kept to see a live
 * descriptor change, and which translations may still be held of what they
 * said before.
 */
#ifndef HAZARD_TABLES_H
#define HAZARD_TABLES_H

#include <stddef.h>

#include "rule.h"
#include "sys.h"
#include "walk.h"

/* What tables are asked about; @arg is the caller's. */
struct tables_ops {
	walk_read read;
	bool (*is_ram)(void *arg, uint64_t pa, uint64_t len);
	bool (*any_ram)(void *arg, uint64_t pa, uint64_t len);
	/* Each table, once. */
	void (*table)(void *arg, const struct tree *tree, uint64_t pa,
		      uint64_t va, int level);
	void (*found)(void *arg, enum rule rule, uint64_t va, uint64_t desc);
	void *arg;
};

/* Over the whole tree; @judge: also what its leaves say. */
void tables_scan(const struct tree *tree, bool judge,
		 const struct tables_ops *ops);
enum rule table_leaf(const struct tree *tree, const struct leaf *leaf,
		     const struct tables_ops *ops);

/*
 * A translation that may be held though its descriptor is gone, by the CPUs of
 * the bits of @held. It goes by the way of a DSB of the CPU that stored
 * (@seen), a TLBI (each CPU's own: @local; one for all: @asked, by @asker), and
 * a DSB of who gave that.
 */
struct pending {
	uint64_t desc_pa, va, len;
	uint32_t by;
	uint16_t asid, held, local;
	bool global, leaf, seen, asked;
	uint8_t el, cpu, asker, shift;
	int level;
};

#define PENDING_MAX 65536

struct pendings {
	struct pending list[PENDING_MAX];
	size_t count;
};

/* What changing a live descriptor is: nothing, BBM, or a translation to be
 * forgotten (RULE_TLB_PENDING; not a finding yet). */
enum rule table_change(const struct tree *tree, int level, uint64_t old,
		       uint64_t new_desc);
/* False: there is no room. */
bool pending_add(struct pendings *p, const struct pending *one);
/* The one of this descriptor, if it is still there. */
const struct pending *pending_of(const struct pendings *p, uint64_t desc_pa);
/* A DSB of @cpu. @stores: it waits for these; @all: for TLBIs too, @far: of
 * other CPUs as well. */
void pending_dsb(struct pendings *p, uint8_t cpu, bool stores, bool all,
		 bool far);
/* @cpu goes on with other tables of @el. What it may still hold is given, if no
 * TLBI was asked for it, and forgotten. */
void pending_drop(struct pendings *p, uint8_t cpu, uint8_t el,
		  void (*fn)(void *arg, const struct pending *one), void *arg);
/* A TLBI. True: of something that was stored without a DSB before. */
bool pending_tlbi(struct pendings *p, uint8_t cpu, const struct sys *sys,
		  const struct tlbi_range *range);

#endif
