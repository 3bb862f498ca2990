/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Text that others wrote: options, UUIDs, systemd's variable. Pure: nothing of
 * the firmware is called, so that it is tested and fuzzed on any machine.
 */
#include "words.h"

/* ---- characters ---- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool same(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

/* What stands behind @begin; NULL: @text does not begin so. */
static const char *behind(const char *text, const char *begin)
{
	for (; *begin; text++, begin++)
		if (*text != *begin)
			return NULL;
	return text;
}

static bool copy(char *to, size_t room, const char *from)
{
	size_t i = 0;

	for (; i < room - 1 && from[i]; i++)
		to[i] = from[i];
	to[i] = '\0';
	return i && !from[i];
}

/* A number up to the end, or to @stop; behind it; NULL: it is none. */
static const char *read_number(const char *text, unsigned int base, char stop,
			       uint64_t *value)
{
	const char *from = text;

	for (*value = 0; *text && *text != stop; text++) {
		int digit = digit_of(*text);

		if (digit < 0 || (unsigned int)digit >= base ||
		    *value > (UINT64_MAX - (unsigned int)digit) / base)
			return NULL;
		*value = *value * base + (unsigned int)digit;
	}
	return text == from ? NULL : text;
}

static bool decimal(const char *text, uint64_t *value)
{
	const char *end = read_number(text, 10, '\0', value);

	return end && !*end;
}

/* START:LEN, hexadecimal, with 0x or not. */
static bool read_range(const char *text, uint64_t *start, uint64_t *len)
{
	const char *part = behind(text, "0x");

	text = read_number(part ? part : text, 16, ':', start);
	if (!text || *text != ':')
		return false;
	part = behind(++text, "0x");
	text = read_number(part ? part : text, 16, '\0', len);
	return text && *len && *len - 1 <= UINT64_MAX - *start;
}

static bool read_avoid(struct options *o, const char *text)
{
	if (o->avoided == AVOID_MAX ||
	    !read_range(text, &o->avoid[o->avoided].start,
			&o->avoid[o->avoided].len))
		return false;
	o->avoided++;
	return true;
}

/* ---- UUIDs ---- */

bool uuid_read(const char *text, uint8_t uuid[16])
{
	unsigned int digits = 0;

	for (; *text && digits < 32; text++) {
		int digit = digit_of(*text);

		if (*text == '-')
			continue;
		if (digit < 0)
			return false;
		uuid[digits / 2] = (uint8_t)(uuid[digits / 2] << 4 | digit);
		digits++;
	}
	return digits == 32 && !*text;
}

void uuid_of_guid(uint8_t uuid[16], const uint8_t guid[16])
{
	static const uint8_t from[16] = { 3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11,
					  12, 13, 14, 15 };

	for (unsigned int i = 0; i < 16; i++)
		uuid[i] = guid[from[i]];
}

/* ---- words ---- */

/* Up to the next blank outside of quotes, which go; NULL: no word is left. */
static char *next_word(char **text)
{
	char *from = *text, *word, *to;
	bool quoted = false;

	while (is_blank(*from) || *from == '#')
		if (*from++ == '#')
			while (*from && *from != '\n')
				from++;
	if (!*from)
		return NULL;
	for (word = to = from; *from && (quoted || !is_blank(*from)); from++) {
		if (*from == '"')
			quoted = !quoted;
		else
			*to++ = *from;
	}
	*text = *from ? from + 1 : from;
	*to = '\0';
	return word;
}

static bool refusal_read(const char *word, enum on_refusal *what)
{
	if (same(word, "linux"))
		*what = REFUSAL_LINUX;
	else if (same(word, "stop"))
		*what = REFUSAL_STOP;
	else if (same(word, "discard"))
		*what = REFUSAL_DISCARD;
	else
		return false;
	return true;
}

/* name=value */
static bool read_setting(struct options *o, const char *word)
{
	const char *value = behind(word, "on-refusal=");

	if (value)
		return refusal_read(value, &o->on_refusal);
	value = behind(word, "next=");
	if (value)
		return copy(o->next, sizeof(o->next), value);
	value = behind(word, "offset=");
	if (value)
		return decimal(value, &o->offset);
	value = behind(word, "avoid=");
	if (value)
		return read_avoid(o, value);
	value = behind(word, "device=");
	if (!value)
		return false;
	o->has_uuid = uuid_read(value, o->uuid);
	return o->has_uuid;
}

/* One that is only there or not. */
static bool read_flag(struct options *o, const char *word)
{
	const struct {
		const char *name;
		bool *flag;
	} flags[] = {
		{ "--plan", &o->plan },	      { "--version", &o->version },
		{ "--help", &o->help },	      { "-h", &o->help },
		{ "--any-efi", &o->any_efi }, { "--no-lpis", &o->no_lpis },
		{ "-n", &o->unverified },
	};

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (same(word, flags[i].name)) {
			*flags[i].flag = true;
			return true;
		}
	return false;
}

