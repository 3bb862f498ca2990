/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What the port tells about a kexec; tests/qemu looks for these lines.
 */
#ifndef PORT_REPORT_H
#define PORT_REPORT_H

#include <trans_table/kexec.h>

/* Figures, destinations, and what of the port they overwrite. */
void report_kexec(const struct trans_kexec *kexec,
		  const struct trans_table *own);

/* The whole plan (trans_kexec_print). */
void report_plan(const struct trans_kexec *kexec);

/* Why there is no kexec, and that the port goes on. */
void report_refusal(const struct trans_error *err);

/* Count the memory that is missing, compared with @before free bytes. */
void report_lost(uint64_t before);
uint64_t report_lost_pages(void);

#endif
