/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Three answers, never confused: there is no image here, there is one and it
 * stays, it can be had by another try. A host boots over the first alone.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "tests/unit/support/files.h"
#include "tests/unit/support/resume_world.h"

#define BASE 0x40000000ULL
#define MIB (1ULL << 20)

static struct resume_world w;

static void good(void)
{
	world_usual(&w, BASE);
}

static enum trans_resume_advice answer(int status, const char *why)
{
	int ret = world_load(&w);

	if (ret != status || w.err.status != ret || strcmp(w.err.why, why))
		fail_msg("%s: %s, not %s: %s", trans_strerror(ret),
			 ret ? w.err.why : "", trans_strerror(status), why);
	assert_int_equal(w.writes, 0);
	return trans_resume_advise(ret);
}

static void every_status(void **state)
{
	(void)state;
	for (int status = TRANS_ELOST - 9; status < 9; status++) {
		enum trans_resume_advice advice = trans_resume_advise(status);

		if (status == 0)
			assert_int_equal(advice, TRANS_RESUME_START);
		else if (status == TRANS_ENOIMAGE)
			assert_int_equal(advice, TRANS_RESUME_BOOT);
		else if (status == TRANS_ENOMEM || status == TRANS_ESTALE ||
			 status == TRANS_ESTOPPED)
			assert_int_equal(advice, TRANS_RESUME_AGAIN);
		else if (status == TRANS_ELOST)
			assert_int_equal(advice, TRANS_RESUME_RESET);
		else
			assert_int_equal(advice, TRANS_RESUME_KEEP);
	}
}

/* ---- each row, by a load ---- */

static void no_image(void **state)
{
	(void)state;
	good();
	memcpy(w.disk + 4096 - 10, "SWAPSPACE2", 10);
	assert_int_equal(answer(TRANS_ENOIMAGE, "swap space without an image"),
			 TRANS_RESUME_BOOT);
	assert_int_equal(w.resume.image.info.page_shift, 12);
	memset(w.disk + 4096 - 10, 0, 10);
	assert_int_equal(answer(TRANS_ENOIMAGE, "not a swap space"),
			 TRANS_RESUME_BOOT);
	assert_int_equal(w.resume.image.info.page_shift, 0);
	/* Only that is told: of what was refused nothing remains. */
	memcpy(w.disk + 4096 - 10, "ULSUSPEND", 10);
	assert_int_equal(answer(TRANS_EIMAGE, "an image of uswsusp, which has "
				"its own format"), TRANS_RESUME_KEEP);
	assert_int_equal(w.resume.image.info.page_shift, 0);
	world_end(&w);
}

static void disk_that_cannot_be_read(void **state)
{
	(void)state;
	good();
	memcpy(w.disk + 4096 - 10, "SWAPSPACE2", 10);
	w.fail_read_at = 1;
	assert_int_equal(answer(TRANS_EHOST, "disk read"), TRANS_RESUME_KEEP);
	world_end(&w);
}

static void disk_that_ends_before_the_header(void **state)
{
	(void)state;
	good();
	w.args.offset = w.disk_pages;
	assert_int_equal(answer(TRANS_ERANGE,
				"the swap header is beyond the disk"),
			 TRANS_RESUME_KEEP);
	world_end(&w);
}

static void no_entry(void **state)
{
	(void)state;
	good();
	world_code(&w, w.resume_pa, CODE_NOP);
	world_write_disk(&w);
	w.args.entry = TRANS_RESUME_VIRTUAL;
	assert_int_equal(answer(TRANS_EIMAGE, "the image's tables do not lead "
				"to its _cpu_resume"), TRANS_RESUME_KEEP);
	world_end(&w);
}

static void little_memory(void **state)
{
	(void)state;
	good();
	w.lent.count = 0;
	world_lend(&w, BASE, MIB / 2);
	assert_int_equal(world_load(&w), TRANS_ENOMEM);
	assert_int_equal(trans_resume_advise(TRANS_ENOMEM),
			 TRANS_RESUME_AGAIN);
	world_end(&w);
}

/* ---- which image it was ---- */

static const struct trans_image_id no_id;

