/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The report from the other side: what the next boot makes of it.
 */
#include "lib/fail.h"
#include "trans/transition/blob/blob.h"

int trans_report_read(const void *page, struct trans_blob_report *report,
		      struct trans_error *err)
{
	const struct trans_blob_report *found = page;

	if (found->magic != TRANS_REPORT_MAGIC)
		return trans_fail(err, TRANS_ENOENT, "no report");
	if (found->seal != blob_seal(found))
		return trans_fail(err, TRANS_ECORRUPT, "a report's seal");
	if (found->stage == TRANS_STAGE_NONE ||
	    found->stage >= TRANS_STAGE_COUNT)
		return trans_fail(err, TRANS_ECORRUPT, "a report's stage");
	*report = *found;
	return 0;
}

bool trans_report_failed(const struct trans_blob_report *report)
{
	return report->stage != TRANS_STAGE_LEAVING;
}

void trans_report_clear(void *page)
{
	memset(page, 0, sizeof(struct trans_blob_report));
}

const char *trans_stage_name(uint64_t stage)
{
	/* No array of pointers: see lib/errors.c. */
	static const char names[TRANS_STAGE_COUNT][16] = {
		"unknown", "entered", "moving", "moved", "leaving",
		"fault", "corrupt", "verified", "no EL2 stub", "not quiet",
	};

	return names[stage < TRANS_STAGE_COUNT ? stage : 0];
}
