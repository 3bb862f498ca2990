/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * One thing on each CPU: the caller's own, and those of the workers that the
 * host lends.
 */
#include "hibernate/swsusp.h"

static int lost(unsigned int worker, struct trans_error *err)
{
	trans_fail(err, TRANS_ELOST, "a worker does not answer");
	if (err)
		err->desc = worker;
	return TRANS_ELOST;
}

int trans_swsusp_divide_(const struct trans_swsusp *image,
			 void (*fn)(void *job), void *own, unsigned int count,
			 struct trans_error *err)
{
	const struct trans_workers *workers = image->args.workers;

	for (unsigned int i = 1; i < count; i++)
		workers->run(workers->ctx, i - 1, fn, swsusp_job(image, i));
	fn(own);
	for (unsigned int i = 1; i < count; i++)
		if (workers->wait(workers->ctx, i - 1))
			return lost(i - 1, err);
	return 0;
}
