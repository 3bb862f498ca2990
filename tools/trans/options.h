/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* Options of a command, one by one. */
#ifndef TOOLS_TRANS_OPTIONS_H
#define TOOLS_TRANS_OPTIONS_H

#include <getopt.h>
#include <stdbool.h>

/* What options_take returns where there is nothing to end for. */
#define OPTIONS_TAKEN (-1)

/* No letter: getopt tells by that which option has a value that it must not. */
#define OPTION_HELP 1000

/*
 * Each option of the command argv[0] goes to @take, with its value in optarg;
 * false: it may not have that value, or, with errno ENOSPC, there are too many
 * of its kind. Of @words the one for help has the value OPTION_HELP; then @help
 * is printed. Anything but OPTIONS_TAKEN is what the command ends with.
 */
int options_take(int argc, char **argv, const struct option *words,
		 const char *help, bool (*take)(void *arg, int word),
		 void *arg);

/* Prints it; what a command ends with. */
int options_help(const char *help);

#endif
