/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Which run before which: the strongly connected components of "reads what that
 * one writes", in the order in which they are to be executed.
 */
#include "lib/moves_private.h"

#define NONE UINT64_MAX

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
 * edge: the next run to look at; then MOVES_JOINED or 0
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
	*edge(graph, v) = moves_is_zero_fill(run) ?
				  graph->count :
				  trans_moves_first_from_(
					  graph->run, graph->count, run->src);
}

/* The next run that overwrites what run @v reads. */
static uint64_t next_edge(const struct graph *graph, size_t v)
{
	uint64_t w = *edge(graph, v);

	if (w >= graph->count ||
	    graph->run[w].dst > moves_src_last(&graph->run[v]))
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
		place(graph, v, MOVES_JOINED);
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

/* Go on from @v: to @w, or back. */
static void step(struct graph *graph, size_t v, uint64_t w)
{
	if (w == NONE)
		end_visit(graph, v);
	else if (!*low(graph, w))
		begin_visit(graph, w);
	else
		reaches(graph, v, w);
}

static void visit_from(struct graph *graph, size_t root)
{
	begin_visit(graph, root);
	while (graph->visiting != NONE) {
		size_t v = graph->visiting;

		step(graph, v, next_edge(graph, v));
	}
}

static void move_to_places(const struct graph *graph)
{
	size_t i;

	for (i = 0; i < graph->count; i++) {
		while (*link(graph, i) != i) {
			size_t to = *link(graph, i);

			moves_swap(&graph->run[i], &graph->run[to]);
			moves_swap(&graph->node[i], &graph->node[to]);
		}
		graph->run[i].len |= *edge(graph, i);
	}
}

int trans_moves_order_(struct trans_move *run, size_t count,
		       struct trans_moves *plan)
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
	return 0;
}

size_t trans_moves_last_component_(struct trans_moves *list)
{
	size_t start = list->count - 1;

	while (list->move[start].len & MOVES_JOINED)
		list->move[start--].len &= ~MOVES_JOINED;
	return start;
}
