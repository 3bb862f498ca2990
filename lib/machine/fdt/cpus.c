/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The CPUs that there are (Devicetree Specification 0.4, 3.7 and 3.8; binding:
 * arm/cpus.yaml). A status of "disabled" says only that one waits to be
 * started; "fail", and "fail-" with a reason, that it is broken (2.3.4).
 */
#include <trans_table/cpu.h>
#include <trans_table/machine.h>

#include "lib/fail.h"
#include "lib/machine/fdt/walk.h"

struct cpus {
	uint64_t *mpidr;
	size_t max, count;
	bool inside; /* of /cpus */
};

/* The name, and perhaps a unit. */
static bool is_called(const struct walk *walk, const char *name, size_t len)
{
	return walk_length(walk->name, len + 1) >= len &&
	       !memcmp(walk->name, name, len) &&
	       (!walk->name[len] || walk->name[len] == '@');
}

static bool is_broken(const struct walk *walk)
{
	const char *text = trans_walk_text_(walk, WALK_STATUS);

	return text && walk_length(text, 5) >= 4 && !memcmp(text, "fail", 4) &&
	       (!text[4] || text[4] == '-');
}

/* Of one with several threads, which have a number each, it is the first's. */
static bool number_of(const struct walk *walk, uint64_t *mpidr)
{
	const struct walk_value *reg = &walk->prop[WALK_REG];
	uint32_t cells = walk->frame[walk->depth - 1].address;

	if ((cells != 1 && cells != 2) || reg->len < (int)cells * 4)
		return false;
	*mpidr = trans_walk_cells_(reg->data, cells) & TRANS_MPIDR_AFFINITY;
	return true;
}

static int take_cpu(struct walk *walk, void *arg, struct trans_error *err)
{
	struct cpus *cpus = arg;
	uint64_t mpidr;

	if (walk->depth < 2)
		cpus->inside = walk->depth && is_called(walk, "cpus", 4);
	if (!cpus->inside || walk->depth != 2 || !is_called(walk, "cpu", 3) ||
	    is_broken(walk) || !number_of(walk, &mpidr))
		return 0;
	if (cpus->count == cpus->max)
		return trans_fail(err, TRANS_ENOSPC, "CPUs");
	cpus->mpidr[cpus->count++] = mpidr;
	return 0;
}

int trans_fdt_cpus(const void *fdt, size_t fdt_len, uint64_t *mpidr,
		   size_t max, size_t *count, struct trans_error *err)
{
	struct cpus cpus = { .mpidr = mpidr, .max = max };
	int ret = trans_walk_(fdt, fdt_len, take_cpu, &cpus, err);

	*count = ret && ret != TRANS_ENOSPC ? 0 : cpus.count;
	return ret;
}
