/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * From a kernel file to pieces: (source, offset from where the kernel starts,
 * length). A plain Image is one piece, where it lies. A compressed one is
 * inflated into memory of the host's. An ELF file is unpack_elf.c's.
 */
#include "kexec/pieces.h"
#include "kexec/unpack_elf.h"
#include "lib/assume.h"
#include "lib/fail.h"

void trans_kexec_drop_unpacked_(struct trans_kexec *kexec)
{
	trans_unpack_free_(kexec, &kexec->unpacked);
	trans_unpack_free_(kexec, &kexec->staged);
}

static int unpack_image(struct load *load, const struct unpack_file *file,
			uint64_t seen)
{
	int ret =
		trans_unpack_parse_header_(load, file->bytes, seen, file->len);

	if (ret)
		return ret;
	load->wish = (struct trans_wish){ TRANS_WISH_STAY, file->pa };
	trans_unpack_add_piece_(load, file->pa, 0, file->len);
	return trans_unpack_add_zeroes_(load, file->len,
					load->image.memory_len);
}

/* What a decompressor's answer is to our caller. */
static int unpack_status(int ret)
{
	bool known = ret == TRANS_ETRUNC || ret == TRANS_ECORRUPT ||
		     ret == TRANS_ENOSPC || ret == TRANS_ENOMEM ||
		     ret == TRANS_ESTOPPED;

	return known ? ret : TRANS_EHOST;
}

static int inflate(struct load *load, const struct unpack_file *file,
		   const struct trans_packed *packed, uint8_t *to)
{
	const struct trans_decompress *lent = load->args->decompress;
	bool gzip = packed->how == TRANS_PACKED_GZIP;
	trans_unpack_fn unpack = !lent ? NULL : gzip ? lent->gzip : lent->zstd;
	size_t len = 0;
	int ret;

	if (!unpack)
		return trans_fail(load->err, TRANS_EIMAGE, gzip ?
				  "kernel is gzip, the host cannot unpack it" :
				  "kernel is zstd, the host cannot unpack it");
	ret = trans_kexec_begin_work_(load, LOAD_INFLATED,
				      packed->unpacked_len);
	if (ret)
		return ret;
	ret = unpack(lent->ctx, file->bytes + packed->offset,
		     (size_t)packed->len, to, (size_t)packed->unpacked_len,
		     &len);
	if (ret)
		return trans_fail(load->err, unpack_status(ret),
				  "compressed kernel");
	if (len != packed->unpacked_len)
		return trans_fail(load->err, TRANS_ECORRUPT,
				  "compressed kernel ends early");
	trans_kexec_clean_(load, to, len);
	return trans_kexec_work_(load, len);
}

static int unpack_elf(struct load *load, const struct unpack_file *file)
{
	return TRANS_ASSUME_NO_ELF ?
	       trans_fail(load->err, TRANS_EIMAGE,
			  "ELF (TRANS_ASSUME_NO_ELF)") :
	       trans_unpack_elf_(load, file);
}

static int unpack_inner(struct load *load, const struct unpack_file *inner)
{
	int ret;

	switch (trans_format_of(inner->bytes, (size_t)inner->len)) {
	case TRANS_FORMAT_IMAGE:
		return unpack_image(load, inner, inner->len);
	case TRANS_FORMAT_ELF:
		ret = unpack_elf(load, inner);
		trans_unpack_free_(load->kexec, &load->kexec->unpacked);
		return ret;
	default:
		return trans_fail(load->err, TRANS_EIMAGE,
				  "compressed more than once");
	}
}

static int unpack_packed(struct load *load, const struct unpack_file *file)
{
	struct trans_kexec_block *block = &load->kexec->unpacked;
	struct trans_packed packed;
	struct unpack_file inner;
	uint8_t *to;
	int ret = trans_packed_parse(file->bytes, (size_t)file->len, &packed,
				     load->err);

	if (!ret)
		ret = trans_unpack_alloc_(load, packed.unpacked_len,
					  "compressed kernel", block, &to);
	if (!ret)
		ret = inflate(load, file, &packed, to);
	if (ret)
		return ret;
	inner = (struct unpack_file){ to, packed.unpacked_len, block->pa };
	return unpack_inner(load, &inner);
}

static int see(const struct load *load, uint64_t len, struct unpack_file *file)
{
	const struct trans_kexec_args *args = load->args;

	file->len = args->kernel.len;
	file->pa = args->kernel.start;
	file->bytes = args->host->phys_to_virt(args->host_ctx, file->pa,
					       (size_t)len);
	return file->bytes ? 0 :
			     trans_fail_pa(load->err, TRANS_EFAULT,
					   "kernel file", file->pa, len);
}

int trans_kexec_unpack_(struct load *load)
{
	uint64_t len = load->args->kernel.len, seen = len;
	enum trans_format format;
	struct unpack_file file;
	int ret;

	if (seen > TRANS_IMAGE_HEAD_LEN)
		seen = TRANS_IMAGE_HEAD_LEN;
	ret = see(load, seen, &file);
	if (ret)
		return ret;
	format = trans_format_of(file.bytes, (size_t)seen);
	if (format == TRANS_FORMAT_IMAGE)
		return unpack_image(load, &file, seen);
	ret = see(load, len, &file);
	if (ret)
		return ret;
	if (format == TRANS_FORMAT_ELF)
		return unpack_elf(load, &file);
	return TRANS_ASSUME_NO_PACKED ?
	       trans_fail(load->err, TRANS_EIMAGE,
			  "no plain Image (TRANS_ASSUME_NO_PACKED)") :
	       unpack_packed(load, &file);
}
