/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* An identity map of @ram, and of this machine's devices. */
#include "../minimal/host.h"

int mmu_on(const struct trans_ranges *ram, struct trans_error *err);
