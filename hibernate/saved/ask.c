/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * All that is asked of a saved kernel before it is resumed, by whatever source
 * there is: its variables, which need symbols of data and types; else its log,
 * as long as that has not wrapped; else what its user space left in a file.
 */
#include "hibernate/saved/private.h"
#include "lib/fail.h"

/* More than Linux has CPUs (NR_CPUS, 4096 at most). */
#define MOST_CPUS 4096u
#define NS_PER_SECOND 1000000000ULL

/* A question in progress. @numbered: facts->cpu is known */
struct asking {
	struct trans_saved *saved;
	const struct trans_saved_question *question;
	struct trans_saved_facts *facts;
	struct saved_says says;
	uint64_t ns;
	bool numbered;
};

/* What lines say */

static int hear(void *arg, const struct trans_saved_message *message)
{
	struct asking *a = arg;

	a->ns = message->ns;
	if (message->own)
		trans_saved_line_(&a->says, message->text, message->len);
	return 0;
}

/* @wanted: the CPU's number, as far as it is known. */
static void begin(struct asking *a, uint32_t wanted)
{
	a->says = (struct saved_says){
		.mpidr = a->question->mpidr,
		.wanted = wanted,
		.command_line = a->facts->command_line,
		.command_line_len = sizeof(a->facts->command_line),
	};
}

static bool ask_sidecar(struct asking *a)
{
	const struct trans_saved_question *q = a->question;

	return q->sidecar && q->version &&
	       trans_saved_sidecar_(&a->says, q->sidecar, q->sidecar_len,
				    q->version);
}

static bool hear_all(struct asking *a, enum trans_saved_source source)
{
	if (source == TRANS_SAVED_SIDECAR)
		return ask_sidecar(a);
	return !trans_saved_log(a->saved, hear, a, NULL);
}

/* Which CPU is meant may stand behind what it has: then once more. */
static bool listen(struct asking *a, enum trans_saved_source source)
{
	uint32_t wanted = a->facts->cpu;

	begin(a, wanted);
	if (!hear_all(a, source))
		return false;
	if (!a->says.numbered || a->says.wanted == wanted)
		return true;
	wanted = a->says.wanted;
	begin(a, wanted);
	return hear_all(a, source);
}

/* Where two know, they know the same, or neither counts. */
static void compare_lpis(struct asking *a, enum trans_saved_source source)
{
	const struct saved_says *says = &a->says;
	struct trans_saved_lpis *known = &a->facts->lpis, other;

	if (!trans_saved_believe_(a->saved, says->property, says->pending, 16,
				  source, &other))
		return;
	if (!known->known)
		*known = other;
	else if (TRANS_SAVED_LPI_PA(known->propbaser) != says->property ||
		 TRANS_SAVED_LPI_PA(known->pendbaser) != says->pending)
		memset(known, 0, sizeof(*known));
}

static void ask_lines(struct asking *a, enum trans_saved_source source)
{
	struct trans_saved_facts *facts = a->facts;
	const struct saved_says *says = &a->says;

	if (!listen(a, source))
		return;
	facts->seconds = a->ns / NS_PER_SECOND;
	facts->kpti |= says->kpti;
	if (says->cpus)
		facts->cpus = says->cpus;
	if (says->numbered && !a->numbered) {
		facts->cpu = says->wanted;
		a->numbered = true;
	}
	if (!a->numbered || facts->cpu != says->wanted)
		return;
	if (!facts->midr && says->midr > 1) {
		facts->midr = says->midr;
		facts->midr_source = source;
	}
	compare_lpis(a, source);
}

/* What the kernel's variables say */

static bool number_of_cpu(struct asking *a, trans_va_t map)
{
	for (uint32_t cpu = 0; map && cpu < MOST_CPUS; cpu++) {
		uint64_t mpidr;

		if (!trans_saved_load_(a->saved, map + 8ULL * cpu, 8, &mpidr))
			break;
		if (mpidr == a->question->mpidr) {
			a->facts->cpu = cpu;
			return true;
		}
	}
	return false;
}

static void ask_midr(struct asking *a, const struct trans_saved_symbol *symbols,
		     uint32_t type)
{
	trans_va_t va = symbols[SAVED_CPU_DATA].va;
	struct trans_saved_member midr;
	uint64_t value;

	if (!va ||
	    trans_saved_member(a->saved, type, "reg_midr", &midr, NULL) ||
	    !trans_saved_per_cpu_(a->saved, symbols, a->facts->cpu, &va) ||
	    !trans_saved_load_(a->saved, va + midr.offset, 4, &value) || !value)
		return;
	a->facts->midr = value;
	a->facts->midr_source = TRANS_SAVED_MEMORY;
}

static void ask_structs(struct asking *a,
			const struct trans_saved_symbol *symbols)
{
	struct trans_saved_struct structs[] = { { "cpuinfo_arm64", 0 },
						{ "rdists", 0 } };

	if (trans_saved_types(a->saved, symbols[SAVED_START_BTF].va,
			      symbols[SAVED_STOP_BTF].va, NULL) ||
	    trans_saved_structs(a->saved, structs, 2, NULL))
		return;
	ask_midr(a, symbols, structs[0].type);
	(void)trans_saved_rdists_(a->saved, symbols, structs[1].type,
				  a->facts->cpu, &a->facts->lpis);
}

static void ask_variables(struct asking *a)
{
	struct trans_saved_symbol symbols[SAVED_SYMBOLS] = {
		[SAVED_START_BTF] = { "__start_BTF", 0 },
		[SAVED_STOP_BTF] = { "__stop_BTF", 0 },
		[SAVED_PER_CPU_OFFSET] = { "__per_cpu_offset", 0 },
		[SAVED_LOGICAL_MAP] = { "__cpu_logical_map", 0 },
		[SAVED_CPU_DATA] = { "cpu_data", 0 },
		[SAVED_GIC_RDISTS] = { "gic_rdists", 0 },
	};

	if (trans_saved_symbols(a->saved, symbols, SAVED_SYMBOLS, NULL))
		return;
	a->numbered = number_of_cpu(a, symbols[SAVED_LOGICAL_MAP].va);
	if (a->numbered)
		ask_structs(a, symbols);
}

int trans_saved_ask(struct trans_saved *saved,
		    const struct trans_saved_question *question,
		    struct trans_saved_facts *facts, struct trans_error *err)
{
	struct asking a = { .saved = saved, .question = question,
			    .facts = facts };

	memset(facts, 0, sizeof(*facts));
	(void)trans_saved_text(saved, "OSRELEASE", facts->release,
			       sizeof(facts->release), NULL);
	ask_variables(&a);
	ask_lines(&a, TRANS_SAVED_LOG);
	if (!facts->midr || !facts->lpis.known)
		ask_lines(&a, TRANS_SAVED_SIDECAR);
	return trans_saved_answer_(saved, true, NULL, err);
}
