/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The report page: where the blob says how far it came, for the next start.
 *
 * It must lie outside of whatever a saved or a new kernel has, and at the same
 * place in the next boot. Memory of the runtime services is both, as long as
 * taking a page of it does not change the map: firmware keeps some in advance,
 * and allocates the same way each time. Where it does change, there is none.
 */
#include <trans_table/report.h>

#include "port.h"

static uint64_t page;

trans_pa_t report_page(void)
{
	return page;
}

static bool take_page(void)
{
	uint64_t before = memory_runtime_total();

	if (!before || boot->allocate_pages(EFI_ANY_PAGES,
					    EFI_RUNTIME_SERVICES_DATA, 1,
					    &page))
		return false;
	if (memory_runtime_total() == before)
		return true;
	boot->free_pages(page, 1);
	page = 0;
	return false;
}

void report_last(void)
{
	struct trans_blob_report report;
	void *at;

	if (!take_page())
		return;
	at = (void *)(uintptr_t)page;
	if (!trans_report_read(at, &report, NULL) &&
	    trans_report_failed(&report))
		print("transtable: the last start failed at \"%s\": %s "
		      "(%llu moves, esr 0x%llx, pa 0x%llx)\n",
		      trans_stage_name(report.stage),
		      report.stage == TRANS_STAGE_NOT_QUIET ? report.why : "",
		      (unsigned long long)report.moves,
		      (unsigned long long)report.esr,
		      (unsigned long long)report.pa);
	trans_report_clear(at);
	trans_cpu_clean(NULL, at, EFI_PAGE);
}
