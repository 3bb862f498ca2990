/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Which shared interrupts of the GIC are in use, and whether a device signals
 * them by an edge (bindings: interrupts.txt, arm,gic-v3.yaml; devicetree
 * specification 2.4). A list of specifiers for several controllers can only be
 * read by who knows how many cells each one's take.
 */
#include <trans_table/machine.h>

#include "lib/fail.h"
#include "lib/machine/fdt/gic.h"
#include "lib/machine/gic.h"

/* The most of real trees have some 40. */
#define MAX_TAKERS 128
#define MAX_CELLS 8

#define SPI_COUNT (SPI_END - SPI_FIRST)
#define ESPI_COUNT (ESPI_END - ESPI_FIRST)
#define WORDS ((SPI_COUNT + ESPI_COUNT + 63) / 64)

/* First cell of a specifier; flags in the third. */
#define KIND_SPI 0
#define KIND_ESPI 2
#define FLAG_EDGES 3u

/* Whoever interrupts can be addressed to. @address: as part of a map. */
struct taker {
	uint32_t phandle;
	uint8_t cells, address;
};

struct interrupts {
	struct taker taker[MAX_TAKERS];
	size_t takers;
	unsigned int version; /* of the GIC; 0: none yet */
	uint32_t gic;
	struct trans_spi *spi;
	size_t max, count;
	uint64_t seen[WORDS];
};

/* What is left of a list. */
struct cells {
	const fdt32_t *at;
	uint32_t left;
};

static struct cells cells_of(const struct walk *walk, enum walk_prop prop)
{
	const struct walk_value *value = &walk->prop[prop];

	return (struct cells){ value->data,
			       value->data ? (uint32_t)value->len / 4 : 0 };
}

/* @count cells; NULL: there are not so many. */
static const fdt32_t *take(struct cells *cells, uint32_t count)
{
	const fdt32_t *at = cells->at;

	if (count > cells->left)
		return NULL;
	cells->at += count;
	cells->left -= count;
	return at;
}

static int unreadable(struct trans_error *err)
{
	return trans_fail(err, TRANS_EFDT,
			  "interrupts: a list that cannot be read");
}

/* ---- first pass: who takes interrupts ---- */

static int see_taker(struct walk *walk, void *arg, struct trans_error *err)
{
	struct interrupts *in = arg;
	uint32_t cells = trans_walk_u32_(walk, WALK_INTERRUPT_CELLS, 0);
	uint32_t phandle = trans_walk_phandle_(walk);
	uint32_t address = trans_walk_u32_(walk, WALK_ADDRESS_CELLS, 0);
	unsigned int version = trans_fdt_gic_version_(walk);

	(void)err;
	if (version > in->version) {
		in->version = version;
		in->gic = phandle;
	}
	if (phandle && cells && cells <= MAX_CELLS && address <= MAX_CELLS &&
	    in->takers < MAX_TAKERS)
		in->taker[in->takers++] = (struct taker){
			phandle, (uint8_t)cells, (uint8_t)address };
	return 0;
}

static const struct taker *find_taker(const struct interrupts *in,
				      uint32_t phandle)
{
	for (size_t i = 0; i < in->takers; i++)
		if (in->taker[i].phandle == phandle)
			return &in->taker[i];
	return NULL;
}

/* ---- second pass: what they take ---- */

static int add(struct interrupts *in, uint32_t index, uint32_t intid,
	       bool edge, struct trans_error *err)
{
	uint64_t *word = &in->seen[index / 64];
	uint64_t bit = 1ULL << index % 64;

	if (*word & bit)
		return 0;
	if (in->count == in->max)
		return trans_fail(err, TRANS_ENOSPC,
				  "interrupts: no room for so many");
	*word |= bit;
	in->spi[in->count++] = (struct trans_spi){ intid, edge };
	return 0;
}

/* Of the GIC. PPIs are every CPU's own; numbers beyond the ranges nobody
 * has. */
static int add_specifier(struct interrupts *in, const fdt32_t *cell,
			 uint32_t count, struct trans_error *err)
{
	uint32_t kind, number;
	bool edge;

	if (count < 3)
		return unreadable(err);
	kind = fdt32_to_cpu(cell[0]);
	number = fdt32_to_cpu(cell[1]);
	edge = fdt32_to_cpu(cell[2]) & FLAG_EDGES;
	if (kind == KIND_SPI && number < SPI_COUNT)
		return add(in, number, SPI_FIRST + number, edge, err);
	if (kind == KIND_ESPI && number < ESPI_COUNT)
		return add(in, SPI_COUNT + number, ESPI_FIRST + number, edge,
			   err);
	return 0;
}

/* A node's own list, all for one. Another controller's is its affair. */
static int add_plain(struct interrupts *in, const struct walk *walk,
		     struct trans_error *err)
{
	struct cells cells = cells_of(walk, WALK_INTERRUPTS);
	uint32_t phandle = walk->frame[walk->depth].taker;
	const struct taker *taker = find_taker(in, phandle);
	int ret = 0;

	if (phandle != in->gic || !cells.left)
		return 0;
	if (!taker)
		return unreadable(err);
	while (!ret && cells.left) {
		const fdt32_t *at = take(&cells, taker->cells);

		ret = at ? add_specifier(in, at, taker->cells, err) :
			   unreadable(err);
	}
	return ret;
}

