// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
/* Errors as a user at the prompt wants them: in words, with the address. */
#include "port.h"

static const struct {
	int status;
	const char *text;
} words[] = {
	{ TRANS_EINVAL, "not possible" },
	{ TRANS_ENOMEM, "out of memory" },
	{ TRANS_ENOSPC, "not enough room" },
	{ TRANS_ERANGE, "outside of memory" },
	{ TRANS_EALIGN, "not aligned to a page" },
	{ TRANS_ENOENT, "not found" },
	{ TRANS_EPFN, "not memory" },
	{ TRANS_EFAULT, "cannot be read" },
	{ TRANS_ECORRUPT, "damaged" },
	{ TRANS_EOVERLAP, "overlap" },
	{ TRANS_EGEOM, "page tables not supported" },
	{ TRANS_EHOST, "refused" },
	{ TRANS_EIMAGE, "cannot be started" },
	{ TRANS_ETRUNC, "cut off" },
	{ TRANS_ENOHOLE, "no place in memory" },
	{ TRANS_EFDT, "bad device tree" },
	{ TRANS_ETIME, "timeout" },
	{ TRANS_ENOIMAGE, "no image here" },
	{ TRANS_ESTALE, "not what it was" },
	{ TRANS_ESTATE, "not on this machine" },
	{ TRANS_ESTOPPED, "stopped" },
};

static const char *words_for(int status)
{
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (words[i].status == status)
			return words[i].text;
	return trans_strerror(status);
}

int port_error(struct trans_error *err, int status, const char *why, u64 pa,
	       u64 len)
{
	*err = (struct trans_error){ .status = status, .why = why, .pa = pa,
				     .len = len, .level = TRANS_NO_LEVEL };
	return status;
}

void port_say_error(const char *what, const struct trans_error *err)
{
	printf("trans %s: %s: %s", what, words_for(err->status),
	       err->why ? err->why : trans_strerror(err->status));
	if (err->pa)
		printf(" at 0x%llx", (u64)err->pa);
	if (err->len)
		printf(", 0x%llx bytes", (u64)err->len);
	printf("\n");
}
