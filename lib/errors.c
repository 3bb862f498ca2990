/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The names of the status codes, for messages of hosts and tools.
 */
#include <trans_table/errors.h>

#define NAME(status) [-(status)] = #status

/*
 * An array of strings in place would need run-time relocations where the
 * library is linked position-independently (a loader that has not relocated
 * itself yet must be able to print its errors), so each name has its own room.
 */
static const char names[][16] = {
	NAME(TRANS_OK),	      NAME(TRANS_EINVAL),   NAME(TRANS_ENOMEM),
	NAME(TRANS_ENOSPC),   NAME(TRANS_ERANGE),   NAME(TRANS_EALIGN),
	NAME(TRANS_EEXIST),   NAME(TRANS_ENOENT),   NAME(TRANS_EPFN),
	NAME(TRANS_EFAULT),   NAME(TRANS_ECORRUPT), NAME(TRANS_EOVERLAP),
	NAME(TRANS_EGEOM),    NAME(TRANS_EUNREPR),  NAME(TRANS_ELIVE),
	NAME(TRANS_EHOST),    NAME(TRANS_EIMAGE),   NAME(TRANS_ETRUNC),
	NAME(TRANS_ENOHOLE),  NAME(TRANS_EFDT),
	NAME(TRANS_ETIME),    NAME(TRANS_ENOIMAGE), NAME(TRANS_ESTALE),
	NAME(TRANS_ESTATE),   NAME(TRANS_ESTOPPED),
};

const char *trans_strerror(int status)
{
	const int count = (int)(sizeof(names) / sizeof(names[0]));

	if (status > 0 || status <= -count)
		return "TRANS_E?";
	return names[-status];
}
