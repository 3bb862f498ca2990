/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Where an image's segments lie: decisions only, which know no more of Linux
 * than its two structures, so that a unit test on the host can ask them.
 */
#ifndef KEXEC_TRANS_WHERE_H
#define KEXEC_TRANS_WHERE_H

static inline bool segment_meets(const struct kexec_segment *segment,
				 const struct trans_range *range)
{
	return range->len && segment->memsz &&
	       (segment->mem - range->start < range->len ||
		range->start - segment->mem < segment->memsz);
}

/*
 * What of a table of LPIs is written, by the GIC or by the next kernel, which
 * takes it over: that clears whole 64 KiB (drivers/irqchip/irq-gic-v3-its.c).
 */
static inline struct trans_range lpi_table_whole(struct trans_range table)
{
	table.len = (table.len + 0xffff) & ~0xffffULL;
	return table;
}

/* As a whole: what is reserved in part the next kernel would not take over. */
static inline bool range_is_in(const struct trans_range *range,
			       trans_pa_t start, trans_pa_t len)
{
	return range->len <= len && range->start - start <= len - range->len;
}

/*
 * A table of LPIs that a redistributor goes on to use. @reserved: the next
 * kernel is told to keep off. A crash kernel keeps to its own memory, and takes
 * the machine as it is. 0, or a status and @why.
 */
static inline int lpi_table_refused(const struct kexec_segment *segments,
				    unsigned long count, bool crash,
				    const struct trans_range *table,
				    bool reserved, const char **why)
{
	unsigned long i;

	for (i = 0; i < count; i++) {
		if (segment_meets(&segments[i], table)) {
			*why = "a segment lies where an LPI table is in use";
			return TRANS_EOVERLAP;
		}
	}
	if (crash || reserved || !table->len)
		return 0;
	*why = "LPIs are on, and nobody reserves their tables";
	return TRANS_ESTATE;
}

#ifdef CONFIG_KEXEC_HANDOVER
static inline bool segment_is_in(const struct kexec_segment *segment,
				 const struct kho_scratch *area,
				 unsigned int count)
{
	const struct trans_range range = { segment->mem, segment->memsz };
	unsigned int i;

	for (i = 0; i < count; i++)
		if (range_is_in(&range, area[i].addr, area[i].size))
			return true;
	return false;
}

/*
 * Kexec handover (KHO, Linux 6.16 and later): what is preserved for the next
 * kernel may be anywhere but in the scratch areas. The first of @segments that
 * is not in one of them, or NULL.
 */
static inline const struct kexec_segment *
segment_beyond(const struct kexec_segment *segments, unsigned long count,
	       const struct kho_scratch *area, unsigned int areas)
{
	unsigned long i;

	for (i = 0; i < count; i++)
		if (!segment_is_in(&segments[i], area, areas))
			return &segments[i];
	return NULL;
}
#endif

#endif
