/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * A loaded image as text, so that a person can see what is going to happen
 * before it does: what was saved, where its pages are, how it is entered, and
 * whether what does that survives.
 */
#include "hibernate/resume/private.h"
#include "lib/text.h"

static const char *packing_of(const struct trans_swsusp_info *info)
{
	switch (info->packing) {
	case TRANS_SWSUSP_LZO:
		return "LZO";
	case TRANS_SWSUSP_LZ4:
		return "LZ4";
	default:
		return "raw";
	}
}

static void print_image(struct trans_text *text,
			const struct trans_swsusp_info *info)
{
	trans_text_add_(text, "image ");
	trans_text_add_(text, info->version);
	trans_text_end_(text);
	trans_text_decimal_(text, "pages of ", 1ULL << (info->page_shift - 10));
	trans_text_decimal_(text, "K, stored ", info->data_pages);
	trans_text_add_(text, ", ");
	trans_text_add_(text, packing_of(info));
	trans_text_add_(text, info->has_crc ? " with CRC" : " without CRC");
	trans_text_end_(text);
	if (info->own) {
		trans_text_hex_(text, "a snapshot, way back 0x", info->entry);
		trans_text_hex_(text, " context 0x", info->context);
		trans_text_decimal_(text, " EL", info->level);
		trans_text_end_(text);
		return;
	}
	trans_text_hex_(text, "tables 0x", info->ttbr1);
	trans_text_hex_(text, " reenter 0x", info->reenter);
	trans_text_hex_(text, " stub 0x", info->stub);
	trans_text_hex_(text, " CPU 0x", info->mpidr);
	trans_text_end_(text);
}

static void print_efi(struct trans_text *text,
		      const struct trans_resume *resume)
{
	if (!resume->efi_system_table)
		return;
	trans_text_hex_(text, "booted by EFI, system table 0x",
			resume->efi_system_table);
	trans_text_end_(text);
}

/* "3 days up": as a person would say it. */
static void print_age(struct trans_text *text, uint64_t seconds)
{
	static const struct {
		uint64_t unit;
		const char *name;
	} units[] = { { 86400, " days up" }, { 3600, " hours up" },
		      { 60, " minutes up" }, { 1, " seconds up" } };
	size_t i = 0;

	while (i < 3 && seconds < 2 * units[i].unit)
		i++;
	trans_text_decimal_(text, ", ", seconds / units[i].unit);
	trans_text_add_(text, units[i].name);
}

static const char *source_name(enum trans_saved_source source)
{
	switch (source) {
	case TRANS_SAVED_MEMORY:
		return ", by its memory";
	case TRANS_SAVED_LOG:
		return ", by its log";
	case TRANS_SAVED_SIDECAR:
		return ", by its sidecar";
	default:
		return "";
	}
}

static void print_kernel(struct trans_text *text,
			 const struct trans_saved_facts *known)
{
	trans_text_add_(text, "kernel ");
	trans_text_add_(text, known->release);
	if (known->seconds)
		print_age(text, known->seconds);
	if (known->cpus)
		trans_text_decimal_(text, ", CPUs ", known->cpus);
	trans_text_add_(text, known->kpti ? ", KPTI" : "");
	trans_text_end_(text);
	if (!known->command_line[0])
		return;
	trans_text_add_(text, "command line ");
	trans_text_add_(text, known->command_line);
	trans_text_end_(text);
}

static void print_midr(struct trans_text *text,
		       const struct trans_saved_facts *known)
{
	trans_text_add_(text, "kind of CPU 0x");
	trans_text_number_(text, known->midr, 16, 8);
	trans_text_add_(text, source_name(known->midr_source));
	trans_text_end_(text);
}

static void print_features(struct trans_text *text,
			   const struct trans_saved_facts *known)
{
	trans_text_hex_(text, "CPU features, ISAR0 0x", known->was.isar0);
	trans_text_hex_(text, " MMFR0 0x", known->was.mmfr0);
	trans_text_add_(text, source_name(TRANS_SAVED_MEMORY));
	trans_text_end_(text);
}

