/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * A decompressor, as a host lends it to whoever reads a compressed kernel or a
 * compressed image.
 */
#ifndef TRANS_TABLE_UNPACK_H
#define TRANS_TABLE_UNPACK_H

#include <trans_table/env.h>

TRANS_BEGIN_DECLS

/*
 * Decompress the @src_len bytes at @src, which must be a whole stream, into the
 * @dst_len bytes at @dst. 0 and *@out_len; or TRANS_ETRUNC (the stream ends
 * early), TRANS_ECORRUPT, TRANS_ENOSPC (it does not fit), TRANS_ENOMEM,
 * TRANS_ESTOPPED (it asked somebody, who does not want to wait any longer). Any
 * other number becomes TRANS_EHOST. The library tells its own progress before
 * and after, not meanwhile.
 */
typedef int (*trans_unpack_fn)(void *ctx, const void *src, size_t src_len,
			       void *dst, size_t dst_len, size_t *out_len);

TRANS_END_DECLS

#endif
