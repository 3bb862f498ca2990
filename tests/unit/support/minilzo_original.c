/* SPDX-License-Identifier: GPL-2.0-or-later */
/* miniLZO's safe decompressor as it comes, by another name. */
/* By whole words only where they are aligned, for UBSan. */
#define LZO_CFG_NO_UNALIGNED 1
#define MINILZO_CFG_SKIP_LZO_PTR 1
#define MINILZO_CFG_SKIP_LZO_UTIL 1
#define MINILZO_CFG_SKIP_LZO_STRING 1
#define MINILZO_CFG_SKIP_LZO_INIT 1
#define MINILZO_CFG_SKIP_LZO1X_1_COMPRESS 1
#define MINILZO_CFG_SKIP_LZO1X_DECOMPRESS 1
#define lzo1x_decompress_safe minilzo_original
#include <minilzo.c>
