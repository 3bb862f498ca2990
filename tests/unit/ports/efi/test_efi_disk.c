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

/* One that reads while something else is done, for so many looks; lasts: it
 * never ends. */
static struct {
	bool there, full, fails, lasts;
	unsigned int looks, events;
	struct efi_token *token;
	void *buffer;
	uint64_t len;
} early;
static uint64_t ticks;

static efi_status_t read_blocks_ex(struct efi_block_io2 *of, uint32_t id,
				   uint64_t lba, struct efi_token *token,
				   uint64_t len, void *buffer)
{
	(void)of;
	assert_non_null(token->event);
	assert_null(early.token);
	if (early.full)
		return EFI_OUT_OF_RESOURCES;
	early.token = token;
	early.buffer = buffer;
	early.len = len;
	return transfer(id, lba);
}

static struct efi_block_io2 io2 = { .media = &media, .read = read_blocks_ex };

static efi_status_t create_event(uint32_t type, uint64_t tpl, void *notify,
				 void *context, void **event)
{
	(void)tpl;
	assert_int_equal(type, 0);
	assert_true(!notify && !context);
	early.events++;
	*event = &early;
	return EFI_SUCCESS;
}

static efi_status_t close_event(void *event)
{
	assert_ptr_equal(event, &early);
	early.events--;
	return EFI_SUCCESS;
}

static efi_status_t check_event(void *event)
{
	assert_ptr_equal(event, &early);
	if (early.lasts || (early.looks && early.looks--))
		return EFI_FAILURE(6); /* EFI_NOT_READY */
	memset(early.buffer, 'e', early.len);
	early.token->status = early.fails ? EFI_DEVICE_ERROR : EFI_SUCCESS;
	early.token = NULL;
	early.looks = 0;
	return EFI_SUCCESS;
}

static struct efi_boot_services services = {
	.create_event = create_event,
	.close_event = close_event,
	.check_event = check_event,
};
struct efi_boot_services *boot = &services;

uint64_t ticks_now(void)
{
	return ticks++;
}

uint64_t ticks_of_second(void)
{
	return 1000;
}

void *protocol_of(efi_handle_t handle, struct efi_guid protocol)
{
	if (protocol.a == EFI_BLOCK_IO2.a)
		return handle && early.there ? &io2 : NULL;
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
	memset(&early, 0, sizeof(early));
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

static int starts(const struct disk *disk, uint64_t offset)
{
	return disk->block.read_start(disk->block.ctx, offset, page,
				      sizeof(page));
}

static int waits(const struct disk *disk)
{
	return disk->block.read_wait(disk->block.ctx);
}

static void test_reads_in_two_halves(void **state)
{
	struct disk first, disk;

	(void)state;
	assert_true(disk_open(&io, &first));
	assert_null(first.block.read_start);
	assert_null(first.block.read_wait);
	disk_close(&first);
	early.there = true;
	assert_true(disk_open(&io, &first));
	assert_int_equal(early.events, 0);
	disk_keep(&disk, &first);
	memset(&first, 0, sizeof(first));
	assert_int_equal(reads(&disk, 0), 0);
	for (unsigned int i = 1; i < 4; i++) {
		assert_int_equal(starts(&disk, i * 4096), 0);
		assert_int_equal(lba_asked, i);
		assert_int_equal(page[0], i == 1 ? 'r' : 'e');
		assert_int_equal(waits(&disk), 0);
		assert_int_equal(page[0] & page[4095], 'e');
	}
	early.fails = true;
	assert_int_equal(starts(&disk, 4096), 0);
	assert_int_not_equal(waits(&disk), 0);
	early.full = true;
	assert_int_not_equal(starts(&disk, 4096), 0);
	assert_int_equal(early.events, 1);
	disk_close(&disk);
	assert_int_equal(early.events, 0);
}

/* Waited for longer than another read takes: not again. */
static void test_slow_ones_are_given_up(void **state)
{
	struct disk disk;

	(void)state;
	early.there = true;
	assert_true(disk_open(&io, &disk));
	assert_int_equal(reads(&disk, 0), 0);
	assert_int_equal(starts(&disk, 0), 0);
	early.looks = 50;
	assert_int_equal(waits(&disk), 0);
	assert_int_not_equal(starts(&disk, 0), 0);
	assert_int_equal(reads(&disk, 0), 0);
	disk_close(&disk);
}

static void test_one_does_not_end(void **state)
{
	struct disk disk;

	(void)state;
	early.there = early.lasts = true;
	assert_true(disk_open(&io, &disk));
	assert_int_equal(starts(&disk, 0), 0);
	assert_int_equal(waits(&disk), TRANS_ELOST);
	assert_ptr_equal(early.token, &disk.token);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_bytes_become_blocks, setup),
		cmocka_unit_test_setup(test_another_medium_is_not_this_one,
				       setup),
		cmocka_unit_test_setup(test_a_copy_goes_its_own_way, setup),
		cmocka_unit_test_setup(test_what_cannot_be_used, setup),
		cmocka_unit_test_setup(test_reads_in_two_halves, setup),
		cmocka_unit_test_setup(test_slow_ones_are_given_up, setup),
		cmocka_unit_test_setup(test_one_does_not_end, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
