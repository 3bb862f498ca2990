/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * A next world with its MMU on, without a Linux: the port's own image, moved to
 * other memory and mapped at other addresses by other tables (world=on). It
 * says what it finds in its registers and switches the machine off.
 */
#ifndef PORT_WORLD_H
#define PORT_WORLD_H

#define WORLD_STACK_LEN 16384

#ifndef __ASSEMBLY__
#include <trans_table/transition.h>

#include "leaving.h"

/* Go there. @args: how this host does things. Returns only with an error. */
int world_enter(const struct leaving *leaving,
		const struct trans_transition_args *args,
		struct trans_error *err);

/* In world_entry.S: where it begins, and the stub's vectors (resident.S). */
extern char world_start[] __attribute__((visibility("hidden")));
extern char stub_vectors[] __attribute__((visibility("hidden")));

/* Registers of EL2, as the stub at EL2 gets at them; in world_entry.S. */
struct world_el2 {
	uint64_t hcr, cptr, cnthctl, cntvoff, vttbr, mdcr, vpidr, vmpidr, sctlr;
};
void world_peek(struct world_el2 *el2, uint64_t peek_pa);
extern char world_peek_el2[] __attribute__((visibility("hidden")));

/* Called by world_start. @offset: VA - PA of everything; @dirty: x4 to x16 and
 * x19 to x30, all together. */
__attribute__((noreturn)) void world_main(uint64_t offset, uint64_t x1,
					  uint64_t x2, uint64_t x3,
					  uint64_t dirty);
#endif
#endif
