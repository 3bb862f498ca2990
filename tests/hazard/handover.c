/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fdt.h"
#include "findings.h"
#include "guest.h"
#include "handover.h"
#include "live.h"

#define SIGN 256         /* bytes that are compared */
#define BLOB_ENTRY 0x1000 /* as in blob.h: where the blob is entered */
#define BLOB_MAX 0x4000
#define BLOB_GO_BITS 3    /* of x0: 0 is the transition itself */
#define IMAGE_MAGIC 0x644d5241 /* "ARM\x64", booting.rst */
#define GIVEN 8

struct part {
	uint8_t sign[SIGN];
	uint64_t offset, len, base, file;
};
static struct part host, blob;

struct span {
	uint64_t start, len;
};
static struct span given[GIVEN];
static unsigned int given_count;
static bool begun, going;

static bool read_part(const char *path, uint64_t offset, struct part *part)
{
	FILE *f = fopen(path, "rb");
	bool ok = f && !fseek(f, (long)offset, SEEK_SET) &&
		  fread(part->sign, SIGN, 1, f) == 1 &&
		  !fseek(f, 0, SEEK_END);

	part->offset = offset;
	if (ok)
		part->len = part->file = (uint64_t)ftell(f);
	if (f)
		fclose(f);
	return ok;
}

/* The last '+' counts: a path may have others. */
static bool named_part(const char *text, uint64_t more, struct part *part)
{
	const char *plus = strrchr(text, '+');
	char path[512];

	if (!plus || plus - text >= (long)sizeof(path))
		return false;
	memcpy(path, text, (size_t)(plus - text));
	path[plus - text] = '\0';
	return read_part(path, strtoull(plus + 1, NULL, 16) + more, part);
}

bool handover_host(const char *text)
{
	return named_part(text, 0, &host);
}

bool handover_blob(const char *text)
{
	bool ok = named_part(text, 0, &blob);

	/* Behind vectors, which are in no file. */
	blob.len += BLOB_ENTRY;
	if (blob.len > BLOB_MAX)
		blob.len = BLOB_MAX;
	return ok;
}

static void give(uint64_t start, uint64_t len)
{
	if (len && given_count < GIVEN)
		given[given_count++] = (struct span){ start, len };
}

bool handover_clean(const char *text)
{
	struct span s;

	if (sscanf(text, "%lx+%lx", &s.start, &s.len) != 2)
		return false;
	give(s.start, s.len);
	return true;
}

static bool is_at(const struct part *part, uint64_t pa)
{
	const void *at = guest_at(pa, SIGN);

	return at && !memcmp(at, part->sign, SIGN);
}

static bool image_at(uint64_t pa, struct span *image)
{
	const uint8_t *at = guest_at(pa, 64);
	uint32_t magic = 0;

	if (!at || pa & 4095)
		return false;
	memcpy(&magic, at + 56, 4);
	image->start = pa;
	memcpy(&image->len, at + 16, 8);
	return magic == IMAGE_MAGIC && guest_is_ram(pa, image->len);
}

/* A blob begins a page; what is called of it first is its entry. */
static void look_for_blob(uint64_t pa)
{
	uint64_t entry = pa & ~4095ULL;

	if (blob.base && pa - blob.base < blob.len)
		return;
	if (!is_at(&blob, entry))
		return;
	blob.base = entry - BLOB_ENTRY;
	region_add("blob", blob.base, blob.len);
}

bool handover_look(uint64_t pa)
{
	struct span image;

	look_for_blob(pa);
	if (!begun && is_at(&host, pa)) {
		host.base = pa - host.offset;
		begun = true;
		if (image_at(host.base, &image))
			host.len = image.len;
		region_add("host", host.base, host.len);
	}
	return begun;
}

bool handover_is_entry(const struct cpu *cpu, uint64_t pa)
{
	return cpu->phase != PHASE_BLOB && blob.base &&
	       pa == blob.base + BLOB_ENTRY;
}

void handover_enter(struct cpu *cpu, uint64_t x0)
{
	cpu->phase = PHASE_BLOB;
	if (!(x0 & BLOB_GO_BITS))
		going = true;
	event("blob cpu %u x0 0x%lx", cpu->index, x0);
}

/* A call of a stub at a higher level comes back, and so it is nobody's end. */
bool handover_leaves(struct cpu *cpu, unsigned int el, uint64_t pa)
{
	bool inside = pa - blob.base < blob.len;

	if (inside && going && cpu->phase == PHASE_HOST)
		cpu->phase = PHASE_BLOB;
	if (cpu->phase != PHASE_BLOB)
		return false;
	if (inside) {
		cpu->blob_el = (uint8_t)el;
		return false;
	}
	if (going && el <= cpu->blob_el)
		return true;
	/* Such a call; or it could not leave, and was called back. */
	cpu->phase = PHASE_HOST;
	return false;
}

/* ---- what must hold ---------------------------------------------------- */

struct judge {
	struct cpu *cpu;
	uint32_t site;
	struct span owned[4];
	unsigned int count;
};

