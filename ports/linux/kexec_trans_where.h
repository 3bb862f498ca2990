/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Where an image's segments lie: decisions only, which know no more of Linux
 * than its two structures, so that a unit test on the host can ask them.
 */
#ifndef KEXEC_TRANS_WHERE_H
#define KEXEC_TRANS_WHERE_H

/*
 * Not if its memory is CMA's, as Linux 6.17 and later have it where they can:
 * such a segment is filled where it is going to be, and no page of it is in the
 * image's list. All of a segment is moved, or nothing.
 */
static inline bool segment_is_moved(const struct kexec_segment *segment,
				    const struct trans_moves *moves)
{
	size_t i;

	for (i = 0; i < moves->count; i++)
		if (segment->mem - moves->move[i].dst < moves->move[i].len)
			return true;
	return false;
}

#ifdef CONFIG_KEXEC_HANDOVER
static inline bool segment_is_in(const struct kexec_segment *segment,
				 const struct kho_scratch *area,
				 unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		if (segment->memsz <= area[i].size &&
		    segment->mem - area[i].addr <=
		    area[i].size - segment->memsz)
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
