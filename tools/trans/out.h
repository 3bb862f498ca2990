/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What a command says, as text for people or as one JSON object for scripts.
 * Each fact has one key: in text "page_size" is "page size". What comes from a
 * dump or an image is never trusted to be text: bytes that are neither
 * printable nor valid UTF-8 do not reach a terminal.
 */
#ifndef TOOLS_TRANS_OUT_H
#define TOOLS_TRANS_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* @more: something stands before in the same object or list; @colour: keys are
 * told from values by it. */
struct out {
	FILE *to;
	bool json, colour, more;
};

/* Colour is for a terminal, unless NO_COLOR is set. */
void out_begin(struct out *out, FILE *to, bool json);
/* Nonzero: it could not be written. */
int out_end(struct out *out);

void out_text(struct out *out, const char *key, const char *text);
void out_number(struct out *out, const char *key, uint64_t value);
/* In JSON a string: a number there has 53 bits. */
void out_address(struct out *out, const char *key, uint64_t value);
void out_flag(struct out *out, const char *key, bool value);

/* A list of objects or of lines. In text a key of NULL puts no line. */
void out_list(struct out *out, const char *key);
void out_list_end(struct out *out);
void out_object(struct out *out);
void out_object_end(struct out *out);
/* Of a list; @len bytes, less a newline at the end. */
void out_line(struct out *out, const char *text, size_t len);
/* The same as a trans_put_fn: @arg is a struct out. */
int out_put(void *arg, const char *text, size_t len);

#endif
