/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What a host does with the answer, in one place for all hosts: a status taken
 * for "there is no image" loses one.
 */
#include <trans_table/hibernate.h>

enum trans_resume_advice trans_resume_advise(int status)
{
	switch (status) {
	case 0:
		return TRANS_RESUME_START;
	case TRANS_ENOIMAGE:
		return TRANS_RESUME_BOOT;
	case TRANS_ENOMEM:
	case TRANS_ESTALE:
	case TRANS_ESTOPPED:
		return TRANS_RESUME_AGAIN;
	case TRANS_ELOST:
		return TRANS_RESUME_RESET;
	default:
		return TRANS_RESUME_KEEP;
	}
}
