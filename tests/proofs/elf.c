/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * ELF: whatever the bytes are, none beyond the file is read, and what comes out
 * is inside of the file, sorted and apart. In three steps, since a solver has a
 * hard time with sums of 64 bits that depend on each other: one program header
 * more, which is so for any number of them; what is made of all; and what of
 * the file is read at all. The source is included, as the steps are static.
 */
#include "kexec/elf.c"

#include "tests/proofs/proof.h"

static struct trans_elf elf;

static bool is_segment(const struct trans_elf_segment *s, uint64_t len)
{
	return s->offset <= len && s->file_len <= len - s->offset &&
	       s->file_len <= s->memory_len && s->memory_len &&
	       s->memory_len <= UINT64_MAX - s->pa;
}

/* Each in the file, below 2^64, and ascending. */
static bool are_segments(uint64_t len)
{
	if (elf.count > SEGMENTS)
		return false;
	for (unsigned int i = 0; i < SEGMENTS; i++) {
		if (i >= elf.count)
			continue;
		if (!is_segment(&elf.segment[i], len))
			return false;
		if (i && elf.segment[i - 1].pa > elf.segment[i].pa)
			return false;
	}
	return true;
}

static bool has_entry(void)
{
	bool found = false;

	for (unsigned int i = 0; i < SEGMENTS; i++)
		found |= i < elf.count &&
			 elf.entry >= elf.segment[i].pa &&
			 elf.entry - elf.segment[i].pa <
			 elf.segment[i].memory_len;
	return found;
}

/* As any program headers leave it. */
static struct reader any_reader(const uint8_t *file)
{
	struct reader reader = { .file = file, .len = nondet_u64(),
				 .entry = nondet_u64(),
				 .entered = nondet_bool(), .elf = &elf };

	elf.entry = nondet_u64();
	elf.count = nondet_unsigned();
	for (unsigned int i = 0; i < SEGMENTS; i++)
		elf.segment[i] = (struct trans_elf_segment){
			.offset = nondet_u64(), .file_len = nondet_u64(),
			.pa = nondet_u64(), .memory_len = nondet_u64() };
	ASSUME(are_segments(reader.len));
	ASSUME(!reader.entered || has_entry());
	return reader;
}

void prove_segment(void)
{
	const uint8_t *phdr = malloc(PHDR_LEN);
	struct reader reader = any_reader(NULL);
	unsigned int before = elf.count;

	ASSUME(phdr);
	ASSUME(before < SEGMENTS || SEGMENTS == TRANS_ELF_SEGMENTS);
	if (add_segment(&reader, phdr))
		return;
	PROVE(elf.count <= before + 1, "one at most");
	PROVE(are_segments(reader.len), "in the file, and ascending");
	PROVE(!reader.entered || has_entry(), "the entry is in one");
}

/* No program header follows: all were read. */
void prove_program(void)
{
	uint8_t head[EHDR_LEN] = { 0 };
	struct reader reader = any_reader(head);

	if (read_file(&reader))
		return;
	PROVE(elf.count, "not empty");
	PROVE(elf.entry >= elf.start && elf.entry - elf.start < elf.len,
	      "the entry is in the program");
	for (unsigned int i = 1; i < SEGMENTS; i++)
		PROVE(i >= elf.count || elf.segment[i - 1].pa +
		      elf.segment[i - 1].memory_len <= elf.segment[i].pa,
		      "apart");
}

/* What is too short for a header, and what is not. */
void prove_file(size_t less)
{
	ASSUME(less < EHDR_LEN);
	PROVE(trans_elf_parse(any_file(less), less, &elf, NULL), "a header");
	(void)trans_elf_parse(any_file(LENGTH), LENGTH, &elf, NULL);
}
