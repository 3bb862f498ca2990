/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The order of moves: no run is overwritten before it was read, whatever the
 * runs are. By induction, since a solver has a hard time with the search as a
 * whole: what is_sound says is so when nothing was visited; each step leaves it
 * so, from any state in which it is, and brings the end nearer; and where it is
 * so and all is visited, the places are an order that loses nothing.
 *
 * Claims are written without branches, as a solver takes them better.
 */
#include "lib/moves_order.c"

#include "tests/proofs/proof.h"

static struct trans_move run[RUNS], node[RUNS];
static struct graph graph = { .run = run, .node = node };

/* What the proof knows beside the search's three words of a run: in which order
 * visits began, whose are on the path, and how deep in its stack, the path or
 * what waits, one is. Both count from 1. */
static uint8_t order[RUNS], depth[RUNS];
static bool on_path[RUNS];

/* What the three words mean. */
static bool new[RUNS], placed[RUNS], waiting[RUNS], visiting[RUNS];
static uint8_t reached[RUNS]; /* the first visit that it is known to reach */

/* Does what a run reads start before another one's destination ends; and does
 * it read any of that? */
static bool starts[RUNS][RUNS], edge_to[RUNS][RUNS];

/* Any relation that is transitive and holds where one reads: what holds of all
 * such is so of "there is a way", too. */
static bool way[RUNS][RUNS];

#define EACH(v) for (size_t v = 0; v < graph.count; v++)
#define IMPLIES(a, b) (!(a) || (b))

/* ---- runs ---- */

/* As check_moves, sorting and check_destinations leave them. */
static bool are_runs(void)
{
	bool ok = true;

	EACH(v) {
		ok &= run[v].len && !(run[v].len & MOVES_MARKS) &&
		      run[v].len - 1 <= UINT64_MAX - run[v].dst;
		ok &= run[v].src == TRANS_ZERO ||
		      run[v].len - 1 <= UINT64_MAX - run[v].src;
		if (v)
			ok &= run[v - 1].dst + (run[v - 1].len - 1) <
			      run[v].dst;
	}
	return ok;
}

static void find_edges(void)
{
	EACH(v) EACH(w) {
		bool reads = run[v].src != TRANS_ZERO;

		starts[v][w] = reads &&
			       run[v].src <= run[w].dst + (run[w].len - 1);
		edge_to[v][w] = starts[v][w] &&
				run[w].dst <= run[v].src + (run[v].len - 1);
	}
}

static bool is_way(void)
{
	bool ok = true;

	EACH(v) EACH(w) {
		ok &= IMPLIES(edge_to[v][w], way[v][w]);
		EACH(x)
			ok &= IMPLIES(way[v][w] && way[w][x], way[v][x]);
	}
	return ok;
}

/* As `search` proves of the one that halves: here a solver has a hard time with
 * it. */
size_t trans_moves_first_from_(const struct trans_move *sorted, size_t count,
			       uint64_t addr)
{
	size_t first = count;

	PROVE(sorted == run && count == graph.count, "all of them");
	for (size_t v = count; v-- > 0;)
		if (run[v].dst + (run[v].len - 1) >= addr)
			first = v;
	return first;
}

/* ---- stacks ---- */

static unsigned int height(const bool *on)
{
	unsigned int count = 0;

	EACH(v)
		count += on[v];
	return count;
}

/* Is @top the top of a stack, each depth there once, each link one deeper? */
static bool is_stack(uint64_t top, const bool *on)
{
	const unsigned int count = height(on);
	bool ok = count || top == NONE;

	EACH(v) {
		ok &= IMPLIES(on[v], depth[v] && depth[v] <= count &&
			      (depth[v] == count) == (top == v) &&
			      (depth[v] == 1) == (node[v].dst == NONE));
		EACH(w)
			ok &= IMPLIES(on[v] && on[w],
				      (v == w || depth[v] != depth[w]) &&
				      (depth[w] + 1 == depth[v]) ==
				      (node[v].dst == w));
	}
	return ok;
}

/* ---- what is always so ---- */

static void look(void)
{
	EACH(v) {
		new[v] = !node[v].src;
		placed[v] = node[v].src == NONE;
		waiting[v] = !new[v] && !placed[v] && !on_path[v];
		visiting[v] = !new[v] && !placed[v] && on_path[v];
		reached[v] = (uint8_t)(node[v].src / 2);
	}
}

