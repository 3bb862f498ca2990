/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Disks of the EFI application: where they are read and written, and that a
 * medium which was put in later is neither, even if it looks the same.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define print_error print_trans_error /* cmocka has one, too */
#include "ports/efi/disk.c"

/* ---- a firmware, with one disk ---- */

static struct efi_media media;
static uint64_t lba_asked;
static unsigned int done; /* transfers and flushes */

static efi_status_t transfer(uint32_t id, uint64_t lba)
{
	if (!media.present)
		return EFI_FAILURE(12); /* EFI_NO_MEDIA */
	if (id != media.id)
		return EFI_FAILURE(13); /* EFI_MEDIA_CHANGED */
	lba_asked = lba;
	done++;
	return EFI_SUCCESS;
}

static efi_status_t read_blocks(struct efi_block_io *of, uint32_t id,
				uint64_t lba, uint64_t len, void *buffer)
{
	(void)of;
	memset(buffer, 'r', len);
	return transfer(id, lba);
}

static efi_status_t write_blocks(struct efi_block_io *of, uint32_t id,
				 uint64_t lba, uint64_t len, const void *buffer)
{
	(void)of;
	(void)len;
	(void)buffer;
	return transfer(id, lba);
}

static efi_status_t flush_blocks(struct efi_block_io *of)
{
	(void)of;
	done++;
	return EFI_SUCCESS;
}

static struct efi_block_io io = {
	.media = &media,
	.read = read_blocks,
	.write = write_blocks,
	.flush = flush_blocks,
};

void *protocol_of(efi_handle_t handle, struct efi_guid protocol)
{
	(void)protocol;
	return handle ? &io : NULL;
}

bool path_partition(efi_handle_t handle, uint8_t guid[16])
{
	(void)handle;
	(void)guid;
	return false;
}

void uuid_of_guid(uint8_t uuid[16], const uint8_t guid[16])
{
	memcpy(uuid, guid, 16);
}

/* ---- tests ---- */

static uint8_t page[4096];

static int setup(void **state)
{
	(void)state;
	media = (struct efi_media){ .id = 7, .present = true,
				    .block_len = 4096, .last_block = 99 };
	done = 0;
	return 0;
}

static int reads(const struct disk *disk, uint64_t offset)
{
	return disk->block.read(disk->block.ctx, offset, page, sizeof(page));
}

static int writes(const struct disk *disk, uint64_t offset)
{
	return disk->block.write(disk->block.ctx, offset, page, sizeof(page));
}

static void test_bytes_become_blocks(void **state)
{
	struct disk disk;

	(void)state;
	assert_true(disk_open(&io, &disk));
	assert_int_equal(disk.block.len, 100 * 4096);
	assert_int_equal(disk.block.sector_shift, 12);
	assert_int_equal(reads(&disk, 3 * 4096), 0);
	assert_int_equal(lba_asked, 3);
	assert_int_equal(writes(&disk, 5 * 4096), 0);
	assert_int_equal(lba_asked, 5);
	assert_int_equal(disk.block.flush(disk.block.ctx), 0);
	assert_int_equal(done, 3);
}

static void test_another_medium_is_not_this_one(void **state)
{
	struct disk disk;

	(void)state;
	assert_true(disk_open(&io, &disk));
	media.id = 8;
	assert_int_not_equal(reads(&disk, 0), 0);
	assert_int_not_equal(writes(&disk, 0), 0);
	media.present = false;
	assert_int_not_equal(reads(&disk, 0), 0);
	assert_int_not_equal(writes(&disk, 0), 0);
	assert_int_equal(done, 0);
}

/* The one that was looked at first may be used for the next by then. */
static void test_a_copy_goes_its_own_way(void **state)
{
	struct disk first, kept;

	(void)state;
	assert_true(disk_open(&io, &first));
	disk_keep(&kept, &first);
	memset(&first, 0, sizeof(first));
	assert_int_equal(reads(&kept, 4096), 0);
	assert_int_equal(lba_asked, 1);
	media.id = 8;
	assert_int_not_equal(reads(&kept, 4096), 0);
}

static void test_what_cannot_be_used(void **state)
{
	struct disk disk;

	(void)state;
	assert_false(disk_open(NULL, &disk));
	media.block_len = 520;
	assert_false(disk_open(&io, &disk));
	media.block_len = 512;
	media.io_align = 8192;
	assert_false(disk_open(&io, &disk));
	media.io_align = 0;
	media.present = false;
	assert_false(disk_open(&io, &disk));
	media.present = true;
	media.read_only = true;
	assert_true(disk_open(&io, &disk));
	assert_null(disk.block.write);
	assert_null(disk.block.flush);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_bytes_become_blocks, setup),
		cmocka_unit_test_setup(test_another_medium_is_not_this_one,
				       setup),
		cmocka_unit_test_setup(test_a_copy_goes_its_own_way, setup),
		cmocka_unit_test_setup(test_what_cannot_be_used, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
