/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What the tool makes of images: each page is where the image's maker put it,
 * what lies about its pages is refused, and an ELF core has all of it, by a
 * reader that shares no line with its writer.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <elf.h>

#include "tests/unit/support/disk.h"
#include "tests/unit/support/swsusp_image.h"
#include "tools/trans/image_parts.h"

static struct image image;
static struct disk disk;
static struct contents contents;
static struct trans_error err;

static int open_it(void)
{
	disk_init(&disk, image.disk, image.len, 9);
	memset(&err, 0, sizeof(err));
	if (contents_open(&contents, &disk.block, image.spec.offset, &err))
		return err.status;
	contents.reader.args.unpack = image_unpackers;
	return contents_read(&contents, &err);
}

static void close_it(void)
{
	contents_close(&contents);
	disk_free(&disk);
}

static void compare(void)
{
	struct trans_saved_memory memory = contents_memory(&contents);
	size_t page = (size_t)1 << image.spec.page_shift;
	const uint8_t *data = image.stream + image.meta_pages * page;

	assert_int_equal(contents.stored, image.spec.data_pages);
	assert_int_equal(contents.zero, image.spec.zero_pages);
	for (uint64_t i = 0; i < image.data_pages; i++) {
		trans_pa_t pa = image.pfn[i] << image.spec.page_shift;
		const void *at = memory.at(memory.ctx, pa, page);

		assert_non_null(at);
		assert_memory_equal(at, data + i * page, page);
		assert_true(memory.holds(memory.ctx, pa, page));
		assert_false(memory.zero(memory.ctx, pa, page));
	}
}

/* All that next gives is as much as is stored, and held. */
static void go_through(void)
{
	struct trans_saved_memory memory = contents_memory(&contents);
	uint64_t len, sum = 0;
	trans_pa_t pa = 0;

	while ((len = memory.next(memory.ctx, &pa)) != 0) {
		assert_non_null(memory.at(memory.ctx, pa, len));
		assert_null(memory.at(memory.ctx, pa, len + 1));
		sum += len;
		pa += len;
	}
	assert_int_equal(sum, contents.stored << image.spec.page_shift);
}

static void images(void **state)
{
	static const unsigned int shifts[] = { 12, 14, 16 };

	(void)state;
	for (unsigned int i = 0; i < 9; i++) {
		struct image_spec spec = {
			.page_shift = shifts[i / 3], .data_pages = 70,
			.packing = (enum trans_swsusp_packing)(i % 3),
			.zero_pages = 9, .order = IMAGE_MIXED,
			.offset = i & 1 ? 5 : 0, .seed = i,
		};

		image_make(&image, &spec);
		assert_int_equal(open_it(), 0);
		compare();
		go_through();
		close_it();
		image_free(&image);
	}
}

/* ---- page numbers that lie ---- */

/* The @i-th of them, on the disk of a raw image. */
static uint64_t *page_number(size_t i)
{
	return (uint64_t *)image_page(&image, image.slot[1]) + i;
}

static void must_fail(int status)
{
	assert_int_equal(open_it(), status);
	assert_int_equal(err.status, status);
	close_it();
}

static void page_numbers(void **state)
{
	struct image_spec spec = { .page_shift = 12, .data_pages = 20 };
	uint64_t kept;

	(void)state;
	image_make(&image, &spec);
	kept = *page_number(7);
	*page_number(7) = *page_number(6);
	must_fail(TRANS_ECORRUPT);
	*page_number(7) = *page_number(6) - 1;
	must_fail(TRANS_ECORRUPT);
	*page_number(7) = 1ULL << 40;
	must_fail(TRANS_ERANGE);
	*page_number(7) = UINT64_MAX;
	must_fail(TRANS_ECORRUPT);
	*page_number(7) = kept | 1ULL << 63;
	must_fail(TRANS_ECORRUPT);
	*page_number(7) = kept;
	*page_number(20) = *page_number(19) + 1;
	must_fail(TRANS_ECORRUPT);
	image_free(&image);
}

/* ---- the ELF core ---- */

/* What the file @bytes has at physical @pa; NULL: nothing. */
static const uint8_t *in_core(const uint8_t *bytes, trans_pa_t pa, size_t len)
{
	const Elf64_Ehdr *elf = (const Elf64_Ehdr *)bytes;
	const Elf64_Phdr *at = (const Elf64_Phdr *)(bytes + elf->e_phoff);

	for (unsigned int i = 0; i < elf->e_phnum; i++, at++)
		if (at->p_type == PT_LOAD && pa >= at->p_paddr &&
		    pa - at->p_paddr + len <= at->p_filesz)
			return bytes + at->p_offset + (pa - at->p_paddr);
	return NULL;
}

static uint8_t *read_file(const char *path, size_t *len)
{
	FILE *file = fopen(path, "rb");
	uint8_t *bytes;

	assert_non_null(file);
	fseek(file, 0, SEEK_END);
	*len = (size_t)ftell(file);
	rewind(file);
	bytes = malloc(*len);
	assert_int_equal(fread(bytes, 1, *len, file), *len);
	fclose(file);
	return bytes;
}

static void compare_core(const uint8_t *bytes)
{
	for (size_t i = 0; i < contents.count; i++) {
		const struct stretch *stretch = &contents.stretch[i];
		const uint8_t *at = in_core(bytes, stretch->pa, stretch->len);

		assert_non_null(at);
		for (uint64_t j = 0; stretch->zero && j < stretch->len; j++)
			assert_int_equal(at[j], 0);
		if (!stretch->zero)
			assert_memory_equal(at, contents.store + stretch->at,
					    stretch->len);
	}
	assert_null(in_core(bytes, 1ULL << 51, 1));
}

static void core(void **state)
{
	struct image_spec spec = { .page_shift = 12, .data_pages = 50,
				   .zero_pages = 20, .order = IMAGE_RUNS };
	static struct kernel kernel;
	char path[] = "/tmp/trans-core-XXXXXX";
	struct out out;
	uint8_t *bytes;
	size_t len;

	(void)state;
	image_make(&image, &spec);
	assert_int_equal(open_it(), 0);
	kernel_find(&kernel, &contents);
	assert_false(kernel.info);
	close(mkstemp(path));
	out_begin(&out, fopen("/dev/null", "w"), false);
	assert_int_equal(write_vmcore(&out, &contents, &kernel, path), 3);
	unlink(path);
	assert_int_equal(write_vmcore(&out, &contents, &kernel, path), 0);
	fclose(out.to);
	bytes = read_file(path, &len);
	unlink(path);
	assert_memory_equal(bytes, ELFMAG, SELFMAG);
	compare_core(bytes);
	free(bytes);
	close_it();
	image_free(&image);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(images),
		cmocka_unit_test(page_numbers),
		cmocka_unit_test(core),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
