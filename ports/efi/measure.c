/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Measured boot. Who has sealed a secret to PCRs gets it back only where the
 * same was started; so what we start is extended into them before it is used.
 * The firmware hashes, for each bank, and logs (TCG EFI Protocol Specification,
 * family 2.0, HashLogExtendEvent).
 *
 * A kernel is measured as GRUB does it (its manual, "Measured Boot"), since
 * whoever reads logs knows that: files into PCR 9 with their names, the command
 * line into PCR 8, EV_IPL. The application itself is in PCR 4, by the firmware.
 *
 * Of a resume there is an event of its own, and what woke can say whatever it
 * likes behind it: so it is in each PCR that tells which loader, kernel and
 * words were started (TCG PC Client Platform Firmware Profile, PCR usage; the
 * UAPI group's TPM2 PCR registry), and no image can have them as they are after
 * another start. PCR 7 is not among them: where it says that Secure Boot is on
 * no image is resumed.
 *
 * A TPM that fails: a kernel is started nevertheless, as GRUB and systemd-stub
 * do, without what was sealed. An image is not, since the event is what keeps
 * it from that (systemd-pcrextend reboots then); there is the usual start yet.
 */
#include "port.h"

#define EV_IPL 0xdu
#define WORDS_PCR 8
#define FILES_PCR 9
#define TEXT_MAX (sizeof(((struct options *)0)->cmdline) + 32)

static const char resumed[] = "transtable: resume";
static const uint8_t resumed_pcrs[] = { 4, 8, 9, 11, 12 };

/* NULL: there is none. Firmware says so, too, of one that is turned off. */
static struct efi_tcg2 *tpm_of_firmware(void)
{
	struct efi_tcg2_capability can = { .size = sizeof(can) };
	struct efi_tcg2 *tpm = protocol_first(EFI_TCG2);

	if (tpm && !tpm->capability(tpm, &can) && !can.present)
		return NULL;
	return tpm;
}

static uint32_t append(char *to, uint32_t n, const char *text)
{
	for (; *text && n < TEXT_MAX - 1; text++)
		to[n++] = *text;
	to[n] = '\0';
	return n;
}

/* @kind and @text are only logged. A full log is one, and the PCR extended. */
static efi_status_t measure(uint32_t pcr, const void *data, uint64_t len,
			    const char *kind, const char *text)
{
	static struct {
		struct efi_tcg2_event head;
		char text[TEXT_MAX];
	} event;
	struct efi_tcg2 *tpm = tpm_of_firmware();
	efi_status_t status;
	uint32_t n;

	if (!tpm)
		return EFI_SUCCESS;
	n = append(event.text, append(event.text, 0, kind), text) + 1;
	event.head = (struct efi_tcg2_event){
		.len = (uint32_t)sizeof(event.head) + n,
		.header_len = sizeof(event.head) - sizeof(event.head.len),
		.version = 1,
		.pcr = pcr,
		.type = EV_IPL,
	};
	status = tpm->extend(tpm, 0, (uintptr_t)data, len, &event.head);
	return status == EFI_VOLUME_FULL ? EFI_SUCCESS : status;
}

static efi_status_t measure_file(const char *name, const struct file *file)
{
	return measure(FILES_PCR, file->data, file->len, "", name);
}

static uint64_t length_of(const char *text)
{
	uint64_t len = 0;

	while (text[len])
		len++;
	return len;
}

void measure_kernel(const struct options *options, const struct file *kernel,
		    const struct file *initrd)
{
	efi_status_t status = measure_file(options->kernel, kernel);

	if (!status && initrd->len)
		status = measure_file(options->initrd, initrd);
	if (!status)
		status = measure(WORDS_PCR, options->cmdline,
				 length_of(options->cmdline),
				 "kernel_cmdline: ", options->cmdline);
	if (status)
		print("transtable: the TPM fails, status 0x%llx; the kernel "
		      "is started without\n", (unsigned long long)status);
}

int measure_resume(struct trans_error *err)
{
	efi_status_t status = EFI_SUCCESS;

	for (size_t i = 0; !status && i < sizeof(resumed_pcrs); i++)
		status = measure(resumed_pcrs[i], resumed, sizeof(resumed) - 1,
				 resumed, "");
	return status ? port_error(err, TRANS_EHOST, "the TPM did not take "
				   "the event of a resume", 0, 0) : 0;
}