/* One with a word behind it. */
static bool read_option(struct options *o, const char *word, char **text)
{
	bool known = word[0] == '-' && word[1] && !word[2];
	const char *value = known ? next_word(text) : NULL;

	if (!value)
		return false;
	switch (word[1]) {
	case 'k':
		return copy(o->kernel, sizeof(o->kernel), value);
	case 'i':
		return copy(o->initrd, sizeof(o->initrd), value);
	case 'c':
		o->has_cmdline = true;
		return copy(o->cmdline, sizeof(o->cmdline), value) || !*value;
	default:
		return false;
	}
}

const char *options_read(struct options *options, char *text)
{
	char *word;

	while ((word = next_word(&text)))
		if (!read_flag(options, word) &&
		    !read_setting(options, word) &&
		    !read_option(options, word, &text))
			return word;
	return NULL;
}

static bool ends_with_efi(const char *word, size_t len)
{
	static const char ending[] = ".efi";

	for (size_t i = 0; i < 4; i++)
		if (len < 4 || (word[len - 4 + i] | 0x20) != (ending[i] | 0x20))
			return false;
	return true;
}

char *options_behind_own_name(char *text)
{
	size_t len = 0;

	while (text[len] && text[len] != ' ' && text[len] != '=')
		len++;
	return ends_with_efi(text, len) ? text + len : text;
}

/* ---- systemd's variable ---- */

#define LOCATION_MAX 1024

/* UCS-2 or not: systemd writes UCS-2; a NUL in every second byte tells. */
static size_t narrow(char *to, size_t room, const uint8_t *from, uint64_t len)
{
	unsigned int step = len > 1 && !from[1] ? 2 : 1;
	size_t n = 0;

	for (uint64_t i = 0; i + step <= len && n < room - 1; i += step) {
		if (!from[i])
			break;
		to[n++] = step == 2 && from[i + 1] ? '?' : (char)from[i];
	}
	to[n] = '\0';
	return n;
}

/* Behind the string that begins at @at, with its quote; NULL: it has no
 * end. */
static const char *skip_string(const char *at)
{
	for (at++; *at && *at != '"'; at++)
		if (*at == '\\' && at[1])
			at++;
	return *at ? at + 1 : NULL;
}

static const char *skip_blanks(const char *at)
{
	while (is_blank(*at))
		at++;
	return at;
}

/* Behind one value of the outermost object, whatever is nested in it; NULL: it
 * has no end. */
static const char *skip_value(const char *at)
{
	unsigned int depth = 0;

	while (at && *at && (depth || (*at != ',' && *at != '}'))) {
		if (*at == '"') {
			at = skip_string(at);
			continue;
		}
		if (*at == '{' || *at == '[')
			depth++;
		else if ((*at == '}' || *at == ']') && depth)
			depth--;
		at++;
	}
	return at && *at ? at : NULL;
}

/* What the value of a member says, without quotes. */
static bool value_copy(char *to, size_t room, const char *at, const char *end)
{
	size_t n = 0;

	if (*at == '"')
		at++;
	for (; at < end && *at != '"' && !is_blank(*at) && n < room - 1; at++)
		to[n++] = *at;
	to[n] = '\0';
	return n;
}

static bool take_member(struct location *location, const char *name,
			const char *at, const char *end, bool *has_uuid)
{
	char value[40];

	if (behind(name, "\"uuid\"")) {
		*has_uuid = value_copy(value, sizeof(value), at, end) &&
			    uuid_read(value, location->uuid);
		return *has_uuid;
	}
	if (behind(name, "\"offset\""))
		return value_copy(value, sizeof(value), at, end) &&
		       decimal(value, &location->offset);
	return true;
}

static bool read_members(const char *at, struct location *location)
{
	bool has_uuid = false;

	while (*at == '"') {
		const char *name = at, *end;

		at = skip_string(at);
		at = at ? skip_blanks(at) : NULL;
		if (!at || *at != ':')
			return false;
		at = skip_blanks(at + 1);
		end = skip_value(at);
		if (!end || !take_member(location, name, at, end, &has_uuid))
			return false;
		if (*end == '}')
			return has_uuid;
		at = skip_blanks(end + 1);
	}
	return false;
}

bool location_read(const void *data, uint64_t len, struct location *location)
{
	char text[LOCATION_MAX];
	const char *at = text;

	narrow(text, sizeof(text), data, len);
	memset(location, 0, sizeof(*location));
	at = skip_blanks(at);
	return *at == '{' && read_members(skip_blanks(at + 1), location);
}
