/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* A build that was told that no kernel is an ELF file says so of one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define TRANS_ASSUME_NO_ELF 1
#include "kexec/unpack.c"

static void an_elf_file_is_refused(void **state)
{
	static const uint8_t head[64] = { 0x7f, 'E', 'L', 'F' };
	static struct trans_kexec kexec;
	const struct unpack_file file = { head, sizeof(head), 0 };
	struct trans_error err = { 0 };
	struct load load = { .err = &err, .kexec = &kexec };

	(void)state;
	assert_int_equal(unpack_inner(&load, &file), TRANS_EIMAGE);
	assert_non_null(strstr(err.why, "TRANS_ASSUME_NO_ELF"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_elf_file_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
