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

/* A translation that may be held though its descriptor is gone. It goes by the
 * way of STORED, SEEN (a DSB), ASKED (a TLBI), and the next DSB. */
enum pending_state { PENDING_NONE, PENDING_STORED, PENDING_SEEN, PENDING_ASKED };

struct pending {
	uint64_t desc_pa, va, len;
	uint16_t asid;
	bool global;
	uint8_t state, el, cpu;
	uint32_t by;
};

#define PENDING_MAX 65536

struct pendings {
	struct pending list[PENDING_MAX];
	size_t count;
	bool overflow;
};

/* What changing a live descriptor is: nothing, BBM, or a translation to be
 * forgotten (RULE_TLB_PENDING; not a finding yet). */
enum rule table_change(const struct tree *tree, int level, uint64_t old,
		       uint64_t new_desc);
void pending_add(struct pendings *p, const struct pending *one);
/* The one of this descriptor, if it is still there. */
const struct pending *pending_of(const struct pendings *p, uint64_t desc_pa);
/* A DSB of @cpu. @stores: it waits for these; @all: for TLBIs too. */
void pending_dsb(struct pendings *p, uint8_t cpu, bool stores, bool all);
/* A TLBI. True: of something that was stored without a DSB before. */
bool pending_tlbi(struct pendings *p, uint8_t cpu, const struct sys *sys,
		  const struct tlbi_range *range);

#endif
