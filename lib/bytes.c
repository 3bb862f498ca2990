/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* Fields of files: see bytes.h. */
#include "lib/bytes.h"

uint64_t trans_le_(const uint8_t *bytes, unsigned int count)
{
	uint64_t value = 0;

	while (count--)
		value = value << 8 | bytes[count];
	return value;
}
