/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <elf.h>
#include <sys/mman.h>

#include "dump.h"
#include "trans.h"
#include "unpack.h"

/* ---- what is where ---- */

/* The piece that has all of it. */
static const struct dump_piece *piece_of(const struct dump *dump, trans_pa_t pa,
					 uint64_t len)
{
	size_t low = 0, high = dump->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct dump_piece *piece = &dump->piece[mid];

		if (pa < piece->pa)
			high = mid;
		else if (pa - piece->pa >= piece->len)
			low = mid + 1;
		else
			return len <= piece->len - (pa - piece->pa) ? piece :
								      NULL;
	}
	return NULL;
}

/* ELF cores align nothing, and tables are read by 8 bytes. Each page has a
 * place of its own, as a walk goes on with those that it has come through: what
 * lies side by side in the file, in pieces of 8 bytes, does so here. (Segments
 * that share bytes of a file may share places: what is found in such a file
 * means nothing, but it is found within bounds.) */
static void *aligned_copy(struct dump *dump, const uint8_t *from, size_t len)
{
	size_t at = (size_t)(from - dump->file.bytes) / 8 * 8;

	return memcpy(dump->copies + at, from, len);
}

/* Nothing of it takes memory before it is written. */
static bool make_copies(struct dump *dump)
{
	void *at;

	at = mmap(NULL, dump->file.len, PROT_READ | PROT_WRITE,
		  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	dump->copies = at == MAP_FAILED ? NULL : at;
	return dump->copies;
}

static void *phys_to_virt(void *ctx, trans_pa_t pa, size_t len)
{
	struct dump *dump = ctx;
	const struct trans_saved_memory *memory = &dump->kernel.memory;
	const struct dump_piece *piece;
	const uint8_t *from;

	if (dump->image)
		return (void *)(uintptr_t)memory->at(memory->ctx, pa, len);
	piece = piece_of(dump, pa, len);
	if (!piece)
		return NULL;
	from = dump->file.bytes + piece->at + (pa - piece->pa);
	return (uintptr_t)from % 8 ? aligned_copy(dump, from, len) :
				     (void *)(uintptr_t)from;
}

static int visit(void *ctx, trans_pa_t pa)
{
	struct dump *dump = ctx;

	(void)pa;
	return ++dump->visited > dump->most;
}

/* ---- an ELF core ---- */

/* How many program headers there are; section header 0 counts more than 16 bits
 * can (System V ABI). */
static uint64_t header_count(const uint8_t *bytes, uint64_t len,
			     const Elf64_Ehdr *elf)
{
	Elf64_Shdr section;

	if (elf->e_phnum != PN_XNUM)
		return elf->e_phnum;
	if (len < sizeof(section) || elf->e_shoff > len - sizeof(section))
		return 0;
	memcpy(&section, bytes + elf->e_shoff, sizeof(section));
	return section.sh_info;
}

/* What of a segment is in the file; false: nothing. */
static bool take_segment(const Elf64_Phdr *header, uint64_t len,
			 struct dump_piece *piece)
{
	if (header->p_type != PT_LOAD || header->p_offset >= len)
		return false;
	*piece = (struct dump_piece){ header->p_paddr, header->p_filesz,
				      header->p_offset };
	if (piece->len > len - piece->at)
		piece->len = len - piece->at;
	if (piece->len > UINT64_MAX - piece->pa)
		piece->len = UINT64_MAX - piece->pa;
	return piece->len;
}

static int compare(const void *a, const void *b)
{
	const struct dump_piece *x = a, *y = b;

	if (x->pa != y->pa)
		return x->pa < y->pa ? -1 : 1;
	return x->len < y->len ? 1 : x->len > y->len ? -1 : 0;
}

/* A core may have the same memory twice, by two virtual addresses; what comes
 * first counts. */
static size_t make_disjoint(struct dump_piece *piece, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		trans_pa_t end = kept ? piece[kept - 1].pa +
					piece[kept - 1].len : 0;
		struct dump_piece now = piece[i];
		uint64_t cut = now.pa < end ? end - now.pa : 0;

		if (cut >= now.len)
			continue;
		now.pa += cut;
		now.at += cut;
		now.len -= cut;
		piece[kept++] = now;
	}
	return kept;
}

