/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * From an ELF file to pieces. Its segments are copied to memory of the host's,
 * because moves are of whole granules and segments begin anywhere; their zeroes
 * are made where they belong.
 */
#include "kexec/pieces.h"
#include "kexec/unpack_elf.h"
#include "lib/fail.h"

#define BASE_ALIGN (2ull << 20)

/* Where the segments go while granules are dealt out. Addresses are those of
 * the file's headers; @src is an offset in the staged memory. */
struct staging {
	const struct trans_elf *elf;
	uint64_t base; /* the first granule */
	uint64_t done; /* end of what is covered */
	uint64_t src;  /* granules staged so far, in bytes */
};

/* Granules that hold bytes of the file: joined with the piece before where the
 * two share or adjoin a granule. */
static void stage(struct load *load, struct staging *s, uint64_t start,
		  uint64_t end)
{
	struct trans_kexec *kexec = load->kexec;
	uint64_t from = start > s->done ? start : s->done;
	struct trans_kexec_piece *last =
		kexec->pieces ? &kexec->piece[kexec->pieces - 1] : NULL;

	if (from >= end)
		return;
	if (last && last->offset + last->len == from - s->base)
		last->len += end - from;
	else
		trans_unpack_add_piece_(load, s->src, from - s->base,
					end - from);
	s->src += end - from;
	s->done = end;
}

static void deal_out(struct load *load, struct staging *s)
{
	const struct trans_elf *elf = s->elf;

	for (unsigned int i = 0; i < elf->count; i++) {
		const struct trans_elf_segment *segment = &elf->segment[i];

		if (segment->file_len)
			stage(load, s, load_round_down(load, segment->pa),
			      load_round_up(load, segment->pa +
					    segment->file_len));
	}
}

/* What is not of the file: in each segment's granules from its start on, or
 * (@gapless) in all memory. There is never one more than there are segments. */
static int add_zeroes(struct load *load, const struct staging *s, bool gapless)
{
	const struct trans_elf_segment *segment = s->elf->segment;
	struct trans_ranges *zero = &load->kexec->zero;
	unsigned int count = s->elf->count;
	int ret = gapless ? trans_unpack_add_zeroes_(load, 0,
						     load->image.memory_len) :
			    0;

	for (unsigned int i = 0; !ret && !gapless && i < count; i++)
		ret = trans_unpack_add_zeroes_(
			load, segment[i].pa - s->base,
			load_round_up(load,
				      segment[i].pa + segment[i].memory_len) -
				s->base);
	for (unsigned int i = 0; !ret && i < count; i++)
		if (trans_ranges_remove(zero, segment[i].pa - s->base,
					segment[i].file_len))
			ret = trans_fail(load->err, TRANS_ENOSPC, "zeroes");
	return ret;
}

static uint64_t part_of(uint64_t len)
{
	return trans_least(len, LOAD_PART);
}

static int clear(struct load *load, uint8_t *to, uint64_t len)
{
	int ret = 0;

	for (uint64_t part; !ret && len; to += part, len -= part) {
		part = part_of(len);
		memset(to, 0, (size_t)part);
		ret = trans_kexec_work_(load, part);
	}
	return ret;
}

static int copy(struct load *load, uint8_t *to, const uint8_t *from,
		uint64_t len)
{
	int ret = 0;

	for (uint64_t part; !ret && len; to += part, from += part,
	     len -= part) {
		part = part_of(len);
		memcpy(to, from, (size_t)part);
		ret = trans_kexec_work_(load, part);
	}
	return ret;
}

/* Each segment's file bytes lie in one piece. */
static int copy_segments(struct load *load, const struct staging *s,
			 const struct unpack_file *file, uint8_t *to)
{
	const struct trans_elf_segment *segment = s->elf->segment;
	const struct trans_elf_segment *end = segment + s->elf->count;
	const struct trans_kexec_piece *piece = load->kexec->piece;
	int ret = 0;

	for (; !ret && segment < end; segment++) {
		uint64_t offset = segment->pa - s->base;

		if (!segment->file_len)
			continue;
		while (offset - piece->offset >= piece->len)
			piece++;
		ret = copy(load, to + piece->src + (offset - piece->offset),
			   file->bytes + segment->offset, segment->file_len);
	}
	return ret;
}

