// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
/* trans map: the tables that U-Boot itself runs on. */
#include "port.h"

int port_do_map(struct cmd_tbl *cmd, int flag, int argc, char *const argv[])
{
	struct trans_table table;
	struct trans_error err = { 0 };
	struct trans_range at;

	if (argc > 2 || (argc == 2 && !port_read_range(argv[1], &at)))
		return CMD_RET_USAGE;
	if (port_memory_begin(&err) || port_machine_read(&err) ||
	    port_tables_attach(&table, &err)) {
		port_say_error("map", &err);
		return CMD_RET_FAILURE;
	}
	if (argc == 1)
		return trans_table_dump(&table, port_put, NULL) ?
			CMD_RET_FAILURE : CMD_RET_SUCCESS;
	return trans_table_trace(&table, at.start, port_put, NULL) ?
		CMD_RET_FAILURE : CMD_RET_SUCCESS;
}
