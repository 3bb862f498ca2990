/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Counts the instructions that the blob's copy loops execute, on a bare
 * machine: under QEMU with -icount shift=4 each instruction takes 16 ns, which
 * is one tick of CNTVCT. The loops are the blob's own object code. Per page,
 * from the difference of two lengths, so that what a call costs drops out.
 *
 * Prints lines "name|instructions per 4 KiB" on the PL011, then powers off.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGE 4096ULL
#define PAGES 16
#define SRC 0x44000000ULL
#define DST 0x46000000ULL
#define UART 0x09000000ULL

typedef void (*copy_fn)(uint64_t dst, uint64_t src, uint64_t len);

void blob_copy_up(uint64_t dst, uint64_t src, uint64_t len);
void blob_copy_down(uint64_t dst, uint64_t src, uint64_t len);
void plain_copy(uint64_t dst, uint64_t src, uint64_t len);
void bench_main(void);

/* The start; and the loop that the mover is measured against. */
__asm__(".section .text.start, \"ax\"\n"
	".globl _start\n"
	"_start:\n"
	"	mov	x0, #0x42000000\n"
	"	mov	sp, x0\n"
	"	bl	bench_main\n"
	"	mov	x0, #0x8\n" /* PSCI SYSTEM_OFF */
	"	movk	x0, #0x8400, lsl #16\n"
	"	hvc	#0\n"
	"	b	.\n"
	".text\n"
	".globl plain_copy\n"
	"plain_copy:\n"
	"1:	ldp	x4, x5, [x1], #16\n"
	"	stp	x4, x5, [x0], #16\n"
	"	subs	x2, x2, #16\n"
	"	b.ne	1b\n"
	"	ret\n");

static uint64_t ticks(void)
{
	uint64_t now;

	__asm__ volatile("isb\n\tmrs %0, cntvct_el0\n\tisb" : "=r"(now)
			 :: "memory");
	return now;
}

static uint64_t cost(copy_fn copy, uint64_t len)
{
	uint64_t start = ticks();

	copy(DST, SRC, len);
	return ticks() - start;
}

static void put(char c)
{
	*(volatile uint32_t *)(uintptr_t)UART = (unsigned char)c;
}

static void say(const char *name, uint64_t value)
{
	char digits[20];
	unsigned int i = 0;

	while (*name)
		put(*name++);
	put('|');
	do
		digits[i++] = (char)('0' + value % 10);
	while (value /= 10);
	while (i)
		put(digits[--i]);
	put('\n');
}

static void count(const char *name, copy_fn copy)
{
	uint64_t one = cost(copy, PAGES * PAGE);
	uint64_t two = cost(copy, 2 * PAGES * PAGE);

	say(name, (two - one) / PAGES);
}

/* Bytes of a copy and how far it goes: more than two turns of the loops, and
 * some, over itself. */
#define PROVED 592ULL
#define STEP 16ULL

static uint64_t wrong_at(copy_fn copy, uint64_t src, uint64_t dst, uint64_t len)
{
	volatile uint64_t *to = (uint64_t *)(uintptr_t)dst;
	uint64_t wrong = 0;

	for (size_t i = 0; i < 4 * PROVED / 8; i++)
		((volatile uint64_t *)(uintptr_t)SRC)[i] =
			i * 0x9e3779b97f4a7c15ULL;
	copy(dst, src, len);
	for (size_t i = 0; i < len / 8; i++)
		wrong += to[i] != ((src - SRC) / 8 + i) * 0x9e3779b97f4a7c15ULL;
	return wrong;
}

/* Did the loops copy, and no source away before it was read? They are counted
 * for nothing otherwise. */
static void prove(const char *name, copy_fn copy, bool up)
{
	uint64_t wrong = 0, far;

	for (uint64_t len = STEP; len <= PROVED; len += STEP) {
		for (uint64_t by = STEP; by <= PROVED; by += STEP) {
			far = SRC + PROVED + (up ? -by : by);
			wrong += wrong_at(copy, SRC + PROVED, far, len);
		}
	}
	say(name, wrong);
}

void bench_main(void)
{
	count("plain", plain_copy);
	count("up", blob_copy_up);
	count("down", blob_copy_down);
	prove("wrong up", blob_copy_up, true);
	prove("wrong down", blob_copy_down, false);
}
