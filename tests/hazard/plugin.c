/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The seam to QEMU: every block, access and system instruction of every CPU
 * becomes a call of cpu.c's. Arguments:
 *
 *	ram=PA+LEN+NAME   a block of RAM (guest.h), any number of them
 *	host=PATH+OFFSET  what the host's program is (handover.h)
 *	blob=PATH+OFFSET  where the blob is in a file; blob.bin is one alone
 *	clean=PA+LEN      memory that firmware hands over clean besides
 *	dma=PA+LEN        virtio devices whose DMA is not coherent (dma.h)
 *	out=PATH          where findings go
 *	blocks=N          how many blocks of the next world are looked at
 *
 * One lock for everything: with several CPUs QEMU runs them side by side, and
 * with thread=single the plugin is told wrong CPU numbers.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api.h"
#include "dma.h"
#include "findings.h"
#include "guest.h"
#include "handover.h"
#include "sys.h"

#define EXPORT __attribute__((visibility("default")))
/* TTBR writes with the MMU on after which a kernel has tables of its own. */
#define OWN_TABLES 2

EXPORT int qemu_plugin_version = API_VERSION;
EXPORT int qemu_plugin_install(uint64_t id, const struct qemu_info *info,
			       int argc, char **argv);

/* One translated instruction. */
struct insn {
	uint64_t pa, va;
	uint32_t site;
	uint8_t el;
	bool begins_line, begins_block;
	struct sys sys;
};

enum { REG_SCTLR1, REG_SCTLR2, REG_TCR1, REG_TCR2, REG_TTBR0_1, REG_TTBR0_2,
       REG_TTBR1_1, REG_TTBR1_2, REG_MAIR1, REG_MAIR2, REG_HCR, REG_CPSR,
       REG_CTR, REG_COUNT };
static const char *const reg_name[REG_COUNT] = {
	"SCTLR", "SCTLR_EL2", "TCR_EL1", "TCR_EL2", "TTBR0_EL1", "TTBR0_EL2",
	"TTBR1_EL1", "TTBR1_EL2", "MAIR_EL1", "MAIR_EL2", "HCR_EL2", "cpsr",
	"CTR_EL0"
};
static struct qemu_plugin_register *reg[REG_COUNT], *x[31];
static GByteArray *scratch;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool active, begun_on;
static bool stale[CPUS];     /* registers are to be read again */
static uint32_t wrote[CPUS]; /* by which instruction */
static uint8_t dczid[CPUS];  /* in which X it now is, + 1; 0: nothing new */
static uint64_t blocks_left = 1500000;
static struct insn start;

static uint64_t read_handle(struct qemu_plugin_register *handle)
{
	uint64_t value = 0;

	if (!handle)
		return 0;
	g_byte_array_set_size(scratch, 0);
	if (qemu_plugin_read_register(handle, scratch) > 0)
		memcpy(&value, scratch->data,
		       scratch->len < 8 ? scratch->len : 8);
	return value;
}

static void read_registers(struct cpu_regs *r)
{
	for (unsigned int slot = 0; slot < 2; slot++) {
		r->sctlr[slot] = read_handle(reg[REG_SCTLR1 + slot]);
		r->tcr[slot] = read_handle(reg[REG_TCR1 + slot]);
		r->ttbr0[slot] = read_handle(reg[REG_TTBR0_1 + slot]);
		r->ttbr1[slot] = read_handle(reg[REG_TTBR1_1 + slot]);
		r->mair[slot] = read_handle(reg[REG_MAIR1 + slot]);
	}
	r->hcr = read_handle(reg[REG_HCR]);
}

static __attribute__((noreturn)) void stop(const char *how)
{
	findings_write(how);
	fflush(NULL);
	_exit(0);
}

static void update(struct cpu *cpu)
{
	bool had = cpu->caches_on;
	struct cpu_regs regs;

	stale[cpu->index] = false;
	read_registers(&regs);
	if (begun_on)
		cpu_update(cpu, &regs, wrote[cpu->index]);
	else
		cpu->regs = regs;
	if (!had && cpu->caches_on && cpu->phase == PHASE_HOST)
		handover_old_world();
}

/* DCZID_EL0 is none of the registers that QEMU gives to plugins; so what the
 * guest reads is read with it, one instruction later. */
static void know_zva(unsigned int index)
{
	unsigned int at = dczid[index % CPUS];

	dczid[index % CPUS] = 0;
	if (at && at <= 31)
		world.zva = sys_zva_block(read_handle(x[at - 1]));
}

/* What the model takes for granted of a CPU. */
static void must_be_known(void)
{
	uint64_t ctr = read_handle(reg[REG_CTR]);

	if (4U << (ctr >> 16 & 15) != LINE_SIZE)
		stop("error: lines of another size than 64 bytes");
}

