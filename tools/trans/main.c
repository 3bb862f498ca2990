/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* Which command, and the words that all of them end with. */
#include <string.h>

#include <trans_table/version.h>

#include "options.h"
#include "trans.h"

static const char help[] =
	"usage: trans COMMAND [OPTION...] FILE...\n"
	"\n"
	"  image   a hibernation image on a disk: what it is, whether it would\n"
	"          wake on a machine, its log, its memory, an ELF core of it\n"
	"  plan    the dry run of a kexec: what goes where\n"
	"  table   page tables in a dump of memory: walk, show, compare\n"
	"\n"
	"trans COMMAND --help says more; so does trans(1).\n"
	"trans --version prints the version.\n"
	"\n"
	"Ends with 0: fine; 1: refused, damaged, different or not there; 2: wrong\n"
	"usage; 3: a file cannot be read or written.\n";

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} commands[] = {
	{ "image", image_command },
	{ "plan", plan_command },
	{ "table", table_command },
};

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";

	if (!strcmp(name, "--help") || !strcmp(name, "-h"))
		return options_help(help);
	if (!strcmp(name, "--version"))
		return options_help("trans " TRANS_TABLE_VERSION "\n");
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		if (!strcmp(name, commands[i].name))
			return commands[i].run(argc - 1, argv + 1);
	return *name ? usage_error("no command %s", name) :
		       usage_error("image, plan or table?");
}
