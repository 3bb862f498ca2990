/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Asking a saved kernel: each source alone, in the shapes that kernels from
 * 5.10 on have them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/support/files.h"
#include "tests/unit/support/saved_world.h"

static struct saved_world w;
static struct trans_saved saved;
static struct trans_error err;

static int set_up(void **state)
{
	(void)state;
	saved_world_init(&w);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	saved_world_end(&w);
	return 0;
}

static int open_it(void)
{
	saved_world_make(&w);
	memset(&err, 0, sizeof(err));
	return trans_saved_open(&saved, &w.args, &err);
}

static void must_open(void)
{
	assert_int_equal(open_it(), 0);
	assert_non_null(saved.info);
}

/* As it is by now. */
static void must_open_again(void)
{
	assert_int_equal(trans_saved_open(&saved, &w.args, &err), 0);
}

/* Another value, as long, for @key. */
static void say(const char *key, const char *value)
{
	char *at = strstr((char *)kernel_part(&w.kernel, KERNEL_INFO), key);

	assert_non_null(at);
	memcpy(at + strlen(key) + 1, value, strlen(value));
}

/* More digits before those that are there. */
static void say_before(const char *key, const char *digits)
{
	char *at = strstr((char *)kernel_part(&w.kernel, KERNEL_INFO), key);

	assert_non_null(at);
	at += strlen(key) + 1;
	memmove(at + strlen(digits), at, strlen(at) + 1);
	memcpy(at, digits, strlen(digits));
}

/* ---- VMCOREINFO ---- */

static uint64_t number(const char *key)
{
	uint64_t value;

	assert_int_equal(trans_saved_number(&saved, key, &value, NULL), 0);
	return value;
}

static void info_says(void **state)
{
	char text[10];
	uint64_t value;

	(void)state;
	must_open();
	assert_int_equal(number("NUMBER(VA_BITS)"), 48);
	assert_int_equal(number("NUMBER(TCR_EL1_T1SZ)"), 16);
	assert_int_equal(number("SYMBOL(_stext)"), w.kernel.va + 0x40);
	assert_int_equal(number("NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)"),
			 (uint64_t)-129);
	assert_int_equal(number("KERNELOFFSET"), 0x2cc99cc00000);
	assert_int_equal(trans_saved_text(&saved, "OSRELEASE", text,
					  sizeof(text), NULL), 0);
	assert_string_equal(text, "6.12.95+d");
	assert_int_equal(trans_saved_number(&saved, "NUMBER(VA_BIT)", &value,
					    &err), TRANS_ENOENT);
	assert_string_equal(err.why, "VMCOREINFO does not say");
	assert_int_equal(trans_saved_number(&saved, "OSRELEASE", &value, NULL),
			 TRANS_ENOENT);
	assert_int_equal(trans_saved_number(&saved, "", &value, NULL),
			 TRANS_ENOENT);
	assert_int_equal(trans_saved_text(&saved, "S", text, 10, NULL),
			 TRANS_ENOENT);
}

/* It goes to a console. */
static void info_obeys_nobody(void **state)
{
	char text[10];

	(void)state;
	saved_world_make(&w);
	say("OSRELEASE", "6.1\033[2J");
	assert_int_equal(trans_saved_open(&saved, &w.args, &err), 0);
	assert_int_equal(trans_saved_text(&saved, "OSRELEASE", text,
					  sizeof(text), NULL), 0);
	assert_memory_equal(text, "6.1?[2J", 7);
}

static void info_is_a_note(void **state)
{
	(void)state;
	w.kernel.note = true;
	must_open();
	assert_int_equal(number("NUMBER(VA_BITS)"), 48);
	assert_memory_equal(saved.info, "OSRELEASE=", 10);
}

/* One thing is not as it is known to be. */
static void must_not_be(const char *key, const char *value)
{
	saved_world_make(&w);
	say(key, value);
	assert_int_equal(trans_saved_open(&saved, &w.args, &err),
			 TRANS_ENOENT);
	assert_string_equal(err.why, "no VMCOREINFO in the image");
	assert_null(saved.info);
}

