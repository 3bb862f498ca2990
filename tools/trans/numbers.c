/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "numbers.h"

static unsigned int shift_of(char unit)
{
	static const char units[] = "KMGT";
	const char *at = unit ? strchr(units, toupper((unsigned char)unit)) :
				NULL;

	return at ? 10 * (unsigned int)(at - units + 1) : 0;
}

/* A number, and what stands behind it. */
static bool take(const char **text, uint64_t *value)
{
	bool hex = (*text)[0] == '0' && ((*text)[1] | 0x20) == 'x';
	unsigned int shift;
	char *end;

	if (!isxdigit((unsigned char)**text))
		return false;
	errno = 0;
	*value = strtoull(*text, &end, hex ? 16 : 10);
	shift = shift_of(*end);
	if (errno || end == *text || *value << shift >> shift != *value)
		return false;
	*value <<= shift;
	*text = end + (shift != 0);
	return true;
}

bool number_of(const char *text, uint64_t *value)
{
	return take(&text, value) && !*text;
}

bool range_of(const char *text, struct trans_range *range)
{
	uint64_t second;
	char how;

	if (!take(&text, &range->start))
		return false;
	how = *text++;
	if ((how != '+' && how != '-') || !take(&text, &second) || *text)
		return false;
	range->len = how == '-' ? second - range->start : second;
	return range->len && range->len - 1 <= UINT64_MAX - range->start;
}
