/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The report as it grows: where the blob is, and what went wrong, for a page
 * that the next boot reads and for whoever looks at the UART.
 */
#include "trans/transition/blob/blob.h"

/* Word by word, because the report page may be anything but ordinary memory
 * while the MMU is off. (volatile: or the compiler makes it a memcpy) */
static void publish(struct blob_params *params)
{
	volatile uint64_t *to = (uint64_t *)(uintptr_t)params->report;
	const uint64_t *from = (const uint64_t *)(const void *)&params->own;

	params->own.seal = blob_seal(&params->own);
	for (size_t i = 0; i < sizeof(params->own) / 8; i++)
		to[i] = from[i];
}

/* Whoever reads the report next has its caches off, or is a debugger. */
void blob_stage(struct blob_params *params, enum trans_stage now)
{
	static const char letters[TRANS_STAGE_COUNT + 1] = "?TMDLFXVNQ";
	char text[2] = { letters[now], '\0' };

	params->own.stage = now;
	publish(params);
	blob_clean(params->report, sizeof(struct trans_blob_report));
	blob_say(params, text);
}

void blob_begin(struct blob_params *params, enum trans_stage now)
{
	/* With the MMU off: no dirty line of the host's may fall on it
	 * later. */
	blob_clean(params->report, sizeof(struct trans_blob_report));
	params->own.magic = TRANS_REPORT_MAGIC;
	blob_stage(params, now);
}

void blob_no_stub(struct blob_params *params)
{
	blob_stage(params, TRANS_STAGE_NO_STUB);
	blob_say(params, "\r\ntrans: no EL2 stub\r\n");
	blob_drain(params);
}

/* The MMU is off, and stays so. */
void blob_not_quiet(struct blob_params *params)
{
	blob_begin(params, TRANS_STAGE_NOT_QUIET);
	blob_say(params, "\r\ntrans: not quiet: ");
	blob_say(params, params->own.why);
	blob_say_hex(params, " status=-", (uint64_t)-params->own.status);
	blob_say_hex(params, " pa=", params->own.pa);
	blob_say_hex(params, " desc=", params->own.desc);
	blob_say(params, "\r\n");
	blob_drain(params);
}

void blob_fault(struct blob_params *params, uint64_t esr, uint64_t elr,
		uint64_t far)
{
	params->own.esr = esr;
	params->own.elr = elr;
	params->own.far = far;
	blob_stage(params, TRANS_STAGE_FAULT);
	blob_say_hex(params, "\r\ntrans: fault esr=", esr);
	blob_say_hex(params, " elr=", elr);
	blob_say_hex(params, " far=", far);
	blob_say_hex(params, " move=", params->own.moves);
	blob_say(params, "\r\n");
	blob_drain(params);
}
