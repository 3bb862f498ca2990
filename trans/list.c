/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The move list in the form that the blob reads: a chain of single granules,
 * because one contiguous piece of that size may not be there.
 */
#include "../lib/fail.h"
#include "parts.h"

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

static size_t moves_per_page(const struct trans_transition *t)
{
	return (granule_of(t) - sizeof(struct blob_list)) /
	       sizeof(struct trans_move);
}

static int page_add(struct trans_transition *t, struct blob_list **page,
		    trans_pa_t *pa, struct trans_error *err)
{
	const struct trans_ops *ops = t->args.ops;

	if (ops->alloc(t->args.ctx, t->args.granule, 1, pa))
		return trans_fail(err, TRANS_ENOMEM, "no page for the moves");
	*page = page_at(t, *pa);
	if (!*page) {
		ops->free(t->args.ctx, t->args.granule, 1, *pa);
		return refused(t, *pa, err);
	}
	(*page)->next = BLOB_LIST_END;
	(*page)->count = 0;
	t->list_granules++;
	return 0;
}

static void page_clean(const struct trans_transition *t,
		       const struct blob_list *page)
{
	if (t->args.ops->clean)
		t->args.ops->clean(t->args.ctx, page, granule_of(t));
}

/* Build back to front: each page is complete, and clean, when the one before
 * it links to it. */
int trans_list_build(struct trans_transition *t, struct trans_error *err)
{
	const struct trans_moves *plan = t->args.plan;
	size_t left = plan->count, most = moves_per_page(t);

	while (left) {
		size_t count = (left - 1) % most + 1;
		struct blob_list *page;
		trans_pa_t pa;
		int ret = page_add(t, &page, &pa, err);

		if (ret)
			return ret;
		left -= count;
		memcpy(page->move, plan->move + left,
		       count * sizeof(struct trans_move));
		page->count = count;
		if (t->list_granules > 1)
			page->next = t->list;
		page_clean(t, page);
		t->list = pa;
	}
	t->move_count = plan->count;
	t->move_bytes = trans_moves_bytes(plan);
	return 0;
}

void trans_list_free(struct trans_transition *t)
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

int trans_list_pages(const struct trans_transition *t, trans_list_page_fn page,
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

int trans_list_moves(const struct trans_transition *t, trans_list_move_fn move,
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
		pa = list->next;
	}
	return ret;
}
