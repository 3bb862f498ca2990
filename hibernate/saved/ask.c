/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * All that is asked of a saved kernel before it is resumed, by whatever source
 * there is: its log, as long as that has not wrapped; else its variables, which
 * need symbols of data and types, and cost as much as the rest of a small load;
 * else what its user space left in a file. What its CPUs have only one of its
 * variables says.
 */
#include "hibernate/saved/private.h"
#include "lib/assume.h"
#include "lib/fail.h"

/* More than Linux has CPUs (NR_CPUS, 4096 at most). */
#define MOST_CPUS 4096u
#define NS_PER_SECOND 1000000000ULL

/* A question in progress. @numbered: facts->cpu is known. @ignored: what is
 * said of tables once @tables are the answer */
struct asking {
	struct trans_saved *saved;
	const struct trans_saved_question *question;
	struct trans_saved_facts *facts;
	struct saved_tables tables, ignored;
	struct saved_says says;
	uint64_t ns;
	bool numbered;
};

static bool is_done(const struct asking *a)
{
	return a->facts->midr &&
	       (a->facts->lpis.known || !a->question->room);
}

/* CPU @cpu is the one that saved. All who know say the same. */
static bool take_number(struct asking *a, uint32_t cpu)
{
	if (!a->numbered)
		a->facts->cpu = cpu;
	a->numbered = true;
	return a->facts->cpu == cpu;
}

static void believe(struct asking *a, unsigned int bits,
		    enum trans_saved_source source)
{
	if (trans_saved_believe_(a->saved, &a->tables, bits,
				 a->question->mpidr, a->facts->cpus,
				 &a->facts->lpis))
		a->facts->lpis.source = source;
}

/* What lines say */

static int hear(void *arg, const struct trans_saved_message *message)
{
	struct asking *a = arg;

	a->ns = message->ns;
	if (message->own)
		trans_saved_line_(&a->says, message->text, message->len);
	return 0;
}

static bool ask_sidecar(struct asking *a)
{
	const struct trans_saved_question *q = a->question;
	uint8_t boot[SAVED_BOOT];

	return !TRANS_ASSUME_NO_SIDECAR && q->sidecar && q->version &&
	       trans_saved_sidecar_(&a->says, q->sidecar, q->sidecar_len,
				    q->version, boot) &&
	       trans_saved_is_boot_(a->saved, boot);
}

static bool listen(struct asking *a, enum trans_saved_source source)
{
	struct saved_tables *tables = a->facts->lpis.known ? &a->ignored :
							     &a->tables;

	trans_saved_forget_(tables);
	a->says = (struct saved_says){
		.mpidr = a->question->mpidr,
		.tables = tables,
		.command_line = a->facts->command_line,
		.command_line_len = sizeof(a->facts->command_line),
	};
	if (source == TRANS_SAVED_SIDECAR)
		return ask_sidecar(a);
	return !trans_saved_log(a->saved, hear, a, NULL);
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
	if (!says->numbered || !take_number(a, says->cpu))
		return;
	if (!facts->midr && says->midr > 1) {
		facts->midr = says->midr;
		facts->midr_source = source;
	}
	if (!facts->lpis.known)
		believe(a, 16, source);
}

/* What the kernel's variables say */

static bool number_of_cpu(struct asking *a, trans_va_t map)
{
	for (uint32_t cpu = 0; map && cpu < MOST_CPUS; cpu++) {
		uint64_t mpidr;

		if (!trans_saved_load_(a->saved, map + 8ULL * cpu, 8, &mpidr))
			break;
		if (mpidr == a->question->mpidr)
			return take_number(a, cpu);
	}
	return false;
}

static void ask_midr(struct asking *a, const struct trans_saved_symbol *symbols,
		     uint32_t type)
{
	trans_va_t va = symbols[SAVED_CPU_DATA].va;
	struct trans_saved_member midr;
	uint64_t value;

	if (!va || a->facts->midr ||
	    trans_saved_member(a->saved, type, "reg_midr", &midr, NULL) ||
	    !trans_saved_per_cpu_(a->saved, symbols, a->facts->cpu, &va) ||
	    !trans_saved_load_(a->saved, va + midr.offset, 4, &value) || !value)
		return;
	a->facts->midr = value;
	a->facts->midr_source = TRANS_SAVED_MEMORY;
}

static void ask_rdists(struct asking *a,
		       const struct trans_saved_symbol *symbols, uint32_t type)
{
	unsigned int bits;

	if (!a->facts->lpis.known &&
	    trans_saved_rdists_(a->saved, symbols, type, &a->tables, &bits))
		believe(a, bits, TRANS_SAVED_MEMORY);
}

/* What is known is not looked for. */
static void ask_structs(struct asking *a,
			const struct trans_saved_symbol *symbols)
{
	struct trans_saved_struct structs[] = { { "cpuinfo_arm64", 0 },
						{ "rdists", 0 } };
	bool midr = !a->facts->midr;
	bool lpis = a->question->room && !a->facts->lpis.known;

	if (trans_saved_types(a->saved, symbols[SAVED_START_BTF].va,
			      symbols[SAVED_STOP_BTF].va, NULL) ||
	    trans_saved_structs(a->saved, structs + !midr,
				(size_t)midr + lpis, NULL))
		return;
	ask_midr(a, symbols, structs[0].type);
	if (structs[1].type)
		ask_rdists(a, symbols, structs[1].type);
}

static void ask_variables(struct asking *a)
{
	struct trans_saved_symbol symbols[SAVED_SYMBOLS] = {
		[SAVED_FEATURES] = { "arm64_ftr_regs", 0 },
		[SAVED_START_BTF] = { "__start_BTF", 0 },
		[SAVED_STOP_BTF] = { "__stop_BTF", 0 },
		[SAVED_PER_CPU_OFFSET] = { "__per_cpu_offset", 0 },
		[SAVED_LOGICAL_MAP] = { "__cpu_logical_map", 0 },
		[SAVED_CPU_DATA] = { "cpu_data", 0 },
		[SAVED_GIC_RDISTS] = { "gic_rdists", 0 },
		[SAVED_NR_CPU_IDS] = { "nr_cpu_ids", 0 },
	};
	size_t wanted = is_done(a) ? SAVED_FEATURES + 1 : SAVED_SYMBOLS;

	if ((!TRANS_ASSUME_NO_ORDER && !trans_saved_has_data_(a->saved)) ||
	    trans_saved_symbols(a->saved, symbols, wanted, NULL))
		return;
	trans_saved_features_(a->saved, symbols[SAVED_FEATURES].va, a->facts);
	if (is_done(a) || !number_of_cpu(a, symbols[SAVED_LOGICAL_MAP].va))
		return;
	if (!TRANS_ASSUME_NO_ORDER)
		ask_rdists(a, symbols, 0);
	if (!is_done(a))
		ask_structs(a, symbols);
}

int trans_saved_ask(struct trans_saved *saved,
		    const struct trans_saved_question *question,
		    struct trans_saved_facts *facts, struct trans_error *err)
{
	struct asking a = {
		.saved = saved, .question = question, .facts = facts,
		.tables = { .of = question->pending, .room = question->room },
	};

	memset(facts, 0, sizeof(*facts));
	facts->lpis.asked = question->room != 0;
	(void)trans_saved_text(saved, "OSRELEASE", facts->release,
			       sizeof(facts->release), NULL);
	ask_lines(&a, TRANS_SAVED_LOG);
	ask_variables(&a);
	if (!is_done(&a))
		ask_lines(&a, TRANS_SAVED_SIDECAR);
	return trans_saved_answer_(saved, true, NULL, err);
}
