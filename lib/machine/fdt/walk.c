/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The pass itself. What a node inherits, and what it says where nothing is
 * said, is the devicetree specification's (2.3.4 status, 2.3.5 cells, 2.3.8
 * ranges, 2.4.1 interrupts).
 */
#include "lib/fail.h"
#include "lib/machine/fdt/walk.h"

#define VERSION 17

/* In place: pointers would be relocations where the host is linked so. */
struct spelling {
	char text[23];
	uint8_t len; /* without the NUL */
};

static int malformed(struct trans_error *err, int code)
{
	return trans_fail(err, TRANS_EFDT, fdt_strerror(code));
}

/* Blocks within the tree, the tree within @len; tags and cells are read as
 * words. */
static int check_header(const void *fdt, size_t len)
{
	int code;

	if (len < sizeof(struct fdt_header))
		return -FDT_ERR_TRUNCATED;
	code = fdt_check_header(fdt);
	if (code)
		return code;
	if (fdt_totalsize(fdt) > len)
		return -FDT_ERR_TRUNCATED;
	if (fdt_version(fdt) < VERSION)
		return -FDT_ERR_BADVERSION;
	return fdt_off_dt_struct(fdt) % 4 ? -FDT_ERR_ALIGNMENT : 0;
}

/* @name is not terminated; its property's may be anything. */
static bool name_is(const char *fdt, const struct fdt_property *prop,
		    const char *name, size_t len)
{
	uint32_t at = fdt32_to_cpu(prop->nameoff);
	uint32_t size = fdt_size_dt_strings(fdt);
	const char *text;

	if (at >= size || size - at <= len)
		return false;
	text = fdt + fdt_off_dt_strings(fdt) + at;
	return !text[len] && !memcmp(text, name, len);
}

static const struct fdt_property *prop_at(const void *fdt, int offset)
{
	return fdt_offset_ptr(fdt, offset, sizeof(struct fdt_property));
}

static struct walk_value value_of(const struct fdt_property *prop)
{
	return (struct walk_value){ prop->data,
				    (int)fdt32_to_cpu(prop->len) };
}

static void note(struct walk *walk, const struct fdt_property *prop)
{
#define WALK_SPELLING(name, text) [WALK_##name] = { text, sizeof(text) - 1 },
	static const struct spelling known[] = { WALK_PROPS(WALK_SPELLING) };

	for (size_t i = 0; i < WALK_PROP_COUNT; i++) {
		if (!name_is(walk->fdt, prop, known[i].text, known[i].len))
			continue;
		walk->prop[i] = value_of(prop);
		return;
	}
}

static bool status_is_okay(const struct walk *walk)
{
	const char *text = trans_walk_text_(walk, WALK_STATUS);
	int len = walk->prop[WALK_STATUS].len;

	if (!walk->prop[WALK_STATUS].data)
		return true;
	return text && ((len == 5 && !memcmp(text, "okay", 5)) ||
			(len == 3 && !memcmp(text, "ok", 3)));
}

/* Interrupts go to whoever the node names, else to its parent if that is a
 * controller or a nexus, else where the parent's go. */
static void inherit(struct walk *walk)
{
	static const struct walk_frame top = { .enabled = true };
	struct walk_frame *frame = &walk->frame[walk->depth];
	const struct walk_frame *above = walk->depth ? frame - 1 : &top;
	uint32_t parent = trans_walk_u32_(walk, WALK_INTERRUPT_PARENT, 0);

	frame->enabled = above->enabled && status_is_okay(walk);
	frame->ranges = walk->prop[WALK_RANGES];
	frame->address = trans_walk_u32_(walk, WALK_ADDRESS_CELLS, 2);
	frame->size = trans_walk_u32_(walk, WALK_SIZE_CELLS, 1);
	frame->taker = parent ? parent : above->intc;
	frame->intc = walk->prop[WALK_INTERRUPT_CELLS].data ?
		trans_walk_phandle_(walk) : frame->taker;
}

static int complete(struct walk *walk, walk_fn fn, void *arg,
		    struct trans_error *err)
{
	if (!walk->begun)
		return 0;
	walk->begun = false;
	inherit(walk);
	return fn(walk, arg, err);
}

static int begin(struct walk *walk, int offset, struct trans_error *err)
{
	if (++walk->depth == WALK_DEPTH)
		return trans_fail(err, TRANS_EFDT, "nodes nested too deeply");
	memset(walk->prop, 0, sizeof(walk->prop));
	walk->offset = offset;
	walk->name = (const char *)fdt_offset_ptr(walk->fdt, offset, 4) + 4;
	walk->begun = true;
	return 0;
}

/* A property behind a child is nobody's (specification 5.4.2). */
static int step(struct walk *walk, uint32_t tag, int offset, walk_fn fn,
		void *arg, struct trans_error *err)
{
	int ret = 0;

	if (tag == FDT_PROP && walk->begun)
		note(walk, prop_at(walk->fdt, offset));
	if (tag == FDT_BEGIN_NODE || tag == FDT_END_NODE)
		ret = complete(walk, fn, arg, err);
	if (!ret && tag == FDT_BEGIN_NODE)
		ret = begin(walk, offset, err);
	if (!ret && tag == FDT_END_NODE && --walk->depth < -1)
		ret = malformed(err, -FDT_ERR_BADSTRUCTURE);
	return ret;
}

