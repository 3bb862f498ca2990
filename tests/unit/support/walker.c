/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* The reference walker: see walker.h. Comments name the pseudocode function. */
#include "walker.h"

#define FINAL_LEVEL 3

/* x<hi:lo> */
static uint64_t slice(uint64_t x, unsigned int hi, unsigned int lo)
{
	uint64_t mask = hi - lo == 63 ? ~UINT64_C(0) :
					(UINT64_C(1) << (hi - lo + 1)) - 1;

	return (x >> lo) & mask;
}

static bool bit(uint64_t x, unsigned int n)
{
	return slice(x, n, n) != 0;
}

/* x with everything below bit @n cleared */
static uint64_t align(uint64_t x, unsigned int n)
{
	return n ? x & ~slice(~UINT64_C(0), n - 1, 0) : x;
}

/* AArch64.S1StartLevel */
int walker_start(const struct walk_params *p)
{
	unsigned int stride = p->granulebits - 3;

	return FINAL_LEVEL - (int)((p->iasize - 1 - p->granulebits) / stride);
}

/* AArch64.TTEntryAddress: indexlsb */
unsigned int walker_span(const struct walk_params *p, int level)
{
	unsigned int below = (unsigned int)(FINAL_LEVEL - level);

	return below * (p->granulebits - 3) + p->granulebits;
}

/* AArch64.VAIsOutOfRange, top byte not ignored */
static bool va_out_of_range(const struct walk_params *p, uint64_t va)
{
	uint64_t top = slice(va, 63, p->iasize);

	return top != (p->upper ? slice(~UINT64_C(0), 63, p->iasize) : 0);
}

/* The formats whose addresses have 52 bits */
static bool lpa(const struct walk_params *p)
{
	return p->granulebits == 16 && p->oasize == 52;
}

/* AArch64.S1TTBaseAddress */
static uint64_t ttb_address(const struct walk_params *p)
{
	unsigned int tsize = p->iasize - walker_span(p, walker_start(p)) + 3;

	if (!p->ds && !lpa(p))
		return align(slice(p->ttbr, 47, 1) << 1, tsize);
	return align(slice(p->ttbr, 5, 2) << 48 | slice(p->ttbr, 47, 6) << 6,
		     tsize < 6 ? 6 : tsize);
}

/* AArch64.OAOutOfRange */
static bool oa_out_of_range(const struct walk_params *p, uint64_t address)
{
	return slice(address, 63, p->oasize) != 0;
}

/* AArch64.NextTableBase and AArch64.LeafBase differ in @lsb only */
static uint64_t output_base(const struct walk_params *p, uint64_t desc,
			    unsigned int lsb)
{
	uint64_t base = slice(desc, 47, lsb) << lsb;

	if (lpa(p))
		base |= slice(desc, 15, 12) << 48;
	else if (p->ds)
		base |= slice(desc, 9, 8) << 50 | slice(desc, 49, 48) << 48;
	return base;
}

/* AArch64.BlockDescSupported */
static bool block_supported(const struct walk_params *p, int level)
{
	switch (p->granulebits) {
	case 12:
		return (level == 0 && p->ds) || level == 1 || level == 2;
	case 14:
		return (level == 1 && p->ds) || level == 2;
	default:
		return (level == 1 && p->oasize == 52) || level == 2;
	}
}

bool walker_leaf(const struct walk_params *p, int level)
{
	return level == FINAL_LEVEL ||
	       (level >= walker_start(p) && block_supported(p, level));
}

enum type { INVALID, RESERVED, TABLE, LEAF };

/* AArch64.DecodeDescriptorType; it calls reserved encodings invalid */
static enum type decode_type(const struct walk_params *p, uint64_t desc,
			     int level)
{
	if (!bit(desc, 0))
		return INVALID;
	if (bit(desc, 1))
		return level == FINAL_LEVEL ? LEAF : TABLE;
	if (level != FINAL_LEVEL && block_supported(p, level))
		return LEAF;
	return RESERVED;
}

static struct walk fault(struct walk w, enum walk_fault kind, const char *why)
{
	w.fault = kind;
	w.reason = why;
	return w;
}

/* AArch64.S1DirectBasePermissions, regimes with an unprivileged level */
static void permissions_el0(struct walk *w, bool ap2, bool ap1,
			    const struct walk_params *p)
{
	bool uxn = bit(w->desc, 54), pxn = bit(w->desc, 53);

	w->pr = true;
	w->pw = !ap2;
	w->ur = ap1;
	w->uw = ap1 && !ap2;
	if (!p->hpd) {
		if (bit(w->tables, 61))
			w->ur = w->uw = false;
		if (bit(w->tables, 62))
			w->pw = w->uw = false;
		uxn |= bit(w->tables, 60);
		pxn |= bit(w->tables, 59);
	}
	w->px = !(pxn || w->uw);
	w->ux = !uxn;
}

