/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * How far a load is, as the host's progress hears it. What takes time is known
 * in parts only: how much an ELF file inside a compressed one has to be laid
 * out is seen when it is there. So each part has a share of the whole that is
 * the same for every kernel, and the whole is a number that means nothing. And
 * what a part has written is cleaned.
 */
#include "kexec/load.h"
#include "lib/fail.h"

static int tell(struct load *load, uint64_t done)
{
	const struct trans_kexec_args *args = load->args;

	if (!args->progress ||
	    !args->progress(args->progress_ctx, done, LOAD_ALL))
		return 0;
	return trans_fail(load->err, TRANS_ESTOPPED, "progress");
}

int trans_kexec_begin_work_(struct load *load, unsigned int end, uint64_t units)
{
	load->begun = load->end;
	load->end = end;
	load->units = units;
	load->done = 0;
	return tell(load, load->begun);
}

int trans_kexec_work_(struct load *load, uint64_t units)
{
	uint64_t share = load->end - load->begun;

	load->done += units;
	if (load->done >= load->units)
		return tell(load, load->end);
	/* Units are bytes of memory: far below 2^54. */
	return tell(load, load->begun + share * load->done / load->units);
}

void trans_kexec_clean_(const struct load *load, const void *at, size_t len)
{
	if (load->args->host->clean)
		load->args->host->clean(load->args->host_ctx, at, len);
}
