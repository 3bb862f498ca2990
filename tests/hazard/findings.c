/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "findings.h"

#define REGIONS 256
#define FINDINGS 4096
#define BUCKETS 8192

static struct region {
	char name[16];
	uint64_t base, len;
} region[REGIONS];
static unsigned int regions;

static struct site {
	uint64_t pa;
	unsigned int region; /* + 1; 0: none */
} *sites;
static uint32_t site_count = 1, site_room;
/* The last site of each place, so that a loop that is translated again has
 * no new ones. */
static uint32_t *known;
#define KNOWN (1U << 20)

static struct finding {
	enum rule rule;
	enum phase phase;
	uint32_t site, by;
	uint64_t pa, detail, count;
} finding[FINDINGS];
static unsigned int findings;
static uint16_t bucket[BUCKETS];
static bool overflow;
static FILE *out;

static const char *const name[RULE_COUNT] = {
#define RULE(rule) [RULE_##rule] = #rule,
#include "rules.def"
#undef RULE
};

void region_add(const char *called, uint64_t base, uint64_t len)
{
	struct region *r = &region[regions];

	if (regions == REGIONS) {
		overflow = true;
		return;
	}
	snprintf(r->name, sizeof(r->name), "%s", called);
	r->base = base;
	r->len = len;
	regions++;
	event("region %s 0x%lx 0x%lx", called, base, len);
}

/* The newest that has it: a next world lies over an old one. */
static unsigned int region_of(uint64_t pa)
{
	for (unsigned int i = regions; i; i--)
		if (pa - region[i - 1].base < region[i - 1].len)
			return i;
	return 0;
}

uint32_t site_of(uint64_t pa)
{
	uint32_t *slot;
	unsigned int in = region_of(pa);

	if (!known)
		known = calloc(KNOWN, sizeof(*known));
	slot = &known[pa / 4 % KNOWN];
	if (*slot && sites[*slot].pa == pa && sites[*slot].region == in)
		return *slot;
	if (site_count >= site_room) {
		site_room = site_room ? 2 * site_room : 1 << 16;
		sites = realloc(sites, site_room * sizeof(*sites));
	}
	sites[site_count] = (struct site){ pa, in };
	return *slot = site_count++;
}

uint64_t site_pa(uint32_t site)
{
	return site ? sites[site].pa : 0;
}

static bool same_place(uint32_t a, uint32_t b)
{
	return a == b || (a && b && sites[a].pa == sites[b].pa &&
			  sites[a].region == sites[b].region);
}

void find(enum rule rule, enum phase phase, uint32_t site, uint32_t by,
	  uint64_t pa, uint64_t detail)
{
	uint64_t key = site_pa(site) * 31 + site_pa(by) * 7 +
		       (uint64_t)rule * 1009 + phase;
	unsigned int at = (unsigned int)(key % BUCKETS);

	if (!rule)
		return;
	for (; bucket[at]; at = (at + 1) % BUCKETS) {
		struct finding *f = &finding[bucket[at] - 1];

		if (f->rule == rule && f->phase == phase &&
		    same_place(f->site, site) && same_place(f->by, by)) {
			f->count++;
			return;
		}
	}
	if (findings == FINDINGS) {
		overflow = true;
		return;
	}
	finding[findings++] = (struct finding){ rule, phase, site, by, pa,
						detail, 1 };
	bucket[at] = (uint16_t)findings;
}

void findings_overflow(void)
{
	overflow = true;
}

void event(const char *format, ...)
{
	va_list args;

	if (!out)
		return;
	fputs("event ", out);
	va_start(args, format);
	vfprintf(out, format, args);
	va_end(args);
	fputc('\n', out);
	fflush(out);
}

bool findings_open(const char *path)
{
	out = fopen(path, "w");
	return out != NULL;
}

/* REGION+OFFSET, or the address. */
static void write_site(uint32_t site)
{
	const struct site *s = &sites[site];

	if (!site)
		fputs(" -", out);
	else if (s->region)
		fprintf(out, " %s+0x%lx", region[s->region - 1].name,
			s->pa - region[s->region - 1].base);
	else
		fprintf(out, " 0x%lx", s->pa);
}

void findings_write(const char *how)
{
	static const char *const phases[] = { "host", "blob", "next" };

	if (!out)
		return;
	for (unsigned int i = 0; i < findings; i++) {
		const struct finding *f = &finding[i];

		fprintf(out, "finding %s %s", name[f->rule], phases[f->phase]);
		write_site(f->site);
		write_site(f->by);
		fprintf(out, " %lu 0x%lx 0x%lx\n", f->count, f->pa, f->detail);
	}
	fprintf(out, "end %s%s\n", how, overflow ? " overflow" : "");
	fclose(out);
	out = NULL;
}
