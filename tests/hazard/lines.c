/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The states of a line. Sources (sections of issue M of the Arm ARM): B2.11
 * "Mismatched memory attributes", D7.5 "Cache support", B2.7.4.2
 * "Synchronization and coherency issues between data and instruction accesses".
 */
#include "lines.h"

void line_settle(struct line *line)
{
	if (line->state & LINE_KNOWN)
		return;
	line->state = LINE_KNOWN | LINE_DIRTY;
	line->born = PHASE_HOST;
}

void line_clean_slate(struct line *line)
{
	*line = (struct line){ .state = LINE_KNOWN };
}

enum rule line_load(struct line *line, const struct access *access)
{
	line_settle(line);
	if (access->cached)
		return line->state & LINE_NEWER ? RULE_STALE_LOAD : RULE_NONE;
	if (!(line->state & LINE_DIRTY))
		return RULE_NONE;
	return access->mmu_on ? RULE_STALE_READ_NC : RULE_STALE_READ_OFF;
}

static void stored(struct line *line, const struct access *access)
{
	line->state |= LINE_OLD_CODE;
	line->born = access->phase;
	line->by = access->by;
	line->dsb = access->dsb;
	line->dmb = access->dmb;
}

static enum rule store_cached(struct line *line, bool whole)
{
	enum rule rule = RULE_NONE;

	if (line->state & LINE_NEWER && !whole)
		rule = RULE_STALE_MERGE;
	/* Said once: from here on the line has what was made of it. */
	line->state &= (uint8_t)~(LINE_NEWER | LINE_PAST);
	line->state |= LINE_DIRTY | LINE_NOT_POU;
	return rule;
}

static enum rule store_past(const struct lines *lines, struct line *line)
{
	enum rule rule = line->state & LINE_DIRTY ? RULE_LOST_STORE : RULE_NONE;

	line->state |= LINE_NEWER | LINE_PAST;
	line->cleaned = lines->clock;
	return rule;
}

enum rule line_store(const struct lines *lines, struct line *line,
		     const struct access *access, bool whole)
{
	enum rule rule;

	line_settle(line);
	rule = access->cached ? store_cached(line, whole)
			      : store_past(lines, line);
	stored(line, access);
	return rule;
}

static enum rule maintained(struct line *line, enum line_op op)
{
	bool dirty = line->state & LINE_DIRTY;

	if (op == LINE_CVAC)
		line->state &= (uint8_t)~LINE_DIRTY;
	if (op == LINE_CIVAC || op == LINE_IVAC)
		line->state &= (uint8_t)~(LINE_DIRTY | LINE_NEWER);
	return op == LINE_IVAC && dirty ? RULE_IVAC_DIRTY : RULE_NONE;
}

/* A DC keeps its place behind a store only if both are cacheable; else it wants
 * a barrier of loads and stores between them (D7.5.9.15). */
static bool out_of_order(const struct line *line, const struct access *access)
{
	bool ordered = !(line->state & LINE_PAST) && access->cached;

	return line->by && line->dmb == access->dmb && !ordered;
}

enum rule line_maintain(const struct lines *lines, struct line *line,
			enum line_op op, const struct access *access)
{
	bool late = out_of_order(line, access);
	enum rule rule;

	line_settle(line);
	rule = maintained(line, op);
	if (line->state & LINE_NOT_POU) {
		line->state &= (uint8_t)~LINE_NOT_POU;
		line->cleaned = lines->clock;
	}
	if (late) /* said once */
		line->dmb = 0;
	return rule ? rule : late ? RULE_DC_BEFORE_DMB : RULE_NONE;
}

/* By a barrier of CPU @dsb's: is a store of its own, to this line, complete? */
static bool is_before(const struct line *line, uint32_t dsb)
{
	return STAMP_CPU(line->dsb) != STAMP_CPU(dsb) || line->dsb < dsb;
}

/* Also what is fetched as non-cacheable may be held by an instruction cache,
 * and so what is fetched with the MMU off (D7.5.7). */
static bool is_old_code(const struct line *line, const struct ic *done)
{
	return line->state & LINE_OLD_CODE &&
	       (line->cleaned >= done->clock || !is_before(line, done->dsb));
}

/* With the MMU off it is cacheable by SCTLR.I, but Write-Through (D8.2.12.1
 * R_WFZPW): what may be hidden hides it, and what is dirty is not for it. */
enum rule line_fetch(struct line *line, enum line_fetch how,
		     const struct ic *done)
{
	line_settle(line);
	if (how != FETCH_ON && line->state & LINE_DIRTY)
		return RULE_STALE_FETCH_OFF;
	if (how != FETCH_PAST && line->state & LINE_NEWER)
		return RULE_STALE_FETCH_CACHE;
	if (how != FETCH_PAST && line->state & LINE_NOT_POU)
		return RULE_STALE_FETCH_POU;
	return is_old_code(line, done) ? RULE_STALE_ICACHE : RULE_NONE;
}

void line_ivau(struct line *line, uint32_t dsb)
{
	if (!(line->state & LINE_NOT_POU) && is_before(line, dsb))
		line->state &= (uint8_t)~LINE_OLD_CODE;
}

enum rule line_device(const struct lines *lines, struct line *line, bool write)
{
	bool dirty;

	line_settle(line);
	dirty = line->state & LINE_DIRTY;
	if (!write)
		return dirty ? RULE_DMA_READ_DIRTY : RULE_NONE;
	line->state &= (uint8_t)~(LINE_DIRTY | LINE_NOT_POU);
	line->state |= LINE_NEWER | LINE_OLD_CODE;
	line->cleaned = lines->clock;
	line->dsb = line->dmb = 0; /* no CPU's */
	return dirty ? RULE_DMA_WRITE_DIRTY : RULE_NONE;
}

enum rule line_walked(struct line *line, bool cached, uint32_t dsb)
{
	line_settle(line);
	if (cached && line->state & LINE_NEWER)
		return RULE_WALK_STALE;
	if (!cached && line->state & LINE_DIRTY)
		return RULE_WALK_NC_DIRTY;
	return line->by && line->dsb == dsb ? RULE_WALK_NO_DSB : RULE_NONE;
}
