/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Where the next kernel, its initrd and its device tree go: pure arithmetic
 * over range sets, so that the boot protocol's rules (booting.rst, "Setup the
 * device tree" and "Call the kernel image") are tested without a machine.
 *
 * The kernel gets the lowest base that leaves a place for the others. Whether a
 * base does changes only at few addresses (see next_event()), so the search
 * steps from one to the next and never walks memory.
 *
 * Inside, a piece is [start, end) with an end of at most 2^48.
 */
#include <trans_table/place.h>

#include "lib/fail.h"
#include "lib/numbers.h"

#define BASE_ALIGN	(2ull << 20)
#define GIB		(1ull << 30)
#define WINDOW_LEN	(32 * GIB)
#define PA_END		(1ull << 48)

struct extent {
	uint64_t start;
	uint64_t end;
};

struct search {
	const struct trans_place_request *request;
	uint64_t initrd_room; /* its length in whole granules */
};

/* The granules that @len bytes at @start touch: no other piece's. */
static struct extent granules(const struct search *s, uint64_t start,
			      uint64_t len)
{
	return (struct extent){
		.start = trans_round_down(start, s->request->granule),
		.end = trans_round_up(start + len, s->request->granule),
	};
}

static bool fit(const struct search *s, struct extent where, uint64_t len,
		enum trans_fit which, uint64_t *at)
{
	struct trans_range window = { where.start, where.end - where.start };

	return where.start < where.end &&
	       !trans_ranges_fit(s->request->usable, &window, len,
				 s->request->granule, 0, which, at);
}

static bool fit_kernel(const struct search *s, uint64_t from, uint64_t *at)
{
	const struct trans_image *image = s->request->image;
	struct trans_range window = { from, PA_END - from };

	return from < PA_END &&
	       !trans_ranges_fit(s->request->usable, &window,
				 image->memory_len, BASE_ALIGN,
				 image->text_offset, TRANS_FIT_LOWEST, at);
}

/* Device tree */

/* The 2 MiB boundary that the bytes cross, or 0. */
static uint64_t crossed(uint64_t start, uint64_t len)
{
	uint64_t block = trans_round_down(start + len - 1, BASE_ALIGN);

	return block > start ? block : 0;
}

/* With @whole, within one 2 MiB block: kernels before v4.2 map one. */
static bool fit_fdt_in(const struct search *s, struct extent where, bool whole,
		       uint64_t *at)
{
	uint64_t len = s->request->fdt_len;

	while (fit(s, where, len, TRANS_FIT_LOWEST, at)) {
		if (!whole || !crossed(*at, len))
			return true;
		where.start = crossed(*at, len);
	}
	return false;
}

/* Around two other pieces, @low before @high: above both first, because early
 * kernels do not reach below themselves. */
static bool fit_fdt(const struct search *s, struct extent low,
		    struct extent high, bool whole, uint64_t *at)
{
	struct extent above = { high.end, PA_END };
	struct extent between = { low.end, high.start };
	struct extent below = { 0, low.start };

	return fit_fdt_in(s, above, whole, at) ||
	       fit_fdt_in(s, between, whole, at) ||
	       fit_fdt_in(s, below, whole, at);
}

/* Initrd */

/*
 * Where the initrd may be above or below the kernel: "within a 1 GB aligned
 * physical memory window of up to 32 GB in size that fully covers the kernel
 * Image as well". Empty (start >= end) where the kernel alone is larger: the
 * window then ends inside it, or starts a GiB or more behind its first.
 */
static struct extent initrd_window(const struct search *s, uint64_t kernel,
				   bool above)
{
	uint64_t len = s->request->image->memory_len;
	struct extent own = granules(s, kernel, len);
	uint64_t first = trans_round_down(kernel, GIB);
	uint64_t end = trans_round_up(kernel + len, GIB);

	if (above)
		return (struct extent){ own.end, trans_least(first + WINDOW_LEN,
							     PA_END) };
	return (struct extent){ end > WINDOW_LEN ? end - WINDOW_LEN : 0,
				own.start };
}

struct attempt {
	bool above; /* the initrd is above the kernel */
	bool whole; /* the device tree is in one 2 MiB block */
	enum trans_fit which;
};

/*
 * In order of preference. The lowest and the highest place of the initrd are
 * enough: a device tree that is clear of the initrd at some place in between
 * lies above that place, so above the lowest, or below, so below the highest.
 */
