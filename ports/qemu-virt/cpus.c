/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
#include <trans_table/machine.h>
#include <trans_table/quiesce.h>

#include "alias.h"
#include "cpus.h"
#include "doze.h"
#include "head.h"
#include "machine.h"
#include "memory.h"
#include "print.h"
#include "stub.h"
#include "sysreg.h"

#define MAX_CPUS 8
#define STACK_LEN 4096
#define CPU_ALIGN 64 /* a line of every CPU that QEMU has */
#define START_MS 10000
#define STOP_MS 3000
#define ANSWER_MS 3000
#define WORK_MS 5000 /* of some milliseconds' work, by an interpreter */

/*
 * One of the others. @leave, @ask and @work are its mailboxes: what to leave
 * through, to be copied to @answer, and to be called with @arg, then cleared.
 * They, @answer and @here are written by one CPU and read by another, with MMU
 * and caches on at both, so ordered accesses are all it takes: who reads by
 * load-acquire what a store-release wrote sees all that was stored before it
 * (Arm ARM B2.3.11), @arg and what it points to on the way there, the results
 * on the way back. Both run on the same tables, Inner Shareable, which nobody
 * changes meanwhile. @hcr: what makes EL2 what the
 * first CPU's is; 0: nothing. Without E2H: it goes down to EL1, over a stub.
 * @leaves: it will be told to leave, and is woken no more, so it may not sleep.
 * Each has cache lines of its own, and what it reads with the MMU off (up to
 * @hcr) the first of them: nobody makes that line dirty after it was cleaned.
 */
struct cpu {
	_Alignas(CPU_ALIGN) struct boot_regs regs;
	uint64_t stack; /* CPU_STACK in head.S */
	uint64_t hcr;   /* CPU_HCR */
	const struct trans_transition *leave;
	uint32_t ask, answer;
	void (*work)(void *arg);
	void *arg;
	bool here, leaves;
	struct doze doze;
};
_Static_assert(offsetof(struct cpu, stack) == CPU_STACK, "head.S");
_Static_assert(offsetof(struct cpu, hcr) == CPU_HCR, "head.S");
_Static_assert(offsetof(struct cpu, leave) == CPU_ALIGN, "a line of its own");

extern char cpu_entry[] __attribute__((visibility("hidden")));
__attribute__((noreturn)) void cpu_main(struct cpu *cpu);

static struct cpu others[MAX_CPUS];
static struct doze first;
static uint64_t mpidr[MAX_CPUS];
static size_t count;
static bool last_is_stuck, last_stays;
static uint32_t question;

static _Alignas(16) char stacks[MAX_CPUS][STACK_LEN];

static void work(struct cpu *cpu)
{
	void (*fn)(void *arg) = __atomic_load_n(&cpu->work, __ATOMIC_ACQUIRE);

	if (!fn)
		return;
	fn(cpu->arg);
	__atomic_store_n(&cpu->work, NULL, __ATOMIC_RELEASE);
	doze_wake(&first);
}

static void answer(struct cpu *cpu)
{
	uint32_t ask = __atomic_load_n(&cpu->ask, __ATOMIC_ACQUIRE);

	if (ask == cpu->answer)
		return;
	__atomic_store_n(&cpu->answer, ask, __ATOMIC_RELEASE);
	doze_wake(&first);
}

static const struct trans_transition *look(struct cpu *cpu)
{
	doze_forget(&cpu->doze);
	answer(cpu);
	work(cpu);
	return __atomic_load_n(&cpu->leave, __ATOMIC_ACQUIRE);
}

/* From head.S, in the linear map; the alias was for the way here. */
void cpu_main(struct cpu *cpu)
{
	const struct trans_transition *leave;

	alias_leave();
	doze_begin(&cpu->doze, NULL);
	__atomic_store_n(&cpu->here, true, __ATOMIC_RELEASE);
	doze_wake(&first);
	while (!(leave = look(cpu))) {
		if (__atomic_load_n(&cpu->leaves, __ATOMIC_ACQUIRE))
			hint(yield);
		else
			doze_wait(&cpu->doze);
	}
	doze_end(&cpu->doze);
	trans_transition_park(leave);
}

