/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Finding cpu_resume in the code of a saved kernel. No header names its
 * physical address, but it must hold, as a literal, the one address that the
 * header does name. What stands around it is checked, so that a chance copy of
 * that number is no entry: either everything fits, once, or there is none. And
 * it is looked for only where that kernel's tables have the kernel itself.
 *
 * Encodings: Arm ARM C6.2.
 */

#include "hibernate/resume/saved_kernel.h"
#include "hibernate/swsusp.h"
#include "lib/fail.h"
#include "lib/numbers.h"

/* How far the literal is behind its use, how far back the entry is, how far
 * into a function something is looked for; in bytes, then instructions. */
#define LITERAL_REACH 512u
#define ENTRY_REACH 16u
#define HEAD_REACH 3u
#define MPIDR_REACH 8u
#define RESUME_REACH 64u
#define RESTORE_REACH 96u

/* How many words that equal the address in the header are looked at. A kernel's
 * text has one; each that is no entry costs a thousand times what another word
 * does. */
#define CANDIDATES 128u

#define INSN_RET 0xd65f03c0u
#define INSN_MOV_X0_XZR 0xaa1f03e0u

/* One instruction, read with the CPU's own byte order: A64 code is
 * little-endian (Arm ARM B2.6), as are the hosts of this library. */
static bool insn_at(const struct trans_saved_memory *memory, trans_pa_t pa,
		    uint32_t *insn)
{
	const void *at = memory->at(memory->ctx, pa, sizeof(*insn));

	if (at)
		memcpy(insn, at, sizeof(*insn));
	return at != NULL;
}

static uint64_t sign_extended(uint64_t value, unsigned int bits)
{
	uint64_t sign = 1ULL << (bits - 1);

	return ((value & ((sign << 1) - 1)) ^ sign) - sign;
}

/* BL label */
static bool is_bl(uint32_t insn, trans_pa_t pa, trans_pa_t *target)
{
	*target = pa + sign_extended(insn, 26) * 4;
	return insn >> 26 == 0x25;
}

/* LDR Xt, literal */
static bool is_literal_load(uint32_t insn, trans_pa_t pa, trans_pa_t *literal)
{
	*literal = pa + sign_extended(insn >> 5, 19) * 4;
	return insn >> 24 == 0x58;
}

/* BR to the register that @load loads. */
static bool is_branch_to(uint32_t insn, uint32_t load)
{
	return insn == (0xd61f0000u | (load & 0x1f) << 5);
}

/* ADRP X1 */
static bool is_adrp_x1(uint32_t insn, trans_pa_t pa, trans_pa_t *page)
{
	uint64_t imm = (insn >> 29 & 3) | (uint64_t)(insn >> 5 & 0x7ffff) << 2;

	*page = (pa & ~0xfffULL) + (sign_extended(imm, 21) << 12);
	return (insn & 0x9f00001f) == 0x90000001;
}

/* MRS Xt, CurrentEL; MRS Xt, MPIDR_EL1; MSR TPIDR_ELx, Xt */
static bool reads_current_el(uint32_t insn)
{
	return (insn & ~0x1fu) == 0xd5384240u;
}

static bool reads_mpidr(uint32_t insn)
{
	return (insn & ~0x1fu) == 0xd53800a0u;
}

static bool writes_tpidr_el1(uint32_t insn)
{
	return (insn & ~0x1fu) == 0xd518d080u;
}

static bool writes_tpidr_el2(uint32_t insn)
{
	return (insn & ~0x1fu) == 0xd51cd040u;
}

/* Does @is hold for one of the @count instructions from @pa on, before the
 * function returns? */
static bool has_insn(const struct trans_saved_memory *memory, trans_pa_t pa,
		     unsigned int count, bool (*is)(uint32_t insn))
{
	uint32_t insn;

	for (; count && insn_at(memory, pa, &insn); count--, pa += 4) {
		if (is(insn))
			return true;
		if (insn == INSN_RET)
			return false;
	}
	return false;
}

/* cpu_resume */