static void info_of_another_kernel(void **state)
{
	(void)state;
	must_not_be("NUMBER(kimage_voffset)", "0xffff7fffc8001000");
	must_not_be("NUMBER(TCR_EL1_T1SZ)", "0x11");
	must_not_be("SYMBOL(swapper_pg_dir)", "ffff800008100000");
	must_not_be("SYMBOL(swapper_pg_dir)", "0000800008100000");
	must_not_be("NUMBER(kimage_voffset)", "0xffff7fffcg000000");
}

/* A virtual machine's, in the pages before. */
static void info_is_not_the_first(void **state)
{
	uint8_t *other = w.m.bytes + 0x80000;

	(void)state;
	saved_world_make(&w);
	memcpy(other, kernel_part(&w.kernel, KERNEL_INFO), 4096);
	say("NUMBER(kimage_voffset)", "0xffff7fffc8001000");
	assert_int_equal(trans_saved_open(&saved, &w.args, &err), 0);
	assert_ptr_equal(saved.info, other);
}

static void too_many_infos(void **state)
{
	(void)state;
	saved_world_make(&w);
	say("NUMBER(kimage_voffset)", "0xffff7fffc8001000");
	for (size_t i = 0; i < 64; i++)
		memcpy(w.m.bytes + 0x80000 + i * 4096,
		       kernel_part(&w.kernel, KERNEL_INFO), 4096);
	say("NUMBER(kimage_voffset)", "0xffff7fffc8000000");
	assert_int_equal(trans_saved_open(&saved, &w.args, &err),
			 TRANS_ENOENT);
	memset(w.m.bytes + 0x80000, 0, 4096);
	assert_int_equal(trans_saved_open(&saved, &w.args, &err), 0);
}

static void info_without_an_end(void **state)
{
	uint8_t *page = kernel_part(&w.kernel, KERNEL_INFO);

	(void)state;
	saved_world_make(&w);
	for (size_t i = strlen((char *)page); i < 4096; i++)
		page[i] = 'X';
	assert_int_equal(trans_saved_open(&saved, &w.args, &err), 0);
	assert_int_equal(saved.info_len, 4096);
}

/* ---- memory ---- */

static void reads_through_tables(void **state)
{
	uint8_t bytes[9000];

	(void)state;
	must_open();
	saved_world_mark(&w, 0x90000, 4096, SAVED_ZERO);
	for (size_t i = 0; i < 3 * 4096; i++)
		w.m.bytes[0x8f000 + i] = (uint8_t)(i * 7);
	assert_int_equal(trans_saved_read(&saved, SAVED_VA + 0x8ff00, bytes,
					  sizeof(bytes), &err), 0);
	assert_memory_equal(bytes, w.m.bytes + 0x8ff00, 0x100);
	for (size_t i = 0x100; i < 0x1100; i++)
		assert_int_equal(bytes[i], 0);
	assert_memory_equal(bytes + 0x1100, w.m.bytes + 0x91000,
			    sizeof(bytes) - 0x1100);
	for (unsigned int i = SAVED_HIDDEN; i <= SAVED_ABSENT; i++) {
		saved_world_mark(&w, 0x90000, 4096, i);
		assert_int_equal(trans_saved_read(&saved, SAVED_VA + 0x8ff00,
						  bytes, 0x101, &err),
				 i == SAVED_ZERO ? 0 : TRANS_ENOENT);
	}
	assert_int_equal(err.va, SAVED_VA + 0x8ff00);
	assert_int_equal(trans_saved_read(&saved, SAVED_VA + SAVED_LEN - 1,
					  bytes, 2, &err), TRANS_ENOENT);
	assert_int_equal(trans_saved_read(&saved, 4096, bytes, 1, &err),
			 TRANS_ENOENT);
}

/* ---- kallsyms ---- */

