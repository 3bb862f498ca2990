/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The library's builder against the frozen one: the same random operations on
 * twin tables. After each of them both must say the same, map the same, have
 * given back what they need no more, and have told beforehand what they would
 * allocate; a failure must have changed nothing. Where the library does
 * something else on purpose, listed.c says so and why. What is not listed there
 * ends the run with the shortest episode that shows it.
 *
 * differential OPERATIONS SEED; differential --episode SEED shows one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "forgotten.h"
#include "frozen/desc.h"
#include "listed.h"

#define MOST_STEPS 48

/* What the processes that run episodes tell. */
static struct told {
	unsigned long operations, skipped, failures, mishaps;
	unsigned long by_operation[OPERATIONS], done[OPERATIONS];
	unsigned long hits[LISTED_MOST];
	unsigned long statuses[32];
	unsigned int at;  /* the step that was run last */
	enum finding_kind kind;
} *told;

struct episode {
	struct scene s;
	struct step step[MOST_STEPS];
	bool drop[MOST_STEPS];
	unsigned int count;
	bool verbose;
	const struct step *now;
	/* Of each side, after the last operation; 0: not known. */
	uint64_t state[2];
	unsigned int told[LISTED_MOST]; /* findings of this step */
	bool failed, over;
	struct finding bad;
};

/* How an operation went on both sides. */
struct outcome {
	int estimate[2], ret[2];
	struct trans_report planned[2], done[2];
	bool finished[2];
};

/* ---- findings ------------------------------------------------------------ */

static int on_finding(void *arg, const struct finding *found)
{
	struct episode *e = arg;
	struct finding f = *found;

	f.step = e->now;
	for (unsigned int i = 0; i < listed_count; i++) {
		if (!listed[i].is(&f))
			continue;
		told->hits[i]++;
		e->told[i]++;
		e->over |= listed[i].ends;
		if (f.kind == EMPTY_TABLE && !f.d[0] &&
		    !twin_prune(&e->s.side[1], f.table, f.va, f.level))
			e->over = true;
		if (e->verbose && e->told[i] == 1)
			printf("    (%s at %#llx)\n", listed[i].name,
			       (unsigned long long)f.va);
		return 0;
	}
	e->bad = f;
	e->failed = true;
	told->kind = f.kind;
	return 1;
}

static void wrong(struct episode *e, int k, const char *why)
{
	struct finding f = { .kind = WRONG_ALONE, .s = &e->s,
			     .table = e->now->on, .why = why,
			     .status = { k } };

	if (!e->failed)
		on_finding(e, &f);
}

static void expect(struct episode *e, int k, bool holds, const char *why)
{
	if (!holds)
		wrong(e, k, why);
}

/* ---- one operation ------------------------------------------------------- */

static bool is_estimate(const struct step *p)
{
	return p->flags & TRANS_ESTIMATE;
}

static void check_report(struct episode *e, int k, int ret,
			 const struct trans_report *r)
{
	expect(e, k, !ret || (r->error.status == ret && r->error.why),
	       "the report does not say what the status does");
}

static uint64_t state_before(struct episode *e, int k)
{
	if (!e->state[k])
		e->state[k] = twin_state(&e->s.side[k]);
	return e->state[k];
}

static void check_unchanged(struct episode *e, int k, const char *why)
{
	expect(e, k, twin_state(&e->s.side[k]) == e->state[k], why);
}

static void estimate(struct episode *e, struct outcome *o)
{
	for (int k = 0; k < 2; k++) {
		struct side *side = &e->s.side[k];
		unsigned long taken = side->place.taken;

		state_before(e, k);
		o->estimate[k] = step_run(e->now, &e->s, side, TRANS_ESTIMATE,
					  &o->planned[k]);
		check_unchanged(e, k, "an estimate changes something");
		expect(e, k, side->place.taken == taken,
		       "an estimate allocates");
		check_report(e, k, o->estimate[k], &o->planned[k]);
	}
}

