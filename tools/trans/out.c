/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* Text and JSON (RFC 8259). */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "out.h"

/* Where values stand. */
#define KEY_WIDTH 18

/* How many bytes the UTF-8 character at @at has (RFC 3629); 0: it is none. */
static size_t utf8_len(const unsigned char *at, size_t left)
{
	static const struct {
		unsigned char low, high, least, most; /* first, second byte */
		size_t len;
	} kinds[] = { { 0xc2, 0xdf, 0x80, 0xbf, 2 },
		      { 0xe0, 0xe0, 0xa0, 0xbf, 3 },
		      { 0xe1, 0xec, 0x80, 0xbf, 3 },
		      { 0xed, 0xed, 0x80, 0x9f, 3 },
		      { 0xee, 0xef, 0x80, 0xbf, 3 },
		      { 0xf0, 0xf0, 0x90, 0xbf, 4 },
		      { 0xf1, 0xf3, 0x80, 0xbf, 4 },
		      { 0xf4, 0xf4, 0x80, 0x8f, 4 } };

	if (*at < 0x80)
		return 1;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		size_t len = kinds[i].len;

		if (*at < kinds[i].low || *at > kinds[i].high || len > left ||
		    at[1] < kinds[i].least || at[1] > kinds[i].most)
			continue;
		while (len > 1 && (at[len - 1] & 0xc0) == 0x80)
			len--;
		return len == 1 ? kinds[i].len : 0;
	}
	return 0;
}

/* C1 controls (U+0080..U+009F) move a terminal's cursor, too. */
static bool is_control(const unsigned char *at, size_t len)
{
	return len == 1 ? *at < 0x20 || *at == 0x7f :
			  *at == 0xc2 && at[1] < 0xa0;
}

static void put_json_char(FILE *to, const unsigned char *at, size_t len)
{
	if (!len)
		fputs("\\ufffd", to);
	else if (*at == '"' || *at == '\\')
		fprintf(to, "\\%c", *at);
	else if (is_control(at, len))
		fprintf(to, "\\u%04x", len == 1 ? *at : at[1]);
	else
		fwrite(at, 1, len, to);
}

static void put_bytes(const struct out *out, const char *text, size_t len)
{
	const unsigned char *at = (const unsigned char *)text;

	while (len) {
		size_t n = utf8_len(at, len);

		if (out->json)
			put_json_char(out->to, at, n);
		else if (!n || (is_control(at, n) && *at != '\t'))
			fputc('?', out->to);
		else
			fwrite(at, 1, n, out->to);
		at += n ? n : 1;
		len -= n ? n : 1;
	}
}

static void put_string(const struct out *out, const char *text, size_t len)
{
	if (out->json)
		fputc('"', out->to);
	put_bytes(out, text, len);
	if (out->json)
		fputc('"', out->to);
}

static void separate(struct out *out)
{
	if (out->json && out->more)
		fputs(",\n", out->to);
	out->more = true;
}

/* Keys are the program's own words. */
static void put_key(struct out *out, const char *key)
{
	int width = 0;

	separate(out);
	if (out->json) {
		if (key)
			fprintf(out->to, "\"%s\": ", key);
		return;
	}
	if (out->colour)
		fputs("\033[1m", out->to);
	for (; *key; key++, width++)
		fputc(*key == '_' ? ' ' : *key, out->to);
	fprintf(out->to, "%*s", width < KEY_WIDTH ? KEY_WIDTH - width : 1, "");
	if (out->colour)
		fputs("\033[0m", out->to);
}

static void end_value(const struct out *out)
{
	if (!out->json)
		fputc('\n', out->to);
}

void out_begin(struct out *out, FILE *to, bool json)
{
	const char *never = getenv("NO_COLOR");

	*out = (struct out){ .to = to, .json = json };
	out->colour = !json && isatty(fileno(to)) && !(never && *never);
	if (json)
		fputs("{\n", to);
}

int out_end(struct out *out)
{
	if (out->json)
		fputs("\n}\n", out->to);
	return fflush(out->to) || ferror(out->to);
}

void out_text(struct out *out, const char *key, const char *text)
{
	put_key(out, key);
	put_string(out, text, strlen(text));
	end_value(out);
}

void out_number(struct out *out, const char *key, uint64_t value)
{
	put_key(out, key);
	fprintf(out->to, "%" PRIu64, value);
	end_value(out);
}

void out_address(struct out *out, const char *key, uint64_t value)
{
	const char *quote = out->json ? "\"" : "";

	put_key(out, key);
	fprintf(out->to, "%s0x%" PRIx64 "%s", quote, value, quote);
	end_value(out);
}

void out_flag(struct out *out, const char *key, bool value)
{
	put_key(out, key);
	if (out->json)
		fputs(value ? "true" : "false", out->to);
	else
		fputs(value ? "yes" : "no", out->to);
	end_value(out);
}

void out_list(struct out *out, const char *key)
{
	if (!out->json)
		return;
	put_key(out, key);
	fputs("[\n", out->to);
	out->more = false;
}

void out_list_end(struct out *out)
{
	if (!out->json)
		return;
	fputs("\n]", out->to);
	out->more = true;
}

void out_object(struct out *out)
{
	separate(out);
	if (out->json)
		fputc('{', out->to);
	out->more = false;
}

void out_object_end(struct out *out)
{
	fputc(out->json ? '}' : '\n', out->to);
	out->more = true;
}

void out_line(struct out *out, const char *text, size_t len)
{
	if (len && text[len - 1] == '\n')
		len--;
	separate(out);
	put_string(out, text, len);
	end_value(out);
}

int out_put(void *arg, const char *text, size_t len)
{
	out_line(arg, text, len);
	return 0;
}
