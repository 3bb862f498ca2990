/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* What is tested, beside who stands before it: \subject.efi. */
#ifndef TESTS_EFI_SUBJECT_H
#define TESTS_EFI_SUBJECT_H

#include "ports/efi/port.h"

/* The firmware has read, verified and measured it then; it is not started. */
efi_status_t subject_load(efi_handle_t *subject);

/* Started; @leaves comes in place of ExitBootServices, once, and ends with
 * subject_leaves. */
typedef efi_status_t subject_leaves_fn(efi_handle_t image, uint64_t key);
efi_status_t subject_start(efi_handle_t subject, subject_leaves_fn *leaves);
subject_leaves_fn subject_leaves;

#endif