static void compare_status(struct episode *e, const int status[2],
			   const struct trans_report r[2])
{
	struct finding f = {
		.kind = OTHER_STATUS, .s = &e->s, .table = e->now->on,
		.status = { status[0], status[1] },
		.failed = { r[0].error.va, r[1].error.va },
	};

	if (!e->failed && status[0] != status[1])
		on_finding(e, &f);
}

static bool is_mishap_status(int ret, enum mishap what)
{
	if (what == NO_MEMORY)
		return ret == TRANS_ENOMEM;
	if (what == NO_ACQUIRE)
		return ret == TRANS_EHOST;
	if (what == STOPPED || what == STOPPED_FOREIGN)
		return ret == TRANS_ESTOPPED;
	return ret == TRANS_EFAULT;
}

/* There are no more pages, and something else would have failed later. */
static bool is_no_room(const struct outcome *o, int k)
{
	return o->ret[k] == TRANS_ENOMEM && o->estimate[k];
}

/* Once with the mishap; a side that gets by it is done. */
static void try_with_mishap(struct episode *e, struct outcome *o, int k)
{
	struct side *side = &e->s.side[k];
	bool did;

	mishap_arm(&e->s, side, e->now->mishap, e->now->nth);
	o->ret[k] = step_run(e->now, &e->s, side, 0, &o->done[k]);
	did = mishap_disarm(&e->s, side);
	told->mishaps += did;
	check_report(e, k, o->ret[k], &o->done[k]);
	if (!o->ret[k]) {
		o->finished[k] = true;
		/* Pages that cannot be read when they are to be given back are
		 * lost, as ops.h says. */
		e->over |= did && e->now->mishap == NO_PAGE;
		return;
	}
	expect(e, k, o->ret[k] == o->estimate[k] || side->t[e->now->on].live ||
			     is_no_room(o, k) ||
			     (did && is_mishap_status(o->ret[k],
						      e->now->mishap)),
	       "a failure that neither mishap nor estimate explain");
	if (did && e->now->mishap == NO_PAGE &&
	    o->ret[k] != TRANS_EFAULT)
		e->over = true;
	else
		check_unchanged(e, k, "a failure changed something");
}

static void run_plainly(struct episode *e, struct outcome *o, int k)
{
	struct side *side = &e->s.side[k];

	o->ret[k] = step_run(e->now, &e->s, side, 0, &o->done[k]);
	check_report(e, k, o->ret[k], &o->done[k]);
	if (o->ret[k] == TRANS_ENOMEM && e->now->op == WINDOW)
		e->over = true; /* no block that large */
	else if (is_no_room(o, k))
		o->ret[k] = o->estimate[k];
	else if (!side->t[e->now->on].live)
		expect(e, k, o->ret[k] == o->estimate[k],
		       "the estimate told another status");
	if (o->ret[k] || is_estimate(e->now))
		check_unchanged(e, k, "a failure changed something");
	o->finished[k] = !o->ret[k];
}

/* Of a side that did it: pages. */
static void check_pages(struct episode *e, const struct outcome *o, int k,
			unsigned long taken, uint32_t pages)
{
	const struct side *side = &e->s.side[k];
	const struct trans_table *t = &side->t[e->now->on];
	const struct trans_stats *stats = &o->done[k].stats;
	long sum = 0, windows = 0;

	if (is_estimate(e->now) || e->over)
		return;
	expect(e, k, taken == stats->tables, "stats.tables is not what it took");
	expect(e, k, o->planned[k].stats.tables == stats->tables,
	       "the estimate told another number of tables");
	expect(e, k, t->pages == pages + stats->tables - stats->tables_freed,
	       "tables_freed is not what it gave back");
	expect(e, k, twin_pages(side, e->now->on) == t->pages,
	       "the tree has more or fewer pages than the table says");
	for (int i = 0; i < OWN; i++) {
		sum += side->t[i].pages;
		windows += side->t[i].window_tables;
	}
	expect(e, k, side->place.m.balance >= sum &&
			     side->place.m.balance <= sum + windows,
	       "pages are not with their owners");
	expect(e, k, !e->s.watched || side->place.m.acquired == sum,
	       "pages are not acquired, or not released");
}

