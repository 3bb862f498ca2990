/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>

#include "options.h"
#include "trans.h"

int options_help(const char *help)
{
	return fputs(help, stdout) < 0 || fflush(stdout) ? file_error("stdout") :
							   EXIT_FINE;
}

/* getopt has left the word behind it, unless that was one letter of several. A
 * word that it knows is one with a value that it must not have. */
static int unknown(char **argv)
{
	if (optopt >= 256)
		return usage_error("%s: %s: it takes no value", *argv,
				   argv[optind - 1]);
	if (optopt > 0)
		return usage_error("%s: no option -%c", *argv, optopt);
	return usage_error("%s: no option %s", *argv, argv[optind - 1]);
}

static int not_taken(const char *command, const char *option)
{
	if (errno == ENOSPC)
		return usage_error("%s: too many of --%s, here at \"%s\"",
				   command, option, optarg);
	return usage_error("%s: --%s cannot be \"%s\"", command, option, optarg);
}

int options_take(int argc, char **argv, const struct option *words,
		 const char *help, bool (*take)(void *arg, int word),
		 void *arg)
{
	int word, at = 0;

	opterr = 0;
	while ((word = getopt_long(argc, argv, ":h", words, &at)) != -1) {
		if (word == 'h' || word == OPTION_HELP)
			return options_help(help);
		if (word == '?')
			return unknown(argv);
		if (word == ':')
			return usage_error("%s: %s wants a value", *argv,
					   argv[optind - 1]);
		errno = 0;
		if (!take(arg, word))
			return not_taken(*argv, words[at].name);
	}
	return OPTIONS_TAKEN;
}