/* the same for a regime without one */
static void permissions_single(struct walk *w, bool ap2,
			       const struct walk_params *p)
{
	bool xn = bit(w->desc, 54);

	w->pr = true;
	w->pw = !ap2;
	if (!p->hpd) {
		w->pw &= !bit(w->tables, 62);
		xn |= bit(w->tables, 60);
	}
	w->px = !xn;
}

/* One field of PIR: 'r', 'w', 'x' or '-' each; '?' is reserved, '6' is RWX that
 * loses X because it is writable. */
static bool pir_allows(struct walk *w, uint64_t pir, char what)
{
	static const char *const meaning[16] = {
		"---", "r--", "--x", "r-x", "?", "rw-", "rw-", "rwx",
		"r--", "?", "r-x", "?", "rw-", "?", "rwx", "?",
	};
	unsigned int index = (unsigned int)(slice(w->desc, 6, 6) |
					    slice(w->desc, 51, 51) << 1 |
					    slice(w->desc, 54, 53) << 2);
	unsigned int field = (unsigned int)slice(pir, 4 * index + 3, 4 * index);

	for (const char *c = meaning[field]; *c; c++) {
		w->odd_pir |= *c == '?';
		if (*c == what)
			return true;
	}
	return false;
}

/* AArch64.S1IndirectBasePermissions. Descriptor bit 7 is nDirty: a write to a
 * clean page faults unless hardware sets it dirty. */
static void permissions_indirect(struct walk *w, const struct walk_params *p)
{
	bool writes = !bit(w->desc, 7) || (p->ha && p->hd);

	w->pr = pir_allows(w, p->pir, 'r');
	w->pw = pir_allows(w, p->pir, 'w');
	w->px = pir_allows(w, p->pir, 'x');
	if (p->regime != 2) {
		w->ur = pir_allows(w, p->pire0, 'r');
		w->uw = pir_allows(w, p->pire0, 'w');
		w->ux = pir_allows(w, p->pire0, 'x');
	}
	if (w->px && w->uw)
		w->pr = w->pw = w->px = w->ur = w->uw = w->ux = false;
	w->pw &= writes;
	w->uw &= writes;
}

/* AArch64.S1ApplyOutputPerms: with DBM, the effective AP[2] is 0. TCR.HD has an
 * effect only if TCR.HA is 1 too. */
static void permissions(struct walk *w, const struct walk_params *p)
{
	bool dirty = p->ha && p->hd && bit(w->desc, 51);
	bool ap2 = bit(w->desc, 7) && !dirty;

	if (p->pie)
		permissions_indirect(w, p);
	else if (p->regime == 2)
		permissions_single(w, ap2, p);
	else
		permissions_el0(w, ap2, bit(w->desc, 6), p);
}

/* AArch64.S1Translate, from the leaf on */
static struct walk finish(const struct walk_params *p, struct walk w,
			  uint64_t va)
{
	unsigned int lsb = walker_span(p, w.level);
	uint64_t base = output_base(p, w.desc, lsb);
	unsigned int index = (unsigned int)slice(w.desc, 4, 2);

	if (oa_out_of_range(p, base))
		return fault(w, WALK_ADDRESS_SIZE, "output of a leaf");
	if (!bit(w.desc, 10) && !p->ha)
		return fault(w, WALK_ACCESS_FLAG, "access flag");
	w.pa = base | slice(va, lsb - 1, 0);
	w.attr = (uint8_t)slice(p->mair, 8 * index + 7, 8 * index);
	permissions(&w, p);
	return w;
}

/* AArch64.S1Walk */
struct walk walker(const struct walk_params *p, uint64_t va)
{
	struct walk w = { .fault = WALK_NONE };
	uint64_t base = ttb_address(p);
	unsigned int msb = p->iasize - 1, lsb;
	enum type type;

	if (va_out_of_range(p, va)) {
		w.outside = true;
		return fault(w, WALK_TRANSLATION, "address out of range");
	}
	if (oa_out_of_range(p, base))
		return fault(w, WALK_ADDRESS_SIZE, "table base register");
	for (w.level = walker_start(p);; w.level++, msb = lsb - 1) {
		lsb = walker_span(p, w.level);
		if (!p->read(p->ctx, base + 8 * slice(va, msb, lsb), &w.desc))
			return fault(w, WALK_ABORT, "table not readable");
		type = decode_type(p, w.desc, w.level);
		w.reserved = type == RESERVED;
		if (type == INVALID || type == RESERVED)
			return fault(w, WALK_TRANSLATION,
				     type == INVALID ? "invalid descriptor" :
						       "reserved descriptor");
		if (type == LEAF)
			return finish(p, w, va);
		base = output_base(p, w.desc, p->granulebits);
		if (oa_out_of_range(p, base))
			return fault(w, WALK_ADDRESS_SIZE, "next table");
		w.tables |= w.desc;
	}
}
