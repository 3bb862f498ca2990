/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What the plugin calls of QEMU, and how QEMU calls it: version 4 of the TCG
 * plugin interface (QEMU 9.2 to 10.0; docs/devel/tcg-plugins.rst). No package
 * has the header; these declarations are of our own, and only what is used.
 * The g_* functions are those of the glib that QEMU has loaded.
 */
#ifndef HAZARD_API_H
#define HAZARD_API_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define API_VERSION 4

enum qemu_plugin_cb_flags { QEMU_NO_REGS, QEMU_READS_REGS };
enum qemu_plugin_mem_rw { QEMU_LOADS = 1, QEMU_STORES, QEMU_BOTH };

struct qemu_plugin_tb;
struct qemu_plugin_insn;
struct qemu_plugin_hwaddr;
struct qemu_plugin_register;

struct qemu_info {
	const char *target_name;
	struct { int min, cur; } version;
	bool system_emulation;
	struct { int smp_vcpus, max_vcpus; } system;
};

struct qemu_register {
	struct qemu_plugin_register *handle;
	const char *name, *feature;
};

typedef struct { char *data; unsigned int len; } GArray;
typedef struct { uint8_t *data; unsigned int len; } GByteArray;

struct qemu_mem_value {
	int type;
	union {
		uint8_t u8;
		uint16_t u16;
		uint32_t u32;
		uint64_t u64;
		struct { uint64_t low, high; } u128;
	} data;
};

typedef void (*qemu_cpu_fn)(uint64_t id, unsigned int cpu);
typedef void (*qemu_tb_fn)(uint64_t id, struct qemu_plugin_tb *tb);
typedef void (*qemu_exec_fn)(unsigned int cpu, void *arg);
typedef void (*qemu_mem_fn)(unsigned int cpu, uint32_t info, uint64_t va,
			    void *arg);
typedef void (*qemu_exit_fn)(uint64_t id, void *arg);

void qemu_plugin_register_vcpu_init_cb(uint64_t id, qemu_cpu_fn fn);
void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id, qemu_tb_fn fn);
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb,
					  qemu_exec_fn fn,
					  enum qemu_plugin_cb_flags flags,
					  void *arg);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn,
					    qemu_exec_fn fn,
					    enum qemu_plugin_cb_flags flags,
					    void *arg);
void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn *insn,
				      qemu_mem_fn fn,
				      enum qemu_plugin_cb_flags flags,
				      enum qemu_plugin_mem_rw rw, void *arg);
void qemu_plugin_register_atexit_cb(uint64_t id, qemu_exit_fn fn, void *arg);

size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *
qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t index);
size_t qemu_plugin_insn_data(const struct qemu_plugin_insn *insn, void *to,
			     size_t len);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
void *qemu_plugin_insn_haddr(const struct qemu_plugin_insn *insn);

unsigned int qemu_plugin_mem_size_shift(uint32_t info);
bool qemu_plugin_mem_is_store(uint32_t info);
struct qemu_mem_value qemu_plugin_mem_get_value(uint32_t info);
struct qemu_plugin_hwaddr *qemu_plugin_get_hwaddr(uint32_t info, uint64_t va);
bool qemu_plugin_hwaddr_is_io(const struct qemu_plugin_hwaddr *at);
uint64_t qemu_plugin_hwaddr_phys_addr(const struct qemu_plugin_hwaddr *at);

GArray *qemu_plugin_get_registers(void);
int qemu_plugin_read_register(struct qemu_plugin_register *handle,
			      GByteArray *to);

GByteArray *g_byte_array_new(void);
GByteArray *g_byte_array_set_size(GByteArray *array, unsigned int len);
char *g_array_free(GArray *array, int with_data);

#endif