const char *dump_elf(const uint8_t *bytes, uint64_t len,
		     struct dump_piece **pieces, size_t *count)
{
	Elf64_Phdr header;
	Elf64_Ehdr elf;
	uint64_t headers;

	if (len < sizeof(elf))
		return "the file ends in its header";
	memcpy(&elf, bytes, sizeof(elf));
	if (elf.e_ident[EI_CLASS] != ELFCLASS64 ||
	    elf.e_ident[EI_DATA] != ELFDATA2LSB ||
	    elf.e_machine != EM_AARCH64 || elf.e_phentsize != sizeof(header))
		return "not an ELF file of a 64-bit Arm";
	headers = header_count(bytes, len, &elf);
	if (elf.e_phoff > len ||
	    headers > (len - elf.e_phoff) / sizeof(header))
		return "the file ends in its program headers";
	*pieces = calloc(headers + 1, sizeof(**pieces));
	*count = 0;
	for (uint64_t i = 0; *pieces && i < headers; i++) {
		memcpy(&header, bytes + elf.e_phoff + i * sizeof(header),
		       sizeof(header));
		*count += take_segment(&header, len, *pieces + *count);
	}
	if (!*pieces)
		return "no memory";
	qsort(*pieces, *count, sizeof(**pieces), compare);
	*count = make_disjoint(*pieces, *count);
	return NULL;
}

/* ---- opening ---- */

static bool is_elf(const struct dump *dump)
{
	return dump->file.len >= SELFMAG &&
	       !memcmp(dump->file.bytes, ELFMAG, SELFMAG);
}

/* Each page of it, several times, is more than any honest tree. */
static void set_up(struct dump *dump, uint64_t len)
{
	dump->most = len / 4096 * 8 + 4096;
	dump->ops = (struct trans_ops){ .phys_to_virt = phys_to_virt,
					.visit = visit };
}

const char *dump_bytes(struct dump *dump, trans_pa_t base)
{
	if (!make_copies(dump))
		return "no memory";
	set_up(dump, dump->file.len);
	if (is_elf(dump))
		return dump_elf(dump->file.bytes, dump->file.len, &dump->piece,
				&dump->count);
	if (dump->file.len > UINT64_MAX - base)
		return "it passes 2^64 from that base";
	dump->piece = calloc(1, sizeof(*dump->piece));
	if (!dump->piece)
		return "no memory";
	dump->count = 1;
	*dump->piece = (struct dump_piece){ base, dump->file.len, 0 };
	return NULL;
}

/* Is it an image? Then ret is 0, or what is wrong with it. */
static bool open_image(struct dump *dump, const char *path, uint64_t offset,
		       int *ret)
{
	struct trans_error err;

	if (!disk_open(&dump->disk, path, false))
		return false;
	if (contents_open(&dump->contents, &dump->disk.block, offset, &err))
		return false;
	dump->image = true;
	dump->contents.reader.args.unpack = desk_unpackers;
	*ret = contents_read(&dump->contents, &err) ? refused(&err) : EXIT_FINE;
	if (!*ret)
		kernel_find(&dump->kernel, &dump->contents);
	return true;
}

int dump_open(struct dump *dump, char *path, trans_pa_t base)
{
	uint64_t offset;
	const char *why;
	int ret;

	memset(dump, 0, sizeof(*dump));
	dump->disk.fd = -1;
	if (!disk_path(path, &offset))
		return usage_error("table: the offset is no number");
	if (open_image(dump, path, offset, &ret)) {
		set_up(dump, dump->contents.store_len);
		return ret;
	}
	if (!map_file(&dump->file, path))
		return file_error(path);
	why = dump_bytes(dump, base);
	return why ? no("%s: %s", path, why) : EXIT_FINE;
}

void dump_close(struct dump *dump)
{
	contents_close(&dump->contents);
	disk_close(&dump->disk);
	if (dump->copies)
		munmap(dump->copies, dump->file.len);
	unmap_file(&dump->file);
	free(dump->piece);
}