static void run_side(struct episode *e, struct outcome *o, int k)
{
	struct side *side = &e->s.side[k];
	unsigned long taken = side->place.taken;
	uint32_t pages = side->t[e->now->on].pages;

	if (e->now->mishap)
		try_with_mishap(e, o, k);
	if (e->failed || e->over)
		return;
	if (!o->finished[k]) {
		taken = side->place.taken;
		run_plainly(e, o, k);
	}
	if (o->finished[k] && !e->failed)
		check_pages(e, o, k, side->place.taken - taken, pages);
}

/* Would all pages find room on both sides? */
static bool fits(const struct episode *e, const struct outcome *o)
{
	for (int k = 0; k < 2; k++) {
		const struct memory *m = &e->s.side[k].place.m;
		long most = (long)(m->len >> m->shift) - m->balance;

		if (!o->estimate[k] && o->planned[k].stats.tables + 2 > most)
			return false;
	}
	return true;
}

/* ---- after it ------------------------------------------------------------ */

static void note_share(struct episode *e)
{
	const struct step *p = e->now;
	struct scene *s = &e->s;

	s->lent[p->from] = true;
	s->borrows[p->on][p->from] = true;
	s->restricted[p->on] |= p->from < OWN ? s->restricted[p->from] :
					       s->restricts[p->from - OWN];
}

static bool borrows(const struct scene *s, unsigned int i)
{
	for (unsigned int k = 0; k < TABLES; k++)
		if (s->borrows[i][k])
			return true;
	return false;
}

static void compare_tables(struct episode *e)
{
	const struct step *p = e->now;
	struct scene *s = &e->s;
	struct finding more = { .kind = MORE_PAGES, .s = s, .table = p->on };
	uint64_t seed = p->seed;
	trans_va_t va;

	twin_compare(s, p->on, on_finding, e);
	if (e->failed || e->over)
		return;
	if (s->side[0].t[p->on].pages > s->side[1].t[p->on].pages)
		on_finding(e, &more);
	for (int i = 0; i < 8; i++) {
		va = (p->op == IDMAP ? p->pa : p->va) +
		     (i ? below(&seed, p->len) : 0);
		expect(e, 0, twin_walks(s, p->on, va),
		       "the reference walker sees a difference");
	}
	expect(e, 0, borrows(s, p->on) || twin_groups(&s->side[0], p->on, &va),
	       "a contiguous bit outside of a whole group");
}

/* As the host does: entries of its own, the same on both sides. */
static void write_window(struct episode *e)
{
	const struct step *p = e->now;
	uint64_t seed = p->seed;

	for (int i = 0; i < 6; i++) {
		uint64_t at = below(&seed, p->len >> e->s.granule);
		trans_pa_t pa = below(&seed, 256) << e->s.granule;
		uint64_t d = i & 1 ? 0 : desc_leaf(&e->s.geo[p->on], 3, pa,
						   LEAF_AF).v;
		uint64_t *slot[2];

		for (int k = 0; k < 2; k++) {
			const struct side *side = &e->s.side[k];
			const struct trans_window *w = &side->window[p->on];

			expect(e, k, w->count == p->len >> e->s.granule,
			       "the window is not as large as asked for");
			slot[k] = (uint64_t *)place_look(&side->place,
							 w->entries + 8 * at);
		}
		if ((*slot[0] | *slot[1]) & LEAF_CONT)
			continue;
		*slot[0] = *slot[1] = d;
	}
}

