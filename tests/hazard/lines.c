/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The states of a line. Sources: Arm ARM B2.9 (mismatched attributes), D7.5
 * (cache maintenance), B2.4.4 (concurrent modification of instructions).
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
	line->state &= (uint8_t)~(LINE_NEWER | LINE_UNORDERED);
	line->state |= LINE_DIRTY | LINE_NOT_POU;
	return rule;
}

static enum rule store_past(const struct lines *lines, struct line *line)
{
	enum rule rule = line->state & LINE_DIRTY ? RULE_LOST_STORE : RULE_NONE;

	line->state |= LINE_NEWER | LINE_UNORDERED;
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

enum rule line_maintain(const struct lines *lines, struct line *line,
			enum line_op op, const struct access *access)
{
	bool late = line->state & LINE_UNORDERED && line->dmb == access->dmb;
	enum rule rule;

	line_settle(line);
	rule = maintained(line, op);
	if (line->state & LINE_NOT_POU) {
		line->state &= (uint8_t)~LINE_NOT_POU;
		line->cleaned = lines->clock;
	}
	line->state &= (uint8_t)~LINE_UNORDERED;
	return rule ? rule : late ? RULE_DC_BEFORE_DMB : RULE_NONE;
}

enum rule line_fetch(struct line *line, enum line_fetch how,
		     uint32_t invalidated)
{
	line_settle(line);
	if (how != FETCH_ON && line->state & LINE_DIRTY)
		return RULE_STALE_FETCH_OFF;
	if (how == FETCH_ON && line->state & LINE_NEWER)
		return RULE_STALE_FETCH_CACHE;
	if (how != FETCH_PAST && line->state & LINE_NOT_POU)
		return RULE_STALE_FETCH_POU;
	if (!(line->state & LINE_OLD_CODE) || how == FETCH_PAST)
		return RULE_NONE;
	return line->cleaned >= invalidated ? RULE_STALE_ICACHE : RULE_NONE;
}

void line_ivau(struct line *line)
{
	if (!(line->state & LINE_NOT_POU))
		line->state &= (uint8_t)~LINE_OLD_CODE;
}

enum rule line_device(struct line *line, bool write)
{
	bool dirty;

	line_settle(line);
	dirty = line->state & LINE_DIRTY;
	if (!write)
		return dirty ? RULE_DMA_READ_DIRTY : RULE_NONE;
	line->state &= (uint8_t)~LINE_DIRTY;
	line->state |= LINE_NEWER | LINE_OLD_CODE;
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
