/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "picture.h"
#include "trans.h"

/* Of text: columns of a bar. */
#define COLUMNS 64u
/* Of SVG, in pixels. */
#define WIDTH 960.0
#define LEFT 90.0
#define TOP 56.0
#define BAR 34.0
#define STEP 62.0
#define LEGEND 20.0
/* What is not marked at all is as wide as so many doublings of a page. */
#define GAP 1.5

static const struct {
	char letter;
	const char *name, *light, *dark;
} kinds[PICTURE_KINDS] = {
	[PICTURE_RAM] = { '.', "memory", "#eef1f4", "#2a3037" },
	[PICTURE_RESERVED] = { 'x', "reserved", "#868e96", "#7d8590" },
	[PICTURE_HOST] = { 'h', "the running program", "#ece2fd", "#513a86" },
	[PICTURE_KERNEL] = { 'K', "kernel", "#3b82f6", "#4c8df6" },
	[PICTURE_INITRD] = { 'I', "initrd", "#8f6a00", "#c9981a" },
	[PICTURE_TREE] = { 'D', "device tree", "#d1342c", "#f0655c" },
	[PICTURE_ZERO] = { '0', "zeroed", "#b6d0fb", "#274a86" },
	[PICTURE_TABLES] = { 'T', "tables", "#0d8a80", "#2ab3a8" },
	[PICTURE_CODE] = { 'C', "control code and data", "#0b7a4e",
			   "#2cb67d" },
	[PICTURE_LIST] = { 'L', "list of moves", "#7ccf9f", "#1d6b48" },
	[PICTURE_SPARE] = { 'S', "safe copy", "#fdf0c8", "#80661c" },
	[PICTURE_DATA] = { 'P', "to be moved", "#f0a04b", "#c9702a" },
	[PICTURE_SAVED] = { 's', "saved pages", "#3b82f6", "#4c8df6" },
	[PICTURE_RUNS] = { 'X', "executable", "#d1342c", "#f0655c" },
	[PICTURE_WRITABLE] = { 'W', "writable", "#3b82f6", "#4c8df6" },
	[PICTURE_READABLE] = { 'R', "read-only", "#0b7a4e", "#2cb67d" },
	[PICTURE_DEVICE] = { 'd', "device", "#868e96", "#7d8590" },
};

void picture_begin(struct picture *picture, const char *title)
{
	*picture = (struct picture){ .title = title };
}

void picture_drop(struct picture *picture)
{
	free(picture->mark);
	picture->mark = NULL;
}

void picture_bar(struct picture *picture, const char *name)
{
	if (picture->bars < PICTURE_BARS)
		picture->bar[picture->bars++] = name;
}

void picture_add(struct picture *picture, enum picture_kind kind,
		 uint64_t start, uint64_t len, const char *title)
{
	size_t room = picture->room ? 2 * picture->room : 64;
	struct picture_mark *mark = picture->mark;

	if (!len)
		return;
	if (picture->count == PICTURE_MARKS) {
		picture->failed = true;
		return;
	}
	if (picture->count == picture->room) {
		mark = realloc(mark, room * sizeof(*mark));
		if (!mark) {
			picture->failed = true;
			return;
		}
		picture->mark = mark;
		picture->room = room;
	}
	mark += picture->count++;
	*mark = (struct picture_mark){ .start = start, .len = len,
				       .bar = picture->bars - 1,
				       .kind = kind };
	snprintf(mark->title, sizeof(mark->title), "%s", title);
}

/* ---- where an address is ---- */

/* Borders between which nothing changes, ascending; @at: where each is drawn,
 * 0 to 1. The last address of all memory has no border behind it: borders are
 * those of last bytes, too, less one. */
struct scale {
	uint64_t *border;
	double *at;
	size_t count;
};

static int compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static uint64_t end_of(const struct picture_mark *mark)
{
	uint64_t end = mark->start + mark->len;

	return end < mark->start ? UINT64_MAX : end;
}

static bool find_borders(const struct picture *picture, struct scale *scale)
{
	size_t count = 0;

	scale->border = calloc(2 * picture->count + 1, sizeof(uint64_t));
	scale->at = calloc(2 * picture->count + 1, sizeof(double));
	if (!scale->border || !scale->at || !picture->count)
		return false;
	for (size_t i = 0; i < picture->count; i++) {
		scale->border[2 * i] = picture->mark[i].start;
		scale->border[2 * i + 1] = end_of(&picture->mark[i]);
	}
	qsort(scale->border, 2 * picture->count, sizeof(uint64_t), compare);
	for (size_t i = 0; i < 2 * picture->count; i++)
		if (!count || scale->border[i] != scale->border[count - 1])
			scale->border[count++] = scale->border[i];
	scale->count = count;
	return true;
}

