/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What lines of a Linux's log mean, wherever they come from: from its ring
 * buffer, or from a file that somebody copied them to while they were there.
 *
 * Linux, arch/arm64/kernel/{setup.c,smp.c,cpufeature.c}, kernel/smp.c,
 * init/main.c and drivers/irqchip/irq-gic-v3-its.c: the same words from 5.10 to
 * 7.0.
 */
#include "hibernate/saved/private.h"
#include "lib/numbers.h"
#include "lib/text.h"

#define CONTRADICTED 1u

/* A line that is read from left to right; NULL: it is another one. */
struct line {
	const char *at;
	size_t left;
};

bool trans_saved_begins_(const char *line, size_t len, const char *start)
{
	for (; *start; line++, start++)
		if (!len-- || *line != *start)
			return false;
	return true;
}

static bool words(struct line *line, const char *expected)
{
	if (!trans_saved_begins_(line->at, line->left, expected))
		return false;
	while (*expected++) {
		line->at++;
		line->left--;
	}
	return true;
}

static unsigned int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned int)(c - '0');
	return c >= 'a' && c <= 'f' ? (unsigned int)(c - 'a') + 10 : 16;
}

/* Digits, 16 at most. */
static bool number(struct line *line, unsigned int base, uint64_t *value)
{
	unsigned int count = 0;

	for (*value = 0; line->left && count < 16; count++) {
		unsigned int digit = digit_of(*line->at);

		if (digit >= base)
			break;
		*value = *value * base + digit;
		line->at++;
		line->left--;
	}
	return count != 0;
}

/* One word, whatever it is. */
static bool any_word(struct line *line)
{
	while (line->left && *line->at != ' ') {
		line->at++;
		line->left--;
	}
	return line->left != 0;
}

/* Lines that should be one agree, or none of them counts. */
static void take(uint64_t *known, uint64_t value)
{
	if (*known && *known != value)
		value = CONTRADICTED;
	*known = value;
}

/* Likewise of LPI tables: then none of those. */
static void take_table(struct saved_tables *tables, uint64_t *known,
		       uint64_t value)
{
	tables->muddled |= *known && *known != value;
	*known = value;
}

static struct trans_gic_pending *tables_of(struct saved_tables *tables,
					   uint64_t cpu)
{
	if (cpu < tables->room)
		return &tables->of[cpu];
	tables->muddled = true;
	return NULL;
}

/* CPU @cpu is the one with @mpidr, and of that kind. */
static void take_cpu(struct saved_says *says, uint64_t cpu, uint64_t mpidr,
		     uint64_t midr)
{
	struct trans_gic_pending *of = tables_of(says->tables, cpu);

	if (of)
		take_table(says->tables, &of->mpidr, mpidr | SAVED_MPIDR);
	if (mpidr != says->mpidr || cpu > UINT32_MAX)
		return;
	says->numbered = true;
	says->cpu = (uint32_t)cpu;
	take(&says->midr, midr);
}

/* "0x0000000001 [0x411fd070]" */
static bool cpu_is(struct line *line, uint64_t *mpidr, uint64_t *midr)
{
	return words(line, "0x") && number(line, 16, mpidr) &&
	       words(line, " [0x") && number(line, 16, midr) &&
	       words(line, "]");
}

static void boot_cpu(struct saved_says *says, struct line line)
{
	uint64_t mpidr, midr;

	if (words(&line, "Booting Linux on physical CPU ") &&
	    cpu_is(&line, &mpidr, &midr))
		take_cpu(says, 0, mpidr, midr);
}

static void other_cpu(struct saved_says *says, struct line line)
{
	uint64_t cpu, mpidr, midr;

	if (words(&line, "CPU") && number(&line, 10, &cpu) &&
	    words(&line, ": Booted secondary processor ") &&
	    cpu_is(&line, &mpidr, &midr))
		take_cpu(says, cpu, mpidr, midr);
}

/* With its MPIDR once more. */
static void redistributor(struct saved_says *says, struct line line)
{
	struct trans_gic_pending *of;
	uint64_t cpu, mpidr;

	if (!words(&line, "GICv3: CPU") || !number(&line, 10, &cpu) ||
	    !words(&line, ": found redistributor ") ||
	    !number(&line, 16, &mpidr))
		return;
	of = tables_of(says->tables, cpu);
	if (of)
		take_table(says->tables, &of->mpidr, mpidr | SAVED_MPIDR);
}