/* All that is staged is cleared, and the file's part of it written. */
static int fill(struct load *load, const struct staging *s,
		const struct unpack_file *file, uint8_t *to)
{
	uint64_t bytes = s->src;
	int ret;

	for (unsigned int i = 0; i < s->elf->count; i++)
		bytes += s->elf->segment[i].file_len;
	ret = trans_kexec_begin_work_(load, LOAD_LAID_OUT, bytes);
	if (!ret)
		ret = clear(load, to, s->src);
	return ret ? ret : copy_segments(load, s, file, to);
}

/* From offsets in the staged memory to addresses. */
static void rebase_pieces(struct trans_kexec *kexec)
{
	for (size_t i = 0; i < kexec->pieces; i++)
		kexec->piece[i].src += kexec->staged.pa;
}

static int stage_segments(struct load *load, const struct trans_elf *elf,
			  const struct unpack_file *file, bool gapless)
{
	struct staging s = { .elf = elf,
			     .base = load_round_down(load, elf->start) };
	uint8_t *to;
	int ret = add_zeroes(load, &s, gapless);

	deal_out(load, &s);
	if (!ret)
		ret = trans_unpack_alloc_(load, s.src, "ELF segments",
					  &load->kexec->staged, &to);
	if (ret)
		return ret;
	ret = fill(load, &s, file, to);
	trans_kexec_clean_(load, to, (size_t)s.src);
	rebase_pieces(load->kexec);
	return ret;
}

/* Of the bytes that come from the file, from the first to the last. The entry
 * is among them, so there are some. */
static uint64_t file_span(const struct trans_elf *elf)
{
	unsigned int i = elf->count - 1;

	while (!elf->segment[i].file_len)
		i--;
	return elf->segment[i].pa + elf->segment[i].file_len - elf->start;
}

static bool has_image_header(const struct unpack_file *file,
			     const struct trans_elf_segment *first)
{
	return first->file_len >= TRANS_IMAGE_HEADER_LEN &&
	       !memcmp(file->bytes + first->offset + TRANS_IMAGE_MAGIC_AT,
		       TRANS_IMAGE_MAGIC, TRANS_IMAGE_MAGIC_LEN);
}

/* A vmlinux starts with the Image header, and its addresses are virtual: it
 * goes where an Image may go. And like an Image it has no gaps: what lies
 * between its segments are page tables that it expects to be empty
 * (reserved_pg_dir and others have a place there, but no section). */
static int describe_vmlinux(struct load *load, const struct trans_elf *elf,
			    const struct unpack_file *file)
{
	const struct trans_elf_segment *first = &elf->segment[0];
	int ret = trans_unpack_parse_header_(load, file->bytes + first->offset,
					     first->file_len, file_span(elf));

	if (ret)
		return ret;
	if (elf->start % load_granule(load))
		return trans_fail_pa(load->err, TRANS_EALIGN, "ELF segment",
				     elf->start, first->file_len);
	if (load->image.memory_len < elf->len)
		load->image.memory_len = elf->len;
	return 0;
}

static int describe_program(struct load *load, const struct trans_elf *elf)
{
	uint64_t base = load_round_down(load, elf->start);
	uint64_t end = load_round_up(load, elf->start + elf->len);

	if (!elf->fixed && elf->align > BASE_ALIGN)
		return trans_fail(load->err, TRANS_EIMAGE,
				  "ELF: alignment above 2 MiB");
	load->image = (struct trans_image){
		.text_offset = base % BASE_ALIGN,
		.memory_len = end - base,
		.file_len = file_span(elf) + (elf->start - base),
		.anywhere = true,
	};
	if (elf->fixed)
		load->wish = (struct trans_wish){ TRANS_WISH_ONLY, base };
	return 0;
}

int trans_unpack_elf_(struct load *load, const struct unpack_file *file)
{
	struct trans_elf elf;
	bool vmlinux;
	int ret = trans_elf_parse(file->bytes, (size_t)file->len, &elf,
				  load->err);

	if (ret)
		return ret;
	if (elf.start + elf.len > UINT64_MAX - load_granule(load))
		return trans_fail_pa(load->err, TRANS_EIMAGE,
				     "ELF: segment passes 2^64", elf.start,
				     elf.len);
	load->entry = elf.entry - load_round_down(load, elf.start);
	vmlinux = has_image_header(file, &elf.segment[0]);
	if (vmlinux)
		ret = describe_vmlinux(load, &elf, file);
	else
		ret = describe_program(load, &elf);
	return ret ? ret : stage_segments(load, &elf, file, vmlinux);
}
