/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Move lists: from "what must be where" to an order in which nothing is lost.
 *
 * A run (one struct trans_move) must be executed before another one if it reads
 * what the other one writes. The strongly connected components of that relation
 * over whole runs, in topological order, are the plan: a component of one run
 * is simply emitted (overlap with itself is what memmove is for). Larger ones
 * are cut until every piece maps onto whole pieces. Destinations are disjoint,
 * so over pieces the relation is a functional graph: its components are single
 * pieces and simple cycles, and a cycle goes through the spare.
 *
 * The only memory is that of the two lists. Runs live in the wanted list; the
 * unused end of the plan holds the search's nodes, which are done with before
 * the plan grows over them.
 */
#include <trans_table/moves.h>

#include "fail.h"

/*
 * Marks in the low bits of len, which are free because a unit is >= 16:
 * JOINED: in the same component as the run before it.
 * FRESH:  cut here, but the cut has not been carried on to the source yet.
 */
#define JOINED ((uint64_t)1)
#define FRESH ((uint64_t)2)
#define MARKS ((uint64_t)15)

#define NONE UINT64_MAX

struct planner {
	struct trans_moves *want;
	struct trans_moves *plan;
	uint64_t unit;
	struct trans_range spare;
	struct trans_error *err;
};

static bool is_zero_fill(const struct trans_move *move)
{
	return move->src == TRANS_ZERO;
}

static uint64_t run_len(const struct trans_move *run)
{
	return run->len & ~MARKS;
}

static uint64_t dst_last(const struct trans_move *run)
{
	return run->dst + (run_len(run) - 1);
}

static uint64_t src_last(const struct trans_move *run)
{
	return run->src + (run_len(run) - 1);
}

/* @len is not 0. */
static bool passes_top(uint64_t start, uint64_t len)
{
	return len - 1 > UINT64_MAX - start;
}

static bool overlap(uint64_t first_a, uint64_t last_a, uint64_t first_b,
		    uint64_t last_b)
{
	return first_a <= last_b && first_b <= last_a;
}

static void swap_moves(struct trans_move *a, struct trans_move *b)
{
	struct trans_move old = *a;

	*a = *b;
	*b = old;
}

/* ---- lists ---- */

void trans_moves_init(struct trans_moves *list, struct trans_move *storage,
		      size_t capacity)
{
	list->move = storage;
	list->count = 0;
	list->capacity = capacity;
}

/* Is @b what follows @a at both ends? Compares against wrapping to 0, too. */
static bool continues(const struct trans_move *a, const struct trans_move *b)
{
	if (b->dst != a->dst + a->len || b->dst < a->dst ||
	    a->len > UINT64_MAX - b->len)
		return false;
	if (is_zero_fill(a) || is_zero_fill(b))
		return is_zero_fill(a) && is_zero_fill(b);
	return b->src == a->src + a->len && b->src > a->src;
}

static int append(struct trans_moves *list, const struct trans_move *move)
{
	if (list->count == list->capacity)
		return TRANS_ENOSPC;
	list->move[list->count++] = *move;
	return TRANS_OK;
}

int trans_moves_add(struct trans_moves *list, trans_pa_t src, trans_pa_t dst,
		    uint64_t len)
{
	struct trans_move move = { src, dst, len };
	struct trans_move *last;

	if (!len)
		return TRANS_OK;
	if (passes_top(dst, len) ||
	    (!is_zero_fill(&move) && passes_top(src, len)))
		return TRANS_ERANGE;
	last = list->count ? &list->move[list->count - 1] : NULL;
	if (last && continues(last, &move)) {
		last->len += len;
		return TRANS_OK;
	}
	return append(list, &move);
}

uint64_t trans_moves_bytes(const struct trans_moves *list)
{
	uint64_t bytes = 0;
	size_t i;

	for (i = 0; i < list->count; i++) {
		uint64_t len = list->move[i].len;

		bytes = len > UINT64_MAX - bytes ? UINT64_MAX : bytes + len;
	}
	return bytes;
}

/* ---- order by destination ---- */

static void sift_down(struct trans_move *run, size_t count, size_t parent)
{
	for (;;) {
		size_t child = 2 * parent + 1;

		if (child >= count)
			return;
		if (child + 1 < count && run[child].dst < run[child + 1].dst)
			child++;
		if (run[parent].dst >= run[child].dst)
			return;
		swap_moves(&run[parent], &run[child]);
		parent = child;
	}
}

