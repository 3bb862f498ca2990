/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
#include "heap.h"

#define WORDS 29
#define COUNT (HEAP_LEN / sizeof(struct node))

/* In one ring through all of them, in an order that jumps about. Some packs
 * well, some not at all. */
struct node {
	struct node *next, *previous;
	uint64_t index;
	uint64_t word[WORDS];
};
_Static_assert(HEAP_LEN % sizeof(struct node) == 0, "whole nodes");

/* splitmix64, as a function of the index. */
uint64_t heap_number(uint64_t seed, uint64_t index)
{
	uint64_t z = seed + (index + 1) * 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

static uint64_t word_of(uint64_t seed, uint64_t index, unsigned int word)
{
	if (index % 4 == 3)
		return heap_number(seed, index) >> 60;
	return heap_number(seed ^ index, word);
}

/* A step of a linear congruential generator whose period is COUNT: the
 * increment is odd, the factor 1 modulo 4, COUNT a power of two. */
static uint64_t after(uint64_t seed, uint64_t index)
{
	return (index * ((seed & 0xff) * 4 + 1) + (seed >> 8 | 1)) % COUNT;
}

void heap_make(void *heap, uint64_t seed)
{
	struct node *node = heap;

	for (uint64_t i = 0; i < COUNT; i++) {
		struct node *next = &node[after(seed, i)];

		node[i].index = i;
		node[i].next = next;
		next->previous = &node[i];
		for (unsigned int w = 0; w < WORDS; w++)
			node[i].word[w] = word_of(seed, i, w);
	}
}

/* From node to node, so that a pointer that went wrong leads astray. */
bool heap_check(const void *heap, uint64_t seed)
{
	const struct node *first = heap, *node = first;
	uint64_t index = 0;

	for (uint64_t i = 0; i < COUNT; i++) {
		if (node != &first[index] || node->index != index ||
		    node->next != &first[after(seed, index)] ||
		    node->next->previous != node)
			return false;
		for (unsigned int w = 0; w < WORDS; w++)
			if (node->word[w] != word_of(seed, index, w))
				return false;
		index = after(seed, index);
		node = node->next;
	}
	return index == 0;
}
