/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * A load in which the first allocation fails, then the second and so on, until
 * all are had: a guest's program, without a C library. Its words are where the
 * image goes, as hexadecimal digits, for kexec_load(), or `file` for
 * kexec_file_load() of /image; and `image` or `crash`.
 *
 * Linux, Documentation/fault-injection/fault-injection.rst: fail-nth of a task
 * counts down, and the allocation that takes it to zero fails.
 */
#include "guest.h"

#define LEN 0x10000UL
#define ENOMEM 12
#define AT_FDCWD ((word)-100)
#define O_RDWR 2
#define MOST 4000

/* @image: a file, or -1: @mem is where it goes. */
struct what {
	word mem, flags;
	long image;
};

static long open(const char *path, word flags)
{
	return syscall(NR_OPENAT, AT_FDCWD, (word)path, flags, 0);
}

static long load_file(const struct what *what)
{
	static const char words[] = "words";

	return syscall5(NR_KEXEC_FILE_LOAD, (word)what->image,
			(word)what->image, sizeof(words), (word)words,
			what->flags ? KEXEC_FILE_ON_CRASH : 0);
}

static long load(const struct what *what)
{
	static const char page[16] = "not a kernel";
	struct segment segment = { page, sizeof(page), what->mem, LEN };

	if (what->image >= 0)
		return load_file(what);
	return syscall(NR_KEXEC_LOAD, what->mem, 1, (word)&segment,
		       what->flags);
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

static void say_counts(const struct what *what, word refused, word went_on)
{
	say(what->image < 0 ? "LINUX: loads refused " :
			      "LINUX: loads of a file refused ");
	say_number(refused);
	say(", went on ");
	say_number(went_on);
	say(what->flags ? ", then a crash image taken\n" : ", then taken\n");
}

/* Some are tried in another way where they fail, and the load goes on. */
static void loads(word file, const struct what *what)
{
	word nth, refused = 0, went_on = 0;
	long ret = 0;

	for (nth = 1; nth < MOST; nth++) {
		will_fail(file, nth);
		ret = load(what);
		if (!has_failed(file))
			break;
		if (ret && ret != -ENOMEM)
			say_bad(nth, ret);
		refused += ret != 0;
		went_on += ret == 0;
		unload(what->flags);
	}
	will_fail(file, 0);
	unload(what->flags);
	if (ret)
		say_bad(0, ret);
	say_counts(what, refused, went_on);
}

/* argc, argv: Linux, fs/binfmt_elf.c. */
__attribute__((noreturn, used)) static void run(const word *stack)
{
	const char *where = (const char *)stack[2];
	const char *kind = (const char *)stack[3];
	struct what what = {
		.flags = kind[0] == 'c' ? KEXEC_ON_CRASH : 0,
		.image = where[0] == 'f' && where[1] == 'i' ?
				 open("/image", 0) : -1,
	};
	long file = open("/proc/self/fail-nth", O_RDWR);

	if (what.image < 0)
		what.mem = hex(where);
	if (file < 0)
		say("LINUX: BAD: no fail-nth\n");
	else
		loads((word)file, &what);
	leave(file < 0);
}

__asm__(".globl _start\n_start:\n\tmov x0, sp\n\tb run\n");
