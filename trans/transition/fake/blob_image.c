/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * A control blob for a test's host: bytes to copy, never run. Behind a
 * page of vectors, so a second code granule is needed where granules are 4K.
 * It says that it verifies.
 */
#include "trans/transition/blob/blob.h"

extern const char trans_blob_start_[];
extern const uint32_t trans_blob_len_;

const char trans_blob_start_[16] = {
	[0 ... 11] = '\xb1', [BLOB_SAYS - BLOB_ENTRY] = BLOB_VERIFIES,
};
const uint32_t trans_blob_len_ = sizeof(trans_blob_start_);
