/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* Looking at saved memory: by physical address, by virtual one, by name. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>

#include "image_parts.h"
#include "numbers.h"
#include "trans.h"

#define ROW 16u
/* Shown of what was found by a virtual address or a name. */
#define GLANCE 64u

static void put_row(struct out *out, uint64_t address, const uint8_t *bytes,
		    size_t len)
{
	char line[128];
	int n = snprintf(line, sizeof(line), "%016" PRIx64 " ", address);

	for (size_t i = 0; i < ROW; i++)
		n += i < len ? snprintf(line + n, 4, " %02x", bytes[i]) :
			       snprintf(line + n, 4, "   ");
	n += snprintf(line + n, 4, "  |");
	for (size_t i = 0; i < len; i++)
		line[n++] = isprint(bytes[i]) ? (char)bytes[i] : '.';
	line[n++] = '|';
	out_line(out, line, (size_t)n);
}

static void put_bytes(struct out *out, uint64_t address, const uint8_t *bytes,
		      size_t len)
{
	out_list(out, "bytes");
	for (size_t i = 0; i < len; i += ROW)
		put_row(out, address + i, bytes + i,
			len - i < ROW ? len - i : ROW);
	out_list_end(out);
}

int find_page(struct out *out, const struct contents *contents, trans_pa_t pa)
{
	uint64_t page = 1ULL << contents->reader.info.page_shift;
	const struct stretch *stretch;

	pa &= ~(page - 1);
	stretch = contents_from(contents, pa);
	out_address(out, "page", pa);
	if (!stretch || stretch->pa > pa) {
		out_text(out, "state", "not saved");
		return EXIT_NO;
	}
	out_text(out, "state", stretch->zero ? "zero" : "stored");
	if (!stretch->zero)
		put_bytes(out, pa, contents->store + stretch->at +
				   (pa - stretch->pa), page);
	return EXIT_FINE;
}

/* A number, or else a symbol. */
static bool address_of(struct kernel *kernel, const char *what, trans_va_t *va,
		       struct trans_error *err)
{
	struct trans_saved_symbol symbol = { what, 0 };

	if (number_of(what, va))
		return true;
	*err = (struct trans_error){ .status = TRANS_ENOENT,
				     .level = TRANS_NO_LEVEL,
				     .why = "no symbol of that name" };
	if (!kernel->info)
		err->why = "no VMCOREINFO in the image, and so no symbols";
	else if (trans_saved_symbols(&kernel->saved, &symbol, 1, err))
		return false;
	*va = symbol.va;
	return symbol.va;
}

static const char *state_of(const struct kernel *kernel, trans_pa_t pa)
{
	const struct trans_saved_memory *memory = &kernel->memory;

	if (memory->zero(memory->ctx, pa, 1))
		return "zero";
	return memory->holds(memory->ctx, pa, 1) ? "stored" : "not saved";
}

static void put_glance(struct out *out, struct kernel *kernel, trans_va_t va)
{
	uint8_t bytes[GLANCE];

	if (!trans_saved_read(&kernel->saved, va, bytes, sizeof(bytes), NULL))
		put_bytes(out, va, bytes, sizeof(bytes));
}

int find_address(struct out *out, struct kernel *kernel, const char *what)
{
	struct trans_error err;
	struct trans_leaf leaf;
	trans_va_t va;
	int ret;

	if (!kernel->tables)
		return no("the image's tables are not found");
	if (!address_of(kernel, what, &va, &err))
		return refused(&err);
	ret = trans_table_query(&kernel->view, va, &leaf, NULL);
	out_address(out, "virtual", va);
	if (!ret) {
		out_address(out, "physical", leaf.pa);
		out_text(out, "state", state_of(kernel, leaf.pa));
	}
	out_list(out, "walk");
	trans_table_trace(&kernel->view, va, out_put, out);
	out_list_end(out);
	if (!ret)
		put_glance(out, kernel, va);
	return ret ? EXIT_NO : EXIT_FINE;
}