int trans_walk_(const void *fdt, size_t len, walk_fn fn, void *arg,
		struct trans_error *err)
{
	struct walk walk = { .fdt = fdt, .depth = -1 };
	int ret = check_header(fdt, len), next = 0, offset;
	uint32_t tag;

	if (ret)
		return malformed(err, ret);
	for (;;) {
		offset = next;
		tag = fdt_next_tag(fdt, offset, &next);
		if (next < 0)
			return malformed(err, next);
		if (tag == FDT_END)
			break;
		ret = step(&walk, tag, offset, fn, arg, err);
		if (ret)
			return ret;
	}
	return walk.depth == -1 ? 0 : malformed(err, -FDT_ERR_BADSTRUCTURE);
}

/* ---- what a node says ---- */

bool trans_walk_enabled_(const struct walk *walk)
{
	return walk->frame[walk->depth].enabled;
}

bool trans_walk_is_(const struct walk *walk, const char *compatible)
{
	size_t len = walk_length(compatible, 64);
	const char *text = walk->prop[WALK_COMPATIBLE].data;
	size_t left = text ? (size_t)walk->prop[WALK_COMPATIBLE].len : 0;

	while (left) {
		size_t one = walk_length(text, left);

		if (one == len && !memcmp(text, compatible, len))
			return true;
		one += one < left;
		text += one;
		left -= one;
	}
	return false;
}

uint64_t trans_walk_cells_(const fdt32_t *cell, uint32_t count)
{
	uint64_t value = 0;

	while (count--)
		value = value << 32 | fdt32_to_cpu(*cell++);
	return value;
}

uint32_t trans_walk_u32_(const struct walk *walk, enum walk_prop prop,
			 uint32_t otherwise)
{
	const struct walk_value *value = &walk->prop[prop];

	return value->data && value->len == 4 ?
		(uint32_t)trans_walk_cells_(value->data, 1) : otherwise;
}

uint32_t trans_walk_phandle_(const struct walk *walk)
{
	return trans_walk_u32_(walk, WALK_PHANDLE,
			       trans_walk_u32_(walk, WALK_LINUX_PHANDLE, 0));
}

const char *trans_walk_text_(const struct walk *walk, enum walk_prop prop)
{
	const struct walk_value *value = &walk->prop[prop];
	const char *text = value->data;

	return text && value->len > 0 && !text[value->len - 1] ? text : NULL;
}

struct walk_value trans_walk_find_(const void *fdt, int offset,
				   const char *name, size_t len)
{
	int next = 0;
	uint32_t tag;

	(void)fdt_next_tag(fdt, offset, &next);
	do {
		offset = next;
		tag = fdt_next_tag(fdt, offset, &next);
		if (tag == FDT_PROP && next >= 0 &&
		    name_is(fdt, prop_at(fdt, offset), name, len))
			return value_of(prop_at(fdt, offset));
	} while (next >= 0 && (tag == FDT_PROP || tag == FDT_NOP));
	return (struct walk_value){ NULL, 0 };
}

/* ---- addresses ---- */

static bool usable(uint32_t cells)
{
	return cells == 1 || cells == 2;
}

/* Up through one bus. An empty `ranges` says that both sides are the same;
 * none, that nobody above sees what is below. */
static bool through(const struct walk_frame *bus, struct trans_range *range)
{
	uint32_t up = bus[-1].address;
	uint32_t each = bus->address + up + bus->size;
	const fdt32_t *at = bus->ranges.data;
	size_t count;

	if (!at || !bus->ranges.len)
		return at;
	if (!usable(bus->address) || !usable(up) || !usable(bus->size))
		return false;
	for (count = (size_t)bus->ranges.len / 4 / each; count; count--) {
		uint64_t into = range->start -
			trans_walk_cells_(at, bus->address);
		uint64_t len = trans_walk_cells_(at + bus->address + up,
						 bus->size);

		if (into < len && range->len <= len - into) {
			range->start = into + trans_walk_cells_(
				at + bus->address, up);
			return true;
		}
		at += each;
	}
	return false;
}

bool trans_walk_reg_(const struct walk *walk, uint32_t index,
		     struct trans_range *range)
{
	const fdt32_t *cell = walk->prop[WALK_REG].data;
	const struct walk_frame *bus;
	uint32_t each, count;

	if (!walk->depth)
		return false;
	bus = &walk->frame[walk->depth - 1];
	if (!cell || !usable(bus->address) || bus->size > 2)
		return false;
	each = bus->address + bus->size;
	count = (uint32_t)walk->prop[WALK_REG].len / 4 / each;
	if (index >= count)
		return false;
	cell += (size_t)index * each;
	range->start = trans_walk_cells_(cell, bus->address);
	range->len = trans_walk_cells_(cell + bus->address, bus->size);
	for (; bus > walk->frame; bus--)
		if (!through(bus, range))
			return false;
	return range->len - 1 <= UINT64_MAX - range->start || !range->len;
}