static bool is_marked(const struct picture *picture, uint64_t address)
{
	for (size_t i = 0; i < picture->count; i++)
		if (address - picture->mark[i].start < picture->mark[i].len)
			return true;
	return false;
}

/* Doublings of a page; 1 at least. */
static double weight_of(uint64_t len)
{
	double weight = 1;

	for (; len > 4096; len /= 2)
		weight += len / 2 > 4096 ? 1 : (double)(len - 4096) / 4096;
	return weight;
}

static bool make_scale(const struct picture *picture, struct scale *scale)
{
	double sum = 0;

	if (!find_borders(picture, scale))
		return false;
	for (size_t i = 0; i + 1 < scale->count; i++) {
		uint64_t start = scale->border[i];

		scale->at[i] = sum;
		sum += is_marked(picture, start) ?
			weight_of(scale->border[i + 1] - start) : GAP;
	}
	scale->at[scale->count - 1] = sum;
	for (size_t i = 0; i < scale->count; i++)
		scale->at[i] /= sum;
	return true;
}

static void drop_scale(struct scale *scale)
{
	free(scale->border);
	free(scale->at);
}

/* Of a border. */
static double place_of(const struct scale *scale, uint64_t border)
{
	const uint64_t *found = bsearch(&border, scale->border, scale->count,
					sizeof(border), compare);

	return found ? scale->at[found - scale->border] : 0;
}

/* ---- text ---- */

static void text_bar(const struct picture *picture, const struct scale *scale,
		     size_t bar, struct out *out)
{
	char line[COLUMNS + 32];
	char *cells = line + snprintf(line, 32, "%-8s |", picture->bar[bar]);

	memset(cells, ' ', COLUMNS);
	for (size_t i = 0; i < picture->count; i++) {
		const struct picture_mark *mark = &picture->mark[i];
		size_t from = (size_t)(place_of(scale, mark->start) * COLUMNS);
		size_t to = (size_t)(place_of(scale, end_of(mark)) * COLUMNS);

		if (mark->bar != bar)
			continue;
		if (from == COLUMNS)
			from--;
		memset(cells + from, kinds[mark->kind].letter,
		       to > from ? to - from : 1);
	}
	cells[COLUMNS] = '|';
	out_line(out, line, (size_t)(cells - line) + COLUMNS + 1);
}

static void text_mark(const struct picture *picture,
		      const struct picture_mark *mark, struct out *out)
{
	char line[160];
	int n = snprintf(line, sizeof(line), "%-8s %c %#" PRIx64 "+%#" PRIx64
			 " %s", picture->bar[mark->bar],
			 kinds[mark->kind].letter, (uint64_t)mark->start,
			 (uint64_t)mark->len, mark->title);

	out_line(out, line, (size_t)n);
}

void picture_text(const struct picture *picture, struct out *out)
{
	struct scale scale;

	if (make_scale(picture, &scale))
		for (size_t bar = 0; bar < picture->bars; bar++)
			text_bar(picture, &scale, bar, out);
	drop_scale(&scale);
}

void picture_marks(const struct picture *picture, struct out *out)
{
	for (size_t i = 0; i < picture->count; i++)
		text_mark(picture, &picture->mark[i], out);
}

/* ---- SVG ---- */

/* Words of the program, and of a dump or a tree: each may be anything. */
static void put_escaped(FILE *to, const char *text)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '<' || c == '&' || c == '>')
			fprintf(to, "&#%u;", c);
		else
			fputc(c < 0x20 || c > 0x7e ? '?' : c, to);
	}
}

/* Its own background, so that it reads on any page. */
static void put_style(FILE *to)
{
	fputs("<style>text{font:13px sans-serif;fill:#1f2328}"
	      ".t{font-size:16px;font-weight:bold}.b{fill:#fff}"
	      ".n{fill:none;stroke:#a5adb6}\n", to);
	for (size_t i = 0; i < PICTURE_KINDS; i++)
		fprintf(to, ".k%zu{fill:%s}", i, kinds[i].light);
	fputs("\n@media(prefers-color-scheme:dark){text{fill:#f0f3f6}"
	      ".b{fill:#0d1117}", to);
	for (size_t i = 0; i < PICTURE_KINDS; i++)
		fprintf(to, ".k%zu{fill:%s}", i, kinds[i].dark);
	fputs("}</style>\n", to);
}

