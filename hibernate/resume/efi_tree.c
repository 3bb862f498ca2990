/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Did EFI boot the saved kernel? No header says so, but Linux's EFI stub hands
 * the kernel a flattened device tree of its own making, which names the
 * firmware's system table and map of memory; the kernel keeps it for good
 * (drivers/firmware/efi/libstub/fdt.c, drivers/of/fdt.c).
 *
 * Here is a reader of just that, and not libfdt, because the pages of a tree
 * lie apart until the moves are made, and there is no memory to bring them
 * together for each page that begins like a tree. It goes forward only, as far
 * as the end of /chosen, and every word it looks at is counted.
 *
 * Format: Devicetree Specification 0.4, chapter 5.
 */
#include "hibernate/resume/efi_tree.h"
#include "lib/bytes.h"
#include "lib/fail.h"

/* The stub takes its tree from AllocatePages, and kexec puts one at the start
 * of a page too. EFI's pages are of 4 KiB (UEFI 2.10, 7.2). */
#define STEP 4096u

#define MAGIC 0xd00dfeedu
#define HEADER_LEN 40u
#define VERSION 17u /* from here on the header has both lengths */
#define MAX_LEN (2u << 20) /* booting.rst */

enum { BEGIN_NODE = 1, END_NODE = 2, PROP = 3, NOP = 4, END = 9 };

/* What finding a page costs, in words looked at. */
#define PAGE_EFFORT 16u

/* A page of the tree, as it was found last. */
struct piece {
	uint32_t page; /* offset in the tree */
	const uint8_t *bytes; /* NULL: not there, or not yet looked for */
};

/*
 * One tree. All offsets are from its start.
 * @at:     the next word of the structure block
 * @depth:  of the node that is open: 1 is the root
 * @chosen: it is /chosen, or in it
 * @bad:    it is no tree after all
 */
struct tree {
	const struct trans_saved_memory *memory;
	trans_pa_t pa;
	uint64_t *effort;
	uint32_t len, at, end, strings, strings_end;
	struct piece structure, names;
	unsigned int depth;
	bool chosen, bad;
};

static bool spend(struct tree *tree, uint32_t words)
{
	if (*tree->effort < words)
		*tree->effort = 0;
	else
		*tree->effort -= words;
	if (!*tree->effort)
		tree->bad = true;
	return !tree->bad;
}

/* The byte at @at, and what follows up to the end of its page; NULL: bad. */
static const uint8_t *look(struct tree *tree, struct piece *piece, uint32_t at)
{
	const struct trans_saved_memory *memory = tree->memory;
	uint32_t page = at & ~(STEP - 1);

	if (!spend(tree, 1))
		return NULL;
	if ((!piece->bytes || piece->page != page) &&
	    spend(tree, PAGE_EFFORT)) {
		piece->page = page;
		piece->bytes = memory->at(memory->ctx, tree->pa + page, STEP);
		tree->bad |= memory->work(memory->ctx, STEP) != 0;
	}
	if (!piece->bytes)
		tree->bad = true;
	return tree->bad ? NULL : piece->bytes + (at - page);
}

/* The next word of the structure block, which is aligned. */
static uint32_t next_word(struct tree *tree)
{
	const uint8_t *bytes;

	if (tree->end - tree->at < 4) {
		tree->bad = true;
		return 0;
	}
	bytes = look(tree, &tree->structure, tree->at);
	tree->at += 4;
	return bytes ? trans_be32(bytes) : 0;
}

/* Is the name at @offset of the strings block @name? */
static bool is_called(struct tree *tree, uint32_t offset, const char *name)
{
	for (uint32_t at = tree->strings + offset;; at++, name++) {
		const uint8_t *byte;

		if (at >= tree->strings_end)
			return false;
		byte = look(tree, &tree->names, at);
		if (!byte || *byte != (uint8_t)*name)
			return false;
		if (!*name)
			return true;
	}
}

/* Nodes */

static bool has_nul(uint32_t word)
{
	return ((word - 0x01010101u) & ~word & 0x80808080u) != 0;
}

/* The name of a node, up to a multiple of four bytes; is it "chosen"? */
static bool skip_name(struct tree *tree)
{
	uint32_t first = next_word(tree), second = 0, word = first;

	for (unsigned int i = 1; !has_nul(word) && !tree->bad; i++) {
		word = next_word(tree);
		if (i == 1)
			second = word;
	}
	return first == 0x63686f73 && second >> 8 == 0x656e00;
}

/* Properties of /chosen */

enum { SYSTEM_TABLE, MAP, MAP_LEN, ENTRY_LEN, MAP_VERSION, WANTED };