static int failed(int status, const char *why, struct trans_error *err)
{
	*err = (struct trans_error){ .status = status, .why = why,
				     .level = TRANS_NO_LEVEL };
	return status;
}

static int find_others(struct trans_error *err)
{
	uint64_t own = sysreg_read(mpidr_el1) & TRANS_MPIDR_AFFINITY;
	uint64_t all[MAX_CPUS + 1];
	size_t found;
	int ret = trans_fdt_cpus(at_pa(machine.fdt.start), machine.fdt.len, all,
				 MAX_CPUS + 1, &found, err);

	count = 0;
	for (size_t i = 0; !ret && i < found; i++) {
		if (all[i] == own)
			continue;
		if (count == MAX_CPUS)
			return failed(TRANS_ENOSPC, "CPUs, and none is ours",
				      err);
		mpidr[count++] = all[i];
	}
	return ret;
}

/*
 * The page that the MMU goes on in must be mapped at its physical address. EL2
 * without E2H has one range, and what it runs on is what head.S switched to,
 * that page included; otherwise it was in TTBR0, and has to come back for a
 * while.
 */
static int alias_begin(void)
{
	struct trans_range page = whole_granules((struct trans_range){
		pa_of(mmu_on), 1 });

	return machine_two_halves() ? alias_prepare(NULL, page.start, page.len) :
				      0;
}

static void alias_end(void)
{
	if (machine_two_halves())
		alias_drop(NULL);
}

static struct boot_regs own_regs(void)
{
	if (!machine_two_halves())
		return (struct boot_regs){
			.mair = sysreg_read(mair_el2),
			.tcr = sysreg_read(tcr_el2),
			.ttbr0 = sysreg_read(ttbr0_el2),
			.sctlr = sysreg_read(sctlr_el2),
			.offset = linear_offset,
		};
	return (struct boot_regs){
		.mair = sysreg_read(mair_el1),
		.tcr = alias_tcr(),
		.ttbr0 = alias_ttbr0(),
		.ttbr1 = sysreg_read(ttbr1_el1),
		.sctlr = sysreg_read(sctlr_el1),
		.offset = linear_offset,
	};
}

static bool came(const struct cpu *cpu)
{
	return __atomic_load_n(&cpu->here, __ATOMIC_ACQUIRE);
}

static bool answered(const struct cpu *cpu)
{
	return __atomic_load_n(&cpu->answer, __ATOMIC_ACQUIRE) == question;
}

static int did_not(size_t i, const char *why, struct trans_error *err)
{
	*err = (struct trans_error){ .status = TRANS_ETIME,
				     .why = why,
				     .level = TRANS_NO_LEVEL,
				     .desc = mpidr[i] };
	return TRANS_ETIME;
}

/* Until it holds, or so many ticks have passed; does it hold? */
static bool wait_until(const struct cpu *cpu,
		       bool (*so)(const struct cpu *cpu), uint64_t ticks)
{
	uint64_t start = sysreg_read(cntvct_el0);
	bool over, holds;

	for (;;) {
		doze_forget(&first);
		over = sysreg_read(cntvct_el0) - start > ticks;
		holds = so(cpu);
		if (holds || over)
			return holds;
		doze_wait(&first);
	}
}

/* Wait until @so holds of the CPU @i. */
static int wait_for(size_t i, bool (*so)(const struct cpu *cpu), uint32_t ms,
		    const char *why, struct trans_error *err)
{
	uint64_t ticks = sysreg_read(cntfrq_el0) * ms / 1000;
	struct doze_timer timer;
	bool holds = so(&others[i]);

	if (holds)
		return 0;
	timer = doze_alarm(ticks);
	holds = wait_until(&others[i], so, ticks);
	doze_alarm_off(timer);
	return holds ? 0 : did_not(i, why, err);
}