static bool are_counted(void)
{
	unsigned int visits = 0;
	bool ok = true;

	EACH(v) {
		visits += !new[v];
		ok &= IMPLIES(!new[v], order[v] && order[v] <= graph.visited);
		EACH(w)
			ok &= IMPLIES(v != w && !new[v] && !new[w],
				      order[v] != order[w]);
	}
	return ok && visits == graph.visited &&
	       height(placed) == graph.placed;
}

/* An active one's number is that of itself, or of one that it reaches, visited
 * before, and whose component is not complete either. */
static bool has_number(size_t v)
{
	bool other = false;

	EACH(w)
		other |= (waiting[w] || visiting[w]) && way[v][w] &&
			 order[w] == reached[v];
	return (node[v].src & 1) ? other && reached[v] < order[v] :
				   reached[v] == order[v] && visiting[v];
}

/* What was looked at is counted, but for the visit that goes on above; and of
 * one that waits, all was looked at. */
static bool has_looked(size_t v)
{
	bool ok = node[v].len <= graph.count;

	EACH(w) {
		bool above = visiting[v] && visiting[w] &&
			     depth[w] == depth[v] + 1;
		bool looked = edge_to[v][w] && w < node[v].len;

		ok &= IMPLIES(above, edge_to[v][w] && node[v].len == w + 1);
		ok &= IMPLIES(w >= node[v].len, visiting[v] ? starts[v][w] :
							    !edge_to[v][w]);
		ok &= IMPLIES(looked, !new[w]);
		ok &= IMPLIES(looked && !above && !placed[w],
			      reached[v] <= order[w]);
	}
	return ok;
}

/* A visit reaches what came after it; on the path that is above it. */
static bool has_reached(size_t v)
{
	bool ok = true;

	EACH(w) {
		bool after = order[w] > order[v];

		ok &= IMPLIES((waiting[w] || visiting[w]) && after, way[v][w]);
		ok &= IMPLIES(visiting[w], (depth[w] > depth[v]) == after);
	}
	return ok;
}

/* One that waits does so for the last one of the path that came before it,
 * where its number is counted. */
static bool has_its_turn(size_t w)
{
	bool found = false, ok = true;

	EACH(v) {
		bool nearest = visiting[v] && order[v] < order[w];

		found |= nearest;
		EACH(x)
			nearest &= !(visiting[x] && order[x] > order[v] &&
				     order[x] < order[w]);
		ok &= IMPLIES(nearest, reached[v] <= reached[w]);
	}
	return found && ok;
}

/* What waits since visit @v began is above what waited before. */
static bool divides(size_t v)
{
	bool ok = true;

	EACH(a) EACH(b)
		ok &= IMPLIES(waiting[a] && waiting[b] &&
			      order[a] > order[v] && order[b] < order[v],
			      depth[a] > depth[b]);
	return ok;
}

/* What it reads is overwritten later, or in the same component; and in one
 * component each reaches the others. */
static bool has_place(size_t v)
{
	const uint64_t at = node[v].dst;
	bool ok = at < graph.placed &&
		  (!node[v].len || (at && node[v].len == MOVES_JOINED));

	EACH(w) {
		bool joined = true;

		EACH(x)
			joined &= IMPLIES(placed[x] && node[x].dst > at &&
					  node[x].dst <= node[w].dst,
					  node[x].len);
		ok &= IMPLIES(edge_to[v][w],
			      placed[w] && (node[w].dst <= at || joined));
		ok &= IMPLIES(w != v && placed[w], node[w].dst != at);
		ok &= IMPLIES(placed[w] && node[v].len &&
			      node[w].dst + 1 == at,
			      way[v][w] && way[w][v]);
	}
	return ok;
}

static bool is_sound(void)
{
	bool ok;

	look();
	ok = are_counted();
	ok &= is_stack(graph.visiting, visiting);
	ok &= is_stack(graph.waiting, waiting);
	EACH(v) {
		bool number = has_number(v), looked = has_looked(v);
		bool all = has_reached(v), turn = has_its_turn(v);
		bool apart = divides(v), place = has_place(v);

		ok &= IMPLIES(!new[v] && !placed[v], number && looked);
		ok &= IMPLIES(visiting[v], all && apart);
		ok &= IMPLIES(waiting[v], turn);
		ok &= IMPLIES(placed[v], place);
	}
	return ok;
}

/* ---- any of them ---- */

static void any_runs(size_t count)
{
	graph.count = count;
	EACH(v) {
		run[v] = (struct trans_move){ nondet_u64(), nondet_u64(),
					      nondet_u64() };
		EACH(w)
			way[v][w] = nondet_bool();
	}
	ASSUME(are_runs());
	find_edges();
	ASSUME(is_way());
}

