/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* What goes to stderr: why a command failed, and how far a long one is. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "out.h"
#include "trans.h"

/* Where scripts look for it; NULL: nobody does. */
static struct out *also;

void failures_to(struct out *out)
{
	also = out && out->json ? out : NULL;
}

/* A line of progress stands on the terminal. */
static bool shown;

static void say(const char *format, va_list words)
{
	char text[512];

	progress_over();
	vsnprintf(text, sizeof(text), format, words);
	fprintf(stderr, "trans: %s\n", text);
	if (also)
		out_text(also, "error", text);
}

int usage_error(const char *format, ...)
{
	va_list words;

	va_start(words, format);
	say(format, words);
	va_end(words);
	fputs("trans: --help says how it is used\n", stderr);
	return EXIT_USAGE;
}

int no(const char *format, ...)
{
	va_list words;

	va_start(words, format);
	say(format, words);
	va_end(words);
	return EXIT_NO;
}

int file_error(const char *path)
{
	const char *why = errno == ENODATA ? "it is empty" : strerror(errno);

	(void)no("%s: %s", path, why);
	return EXIT_INPUT;
}

/* A line, without its end. */
static int put(void *arg, const char *text, size_t len)
{
	return snprintf(arg, 256, "%.*s", (int)len - 1, text) < 0;
}

int refused_in(const char *path, const struct trans_error *err)
{
	char text[256] = "";

	trans_error_print(err, put, text);
	(void)no("%s%s%s", path, *path ? ": " : "", text);
	return err->status == TRANS_EHOST ? EXIT_INPUT : EXIT_NO;
}

int refused(const struct trans_error *err)
{
	return refused_in("", err);
}

/* Nobody wants to read of what is over at once. */
void progress(const char *what, uint64_t done, uint64_t total)
{
	static struct timespec began;
	struct timespec now;

	if (!isatty(STDERR_FILENO) || !total)
		return;
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (!began.tv_sec)
		began = now;
	if (now.tv_sec - began.tv_sec < 2)
		return;
	fprintf(stderr, "\r%s: %3.0f %%", what,
		100.0 * (double)done / (double)total);
	shown = true;
}

void progress_over(void)
{
	if (shown)
		fputs("\r\033[K", stderr);
	shown = false;
}
