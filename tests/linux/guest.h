/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What guests' programs without a C library share: system calls, and words on
 * the standard output. One file each, so all of it is static.
 */
#ifndef GUEST_H
#define GUEST_H

typedef unsigned long word;

/* Linux, include/uapi/linux/kexec.h. */
struct segment {
	const void *buf;
	word bufsz, mem, memsz;
};

#define KEXEC_ON_CRASH 1UL
#define KEXEC_FILE_ON_CRASH 2UL

/* Linux, include/uapi/asm-generic/unistd.h. */
#define NR_OPENAT 56
#define NR_WRITE 64
#define NR_PREAD64 67
#define NR_EXIT 93
#define NR_KEXEC_LOAD 104
#define NR_KEXEC_FILE_LOAD 294

static inline long syscall5(word number, word a, word b, word c, word d, word e)
{
	register word x8 __asm__("x8") = number;
	register word x0 __asm__("x0") = a;
	register word x1 __asm__("x1") = b;
	register word x2 __asm__("x2") = c;
	register word x3 __asm__("x3") = d;
	register word x4 __asm__("x4") = e;

	__asm__ volatile("svc #0" : "+r"(x0)
			 : "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x8) :
			 "memory");
	return (long)x0;
}

static inline long syscall(word number, word a, word b, word c, word d)
{
	return syscall5(number, a, b, c, d, 0);
}

static inline void say(const char *text)
{
	word len = 0;

	while (text[len])
		len++;
	syscall(NR_WRITE, 1, (word)text, len, 0);
}

#define DIGITS 10

/* In @text, a NUL behind it. */
static inline const char *digits_of(word number, char text[DIGITS + 1])
{
	char *at = text + DIGITS;

	*at = 0;
	do {
		*--at = (char)('0' + number % 10);
		number /= 10;
	} while (number && at > text);
	return at;
}

static inline void say_number(word number)
{
	char text[DIGITS + 1];

	say(digits_of(number, text));
}

static inline word hex(const char *text)
{
	word n = 0;

	for (; *text; text++)
		n = n << 4 | (word)(*text <= '9' ? *text - '0' :
						   *text - 'a' + 10);
	return n;
}

__attribute__((noreturn)) static inline void leave(word status)
{
	syscall(NR_EXIT, status, 0, 0, 0);
	for (;;)
		;
}

#endif
