/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Address spaces as pictures: bars of what lies where, one for each moment, as
 * SVG with titles for hovering and as text for a terminal. Lengths are drawn as
 * logarithms, and what nobody says anything of is a narrow gap: a page and a
 * terabyte are seen side by side.
 */
#ifndef TOOLS_TRANS_PICTURE_H
#define TOOLS_TRANS_PICTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "out.h"

/* How a mark is coloured, and its letter in text. */
enum picture_kind {
	PICTURE_RAM, PICTURE_RESERVED, PICTURE_HOST, PICTURE_KERNEL,
	PICTURE_INITRD, PICTURE_TREE, PICTURE_ZERO, PICTURE_TABLES,
	PICTURE_CODE, PICTURE_LIST, PICTURE_SPARE, PICTURE_DATA,
	PICTURE_SAVED, PICTURE_RUNS, PICTURE_WRITABLE, PICTURE_READABLE,
	PICTURE_DEVICE,
	PICTURE_KINDS,
};

/* [@start, @start + @len) of a bar, of those that there are. */
struct picture_mark {
	uint64_t start, len;
	size_t bar;
	enum picture_kind kind;
	char title[80];
};

#define PICTURE_BARS 4
#define PICTURE_MARKS 8192
struct picture {
	const char *title;
	const char *bar[PICTURE_BARS];
	size_t bars;
	struct picture_mark *mark;
	size_t count, room;
	bool failed; /* no memory, or too many: something is missing */
};

void picture_begin(struct picture *picture, const char *title);
void picture_drop(struct picture *picture);
/* The next bar, from the top; marks belong to the last one. */
void picture_bar(struct picture *picture, const char *name);
/* A later mark lies over an earlier one. A @len of 0 is none. */
void picture_add(struct picture *picture, enum picture_kind kind,
		 uint64_t start, uint64_t len, const char *title);

/* Lines of a list: a bar each; and one for each mark. */
void picture_text(const struct picture *picture, struct out *out);
void picture_marks(const struct picture *picture, struct out *out);
/* False: it could not be written, or there was no memory. */
bool picture_svg(struct picture *picture, FILE *to);
/* The same, to a file that must not be there: what a command ends with. */
int picture_file(struct picture *picture, const char *path);

#endif
