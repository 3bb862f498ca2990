/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Layout of an entry: a header of "070701" and 13 numbers of 8 hex digits; the
 * name with its NUL, padded so that header and name together are a multiple of
 * 4; the data, padded likewise. The last entry is called TRAILER!!!.
 */
#include <libfdt_env.h>

#include "cpio.h"

#define HEADER_LEN 110
#define FIELD_FILESIZE 6
#define FIELD_NAMESIZE 11

struct entry {
	const char *name;
	uint64_t name_len; /* with the NUL */
	struct cpio_file data;
	uint64_t next;
};

static int refuse(struct trans_error *err, int status, const char *why,
		  uint64_t at)
{
	*err = (struct trans_error){ .status = status, .why = why, .len = at,
				     .level = TRANS_NO_LEVEL };
	return status;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static bool read_field(const char *header, size_t index, uint64_t *value)
{
	const char *text = header + 6 + 8 * index;
	int digit;

	*value = 0;
	for (unsigned int i = 0; i < 8; i++) {
		digit = hex_digit(text[i]);
		if (digit < 0)
			return false;
		*value = *value << 4 | (unsigned int)digit;
	}
	return true;
}

static uint64_t align4(uint64_t value)
{
	return (value + 3) & ~3ULL;
}

/* Sizes have 32 bits and @at is inside the archive, so no sum can overflow. */
static int read_entry(const char *archive, uint64_t len, uint64_t at,
		      struct entry *entry, struct trans_error *err)
{
	const char *header = archive + at;

	if (len - at < HEADER_LEN)
		return refuse(err, TRANS_ETRUNC, "cpio header", at);
	if (memcmp(header, "070701", 6) && memcmp(header, "070702", 6))
		return refuse(err, TRANS_ECORRUPT, "cpio magic", at);
	if (!read_field(header, FIELD_FILESIZE, &entry->data.len) ||
	    !read_field(header, FIELD_NAMESIZE, &entry->name_len))
		return refuse(err, TRANS_ECORRUPT, "cpio number", at);
	entry->name = header + HEADER_LEN;
	entry->data.offset = align4(at + HEADER_LEN + entry->name_len);
	entry->next = align4(entry->data.offset + entry->data.len);
	if (entry->data.offset > len ||
	    entry->data.len > len - entry->data.offset)
		return refuse(err, TRANS_ETRUNC, "cpio entry", at);
	return 0;
}

/* Names may be padded with more NULs than one, to align the data. */
static bool is_called(const struct entry *entry, const char *name)
{
	size_t len = strlen(name);

	return entry->name_len > len && !memcmp(entry->name, name, len + 1);
}

int cpio_find(const void *archive, uint64_t len, const char *name,
	      struct cpio_file *file, struct trans_error *err)
{
	struct entry entry;
	uint64_t at = 0;
	int ret;

	for (; at < len; at = entry.next) {
		ret = read_entry(archive, len, at, &entry, err);
		if (ret)
			return ret;
		if (is_called(&entry, name)) {
			*file = entry.data;
			return 0;
		}
		if (is_called(&entry, "TRAILER!!!"))
			break;
	}
	return refuse(err, TRANS_ENOENT, name, len);
}
