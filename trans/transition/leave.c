/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The way out: the host leaves, then silence this CPU and branch to the blob,
 * to move everything, to say that the host could not leave, or (the other CPUs)
 * to be switched off. Nothing is allocated, and only the host can fail; the
 * first byte is overwritten in the blob.
 */
#include "lib/machine/arch.h"
#include "trans/transition/private.h"

#define TRBLIMITR_E 1u
#define TCO_ON (1ULL << 25)
#define ALLINT_ON (1ULL << 13)
#define SDEI_PE_MASK 0xc400002bULL /* Arm DEN 0054 */

/*
 * The profiling and trace buffers are written by virtual address through tables
 * that are about to go. Stop the source, wait for what is under way, then close
 * the buffer (Arm ARM D17 and D6, "Synchronization").
 */
static void stop_profile(const struct trans_cpu *cpu)
{
	if (trans_arch_read_(TRANS_PMBIDR_EL1) & BUFFER_OWNED_ABOVE)
		return;
	trans_arch_write_(TRANS_PMSCR_EL1, 0);
	if (cpu->el == 2)
		trans_arch_write_(TRANS_PMSCR_EL2, 0);
	trans_arch_drain_profile_();
	trans_arch_write_(TRANS_PMBLIMITR_EL1, 0);
	trans_arch_sync_();
}

/* The filters: nothing of this world is traced any more. */
static void stop_tracing(const struct trans_cpu *cpu)
{
	trans_arch_write_(TRANS_TRFCR_EL1, 0);
	if (cpu->el == 2)
		trans_arch_write_(TRANS_TRFCR_EL2, 0);
	trans_arch_sync_();
}

/*
 * TF-A traps TRFCR (MDCR_EL3.TTRF) on every CPU that has it, unless it was
 * built to give the trace away, and no bit says which. A trace buffer that is
 * ours and switched on says that whoever did that had the filters too.
 * Otherwise nothing traces into memory by our tables, and they may stay as they
 * are.
 */
static void stop_trace_buffer(const struct trans_cpu *cpu, bool filters)
{
	if (trans_arch_read_(TRANS_TRBIDR_EL1) & BUFFER_OWNED_ABOVE ||
	    !(trans_arch_read_(TRANS_TRBLIMITR_EL1) & TRBLIMITR_E))
		return;
	if (filters)
		stop_tracing(cpu);
	trans_arch_drain_trace_();
	trans_arch_write_(TRANS_TRBLIMITR_EL1, 0);
	trans_arch_drain_trace_();
}

/* booting.rst wants it off, and the blob's returns would be checked against a
 * stack in the host's address space. Off in the middle of a call is harmless:
 * a return without it checks nothing. */
static void stop_control_stack(const struct trans_cpu *cpu)
{
	trans_arch_write_(TRANS_GCSCR_EL1, 0);
	trans_arch_write_(TRANS_GCSCRE0_EL1, 0);
	if (cpu->el == 2)
		trans_arch_write_(TRANS_GCSCR_EL2, 0);
	trans_arch_sync_();
}

/* Streaming mode changes what instructions exist; nobody expects it on. */
static void stop_streaming(const struct trans_cpu *cpu)
{
	enum trans_sysreg trap = cpu->el == 2 ? TRANS_CPTR_EL2 :
						TRANS_CPACR_EL1;

	if (trans_state_sme_usable_(cpu, trans_arch_read_(trap)))
		trans_arch_write_(TRANS_SVCR, 0);
}

static void mask_firmware_events(const struct trans_transition_args *args)
{
	if (!args->sdei)
		return;
	if (args->conduit == TRANS_CONDUIT_HVC)
		trans_arch_hvc_(SDEI_PE_MASK, 0, 0, 0);
	else
		trans_arch_smc_(SDEI_PE_MASK, 0, 0, 0);
}

