/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * A kexec on a simulated memory: a kernel and an initrd inside each other's
 * destination, a device tree, a host that can refuse; loading, carrying out
 * the plan, and checking what came of it.
 */
#ifndef TESTS_KEXECS_H
#define TESTS_KEXECS_H

#include <trans_table/kexec.h>

#include "files.h"
#include "memory.h"
#include "ports/zlib/gunzip.h"

#define BASE 0x40000000ULL
#define MEMORY_LEN (16ULL << 20)
#define PAGE 4096ULL
#define KERNEL_AT (BASE + 0x10000) /* inside its own destination */
#define KERNEL_LEN 0x50123ULL
#define IMAGE_SIZE 0x100000ULL
#define INITRD_AT (BASE + 0x80000) /* likewise, in the kernel's */
#define INITRD_LEN 0x42777ULL
#define TREE_LEN 8192
#define SLOTS 80

struct fixture {
	struct memory memory;
	struct trans_cpu cpu;
	struct trans_range ram_slot[SLOTS], reserved_slot[SLOTS];
	struct trans_ranges ram, reserved;
	_Alignas(8) char tree[TREE_LEN];
	struct trans_kexec_args args;
	struct trans_kexec kexec;
	struct trans_error err;
	uint8_t *kernel, *initrd; /* what the files held before */
	int aliases;              /* prepared minus dropped */
	bool refuse_alias, refuse_ask, fail_leave;
	unsigned int asked, unasked, left;
	struct trans_gunzip gunzip;
	struct trans_decompress decompress;
	int unpack_says;     /* the fake zstd's answer */
	size_t unpack_short; /* bytes that it leaves out */
	int refuse_auth, auths;
};

/* ---- the good case ---- */

/* A tree of @len bytes with nothing but an old /chosen. */
void put_tree(void *fdt, size_t len);

/* The good case; a test changes what it is about before it loads. */
struct trans_kexec_args kexec_args(struct fixture *f);

/* For cmocka: *@state is a fixture whose args load. */
int kexec_set_up(void **state);

/* Every test ends with everything given back, whatever it did. */
int kexec_tear_down(void **state);

/* Must succeed. */
void kexec_load(struct fixture *f);

/* The load fails with @status, says so, and leaves nothing behind. */
void kexec_refused(struct fixture *f, int status);

/* As the mover does it: each move like memmove, then zeroes. */
void kexec_carry_out(struct fixture *f);

/* Exactly once. */
bool reserves(const void *fdt, struct trans_range range);

/* After carry_out: the tree says what was asked and where the initrd lies. */
void check_tree(struct fixture *f);

/* Likewise, and kernel and initrd are what they were. */
void check_files(struct fixture *f);

/* Before the load: @bytes, the content of @file, lie at @to instead. */
void kexec_move_file(struct fixture *f, struct trans_range *file,
		     trans_pa_t to, const uint8_t *bytes);

/* ---- other formats ---- */

/* In place of the kernel file. */
void kernel_is(struct fixture *f, const uint8_t *file, size_t len);
void kernel_is_gzip(struct fixture *f, const uint8_t *data, size_t len);

/* Likewise, for this reason. */
void refused_because(struct fixture *f, int status, const char *why);

/* Every other host call refused, too: memory and a view of it. */
void kexec_hunger(struct fixture *f);

/* ---- ELF ---- */

void kernel_is_elf(struct fixture *f, unsigned int type, uint64_t entry,
		   const struct file_segment *segment,
		   unsigned int count);

#define PROGRAM_AT (BASE + 0x300000)

/* Segments that share granules, with zeroes inside and behind, and one that is
 * only zeroes. */
extern const struct file_segment kexec_program[];
#define PROGRAM_SEGMENTS 4
#define PROGRAM_END 0x16000 /* in whole granules */

/* ---- what is in its place already ---- */

#define FAR_INITRD (BASE + 0x400000)

#endif
