/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * kexec_load() with segments that cannot be: a guest's program, without a C
 * library. Says what the kernel answered to each.
 */
typedef unsigned long word;

struct segment {
	const void *buf;
	word bufsz, mem, memsz;
};

/* Linux, include/uapi/asm-generic/unistd.h. */
#define NR_WRITE 64
#define NR_EXIT 93
#define NR_KEXEC_LOAD 104

#define PAGE 0x10000UL

static long syscall(word number, word a, word b, word c, word d)
{
	register word x8 __asm__("x8") = number;
	register word x0 __asm__("x0") = a;
	register word x1 __asm__("x1") = b;
	register word x2 __asm__("x2") = c;
	register word x3 __asm__("x3") = d;

	__asm__ volatile("svc #0" : "+r"(x0)
			 : "r"(x1), "r"(x2), "r"(x3), "r"(x8) : "memory");
	return (long)x0;
}

static void say(const char *text)
{
	word len = 0;

	while (text[len])
		len++;
	syscall(NR_WRITE, 1, (word)text, len, 0);
}

static void say_number(long number)
{
	char digits[4] = "000";

	for (int i = 2; i >= 0; i--, number /= 10)
		digits[i] = (char)('0' + number % 10);
	say(digits);
}

/* @mem: where a page would go. */
static void attempt(const char *what, word mem)
{
	static const char page[16] = "not a kernel";
	struct segment segment = { page, sizeof(page), mem, PAGE };
	long ret = syscall(NR_KEXEC_LOAD, mem, 1, (word)&segment, 0);

	say("LINUX: load ");
	say(what);
	say(ret < 0 ? " refused, errno " : " taken ");
	say_number(-ret);
	say("\n");
}

/* QEMU's virt: the PL011, flash, RAM from 1 GiB on (hw/arm/virt.c). */
__attribute__((noreturn)) void _start(void)
{
	attempt("uart", 0x09000000);
	attempt("flash", 0);
	attempt("nowhere", 1UL << 46);
	attempt("ram", 0x42000000);
	syscall(NR_KEXEC_LOAD, 0, 0, 0, 0);
	syscall(NR_EXIT, 0, 0, 0, 0);
	for (;;)
		;
}
