/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The move list in the form that the blob reads: a chain of single granules,
 * because one contiguous piece of that size may not be there.
 */
#include "lib/fail.h"
#include "trans/transition/private.h"

static struct blob_list *page_at(const struct trans_transition *t,
				 trans_pa_t pa)
{
	return t->args.ops->phys_to_virt(t->args.ctx, pa, granule_of(t));
}

static int refused(const struct trans_transition *t, trans_pa_t pa,
		   struct trans_error *err)
{
	return trans_fail_pa(err, TRANS_EFAULT,
			     "phys_to_virt refused a list page", pa,
			     granule_of(t));
}

/* The list as it grows: its last page, in use. */
struct writer {
	struct trans_transition *t;
	struct blob_list *page;
	struct trans_error *err;
};

static void page_clean(const struct trans_transition *t,
		       const struct blob_list *page)
{
	if (page && t->args.ops->clean)
		t->args.ops->clean(t->args.ctx, page, granule_of(t));
}

/* A page is in the chain as soon as it is there, and clean when it is full. */
static int page_add(struct writer *writer)
{
	struct trans_transition *t = writer->t;
	const struct trans_ops *ops = t->args.ops;
	struct blob_list *page;
	trans_pa_t pa;

	if (ops->alloc(t->args.ctx, t->args.granule, 1, &pa))
		return trans_fail(writer->err, TRANS_ENOMEM,
				  "no page for the moves");
	page = page_at(t, pa);
	if (!page) {
		ops->free(t->args.ctx, t->args.granule, 1, pa);
		return refused(t, pa, writer->err);
	}
	page->next = BLOB_LIST_END;
	page->count = 0;
	if (writer->page)
		writer->page->next = pa;
	else
		t->list = pa;
	page_clean(t, writer->page);
	writer->page = page;
	t->list_granules++;
	return trans_args_tell_(&t->args, moves_of_page(t), writer->err);
}

static int append(struct writer *writer, const struct trans_move *entry,
		  uint64_t *count)
{
	int ret = 0;

	if (!writer->page ||
	    writer->page->count == moves_of_page(writer->t))
		ret = page_add(writer);
	if (ret)
		return ret;
	writer->page->move[writer->page->count++] = *entry;
	++*count;
	return 0;
}

static int add(struct writer *writer, const struct trans_move *move)
{
	return append(writer, move, &writer->t->move_count);
}

static int add_rest(struct writer *writer, const struct trans_ranges *set,
		    bool zero)
{
	int ret = 0;

	for (size_t i = 0; !ret && set && i < set->count; i++) {
		trans_pa_t pa = set->range[i].start;
		struct trans_move entry = { zero ? TRANS_ZERO : pa, pa,
					    set->range[i].len };

		ret = append(writer, &entry, &writer->t->rest_count);
	}
	return ret;
}

static int add_scrub(void *arg, const struct trans_move *move)
{
	struct writer *writer = arg;

	writer->t->scrub_bytes += move->len;
	return add(writer, move);
}

int trans_list_build_(struct trans_transition *t, struct trans_error *err)
{
	const struct trans_moves *plan = t->args.plan;
	struct writer writer = { .t = t, .err = err };
	int ret = 0;

	for (size_t i = 0; !ret && i < plan->count; i++)
		ret = add(&writer, &plan->move[i]);
	if (!ret && wants_scrub(&t->args))
		ret = trans_scrub_moves_(t, add_scrub, &writer, err);
	if (!ret)
		ret = add_rest(&writer, t->args.zero, true);
	if (!ret)
		ret = add_rest(&writer, t->args.stays, false);
	page_clean(t, writer.page);
	t->move_bytes = trans_moves_bytes(plan);
	return ret;
}

void trans_list_free_(struct trans_transition *t)
{
	while (t->list_granules) {
		const struct blob_list *page = page_at(t, t->list);
		trans_pa_t next = page ? page->next : BLOB_LIST_END;

		t->args.ops->free(t->args.ctx, t->args.granule, 1, t->list);
		t->list_granules = next == BLOB_LIST_END ?
					   0 : t->list_granules - 1;
		t->list = next;
	}
}

int trans_list_pages_(const struct trans_transition *t, trans_list_page_fn page,
		      void *arg, struct trans_error *err)
{
	trans_pa_t pa = t->list;
	int ret = 0;

	for (unsigned int i = 0; !ret && i < t->list_granules; i++) {
		const struct blob_list *list = page_at(t, pa);

		if (!list)
			return refused(t, pa, err);
		ret = page(arg, pa, granule_of(t));
		pa = list->next;
	}
	return ret;
}

int trans_list_moves_(const struct trans_transition *t, trans_list_move_fn move,
		      void *arg, struct trans_error *err)
{
	trans_pa_t pa = t->list;
	int ret = 0;

	for (unsigned int i = 0; !ret && i < t->list_granules; i++) {
		const struct blob_list *list = page_at(t, pa);

		if (!list)
			return refused(t, pa, err);
		for (uint64_t n = 0; !ret && n < list->count; n++)
			ret = move(arg, &list->move[n]);
		if (!ret)
			ret = trans_args_tell_(&t->args, list->count, err);
		pa = list->next;
	}
	return ret;
}
