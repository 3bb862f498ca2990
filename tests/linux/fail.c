/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * kexec_load() in which the first allocation fails, then the second and so on,
 * until all are had: a guest's program, without a C library. Its words are
 * where the image goes, as hexadecimal digits, and `image` or `crash`.
 *
 * Linux, Documentation/fault-injection/fault-injection.rst: fail-nth of a task
 * counts down, and the allocation that takes it to zero fails.
 */
#include "guest.h"

#define LEN 0x10000UL
#define ENOMEM 12
#define AT_FDCWD ((word)-100)
#define O_RDWR 2
#define MOST 2000

static long load(word mem, word flags)
{
	static const char page[16] = "not a kernel";
	struct segment segment = { page, sizeof(page), mem, LEN };

	return syscall(NR_KEXEC_LOAD, mem, 1, (word)&segment, flags);
}

static void unload(word flags)
{
	syscall(NR_KEXEC_LOAD, 0, 0, 0, flags);
}

/* @nth: 0 for none. */
static void will_fail(word file, word nth)
{
	char text[DIGITS + 1];
	const char *digits = digits_of(nth, text);

	syscall(NR_WRITE, file, (word)digits, (word)(text + DIGITS - digits),
		0);
}

static int has_failed(word file)
{
	char text[DIGITS + 2];

	return syscall(NR_PREAD64, file, (word)text, sizeof(text), 0) > 0 &&
	       text[0] == '0';
}

static void say_bad(word nth, long ret)
{
	say("LINUX: BAD: with allocation ");
	say_number(nth);
	say(" a load says ");
	say_number((word)-ret);
	say("\n");
}

/* Some are tried in another way where they fail, and the load goes on. */
static void loads(word file, word mem, word flags)
{
	word nth, refused = 0, went_on = 0;
	long ret = 0;

	for (nth = 1; nth < MOST; nth++) {
		will_fail(file, nth);
		ret = load(mem, flags);
		if (!has_failed(file))
			break;
		if (ret && ret != -ENOMEM)
			say_bad(nth, ret);
		refused += ret != 0;
		went_on += ret == 0;
		unload(flags);
	}
	will_fail(file, 0);
	unload(flags);
	if (ret)
		say_bad(0, ret);
	say("LINUX: loads refused ");
	say_number(refused);
	say(", went on ");
	say_number(went_on);
	say(flags ? ", then a crash image taken\n" : ", then taken\n");
}

static word hex(const char *text)
{
	word n = 0;

	for (; *text; text++)
		n = n << 4 | (word)(*text <= '9' ? *text - '0' :
						   *text - 'a' + 10);
	return n;
}

/* argc, argv: Linux, fs/binfmt_elf.c. */
__attribute__((noreturn, used)) static void run(const word *stack)
{
	const char *mem = (const char *)stack[2];
	const char *what = (const char *)stack[3];
	long file = syscall(NR_OPENAT, AT_FDCWD, (word)"/proc/self/fail-nth",
			    O_RDWR, 0);

	if (file < 0)
		say("LINUX: BAD: no fail-nth\n");
	else
		loads((word)file, hex(mem),
		      what[0] == 'c' ? KEXEC_ON_CRASH : 0);
	leave(file < 0);
}

__asm__(".globl _start\n_start:\n\tmov x0, sp\n\tb run\n");
