/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What the EFI application finds of the transition before, and where: a page of
 * the firmware's runtime services, if that changes nothing of its map.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define print_error print_trans_error /* cmocka has one, too */
#include "ports/efi/report.c"
#include "trans/transition/blob/blob.h"

/* ---- a firmware ---- */

struct efi_boot_services *boot;
static _Alignas(4096) uint8_t page_of_firmware[4096];
static bool grows; /* a page taken is one more */
static unsigned int taken, given;
static char said[512];

uint64_t memory_runtime_total(void)
{
	return 0x10000 + (grows ? taken : 0) * EFI_PAGE;
}

void print(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(said, sizeof(said), format, args);
	va_end(args);
}

static efi_status_t allocate(enum efi_allocate how, enum efi_memory_type type,
			     uint64_t pages, uint64_t *pa)
{
	assert_int_equal(how, EFI_ANY_PAGES);
	assert_int_equal(type, EFI_RUNTIME_SERVICES_DATA);
	assert_int_equal(pages, 1);
	taken++;
	*pa = (uintptr_t)page_of_firmware;
	return EFI_SUCCESS;
}

static efi_status_t release(uint64_t pa, uint64_t pages)
{
	assert_int_equal(pa, (uintptr_t)page_of_firmware);
	assert_int_equal(pages, 1);
	given++;
	return EFI_SUCCESS;
}

static efi_status_t have_none(enum efi_allocate how, enum efi_memory_type type,
			      uint64_t pages, uint64_t *pa)
{
	(void)how;
	(void)type;
	(void)pages;
	(void)pa;
	return EFI_OUT_OF_RESOURCES;
}

static int setup(void **state)
{
	static struct efi_boot_services services;

	(void)state;
	services.allocate_pages = allocate;
	services.free_pages = release;
	boot = &services;
	grows = false;
	taken = given = 0;
	page = 0;
	said[0] = '\0';
	memset(page_of_firmware, 0xa5, sizeof(page_of_firmware));
	return 0;
}

/* What a blob would have left. */
static void left(const struct trans_blob_report *last)
{
	struct trans_blob_report *at = (void *)page_of_firmware;

	*at = *last;
	at->magic = TRANS_REPORT_MAGIC;
	at->seal = blob_seal(at);
}

/* ---- tests ---- */

static void test_first_start(void **state)
{
	(void)state;
	report_last();
	assert_string_equal(said, "");
	assert_int_equal(report_page(), (uintptr_t)page_of_firmware);
	assert_int_equal(given, 0);
}

static void test_failure_is_told_once(void **state)
{
	const struct trans_blob_report last = {
		.stage = TRANS_STAGE_CORRUPT, .moves = 7, .why = "not read" };

	(void)state;
	left(&last);
	report_last();
	assert_string_equal(said, "transtable: the last start failed at "
			    "\"corrupt\":  (7 moves, esr 0x0, pa 0x0)\n");
	said[0] = '\0';
	report_last();
	assert_string_equal(said, "");
}

static void test_why_it_did_not_leave(void **state)
{
	const struct trans_blob_report last = {
		.stage = TRANS_STAGE_NOT_QUIET, .pa = 0x8000,
		.why = "an ITS is not quiescent" };

	(void)state;
	left(&last);
	report_last();
	assert_non_null(strstr(said, "\"not quiet\": an ITS is not quiescent"));
	assert_non_null(strstr(said, "pa 0x8000"));
}

static void test_success_is_not_told(void **state)
{
	const struct trans_blob_report last = { .stage = TRANS_STAGE_LEAVING };

	(void)state;
	left(&last);
	report_last();
	assert_string_equal(said, "");
}

/* Another page of them would be another map than the saved kernel knows. */
static void test_map_stays_as_it_is(void **state)
{
	const struct trans_blob_report last = { .stage = TRANS_STAGE_FAULT };

	(void)state;
	left(&last);
	grows = true;
	report_last();
	assert_int_equal(taken, 1);
	assert_int_equal(given, 1);
	assert_int_equal(report_page(), 0);
	assert_string_equal(said, "");
}

static void test_no_page(void **state)
{
	(void)state;
	boot->allocate_pages = have_none;
	report_last();
	assert_int_equal(report_page(), 0);
	assert_string_equal(said, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_first_start, setup),
		cmocka_unit_test_setup(test_failure_is_told_once, setup),
		cmocka_unit_test_setup(test_why_it_did_not_leave, setup),
		cmocka_unit_test_setup(test_success_is_not_told, setup),
		cmocka_unit_test_setup(test_map_stays_as_it_is, setup),
		cmocka_unit_test_setup(test_no_page, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
