/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * gzip and zboot: whatever the bytes are, none beyond the file is read, and the
 * payload is inside of it. In steps, since a solver has a hard time with all in
 * one: which format it is, what is around a payload, and the payload. The
 * source is included, as the steps are static.
 */
#include "kexec/format.c"

#include "tests/proofs/proof.h"

static void is_good(const struct trans_packed *packed, size_t len)
{
	PROVE(packed->offset <= len && packed->len <= len - packed->offset,
	      "the payload is in the file");
	PROVE(packed->unpacked_len && packed->unpacked_len <= UINT32_MAX,
	      "unpacked it is not empty");
}

void prove_format(size_t len)
{
	ASSUME(len <= LENGTH);
	(void)trans_format_of(any_file(len), len);
}

/* At any place in a file: of a gzip file, or inside of a zboot. */
void prove_gzip(uint64_t offset, uint64_t len)
{
	struct trans_packed packed = { .offset = offset, .len = len };

	ASSUME(offset <= LENGTH && len <= LENGTH - offset);
	if (gzip_len(any_file(LENGTH), &packed, NULL))
		return;
	PROVE(packed.how == TRANS_PACKED_GZIP, "gzip");
	is_good(&packed, LENGTH);
}

/* Of any name but "gzip": what that does is prove_gzip's. */
void prove_zboot(size_t len)
{
	struct trans_packed packed;
	const uint8_t *file;

	ASSUME(len <= LENGTH);
	file = any_file(len);
	ASSUME(len < ZBOOT_HEADER_LEN || file[ZBOOT_NAME] != 'g');
	if (zboot_parse(file, len, &packed, NULL))
		return;
	PROVE(packed.how == TRANS_PACKED_ZSTD, "zstd");
	PROVE(packed.offset + packed.len + SIZE_WORD <= len,
	      "the length behind it is in the file");
	is_good(&packed, len);
}
