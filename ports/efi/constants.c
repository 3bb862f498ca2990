/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Where the application begins: its constants are packed in its file (pe.py),
 * and are put where they belong before anything may look at one. So this file
 * has none, and calls what it cannot see into.
 *
 * As packed: LZ4's block format ("LZ4 Block Format Description"), but it ends
 * where all is unpacked. They come with the code, and are believed like it; but
 * of damaged ones nothing is written elsewhere.
 */
#include "port.h"

#define SHORTEST 4

/* efi.ld's */
extern uint8_t constants[], constants_end[];
extern const uint8_t constants_packed[];

/* A length that did not fit into four bits goes on in bytes, of which no more
 * are read when it is more than @most. */
static size_t read_length(const uint8_t **from, size_t len, size_t most)
{
	if (len == 15)
		do
			len += **from;
		while (*(*from)++ == 255 && len <= most);
	return len;
}

/* False: damaged. */
static bool unpack(uint8_t *first, const uint8_t *end, const uint8_t *from)
{
	for (uint8_t *to = first;;) {
		size_t token = *from++, distance;
		size_t left = (size_t)(end - to);
		size_t len = read_length(&from, token >> 4, left);

		if (len > left)
			return false;
		left -= len;
		for (; len; len--)
			*to++ = *from++;
		if (!left)
			return true;
		distance = (size_t)(from[0] | from[1] << 8);
		from += 2;
		len = read_length(&from, token & 15, left) + SHORTEST;
		if (len > left || !distance || distance > (size_t)(to - first))
			return false;
		for (; len; len--, to++)
			*to = *(to - distance);
	}
}

efi_status_t efi_main(efi_handle_t handle, struct efi_system_table *table);

efi_status_t efi_main(efi_handle_t handle, struct efi_system_table *table)
{
	if (!unpack(constants, constants_end, constants_packed))
		return EFI_LOAD_ERROR;
	return application(handle, table);
}