static bool is_sorted(const struct trans_move *run, size_t count)
{
	size_t i;

	for (i = 1; i < count; i++)
		if (run[i - 1].dst > run[i].dst)
			return false;
	return true;
}

/* Heap sort: no recursion, no memory, no bad case. */
static void sort_by_dst(struct trans_move *run, size_t count)
{
	size_t i;

	if (is_sorted(run, count))
		return;
	for (i = count / 2; i-- > 0;)
		sift_down(run, count, i);
	for (i = count; i-- > 1;) {
		swap_moves(&run[0], &run[i]);
		sift_down(run, i, 0);
	}
}

/* Index of the first of the sorted runs whose destination ends at or after
 * @addr; @count if there is none. */
static size_t first_ending_from(const struct trans_move *run, size_t count,
				uint64_t addr)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (dst_last(&run[mid]) < addr)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* ---- which run before which ---- */

/*
 * Strongly connected components by depth first search with one number per node
 * (D. Pearce, "A space-efficient algorithm for finding strongly connected
 * components", 2016), and the stacks as lists through the nodes, so that three
 * words per run are enough: the three of the unused move that is the node.
 *
 * low:  0 before the visit; then twice the order of the first node known to be
 *       in the same component, plus 1 if that is not the node itself; NONE when
 *       the component is complete
 * link: the next node on the stack it is on; then the final place of the run
 * edge: the next run to look at; then JOINED or 0
 */
struct graph {
	struct trans_move *run;
	struct trans_move *node;
	size_t count;
	uint64_t visiting; /* stack: the path from the root to here */
	uint64_t waiting;  /* stack: done with, component not complete */
	uint64_t visited;
	uint64_t placed;
};

static uint64_t *low(const struct graph *graph, size_t v)
{
	return &graph->node[v].src;
}

static uint64_t *link(const struct graph *graph, size_t v)
{
	return &graph->node[v].dst;
}

static uint64_t *edge(const struct graph *graph, size_t v)
{
	return &graph->node[v].len;
}

static void begin_visit(struct graph *graph, size_t v)
{
	const struct trans_move *run = &graph->run[v];

	*low(graph, v) = 2 * ++graph->visited;
	*link(graph, v) = graph->visiting;
	graph->visiting = v;
	*edge(graph, v) = is_zero_fill(run) ?
				  graph->count :
				  first_ending_from(graph->run, graph->count,
						    run->src);
}

/* The next run that overwrites what run @v reads. */
static uint64_t next_edge(const struct graph *graph, size_t v)
{
	uint64_t w = *edge(graph, v);

	if (w >= graph->count || graph->run[w].dst > src_last(&graph->run[v]))
		return NONE;
	*edge(graph, v) = w + 1;
	return w;
}

/* @v reaches @w, hence whatever @w reaches. */
static void reaches(const struct graph *graph, size_t v, size_t w)
{
	uint64_t through = *low(graph, w) | 1;

	if (through < *low(graph, v))
		*low(graph, v) = through;
}

static void place(struct graph *graph, size_t v, uint64_t joined)
{
	*low(graph, v) = NONE;
	*link(graph, v) = graph->placed++;
	*edge(graph, v) = joined;
}

static void place_component(struct graph *graph, size_t root)
{
	uint64_t first = *low(graph, root);

	place(graph, root, 0);
	while (graph->waiting != NONE && *low(graph, graph->waiting) >= first) {
		size_t v = graph->waiting;

		graph->waiting = *link(graph, v);
		place(graph, v, JOINED);
	}
}

static void end_visit(struct graph *graph, size_t v)
{
	uint64_t parent = *link(graph, v);

	graph->visiting = parent;
	if (*low(graph, v) & 1) {
		*link(graph, v) = graph->waiting;
		graph->waiting = v;
	} else {
		place_component(graph, v);
	}
	if (parent != NONE)
		reaches(graph, parent, v);
}

static void visit_from(struct graph *graph, size_t root)
{
	begin_visit(graph, root);
	while (graph->visiting != NONE) {
		size_t v = graph->visiting;
		uint64_t w = next_edge(graph, v);

		if (w == NONE)
			end_visit(graph, v);
		else if (!*low(graph, w))
			begin_visit(graph, w);
		else
			reaches(graph, v, w);
	}
}

