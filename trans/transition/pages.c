/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What the blob needs, in one list: the maps map it or leave it out, the proof
 * holds it against all moves, a resume against its image, a dry run prints it.
 * Who allocates something for the time after the point of no return names it
 * here.
 */
#include "trans/transition/private.h"

/* One call of the list: of which kinds, and for whom. */
struct tour {
	const struct trans_transition *t;
	unsigned int kinds;
	enum trans_pages kind; /* of the pages that are on their way */
	trans_transition_pages_fn each;
	void *arg;
	struct trans_error *err;
};

static int give(struct tour *tour, enum trans_pages kind, trans_pa_t pa,
		uint64_t len)
{
	if (!len || !(tour->kinds & kind))
		return 0;
	return tour->each(tour->arg, kind, pa, len);
}

/* For those who have a list of their own. */
static int give_page(void *arg, trans_pa_t pa, uint64_t len)
{
	struct tour *tour = arg;

	return give(tour, tour->kind, pa, len);
}

static int give_list(struct tour *tour)
{
	tour->kind = TRANS_PAGES_LIST;
	if (!(tour->kinds & tour->kind))
		return 0;
	return trans_list_pages_(tour->t, give_page, tour, tour->err);
}

static int give_tables(struct tour *tour, enum trans_pages kind,
		       const struct trans_table *table)
{
	struct trans_report report = { 0 };
	int ret;

	if (!table->ops || !(tour->kinds & kind))
		return 0;
	tour->kind = kind;
	ret = trans_table_pages(table, give_page, tour, &report);
	/* Its own status, or that of @each, which knows better why? */
	return ret == report.error.status ?
		       passed_on(ret, &report, tour->err) : ret;
}

static int give_granules(struct tour *tour, enum trans_pages kind,
			 trans_pa_t pa, unsigned int count)
{
	return give(tour, kind, pa, count * granule_of(tour->t));
}

/* Both are the caller's; where there is none it has no length. */
static int give_report(struct tour *tour)
{
	trans_pa_t pa = tour->t->args.report;

	return give(tour, TRANS_PAGES_REPORT, pa,
		    pa ? sizeof(struct trans_blob_report) : 0);
}

static int give_uart(struct tour *tour)
{
	const struct trans_uart *uart = &tour->t->args.uart;

	return give(tour, TRANS_PAGES_UART, uart->pa,
		    trans_uart_exists(uart) ? trans_uart_len(uart) : 0);
}

int trans_transition_pages(const struct trans_transition *transition,
			   unsigned int kinds, trans_transition_pages_fn each,
			   void *arg, struct trans_error *err)
{
	const struct trans_transition *t = transition;
	struct tour tour = {
		.t = t, .kinds = kinds, .each = each, .arg = arg, .err = err,
	};
	int ret = give_granules(&tour, TRANS_PAGES_CODE, t->code,
				t->code_granules);

	if (!ret)
		ret = give_granules(&tour, TRANS_PAGES_DATA, t->data,
				    t->data_granules);
	if (!ret)
		ret = give_list(&tour);
	if (!ret)
		ret = give_report(&tour);
	if (!ret)
		ret = give_uart(&tour);
	if (!ret)
		ret = give_tables(&tour, TRANS_PAGES_TABLE, &t->low);
	if (!ret)
		ret = give_tables(&tour, TRANS_PAGES_TABLE, &t->high);
	if (!ret)
		ret = give_tables(&tour, TRANS_PAGES_ENTRY_TABLE, &t->passage);
	return ret;
}

enum page_use trans_pages_use_(enum trans_pages kind)
{
	switch (kind) {
	case TRANS_PAGES_CODE:
		return PAGE_EXECUTED;
	case TRANS_PAGES_DATA:
	case TRANS_PAGES_REPORT:
		return PAGE_WRITTEN;
	case TRANS_PAGES_LIST:
		return PAGE_READ;
	case TRANS_PAGES_UART:
		return PAGE_DEVICE;
	case TRANS_PAGES_TABLE:
	case TRANS_PAGES_ENTRY_TABLE:
		break;
	}
	return PAGE_HIDDEN;
}

/* A MAIR may have one kind of device memory only; either will do. */
static int map_device(struct trans_table *table, const struct trans_span *span,
		      unsigned int flags, struct trans_report *report)
{
	struct trans_attr attr = { TRANS_MEM_DEVICE, TRANS_WRITE };
	int ret = trans_table_idmap(table, span->start, span->len, &attr,
				    flags, report);

	if (ret != TRANS_EINVAL)
		return ret;
	attr.memory = TRANS_MEM_STRONG;
	return trans_table_idmap(table, span->start, span->len, &attr, flags,
				 report);
}

int trans_pages_map_(const struct trans_transition *t,
		     struct trans_table *table, enum trans_pages kind,
		     trans_pa_t pa, uint64_t len, unsigned int flags,
		     struct trans_report *report)
{
	struct trans_span span = span_of(t, pa, len);
	struct trans_attr attr = { TRANS_MEM_NORMAL, 0 };
	enum page_use use = trans_pages_use_(kind);

	if (use == PAGE_HIDDEN)
		return 0;
	if (use == PAGE_DEVICE)
		return map_device(table, &span, flags, report);
	if (use == PAGE_EXECUTED)
		attr.access = TRANS_EXEC;
	if (use == PAGE_WRITTEN)
		attr.access = TRANS_WRITE;
	return trans_table_idmap(table, span.start, span.len, &attr, flags,
				 report);
}
