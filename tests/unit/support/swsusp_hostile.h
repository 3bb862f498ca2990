/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * A hibernation image to lie with and a reader to lie to: each attempt ends in
 * the right stream or in a named error, within the bounds (ASan, and the disk
 * model), with the disk as it was.
 */
#ifndef TESTS_SWSUSP_HOSTILE_H
#define TESTS_SWSUSP_HOSTILE_H

#include "swsusp_reader.h"

/* The image as it is changed, and who reads it. */
extern struct image hostile;
extern struct reader victim;

/* In bytes. */
size_t hostile_stream_len(void);

/* A reader of the first @len bytes of the image's disk. */
void hostile_start(uint64_t len);

/* Both, anew. */
void hostile_make(const struct image_spec *spec);

/* Free both. */
void hostile_drop(void);

/* The same disk, a fresh reader. */
void hostile_restart(void);

/* Open and read all; whatever comes of it is in order. */
int hostile_attempt(void);

/* The attempt, with this error; then a fresh reader. */
void hostile_fails(int status, const char *why);

/* The reader's LZO unpacker stops at its @at-th chunk, and at no other. */
void hostile_stops_once(unsigned int at);

/* @bytes bytes, little-endian. */
void hostile_put(uint8_t *at, uint64_t value, unsigned int bytes);

#endif
