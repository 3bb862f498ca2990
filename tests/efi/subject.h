/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* What is tested, beside who stands before it: \subject.efi. */
#ifndef TESTS_EFI_SUBJECT_H
#define TESTS_EFI_SUBJECT_H

#include "ports/efi/port.h"

/* The firmware has read, verified and measured it then; it is not started. */
efi_status_t subject_load(efi_handle_t *subject);

#endif
