/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * An ELF core of what was saved, as /proc/vmcore would have it of a crashed
 * kernel: a PT_LOAD for each stretch of memory, by its physical address and the
 * one that it has in the linear map; one more for each part of the kernel's own
 * image, where its symbols are; and VMCOREINFO, by which crash and drgn know
 * the kernel. Pages of zeroes are holes of the file.
 *
 * Facts: System V ABI, "Program Header" and "Extended numbering"; Linux,
 * kernel/vmcore_info.c, include/linux/elfcore.h.
 */
#include <elf.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "image_parts.h"
#include "trans.h"

/* A kernel's image and what surrounds it is looked for so far on both sides of
 * _cpu_resume. */
#define IMAGE_REACH (128ULL << 20)
#define MOST_RUNS 4096u
/* Where the first bytes of memory stand in the file. */
#define DATA_ALIGN 4096u
/* struct elf_prstatus of arm64: the registers begin at 112, 34 of them. A
 * saved kernel is between two instructions of its own; they are zero. */
#define PRSTATUS_LEN 392u

/*
 * @piece: memory without gaps, stored or zero, by @at in the file
 * @run:   of the kernel's image, by its own addresses
 */
struct piece {
	trans_pa_t pa;
	uint64_t len, at;
};
struct core {
	const struct contents *contents;
	struct kernel *kernel;
	struct piece *piece;
	size_t pieces;
	struct trans_run *run;
	size_t runs;
	Elf64_Phdr *header;
	size_t headers;
	uint8_t *notes;
	size_t notes_len;
	uint64_t len;
};

static uint64_t aligned(uint64_t value, uint64_t to)
{
	return (value + to - 1) & ~(to - 1);
}

/* ---- what there is ---- */

static bool find_pieces(struct core *core)
{
	const struct contents *contents = core->contents;

	core->piece = calloc(contents->count + 1, sizeof(*core->piece));
	for (size_t i = 0; core->piece && i < contents->count; i++) {
		const struct stretch *stretch = &contents->stretch[i];
		struct piece *last = core->pieces ?
			&core->piece[core->pieces - 1] : NULL;

		if (last && last->pa + last->len == stretch->pa)
			last->len += stretch->len;
		else
			core->piece[core->pieces++] =
				(struct piece){ stretch->pa, stretch->len, 0 };
	}
	return core->piece != NULL;
}

/* Of the kernel's image is what has its distance of VA and PA. */
static int take_run(void *arg, const struct trans_run *run)
{
	struct core *core = arg;
	const struct kernel *kernel = core->kernel;
	uint64_t distance = core->contents->reader.info.reenter -
			    kernel->resume;

	if (run->status || run->va - run->leaf.pa != distance)
		return 0;
	core->run[core->runs++] = *run;
	return core->runs == MOST_RUNS;
}

static bool find_runs(struct core *core)
{
	const struct trans_geometry *geo = &core->kernel->view.geo;
	trans_va_t va = core->contents->reader.info.reenter;
	trans_va_t first, last;

	core->run = calloc(MOST_RUNS, sizeof(*core->run));
	if (!core->run || !core->kernel->tables)
		return core->run != NULL;
	first = trans_geometry_first(geo);
	last = trans_geometry_last(geo);
	first = va - first > IMAGE_REACH ? va - IMAGE_REACH : first;
	last = last - va > IMAGE_REACH ? va + IMAGE_REACH - 1 : last;
	first &= ~((1ULL << geo->granule_shift) - 1);
	last |= (1ULL << geo->granule_shift) - 1;
	(void)trans_table_runs(&core->kernel->view, first, last - first + 1,
			       take_run, core, NULL);
	return true;
}

/* ---- notes ---- */