/* A phandle, @address cells of its unit's address if @mapped, a specifier. */
static int add_addressed(struct interrupts *in, struct cells *cells,
			 bool mapped, struct trans_error *err)
{
	const fdt32_t *at = take(cells, 1);
	const struct taker *taker = at ?
		find_taker(in, fdt32_to_cpu(*at)) : NULL;

	if (!taker || (mapped && !take(cells, taker->address)))
		return unreadable(err);
	at = take(cells, taker->cells);
	if (!at)
		return unreadable(err);
	if (taker->phandle != in->gic)
		return 0;
	return add_specifier(in, at, taker->cells, err);
}

static int add_extended(struct interrupts *in, const struct walk *walk,
			struct trans_error *err)
{
	struct cells cells = cells_of(walk, WALK_INTERRUPTS_EXTENDED);
	int ret = 0;

	while (!ret && cells.left) {
		if (!fdt32_to_cpu(*cells.at)) { /* none at this place */
			take(&cells, 1);
			continue;
		}
		ret = add_addressed(in, &cells, false, err);
	}
	return ret;
}

/* Of a nexus: what it turns its children's into. */
static int add_map(struct interrupts *in, const struct walk *walk,
		   struct trans_error *err)
{
	struct cells cells = cells_of(walk, WALK_INTERRUPT_MAP);
	uint32_t address = walk->frame[walk->depth].address;
	uint32_t own = trans_walk_u32_(walk, WALK_INTERRUPT_CELLS, 0);
	int ret = 0;

	while (!ret && cells.left) {
		if (address > MAX_CELLS || own > MAX_CELLS ||
		    !take(&cells, address + own))
			return unreadable(err);
		ret = add_addressed(in, &cells, true, err);
	}
	return ret;
}

/* Start and count of SPIs, by INTID, that the GIC makes of messages: edges. */
static int add_messages(struct interrupts *in, const struct walk *walk,
			struct trans_error *err)
{
	struct cells cells = cells_of(walk, WALK_MBI_RANGES);
	const fdt32_t *at;
	int ret = 0;

	if (trans_fdt_gic_version_(walk) != 3)
		return 0;
	while (!ret && (at = take(&cells, 2))) {
		uint32_t first = fdt32_to_cpu(at[0]) - SPI_FIRST;
		uint32_t count = fdt32_to_cpu(at[1]);

		for (uint32_t i = 0; !ret && i < count && first < SPI_COUNT &&
		     i < SPI_COUNT - first; i++)
			ret = add(in, first + i, SPI_FIRST + first + i, true,
				  err);
	}
	return ret;
}

static bool has(const struct walk *walk, enum walk_prop prop)
{
	return walk->prop[prop].data;
}

/* What nodes of its kind list is theirs alone (i.MX8MQ). */
static bool says_where(const struct walk *walk)
{
	return (has(walk, WALK_INTERRUPTS) ||
		has(walk, WALK_INTERRUPTS_EXTENDED) ||
		has(walk, WALK_INTERRUPT_MAP)) &&
	       !trans_walk_is_(walk, "fsl,imx8mq-gpc");
}

/*
 * Does it take interrupts in front of the GIC, as SPIs that no list names? They
 * are those of its users one by one, or as ranges of a binding of its own say
 * (qcom,pdc-ranges, ti,interrupt-ranges), or of messages (arm,gic-v2m-frame).
 * An ITS makes LPIs.
 */
static bool hides(const struct interrupts *in, const struct walk *walk)
{
	bool takes = has(walk, WALK_INTERRUPT_CONTROLLER) ||
		     has(walk, WALK_INTERRUPT_CELLS) ||
		     has(walk, WALK_MSI_CONTROLLER);

	return takes && walk->frame[walk->depth].taker == in->gic &&
	       !says_where(walk) && !trans_fdt_gic_version_(walk) &&
	       !trans_walk_is_(walk, "arm,gic-v3-its");
}

/* With both, only the extended list counts (binding). */
static int see_device(struct walk *walk, void *arg, struct trans_error *err)
{
	struct interrupts *in = arg;
	int ret;

	if (!trans_walk_enabled_(walk))
		return 0;
	if (hides(in, walk))
		return trans_fail(err, TRANS_EFDT,
				  "interrupts: a controller's in front of the GIC");
	ret = has(walk, WALK_INTERRUPTS_EXTENDED) ?
		add_extended(in, walk, err) : add_plain(in, walk, err);
	if (!ret)
		ret = add_map(in, walk, err);
	return ret ? ret : add_messages(in, walk, err);
}

int trans_fdt_interrupts(const void *fdt, size_t fdt_len,
			 struct trans_spi *spi, size_t max, size_t *count,
			 struct trans_error *err)
{
	struct interrupts in = { .spi = spi, .max = max };
	int ret = trans_walk_(fdt, fdt_len, see_taker, &in, err);

	*count = 0;
	if (!ret && !in.version)
		ret = trans_fail(err, TRANS_ENOENT,
				 "no GIC in the device tree");
	if (!ret && !in.gic)
		ret = trans_fail(err, TRANS_EFDT, "GIC: no phandle");
	if (!ret)
		ret = trans_walk_(fdt, fdt_len, see_device, &in, err);
	if (!ret)
		*count = in.count;
	return ret;
}