static void must_find_symbols(void)
{
	struct trans_saved_symbol s[] = {
		{ "gic_rdists", 1 }, { "__per_cpu_offset", 1 },
		{ "_sfunction_299", 1 }, { "_etext", 1 },
		{ "no_such_name", 1 }, { "a_name_twice", 1 },
		{ "__start_BT", 1 },
	};

	assert_int_equal(trans_saved_symbols(&saved, s, 7, &err), 0);
	if (!w.kernel.no_data_symbols) {
		assert_in_range(s[0].va, w.kernel.va, w.kernel.va + 0x20000);
		assert_in_range(s[1].va, s[0].va + 1, w.kernel.va + 0x20000);
	} else {
		assert_int_equal(s[0].va, 0);
		assert_int_equal(s[1].va, 0);
	}
	assert_int_equal(s[2].va, w.kernel.va + 0x40 + 4 * 299);
	assert_int_equal(s[3].va, w.kernel.va + 0x8000);
	for (size_t i = 4; i < 7; i++)
		assert_int_equal(s[i].va, 0);
}

static void symbols_of_each_kind(void **state)
{
	(void)state;
	for (unsigned int kind = 0; kind <= KERNEL_FROM_THEMSELVES; kind++) {
		for (int order = 0; order < 2; order++) {
			w.kernel.offsets = (enum kernel_offsets)kind;
			w.kernel.no_data_symbols =
				kind == KERNEL_FROM_THEMSELVES;
			w.kernel.no_order = order;
			must_open();
			must_find_symbols();
		}
	}
}

/* Where the last name is. */
static uint8_t *last_name(void)
{
	uint8_t *at = kernel_part(&w.kernel, KERNEL_NAMES);
	uint8_t *next = at;

	while (*next) {
		at = next;
		next += *at < 128 ? 1 + *at : 2 + (*at & 127) + at[1] * 128;
	}
	return at;
}

/* Names that are not looked at need not even be names. */
static void symbols_are_found_in_order(void **state)
{
	struct trans_saved_symbol s = { "gic_rdists", 0 };

	(void)state;
	for (int order = 0; order < 2; order++) {
		w.kernel.no_order = !order;
		must_open();
		*last_name() = 0;
		assert_int_equal(trans_saved_symbols(&saved, &s, 1, &err),
				 order ? 0 : TRANS_ENOENT);
		assert_int_equal(s.va != 0, order);
	}
}

/* Without it, or with one that leads anywhere, all names are gone through. */
static void order_is_not_needed(void **state)
{
	uint8_t *names = kernel_part(&w.kernel, KERNEL_NAMES);
	uint8_t *offsets = kernel_part(&w.kernel, KERNEL_OFFSETS);

	(void)state;
	w.kernel.no_features = true; /* _stext is on the way to all */
	for (unsigned int bytes = 0; bytes < 256; bytes += 5) {
		saved_world_make(&w);
		memset(names + 0x27f8, (int)bytes, 8);
		must_open_again();
		must_find_symbols();
		saved_world_make(&w);
		memset(offsets + 0x4f8, (int)bytes, 0x400);
		must_open_again();
		must_find_symbols();
	}
}

static void must_have_no_symbols(void)
{
	struct trans_saved_symbol s = { "_etext", 1 };

	assert_int_equal(trans_saved_open(&saved, &w.args, &err), 0);
	assert_int_equal(trans_saved_symbols(&saved, &s, 1, &err),
			 TRANS_ENOENT);
	assert_string_equal(err.why, "no kallsyms in the image");
	assert_int_equal(s.va, 0);
}

/* Where it is not the address that is known, no address is. */
static void symbols_are_not_believed(void **state)
{
	uint8_t *offsets = kernel_part(&w.kernel, KERNEL_OFFSETS);
	uint8_t *names = kernel_part(&w.kernel, KERNEL_NAMES);

	(void)state;
	saved_world_make(&w);
	offsets[0]++;
	must_have_no_symbols();
	w.kernel.no_order = true;
	saved_world_make(&w);
	offsets[0]++;
	must_have_no_symbols();
	saved_world_make(&w);
	say("SYMBOL(kallsyms_token_index)", "ffff8000081067ff");
	must_have_no_symbols();
	saved_world_make(&w);
	names[0] = 0;
	must_have_no_symbols();
	w.kernel.no_symbols = true;
	saved_world_make(&w);
	must_have_no_symbols();
}