/* The use of the literal: loaded, and jumped to at once. */
static bool find_use(const struct trans_saved_memory *memory,
		     trans_pa_t literal, trans_pa_t *use)
{
	trans_pa_t pa = literal > LITERAL_REACH ? literal - LITERAL_REACH : 0;

	for (; pa < literal; pa += 4) {
		uint32_t load, branch;
		trans_pa_t to;

		if (insn_at(memory, pa, &load) &&
		    is_literal_load(load, pa, &to) && to == literal &&
		    insn_at(memory, pa + 4, &branch) &&
		    is_branch_to(branch, load)) {
			*use = pa;
			return true;
		}
	}
	return false;
}

static bool takes_tables(const struct trans_saved_memory *memory,
			 trans_pa_t from, trans_pa_t use, trans_pa_t ttbr1)
{
	for (trans_pa_t pa = from; pa < use; pa += 4) {
		uint32_t insn;
		trans_pa_t page;

		if (insn_at(memory, pa, &insn) &&
		    is_adrp_x1(insn, pa, &page) && page == (ttbr1 & ~0xfffULL))
			return true;
	}
	return false;
}

/* B, BR, RET, ERET, and words that are no instruction: what follows them is not
 * reached from before. BLR comes back. */
static bool ends_flow(uint32_t insn)
{
	return insn >> 26 == 0x05 || insn >> 16 == 0 ||
	       ((insn & 0xfe000000u) == 0xd6000000u &&
		(insn & 0xfffffc1fu) != 0xd63f0000u);
}

/* The lowest instruction that leads straight to @use. */
static trans_pa_t straight_from(const struct trans_saved_memory *memory,
				trans_pa_t use)
{
	unsigned int left = ENTRY_REACH;
	uint32_t insn;

	while (left-- && use >= 4 && insn_at(memory, use - 4, &insn) &&
	       !ends_flow(insn))
		use -= 4;
	return use;
}

/* init_kernel_el is called first, in newer kernels with a 0 in x0. */
static bool find_start(const struct trans_saved_memory *memory, trans_pa_t from,
		       trans_pa_t use, trans_pa_t *start)
{
	for (trans_pa_t pa = from; pa < use; pa += 4) {
		trans_pa_t target;
		uint32_t insn;

		if (!insn_at(memory, pa, &insn) || !is_bl(insn, pa, &target) ||
		    !has_insn(memory, target, HEAD_REACH, reads_current_el))
			continue;
		*start = pa;
		if (insn_at(memory, pa - 4, &insn) && insn == INSN_MOV_X0_XZR)
			*start = pa - 4;
		return true;
	}
	return false;
}

static bool is_entry(const struct trans_saved_memory *memory,
		     trans_pa_t literal, trans_pa_t ttbr1, trans_pa_t *entry)
{
	trans_pa_t use, start;

	if (!find_use(memory, literal, &use) ||
	    !find_start(memory, straight_from(memory, use), use, &start) ||
	    !takes_tables(memory, start, use, ttbr1))
		return false;
	*entry = start;
	return true;
}

/* A search. @left: candidates that it may still look at; @count: entries. */
struct search {
	const struct trans_saved_memory *memory;
	trans_va_t reenter;
	trans_pa_t ttbr1, entry;
	unsigned int left, count;
	struct trans_range hidden; /* no access to it; len 0: none */
};

/* What is looked through is whatever it is, at a multiple of 8: words are
 * loaded as such. (memcpy may be a call, and is one wherever a compiler is told
 * that there is no C library.) */
typedef uint64_t __attribute__((may_alias)) tr_word_t;

/* All are loaded before any is compared, as pairs. */
static inline __attribute__((always_inline)) bool
none_of_eight(const tr_word_t *at, uint64_t word)
{
	uint64_t a = at[0], b = at[1], c = at[2], d = at[3];
	uint64_t e = at[4], f = at[5], g = at[6], h = at[7];

	return a != word && b != word && c != word && d != word && e != word &&
	       f != word && g != word && h != word;
}

/* The first word from @at on that is @word, or @end. Apart, so that what this
 * loop needs is in registers. */
static TRANS_APART const tr_word_t *first_of(const tr_word_t *at,
					     const tr_word_t *end,
					     uint64_t word)
{
	for (; end - at >= 16; at += 16)
		if (!none_of_eight(at, word) || !none_of_eight(at + 8, word))
			break;
	while (at < end && *at != word)
		at++;
	return at;
}

