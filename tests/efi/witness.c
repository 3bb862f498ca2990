/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What was measured until the firmware is left: starts \subject.efi, and when
 * that, or what it starts, calls ExitBootServices, prints the firmware's event
 * log and asks the TPM for its PCRs. (TCG EFI Protocol Specification, family
 * 2.0, GetEventLog and SubmitCommand; TPM 2.0 Library, part 3, TPM2_PCR_Read.)
 */
#include "subject.h"

#define TCG_2 2 /* a log with the digests of all banks */
#define LAST_MAX 4096 /* no entry is longer */
#define A_LINE 32
#define PCRS 16 /* of the boot; others a system sets back */
#define HEX(byte) "0123456789abcdef"[(byte) >> 4], \
		  "0123456789abcdef"[(byte) & 15]

/* SHA-1, SHA-256, SHA-384, SHA-512 (TPM 2.0 Library, part 2, TPM_ALG_ID). */
static const uint8_t banks[] = { 4, 11, 12, 13 };

static void say_bytes(const char *what, const uint8_t *at, uint64_t len)
{
	for (uint64_t n; len; at += n, len -= n) {
		char text[2 * A_LINE + 1];

		n = len < A_LINE ? len : A_LINE;
		for (uint64_t i = 0; i < n; i++)
			memcpy(&text[2 * i], (char[]){ HEX(at[i]) }, 2);
		text[2 * n] = '\0';
		print("witness: %s %s\n", what, text);
	}
}

static void say_log(struct efi_tcg2 *tpm)
{
	uint64_t at, last;
	uint8_t truncated;

	if (tpm->log(tpm, TCG_2, &at, &last, &truncated) || truncated) {
		print("witness: no log\n");
		return;
	}
	print("witness: last entry at %llu\n", (unsigned long long)(last - at));
	say_bytes("log", (void *)(uintptr_t)at, last - at + LAST_MAX);
}

/* TPM2_PCR_Read of one: no sessions, the length of it all, the command, one
 * selection, its bank, three bytes with a bit a PCR. */
static void say_pcr(struct efi_tcg2 *tpm, uint8_t bank, unsigned int pcr)
{
	uint8_t command[] = { 0x80, 1, 0, 0, 0, 20, 0, 0, 1, 0x7e,
			      0, 0, 0, 1, 0, bank, 3, 0, 0, 0 };
	uint8_t answer[128] = { 0 };

	command[17 + pcr / 8] = (uint8_t)(1u << pcr % 8);
	if (tpm->submit(tpm, sizeof(command), command, sizeof(answer), answer))
		return;
	print("witness: of bank %u, PCR %u\n", bank, pcr);
	say_bytes("pcr", answer, answer[5]);
}

static void say_all(struct efi_tcg2 *tpm)
{
	say_log(tpm);
	for (unsigned int i = 0; i < sizeof(banks); i++)
		for (unsigned int pcr = 0; pcr < PCRS; pcr++)
			say_pcr(tpm, banks[i], pcr);
}

static efi_status_t leaves(efi_handle_t image, uint64_t key)
{
	struct efi_tcg2 *tpm = protocol_first(EFI_TCG2);

	if (tpm)
		say_all(tpm);
	print("witness: end\n");
	return subject_leaves(image, key);
}

efi_status_t efi_main(efi_handle_t handle, struct efi_system_table *table);

efi_status_t efi_main(efi_handle_t handle, struct efi_system_table *table)
{
	efi_handle_t subject;
	efi_status_t status;

	if (!firmware_begin(handle, table))
		return EFI_UNSUPPORTED;
	status = subject_load(&subject);
	if (status)
		return status;
	return subject_start(subject, leaves);
}