static void own(struct judge *judge, uint64_t start, uint64_t len)
{
	if (len && judge->count < 4)
		judge->owned[judge->count++] = (struct span){ start, len };
}

/* What the boot protocol names: image, tree, initrd. */
static void own_all(struct judge *judge, uint64_t pa, uint64_t x0)
{
	uint64_t start, len;
	struct span image;

	if (!image_at(pa, &image))
		return;
	own(judge, image.start, image.len);
	len = fdt_len(guest_at(x0, 8));
	own(judge, x0, len);
	if (fdt_initrd(guest_at(x0, len), len, &start, &len))
		own(judge, start, len);
}

static void judge_owned(const struct judge *judge, const struct span *span)
{
	event("owned 0x%lx 0x%lx", span->start, span->len);
	for (uint64_t pa = span->start & ~(LINE_SIZE - 1ULL);
	     pa < span->start + span->len; pa += LINE_SIZE) {
		struct line *line = guest_line(pa);

		if (!line)
			continue;
		line_settle(line);
		if (line->state & LINE_DIRTY)
			find(RULE_HANDOVER_DIRTY, PHASE_BLOB, judge->site,
			     line->by, pa, line->born);
		else if (line->state & LINE_NEWER)
			find(RULE_HANDOVER_STALE, PHASE_BLOB, judge->site,
			     line->by, pa, line->born);
	}
}

static bool is_owned(const struct judge *judge, uint64_t pa)
{
	for (unsigned int i = 0; i < judge->count; i++)
		if (pa - judge->owned[i].start < judge->owned[i].len)
			return true;
	return false;
}

/* The blob leaves nothing dirty anywhere: destinations that no boot protocol
 * names, its stack, its parameters; and of what it has moved nothing that older
 * lines may hide. */
static void judge_line(void *arg, uint64_t pa, struct line *line)
{
	const struct judge *judge = arg;

	if (line->born != PHASE_BLOB || is_owned(judge, pa))
		return;
	if (line->state & LINE_DIRTY)
		find(RULE_HANDOVER_BLOB_DIRTY, PHASE_BLOB, judge->site,
		     line->by, pa, 0);
	else if (line->state & LINE_NEWER)
		find(RULE_HANDOVER_STALE, PHASE_BLOB, judge->site,
		     line->by, pa, 0);
}

static void becomes(struct cpu *cpu, uint64_t pa)
{
	struct span image = { pa & ~4095ULL, 0 };
	bool again = is_at(&host, pa + host.offset);

	for (unsigned int i = 0; i < CPUS; i++)
		world.cpu[i].phase = again ? PHASE_HOST : PHASE_NEXT;
	world.phase = cpu->phase;
	going = false;
	blob.base = 0;
	if (again) {
		host.base = pa;
		region_add("host", pa, host.len);
	} else if (image_at(pa, &image)) {
		region_add("next", pa, image.len);
	}
}

void handover_judge(struct cpu *cpu, unsigned int el, uint64_t pa, uint64_t x0,
		    uint32_t site)
{
	struct judge judge = { .cpu = cpu, .site = site };
	struct span image;

	event("handover cpu %u el %u pa 0x%lx x0 0x%lx", cpu->index, el, pa,
	      x0);
	cpu_leaves(cpu, site);
	cpu_stage_2(cpu, el, site);
	if (image_at(pa, &image) && cpu_mmu_on(cpu, el))
		find(RULE_HANDOVER_MMU_ON, PHASE_BLOB, site, 0, pa, 0);
	own_all(&judge, pa, x0);
	for (unsigned int i = 0; i < judge.count; i++)
		judge_owned(&judge, &judge.owned[i]);
	guest_each_line(judge_line, &judge);
	world.pendings.count = 0;
	live_forget();
	becomes(cpu, pa);
}

/* ---- how it begins ----------------------------------------------------- */

static void slate(uint64_t start, uint64_t len, bool clean)
{
	for (uint64_t pa = start & ~(LINE_SIZE - 1ULL); pa < start + len;
	     pa += LINE_SIZE) {
		struct line *line = guest_line(pa);

		if (line && clean)
			line_clean_slate(line);
		else if (line && !line->by)
			*line = (struct line){ 0 };
	}
}

/* booting.rst has the image's file clean; that the tree and what it names are
 * so too is what the host's firmware, QEMU's loader, does. */
void handover_begin(uint64_t pa, uint64_t fdt)
{
	uint64_t start, len = fdt_len(guest_at(fdt, 8));

	give(fdt, len);
	if (len && fdt_initrd(guest_at(fdt, len), len, &start, &len))
		give(start, len);
	slate(pa - host.offset, host.file, true);
	for (unsigned int i = 0; i < given_count; i++)
		slate(given[i].start, given[i].len, true);
	event("host 0x%lx fdt 0x%lx", pa, fdt);
}

void handover_old_world(void)
{
	for (unsigned int i = 0; i < given_count; i++)
		slate(given[i].start, given[i].len, false);
	given_count = 0;
}