static void property_table(struct saved_says *says, struct line line)
{
	uint64_t pa;

	if (words(&line, "GICv3: using LPI property table @0x") &&
	    number(&line, 16, &pa))
		take_table(says->tables, &says->tables->property, pa);
}

/* "allocated", or "reserved" */
static void pending_table(struct saved_says *says, struct line line)
{
	struct trans_gic_pending *of;
	uint64_t cpu, pa;

	if (!words(&line, "GICv3: CPU") || !number(&line, 10, &cpu) ||
	    !words(&line, ": using ") || !any_word(&line) ||
	    !words(&line, " LPI pending table @0x") ||
	    !number(&line, 16, &pa))
		return;
	of = tables_of(says->tables, cpu);
	if (of)
		take_table(says->tables, &of->pendbaser, pa);
}

static void brought_up(struct saved_says *says, struct line line)
{
	uint64_t cpus;

	if (words(&line, "smp: Brought up ") && any_word(&line) &&
	    words(&line, " ") && any_word(&line) && words(&line, " ") &&
	    number(&line, 10, &cpus) && words(&line, " CPU") &&
	    cpus <= UINT32_MAX)
		says->cpus = (uint32_t)cpus;
}

static void isolation(struct saved_says *says, struct line line)
{
	says->kpti |= words(&line, "CPU features: detected: Kernel page table "
				   "isolation (KPTI)");
}

static void command_line(struct saved_says *says, struct line line)
{
	size_t len;

	if (!says->command_line || !words(&line, "Kernel command line: "))
		return;
	len = trans_least(line.left, says->command_line_len - 1);
	memcpy(says->command_line, line.at, len);
	says->command_line[len] = 0;
	trans_text_printable_(says->command_line, says->command_line_len);
}

void trans_saved_line_(struct saved_says *says, const char *text, size_t len)
{
	const struct line line = { text, len };

	boot_cpu(says, line);
	other_cpu(says, line);
	redistributor(says, line);
	property_table(says, line);
	pending_table(says, line);
	brought_up(says, line);
	isolation(says, line);
	command_line(says, line);
}

/* Sidecars */

/* The next line of @text, which is then behind it. */
static struct line next_line(struct line *text)
{
	struct line line = { text->at, 0 };

	while (text->left && *text->at != '\n') {
		text->at++;
		text->left--;
		line.left++;
	}
	if (text->left) {
		text->at++;
		text->left--;
	}
	return line;
}

static bool two_digits(struct line *line, uint8_t *byte)
{
	unsigned int high, low;

	if (line->left < 2)
		return false;
	high = digit_of(line->at[0]);
	low = digit_of(line->at[1]);
	*byte = (uint8_t)(high << 4 | low);
	line->at += 2;
	line->left -= 2;
	return high < 16 && low < 16;
}

/* "8cf2644b-4b0b-428f-9387-6d876050dc67", of the variant of RFC 4122, 4.1.1. */
static bool uuid(struct line *line, uint8_t id[SAVED_BOOT])
{
	for (unsigned int i = 0; i < SAVED_BOOT; i++) {
		bool dash = i == 4 || i == 6 || i == 8 || i == 10;

		if ((dash && !words(line, "-")) || !two_digits(line, &id[i]))
			return false;
	}
	return id[8] >> 6 == 2;
}

bool trans_saved_sidecar_(struct saved_says *says, const char *bytes,
			  size_t len, const char *version,
			  uint8_t boot[SAVED_BOOT])
{
	struct line text = { bytes, len }, line = next_line(&text);

	if (!words(&line, "trans_table saved kernel 1") || line.left)
		return false;
	line = next_line(&text);
	if (!*version || !words(&line, "version ") || !words(&line, version) ||
	    line.left)
		return false;
	line = next_line(&text);
	if (!words(&line, "boot ") || !uuid(&line, boot) || line.left)
		return false;
	while (text.left) {
		line = next_line(&text);
		if (line.left == 3 && trans_saved_begins_(line.at, 3, "end"))
			return !text.left;
		trans_saved_line_(says, line.at, line.left);
	}
	return false;
}