static size_t put_note(uint8_t *at, const char *name, Elf64_Word type,
		       const void *desc, size_t len)
{
	Elf64_Nhdr header = { .n_namesz = (Elf64_Word)strlen(name) + 1,
			      .n_descsz = (Elf64_Word)len, .n_type = type };
	size_t desc_at = aligned(sizeof(header) + header.n_namesz, 4);

	memcpy(at, &header, sizeof(header));
	memcpy(at + sizeof(header), name, header.n_namesz);
	if (desc)
		memcpy(at + desc_at, desc, len);
	return aligned(desc_at + len, 4);
}

static bool make_notes(struct core *core)
{
	const struct trans_saved *saved = &core->kernel->saved;
	size_t info_len = core->kernel->info ? saved->info_len : 0;

	core->notes = calloc(1, PRSTATUS_LEN + info_len + 128);
	if (!core->notes)
		return false;
	core->notes_len = put_note(core->notes, "CORE", NT_PRSTATUS, NULL,
				   PRSTATUS_LEN);
	if (info_len)
		core->notes_len += put_note(core->notes + core->notes_len,
					    "VMCOREINFO", 0, saved->info,
					    info_len);
	return true;
}

/* ---- headers ---- */

static void add_load(struct core *core, trans_va_t va, trans_pa_t pa,
		     uint64_t at, uint64_t len)
{
	core->header[core->headers++] = (Elf64_Phdr){
		.p_type = PT_LOAD, .p_flags = PF_R | PF_W | PF_X,
		.p_offset = at, .p_vaddr = va, .p_paddr = pa,
		.p_filesz = len, .p_memsz = len,
	};
}

/* The first piece that does not end at or below @pa. */
static size_t first_piece(const struct core *core, trans_pa_t pa)
{
	size_t low = 0, high = core->pieces;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (core->piece[mid].pa + core->piece[mid].len <= pa)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* The parts of a run that were saved. */
static size_t parts_of(struct core *core, const struct trans_run *run, bool add)
{
	trans_pa_t end = run->leaf.pa + run->len;
	size_t parts = 0;

	for (size_t i = first_piece(core, run->leaf.pa); i < core->pieces &&
	     core->piece[i].pa < end; i++) {
		const struct piece *piece = &core->piece[i];
		trans_pa_t from = run->leaf.pa, to = end;

		if (from < piece->pa)
			from = piece->pa;
		if (to > piece->pa + piece->len)
			to = piece->pa + piece->len;
		parts++;
		if (add)
			add_load(core, run->va + (from - run->leaf.pa), from,
				 piece->at + (from - piece->pa), to - from);
	}
	return parts;
}

static void add_pieces(struct core *core)
{
	for (size_t i = 0; i < core->pieces; i++) {
		struct piece *piece = &core->piece[i];
		trans_va_t va = 0;

		(void)kernel_linear(core->kernel, piece->pa, &va);
		add_load(core, va, piece->pa, piece->at, piece->len);
	}
}

/* Where headers and notes end, and memory begins. */
static void place_pieces(struct core *core, uint64_t at)
{
	for (size_t i = 0; i < core->pieces; i++) {
		core->piece[i].at = at;
		at += core->piece[i].len;
	}
	core->len = at;
}

static bool make_headers(struct core *core)
{
	uint64_t notes_at = sizeof(Elf64_Ehdr) + sizeof(Elf64_Shdr);
	size_t count = 1 + core->pieces;

	for (size_t i = 0; i < core->runs; i++)
		count += parts_of(core, &core->run[i], false);
	core->header = calloc(count, sizeof(*core->header));
	if (!core->header)
		return false;
	notes_at += count * sizeof(*core->header);
	place_pieces(core, aligned(notes_at + core->notes_len, DATA_ALIGN));
	core->header[core->headers++] = (Elf64_Phdr){
		.p_type = PT_NOTE, .p_offset = notes_at,
		.p_filesz = core->notes_len, .p_memsz = core->notes_len,
		.p_align = 4,
	};
	for (size_t i = 0; i < core->runs; i++)
		(void)parts_of(core, &core->run[i], true);
	add_pieces(core);
	return true;
}

/* More headers than 16 bits can count are counted by section header 0. */
static void first_headers(const struct core *core, Elf64_Ehdr *elf,
			  Elf64_Shdr *extra)
{
	bool many = core->headers >= PN_XNUM;

	*extra = (Elf64_Shdr){ .sh_info = (Elf64_Word)core->headers };
	*elf = (Elf64_Ehdr){
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64,
			     ELFDATA2LSB, EV_CURRENT },
		.e_type = ET_CORE, .e_machine = EM_AARCH64,
		.e_version = EV_CURRENT, .e_ehsize = sizeof(*elf),
		.e_phoff = sizeof(*elf) + sizeof(*extra),
		.e_phentsize = sizeof(Elf64_Phdr),
		.e_phnum = many ? PN_XNUM : (Elf64_Half)core->headers,
		.e_shoff = many ? sizeof(*elf) : 0,
		.e_shentsize = sizeof(*extra),
		.e_shnum = many,
	};
}

