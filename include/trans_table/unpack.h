/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * A decompressor, as a host lends it to the readers of compressed kernels and
 * of compressed hibernation images.
 */
#ifndef TRANS_TABLE_UNPACK_H
#define TRANS_TABLE_UNPACK_H

#include <trans_table/env.h>

TRANS_BEGIN_DECLS

/*
 * Decompress the @src_len bytes at @src, which must be a whole stream, into the
 * @dst_len bytes at @dst. Never writes behind them, whatever the stream is.
 * Returns 0 and *@out_len, how many bytes came out; or one of these (any other
 * number becomes TRANS_EHOST):
 *
 *   input    TRANS_ETRUNC    the stream ends early
 *   input    TRANS_ECORRUPT  it is damaged
 *   input    TRANS_ENOSPC    it does not fit into @dst_len
 *   memory   TRANS_ENOMEM    the decompressor has too little memory
 *   host     TRANS_ESTOPPED  it asked somebody, who does not want to wait: the
 *                            library calls progress before and behind it, not
 *                            meanwhile
 */
typedef int (*trans_unpack_fn)(void *ctx, const void *src, size_t src_len,
			       void *dst, size_t dst_len, size_t *out_len);

TRANS_END_DECLS

#endif