static void move_to_places(const struct graph *graph)
{
	size_t i;

	for (i = 0; i < graph->count; i++) {
		while (*link(graph, i) != i) {
			size_t to = *link(graph, i);

			swap_moves(&graph->run[i], &graph->run[to]);
			swap_moves(&graph->node[i], &graph->node[to]);
		}
		graph->run[i].len |= *edge(graph, i);
	}
}

/*
 * Bring runs, sorted by destination and without marks, into the order in which
 * components are to be executed, *last one first*, so that the list can be
 * consumed (and the first group be split) at its end.
 */
static int order(struct trans_move *run, size_t count, struct trans_moves *plan)
{
	struct graph graph = { .run = run, .node = &plan->move[plan->count],
			       .count = count, .visiting = NONE,
			       .waiting = NONE };
	size_t i;

	if (plan->capacity - plan->count < count)
		return TRANS_ENOSPC;
	memset(graph.node, 0, count * sizeof(*graph.node));
	/* From above: what is free to choose comes out by rising address. */
	for (i = count; i-- > 0;)
		if (!*low(&graph, i))
			visit_from(&graph, i);
	move_to_places(&graph);
	return TRANS_OK;
}

/* Unmark the last component of an ordered list; returns where it starts. */
static size_t last_component(struct trans_moves *list)
{
	size_t start = list->count - 1;

	while (list->move[start].len & JOINED)
		list->move[start--].len &= ~JOINED;
	return start;
}

/* ---- cut runs that block each other until pieces map onto pieces ---- */

/* Cut at @addr if it lies inside, not at the start, of one of @count sorted
 * runs: appends the part from @addr on, marked, and leaves the run as it is. */
static int cut_at(struct trans_moves *list, const struct trans_move *run,
		  size_t count, uint64_t addr, bool *cut)
{
	size_t at = first_ending_from(run, count, addr);
	struct trans_move tail;

	*cut = at < count && run[at].dst < addr;
	if (!*cut)
		return TRANS_OK;
	tail.src = run[at].src + (addr - run[at].dst);
	tail.dst = addr;
	tail.len = (run_len(&run[at]) - (addr - run[at].dst)) | FRESH;
	return append(list, &tail);
}

/* Cut where the sources of @count runs end. A source that ends at 2^64 ends in
 * no run: 0, which it wraps to, is inside of none. */
static int cut_at_source_ends(struct trans_moves *list, size_t start)
{
	const size_t count = list->count - start;
	const struct trans_move *run = &list->move[start];
	size_t i;

	for (i = 0; i < count; i++) {
		bool cut;
		int status = cut_at(list, run, count, src_last(&run[i]) + 1,
				    &cut);

		if (status)
			return status;
	}
	return TRANS_OK;
}

/* Carry the fresh cut at @from on to its source, to the source of that, and so
 * on for at most @steps. The mark stays where the way is to be continued. */
static int carry_cut(struct trans_moves *list, struct trans_move *from,
		     const struct trans_move *run, size_t count, size_t steps)
{
	struct trans_move *at = from;

	while (steps--) {
		bool cut;
		int status = cut_at(list, run, count, at->src, &cut);

		if (status)
			return status;
		at->len &= ~FRESH;
		if (!cut)
			return TRANS_OK;
		at = &list->move[list->count - 1];
	}
	return TRANS_OK;
}

static int carry_cuts(struct trans_moves *list, size_t start, size_t steps)
{
	const size_t count = list->count - start;
	struct trans_move *run = &list->move[start];
	size_t i;

	for (i = 0; i < count; i++) {
		int status = TRANS_OK;

		if (run[i].len & FRESH)
			status = carry_cut(list, &run[i], run, count, steps);
		if (status)
			return status;
	}
	return TRANS_OK;
}

/* Sort the cuts in, once each, and end each piece where the next one starts.
 * Returns whether any of them is fresh. */
static bool settle_cuts(struct trans_moves *list, size_t start)
{
	struct trans_move *run = &list->move[start];
	size_t i, kept = 0;
	bool fresh;

	sort_by_dst(run, list->count - start);
	fresh = run[0].len & FRESH;
	for (i = 1; i < list->count - start; i++) {
		uint64_t gap = run[i].dst - run[kept].dst;

		fresh |= run[i].len & FRESH;
		if (!gap) {
			run[kept].len |= run[i].len & FRESH;
			continue;
		}
		if (run_len(&run[kept]) > gap)
			run[kept].len = gap | (run[kept].len & FRESH);
		run[++kept] = run[i];
	}
	list->count = start + kept + 1;
	return fresh;
}