static const char names[WANTED][28] = {
	"linux,uefi-system-table", "linux,uefi-mmap-start",
	"linux,uefi-mmap-size", "linux,uefi-mmap-desc-size",
	"linux,uefi-mmap-desc-ver",
};

/* A number of one cell or two. The first property of a name is the one that
 * libfdt, and so Linux, would take. */
static void take_property(struct tree *tree, uint32_t len, uint32_t name,
			  uint64_t *values)
{
	unsigned int i = 0;
	uint64_t value;

	if (len != 4 && len != 8)
		return;
	while (i < WANTED && !is_called(tree, name, names[i]))
		i++;
	if (i == WANTED || values[i])
		return;
	value = next_word(tree);
	values[i] = len == 4 ? value : value << 32 | next_word(tree);
}

static void property(struct tree *tree, uint64_t *values)
{
	uint32_t len = next_word(tree), name = next_word(tree), at = tree->at;

	if (len > tree->end - at) {
		tree->bad = true;
		return;
	}
	if (tree->chosen && tree->depth == 2)
		take_property(tree, len, name, values);
	tree->at = at + ((len + 3) & ~3u);
}

/* The next token; false: there is nothing more to learn. */
static bool token(struct tree *tree, uint64_t *values)
{
	switch (next_word(tree)) {
	case BEGIN_NODE:
		tree->depth++;
		if (skip_name(tree) && tree->depth == 2)
			tree->chosen = true;
		return !tree->bad;
	case END_NODE:
		if (tree->chosen && tree->depth == 2)
			return false;
		tree->bad |= tree->depth-- == 0;
		return !tree->bad;
	case PROP:
		property(tree, values);
		return !tree->bad;
	case NOP:
		return !tree->bad;
	default: /* the end, or none of these */
		tree->bad = true;
		return false;
	}
}

/* The firmware's map */

/* EFI_MEMORY_DESCRIPTOR (UEFI 2.10, 7.2): later versions may have longer ones,
 * and say so. */
#define ENTRY_VERSION 1u
#define ENTRY_USED 40u
#define ENTRY_PHYSICAL 8u
#define ENTRY_VIRTUAL 16u
#define ENTRY_PAGES 24u
#define ENTRY_ATTRIBUTE 32u

/* Firmware has some hundred entries. */
#define MAX_MAP (1ULL << 20)

bool trans_find_known_map_(const struct tr_efi *efi)
{
	return efi->map_len && efi->map_len <= MAX_MAP &&
	       efi->version == ENTRY_VERSION && efi->entry_len >= ENTRY_USED;
}

bool trans_find_entry_(const struct trans_saved_memory *memory,
		       const struct tr_efi *efi, uint64_t at,
		       struct tr_efi_entry *entry)
{
	uint8_t bytes[ENTRY_USED];

	if (!trans_find_read_(memory, efi->map + at, bytes, sizeof(bytes)))
		return false;
	*entry = (struct tr_efi_entry){
		.pa = trans_le(bytes + ENTRY_PHYSICAL, 8),
		.va = trans_le(bytes + ENTRY_VIRTUAL, 8),
		.pages = trans_le(bytes + ENTRY_PAGES, 8),
		.attribute = trans_le(bytes + ENTRY_ATTRIBUTE, 8),
	};
	return true;
}

/*
 * Whose a tree is. Firmware maps all memory, and so what the stub or kexec puts
 * there: the machine's own tree is in the map that it names. The stub of a
 * virtual machine, whose memory is the image's too, wrote the addresses that
 * its guest sees: they lead to something else, or to nothing in the image. A
 * map that cannot be read tells nothing; such a tree counts if no other is
 * MINE: to refuse is safe.
 */
enum whose { GUESSED, MINE, NOBODYS };

static enum whose whose_is(struct tree *tree, const struct tr_efi *efi)
{
	struct tr_efi_entry entry;

	if (!efi->map || !trans_find_known_map_(efi))
		return GUESSED;
	for (uint64_t at = 0; at < efi->map_len; at += efi->entry_len) {
		if (!spend(tree, ENTRY_USED / 4 + PAGE_EFFORT) ||
		    tree->memory->work(tree->memory->ctx, ENTRY_USED))
			return NOBODYS;
		if (!trans_find_entry_(tree->memory, efi, at, &entry))
			return GUESSED;
		if (entry.pa <= tree->pa &&
		    (tree->pa - entry.pa) / STEP < entry.pages)
			return MINE;
	}
	return NOBODYS;
}

/* The header */

static bool inside(uint32_t start, uint32_t len, uint32_t total)
{
	return start >= HEADER_LEN && start <= total && len <= total - start;
}

static uint32_t field(const uint8_t *header, unsigned int at)
{
	return trans_be32(header + at);
}

