/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
#include "ports/lz4/unlz4.h"
#include "ports/lzo/unlzo.h"
#include "ports/zlib/gunzip.h"

#include "unpack.h"

const struct trans_unpackers desk_unpackers = {
	.lzo = trans_unlzo,
	.lz4 = trans_unlz4,
};

static struct trans_gunzip gunzip;
const struct trans_decompress desk_decompress = {
	.gzip = trans_gunzip,
	.ctx = &gunzip,
};
