/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What the oracle takes from QEMU's virt: a UART, RAM, and semihosting, for its
 * arguments and an exit with a status (PSCI is out of reach of EL3).
 */
#include "ports/qemu-virt/print.h"
#include "ports/qemu-virt/sysreg.h"
#include "ports/qemu-virt/uart.h"

#include "oracle.h"

#define UART_DR ((volatile uint32_t *)0x09000000)

#define SYS_GET_CMDLINE 0x15
#define SYS_EXIT 0x18
#define APPLICATION_EXIT 0x20026

struct arguments arguments = { .addresses = 20000, .seed = 1, .step = 1 };

void uart_putc(char c)
{
	if (c == '\n')
		*UART_DR = '\r';
	*UART_DR = (uint8_t)c;
}

static uint64_t semihost(uint64_t operation, const uint64_t *block)
{
	register uint64_t x0 __asm__("x0") = operation;
	register const uint64_t *x1 __asm__("x1") = block;

	__asm__ volatile("hlt #0xf000" : "+r"(x0) : "r"(x1) : "memory");
	return x0;
}

void machine_exit(bool ok)
{
	uint64_t block[2] = { APPLICATION_EXIT, !ok };

	semihost(SYS_EXIT, block);
	for (;;)
		__asm__ volatile("wfi");
}

__attribute__((noreturn)) void oracle_exception(uint64_t esr, uint64_t elr,
						uint64_t far);
void oracle_exception(uint64_t esr, uint64_t elr, uint64_t far)
{
	print("oracle: exception esr=0x%lx elr=0x%lx far=0x%lx\nORACLE: FAIL\n",
	      esr, elr, far);
	machine_exit(false);
}

/* The number behind @name in @line, or @otherwise. */
static uint64_t number(const char *line, const char *name, uint64_t otherwise)
{
	uint64_t value = 0;
	size_t n = 0;

	while (name[n])
		n++;
	while (*line && memcmp(line, name, n))
		line++;
	if (!*line)
		return otherwise;
	for (line += n; *line >= '0' && *line <= '9'; line++)
		value = value * 10 + (uint64_t)(*line - '0');
	return value;
}

void arguments_read(void)
{
	/* Longer than it looks: memcmp may read a name's length beyond. */
	static char line[256];
	uint64_t block[2] = { (uintptr_t)line, sizeof(line) - 32 };

	if (semihost(SYS_GET_CMDLINE, block))
		return;
	arguments.addresses = number(line, "addresses=", arguments.addresses);
	arguments.seed = number(line, "seed=", arguments.seed);
	arguments.step = number(line, "step=", arguments.step);
	arguments.high = number(line, "high=", 0);
}

/* splitmix64: any seed will do, 0 too. */
uint64_t chance(uint64_t below)
{
	static uint64_t state;
	uint64_t z;

	if (!state)
		state = arguments.seed * 0x2545f4914f6cdd1dULL;
	state += 0x9e3779b97f4a7c15ULL;
	z = (state ^ state >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	z ^= z >> 31;
	return below ? z % below : z;
}

static trans_pa_t arena_next, arena_end;

void arena_reset(bool high)
{
	arena_next = high ? HIGH_PA : ARENA_PA;
	arena_end = arena_next + (high ? HIGH_LEN : ARENA_LEN);
}

static int arena_alloc(void *ctx, unsigned int shift, unsigned int count,
		       trans_pa_t *pa)
{
	uint64_t granule = 1ULL << shift;
	trans_pa_t at = (arena_next + granule - 1) & ~(granule - 1);

	(void)ctx;
	if (count * granule > arena_end - at)
		return -1;
	arena_next = at + count * granule;
	*pa = at;
	return 0;
}

static void arena_free(void *ctx, unsigned int shift, unsigned int count,
		       trans_pa_t pa)
{
	(void)ctx;
	(void)shift;
	(void)count;
	(void)pa;
}

static bool is_ram(trans_pa_t pa, uint64_t len)
{
	if (arguments.high && pa >= HIGH_PA)
		return len <= HIGH_LEN && pa - HIGH_PA <= HIGH_LEN - len;
	return pa >= ARENA_PA && len <= ARENA_LEN &&
	       pa - ARENA_PA <= ARENA_LEN - len;
}

static void *arena_pointer(void *ctx, trans_pa_t pa, size_t len)
{
	(void)ctx;
	return is_ram(pa, len) ? (void *)(uintptr_t)pa : NULL;
}

static bool gate_or_ram(void *ctx, trans_pa_t pa, uint64_t len)
{
	(void)ctx;
	return pa == (uintptr_t)gate || is_ram(pa, len);
}

static void arena_barrier(void *ctx)
{
	(void)ctx;
	dsb(ishst);
}

const struct trans_ops arena_ops = {
	.alloc = arena_alloc,
	.free = arena_free,
	.phys_to_virt = arena_pointer,
	.pfn_valid = gate_or_ram,
	.barrier = arena_barrier,
};

trans_pa_t arena_page(unsigned int shift)
{
	trans_pa_t pa = 0;

	if (!arena_alloc(NULL, shift, 1, &pa))
		memset((void *)(uintptr_t)pa, 0, 1ULL << shift);
	return pa;
}