static void operate(struct episode *e)
{
	struct outcome o = { 0 };

	estimate(e, &o);
	compare_status(e, o.estimate, o.planned);
	if (e->failed || e->over || !fits(e, &o)) {
		told->skipped++;
		return;
	}
	for (int k = 0; k < 2 && !e->failed && !e->over; k++)
		run_side(e, &o, k);
	if (e->failed || e->over)
		return;
	compare_status(e, o.ret, o.done);
	memset(e->state, 0, sizeof(e->state));
	if (e->verbose)
		printf("    %s, %u and %u tables made, %u and %u there\n",
		       trans_strerror(o.ret[0]), o.done[0].stats.tables,
		       o.done[1].stats.tables, e->s.side[0].t[e->now->on].pages,
		       e->s.side[1].t[e->now->on].pages);
	told->by_operation[e->now->op]++;
	told->done[e->now->op] += !o.ret[0];
	told->statuses[-o.ret[0]]++;
	if (e->failed || o.ret[0] || is_estimate(e->now))
		return;
	if (e->now->op == SHARE)
		note_share(e);
	if (e->now->op == WINDOW)
		write_window(e);
	compare_tables(e);
}

static void finish(struct episode *e)
{
	struct trans_regs regs;
	int ret[2];

	for (int k = 0; k < 2; k++)
		ret[k] = trans_table_finish(&e->s.side[k].t[e->now->on], &regs,
					    NULL);
	expect(e, 0, ret[0] == ret[1], "finish differs");
}

static void take_step(struct episode *e, const struct step *p)
{
	struct scene *s = &e->s;

	e->now = p;
	memset(e->told, 0, sizeof(e->told));
	told->operations++;
	if (e->verbose)
		step_print(p);
	if (p->op == SCRIBBLE && !s->lent[p->from])
		foreign_scribble(s, p->from - OWN, p->seed);
	if (p->op == SCRIBBLE || s->lent[p->on])
		return; /* its tables are others' too */
	if (p->op == SHARE && p->from >= OWN && s->corrupt)
		return; /* the frozen builder goes astray below what it links */
	if (p->op == RESET)
		scene_reset(s, p->on);
	else if (p->op == FINISH)
		finish(e);
	else
		operate(e);
	if (p->op >= OPERATIONS)
		memset(e->state, 0, sizeof(e->state));
}

/* ---- episodes ------------------------------------------------------------ */

/* Who borrows goes first. */
static void close_tables(struct episode *e)
{
	bool first = e->s.borrows[1][0];

	for (int k = 0; k < 2; k++) {
		struct side *side = &e->s.side[k];

		trans_table_destroy(&side->t[first]);
		trans_table_destroy(&side->t[!first]);
		expect(e, k, e->over || (!side->place.m.balance &&
					 !side->place.m.acquired),
		       "destroy leaves pages behind");
	}
}

static void run_episode(struct episode *e)
{
	for (unsigned int i = 0; i < e->count && !e->failed && !e->over; i++) {
		told->at = i;
		if (!e->drop[i])
			take_step(e, &e->step[i]);
	}
	if (!e->failed)
		close_tables(e);
}

static void plan(struct episode *e, uint64_t seed)
{
	uint64_t steps = seed ^ 0x517e95;

	memset(e, 0, sizeof(*e));
	scene_open(&e->s, seed);
	e->count = 8 + (unsigned int)below(&steps, MOST_STEPS - 8);
	for (unsigned int i = 0; i < e->count; i++)
		e->step[i] = step_pick(&e->s, &steps);
}

static void print_geometry(const char *what, unsigned int i,
			   const struct trans_geometry *geo, trans_va_t anchor)
{
	printf("  %s %u: %uK va %u pa %u regime %u%s%s, levels from %d, at "
	       "%#llx\n", what, i, 1u << (geo->granule_shift - 10),
	       geo->va_bits, geo->pa_bits, geo->regime,
	       geo->upper ? " upper" : "", geo->ds ? " DS" : "",
	       geo->start_level, (unsigned long long)anchor);
}

static void print_scene(const struct scene *s)
{
	printf("episode %#llx%s%s\n", (unsigned long long)s->seed,
	       s->watched ? ", watched" : "", s->corrupt ? ", corrupt" : "");
	for (unsigned int i = 0; i < TABLES; i++)
		print_geometry(i < OWN ? "own" : "foreign",
			       i < OWN ? i : i - OWN, &s->geo[i],
			       s->anchor[i]);
}

