/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * How far a load is, as the host's progress hears it: each step has a share of
 * the whole, and says how much of its own work it has done. A host that asks to
 * stop is heard here; the step ends at its next chance, and trans_resume_load
 * gives everything back.
 */
#include "hibernate/resume/private.h"
#include "lib/numbers.h"

/* In how many parts, at least, a step tells of its work. */
#define PARTS 64u

static void tell(struct tr_load *load, uint64_t done)
{
	const struct trans_resume_args *args = load->args;

	if (done > load->told)
		load->told = done;
	if (args->progress && !load->stopped)
		load->stopped = args->progress(args->progress_ctx, load->told,
					       TRANS_STEP_ALL) != 0;
}

void trans_resume_begin_step_(struct tr_load *load, unsigned int end)
{
	load->before += load->share;
	load->share = end - load->before;
	trans_resume_expect_(load, 0, 0);
}

void trans_resume_expect_(struct tr_load *load, uint64_t units, uint64_t most)
{
	uint64_t part = units / PARTS + 1;

	load->units = units;
	load->done = load->untold = 0;
	load->part = trans_least(part, most);
}

int trans_resume_work_(struct tr_load *load, uint64_t units)
{
	uint64_t done;

	load->untold += units;
	if (load->untold < load->part)
		return load->stopped;
	load->done += load->untold;
	load->untold = 0;
	done = trans_least(load->done, load->units);
	/* Units are pages and bytes of memory: far below 2^54. */
	tell(load, load->before +
		   (load->units ? load->share * done / load->units : 0));
	return load->stopped;
}

void trans_resume_end_step_(struct tr_load *load)
{
	tell(load, load->before + load->share);
}
