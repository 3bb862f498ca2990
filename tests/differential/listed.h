/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Where the library's builder does something else than the frozen one, on
 * purpose.
 */
#ifndef DIFFERENTIAL_LISTED_H
#define DIFFERENTIAL_LISTED_H

#include "step.h"
#include "twin.h"

struct listed {
	const char *name, *why;
	bool (*is)(const struct finding *f);
	bool ends; /* the tables differ from here on */
};

extern const struct listed listed[];
extern const unsigned int listed_count;
#define LISTED_MOST 16

#endif
