// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
/* The command "trans". */
#include "compat.h"

#include <command.h>
#include <trans_cmd.h>

/* Only with that option. */
#define PLAN(...) CONFIG_IS_ENABLED(CMD_TRANS_PLAN, (__VA_ARGS__))
#define MAP(...) CONFIG_IS_ENABLED(CMD_TRANS_MAP, (__VA_ARGS__))
#define WORKERS(...) CONFIG_IS_ENABLED(CMD_TRANS_RESUME_WORKERS, (__VA_ARGS__))
#define RESUME(...) CONFIG_IS_ENABLED(CMD_TRANS_RESUME, (__VA_ARGS__))
#define ASK(...) CONFIG_IS_ENABLED(CMD_TRANS_RESUME_ASK, (__VA_ARGS__))
#define GICV3(...) CONFIG_IS_ENABLED(CMD_TRANS_GICV3, (__VA_ARGS__))
#define PLACE "<interface> <dev>[:<part>|#<name>|#<uuid>] [<offset>]\n"

U_BOOT_LONGHELP(trans,
		"kexec [-n] [-k <start>:<size>]... <kernel>[:<size>]\n"
		"            [<initrd>:<size>|-] [<fdt>]\n"
		"    - start a Linux kernel like booti; it may go where U-Boot is.\n"
		"      Without <size> (of the file) only an Image\n"
		"      -n  do not verify\n"
		"      -k  move nothing to this memory"
		RESUME("\ntrans resume [-f] [-e] "
		GICV3("[-l] ")
		WORKERS("[-w <cpus>] ")
		ASK("[-s <addr>:<size>]\n             ")
		PLACE
		"    - continue a hibernated Linux from its swap partition, or a swap\n"
		"      file at <offset> (resume_offset: decimal, or 0x). Sets trans_resume:\n"
		"      none (no image), refused (mount nothing), again (try again)\n"
		"      -f  though the disk may cache writes\n"
		"      -e  though EFI booted it, and is not here\n"
		GICV3("      -l  with LPIs off, if nobody knows their tables\n")
		ASK("      -s  a sidecar says it\n")
		WORKERS("      -w  other CPUs help\n")
		"trans discard [-f] " PLACE
		"    - give a hibernated Linux up"
		)
		PLAN("\ntrans plan <like kexec>, plan resume <like resume>\n"
		"    - say what would be done, and do nothing"
		)
		MAP("\ntrans map [<addr>]\n"
		"    - show U-Boot's page tables, or how <addr> is looked up"
		));

U_BOOT_CMD_WITH_SUBCMDS(trans, "leave for another kernel, over U-Boot itself",
			trans_help_text,
	U_BOOT_SUBCMD_MKENT(kexec, CONFIG_SYS_MAXARGS, 0, port_do_kexec),
	RESUME(U_BOOT_SUBCMD_MKENT(resume, CONFIG_SYS_MAXARGS, 0,
				   port_do_resume),
	U_BOOT_SUBCMD_MKENT(discard, CONFIG_SYS_MAXARGS, 0, port_do_discard),
	)
	PLAN(U_BOOT_SUBCMD_MKENT(plan, CONFIG_SYS_MAXARGS, 0, port_do_plan),
	     )
	MAP(U_BOOT_SUBCMD_MKENT(map, 2, 1, port_do_map),
	    )
);
