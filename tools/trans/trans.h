/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * trans: the library at a desk. What its commands share: how they are called,
 * how they end, how they say that something is wrong.
 */
#ifndef TOOLS_TRANS_H
#define TOOLS_TRANS_H

#include <trans_table/errors.h>

/* How a command ends; scripts rely on it (docs/tools.md). */
enum {
	EXIT_FINE = 0,
	EXIT_NO = 1,    /* refused, damaged, different, or not there */
	EXIT_USAGE = 2,
	EXIT_INPUT = 3, /* a file cannot be read, or not be written */
};

/* Each has the words behind "trans", with the command's name as argv[0]. */
int image_command(int argc, char **argv);
int plan_command(int argc, char **argv);
int table_command(int argc, char **argv);

/* "trans: ..." on stderr; each returns what a command ends with. usage_error
 * names --help; file_error tells errno, of which ENODATA means that the file is
 * empty. */
int usage_error(const char *format, ...)
	__attribute__((format(printf, 1, 2)));
int file_error(const char *path);
int no(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* What the library said, in the words that a target has for it. */
int refused(const struct trans_error *err);
/* The same of a file, whose name is said first. */
int refused_in(const char *path, const struct trans_error *err);

/* From here on "error" is also said in that object, if it is JSON; NULL: not
 * any more. */
struct out;
void failures_to(struct out *out);

/* Share of some work, on a terminal, once it has taken a while. */
void progress(const char *what, uint64_t done, uint64_t total);
void progress_over(void);

#endif
