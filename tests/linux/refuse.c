/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * kexec_load() with segments that cannot be: a guest's program, without a C
 * library. Says what the kernel answered to each. A word is where a table of
 * LPIs is, as hexadecimal digits.
 */
#include "guest.h"

#define PAGE 0x10000UL

/* @mem: where a page would go. */
static void attempt(const char *what, word mem)
{
	static const char page[16] = "not a kernel";
	struct segment segment = { page, sizeof(page), mem, PAGE };
	long ret = syscall(NR_KEXEC_LOAD, mem, 1, (word)&segment, 0);

	say("LINUX: load ");
	say(what);
	say(ret < 0 ? " refused, errno " : " taken ");
	say_number((word)-ret);
	say("\n");
}

/* QEMU's virt: the PL011, flash, RAM from 1 GiB on (hw/arm/virt.c). */
__attribute__((noreturn, used)) static void run(const word *stack)
{
	const char *table = (const char *)stack[2];

	attempt("uart", 0x09000000);
	attempt("flash", 0);
	attempt("nowhere", 1UL << 46);
	attempt("ram", 0x42000000);
	if (table && *table)
		attempt("table", hex(table));
	syscall(NR_KEXEC_LOAD, 0, 0, 0, 0);
	leave(0);
}

__asm__(".globl _start\n_start:\n\tmov x0, sp\n\tb run\n");
