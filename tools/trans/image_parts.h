/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* The parts of "trans image", each of which returns what the command ends
 * with. */
#ifndef TOOLS_TRANS_IMAGE_PARTS_H
#define TOOLS_TRANS_IMAGE_PARTS_H

#include "contents.h"
#include "kernel.h"
#include "out.h"

/*
 * @pa:     of @page
 * @like:   a machine's tree, with @cpu and @el; @anyway: what of a load's
 *          refusals is waived; @svg: where a picture of it goes
 */
struct image_options {
	const char *path;
	uint64_t offset;
	const char *find, *elf, *like, *cpu, *anyway, *svg;
	uint64_t pa;
	unsigned int el;
	bool page, header, verify, log, discard, yes, json;
};

/* show.c: facts of the header, and what the kernel says of itself. */
void show_header(struct out *out, const struct trans_swsusp_info *info);
void show_kernel(struct out *out, const struct contents *contents,
		 struct kernel *kernel);
int show_log(struct out *out, struct kernel *kernel);

/* find.c */
int find_page(struct out *out, const struct contents *contents, trans_pa_t pa);
int find_address(struct out *out, struct kernel *kernel, const char *what);

/* vmcore.c: write an ELF core of it to @path, which must not exist. */
int write_vmcore(struct out *out, const struct contents *contents,
		 struct kernel *kernel, const char *path);

/* discard.c */
int discard_image(struct out *out, const struct image_options *options);

/* like.c: @contents was opened. */
int would_wake(struct out *out, const struct image_options *options,
	       struct contents *contents);

#endif