static void silence(const struct trans_transition_args *args,
		    const struct trans_cpu *cpu)
{
	unsigned int leave = trans_state_leave_(cpu);

	trans_arch_mask_();
	if (leave & TRANS_LEAVE_NMI)
		trans_arch_write_(TRANS_ALLINT, ALLINT_ON);
	mask_firmware_events(args);
	if (leave & TRANS_LEAVE_SPE)
		stop_profile(cpu);
	if (leave & TRANS_LEAVE_TRBE)
		stop_trace_buffer(cpu, leave & TRANS_LEAVE_TRF);
	if (leave & TRANS_LEAVE_GCS)
		stop_control_stack(cpu);
	/* Breakpoints, watchpoints and single step, in the next world too. */
	trans_arch_write_(TRANS_MDSCR_EL1, 0);
	if (leave & TRANS_LEAVE_SME)
		stop_streaming(cpu);
	if (leave & TRANS_LEAVE_MTE)
		trans_arch_write_(TRANS_TCO, TCO_ON);
	if (leave & TRANS_LEAVE_PAN)
		trans_arch_write_(TRANS_PAN, 0);
	trans_arch_sync_();
}

/* To where the blob can be branched to. */
static void step_out(const struct trans_transition *transition,
		     const struct trans_cpu *cpu)
{
	const struct trans_transition_args *args = &transition->args;

	silence(args, cpu);
	if (args->alias_enter)
		args->alias_enter(args->host);
	/* The blob was written as data; no older line may be fetched. */
	trans_arch_icache_();
}

#define MOVE 0
#define NOT_QUIET (1ULL << BLOB_NOT_QUIET_BIT)
#define OFF (1ULL << BLOB_OFF_BIT)

static uint64_t x0_of(const struct trans_transition *transition,
		      const struct trans_cpu *cpu, uint64_t what)
{
	return transition->data | trans_state_entry_(cpu) | what;
}

static __attribute__((noreturn)) void into_blob(
	const struct trans_transition *transition, const struct trans_cpu *cpu,
	uint64_t what)
{
	trans_arch_jump_(transition->code + BLOB_ENTRY,
			 x0_of(transition, cpu, what));
}

/*
 * The blob writes the report and says why, with its MMU off: no table, cache or
 * console of the host's is asked for anything. It resets the machine, or parks.
 * It comes back where only the host can reset it, and that is then the last the
 * host does.
 */
static __attribute__((noreturn)) void not_quiet(
	const struct trans_transition *transition,
	const struct trans_error *why)
{
	const struct trans_transition_args *args = &transition->args;

	trans_control_note_(transition, why);
	step_out(transition, args->cpu);
	trans_arch_call_(transition->code + BLOB_ENTRY,
			 x0_of(transition, args->cpu, NOT_QUIET));
	args->reset(args->host);
	into_blob(transition, args->cpu, OFF);
}

/* 0 or negative. */
static int have_left(const struct trans_transition_args *args,
		     struct trans_error *why)
{
	int ret = args->leave ? args->leave(args->host, why) : 0;

	why->status = ret <= 0 ? ret : TRANS_EHOST;
	why->why = why->why ? why->why : "leave failed";
	return why->status;
}

void trans_transition_go(const struct trans_transition *transition)
{
	struct trans_error why = { 0 };

	/* A mistake of the caller's; there is nothing to return to, and
	 * nothing to go to. */
	if (!transition->prepared || !transition->asked)
		for (;;)
			;
	if (have_left(&transition->args, &why))
		not_quiet(transition, &why);
	step_out(transition, transition->args.cpu);
	into_blob(transition, transition->args.cpu, MOVE);
}

/* CPUs of one machine may differ in what there is to silence. */
void trans_transition_park(const struct trans_transition *transition)
{
	struct trans_cpu cpu;

	trans_cpu_read(&cpu);
	/* But of what firmware grants the host may know more than they do. */
	cpu.granted &= transition->args.cpu->granted;
	step_out(transition, &cpu);
	into_blob(transition, &cpu, OFF);
}
