// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
/*
 * trans resume -w: other CPUs, which PSCI starts for the time of a load, and
 * which are off again before anything else happens. They run in U-Boot's text,
 * by its page tables, which nobody changes meanwhile; each has a stack of its
 * own. A worker that is lost may go on with what it was given: the caller
 * resets the board (TRANS_ELOST).
 */
#include "port.h"

#include <malloc.h>
#include <time.h>
#include <asm/system.h>
#include <trans_table/machine.h>
#include <trans_table/quiesce.h>
#include <linux/libfdt.h>

#define MAX_CPUS 64
#define STACK_LEN SZ_16K
#define WAIT_MS 5000
#define OFF_MS 3000
#define LINE 128 /* no CPU's cache lines are longer */

/* The counter's bit 15 as events: at most a millisecond apart from 64 MHz on
 * (Arm ARM D11.2.4; CNTKCTL_EL1, CNTHCTL_EL2: EVNTEN, EVNTDIR, EVNTI). */
#define EVENTS 0xf4
#define EVENTS_MASK 0xfc

/*
 * @regs: what the CPU is set up with, MMU off, so it is in memory, and nobody
 * makes its lines dirty: offsets are known to the entry. The rest is shared
 * with MMU and caches on, by ordered accesses (Arm ARM B2.3.11).
 */
struct worker {
	struct {
		u64 mair, tcr, ttbr, sctlr, vbar, hcr;
		void *stack, *global;
		u64 level; /* as CurrentEL has it */
	} __aligned(LINE) regs;
	void (*work)(void *arg) __aligned(LINE);
	void *arg;
	bool here, leaves, by_hvc;
};

/* @worker, @stack: of as many as were wanted. @id: of all CPUs. */
struct port_workers {
	struct worker worker[TRANS_WORKERS_MAX];
	u64 id[MAX_CPUS];
	u64 mpidr[TRANS_WORKERS_MAX];
	unsigned int count;
	const struct port_machine *machine;
	struct trans_workers lent;
	u8 stack[][STACK_LEN] __aligned(SZ_4K);
};

/*
 * As the first CPU is set up, by way of x0 = @regs. The firmware starts a CPU
 * at the highest level that there is: if that is not U-Boot's it is of no use,
 * and goes off again, where PSCI is not EL2's own. The TLB may hold anything.
 *
 * The way out is with the MMU off, so that this CPU walks no table any more,
 * whatever becomes of the call.
 */
asm(".pushsection .text.port_worker_entry, \"ax\"\n"
	".balign 8\n"
	".globl port_worker_entry\n"
	"port_worker_entry:\n"
	"	msr	daifset, #0xf\n"
	"	ldp	x1, x2, [x0]\n"
	"	ldp	x3, x4, [x0, #16]\n"
	"	ldp	x5, x6, [x0, #32]\n"
	"	ldp	x7, x18, [x0, #48]\n"
	"	ldr	x8, [x0, #64]\n"
	"	mrs	x9, CurrentEL\n"
	"	cmp	x9, x8\n"
	"	b.ne	3f\n"
	"	mov	sp, x7\n"
	"	cmp	x9, #(2 << 2)\n"
	"	b.eq	1f\n"
	"	msr	mair_el1, x1\n"
	"	msr	tcr_el1, x2\n"
	"	msr	ttbr0_el1, x3\n"
	"	msr	vbar_el1, x5\n"
	"	isb\n"
	"	tlbi	vmalle1\n"
	"	dsb	nsh\n"
	"	ic	iallu\n"
	"	dsb	nsh\n"
	"	isb\n"
	"	msr	sctlr_el1, x4\n"
	"	b	2f\n"
	"1:	msr	hcr_el2, x6\n"
	"	isb\n"
	"	msr	mair_el2, x1\n"
	"	msr	tcr_el2, x2\n"
	"	msr	ttbr0_el2, x3\n"
	"	msr	vbar_el2, x5\n"
	"	isb\n"
	"	tlbi	alle2\n"
	"	dsb	nsh\n"
	"	ic	iallu\n"
	"	dsb	nsh\n"
	"	isb\n"
	"	msr	sctlr_el2, x4\n"
	"2:	isb\n"
	"	mov	x29, #0\n"
	"	mov	x30, #0\n"
	"	b	port_worker_main\n"
	"3:	mov	w0, #2\n" /* TRANS_PSCI_CPU_OFF */
	"	movk	w0, #0x8400, lsl #16\n"
	"	smc	#0\n"
	"4:	wfe\n"
	"	b	4b\n"
	".globl port_worker_leave\n"
	"port_worker_leave:\n"
	"	mov	x3, #5\n" /* SCTLR_ELx.M, .C */
	"	mrs	x1, CurrentEL\n"
	"	cmp	x1, #(2 << 2)\n"
	"	b.eq	5f\n"
	"	mrs	x2, sctlr_el1\n"
	"	bic	x2, x2, x3\n"
	"	msr	sctlr_el1, x2\n"
	"	b	6f\n"
	"5:	mrs	x2, sctlr_el2\n"
	"	bic	x2, x2, x3\n"
	"	msr	sctlr_el2, x2\n"
	"6:	isb\n"
	"	cbz	w0, 3b\n"
	"	mov	w0, #2\n"
	"	movk	w0, #0x8400, lsl #16\n"
	"	hvc	#0\n"
	"	b	4b\n"
	"port_worker_entry_end:\n"
	".popsection\n");

