/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
#include "alias.h"
#include "leaving.h"
#include "machine.h"
#include "memory.h"
#include "print.h"

#define ISAR0_SHA2 (0xfULL << 12)

static uint8_t kernel_sha256[TRANS_SHA256_LEN], initrd_sha256[TRANS_SHA256_LEN];

/* The words */

static const struct {
	char text[16];
	unsigned int flags;
} words[] = {
	{ "digest=on", LEAVING_DIGEST },
	{ "digest=known", LEAVING_KNOWN },
	{ "corrupt=kernel", LEAVING_DIGEST | LEAVING_CORRUPT },
	{ "sha2=off", LEAVING_SOFT_SHA },
	{ "on-failure=park", LEAVING_PARK },
	{ "report=auto", LEAVING_REPORT },
	{ "reset=host", LEAVING_HOST_RESETS },
	{ "fallback=on", LEAVING_FALLBACK },
	{ "hungry=on", LEAVING_HUNGRY },
	{ "scrub=on", LEAVING_SCRUB },
	{ "litter=on", LEAVING_LITTER },
	{ "inspect=next", LEAVING_TELL },
	{ "granule=16", LEAVING_16K },
	{ "granule=64", LEAVING_64K },
	{ "granule=4", 0 },
	{ "tables=4", 0 },
	{ "tables=16", LEAVING_OWN_16K },
	{ "tables=64", LEAVING_OWN_64K },
	{ "el=1over2", LEAVING_STUB },
	{ "vhe=on", LEAVING_VHE },
	{ "entry=crash", LEAVING_CRASH },
	{ "world=on", LEAVING_WORLD },
	{ "world=vhe", LEAVING_WORLD | LEAVING_WORLD_VHE },
	{ "world=drop", LEAVING_WORLD | LEAVING_WORLD_DROP },
	{ "world=52", LEAVING_WORLD | LEAVING_WORLD_52 },
	{ "world=lost", LEAVING_WORLD | LEAVING_WORLD_LOST },
};

static bool starts(const char **text, const char *end, const char *with)
{
	const char *at = *text;

	for (; *with; with++, at++)
		if (at == end || *at != *with)
			return false;
	*text = at;
	return true;
}

/* 0x and hexadecimal digits, as many as there are. */
static bool hex(const char **text, const char *end, uint64_t *value)
{
	const char *at;

	if (!starts(text, end, "0x"))
		return false;
	*value = 0;
	for (at = *text; at < end; at++) {
		unsigned int letter = (unsigned int)(*at | 0x20) - 'a';
		unsigned int digit = (unsigned int)*at - '0';

		if (digit > 9 && letter > 5)
			break;
		*value = *value << 4 | (digit <= 9 ? digit : letter + 10);
	}
	*text = at;
	return true;
}

/* "0xPA+0xLEN" */
static bool range(const char **text, const char *end, struct trans_range *to)
{
	return hex(text, end, &to->start) && starts(text, end, "+") &&
	       hex(text, end, &to->len) && *text == end;
}

static bool address_word(struct leaving *leaving, const char *text,
			 const char *end)
{
	if (starts(&text, end, "report=")) {
		leaving->flags |= LEAVING_REPORT;
		return hex(&text, end, &leaving->report) && text == end;
	}
	if (starts(&text, end, "archive="))
		return range(&text, end, &leaving->archive);
	if (starts(&text, end, "far="))
		return range(&text, end, &leaving->far);
	return starts(&text, end, "inspect=") &&
	       range(&text, end, &leaving->inspect);
}

bool leaving_word(struct leaving *leaving, const char *text, size_t len)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		const char *at = text;

		if (!starts(&at, text + len, words[i].text) || at < text + len)
			continue;
		leaving->flags |= words[i].flags;
		return true;
	}
	return address_word(leaving, text, text + len);
}

struct leaving leaving_read(const char *bootargs)
{
	struct leaving leaving = { 0 };
	size_t len;

	for (; *bootargs; bootargs += len) {
		len = 0;
		while (bootargs[len] && bootargs[len] != ' ')
			len++;
		leaving_word(&leaving, bootargs, len);
		len += !len;
	}
	return leaving;
}

bool leaving_wants(const char *bootargs, enum leaving_flag flag)
{
	return leaving_read(bootargs).flags & flag;
}

/* The last transition */

static void say_report(const struct trans_blob_report *report)
{
	print("port: the last transition ended at \"%s\": segment %lu, "
	      "%lu moves, %lu bytes, esr 0x%lx elr 0x%lx far 0x%lx\n",
	      trans_stage_name(report->stage), report->segment, report->moves,
	      report->bytes, report->esr, report->elr, report->far);
	if (report->stage == TRANS_STAGE_NOT_QUIET)
		print("port: it could not be left: %s: %s\n",
		      trans_strerror((int)report->status), report->why);
}

static bool look_at_report(void *page)
{
	struct trans_blob_report report;
	struct trans_error err;
	int ret = trans_report_read(page, &report, &err);

	if (ret) {
		trans_error_print(&err, print_text, "port: report: ");
	} else {
		say_report(&report);
	}
	trans_report_clear(page);
	memory_ops.clean(&memory, page, sizeof(report));
	return !ret && trans_report_failed(&report);
}