/* ---- BTF ---- */

static void open_types(void)
{
	struct trans_saved_symbol s[] = { { "__start_BTF", 0 },
					  { "__stop_BTF", 0 } };

	must_open();
	assert_int_equal(trans_saved_symbols(&saved, s, 2, NULL), 0);
	assert_int_equal(trans_saved_types(&saved, s[0].va, s[1].va, &err), 0);
}

static void members_are_found(void)
{
	struct trans_saved_struct structs[] = { { "rdists", 0 },
						{ "no_such", 9 },
						{ "cpuinfo_arm64", 0 } };
	struct trans_saved_member m, inner;

	assert_int_equal(trans_saved_structs(&saved, structs, 3, &err), 0);
	assert_int_equal(structs[1].type, 0);
	assert_int_equal(trans_saved_member(&saved, structs[0].type,
					    "prop_table_pa", &m, &err), 0);
	assert_int_equal(m.offset, 24);
	assert_int_equal(trans_saved_member(&saved, structs[0].type, "flags",
					    &m, &err), TRANS_ENOENT);
	assert_int_equal(trans_saved_member(&saved, structs[0].type, "rdist",
					    &m, &err), 0);
	assert_int_equal(trans_saved_member(&saved, m.type, "pend_page",
					    &inner, &err), 0);
	assert_int_equal(inner.offset, 16);
	assert_int_equal(trans_saved_member(&saved, m.type, "pend_bit",
					    &inner, &err), TRANS_ENOENT);
	assert_int_equal(trans_saved_member(&saved, structs[2].type,
					    "reg_midr", &m, &err), 0);
	assert_int_equal(m.offset, 40);
	assert_int_equal(trans_saved_member(&saved, 0, "x", &m, &err),
			 TRANS_ENOENT);
	assert_int_equal(trans_saved_member(&saved, 1u << 30, "x", &m, &err),
			 TRANS_ENOENT);
}

/* Of few types all are remembered, of many some. */
static void types_few_and_many(void **state)
{
	(void)state;
	for (unsigned int many = 0; many <= 500; many += 100) {
		w.kernel.types = many;
		open_types();
		members_are_found();
		/* Again, with the way remembered. */
		members_are_found();
	}
}

static void types_are_not_believed(void **state)
{
	static const struct {
		unsigned int at;
		uint8_t byte;
	} wrong[] = { { 0, 0x9e }, { 2, 2 }, { 4, 23 }, { 4, 25 }, { 11, 1 },
		      { 14, 1 }, { 22, 1 }, { 31, 0 }, { 31, 31 } };
	trans_va_t va = w.kernel.va + KERNEL_TYPES * KERNEL_PART;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		must_open();
		kernel_part(&w.kernel, KERNEL_TYPES)[wrong[i].at] =
			wrong[i].byte;
		assert_int_equal(trans_saved_types(&saved, va,
						   va + KERNEL_PART, &err),
				 TRANS_ENOENT);
	}
	must_open();
	assert_int_equal(trans_saved_types(&saved, va, va, &err),
			 TRANS_ENOENT);
	assert_int_equal(trans_saved_types(&saved, va, va - 1, &err),
			 TRANS_ENOENT);
	assert_int_equal(trans_saved_types(&saved, va, va + 23, &err),
			 TRANS_ENOENT);
}

/* ---- the log ---- */

struct heard {
	unsigned int count, own, stop_at;
	char last[300], longest[300];
	uint64_t ns;
};

static int hear(void *arg, const struct trans_saved_message *what)
{
	struct heard *h = arg;

	assert_true(what->len < sizeof(h->last));
	assert_true(what->ns > h->ns);
	h->ns = what->ns;
	memcpy(h->last, what->text, what->len);
	h->last[what->len] = 0;
	if (what->len > strlen(h->longest))
		strcpy(h->longest, h->last);
	h->own += what->own;
	return ++h->count == h->stop_at ? 77 : 0;
}

static struct heard hear_log(int status)
{
	struct heard h = { 0 };

	assert_int_equal(trans_saved_log(&saved, hear, &h, &err), status);
	return h;
}