static void wake_all(void)
{
	asm volatile("dsb ish\n\tsev" : : : "memory");
}

static void work(struct worker *worker)
{
	void (*fn)(void *arg);

	fn = __atomic_load_n(&worker->work, __ATOMIC_ACQUIRE);
	if (!fn)
		return;
	fn(worker->arg);
	__atomic_store_n(&worker->work, NULL, __ATOMIC_RELEASE);
	wake_all();
}

/* An event that is sent before the WFE is not lost (Arm ARM D1.6.1). */
void port_worker_main(struct worker *worker)
{
	__atomic_store_n(&worker->here, true, __ATOMIC_RELEASE);
	wake_all();
	while (!__atomic_load_n(&worker->leaves, __ATOMIC_ACQUIRE)) {
		work(worker);
		asm volatile("wfe");
	}
	port_worker_leave(worker->by_hvc);
}

/* Events of the counter too, as long as somebody waits; what was before comes
 * back. */
static u64 swap_events(const struct port_machine *machine, u64 set)
{
	u64 was;

	if (machine->cpu.el == 2) {
		asm volatile("mrs %0, cnthctl_el2" : "=r"(was));
		asm volatile("msr cnthctl_el2, %0\n\tisb" : :
			     "r"((was & ~EVENTS_MASK) | set));
	} else {
		asm volatile("mrs %0, cntkctl_el1" : "=r"(was));
		asm volatile("msr cntkctl_el1, %0\n\tisb" : :
			     "r"((was & ~EVENTS_MASK) | set));
	}
	return was & EVENTS_MASK;
}

static bool is_here(const struct worker *worker)
{
	return __atomic_load_n(&worker->here, __ATOMIC_ACQUIRE);
}

static bool has_worked(const struct worker *worker)
{
	return !__atomic_load_n(&worker->work, __ATOMIC_ACQUIRE);
}

static bool comes(const struct port_machine *machine,
		  const struct worker *worker,
		  bool (*so)(const struct worker *worker))
{
	ulong start = get_timer(0);
	u64 events = swap_events(machine, EVENTS);
	bool is;

	while (!(is = so(worker)) && get_timer(start) < WAIT_MS) {
		schedule();
		asm volatile("wfe");
	}
	swap_events(machine, events);
	return is;
}

static void run(void *ctx, unsigned int i, void (*fn)(void *arg), void *arg)
{
	struct port_workers *workers = ctx;

	workers->worker[i].arg = arg;
	__atomic_store_n(&workers->worker[i].work, fn, __ATOMIC_RELEASE);
	wake_all();
}

static int wait_for(void *ctx, unsigned int i)
{
	const struct port_workers *workers = ctx;

	return comes(workers->machine, &workers->worker[i], has_worked) ? 0 :
									   -1;
}

