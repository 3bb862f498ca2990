// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
/* trans map: the tables that U-Boot itself runs on. */
#include "port.h"

static int attach(struct trans_table *table, struct port *port,
		  struct trans_error *err)
{
	int ret = port_memory_begin(&port->memory, err);

	if (!ret)
		ret = port_machine_read(port, err);
	return ret ? ret : port_tables_attach(table, port, err);
}

int port_do_map(struct cmd_tbl *cmd, int flag, int argc, char *const argv[])
{
	struct trans_error err = { 0 };
	struct trans_table table;
	struct trans_range at;
	struct port *port;
	int ret;

	if (argc > 2 || (argc == 2 && !port_read_range(argv[1], &at)))
		return CMD_RET_USAGE;
	port = port_begin(sizeof(*port), &err);
	if (!port || attach(&table, port, &err)) {
		port_say_error("map", &err);
		ret = err.status;
	} else if (argc == 1) {
		ret = trans_table_dump(&table, port_put, NULL);
	} else {
		ret = trans_table_trace(&table, at.start, port_put, NULL);
	}
	port_end(port);
	return ret ? CMD_RET_FAILURE : CMD_RET_SUCCESS;
}