static void log_is_read(void **state)
{
	struct heard h = { .stop_at = 3 };

	(void)state;
	must_open();
	assert_int_equal(trans_saved_log(&saved, hear, &h, &err), 77);
	h = hear_log(0);
	assert_int_equal(h.count, h.own + 2);
	assert_string_equal(h.last, "PM: hibernation: Creating image:");
	assert_int_equal(h.ns, 7000000000ULL * h.count);
}

/* Texts at the very start and end of their ring, and long ones. */
static void log_goes_around(void **state)
{
	char text[281], expected[300];
	struct heard h;

	(void)state;
	must_open();
	for (unsigned int i = 0; i < 100; i++) {
		snprintf(text, sizeof(text), "message %.*s%u", (int)(i % 29),
			 "-----------------------------", i);
		strcpy(expected, text);
		kernel_log(&w.kernel, text, 0);
		h = hear_log(0);
		assert_string_equal(h.last, expected);
	}
	assert_int_equal(h.count, 32);
	memset(text, 'y', 280);
	text[280] = 0;
	kernel_log(&w.kernel, text, 0);
	h = hear_log(0);
	assert_int_equal(strlen(h.longest), 256);
}

/* Not whole: reserved, reusable, of another number, without a text. */
static void log_leaves_out(void **state)
{
	uint8_t *desc = kernel_part(&w.kernel, KERNEL_DESCS) + 3 * 24;
	struct heard all, h;

	(void)state;
	must_open();
	all = hear_log(0);
	desc[7] &= 0x3f;
	h = hear_log(0);
	assert_int_equal(h.count, all.count - 1);
	desc[7] |= 0xc0;
	h = hear_log(0);
	assert_int_equal(h.count, all.count - 1);
	desc[7] = (uint8_t)((desc[7] & 0x3f) | 0x80);
	desc[3]++;
	h = hear_log(0);
	assert_int_equal(h.count, all.count - 1);
	desc[3]--;
	desc[8] |= 1;
	h = hear_log(0);
	assert_int_equal(h.count, all.count - 1);
	desc[8] &= 0xfe;
	desc[20]++;
	h = hear_log(0);
	assert_int_equal(h.count, all.count - 1);
}

static void log_is_not_there(void **state)
{
	(void)state;
	w.kernel.no_log = true;
	must_open();
	hear_log(TRANS_ENOENT);
	w.kernel.no_log = false;
	saved_world_make(&w);
	say("OFFSET(prb_desc_ring.tail_id)", "4");
	say("OFFSET(printk_info.ts_nsec)", "9");
	assert_int_equal(trans_saved_open(&saved, &w.args, &err), 0);
	/* Whatever that is. */
	(void)trans_saved_number(&saved, "SYMBOL(prb)", &w.worked, NULL);
	saved_world_make(&w);
	say("SYMBOL(prb)", "ffff800007000000");
	hear_log(TRANS_ENOENT);
	/* Members behind their structs, and structs that are too large. */
	saved_world_make(&w);
	say("OFFSET(prb_desc.text_blk_lpos)", "9");
	hear_log(TRANS_ENOENT);
	saved_world_make(&w);
	say("SIZE(printk_info)", "23");
	hear_log(TRANS_ENOENT);
	saved_world_make(&w);
	say_before("SIZE(printk_info)", "2");
	hear_log(TRANS_ENOENT);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(info_says, set_up, tear_down),
		cmocka_unit_test_setup_teardown(info_obeys_nobody, set_up, tear_down),
		cmocka_unit_test_setup_teardown(info_is_a_note, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(info_of_another_kernel, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(info_is_not_the_first, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(too_many_infos, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(info_without_an_end, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(reads_through_tables, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(symbols_of_each_kind, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(symbols_are_found_in_order,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(order_is_not_needed, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(symbols_are_not_believed,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(types_few_and_many, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(types_are_not_believed, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(log_is_read, set_up, tear_down),
		cmocka_unit_test_setup_teardown(log_goes_around, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(log_leaves_out, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(log_is_not_there, set_up,
						tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
