/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What the EFI application has the firmware extend into which PCR, with which
 * words in the log; and what becomes of a start where the TPM fails.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define print_error print_trans_error /* cmocka has one, too */
#include "ports/efi/measure.c"

/* ---- a firmware with a TPM, which may fail ---- */

#define EVENTS 8

static struct said {
	uint32_t pcr, type;
	const void *data;
	uint64_t len;
	char text[TEXT_MAX];
} said[EVENTS];
static unsigned int count, fails_at;
static efi_status_t status, capability_status;
static bool has_protocol, present;
static char printed[256];

static efi_status_t capability_of(struct efi_tcg2 *tpm,
				  struct efi_tcg2_capability *capability)
{
	(void)tpm;
	assert_int_equal(capability->size, 36); /* not packed */
	capability->present = present;
	return capability_status;
}

/* The layout is counted here by hand: packed, of 18 bytes. */
static efi_status_t extend(struct efi_tcg2 *tpm, uint64_t flags, uint64_t pa,
			   uint64_t len, struct efi_tcg2_event *event)
{
	const uint8_t *at = (const void *)event;
	struct said *now = &said[count];
	uint32_t all, header;

	(void)tpm;
	assert_int_equal(flags, 0);
	assert_true(count < EVENTS);
	memcpy(&all, at, 4);
	memcpy(&header, at + 4, 4);
	assert_int_equal(header, 14);
	assert_int_equal(at[8] | at[9] << 8, 1);
	memcpy(&now->pcr, at + 10, 4);
	memcpy(&now->type, at + 14, 4);
	assert_true(all > 18 && all - 18 <= sizeof(now->text));
	memcpy(now->text, at + 18, all - 18);
	assert_int_equal(strlen(now->text), all - 18 - 1);
	now->data = (const void *)(uintptr_t)pa;
	now->len = len;
	return ++count == fails_at ? status : EFI_SUCCESS;
}

static struct efi_tcg2 tcg = { .capability = capability_of,
			       .extend = extend };

void *protocol_first(struct efi_guid protocol)
{
	const struct efi_guid own = EFI_TCG2;

	assert_memory_equal(&protocol, &own, sizeof(own));
	return has_protocol ? &tcg : NULL;
}

void print(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(printed, sizeof(printed), format, args);
	va_end(args);
}

int port_error(struct trans_error *err, int code, const char *why, uint64_t pa,
	       uint64_t len)
{
	*err = (struct trans_error){ .status = code, .why = why, .pa = pa,
				     .len = len };
	return code;
}

static int setup(void **state)
{
	(void)state;
	memset(said, 0, sizeof(said));
	count = fails_at = 0;
	status = capability_status = EFI_SUCCESS;
	has_protocol = present = true;
	printed[0] = '\0';
	return 0;
}

/* ---- a kernel ---- */

static uint8_t kernel_data[3], initrd_data[5];
static const struct file kernel = { kernel_data, 3 };
static const struct file initrd = { initrd_data, 5 };
static const struct file nothing;
static struct options options = { .kernel = "\\Image",
				  .initrd = "\\initrd",
				  .cmdline = "quiet splash" };

static void is_event(const struct said *event, uint32_t pcr, const void *data,
		     uint64_t len, const char *text)
{
	assert_int_equal(event->pcr, pcr);
	assert_int_equal(event->type, 0xd);
	assert_ptr_equal(event->data, data);
	assert_int_equal(event->len, len);
	assert_string_equal(event->text, text);
}

static void test_kernel(void **state)
{
	(void)state;
	measure_kernel(&options, &kernel, &initrd);
	assert_int_equal(count, 3);
	is_event(&said[0], 9, kernel_data, 3, "\\Image");
	is_event(&said[1], 9, initrd_data, 5, "\\initrd");
	is_event(&said[2], 8, options.cmdline, 12,
		 "kernel_cmdline: quiet splash");
	assert_string_equal(printed, "");
}

static void test_kernel_alone(void **state)
{
	static const struct options bare = { .kernel = "\\Image" };

	(void)state;
	measure_kernel(&bare, &kernel, &nothing);
	assert_int_equal(count, 2);
	is_event(&said[0], 9, kernel_data, 3, "\\Image");
	is_event(&said[1], 8, bare.cmdline, 0, "kernel_cmdline: ");
}

/* Each word that options can hold is in the log, to its end. */
static void test_long_words(void **state)
{
	static struct options longest = { .kernel = "\\Image" };
	const size_t len = sizeof(longest.cmdline) - 1;

	(void)state;
	memset(longest.cmdline, 'x', len);
	measure_kernel(&longest, &kernel, &nothing);
	assert_int_equal(said[1].len, len);
	assert_int_equal(strlen(said[1].text), len + 16);
}

static void test_kernel_where_the_tpm_fails(void **state)
{
	(void)state;
	status = EFI_DEVICE_ERROR;
	for (fails_at = 1; fails_at <= 3; fails_at++) {
		count = 0;
		printed[0] = '\0';
		measure_kernel(&options, &kernel, &initrd);
		assert_int_equal(count, fails_at);
		assert_non_null(strstr(printed, "the TPM fails, status "
					       "0x8000000000000007"));
	}
}

/* ---- a resume ---- */

static void test_resume(void **state)
{
	static const uint32_t pcrs[] = { 4, 8, 9, 11, 12 };
	struct trans_error err;

	(void)state;
	assert_int_equal(measure_resume(&err), 0);
	assert_int_equal(count, 5);
	for (unsigned int i = 0; i < 5; i++) {
		is_event(&said[i], pcrs[i], said[0].data, 18,
			 "transtable: resume");
		assert_memory_equal(said[i].data, "transtable: resume", 18);
	}
}

/* Any of them, also the last. */
static void test_resume_where_the_tpm_fails(void **state)
{
	struct trans_error err;

	(void)state;
	status = EFI_DEVICE_ERROR;
	for (fails_at = 1; fails_at <= 5; fails_at++) {
		count = 0;
		assert_int_equal(measure_resume(&err), TRANS_EHOST);
		assert_int_equal(count, fails_at);
	}
}

/* ---- whether there is one ---- */

static void extends(unsigned int times)
{
	struct trans_error err;

	count = 0;
	assert_int_equal(measure_resume(&err), 0);
	assert_int_equal(count, times);
	count = 0;
	measure_kernel(&options, &kernel, &initrd);
	assert_int_equal(count, times ? 3 : 0);
	assert_string_equal(printed, "");
}

static void test_no_tpm(void **state)
{
	(void)state;
	has_protocol = false;
	extends(0);
	has_protocol = true;
	present = false;
	extends(0);
}

/* Not to be asked is not to be away. */
static void test_capability_fails(void **state)
{
	(void)state;
	present = false;
	capability_status = EFI_DEVICE_ERROR;
	extends(5);
}

static void test_full_log(void **state)
{
	(void)state;
	status = EFI_VOLUME_FULL;
	for (fails_at = 1; fails_at <= 5; fails_at++)
		extends(5);
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_kernel),
		TEST(test_kernel_alone),
		TEST(test_long_words),
		TEST(test_kernel_where_the_tpm_fails),
		TEST(test_resume),
		TEST(test_resume_where_the_tpm_fails),
		TEST(test_no_tpm),
		TEST(test_capability_fails),
		TEST(test_full_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
