/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* What may be found, and in whose time. */
#ifndef HAZARD_RULE_H
#define HAZARD_RULE_H

enum rule {
	RULE_NONE,
#define RULE(name) RULE_##name,
#include "rules.def"
#undef RULE
	RULE_COUNT
};

/* The host prepares, the blob moves, the next world begins. */
enum phase { PHASE_HOST, PHASE_BLOB, PHASE_NEXT };

#endif
