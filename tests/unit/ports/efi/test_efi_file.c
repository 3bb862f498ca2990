/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Files beside the EFI application: only what the firmware says is not there is
 * none. And what it is called itself, however the path is cut.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define print_error print_trans_error /* cmocka has one, too */
#include "ports/efi/file.c"

/* ---- a firmware, of which each call may fail ---- */

enum call { NONE, NO_PROTOCOL, VOLUME, OPEN, INFO, READ, SHORT };

static enum call fails;
static efi_status_t status;
static uint64_t file_len;
static int opened, taken;
static struct efi_loaded_image image;
const struct efi_loaded_image *self = &image;

static efi_status_t result_of(enum call call)
{
	return fails == call ? status : EFI_SUCCESS;
}

static efi_status_t close_file(struct efi_file *file)
{
	(void)file;
	opened--;
	return EFI_SUCCESS;
}

static efi_status_t read_file(struct efi_file *file, uint64_t *len, void *to)
{
	(void)file;
	memset(to, 'x', *len);
	*len -= fails == SHORT;
	return result_of(READ);
}

static efi_status_t info_of(struct efi_file *file, const struct efi_guid *kind,
			    uint64_t *len, void *to)
{
	struct efi_file_info info = { .file_len = file_len };

	(void)file;
	(void)kind;
	assert_true(*len >= sizeof(info));
	memcpy(to, &info, sizeof(info));
	return result_of(INFO);
}

static struct efi_file the_file = { .close = close_file, .read = read_file,
				    .info = info_of };

static efi_status_t open_in(struct efi_file *from, struct efi_file **file,
			    const efi_char_t *name, uint64_t mode,
			    uint64_t attributes)
{
	(void)from;
	(void)attributes;
	assert_int_equal(mode, EFI_FILE_READ);
	assert_int_equal(name[0], '\\');
	*file = &the_file;
	opened += !result_of(OPEN);
	return result_of(OPEN);
}

static struct efi_file root = { .open = open_in, .close = close_file };

static efi_status_t open_volume(struct efi_file_system *fs,
				struct efi_file **file)
{
	(void)fs;
	*file = &root;
	opened += !result_of(VOLUME);
	return result_of(VOLUME);
}

void *protocol_of(efi_handle_t handle, struct efi_guid protocol)
{
	static struct efi_file_system fs = { .open = open_volume };

	(void)handle;
	(void)protocol;
	return fails == NO_PROTOCOL ? NULL : &fs;
}

void *pages_take(uint64_t len)
{
	taken++;
	return malloc(len);
}

void pages_give(void *at, uint64_t len)
{
	(void)len;
	taken -= at != NULL;
	free(at);
}

int port_error(struct trans_error *err, int ret, const char *why,
	       uint64_t pa, uint64_t len)
{
	*err = (struct trans_error){ .status = ret, .why = why, .pa = pa,
				     .len = len };
	return ret;
}

/* ---- tests ---- */

static void reading(enum call call, efi_status_t with, uint64_t len, int ret)
{
	struct trans_error err = { 0 };
	struct file file;

	fails = call;
	status = with;
	file_len = len;
	opened = taken = 0;
	assert_int_equal(file_read("/a.conf", &file, &err), ret);
	assert_int_equal(err.status, ret);
	assert_int_equal(opened, 0);
	if (!ret) {
		assert_int_equal(file.len, len);
		assert_int_equal(*(char *)file.data, 'x');
		file_give(&file);
	}
	assert_int_equal(taken, 0);
}

static void test_only_what_is_not_found_is_none(void **state)
{
	(void)state;
	reading(NONE, 0, 7, 0);
	reading(NO_PROTOCOL, 0, 7, TRANS_ENOENT);
	reading(OPEN, EFI_NOT_FOUND, 7, TRANS_ENOENT);
	reading(NONE, 0, 0, TRANS_ETRUNC);
	reading(VOLUME, EFI_DEVICE_ERROR, 7, TRANS_EHOST);
	reading(OPEN, EFI_DEVICE_ERROR, 7, TRANS_EHOST);
	reading(INFO, EFI_DEVICE_ERROR, 0, TRANS_EHOST);
	reading(READ, EFI_DEVICE_ERROR, 7, TRANS_EHOST);
	reading(SHORT, 0, 7, TRANS_EHOST);
}

static uint8_t path[256];
static size_t path_len;

static void add_node(uint8_t type, uint8_t subtype, const char *name)
{
	size_t len = sizeof(struct efi_device_path) +
		     (name ? 2 * strlen(name) + 2 : 0);
	uint8_t *at = &path[path_len];

	memset(at, 0, len);
	at[0] = type;
	at[1] = subtype;
	at[2] = (uint8_t)len;
	for (size_t i = 0; name && name[i]; i++)
		at[sizeof(struct efi_device_path) + 2 * i] = (uint8_t)name[i];
	path_len += len;
}

static void is_beside(const char *first, const char *second)
{
	char name[64];

	path_len = 0;
	add_node(EFI_PATH_MEDIA, EFI_PATH_FILE, first);
	if (second)
		add_node(EFI_PATH_MEDIA, EFI_PATH_FILE, second);
	add_node(EFI_PATH_END, 0xff, NULL);
	image.path = (const struct efi_device_path *)path;
	assert_true(file_beside(name, sizeof(name), "conf"));
	assert_string_equal(name, "\\EFI\\tt\\tt.conf");
}

static void test_a_path_in_pieces(void **state)
{
	(void)state;
	is_beside("\\EFI\\tt\\tt.efi", NULL);
	is_beside("\\EFI\\tt", "tt.efi");
	is_beside("\\EFI\\tt\\", "tt.efi");
	is_beside("\\EFI\\tt", "\\tt.efi");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_only_what_is_not_found_is_none),
		cmocka_unit_test(test_a_path_in_pieces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
