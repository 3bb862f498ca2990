// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
/* What is said: errors, of the port itself and of others, all of each, also
 * after a Ctrl-C, which ends what port_put writes. */
#include "port.h"

#include <console.h>

int port_put(void *arg, const char *text, size_t len)
{
	printf("%.*s", (int)len, text);
	return ctrlc();
}

int port_error(struct trans_error *err, int status, const char *why, u64 pa,
	       u64 len)
{
	*err = (struct trans_error){ .status = status, .why = why, .pa = pa,
				     .len = len, .level = TRANS_NO_LEVEL };
	return status;
}

static int put(void *arg, const char *text, size_t len)
{
	printf("%.*s", (int)len, text);
	return 0;
}

void port_say_error(const char *what, const struct trans_error *err)
{
	printf("trans %s: ", what);
	trans_error_print(err, put, NULL);
}
