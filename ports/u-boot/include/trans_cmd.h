/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
#ifndef TRANS_CMD_H
#define TRANS_CMD_H

struct cmd_tbl;

/* What the command "trans" is made of, as struct cmd_tbl wants it. */
int port_do_map(struct cmd_tbl *cmd, int flag, int argc, char *const argv[]);
int port_do_kexec(struct cmd_tbl *cmd, int flag, int argc, char *const argv[]);
int port_do_plan(struct cmd_tbl *cmd, int flag, int argc, char *const argv[]);
int port_do_resume(struct cmd_tbl *cmd, int flag, int argc,
		   char *const argv[]);
int port_do_discard(struct cmd_tbl *cmd, int flag, int argc,
		    char *const argv[]);

#endif
