// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
/* SHA-256 by U-Boot's own code, which uses the CPU's instructions. */
#include "port.h"

#include <u-boot/sha256.h>

static struct trans_digest digests[TRANS_DIGESTS_MAX];

static void add(struct trans_transition_args *args, trans_pa_t src,
		trans_pa_t dst, u64 len)
{
	struct trans_digest *digest = &digests[args->digest_count];

	if (!len || src == TRANS_ZERO ||
	    args->digest_count == TRANS_DIGESTS_MAX)
		return;
	digest->pa = dst;
	digest->len = len;
	sha256_csum_wd((const void *)(uintptr_t)src, len, digest->sha256,
		       CHUNKSZ_SHA256);
	args->digest_count++;
}

void port_verify(const struct trans_kexec *kexec, trans_pa_t initrd,
		 struct trans_transition_args *args)
{
	printf("   Hashing ... ");
	args->digests = digests;
	args->digest_count = 0;
	for (size_t i = 0; i < kexec->pieces; i++)
		add(args, kexec->piece[i].src,
		    kexec->kernel.start + kexec->piece[i].offset,
		    kexec->piece[i].len);
	add(args, initrd, kexec->initrd.start, kexec->initrd.len);
	printf("OK\n");
}