/* Firmware loads nothing at the end of RAM, and a reset of this machine leaves
 * memory as it is. */
bool leaving_failed_before(struct leaving *leaving)
{
	const struct trans_range *last = &machine.ram.range[
		machine.ram.count - 1];

	if (!(leaving->flags & LEAVING_REPORT))
		return false;
	if (!leaving->report)
		leaving->report = last->start + last->len - PAGE_LEN;
	if (!machine_has(leaving->report, PAGE_LEN) ||
	    leaving->report % PAGE_LEN)
		return false;
	if (look_at_report(at_pa(leaving->report)))
		return true;
	return trans_ranges_add(&machine.reserved, leaving->report, PAGE_LEN);
}

void leaving_inspect(const struct leaving *leaving)
{
	struct trans_range range = leaving->inspect;
	uint64_t dirty = 0;

	if (!range.len || !machine_has(range.start, range.len))
		return;
	for (uint64_t at = 0; at < range.len; at += PAGE_LEN) {
		const uint64_t *word = at_pa(range.start + at);
		uint64_t any = 0;

		for (unsigned int i = 0; i < PAGE_LEN / 8; i++)
			any |= word[i];
		dirty += any != 0;
	}
	print("port: inspected %lu pages, %lu not zero\n",
	      (uint64_t)(range.len >> PAGE_SHIFT), dirty);
}

static char *put(char *to, const char *text)
{
	while (*text)
		*to++ = *text++;
	return to;
}

static char *put_hex(char *to, const char *before, uint64_t value)
{
	to = put(to, before);
	for (unsigned int shift = 64; shift; shift -= 4)
		*to++ = "0123456789abcdef"[value >> (shift - 4) & 0xf];
	return to;
}

void leaving_tell(const struct leaving *leaving, struct payload *payload)
{
	static char cmdline[64];
	struct trans_range hidden = whole_pages(payload->kernel);
	char *end;

	if (!(leaving->flags & LEAVING_TELL))
		return;
	end = put_hex(cmdline, "inspect=0x", hidden.start + PAGE_LEN);
	end = put_hex(end, "+0x", hidden.len - PAGE_LEN);
	*end = '\0';
	payload->cmdline = cmdline;
}

/* The arguments */

/* The tables are made next: the second page of them is not to be had. */
static int alias_and_hunger(void *host, trans_pa_t pa, uint64_t len)
{
	int ret = alias_prepare(host, pa, len);

	memory.fail_at = memory.allocs + 2;
	return ret;
}

unsigned int leaving_own_shift(const char *bootargs)
{
	if (leaving_wants(bootargs, LEAVING_OWN_16K))
		return TRANS_16K;
	return leaving_wants(bootargs, LEAVING_OWN_64K) ? TRANS_64K : TRANS_4K;
}

unsigned int leaving_granule(const struct leaving *leaving,
			     enum trans_map_choice map)
{
	if (map == TRANS_MAP_LINEAR)
		return own_shift;
	if (leaving->flags & LEAVING_16K)
		return TRANS_16K;
	return leaving->flags & LEAVING_64K ? TRANS_64K : TRANS_4K;
}

void leaving_args(const struct leaving *leaving,
		  struct trans_transition_args *args)
{
	unsigned int flags = leaving->flags;

	if (flags & LEAVING_SOFT_SHA)
		machine.cpu.isar0 &= ~ISAR0_SHA2;
	args->granule = (enum trans_granule)leaving_granule(leaving,
							     args->map);
	args->report = leaving->report;
	args->on_failure = flags & LEAVING_PARK ? TRANS_FAILURE_PARKS :
						  TRANS_FAILURE_RESETS;
	args->fallback = flags & LEAVING_FALLBACK;
	args->scrub = flags & LEAVING_SCRUB;
	if (flags & LEAVING_HOST_RESETS)
		args->conduit = TRANS_CONDUIT_NONE;
	if (flags & LEAVING_HUNGRY)
		args->alias_prepare = alias_and_hunger;
	args->stub = flags & LEAVING_STUB && machine.cpu.el == 1;
}

void leaving_measure(const struct leaving *leaving,
		     const struct payload *payload)
{
	if (!(leaving->flags & LEAVING_KNOWN))
		return;
	trans_sha256(at_pa(payload->kernel.start), payload->kernel.len,
		     kernel_sha256);
	trans_sha256(at_pa(payload->initrd.start), payload->initrd.len,
		     initrd_sha256);
}

void leaving_verify(const struct leaving *leaving, struct trans_kexec_args *args)
{
	args->verify = leaving->flags & (LEAVING_DIGEST | LEAVING_KNOWN);
	if (!(leaving->flags & LEAVING_KNOWN))
		return;
	args->kernel_sha256 = kernel_sha256;
	args->initrd_sha256 = initrd_sha256;
}

void leaving_corrupt(const struct leaving *leaving,
		     const struct payload *payload)
{
	uint8_t *kernel = at_pa(payload->kernel.start);

	if (leaving->flags & LEAVING_CORRUPT)
		kernel[payload->kernel.len / 2] ^= 1;
}
