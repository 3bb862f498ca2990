/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What a Linux has of itself in its memory, made by hand: VMCOREINFO, kallsyms,
 * BTF, a log, and the variables that are looked for. It uses no line of
 * hibernate/.
 */
#ifndef TESTS_SAVED_KERNELS_H
#define TESTS_SAVED_KERNELS_H

#include <trans_table/cpu.h>
#include <trans_table/saved.h>

/* How kallsyms_offsets is meant. */
enum kernel_offsets {
	KERNEL_FROM_BASE,       /* until 6.x */
	KERNEL_FROM_THEMSELVES, /* from 7.0 */
};

/* The parts of what is made, each of KERNEL_PART bytes; tests damage them. */
enum kernel_part {
	KERNEL_INFO,  /* VMCOREINFO's text, or its note */
	KERNEL_NAMES, /* kallsyms_names, tokens, index */
	KERNEL_OFFSETS,
	KERNEL_TYPES, /* BTF */
	KERNEL_DESCS, /* of the log */
	KERNEL_INFOS,
	KERNEL_TEXTS,
	KERNEL_DATA,  /* variables */
	KERNEL_PARTS,
};
#define KERNEL_PART 0x4000u

/*
 * @bytes, @pa, @va: where it is made, KERNEL_PARTS * KERNEL_PART bytes: in this
 *          program, and in the saved kernel by both kinds of addresses
 * @root_va: of swapper_pg_dir
 * @va_bits, @page_shift, @mpidr, @midr, @cpu: of the machine; @cpu: the number
 *          that the kernel gave it
 * @property, @pending: LPI tables; a pending one for each CPU, one behind the
 *          other
 * @down:   a CPU that was never brought up; 0: none
 * @based:  its driver has a pointer for it, but no flag
 * @baseless: another CPU has a flag, but no pointer; 0: none
 * @boot_at: where in KERNEL_DATA the kernel has the ID of its boot
 * @note:   VMCOREINFO as an ELF note
 * @offsets: how they are meant
 * @types:  so many types more, before and behind those that are looked for
 * @old_vmemmap: by VMEMMAP_START and PHYS_OFFSET
 * @below_zero: and that is negative
 * @no_order: kallsyms is as it was before 6.5
 * @usual_rdists, @usual_rdist: the driver's struct, and that of each CPU, have
 *          their members where Linux has them
 * @no_data_symbols, @no_types, @no_log, @no_symbols, @no_lines: not there
 * @no_features: it has no arm64_ftr_regs
 * @has:    the ID registers there
 * @command_line: NULL: a short one
 */
struct kernel {
	uint8_t *bytes;
	trans_pa_t pa;
	trans_va_t va, root_va;
	unsigned int va_bits, page_shift;
	uint64_t mpidr;
	uint32_t midr, cpu;
	trans_pa_t property, pending;
	unsigned int down, baseless, boot_at;
	bool based;
	bool note;
	enum kernel_offsets offsets;
	unsigned int types;
	bool old_vmemmap, below_zero;
	bool no_order;
	bool usual_rdists, usual_rdist;
	bool no_data_symbols, no_types, no_log, no_symbols, no_lines;
	bool no_features;
	struct trans_cpu has;
	const char *command_line;
};

/* In KERNEL_DATA, of arm64_ftr_regs: pair @n; the struct that it points to; the
 * name of that, which begins with "SYS_". The last one is ID_AA64MMFR4_EL1. */
#define KERNEL_FEATURES 18u
#define KERNEL_FEATURE_PAIR(n) (0x3100u + 16 * (n))
#define KERNEL_FEATURE(n) (0x3300u + 0x40 * (n))
#define KERNEL_FEATURE_NAME(n) (0x3800u + 0x20 * (n))

#define KERNEL_CPUS 4u
#define KERNEL_PENDING (KERNEL_CPUS * 0x10000u)

void kernel_make(const struct kernel *k);
/* The start of a part. */
uint8_t *kernel_part(const struct kernel *k, enum kernel_part part);
/* A property table as Linux makes it, with some LPIs enabled. */
void kernel_property_table(uint8_t *bytes);
/* One more message of the log; @facility: 0: the kernel's own. */
void kernel_log(const struct kernel *k, const char *text,
		unsigned int facility);

/* The oldest @count of 19 messages are lost. */
void kernel_wrap(const struct kernel *k, unsigned int count);
/* What its user space leaves, in KERNEL_SIDECAR bytes. */
#define KERNEL_SIDECAR 2048
void kernel_sidecar(const struct kernel *k, const char *version, char *text);
/* What says of which boot it is, as text and as the kernel has it. */
#define KERNEL_BOOT "8cf2644b-4b0b-428f-9387-6d876050dc67"
extern const uint8_t kernel_boot[16];

#define KERNEL_RELEASE "6.12.95+deb12-arm64"
#define KERNEL_VERSION "#1 SMP test"
#define KERNEL_PROPBASER(k) ((k)->property | 0x070000000000078fULL)
/* What is to be known of CPU @cpu. */
struct trans_gic_pending kernel_pending(const struct kernel *k,
					unsigned int cpu);
/* Nothing but what is right. */
void kernel_must_have(const struct kernel *k,
		      const struct trans_saved_lpis *lpis);

#endif
