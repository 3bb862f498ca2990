/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
#include <stdio.h>

#include "options.h"
#include "trans.h"

int options_help(const char *help)
{
	return fputs(help, stdout) < 0 || fflush(stdout) ? file_error("stdout") :
							   EXIT_FINE;
}

/* getopt has left the word behind it, unless that was one letter of several. */
static int unknown(char **argv)
{
	if (optopt > 0 && optopt < 256)
		return usage_error("%s: no option -%c", *argv, optopt);
	return usage_error("%s: no option %s", *argv, argv[optind - 1]);
}

int options_take(int argc, char **argv, const struct option *words,
		 const char *help, bool (*take)(void *arg, int word),
		 void *arg)
{
	int word, at = 0;

	opterr = 0;
	while ((word = getopt_long(argc, argv, ":h", words, &at)) != -1) {
		if (word == 'h')
			return options_help(help);
		if (word == '?')
			return unknown(argv);
		if (word == ':')
			return usage_error("%s: %s wants a value", *argv,
					   argv[optind - 1]);
		if (!take(arg, word))
			return usage_error("%s: --%s cannot be \"%s\"", *argv,
					   words[at].name, optarg);
	}
	return OPTIONS_TAKEN;
}