/* The id outlives the load and the unload. */
static void id_of_a_load(void **state)
{
	static uint8_t buffer[TRANS_SWSUSP_BUFFER(12)]
		__attribute__((aligned(4096)));
	struct trans_image_id id, probed;
	struct trans_swsusp_info info;

	(void)state;
	good();
	w.args.id = &id;
	assert_int_equal(world_load(&w), 0);
	trans_resume_unload(&w.resume);
	assert_int_equal(trans_resume_probe(&w.block, 0, buffer,
					    sizeof(buffer), &info, &probed,
					    &w.err), 0);
	assert_memory_equal(id.sha256, probed.sha256, sizeof(id.sha256));
	assert_int_equal(id.page_len, 4096);
	/* Refused late, and it can be given up. */
	memset(&id, 0x5a, sizeof(id));
	w.args.mpidr = 0x103;
	assert_int_equal(answer(TRANS_EIMAGE, "another CPU saved the image"),
			 TRANS_RESUME_KEEP);
	assert_memory_equal(id.sha256, probed.sha256, sizeof(id.sha256));
	assert_int_equal(trans_resume_discard(&w.block, &id, buffer,
					      sizeof(buffer), &w.err), 0);
	assert_int_equal(w.writes, 1);
	w.writes = 0;
	assert_int_equal(answer(TRANS_ENOIMAGE, "swap space without an image"),
			 TRANS_RESUME_BOOT);
	assert_memory_equal(&id, &no_id, sizeof(id));
	/* Nor when nothing could be looked at. */
	memset(&id, 0x5a, sizeof(id));
	w.args.ram = NULL;
	assert_int_equal(answer(TRANS_EINVAL, "ram is missing"),
			 TRANS_RESUME_KEEP);
	assert_memory_equal(&id, &no_id, sizeof(id));
	world_end(&w);
}

/* ---- a disk that answers differently when it is asked again ---- */

static int (*true_read)(void *ctx, uint64_t offset, void *buf, size_t len);
static void (*other)(uint8_t *page); /* what becomes of what is read */
static uint64_t other_page;
static unsigned int asked;

/* The header is read by the sector: where its page would begin. */
static uint8_t *page_that_ends(void *buf, size_t len)
{
	return (uint8_t *)((uintptr_t)buf + len - 4096);
}

static int changing_read(void *ctx, uint64_t offset, void *buf, size_t len)
{
	int ret = true_read(ctx, offset, buf, len);

	if (offset >> 12 == other_page && ++asked > 1)
		other(other_page ? buf : page_that_ends(buf, len));
	return ret;
}

static void other_cpu(uint8_t *page)
{
	page[96] ^= 1;
}

static void other_length(uint8_t *page)
{
	page[4096 - 1] ^= 1;
}

static void swapped(uint8_t *page)
{
	memcpy(page + 4096 - 10, "SWAPSPACE2", 10);
}

static void other_crc(uint8_t *page)
{
	page[4096 - 36] ^= 1;
}

static void broken(uint8_t *page)
{
	page[4096 - 23] ^= 1; /* unknown flags */
}

static void another_the_second_time(uint64_t page, void (*how)(uint8_t *page))
{
	good();
	true_read = w.block.read;
	w.block.read = changing_read;
	other_page = page;
	other = how;
	asked = 0;
	assert_int_equal(answer(TRANS_ESTALE,
				"the disk holds another image than a moment "
				"ago"), TRANS_RESUME_AGAIN);
	assert_int_equal(asked, 2);
	world_end(&w);
}

static uint64_t le(const uint8_t *from)
{
	uint64_t value;

	memcpy(&value, from, sizeof(value));
	return value;
}

static void disk_of_two_minds(void **state)
{
	uint64_t map, info;

	(void)state;
	good();
	map = le(w.disk + 4096 - 32);
	info = le(w.disk + (map << 12));
	world_end(&w);
	another_the_second_time(info, other_cpu);
	another_the_second_time(info, other_length);
	another_the_second_time(map, other_length);
	another_the_second_time(0, other_crc);
	another_the_second_time(0, swapped);
	another_the_second_time(0, broken);
}

/* ---- what a callback says is not the library's answer ---- */

static int alias_says;

static int alias_prepare(void *host, trans_pa_t pa, uint64_t len)
{
	(void)host;
	(void)pa;
	(void)len;
	return alias_says;
}

/* An alias that is execute-never: a host that asks its own tables gets
 * ENOENT. */
static void alias_that_is_not_there(void **state)
{
	static const struct {
		int says, status;
	} rows[] = {
		{ TRANS_ENOENT, TRANS_EHOST }, { TRANS_ENOIMAGE, TRANS_EHOST },
		{ 1, TRANS_EHOST }, { TRANS_EHOST, TRANS_EHOST },
		{ TRANS_EFAULT, TRANS_EFAULT }, { -1000, -1000 },
	};

	(void)state;
	good();
	w.args.transition.alias_prepare = alias_prepare;
	w.args.transition.alias_drop = NULL;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		alias_says = rows[i].says;
		assert_int_equal(answer(rows[i].status,
					"alias_prepare refused"),
				 TRANS_RESUME_KEEP);
	}
	world_end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_status),
		cmocka_unit_test(no_image),
		cmocka_unit_test(disk_that_cannot_be_read),
		cmocka_unit_test(disk_that_ends_before_the_header),
		cmocka_unit_test(no_entry),
		cmocka_unit_test(little_memory),
		cmocka_unit_test(id_of_a_load),
		cmocka_unit_test(disk_of_two_minds),
		cmocka_unit_test(alias_that_is_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