static const struct attempt attempts[] = {
	{ true, true, TRANS_FIT_LOWEST }, { true, true, TRANS_FIT_HIGHEST },
	{ true, false, TRANS_FIT_LOWEST }, { true, false, TRANS_FIT_HIGHEST },
	{ false, true, TRANS_FIT_HIGHEST }, { false, true, TRANS_FIT_LOWEST },
	{ false, false, TRANS_FIT_HIGHEST }, { false, false, TRANS_FIT_LOWEST },
};

#define ATTEMPTS (sizeof(attempts) / sizeof(attempts[0]))

/* What no base had room for; the order is that of trying. */
enum piece { PIECE_KERNEL, PIECE_INITRD, PIECE_FDT, PIECE_NONE };

static enum piece try_both(const struct search *s, const struct attempt *how,
			   struct trans_placement *out)
{
	const struct trans_place_request *request = s->request;
	struct extent kernel = granules(s, out->kernel,
					request->image->memory_len);
	struct extent initrd;

	if (!fit(s, initrd_window(s, out->kernel, how->above),
		 request->initrd_len, how->which, &out->initrd))
		return PIECE_INITRD;
	initrd = granules(s, out->initrd, request->initrd_len);
	if (!fit_fdt(s, how->above ? kernel : initrd,
		     how->above ? initrd : kernel, how->whole, &out->fdt))
		return PIECE_FDT;
	return PIECE_NONE;
}

/* Does the initrd, where it is now, suit this kernel? Its granules are its
 * own, so the window's edges, which are granules', need no rounding. */
static bool initrd_may_stay(const struct search *s, uint64_t kernel)
{
	const struct trans_place_request *request = s->request;
	uint64_t at = request->initrd_wish.at, len = s->initrd_room;
	struct extent above = initrd_window(s, kernel, true);
	struct extent below = initrd_window(s, kernel, false);

	if (request->initrd_wish.kind == TRANS_WISH_NONE ||
	    at & (request->granule - 1) || at > PA_END || len > PA_END - at ||
	    !trans_ranges_contain(request->usable, at, request->initrd_len))
		return false;
	return (at >= above.start && at + len <= above.end) ||
	       (at >= below.start && at + len <= below.end);
}

/* Leave the initrd, and put the device tree around the two. */
static bool stay_with_initrd(const struct search *s,
			     struct trans_placement *out)
{
	const struct trans_place_request *request = s->request;
	struct extent kernel = granules(s, out->kernel,
					request->image->memory_len);
	struct extent initrd;
	bool above;

	if (!initrd_may_stay(s, out->kernel))
		return false;
	out->initrd = request->initrd_wish.at;
	initrd = granules(s, out->initrd, request->initrd_len);
	above = initrd.start >= kernel.end;
	return fit_fdt(s, above ? kernel : initrd, above ? initrd : kernel,
		       true, &out->fdt) ||
	       fit_fdt(s, above ? kernel : initrd, above ? initrd : kernel,
		       false, &out->fdt);
}

static enum piece place_without_initrd(const struct search *s,
				       struct trans_placement *out)
{
	struct extent kernel = granules(s, out->kernel,
					s->request->image->memory_len);

	if (fit_fdt(s, kernel, kernel, true, &out->fdt) ||
	    fit_fdt(s, kernel, kernel, false, &out->fdt))
		return PIECE_NONE;
	return PIECE_FDT;
}

/* Initrd and device tree around the kernel at @out->kernel. */
static enum piece place_rest(const struct search *s,
			     struct trans_placement *out)
{
	enum piece missing, best = PIECE_INITRD;
	size_t i;

	if (!s->request->initrd_len)
		return place_without_initrd(s, out);
	if (stay_with_initrd(s, out))
		return PIECE_NONE;
	for (i = 0; i < ATTEMPTS && best != PIECE_NONE; i++) {
		missing = try_both(s, &attempts[i], out);
		if (missing > best)
			best = missing;
	}
	return best;
}

/* Search */

/* The lowest base that can have an initrd ending at @end in its window. */
static uint64_t reaching(uint64_t end)
{
	uint64_t window_end = trans_round_up(end, GIB);

	return window_end > WINDOW_LEN ? window_end - WINDOW_LEN : 0;
}

