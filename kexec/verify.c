/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What memory must hold after the moves, computed while all of it can still be
 * read at leisure: one digest for each piece of the kernel, one for the initrd,
 * one for the edited tree. An ELF file has at most a piece for each segment, so
 * TRANS_DIGESTS_MAX is enough for every kernel. Zeroes need no digest: the blob
 * looks for itself.
 */
#include "kexec/load.h"
#include "lib/assume.h"
#include "lib/fail.h"

static int add_digest(struct load *load, struct trans_digest **digest,
		      trans_pa_t pa)
{
	struct trans_kexec *kexec = load->kexec;

	if (kexec->digests == TRANS_DIGESTS_MAX)
		return trans_fail_pa(load->err, TRANS_ENOSPC, "digests", pa, 0);
	*digest = &kexec->digest[kexec->digests++];
	(*digest)->pa = pa;
	return 0;
}

static void begin(const struct load *load, struct trans_sha256 *sha)
{
	trans_sha256_init(sha);
	if (load->args->sha256)
		sha->blocks = load->args->sha256;
}

static int add_bytes(struct load *load, struct trans_sha256 *sha,
		     trans_pa_t src, uint64_t len, const char *why)
{
	const struct trans_kexec_args *args = load->args;
	const uint8_t *bytes;
	int ret = 0;

	bytes = args->host->phys_to_virt(args->host_ctx, src, (size_t)len);
	if (!bytes)
		return trans_fail_pa(load->err, TRANS_EFAULT, why, src, len);
	for (uint64_t part; !ret && len; len -= part, bytes += part) {
		part = trans_least(len, LOAD_PART);
		trans_sha256_update(sha, bytes, (size_t)part);
		ret = trans_kexec_work_(load, part);
	}
	return ret;
}

static int measure(struct load *load, trans_pa_t src, struct trans_range dst,
		   const char *why)
{
	struct trans_digest *digest = NULL;
	struct trans_sha256 sha;
	int ret = add_digest(load, &digest, dst.start);

	begin(load, &sha);
	if (!ret)
		ret = add_bytes(load, &sha, src, dst.len, why);
	if (ret)
		return ret;
	digest->len = dst.len;
	trans_sha256_final(&sha, digest->sha256);
	return 0;
}

static int believe(struct load *load, struct trans_range dst,
		   const uint8_t *known)
{
	struct trans_digest *digest = NULL;
	int ret = add_digest(load, &digest, dst.start);

	if (ret)
		return ret;
	digest->len = dst.len;
	memcpy(digest->sha256, known, TRANS_SHA256_LEN);
	return 0;
}

/* Is what will lie there the file, byte for byte? */
static bool is_plain_image(const struct load *load)
{
	const struct trans_kexec *kexec = load->kexec;

	return kexec->pieces == 1 &&
	       kexec->piece[0].src == load->args->kernel.start;
}

static int verify_kernel(struct load *load)
{
	const struct trans_kexec *kexec = load->kexec;
	const uint8_t *known = load->args->kernel_sha256;
	int ret = 0;

	if (known && !is_plain_image(load))
		return trans_fail(load->err, TRANS_EINVAL,
				  "kernel_sha256 is for a plain Image");
	if (known)
		return believe(load, kexec->kernel, known);
	for (size_t i = 0; !ret && i < kexec->pieces; i++)
		ret = measure(
			load, kexec->piece[i].src,
			(struct trans_range){ kexec->kernel.start +
						      kexec->piece[i].offset,
					      kexec->piece[i].len },
			"verify: the kernel cannot be seen");
	return ret;
}

static int verify_initrd(struct load *load)
{
	const struct trans_kexec_args *args = load->args;

	if (!args->initrd.len)
		return 0;
	if (args->initrd_sha256)
		return believe(load, load->kexec->initrd, args->initrd_sha256);
	return measure(load, args->initrd.start, load->kexec->initrd,
		       "verify: the initrd cannot be seen");
}

/* The caller's own come last, so that a report's segment 0 is the kernel. */
static int add_callers(struct load *load)
{
	const struct trans_transition_args *args = &load->args->transition;
	struct trans_digest *digest = NULL;
	int ret = 0;

	for (size_t i = 0; !ret && i < args->digest_count; i++) {
		ret = add_digest(load, &digest, 0);
		if (!ret)
			*digest = args->digests[i];
	}
	return ret;
}

/* What is not believed. */
static uint64_t bytes_to_hash(const struct load *load)
{
	const struct trans_kexec_args *args = load->args;
	const struct trans_kexec *kexec = load->kexec;
	uint64_t len = kexec->fdt.len;

	if (!args->initrd_sha256)
		len += kexec->initrd.len;
	for (size_t i = 0; !args->kernel_sha256 && i < kexec->pieces; i++)
		len += kexec->piece[i].len;
	return len;
}

int trans_kexec_verify_(struct load *load)
{
	const struct trans_kexec_args *args = load->args;
	struct trans_kexec *kexec = load->kexec;
	int ret;

	if (!args->verify)
		return args->kernel_sha256 || args->initrd_sha256 ?
			       trans_fail(load->err, TRANS_EINVAL,
					  "a digest without verify") :
			       0;
	if (TRANS_ASSUME_NO_DIGESTS)
		return trans_fail(load->err, TRANS_EINVAL,
				  "verify (TRANS_ASSUME_NO_DIGESTS)");
	if (args->transition.digest_count && !args->transition.digests)
		return trans_fail(load->err, TRANS_EINVAL,
				  "digests are missing");
	ret = trans_kexec_begin_work_(load, LOAD_VERIFIED, bytes_to_hash(load));
	if (!ret)
		ret = verify_kernel(load);
	if (!ret)
		ret = verify_initrd(load);
	if (!ret)
		ret = measure(load, kexec->fdt_source, kexec->fdt,
			      "verify: the tree cannot be seen");
	return ret ? ret : add_callers(load);
}
