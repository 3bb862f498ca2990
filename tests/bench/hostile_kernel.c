/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * A kernel's header says how much memory lies behind its file, and nothing
 * bounds that but RAM: the host does no work for it, and the blob, which must
 * zero it, less per byte than for what it hashes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

#include "tests/bench/hostile_kernel.h"
#include "tests/unit/support/kexecs.h"
#include "trans/transition/fake/fake.h"

#define GIB (1ULL << 30)
#define IMAGE_SIZE_AT 16 /* booting.rst */

/* ---- a load ---- */

static struct fixture *fixture;

/* RAM goes on behind what the host can see, and there the kernel goes: else
 * nothing of the host's were safe from it. */
static void begin_kernel(uint64_t image_size)
{
	void *state;

	kexec_set_up(&state);
	fixture = state;
	assert_int_equal(trans_ranges_add(&fixture->ram, BASE, 16 * GIB), 0);
	assert_int_equal(trans_ranges_add(&fixture->reserved, BASE,
					  MEMORY_LEN), 0);
	file_le(memory_at(&fixture->memory, KERNEL_AT) + IMAGE_SIZE_AT,
		image_size, 8);
	fixture->args.verify = true;
}

void kernel_honest(void)
{
	begin_kernel(IMAGE_SIZE);
}

void kernel_huge_bss(void)
{
	begin_kernel(8 * GIB);
}

int kernel_load(void)
{
	return trans_kexec_load(&fixture->kexec, &fixture->args,
				&fixture->err);
}

/* ---- what the blob looks at ---- */

#define FILE_LEN (4u << 20)

static struct blob_params params;
static union {
	struct blob_list head;
	uint64_t room[2 + 3];
} list;

static void begin_verify(size_t bss_len)
{
	uint8_t *memory = calloc(1, FILE_LEN + bss_len);

	assert_non_null(memory);
	for (size_t i = 0; i < FILE_LEN; i++)
		memory[i] = (uint8_t)(i * 7 + (i >> 8));
	list.head = (struct blob_list){ .next = BLOB_LIST_END, .count = 1 };
	list.head.move[0] = (struct trans_move){
		.src = TRANS_ZERO, .dst = (uintptr_t)memory + FILE_LEN,
		.len = bss_len };
	params.list = (uintptr_t)&list;
	params.report = (uintptr_t)&params.own;
	params.digest_count = 1;
	params.digest[0] = (struct trans_digest){ .pa = (uintptr_t)memory,
						  .len = FILE_LEN };
	trans_sha256(memory, FILE_LEN, params.digest[0].sha256);
}

/* As kernels have it: a tenth of the file. */
void verify_honest(void)
{
	begin_verify(FILE_LEN / 10);
}

void verify_huge_bss(void)
{
	begin_verify(32 * FILE_LEN);
}

int verify(void)
{
	return blob_verify(&params);
}
