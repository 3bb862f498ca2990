/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * A bug of the frozen builder, shown by itself.
 */
#ifndef DIFFERENTIAL_FORGOTTEN_H
#define DIFFERENTIAL_FORGOTTEN_H

#include "scene.h"

/* Does a page that @b has shared stay read-only, as the link above it says,
 * when another one below that link is unmapped? */
bool forgotten_not(const struct builder *b);

#endif