static void print_lpis(struct trans_text *text,
		       const struct trans_saved_lpis *lpis)
{
	const struct trans_gic_lpis *tables = &lpis->tables;

	trans_text_hex_(text, "LPI tables 0x", tables->propbaser);
	trans_text_hex_(text, " 0x", tables->pending[0].pendbaser);
	trans_text_decimal_(text, ", CPUs ", tables->count);
	trans_text_add_(text, source_name(lpis->source));
	trans_text_end_(text);
}

/* What it says of itself, and what it does not, and so was not checked. */
static void print_known(struct trans_text *text,
			const struct trans_resume *resume)
{
	const struct trans_saved_facts *known = &resume->known;
	bool no_lpis = known->lpis.asked && !known->lpis.known;

	if (resume->image.info.own)
		return;
	if (known->release[0])
		print_kernel(text, known);
	if (known->midr)
		print_midr(text, known);
	if (known->features)
		print_features(text, known);
	if (known->lpis.known)
		print_lpis(text, &known->lpis);
	if (known->release[0] && known->midr && known->features && !no_lpis)
		return;
	trans_text_add_(text, "not known, and not checked:");
	trans_text_add_(text, known->release[0] ? "" : " kernel release;");
	trans_text_add_(text, known->midr ? "" : " kind of CPU;");
	trans_text_add_(text, known->features ? "" : " CPU features;");
	trans_text_add_(text, no_lpis ? " LPI tables;" : "");
	trans_text_end_(text);
}

static void print_moves(struct trans_text *text,
			const struct trans_resume *resume)
{
	const struct trans_moves *plan = &resume->plan;

	for (size_t i = 0; i < plan->count && !text->stopped; i++) {
		const struct trans_move *move = &plan->move[i];

		if (move->src == TRANS_ZERO)
			trans_text_add_(text, "move zeroes            ");
		else
			trans_text_hex_(text, "move 0x", move->src);
		trans_text_hex_(text, " -> 0x", move->dst);
		trans_text_add_(text, " + 0x");
		trans_text_number_(text, move->len, 16, 1);
		trans_text_end_(text);
	}
	trans_text_decimal_(text, "moves ", plan->count);
	trans_text_decimal_(text, " bytes ", trans_moves_bytes(plan));
	trans_text_end_(text);
}

static void print_pages(struct trans_text *text,
			const struct trans_resume *resume)
{
	trans_text_decimal_(text, "placed at once ", resume->direct_pages);
	trans_text_decimal_(text, ", moved ", resume->moved_pages);
	trans_text_decimal_(text, ", of both zero ", resume->zero_pages);
	trans_text_end_(text);
	print_moves(text, resume);
}

static void print_entry(struct trans_text *text,
			const struct trans_resume *resume)
{
	bool physical = resume->how == TRANS_RESUME_PHYSICAL;

	trans_text_hex_(text, physical ? "entry physical, MMU off, 0x" :
					"entry virtual, MMU on, 0x",
			resume->entry);
	trans_text_end_(text);
	if (physical)
		return;
	trans_text_hex_(text, "TTBR1 0x", resume->world.ttbr1);
	trans_text_hex_(text, " TCR 0x", resume->world.tcr);
	trans_text_hex_(text, " MAIR 0x", resume->world.mair);
	trans_text_hex_(text, " SCTLR 0x", resume->world.sctlr);
	trans_text_end_(text);
}

static void print_proof(struct trans_text *text,
			const struct trans_resume *resume)
{
	struct trans_error err;

	if (!trans_resume_check(resume, &err)) {
		trans_text_add_(text,
				"proof holds: code, data, list and tables "
				"lie outside the image and every move");
		trans_text_end_(text);
		return;
	}
	trans_text_add_(text, "proof FAILED: ");
	trans_text_add_(text, trans_strerror(err.status));
	trans_text_add_(text, ": ");
	trans_text_add_(text, err.why);
	trans_text_hex_(text, ", 0x", err.pa);
	trans_text_end_(text);
}

int trans_resume_print(const struct trans_resume *resume, trans_put_fn put,
		       void *arg)
{
	struct trans_text text = { .put = put, .arg = arg };

	if (!resume->transition.prepared) {
		trans_text_add_(&text, "no image is loaded");
		return trans_text_end_(&text);
	}
	print_image(&text, &resume->image.info);
	print_efi(&text, resume);
	print_known(&text, resume);
	print_pages(&text, resume);
	print_entry(&text, resume);
	print_proof(&text, resume);
	return text.stopped;
}