/*
 * Cut the runs from @start on, sorted by destination, at each boundary of a
 * source, at what these cuts map to, and so on. Then a piece either has exactly
 * one piece as its source, or (partly) others that are shorter or nobody's; so
 * along a cycle all are of one length and match.
 *
 * Ways to follow can be long, can meet, and can run in circles: they are
 * followed in rounds of doubling length, with what is known sorted after each.
 * Ways that are still open at the end of a round had nothing in common in it,
 * so the next one finds at most twice as many cuts as there are.
 */
static int cut_to_pieces(struct trans_moves *list, size_t start)
{
	size_t i, steps = 1;
	int status;

	for (i = start; i < list->count; i++)
		list->move[i].len |= FRESH;
	status = cut_at_source_ends(list, start);
	if (status)
		return status;
	while (settle_cuts(list, start)) {
		/* Out of room may have meant: with cuts found twice. */
		if (status && list->count == list->capacity)
			return status;
		status = carry_cuts(list, start, steps);
		if (steps <= SIZE_MAX / 2)
			steps *= 2;
	}
	return status;
}

/* ---- emit ---- */

/*
 * Append an executable move, joined with the last one if it continues it in
 * either direction. Joining is safe: each move of a plan reads what was there
 * before the last one, which is what a memmove over both does. (Only what comes
 * back from the spare is not; to continue a move that includes its save, the
 * cycle would have to end both above and below the spare.)
 */
static int emit(struct planner *p, uint64_t src, uint64_t dst, uint64_t len)
{
	struct trans_move move = { src, dst, len };
	struct trans_moves *plan = p->plan;
	struct trans_move *last;

	last = plan->count ? &plan->move[plan->count - 1] : NULL;
	if (last && continues(&move, last)) {
		move.len += last->len;
		*last = move;
		return TRANS_OK;
	}
	if (trans_moves_add(plan, src, dst, len))
		return trans_fail_pa(p->err, TRANS_ENOSPC,
				     "the plan has too little room", dst, len);
	return TRANS_OK;
}

static const struct trans_move *find_dst(const struct trans_move *run,
					 size_t count, uint64_t dst)
{
	return &run[first_ending_from(run, count, dst)];
}

/* Turn @len bytes at @offset of each piece of the cycle of @count pieces. */
static int turn(struct planner *p, const struct trans_move *run, size_t count,
		uint64_t offset, uint64_t len)
{
	const struct trans_move *at = &run[0];
	int status = emit(p, run[0].dst + offset, p->spare.start, len);

	while (!status && at->src != run[0].dst) {
		status = emit(p, at->src + offset, at->dst + offset, len);
		at = find_dst(run, count, at->src);
	}
	if (status)
		return status;
	return emit(p, p->spare.start, at->dst + offset, len);
}

static int break_cycle(struct planner *p, struct trans_move *run, size_t count)
{
	uint64_t offset, len, whole = run[0].len;

	sort_by_dst(run, count);
	if (!p->spare.len)
		return trans_fail_pa(p->err, TRANS_ENOENT,
				     "a cycle of moves and no spare memory",
				     run[0].dst, whole);
	for (offset = 0; offset < whole; offset += len) {
		int status;

		len = whole - offset;
		if (len > p->spare.len)
			len = p->spare.len;
		status = turn(p, run, count, offset, len);
		if (status)
			return status;
	}
	return TRANS_OK;
}

/* Emit the last component of pieces, and drop it. */
static int emit_pieces(struct planner *p)
{
	size_t start = last_component(p->want);
	struct trans_move *run = &p->want->move[start];
	size_t count = p->want->count - start;

	p->want->count = start;
	if (count == 1)
		return emit(p, run->src, run->dst, run->len);
	return break_cycle(p, run, count);
}

/* Emit runs, from @start on, that block each other in a circle. */
static int untangle(struct planner *p, size_t start)
{
	struct trans_move *run = &p->want->move[start];
	int status;

	sort_by_dst(run, p->want->count - start);
	status = cut_to_pieces(p->want, start);
	if (!status)
		status = order(run, p->want->count - start, p->plan);
	if (status)
		return trans_fail(p->err, status, "too little room for splits");
	while (!status && p->want->count > start)
		status = emit_pieces(p);
	return status;
}