static uint64_t any_word(void)
{
	return nondet_bool() ? NONE : nondet_u8();
}

static void any_state(size_t count)
{
	any_runs(count);
	EACH(v) {
		node[v] = (struct trans_move){ any_word(), any_word(),
					       nondet_u8() };
		order[v] = nondet_u8();
		depth[v] = nondet_u8();
		on_path[v] = nondet_bool();
	}
	graph.visiting = any_word();
	graph.waiting = any_word();
	graph.visited = nondet_u8();
	graph.placed = nondet_u8();
	ASSUME(is_sound());
}

/* ---- steps ---- */

/* More than the steps that are to come. */
static unsigned int ahead(void)
{
	unsigned int steps = 0;

	EACH(v)
		steps += new[v] ? graph.count + 2 :
			 visiting[v] ? graph.count + 1 - node[v].len : 0;
	return steps;
}

static void has_begun(size_t v)
{
	order[v] = (uint8_t)graph.visited;
	on_path[v] = true;
	look();
	depth[v] = (uint8_t)height(visiting);
}

static void has_ended(size_t v)
{
	on_path[v] = false;
	look();
	depth[v] = (uint8_t)height(waiting);
}

static void has_stepped(size_t v, uint64_t visited)
{
	if (graph.visited != visited)
		has_begun(graph.visiting);
	else if (graph.visiting != v)
		has_ended(v);
	PROVE(is_sound(), "still so");
}

static uint64_t any_step(void)
{
	any_state(RUNS);
	ASSUME(graph.visiting == AT);
	graph.visiting = AT;
	return next_edge(&graph, AT);
}

/* From run AT to another one. What CBMC knows of that makes it much easier for
 * a solver. */
void prove_onward(void)
{
	const uint64_t w = any_step(), visited = graph.visited;
	const unsigned int before = ahead() + 1; /* its edge was counted */

	ASSUME(w != NONE);
	PROVE(w < graph.count, "a run");
	EACH(x)
		if (x == w)
			step(&graph, AT, x);
	has_stepped(AT, visited);
	PROVE(ahead() < before, "nearer to the end");
}

/* From run AT back to the one before it, or to none. */
void prove_back(void)
{
	const uint64_t w = any_step(), visited = graph.visited;
	const unsigned int before = ahead();

	ASSUME(w == NONE);
	step(&graph, AT, NONE);
	has_stepped(AT, visited);
	PROVE(ahead() < before, "nearer to the end");
}

/* ---- begin and end ---- */

/* Nothing was visited; and wherever the path is empty, the next one begins. */
void prove_begin(void)
{
	any_runs(RUNS);
	graph.visiting = graph.waiting = NONE;
	PROVE(is_sound(), "so at first");
	for (size_t v = 0; v < RUNS; v++) {
		any_state(RUNS);
		ASSUME(graph.visiting == NONE && new[v]);
		begin_visit(&graph, v);
		has_begun(v);
		PROVE(is_sound(), "still so");
	}
}

/* The list is executed from its end on. */
static void is_in_order(void)
{
	EACH(v) EACH(w) {
		bool later = node[w].dst > node[v].dst, joined = later;

		EACH(x)
			joined &= IMPLIES(node[x].dst > node[v].dst &&
					  node[x].dst <= node[w].dst,
					  node[x].len == MOVES_JOINED);
		PROVE(IMPLIES(edge_to[v][w] && later, joined),
		      "what is read is not overwritten before");
		PROVE(IMPLIES(joined, way[v][w] && way[w][v]),
		      "only what is in each other's way is joined");
	}
}

/* Whichever the places are. */
static void are_moved(void)
{
	uint64_t place[RUNS];

	EACH(v) {
		place[v] = nondet_u8();
		ASSUME(place[v] < RUNS);
		for (size_t w = 0; w < v; w++)
			ASSUME(place[w] != place[v]);
		run[v] = (struct trans_move){ v, 0, 16 };
		node[v] = (struct trans_move){ NONE, place[v],
					       v % 2 ? MOVES_JOINED : 0 };
	}
	move_to_places(&graph);
	EACH(v) EACH(w)
		PROVE(IMPLIES(place[v] == w, run[w].src == v &&
			      run[w].len == (v % 2 ? 16 | MOVES_JOINED : 16)),
		      "each is where its place is");
}

/* All was visited: the places are an order, and the runs go there. */
void prove_end(void)
{
	any_state(RUNS);
	ASSUME(graph.visiting == NONE && graph.visited == RUNS);
	EACH(v)
		PROVE(placed[v] && node[v].dst < RUNS, "all have a place");
	is_in_order();
	are_moved();
}
