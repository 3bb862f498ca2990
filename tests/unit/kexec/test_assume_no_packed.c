/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* A build that was told that no kernel is compressed says so of one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define TRANS_ASSUME_NO_PACKED 1
#include "kexec/unpack.c"

static void *here(void *ctx, trans_pa_t pa, size_t len)
{
	(void)pa;
	(void)len;
	return ctx;
}

static void a_gzip_file_is_refused(void **state)
{
	static uint8_t file[64] = { 0x1f, 0x8b, 8 };
	static struct trans_kexec kexec;
	const struct trans_ops host = { .phys_to_virt = here };
	const struct trans_kexec_args args = {
		.kernel = { 0, sizeof(file) }, .host = &host, .host_ctx = file
	};
	struct trans_error err = { 0 };
	struct load load = { .err = &err, .kexec = &kexec, .args = &args };

	(void)state;
	assert_int_equal(trans_kexec_unpack_(&load), TRANS_EIMAGE);
	assert_non_null(strstr(err.why, "TRANS_ASSUME_NO_PACKED"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_gzip_file_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
