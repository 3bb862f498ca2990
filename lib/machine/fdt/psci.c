/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The firmware's conduit (binding: psci.yaml). Version 0.1 had a number for
 * each call in the tree, and no call to ask for more.
 */
#include <trans_table/machine.h>

#include "lib/fail.h"
#include "lib/machine/fdt/walk.h"

struct psci {
	enum trans_conduit conduit;
	bool old; /* one that is of no use */
};

static bool method_is(const struct walk *walk, const char *name)
{
	const char *method = trans_walk_text_(walk, WALK_METHOD);

	return method && walk->prop[WALK_METHOD].len == 4 &&
	       !memcmp(method, name, 4);
}

static int look(struct walk *walk, void *arg, struct trans_error *err)
{
	struct psci *psci = arg;

	if (!trans_walk_enabled_(walk))
		return 0;
	if (!trans_walk_is_(walk, "arm,psci-1.0") &&
	    !trans_walk_is_(walk, "arm,psci-0.2")) {
		psci->old |= trans_walk_is_(walk, "arm,psci");
		return 0;
	}
	if (method_is(walk, "hvc"))
		psci->conduit = TRANS_CONDUIT_HVC;
	else if (method_is(walk, "smc"))
		psci->conduit = TRANS_CONDUIT_SMC;
	else
		return trans_fail(err, TRANS_EFDT, "PSCI: method");
	return 1;
}

int trans_fdt_conduit(const void *fdt, size_t fdt_len,
		      enum trans_conduit *conduit, struct trans_error *err)
{
	struct psci psci = { TRANS_CONDUIT_NONE, false };
	int ret = trans_walk_(fdt, fdt_len, look, &psci, err);

	*conduit = ret < 0 ? TRANS_CONDUIT_NONE : psci.conduit;
	if (!ret && psci.old)
		return trans_fail(err, TRANS_ESTATE, "PSCI 0.1 only");
	return ret < 0 ? ret : 0;
}