/* The registers of this CPU. */
static bool set_up(struct port_workers *workers, unsigned int i)
{
	const struct port_machine *machine = workers->machine;
	struct worker *worker = &workers->worker[i];
	struct trans_regs regs;

	if (!trans_regs_live(&machine->cpu, &regs))
		return false;
	*worker = (struct worker){ .regs = {
		.mair = regs.mair,
		.tcr = regs.tcr,
		.ttbr = regs.ttbr,
		.sctlr = get_sctlr(),
		.stack = workers->stack[i + 1],
		.global = (void *)gd,
		.level = machine->cpu.el << 2,
	}, .by_hvc = machine->conduit == TRANS_CONDUIT_HVC };
	if (machine->cpu.el == 2) {
		asm volatile("mrs %0, hcr_el2" : "=r"(worker->regs.hcr));
		asm volatile("mrs %0, vbar_el2" : "=r"(worker->regs.vbar));
	} else {
		asm volatile("mrs %0, vbar_el1" : "=r"(worker->regs.vbar));
	}
	trans_cpu_clean(NULL, worker, sizeof(*worker));
	trans_cpu_clean(NULL, port_worker_entry,
			port_worker_entry_end - port_worker_entry);
	return true;
}

static int lost(u64 id, const char *why, struct trans_error *err)
{
	port_error(err, TRANS_ELOST, why, 0, 0);
	err->desc = id;
	return TRANS_ELOST;
}

/* One that cannot be had is no loss; one that was started, and is neither here
 * nor off, is. */
static int start(struct port_workers *workers, u64 id,
		 struct trans_error *err)
{
	const struct port_machine *machine = workers->machine;
	struct worker *worker = &workers->worker[workers->count];
	enum trans_cpu_state state;

	if (!set_up(workers, workers->count) ||
	    trans_psci_cpu_on(machine->conduit, id,
			      (uintptr_t)port_worker_entry,
			      (uintptr_t)worker, NULL))
		return 0;
	if (comes(machine, worker, is_here)) {
		workers->mpidr[workers->count++] = id;
		return 0;
	}
	if (!trans_psci_affinity_info(machine->conduit, id, &state, NULL) &&
	    state == TRANS_CPU_OFF)
		return 0;
	return lost(id, "a CPU did not come", err);
}

/* As many as the tree names, up to more than any board has that U-Boot is made
 * for; of them the first that come. */
static int start_some(struct port_workers *workers, const void *fdt,
		      unsigned int most, struct trans_error *err)
{
	const u64 own = workers->machine->cpu.mpidr & TRANS_MPIDR_AFFINITY;
	const u64 *id = workers->id;
	size_t found;
	int ret = 0;

	(void)trans_fdt_cpus(fdt, fdt_totalsize(fdt), workers->id, MAX_CPUS,
			     &found, NULL);
	for (size_t i = 0; !ret && workers->count < most && i < found; i++)
		if (id[i] != own)
			ret = start(workers, id[i], err);
	return ret;
}

int port_workers_begin(struct port *port, unsigned int most,
		       const struct trans_workers **given,
		       struct trans_error *err)
{
	struct port_workers *workers;
	int ret;

	*given = NULL;
	if (!most)
		return 0;
	most = min(most, TRANS_WORKERS_MAX);
	workers = memalign(SZ_4K, sizeof(*workers) + most * STACK_LEN);
	if (!workers)
		return 0;
	port->workers = workers;
	workers->count = 0;
	workers->machine = &port->machine;
	ret = start_some(workers, port->tree, most, err);
	workers->lent = (struct trans_workers){
		.count = workers->count,
		.run = run,
		.wait = wait_for,
		.ctx = workers,
	};
	if (workers->count)
		*given = &workers->lent;
	printf("   CPUs that help: %u\n", workers->count);
	return ret;
}

/* All of them off, if none is lost: it keeps what it works with. */
int port_workers_end(struct port *port, int status, struct trans_error *err)
{
	struct port_workers *workers = port->workers;
	struct trans_error off;

	if (!workers || status == TRANS_ELOST)
		return status;
	for (unsigned int i = 0; i < workers->count; i++)
		__atomic_store_n(&workers->worker[i].leaves, true,
				 __ATOMIC_RELEASE);
	wake_all();
	if (workers->count &&
	    trans_cpus_off(port->machine.conduit, workers->mpidr,
			   workers->count, OFF_MS, &off))
		return lost(off.desc, "a CPU did not go off", err);
	free(workers);
	port->workers = NULL;
	return status;
}
