/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What the machine would have started without us: a file that was named, or
 * what stands behind us in the firmware's boot order (UEFI specification,
 * 3.1). Where none of it can be started we return a failure, on which the
 * firmware goes on with its order by itself.
 */
#include "port.h"

#define ENTRY_MAX 4096
#define ORDER_MAX 64
#define ACTIVE 1u
#define WATCHDOG 300 /* seconds, as the boot manager has it (3.1.2) */

static uint8_t path[PATH_MAX];

static efi_status_t start(efi_handle_t image, const void *options,
			  uint64_t len)
{
	struct efi_loaded_image *loaded = protocol_of(image,
						      EFI_LOADED_IMAGE);

	if (loaded && len) {
		loaded->options = options;
		loaded->options_len = (uint32_t)len;
	}
	boot->set_watchdog(WATCHDOG, 0, 0, NULL);
	return boot->start_image(image, NULL, NULL);
}

static efi_status_t load_and_start(uint8_t policy, const void *options,
				   uint64_t len)
{
	efi_handle_t image = NULL;
	efi_status_t status = boot->load_image(
		policy, self_handle, (const struct efi_device_path *)path,
		NULL, 0, &image);

	if (status == EFI_SECURITY_VIOLATION && image)
		boot->unload_image(image);
	return status ? status : start(image, options, len);
}

/* ---- a file ---- */

static efi_status_t start_file(const char *words)
{
	static efi_char_t options[sizeof(((struct options *)0)->next)];
	static char name[WORD_MAX];
	uint64_t n = 0, len = 0;

	while (*words && *words != ' ' && n < WORD_MAX - 1)
		name[n++] = *words++;
	while (*words == ' ')
		words++;
	for (; words[len]; len++)
		options[len] = (uint8_t)words[len];
	options[len++] = 0;
	if (!path_of_file(path, self->device, name))
		return EFI_INVALID_PARAMETER;
	return load_and_start(false, options, len * sizeof(*options));
}

/* ---- entries ---- */

static void name_entry(efi_char_t name[9], uint16_t number)
{
	static const efi_char_t begin[] = L"Boot";

	memcpy(name, begin, 4 * sizeof(*name));
	for (unsigned int i = 0; i < 4; i++)
		name[4 + i] = (uint8_t)"0123456789ABCDEF"[number >> (12 - 4 * i)
							  & 0xf];
	name[8] = 0;
}

/* Attributes (4), length of the path (2), name, path, options (3.1.3). */
static efi_status_t start_entry(uint16_t number)
{
	static uint8_t entry[ENTRY_MAX];
	efi_char_t name[9];
	uint64_t len, at = 6, path_len;

	name_entry(name, number);
	len = variable_read(name, EFI_GLOBAL_VARIABLE, entry, ENTRY_MAX);
	if (len < 8 || !(entry[0] & ACTIVE))
		return EFI_NOT_FOUND;
	path_len = entry[4] | (uint64_t)entry[5] << 8;
	while (at + 1 < len && (entry[at] || entry[at + 1]))
		at += 2;
	at += 2;
	if (at + path_len > len ||
	    !path_complete(path, &entry[at], path_len))
		return EFI_NOT_FOUND;
	at += path_len;
	firmware->runtime->set_variable(L"BootCurrent", &EFI_GLOBAL_VARIABLE,
					6, sizeof(number), &number);
	return load_and_start(true, &entry[at], len - at);
}

static efi_status_t start_behind_us(void)
{
	static uint16_t order[ORDER_MAX];
	efi_status_t status = EFI_NOT_FOUND;
	uint16_t current;
	uint64_t count = variable_read(L"BootOrder", EFI_GLOBAL_VARIABLE,
				       order, sizeof(order)) / 2, i = 0;

	if (variable_read(L"BootCurrent", EFI_GLOBAL_VARIABLE, &current,
			  sizeof(current)) != sizeof(current))
		return status;
	while (i < count && order[i] != current)
		i++;
	for (i++; i < count && status; i++)
		status = start_entry(order[i]);
	return status;
}

efi_status_t job_next(const struct options *options)
{
	efi_status_t status;

	if (!options->next[0])
		return start_behind_us();
	status = start_file(options->next);
	if (status)
		print("transtable: %s could not be started: status 0x%llx\n",
		      options->next, (unsigned long long)status);
	return status;
}
