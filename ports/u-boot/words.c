// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
/* The words of a command line. */
#include "port.h"

#include <vsprintf.h>

bool port_read_hex(const char **text, u64 *value)
{
	char *end;

	*value = simple_strtoull(*text, &end, 16);
	if (end == *text)
		return false;
	*text = end;
	return true;
}

/* U-Boot takes 0x for what it is, whatever the base. */
bool port_read_pages(const char *text, u64 *pages)
{
	char *end;

	*pages = simple_strtoull(text, &end, 10);
	return end != text && !*end;
}

bool port_read_range(const char *text, struct trans_range *range)
{
	u64 start, len = 0;

	if (!port_read_hex(&text, &start))
		return false;
	if (*text == ':') {
		text++;
		if (!port_read_hex(&text, &len) || !len)
			return false;
	}
	*range = (struct trans_range){ start, len };
	return !*text;
}