/* ---- the file ---- */

static bool put_at(int fd, const void *bytes, size_t len, uint64_t at)
{
	const uint8_t *from = bytes;

	while (len) {
		ssize_t now = pwrite(fd, from, len, (off_t)at);

		if (now <= 0)
			return false;
		from += now;
		at += (uint64_t)now;
		len -= (size_t)now;
	}
	return true;
}

static bool put_memory(const struct core *core, int fd)
{
	const struct contents *contents = core->contents;
	const struct piece *piece = core->piece;

	for (size_t i = 0; i < contents->count; i++) {
		const struct stretch *stretch = &contents->stretch[i];

		progress("writing the core", i, contents->count);
		while (stretch->pa - piece->pa >= piece->len)
			piece++;
		if (!stretch->zero &&
		    !put_at(fd, contents->store + stretch->at, stretch->len,
			    piece->at + (stretch->pa - piece->pa)))
			return false;
	}
	return true;
}

static bool put_core(const struct core *core, int fd)
{
	uint64_t at = sizeof(Elf64_Ehdr) + sizeof(Elf64_Shdr);
	size_t headers_len = core->headers * sizeof(*core->header);
	Elf64_Ehdr elf;
	Elf64_Shdr extra;

	first_headers(core, &elf, &extra);
	return !ftruncate(fd, (off_t)core->len) &&
	       put_at(fd, &elf, sizeof(elf), 0) &&
	       put_at(fd, &extra, sizeof(extra), sizeof(elf)) &&
	       put_at(fd, core->header, headers_len, at) &&
	       put_at(fd, core->notes, core->notes_len, at + headers_len) &&
	       put_memory(core, fd);
}

/* Where its symbols are: so far from what its vmlinux says. */
static void show_offset(struct out *out, const struct trans_saved *saved)
{
	uint64_t offset;

	if (!trans_saved_number(saved, "KERNELOFFSET", &offset, NULL))
		out_address(out, "kaslr_offset", offset);
}

static int write_file(struct out *out, const struct core *core,
		      const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	bool done;

	if (fd < 0)
		return file_error(path);
	done = put_core(core, fd);
	done &= !close(fd);
	progress_over();
	if (!done) {
		int ret = file_error(path);

		unlink(path);
		return ret;
	}
	out_text(out, "core", path);
	out_number(out, "segments", core->headers - 1);
	out_flag(out, "vmcoreinfo", core->kernel->info);
	if (core->kernel->info)
		show_offset(out, &core->kernel->saved);
	return EXIT_FINE;
}

/* It holds what that memory held, such as keys: for its owner only. */
int write_vmcore(struct out *out, const struct contents *contents,
		 struct kernel *kernel, const char *path)
{
	struct core core = { .contents = contents, .kernel = kernel };
	int ret = find_pieces(&core) && find_runs(&core) &&
		  make_notes(&core) && make_headers(&core) ?
		write_file(out, &core, path) : file_error("memory");

	free(core.piece);
	free(core.run);
	free(core.header);
	free(core.notes);
	return ret;
}
