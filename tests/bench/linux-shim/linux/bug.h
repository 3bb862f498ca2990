/* SPDX-License-Identifier: GPL-2.0 */
/* One of the names that trans_pgd.c includes: all of them are the shim. */
#include "../shim.h"