/* A stretch of it, for whatever CPU looks through it: up to the first word that
 * is @word, then from there. */
struct stretch {
	const tr_word_t *at, *end;
	trans_pa_t pa; /* of @at */
	uint64_t word;
};

static void look_through(void *job)
{
	struct stretch *it = job;
	const tr_word_t *found = first_of(it->at, it->end, it->word);

	it->pa += (uint64_t)(found - it->at) * sizeof(*found);
	it->at = found;
}

/* The next stretch from *@pa on, before @end: whole pages. */
static bool next_stretch(struct search *search, trans_pa_t *pa,
			 trans_pa_t end, struct stretch *it)
{
	const struct trans_saved_memory *memory = search->memory;
	uint64_t len = *pa < end ? memory->next(memory->ctx, pa) : 0;

	if (!len || *pa >= end)
		return false;
	len = trans_least(len, end - *pa);
	it->at = memory->at(memory->ctx, *pa, len);
	if (!it->at)
		search->hidden = (struct trans_range){ *pa, len };
	it->end = it->at ? it->at + len / sizeof(*it->at) : NULL;
	it->pa = *pa;
	it->word = search->reenter;
	*pa += len;
	return true;
}

/* Literals that are the entry's, of a stretch that was looked through. */
static void take(struct search *search, struct stretch *it)
{
	while (search->left && it->at != it->end) {
		search->left--;
		search->count += is_entry(search->memory, it->pa, search->ttbr1,
					  &search->entry);
		it->at++;
		it->pa += sizeof(*it->at);
		look_through(it);
	}
}

static int found(const struct search *search, trans_pa_t *entry,
		 struct trans_error *err)
{
	if (search->hidden.len)
		return trans_fail_pa(err, TRANS_EFAULT,
				     "no access to lent memory",
				     search->hidden.start, search->hidden.len);
	if (!search->left)
		return trans_fail(err, TRANS_EIMAGE,
				  "too many words that could be cpu_resume's");
	if (search->count != 1)
		return trans_fail(err, TRANS_EIMAGE, search->count ?
				  "more than one cpu_resume in the image" :
				  "no cpu_resume in the image");
	*entry = search->entry;
	return 0;
}

/* As many stretches at a time as there are CPUs. */
int trans_find_physical_(const struct trans_saved_memory *memory,
			 const struct trans_range *text,
			 const struct trans_swsusp *image, trans_pa_t *entry,
			 struct trans_error *err)
{
	unsigned int most = 1 + swsusp_workers(image), count;
	struct search search = { memory, image->info.reenter,
				 image->info.ttbr1, 0, CANDIDATES, 0,
				 { 0, 0 } };
	trans_pa_t pa = text->start, end = text->start + text->len;
	struct stretch own;
	int ret = 0;

	do {
		for (count = 0; count < most; count++)
			if (!next_stretch(&search, &pa, end,
					  count ? swsusp_job(image, count) :
						  &own))
				break;
		if (count)
			ret = swsusp_divide(image, look_through, &own, count,
					    err);
		for (unsigned int i = 0; !ret && i < count; i++)
			take(&search, i ? swsusp_job(image, i) : &own);
	} while (!ret && count == most);
	return ret ? ret : found(&search, entry, err);
}

/* The exception level */

bool trans_find_is_cpu_resume_(const struct trans_saved_memory *memory,
			       trans_pa_t pa)
{
	return has_insn(memory, pa, MPIDR_REACH, reads_mpidr);
}

enum tr_level trans_find_level_(const struct trans_saved_memory *memory,
				trans_pa_t resume)
{
	bool el1 = false, vhe = false;
	trans_pa_t pa = resume, target;
	uint32_t insn;

	for (unsigned int i = 0; i < RESUME_REACH; i++, pa += 4) {
		if (!insn_at(memory, pa, &insn) || insn == INSN_RET)
			break;
		if (!is_bl(insn, pa, &target))
			continue;
		el1 |= has_insn(memory, target, RESTORE_REACH,
				writes_tpidr_el1);
		vhe |= has_insn(memory, target, RESTORE_REACH,
				writes_tpidr_el2);
	}
	if (el1 == vhe)
		return TR_LEVEL_UNKNOWN;
	return vhe ? TR_LEVEL_VHE : TR_LEVEL_EL1;
}
