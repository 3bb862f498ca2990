/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
#include "alias.h"
#include "machine.h"
#include "memory.h"
#include "options.h"
#include "print.h"
#include "quiesce.h"
#include "transition.h"
#include "uart.h"

static unsigned int quiesce;

static int ask(void *host, struct trans_error *err)
{
	(void)host;
	return quiesce_ask(err);
}

static int leave(void *host, struct trans_error *err)
{
	return quiesce_leave(host, quiesce, err);
}

struct trans_transition_args transition_args(const struct options *options,
					     const struct trans_table *own,
					     struct trans_transition *leaving)
{
	quiesce = options->quiesce;
	if (options->mops) {
		machine.cpu.granted |= TRANS_GRANT_MOPS;
		/* ID_AA64ISAR2_EL1.MOPS [19:16] */
		print("port: moves by FEAT_MOPS: %s\n",
		      machine.cpu.isar2 >> 16 & 0xf ? "yes" : "no");
	}
	return (struct trans_transition_args){
		.cpu = &machine.cpu,
		.granule = TRANS_4K,
		.va_bits = 48,
		.map = options->map,
		.linear = own,
		.linear_offset = linear_offset,
		.linear_flags = options->linear_flags,
		.uart = trans_uart_pl011(UART_PA),
		.conduit = machine.conduit,
		.alias_prepare = alias_prepare,
		.alias_enter = alias_enter,
		.alias_drop = alias_drop,
		.ask = ask,
		.leave = leave,
		.reset = machine_reset,
		.host = leaving,
		.coarse_above = (unsigned int)options->coarse,
		.unproven = options->unproven,
	};
}
