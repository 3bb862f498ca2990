/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * "Restrictions" of listed.c happen rarely by chance, so here is one on
 * purpose: a link to a borrowed table forbids writing, and a part of what is
 * below it changes, for which the table is copied. The rest of it must stay
 * read-only.
 */
#include "forgotten.h"

#include "frozen/desc.h"

#define GRANULE 4096u
#define GIB (1ULL << 30)

static void forbid_writing(struct memory *m, const struct trans_table *t)
{
	uint64_t *root = memory_at(m, t->root);
	uint64_t *below = memory_at(m, desc_decode_pa(&t->geo,
						      (desc_t){ root[0] }, 12));

	below[0] |= TABLE_READONLY;
}

static bool writable(const struct trans_table *t, trans_va_t va)
{
	struct trans_leaf leaf;

	if (trans_table_query(t, va, &leaf, NULL))
		die();
	return leaf.writable;
}

bool forgotten_not(const struct builder *b)
{
	static const struct trans_attr rw = { TRANS_MEM_NORMAL, TRANS_WRITE };
	struct trans_geometry geo;
	struct trans_table owner, t;
	struct memory m;
	bool held;

	memory_init(&m, GIB, 64 * GRANULE, 12);
	if (trans_geometry_init(&geo, TRANS_EL1_0, TRANS_4K, 48, 40, 0, NULL) ||
	    trans_table_create(&owner, &geo, 0, &m.ops, &m, NULL) ||
	    trans_table_create(&t, &geo, 0, &m.ops, &m, NULL) ||
	    b->map(&owner, 0, 0, 2 * GRANULE, &rw, 0, NULL))
		die();
	forbid_writing(&m, &owner);
	if (b->share(&t, 0, &owner, 0, GIB, 0, NULL) || writable(&t, GRANULE) ||
	    b->unmap(&t, 0, GRANULE, 0, NULL))
		die();
	held = !writable(&t, GRANULE);
	trans_table_destroy(&t);
	trans_table_destroy(&owner);
	memory_free(&m);
	return held;
}