static int emit_all(struct planner *p)
{
	int status = TRANS_OK;

	while (!status && p->want->count) {
		size_t start = last_component(p->want);

		if (start == p->want->count - 1)
			status = emit_pieces(p);
		else
			status = untangle(p, start);
	}
	return status;
}

/* ---- the input ---- */

static int check_spare(struct planner *p)
{
	const struct trans_range *spare = &p->spare;

	if (!spare->len)
		return TRANS_OK;
	if ((spare->start | spare->len) & (p->unit - 1))
		return trans_fail_pa(p->err, TRANS_EALIGN, "spare memory",
				     spare->start, spare->len);
	if (passes_top(spare->start, spare->len))
		return trans_fail_pa(p->err, TRANS_ERANGE, "spare memory",
				     spare->start, spare->len);
	return TRANS_OK;
}

static int check_clear_of_spare(const struct planner *p, uint64_t start,
				uint64_t last)
{
	uint64_t spare_last = p->spare.start + (p->spare.len - 1);

	if (!p->spare.len || !overlap(start, last, p->spare.start, spare_last))
		return TRANS_OK;
	return trans_fail_pa(p->err, TRANS_EOVERLAP,
			     "a move touches the spare memory", start,
			     last - start + 1);
}

/* @move is not empty. */
static int check_move(const struct planner *p, const struct trans_move *move)
{
	uint64_t src = is_zero_fill(move) ? 0 : move->src;
	int status;

	if ((src | move->dst | move->len) & (p->unit - 1))
		return trans_fail_pa(p->err, TRANS_EALIGN,
				     "a move is no multiple of the unit",
				     move->dst, move->len);
	if (passes_top(move->dst, move->len) || passes_top(src, move->len))
		return trans_fail_pa(p->err, TRANS_ERANGE,
				     "a move passes 2^64", move->dst,
				     move->len);
	status = check_clear_of_spare(p, move->dst, dst_last(move));
	if (!status && !is_zero_fill(move))
		status = check_clear_of_spare(p, move->src, src_last(move));
	return status;
}

/* Check each move for itself, and drop the empty ones. */
static int check_moves(struct planner *p)
{
	struct trans_moves *want = p->want;
	size_t i, kept = 0;

	for (i = 0; i < want->count; i++) {
		int status;

		if (!want->move[i].len)
			continue;
		status = check_move(p, &want->move[i]);
		if (status)
			return status;
		want->move[kept++] = want->move[i];
	}
	want->count = kept;
	return TRANS_OK;
}

static int check_destinations(const struct planner *p)
{
	size_t i;

	for (i = 1; i < p->want->count; i++) {
		const struct trans_move *a = &p->want->move[i - 1];
		const struct trans_move *b = a + 1;
		uint64_t last = dst_last(a);

		if (last > dst_last(b))
			last = dst_last(b);
		if (b->dst <= last)
			return trans_fail_pa(p->err, TRANS_EOVERLAP,
					     "two destinations overlap", b->dst,
					     last - b->dst + 1);
	}
	return TRANS_OK;
}

/* Drop what is in place, and join neighbours. The list only gets shorter. */
static void join_neighbours(struct trans_moves *want)
{
	size_t i, count = want->count;

	want->count = 0;
	for (i = 0; i < count; i++) {
		struct trans_move move = want->move[i];

		if (move.src != move.dst)
			(void)trans_moves_add(want, move.src, move.dst,
					      move.len);
	}
}

static int normalise(struct planner *p)
{
	int status;

	if (p->unit < MARKS + 1 || (p->unit & (p->unit - 1)))
		return trans_fail(p->err, TRANS_EINVAL,
				  "unit is no power of two >= 16");
	status = check_spare(p);
	if (!status)
		status = check_moves(p);
	if (status)
		return status;
	sort_by_dst(p->want->move, p->want->count);
	status = check_destinations(p);
	if (!status)
		join_neighbours(p->want);
	return status;
}

int trans_moves_plan(struct trans_moves *want, struct trans_moves *plan,
		     uint64_t unit, const struct trans_range *spare,
		     struct trans_error *err)
{
	struct planner p = { want, plan, unit, *spare, err };
	int status;

	plan->count = 0;
	status = normalise(&p);
	if (status)
		return status;
	status = order(want->move, want->count, plan);
	if (status)
		return trans_fail(err, status, "the plan has too little room");
	status = emit_all(&p);
	if (status)
		plan->count = 0;
	return status;
}