/*
 * The lowest address above @base from which on the kernel may succeed where it
 * failed at @base: the start of another hole; where the initrd fits between a
 * hole's start and the kernel; where the window reaches an initrd at a hole's
 * start. Between two of these a higher base has less room above, and a window
 * that reaches no other hole. The device tree asks for no base of its own: the
 * 2 MiB that it may need below are free above, one base lower. (Only where
 * kernel and initrd together exceed 31 GiB it would also matter where in its
 * GiB the kernel is; such a place may be missed.)
 */
static uint64_t next_event(const struct search *s, uint64_t base)
{
	const struct trans_ranges *usable = s->request->usable;
	uint64_t next = PA_END;
	size_t i, j;

	for (i = 0; i < usable->count && usable->range[i].start < PA_END; i++) {
		uint64_t start = usable->range[i].start;
		uint64_t behind_initrd =
			trans_round_up(start, s->request->granule) +
			s->initrd_room;
		uint64_t event[] = { start, behind_initrd,
				     reaching(behind_initrd) };

		for (j = 0; j < sizeof(event) / sizeof(event[0]); j++)
			if (event[j] > base)
				next = trans_least(next, event[j]);
	}
	return next;
}

/* "Anywhere" is asked of who could go elsewhere: booting.rst wants all other
 * kernels as close as possible to the start of RAM. */
static bool kernel_suits(const struct search *s, const struct trans_wish *wish)
{
	const struct trans_image *image = s->request->image;
	uint64_t len = image->memory_len;

	if (wish->kind == TRANS_WISH_NONE || len > PA_END ||
	    wish->at > PA_END - len ||
	    !trans_ranges_contain(s->request->usable, wish->at, len))
		return false;
	return wish->kind == TRANS_WISH_ONLY ||
	       (image->anywhere &&
		wish->at % BASE_ALIGN == image->text_offset);
}

/* The piece that kept the best base from succeeding, or PIECE_NONE. */
static enum piece search(const struct search *s, struct trans_placement *out)
{
	const struct trans_wish *wish = &s->request->kernel_wish;
	enum piece missing, best = PIECE_KERNEL;
	uint64_t from = 0;

	if (kernel_suits(s, wish)) {
		out->kernel = wish->at;
		best = place_rest(s, out);
	}
	if (wish->kind == TRANS_WISH_ONLY)
		return best;
	while (best != PIECE_NONE && fit_kernel(s, from, &out->kernel)) {
		missing = place_rest(s, out);
		if (missing > best)
			best = missing;
		from = next_event(s, out->kernel);
	}
	return best;
}

static int no_hole(const struct trans_place_request *request,
		   enum piece missing, struct trans_error *err)
{
	switch (missing) {
	case PIECE_KERNEL:
		return trans_fail_pa(err, TRANS_ENOHOLE, "kernel", 0,
				     request->image->memory_len);
	case PIECE_INITRD:
		return trans_fail_pa(err, TRANS_ENOHOLE, "initrd", 0,
				     request->initrd_len);
	default:
		return trans_fail_pa(err, TRANS_ENOHOLE, "device tree", 0,
				     request->fdt_len);
	}
}

/* What is wrong with the request itself; NULL for nothing. */
static const char *request_fault(const struct trans_place_request *request)
{
	uint64_t granule = request->granule;

	if (granule < 4096 || granule > 65536 || granule & (granule - 1))
		return trans_why("granule");
	if (!request->fdt_len || request->fdt_len > BASE_ALIGN)
		return trans_why("device tree length");
	if (!request->image->memory_len)
		return trans_why("kernel memory length");
	if (request->image->text_offset >= BASE_ALIGN)
		return trans_why("text_offset");
	return NULL;
}

int trans_place(const struct trans_place_request *request,
		struct trans_placement *out, struct trans_error *err)
{
	const char *why = request_fault(request);
	struct trans_placement found = { 0, 0, 0 };
	struct search s = { .request = request };
	enum piece missing;

	if (why)
		return trans_fail(err, TRANS_EINVAL, why);
	if (request->initrd_len > PA_END)
		return no_hole(request, PIECE_INITRD, err);
	s.initrd_room = trans_round_up(request->initrd_len, request->granule);
	missing = search(&s, &found);
	if (missing != PIECE_NONE)
		return no_hole(request, missing, err);
	*out = found;
	return 0;
}
