/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The string functions that libfdt wants and that a freestanding host may not
 * have. Weak: a host's own come first. (memcpy and its three brothers belong
 * to the host anyway, see trans_table/env.h.)
 */
#include <libfdt_env.h>

#define WEAK __attribute__((weak))

WEAK void *memchr(const void *s, int byte, size_t len)
{
	const unsigned char *p = s;

	for (; len; len--, p++)
		if (*p == (unsigned char)byte)
			return (void *)(uintptr_t)p;
	return NULL;
}

WEAK size_t strnlen(const char *s, size_t max)
{
	size_t n = 0;

	while (n < max && s[n])
		n++;
	return n;
}

WEAK size_t strlen(const char *s)
{
	return strnlen(s, SIZE_MAX);
}

WEAK char *strrchr(const char *s, int c)
{
	const char *last = NULL;

	for (;; s++) {
		if (*s == (char)c)
			last = s;
		if (!*s)
			return (char *)(uintptr_t)last;
	}
}
