/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The arm64 Image's header, with a PE header or without: whatever the bytes
 * are, none beyond those given is read, and what comes out is within the limits
 * that its header promises.
 */
#include <trans_table/image.h>

#include "tests/proofs/proof.h"

void prove_parse(size_t len, uint64_t file_len, uint64_t granules)
{
	struct trans_image image;
	const uint8_t *head;

	ASSUME(len <= LENGTH);
	head = any_file(len);
	if (trans_image_parse(head, len, file_len, granules, &image, NULL))
		return;
	PROVE(file_len >= TRANS_IMAGE_HEADER_LEN, "the file has a header");
	PROVE(image.file_len == file_len, "the file's length");
	PROVE(image.memory_len >= file_len, "memory has the file");
	PROVE(image.text_offset < 2u << 20, "text_offset is below 2 MiB");
	PROVE(!image.page_shift || image.page_shift == 12 ||
	      image.page_shift == 14 || image.page_shift == 16, "page size");
}

void prove_len(size_t len)
{
	uint64_t end;

	ASSUME(len <= LENGTH);
	end = trans_image_len(any_file(len), len);
	PROVE(!end || end >= TRANS_IMAGE_HEADER_LEN, "not in the header");
	PROVE(end <= 2ull * UINT32_MAX, "the sum of two fields");
}