static void put_head(const struct picture *picture, double height, FILE *to)
{
	fprintf(to, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 "
		"%.0f %.0f\" role=\"img\">\n<title>", WIDTH, height);
	put_escaped(to, picture->title);
	fputs("</title>\n", to);
	put_style(to);
	fprintf(to, "<rect class=\"b\" width=\"%.0f\" height=\"%.0f\"/>\n"
		"<text class=\"t\" x=\"20\" y=\"30\">", WIDTH, height);
	put_escaped(to, picture->title);
	fputs("</text>\n", to);
}

static void put_mark(const struct picture *picture, const struct scale *scale,
		     const struct picture_mark *mark, FILE *to)
{
	double span = WIDTH - LEFT - 20;
	double x = place_of(scale, mark->start) * span;
	double width = place_of(scale, end_of(mark)) * span - x;

	fprintf(to, "<rect class=\"k%d\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
		"height=\"%.0f\"><title>", (int)mark->kind, LEFT + x,
		TOP + STEP * (double)mark->bar, width < 1.5 ? 1.5 : width, BAR);
	put_escaped(to, mark->title);
	fputs(", ", to);
	put_escaped(to, picture->bar[mark->bar]);
	fprintf(to, ": %#" PRIx64 " to %#" PRIx64 ", %" PRIu64 " bytes"
		"</title></rect>\n", (uint64_t)mark->start, (uint64_t)end_of(mark),
		(uint64_t)mark->len);
}

static void put_bars(const struct picture *picture, const struct scale *scale,
		     FILE *to)
{
	for (size_t i = 0; i < picture->bars; i++) {
		double y = TOP + STEP * (double)i;

		fprintf(to, "<text x=\"20\" y=\"%.0f\">", y + 22);
		put_escaped(to, picture->bar[i]);
		fprintf(to, "</text>\n<rect class=\"n\" x=\"%.0f\" y=\"%.0f\" "
			"width=\"%.0f\" height=\"%.0f\"/>\n", LEFT, y,
			WIDTH - LEFT - 20, BAR);
	}
	for (size_t i = 0; i < picture->count; i++)
		put_mark(picture, scale, &picture->mark[i], to);
	fprintf(to, "<text x=\"%.0f\" y=\"%.0f\">%#" PRIx64 "</text>\n"
		"<text x=\"%.0f\" y=\"%.0f\" text-anchor=\"end\">%#" PRIx64
		"</text>\n", LEFT, TOP + STEP * (double)picture->bars - 8,
		(uint64_t)scale->border[0], WIDTH - 20,
		TOP + STEP * (double)picture->bars - 8,
		(uint64_t)scale->border[scale->count - 1]);
}

/* Only of kinds that are there. */
static void put_legend(const struct picture *picture, double y, FILE *to)
{
	unsigned int shown = 0;

	for (size_t kind = 0; kind < PICTURE_KINDS; kind++) {
		unsigned int row = shown / 5;
		double x = LEFT + 175.0 * (shown - 5 * row);
		double at = y + LEGEND * row;
		size_t i = 0;

		while (i < picture->count && picture->mark[i].kind != kind)
			i++;
		if (i == picture->count)
			continue;
		fprintf(to, "<rect class=\"k%zu\" x=\"%.0f\" y=\"%.0f\" "
			"width=\"12\" height=\"12\"/><text x=\"%.0f\" "
			"y=\"%.0f\">%s</text>\n", kind, x, at - 11, x + 18, at,
			kinds[kind].name);
		shown++;
	}
}

bool picture_svg(struct picture *picture, FILE *to)
{
	double legend = TOP + STEP * (double)picture->bars + 20;
	struct scale scale;
	bool made = make_scale(picture, &scale);

	if (made) {
		put_head(picture, legend + 3 * LEGEND, to);
		put_bars(picture, &scale, to);
		put_legend(picture, legend, to);
		fputs("</svg>\n", to);
	}
	drop_scale(&scale);
	return made && !fflush(to) && !ferror(to);
}

int picture_file(struct picture *picture, const char *path)
{
	FILE *to = fopen(path, "wx");
	bool done;
	int ret;

	if (!to)
		return file_error(path);
	if (picture->failed)
		fputs("trans: the picture does not show all: it is too much\n",
		      stderr);
	errno = ENODATA; /* what is wrong if it is not the file */
	done = picture_svg(picture, to);
	ret = done ? EXIT_FINE : file_error(path);
	if (fclose(to) && done)
		ret = file_error(path);
	if (ret)
		unlink(path);
	return ret;
}
