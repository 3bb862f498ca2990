/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * A reader of newc cpio archives ("070701"), the format of an initramfs.
 */
#ifndef PORT_CPIO_H
#define PORT_CPIO_H

#include <trans_table/errors.h>

/* A file inside an archive: bytes from the archive's start. */
struct cpio_file {
	uint64_t offset;
	uint64_t len;
};

/*
 * Find the first file called @name in the @len bytes at @archive. Nothing in
 * the archive is trusted: no byte outside of it is read.
 * TRANS_ENOENT: no such file; TRANS_ETRUNC: an entry reaches past the end;
 * TRANS_ECORRUPT: not a newc archive, or a field that is no number.
 */
int cpio_find(const void *archive, uint64_t len, const char *name,
	      struct cpio_file *file, struct trans_error *err);

#endif