/* The host's first instruction. If its MMU is on already, nothing of what lies
 * in memory is known to be clean. */
static void begin(struct cpu *cpu, const struct insn *insn)
{
	active = true;
	must_be_known();
	update(cpu);
	begun_on = true;
	if (cpu_mmu_on(cpu, insn->el)) {
		struct cpu_regs regs = cpu->regs;

		cpu->regs.sctlr[0] &= ~SCTLR_M;
		cpu->regs.sctlr[1] &= ~SCTLR_M;
		cpu->tlb[0].filled = cpu->tlb[1].filled = false;
		cpu_update(cpu, &regs, insn->site);
	} else {
		handover_begin(insn->pa, read_handle(x[0]));
	}
}

static void next_world(const struct cpu *cpu)
{
	if (cpu->phase != PHASE_NEXT)
		return;
	if (!blocks_left--)
		stop("blocks");
	if (world.tables_changed >= OWN_TABLES)
		stop("own-tables");
}

/* What the block before it was may have changed registers. */
static void step(struct cpu *cpu, const struct insn *insn)
{
	if (insn->el == 3)
		stop("error: a world at EL3");
	if (stale[cpu->index])
		update(cpu);
	if (handover_is_entry(cpu, insn->pa)) {
		handover_enter(cpu, read_handle(x[0]));
		cpu_stage_2(cpu, insn->el, insn->site);
	} else if (handover_leaves(cpu, insn->el, insn->pa)) {
		handover_judge(cpu, insn->el, insn->pa, read_handle(x[0]),
			       wrote[cpu->index]);
	}
	next_world(cpu);
}

static void on_block(unsigned int index, void *arg)
{
	const struct insn *insn = arg;
	struct cpu *cpu;

	if (!active && !dczid[index % CPUS] && insn->site != start.site)
		return;
	pthread_mutex_lock(&lock);
	know_zva(index);
	cpu = cpu_get(index);
	if (!active && insn->site == start.site)
		begin(cpu, insn);
	if (active)
		step(cpu, insn);
	pthread_mutex_unlock(&lock);
}

static void on_zva_known(unsigned int index, void *arg)
{
	(void)arg;
	pthread_mutex_lock(&lock);
	know_zva(index);
	pthread_mutex_unlock(&lock);
}

static void on_line(unsigned int index, void *arg)
{
	const struct insn *insn = arg;

	if (!active)
		return;
	pthread_mutex_lock(&lock);
	cpu_fetch(cpu_get(index), insn->el, insn->va, insn->pa, insn->site);
	pthread_mutex_unlock(&lock);
}

static void on_access(unsigned int index, uint32_t info, uint64_t va, void *arg)
{
	const struct qemu_plugin_hwaddr *at;
	const struct insn *insn = arg;
	uint64_t pa;

	if (!active)
		return;
	at = qemu_plugin_get_hwaddr(info, va);
	if (!at)
		return;
	pthread_mutex_lock(&lock);
	pa = qemu_plugin_hwaddr_phys_addr(at);
	if (qemu_plugin_hwaddr_is_io(at)) {
		cpu_io(cpu_get(index), insn->el, va, pa, insn->site);
		if (qemu_plugin_mem_is_store(info))
			dma_io(cpu_get(index), pa,
			       qemu_plugin_mem_get_value(info).data.u32,
			       insn->site);
	} else {
		cpu_access(cpu_get(index), insn->el, va, pa,
			   1U << qemu_plugin_mem_size_shift(info),
			   qemu_plugin_mem_is_store(info), insn->site);
	}
	pthread_mutex_unlock(&lock);
}

static void on_system(unsigned int index, void *arg)
{
	const struct insn *insn = arg;
	struct cpu *cpu;
	uint64_t value = 0;

	if (insn->sys.kind == SYS_DCZID)
		dczid[index % CPUS] = insn->sys.rt + 1;
	if (!active)
		return;
	pthread_mutex_lock(&lock);
	cpu = cpu_get(index);
	if (insn->sys.kind == SYS_ZVA && !world.zva)
		stop("error: DC ZVA, and nobody has read DCZID_EL0");
	if (insn->sys.rt < 31)
		value = read_handle(x[insn->sys.rt]);
	cpu_sys(cpu, insn->el, &insn->sys, value, insn->site);
	if (insn->sys.kind == SYS_MSR || insn->sys.kind == SYS_CALL) {
		stale[cpu->index] = true;
		wrote[cpu->index] = insn->site;
	}
	pthread_mutex_unlock(&lock);
}

