/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * LZO streams from nowhere, by miniLZO with ports/lzo/quick.patch and without:
 * the same status, and, as far as it says that something came out, the same
 * bytes. Buffers have their exact lengths, so that ASan sees a step outside.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/unit/support/minilzo_original.h"
#include "fuzz.h"

#define ROOM 20000
#define SEED 80 /* literals before the stream, so that matches find something */

struct made {
	uint8_t *to;
	lzo_uint len;
	int status;
};

static struct made run(int (*unpack)(const lzo_bytep, lzo_uint, lzo_bytep,
				     lzo_uintp, lzo_voidp),
		       const uint8_t *stream, size_t len, size_t room)
{
	struct made made = { malloc(room ? room : 1), room, 0 };

	CHECK(made.to);
	memset(made.to, 0xa5, room);
	made.status = unpack(stream, len, made.to, &made.len, NULL);
	CHECK(made.len <= room);
	return made;
}

/* A run of literals, then the input. */
static uint8_t *stream_of(const uint8_t *data, size_t *len, bool seeded)
{
	size_t head = seeded ? 2 + SEED : 0;
	uint8_t *stream = malloc(head + *len + 1);

	CHECK(stream);
	if (seeded) {
		stream[0] = 0;
		stream[1] = SEED - 18;
		for (size_t i = 0; i < SEED; i++)
			stream[2 + i] = (uint8_t)(i * 37);
	}
	memcpy(stream + head, data, *len);
	*len += head;
	/* At its exact end. */
	stream = realloc(stream, *len ? *len : 1);
	CHECK(stream);
	return stream;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	size_t head = len < 3 ? len : 3, left = len - head;
	struct input options = { data, head };
	bool seeded = take(&options, 1) & 1;
	size_t room = pick(&options, ROOM);
	uint8_t *stream = stream_of(data + head, &left, seeded);
	struct made was = run(minilzo_original, stream, left, room);
	struct made is = run(lzo1x_decompress_safe, stream, left, room);

	CHECK(is.status == was.status);
	CHECK(is.len == was.len);
	CHECK(!memcmp(is.to, was.to, was.len));
	free(was.to);
	free(is.to);
	free(stream);
	return 0;
}
