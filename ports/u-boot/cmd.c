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

U_BOOT_LONGHELP(trans,
		"kexec [-n] [-k <start>:<size>]... <kernel>[:<size>]\n"
		"            [<initrd>:<size>|-] [<fdt>]\n"
		"    - start a Linux kernel (Image, Image.gz, zboot or ELF) like booti;\n"
		"      kernel and initrd may go where U-Boot is, and are verified\n"
		"      (SHA-256) after they were moved. <size> is that of the file, and\n"
		"      needed for all but an Image; addresses are hexadecimal. <fdt>:\n"
		"      the address of a device tree other than U-Boot's own\n"
		"      -n  do not verify\n"
		"      -k  move nothing to this memory"
		RESUME("\ntrans resume [-f] [-e] [-l] "
		WORKERS("[-w <cpus>] ")
		"[-s <addr>:<size>]\n"
		"             <interface> <dev>[:<part>|#<name>] [<offset>]\n"
		"    - continue a hibernated Linux from its swap partition, or from a\n"
		"      swap file at <offset> (resume_offset, in pages of the image,\n"
		"      decimal as Linux prints it, or hexadecimal behind 0x).\n"
		"      Uses memory that U-Boot does not: what was loaded is lost\n"
		"      -f  though the disk may cache writes, so that the image may come\n"
		"          back with the power and be resumed twice. Known not to:\n"
		"          virtio, mmc, scsi over AHCI\n"
		"      -e  though EFI booted it, and its runtime services are not here;\n"
		"          EFI is not set up for it\n"
		"      -l  though nobody knows its LPI tables: MSIs of an ITS stay dead\n"
		"      -s  what its user space left for this case (a sidecar) is there;\n"
		"          read only if the saved kernel itself does not say\n"
		WORKERS("      -w  so many other CPUs help, if PSCI can start them: -w 3\n")
		"      sets trans_resume: none (no image: boot as usual), refused (there\n"
		"      is one, or nobody knows: do not mount its file systems), again\n"
		"      (refused, but another try may do)\n"
		"trans discard [-f] <interface> <dev>[:<part>|#<name>]\n"
		"              [<offset>]\n"
		"    - give a hibernated Linux up, so that its file systems can be used;\n"
		"      sets trans_resume: none (also where it fails for there is no\n"
		"      image), or why there still is one"
		)
		PLAN("\ntrans plan <like kexec>, plan resume <like resume>\n"
		"    - say what would be done, and do nothing; plan resume sets\n"
		"      trans_resume, ready for a resume"
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