/* It begins with its MMU off, so what it reads must be in memory. */
static int start_one(size_t i, struct trans_error *err)
{
	struct cpu *cpu = &others[i];
	int ret;

	*cpu = (struct cpu){
		.regs = own_regs(),
		.stack = (uint64_t)stacks[i] + STACK_LEN,
		.hcr = stub_hcr(&machine.cpu, machine.bootargs),
	};
	memory_ops.clean(&memory, cpu, sizeof(*cpu));
	ret = trans_psci_cpu_on(machine.conduit, mpidr[i], pa_of(cpu_entry),
				pa_of(cpu), err);
	return ret ? ret :
		     wait_for(i, came, START_MS, "a CPU did not come", err);
}

static int start_all(struct trans_error *err)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < count; i++)
		ret = start_one(i, err);
	if (!ret)
		print_figure("cpus_started", count, "cpus");
	return ret;
}

static void print_sound(void)
{
	uint64_t sound = first.sound;

	for (size_t i = 0; i < count; i++)
		sound += others[i].doze.sound;
	print_figure("cpus_sleep", sound, "cpus");
}

int cpus_start(const struct trans_gic *gic, bool stuck, bool stays,
	       struct trans_error *err)
{
	int ret = find_others(err);

	last_is_stuck = stuck;
	last_stays = stays;
	if (ret)
		return ret;
	ret = alias_begin();
	if (ret)
		return failed(ret, "cpus=on", err);
	if (count)
		doze_begin(&first, gic);
	ret = start_all(err);
	if (ret) /* one may still be on its way through the alias */
		return ret;
	alias_end();
	print_sound();
	return 0;
}

/* Mailboxes were written. */
static void wake_all(void)
{
	for (size_t i = 0; i < count; i++)
		doze_wake(&others[i].doze);
}

int cpus_ask(struct trans_error *err)
{
	size_t told = last_is_stuck && count ? count - 1 : count;
	int ret = 0;

	question++;
	for (size_t i = 0; i < told; i++)
		__atomic_store_n(&others[i].ask, question, __ATOMIC_RELEASE);
	wake_all();
	for (size_t i = 0; !ret && i < count; i++)
		ret = wait_for(i, answered, ANSWER_MS, "a CPU does not answer",
			       err);
	return ret;
}

static unsigned int never; /* the one that is not told, counted from 1 */
static bool never_told;

static void worker_run(void *ctx, unsigned int i, void (*fn)(void *arg),
		       void *arg)
{
	struct cpu *cpu = &others[i];

	(void)ctx;
	if (i + 1 == never) {
		never_told = true;
		return;
	}
	cpu->arg = arg;
	__atomic_store_n(&cpu->work, fn, __ATOMIC_RELEASE);
	doze_wake(&cpu->doze);
}

static bool has_worked(const struct cpu *cpu)
{
	if (never_told && cpu == &others[never - 1])
		return false;
	return !__atomic_load_n(&cpu->work, __ATOMIC_ACQUIRE);
}

static int worker_wait(void *ctx, unsigned int i)
{
	struct trans_error err;

	(void)ctx;
	return wait_for(i, has_worked, WORK_MS, "a worker", &err);
}

const struct trans_workers *cpus_workers(unsigned int most, bool stuck)
{
	static struct trans_workers workers = { .run = worker_run,
						.wait = worker_wait };

	workers.count = most < count ? most : (unsigned int)count;
	never = stuck ? workers.count : 0;
	print_figure("workers", workers.count, "cpus");
	return &workers;
}

/* They are woken first and told then: an SGI that came to one that has gone
 * would be pending when the next kernel starts it. */
int cpus_stop(const struct trans_transition *leaving, struct trans_error *err)
{
	size_t told = last_stays && count ? count - 1 : count;
	int ret;

	for (size_t i = 0; i < told; i++)
		__atomic_store_n(&others[i].leaves, true, __ATOMIC_RELEASE);
	wake_all();
	for (size_t i = 0; i < told; i++)
		__atomic_store_n(&others[i].leave, leaving, __ATOMIC_RELEASE);
	ret = trans_cpus_off(machine.conduit, mpidr, count, STOP_MS, err);
	if (ret)
		return ret;
	if (count)
		doze_end(&first);
	print_figure("cpus_off", count, "cpus");
	return 0;
}
