/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* What a resume would do: the library's own dry run, and bars of memory: where
 * the image's pages wait meanwhile, and where they are in the end. */
#include <string.h>

#include "like_show.h"
#include "picture_of.h"
#include "trans.h"

/* So many stretches are seen apart; of more, those that are this near to each
 * other are one. */
#define SEEN 500u
#define NEAR (1ULL << 20)

static void add_machine(struct picture *picture, const struct machine *machine)
{
	picture_ranges(picture, PICTURE_RAM, &machine->ram, "memory");
	picture_ranges(picture, PICTURE_RESERVED, &machine->reserved,
		       "reserved");
}

/* Of what is placed at once the image's own pages say where; moves name the
 * rest. */
static void add_saved(struct picture *picture, const struct contents *contents)
{
	uint64_t near = contents->count > SEEN ? NEAR : 0;
	const struct stretch *stretch = contents->stretch;

	for (size_t i = 0; i < contents->count;) {
		trans_pa_t start = stretch[i].pa, end = start;
		bool zero = stretch[i].zero;

		while (i < contents->count && stretch[i].zero == zero &&
		       stretch[i].pa - end <= near) {
			end = stretch[i].pa + stretch[i].len;
			i++;
		}
		picture_add(picture, zero ? PICTURE_ZERO : PICTURE_SAVED, start,
			    end - start, zero ? "saved pages of zeroes" :
						"saved pages");
	}
}

static void add_moves(struct picture *picture, const struct trans_moves *plan,
		      bool sources)
{
	size_t step = plan->count / SEEN + 1;

	for (size_t i = 0; i < plan->count; i += step) {
		const struct trans_move *move = &plan->move[i];

		if (!sources)
			picture_add(picture, PICTURE_DATA, move->dst,
				    move->len, "filled by a move");
		else if (move->src != TRANS_ZERO)
			picture_add(picture, PICTURE_SPARE, move->src,
				    move->len, "a safe copy, to be moved");
	}
}

/* Moves are drawn last: they are few, and what is interesting. */
static int show_picture(struct out *out, const struct machine *machine,
			const struct contents *contents,
			const struct trans_resume *resume, const char *svg)
{
	struct picture picture;
	int ret = EXIT_FINE;

	picture_begin(&picture, "Where a resume puts what");
	picture_bar(&picture, "during");
	add_machine(&picture, machine);
	add_saved(&picture, contents);
	add_moves(&picture, &resume->plan, false);
	add_moves(&picture, &resume->plan, true);
	picture_transition(&picture, &resume->transition);
	picture_bar(&picture, "after");
	add_machine(&picture, machine);
	add_saved(&picture, contents);
	out_list(out, "map");
	picture_text(&picture, out);
	out_list_end(out);
	if (svg)
		ret = picture_file(&picture, svg);
	picture_drop(&picture);
	return ret;
}

/* A long list of moves is for --json's readers no better than for others. */
static int put_line(void *arg, const char *text, size_t len)
{
	if (len > 5 && !memcmp(text, "move ", 5))
		return 0;
	return out_put(arg, text, len);
}

int show_wake(struct out *out, const struct machine *machine,
	      struct contents *contents, const struct trans_resume *resume,
	      const char *svg)
{
	struct trans_error err;

	out_flag(out, "would_wake", true);
	out_list(out, "plan");
	trans_resume_print(resume, put_line, out);
	out_list_end(out);
	if (contents_read(contents, &err))
		return refused(&err);
	return show_picture(out, machine, contents, resume, svg);
}