static void instrument(struct qemu_plugin_insn *from, struct insn *insn)
{
	uint32_t bits = 0;

	qemu_plugin_insn_data(from, &bits, sizeof(bits));
	insn->sys = sys_decode(bits);
	if (insn->begins_line)
		qemu_plugin_register_vcpu_insn_exec_cb(from, on_line,
						       QEMU_NO_REGS, insn);
	if (insn->sys.kind)
		qemu_plugin_register_vcpu_insn_exec_cb(from, on_system,
						       QEMU_READS_REGS, insn);
	if (insn->sys.kind != SYS_ZVA)
		qemu_plugin_register_vcpu_mem_cb(from, on_access, QEMU_NO_REGS,
						 QEMU_BOTH, insn);
}

/* Blocks are translated for one exception level, that of the moment. */
static void on_translation(uint64_t id, struct qemu_plugin_tb *tb)
{
	size_t count = qemu_plugin_tb_n_insns(tb);
	struct insn *insns = calloc(count, sizeof(*insns));
	uint8_t el;

	(void)id;
	pthread_mutex_lock(&lock);
	el = read_handle(reg[REG_CPSR]) >> 2 & 3;
	for (size_t i = 0; i < count; i++) {
		struct qemu_plugin_insn *from = qemu_plugin_tb_get_insn(tb, i);
		uint64_t pa = guest_pa(qemu_plugin_insn_haddr(from));

		if (!i && handover_look(pa) && !start.site)
			start.site = site_of(pa);
		insns[i] = (struct insn){
			.pa = pa, .va = qemu_plugin_insn_vaddr(from),
			.site = site_of(pa), .el = el,
			.begins_line = !i || !(pa % LINE_SIZE),
		};
		if (!i)
			qemu_plugin_register_vcpu_tb_exec_cb(
				tb, on_block, QEMU_READS_REGS, insns);
		if (i && insns[i - 1].sys.kind == SYS_DCZID)
			qemu_plugin_register_vcpu_insn_exec_cb(
				from, on_zva_known, QEMU_READS_REGS, NULL);
		instrument(from, &insns[i]);
	}
	pthread_mutex_unlock(&lock);
}

static void know_register(const struct qemu_register *r)
{
	unsigned int number;

	for (unsigned int i = 0; i < REG_COUNT; i++)
		if (!strcmp(r->name, reg_name[i]) ||
		    (i == REG_SCTLR1 && !strcmp(r->name, "SCTLR_EL1")))
			reg[i] = r->handle;
	if (sscanf(r->name, "x%u", &number) == 1 && number < 31)
		x[number] = r->handle;
}

static void on_cpu(uint64_t id, unsigned int index)
{
	GArray *list;

	(void)id;
	pthread_mutex_lock(&lock);
	if (!scratch) {
		scratch = g_byte_array_new();
		list = qemu_plugin_get_registers();
		for (unsigned int i = 0; i < list->len; i++)
			know_register(&((struct qemu_register *)
					(void *)list->data)[i]);
		g_array_free(list, 1);
		for (unsigned int i = 0; i < REG_COUNT; i++)
			if (!reg[i] && !strstr(reg_name[i], "EL2"))
				event("no register %s", reg_name[i]);
		if (!guest_find())
			stop("error: no RAM");
	}
	if (index >= CPUS)
		stop("error: more CPUs than there is room for");
	cpu_get(index);
	stale[index] = true;
	pthread_mutex_unlock(&lock);
}

static void on_exit_of_qemu(uint64_t id, void *arg)
{
	(void)id;
	(void)arg;
	findings_write("exit");
}

static bool option(const char *word)
{
	const char *value = strchr(word, '=');

	if (!value++)
		return false;
	if (!strncmp(word, "ram=", 4))
		return guest_add(value);
	if (!strncmp(word, "host=", 5))
		return handover_host(value);
	if (!strncmp(word, "blob=", 5))
		return handover_blob(value);
	if (!strncmp(word, "clean=", 6))
		return handover_clean(value);
	if (!strncmp(word, "dma=", 4))
		return dma_on(value);
	if (!strncmp(word, "out=", 4))
		return findings_open(value);
	if (!strncmp(word, "blocks=", 7))
		return (blocks_left = strtoull(value, NULL, 10)) != 0;
	return false;
}

int qemu_plugin_install(uint64_t id, const struct qemu_info *info, int argc,
			char **argv)
{
	if (!info->system_emulation || info->version.cur < API_VERSION)
		return -1;
	for (int i = 0; i < argc; i++)
		if (!option(argv[i])) {
			fprintf(stderr, "hazard: what is %s\n", argv[i]);
			return -1;
		}
	qemu_plugin_register_vcpu_init_cb(id, on_cpu);
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
	qemu_plugin_register_atexit_cb(id, on_exit_of_qemu, NULL);
	return 0;
}