static void print_finding(const struct finding *f)
{
	static const char *const kinds[] = {
		"other status", "other mapping", "other level", "other group",
		"empty table", "more pages", "wrong",
	};

	printf("differential: %s: table %u", kinds[f->kind], f->table);
	if (f->kind == WRONG_ALONE)
		printf(", %s builder: %s\n", f->status[0] ? "frozen" : "new",
		       f->why);
	else if (f->kind == OTHER_STATUS)
		printf(": new %s at %#llx, frozen %s at %#llx\n",
		       trans_strerror(f->status[0]),
		       (unsigned long long)f->failed[0],
		       trans_strerror(f->status[1]),
		       (unsigned long long)f->failed[1]);
	else
		printf(", %#llx, level %d: new %#llx, frozen %#llx\n",
		       (unsigned long long)f->va, f->level,
		       (unsigned long long)f->d[0],
		       (unsigned long long)f->d[1]);
}

/* Run it in a process of its own, since it may die. True: all is well. */
static bool run_apart(uint64_t seed, const bool *drop, unsigned int count,
		      bool verbose)
{
	static struct episode e;
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid) {
		waitpid(pid, &status, 0);
		return WIFEXITED(status) && !WEXITSTATUS(status);
	}
	if (!verbose && drop)
		fclose(stderr);
	plan(&e, seed);
	if (drop) {
		memcpy(e.drop, drop, sizeof(e.drop));
		e.count = count < e.count ? count : e.count;
	}
	e.verbose = verbose;
	if (verbose)
		print_scene(&e.s);
	run_episode(&e);
	if (verbose && e.failed)
		print_finding(&e.bad);
	fflush(stdout);
	_exit(e.failed);
}

/* Leave out what the failure does without, and show the rest. */
static void minimise(uint64_t seed)
{
	bool drop[MOST_STEPS] = { false };
	unsigned int count;
	enum finding_kind kind;

	told->kind = FINDINGS;
	run_apart(seed, drop, MOST_STEPS, false);
	count = told->at + 1;
	kind = told->kind;
	for (unsigned int i = count - 1; i--;) {
		drop[i] = true;
		told->kind = FINDINGS;
		if (run_apart(seed, drop, count, false) || told->kind != kind)
			drop[i] = false;
	}
	run_apart(seed, drop, count, true);
}

static void summarise(void)
{
	static const char *const names[] = {
		"copy", "share", "map", "map_by", "idmap", "unmap", "protect",
		"fold", "window",
	};

	printf("  %lu mishaps, %lu left out for want of room;", told->mishaps,
	       told->skipped);
	for (int i = 0; i < OPERATIONS; i++)
		printf(" %s %lu/%lu", names[i], told->done[i],
		       told->by_operation[i]);
	printf("\n ");
	for (int i = 1; i < 32; i++)
		if (told->statuses[i])
			printf(" %s %lu", trans_strerror(-i),
			       told->statuses[i]);
	printf("\n");
	for (unsigned int i = 0; i < listed_count; i++)
		printf("  %-14s %8lu  %s\n", listed[i].name, told->hits[i],
		       listed[i].why);
}

int main(int argc, char **argv)
{
	unsigned long operations = argc > 1 ? strtoul(argv[1], NULL, 0) : 5000;
	uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 0) : 1;

	setvbuf(stdout, NULL, _IOLBF, 0);
	told = mmap(NULL, sizeof(*told), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (told == MAP_FAILED)
		return 2;
	if (argc > 2 && !strcmp(argv[1], "--episode"))
		return !run_apart(seed, NULL, 0, true);
	if (!forgotten_not(&builders[0]) || forgotten_not(&builders[1])) {
		printf("differential: a restriction is forgotten, or by neither\n");
		return 1;
	}
	while (told->operations < operations) {
		uint64_t episode = rnd(&seed);

		if (run_apart(episode, NULL, 0, false))
			continue;
		minimise(episode);
		return 1;
	}
	summarise();
	printf("differential: %lu operations agree\n", told->operations);
	return 0;
}
