/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The proof by doing: a store to read-only memory and a load behind an invalid
 * entry, through the MMU. Both fault with the host's table, and both succeed
 * with a copy of it with MKWRITE and MKVALID.
 */
#include <trans_table/table_extra.h>
#include <trans_table/transition.h>

#include "ports/qemu-virt/print.h"

#include "oracle.h"

#define STORED 0x1122334455667788ULL
#define HIDDEN 0x8877665544332211ULL

struct proof {
	struct trans_geometry geo;
	struct trans_table idle, host, view, copy;
	struct trans_regs regs;
	struct trans_report report;
	uint64_t granule, mair;
	trans_va_t va; /* the gate; then the read-only page, then the hidden */
	trans_pa_t data;
};

static int map_page(struct proof *p, unsigned int page, trans_pa_t pa,
		    unsigned int access)
{
	struct trans_attr attr = { TRANS_MEM_NORMAL, access };

	return trans_table_map(&p->host, p->va + page * p->granule, pa,
			       p->granule, &attr, 0, &p->report);
}

/* The descriptor of the hidden page, cleared of its valid bit as
 * debug_pagealloc does it. */
static int hide(struct proof *p)
{
	struct trans_window window;
	uint64_t index = (p->va - trans_geometry_first(&p->geo)) / p->granule;
	int rc = 0;

	window.entries = p->host.root + index * 8;
	if (p->geo.start_level < 3)
		rc = trans_table_window(&p->host, p->va, 3 * p->granule, 0,
					&window, &p->report);
	if (!rc)
		((uint64_t *)(uintptr_t)window.entries)[2] &= ~1ULL;
	return rc;
}

static int make_host(struct proof *p)
{
	int rc = trans_table_create(&p->host, &p->geo, p->mair, &arena_ops,
				    NULL, &p->report);

	if (!rc)
		rc = map_page(p, 0, (uintptr_t)gate, TRANS_EXEC);
	if (!rc)
		rc = map_page(p, 1, p->data, 0);
	if (!rc)
		rc = map_page(p, 2, p->data + p->granule, TRANS_WRITE);
	if (!rc)
		rc = hide(p);
	if (!rc)
		rc = trans_table_finish(&p->host, &p->regs, &p->report);
	if (!rc)
		rc = trans_table_attach(&p->view, &p->geo, &p->regs,
					trans_present_linux, &arena_ops, NULL,
					&p->report);
	return rc;
}

static int make_copy(struct proof *p)
{
	unsigned int flags = TRANS_MKWRITE | TRANS_MKVALID | TRANS_CHECKPFN |
			     (chance(2) ? TRANS_FOLD : 0);
	int rc = trans_table_create(&p->copy, &p->geo, p->mair, &arena_ops,
				    NULL, &p->report);

	if (!rc)
		rc = trans_table_copy(&p->copy, p->va, &p->view, p->va,
				      3 * p->granule, flags, &p->report);
	if (!rc)
		rc = trans_table_finish(&p->copy, &p->regs, &p->report);
	return rc;
}

/* With @p->regs in its half, and an empty table in the other. */
static int load(struct proof *p, struct loaded *regs)
{
	struct trans_geometry other = p->geo;
	struct trans_regs idle = { 0 };
	bool upper = p->geo.upper;
	int rc;

	other.upper = false;
	rc = trans_table_create(&p->idle, &other, p->mair, &arena_ops, NULL,
				&p->report);
	if (!rc)
		rc = trans_table_finish(&p->idle, &idle, &p->report);
	*regs = (struct loaded){
		.regime = (enum trans_regime)p->geo.regime,
		.ttbr0 = upper ? idle.ttbr : p->regs.ttbr,
		.ttbr1 = upper ? p->regs.ttbr : 0,
		.tcr = trans_tcr(&other, upper ? &p->geo : NULL),
		.mair = p->regs.mair,
		.sctlr = p->regs.sctlr,
		.gate = p->va,
	};
	regime_load(regs);
	return rc;
}

static bool is_fault(uint64_t esr, enum fault fault)
{
	return esr >> 26 == 0x25 && (esr & 0x3f) == fault_code(fault, 3);
}

static bool faults(struct proof *p, const struct loaded *regs)
{
	uint64_t value = 0;
	uint64_t store = live_store(regs, p->va + p->granule, STORED);
	uint64_t fetch = live_load(regs, p->va + 2 * p->granule, &value);
	const uint64_t *data = (const uint64_t *)(uintptr_t)p->data;

	if (is_fault(store, FAULT_PERMISSION) &&
	    is_fault(fetch, FAULT_TRANSLATION) && !*data)
		return true;
	print("oracle: host table: store esr=0x%lx, load esr=0x%lx\n", store,
	      fetch);
	return false;
}

static bool succeeds(struct proof *p, const struct loaded *regs)
{
	uint64_t value = 0;
	uint64_t store = live_store(regs, p->va + p->granule, STORED);
	uint64_t fetch = live_load(regs, p->va + 2 * p->granule, &value);
	const uint64_t *data = (const uint64_t *)(uintptr_t)p->data;

	if (!store && !fetch && *data == STORED && value == HIDDEN)
		return true;
	print("oracle: copy: store esr=0x%lx, load esr=0x%lx value=0x%lx\n",
	      store, fetch, value);
	return false;
}

static void open_proof(struct proof *p, const struct shape *shape,
		       enum trans_regime regime, bool upper, uint64_t mair)
{
	*p = (struct proof){ .geo = shape_geometry(shape, regime, upper) };
	p->mair = mair;
	p->granule = 1ULL << shape->granule;
	p->va = random_va(&p->geo) & ~(4 * p->granule - 1);
	/* Two pages that lie together: the arena was just reset. */
	p->data = arena_page(shape->granule);
	*(uint64_t *)(uintptr_t)(arena_page(shape->granule)) = HIDDEN;
}

bool live_prove(const struct shape *shape, enum trans_regime regime, bool upper,
		uint64_t mair)
{
	static struct proof p;
	struct loaded regs;
	bool ok;
	int rc;

	arena_reset(shape_high(shape));
	open_proof(&p, shape, regime, upper, mair);
	rc = make_host(&p);
	if (!rc)
		rc = load(&p, &regs);
	ok = expect_ok(rc, "the host's table", &p.report) && faults(&p, &regs);
	if (!ok)
		return false;
	rc = make_copy(&p);
	if (!rc)
		rc = load(&p, &regs);
	return expect_ok(rc, "its copy", &p.report) && succeeds(&p, &regs);
}
