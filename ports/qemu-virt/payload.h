/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What is to be started: three files of the archive.
 */
#ifndef PORT_PAYLOAD_H
#define PORT_PAYLOAD_H

#include <trans_table/ranges.h>
#include <trans_table/table.h>

/* Physical, from the start of a page; initrd.len 0: none. @cmdline: NULL where
 * the archive has none. */
struct payload {
	struct trans_range kernel;
	struct trans_range initrd;
	const char *cmdline;
};

/* What files must start at a multiple of: the transition's granule. */
extern unsigned int payload_shift;

/*
 * Find "kernel", and "initrd" and "cmdline" if there are. A file that does not
 * start at a page is copied to memory of its own, as pages are what is moved.
 * TRANS_ENOENT (no archive, no kernel), TRANS_ETRUNC, TRANS_ECORRUPT,
 * TRANS_EFAULT (the archive is not in RAM), TRANS_ENOMEM, TRANS_ENOSPC (command
 * line too long).
 */
int payload_find(struct payload *payload, struct trans_error *err);

/* With machine.far: the initrd is the copy of it there, and this one is
 * destroyed. */
void payload_send_far(struct payload *payload);

/*
 * Instead of them: the port itself ("port", copied out), with the archive as
 * its initrd and @cmdline. @stay: to where it may run.
 */
int payload_find_port(struct payload *payload, const char *cmdline, bool stay,
		      struct trans_error *err);

/*
 * Make the pages of the payload invalid, as debug_pagealloc would: each of the
 * kernel's but the first, which the library reads through phys_to_virt for its
 * header (none of one in a container, which it reads as a whole), and every
 * 16th of the initrd's. From here on only the transition can
 * read them. Copied files stay visible: what was allocated is mapped by blocks.
 */
void payload_hide(const struct payload *payload,
		  const struct trans_table *own);

#endif