static bool begin(struct tree *tree, const uint8_t *header)
{
	uint32_t structure = field(header, 8), len = field(header, 36);
	uint32_t strings_len = field(header, 32);

	tree->len = field(header, 4);
	tree->strings = field(header, 12);
	if (tree->len > MAX_LEN || field(header, 20) < VERSION ||
	    field(header, 24) > VERSION || structure % 4 || len % 4 ||
	    !inside(structure, len, tree->len) ||
	    !inside(tree->strings, strings_len, tree->len) ||
	    !inside(field(header, 16), 16, tree->len))
		return false;
	tree->at = structure;
	tree->end = structure + len;
	tree->strings_end = tree->strings + strings_len;
	return true;
}

/* What the tree at @pa says, if it is one, and all of it is the image's. */
static enum whose read_tree(const struct trans_saved_memory *memory,
			    trans_pa_t pa, const uint8_t *header,
			    uint64_t *effort, struct tr_efi *efi)
{
	struct tree tree = { .memory = memory, .pa = pa, .effort = effort };
	uint64_t values[WANTED] = { 0 };

	if (!spend(&tree, HEADER_LEN / 4) || !begin(&tree, header))
		return NOBODYS;
	while (token(&tree, values))
		;
	if (tree.bad || !values[SYSTEM_TABLE] ||
	    !spend(&tree, tree.len / STEP * PAGE_EFFORT) ||
	    !memory->holds(memory->ctx, pa, tree.len))
		return NOBODYS;
	*efi = (struct tr_efi){ pa, values[SYSTEM_TABLE], values[MAP],
				values[MAP_LEN], values[ENTRY_LEN],
				values[MAP_VERSION] };
	return whose_is(&tree, efi);
}

/* The search */

static bool agree(const struct tr_efi *a, const struct tr_efi *b)
{
	return a->system_table == b->system_table && a->map == b->map &&
	       a->map_len == b->map_len && a->entry_len == b->entry_len &&
	       a->version == b->version;
}

/* Of each kind the last one, and one that says otherwise. */
struct trees {
	struct tr_efi last[NOBODYS], other[NOBODYS];
};

static void take_tree(struct trees *trees, enum whose whose,
		      const struct tr_efi *found)
{
	struct tr_efi *last = &trees->last[whose];

	if (last->system_table && !agree(last, found))
		trees->other[whose] = *found;
	else
		*last = *found;
}

/* Trees that begin in one stretch of memory. */
static void trees_in(const struct trans_saved_memory *memory, trans_pa_t pa,
		     uint64_t len, uint64_t *effort, struct trees *trees)
{
	const uint8_t *bytes = memory->at(memory->ctx, pa, len);
	uint64_t at = -pa & (STEP - 1);

	for (; bytes && len >= STEP && at <= len - STEP; at += STEP) {
		struct tr_efi found;
		enum whose whose;

		if (trans_be32(bytes + at) != MAGIC)
			continue;
		whose = read_tree(memory, pa + at, bytes + at, effort, &found);
		if (whose != NOBODYS)
			take_tree(trees, whose, &found);
	}
}

static int conclude(const struct trees *trees, struct tr_efi *efi,
		    struct trans_error *err)
{
	enum whose whose = trees->last[MINE].system_table ? MINE : GUESSED;
	const struct tr_efi *other = &trees->other[whose];

	if (other->system_table)
		return trans_fail_pa(err, TRANS_EIMAGE, "two device trees of "
				     "EFI in the image disagree", other->tree,
				     0);
	*efi = trees->last[whose];
	return 0;
}

int trans_find_efi_(const struct trans_saved_memory *memory, uint64_t effort,
		    struct tr_efi *efi, struct trans_error *err)
{
	struct trees trees = { 0 };
	trans_pa_t pa = 0;
	uint64_t len;

	memset(efi, 0, sizeof(*efi));
	while ((len = memory->next(memory->ctx, &pa)) != 0) {
		trees_in(memory, pa, len, &effort, &trees);
		pa += len;
	}
	if (!effort)
		return trans_fail(err, TRANS_ECORRUPT,
				  "device trees in the image overlap");
	return conclude(&trees, efi, err);
}

bool trans_find_read_(const struct trans_saved_memory *memory, trans_pa_t pa,
		      void *to, size_t len)
{
	uint8_t *out = to;

	while (len) {
		size_t part = STEP - (size_t)(pa & (STEP - 1));
		const void *from;

		if (part > len)
			part = len;
		from = memory->at(memory->ctx, pa, part);
		if (!from)
			return false;
		memcpy(out, from, part);
		out += part;
		pa += part;
		len -= part;
	}
	return true;
}
