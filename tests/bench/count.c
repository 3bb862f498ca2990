/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * A plugin of QEMU's: how many instructions its CPU had executed when each byte
 * went to the console. One number of eight bytes a byte, to the file that is
 * named by out=FILE: so whoever has the console's text can say what it cost to
 * get from one word of it to another.
 *
 * Version 1 of the interface, which QEMU 7.2 has (docs/devel/tcg-plugins.rst);
 * blocks of instructions are counted when they are entered.
 */
#include <stdio.h>
#include <string.h>

#include "../hazard/api.h"

#define EXPORT __attribute__((visibility("default")))
/* Data register of the PL011 of QEMU's virt. */
#define UART 0x09000000
#define IN_PAGE 0xfff

EXPORT int qemu_plugin_version = 1;
EXPORT int qemu_plugin_install(uint64_t id, const struct qemu_info *info,
			       int argc, char **argv);

static uint64_t executed;
static FILE *out;

static void on_block(unsigned int cpu, void *length)
{
	(void)cpu;
	executed += (uintptr_t)length;
}

static void on_store(unsigned int cpu, uint32_t info, uint64_t va, void *arg)
{
	const struct qemu_plugin_hwaddr *at;

	(void)cpu;
	(void)arg;
	if (va & IN_PAGE)
		return;
	at = qemu_plugin_get_hwaddr(info, va);
	if (at && qemu_plugin_hwaddr_is_io(at) &&
	    qemu_plugin_hwaddr_phys_addr(at) == UART)
		fwrite(&executed, sizeof(executed), 1, out);
}

static void on_translation(uint64_t id, struct qemu_plugin_tb *tb)
{
	size_t count = qemu_plugin_tb_n_insns(tb);

	(void)id;
	qemu_plugin_register_vcpu_tb_exec_cb(tb, on_block, QEMU_NO_REGS,
					     (void *)(uintptr_t)count);
	for (size_t i = 0; i < count; i++)
		qemu_plugin_register_vcpu_mem_cb(
			qemu_plugin_tb_get_insn(tb, i), on_store, QEMU_NO_REGS,
			QEMU_STORES, NULL);
}

static void on_exit_of_qemu(uint64_t id, void *arg)
{
	(void)id;
	(void)arg;
	fclose(out);
}

int qemu_plugin_install(uint64_t id, const struct qemu_info *info, int argc,
			char **argv)
{
	if (!info->system_emulation || argc != 1 ||
	    strncmp(argv[0], "out=", 4) || !(out = fopen(argv[0] + 4, "wb")))
		return -1;
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
	qemu_plugin_register_atexit_cb(id, on_exit_of_qemu, NULL);
	return 0;
}
