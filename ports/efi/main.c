/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * transtable.efi: brings a hibernated Linux back, or starts a kernel over
 * everything that the firmware used. docs/efi.md is for its users.
 */
#include <trans_table/version.h>

#include "port.h"

#define TEXT_MAX 4096

static struct options options;
static char line[TEXT_MAX];

static const char help[] =
	"transtable.efi brings a hibernated Linux back; where there is none "
	"it starts what would have been started without it.\n"
	"\n"
	"  device=UUID       of the partition, swap space or file system with "
	"the image; else systemd's HibernateLocation, else any device\n"
	"  offset=N          of a swap file, in pages\n"
	"  next=\"FILE ...\"   what to start where there is no image, with "
	"its words; else the next boot entry\n"
	"  on-refusal=WORD   linux: start the usual system; stop: nothing; "
	"discard: give the image up, then start\n"
	"  --any-efi         though other firmware started it\n"
	"  --no-lpis         though nobody knows its LPI tables\n"
	"\n"
	"  -k FILE           instead start this kernel, with\n"
	"  -i FILE           its initrd, and\n"
	"  -c \"WORDS\"        its command line\n"
	"  -n                without SHA-256 of it all\n"
	"  avoid=START:LEN   nothing goes to this memory (hexadecimal)\n"
	"\n"
	"  --plan            say what would be done, and do nothing\n"
	"  --version, --help\n"
	"\n"
	"Words come from a text file beside it, transtable.conf, and from its "
	"load options.\n";

/* Words in UCS-2. Firmware gives other things there, too: a GUID of its own,
 * for an entry that it made itself. */
static bool read_load_options(void)
{
	const uint8_t *from = self->options;
	uint64_t len = self->options_len / 2, n = 0;

	for (uint64_t i = 0; from && i < len && n < TEXT_MAX - 1; i++) {
		unsigned int letter = from[2 * i] | from[2 * i + 1] << 8;

		if (!letter)
			break;
		if (letter > '~' || (letter < ' ' && letter != '\t'))
			return false;
		line[n++] = (char)letter;
	}
	line[n] = '\0';
	return n;
}

/* NULL, or what was not understood. A file that is there and cannot be read may
 * say on-refusal= or device=: as if it were not there is not what was meant. */
static const char *read_words_of_file(void)
{
	struct trans_error err;
	struct file file;
	char name[WORD_MAX];
	int ret;

	if (!file_beside(name, sizeof(name), "conf"))
		return NULL;
	ret = file_read(name, &file, &err);
	if (ret)
		return ret == TRANS_ENOENT || ret == TRANS_ETRUNC ? NULL :
			       err.why;
	if (file.len >= TEXT_MAX) {
		file_give(&file);
		return "(a file of more than 4 KiB)";
	}
	memcpy(line, file.data, file.len);
	line[file.len] = '\0';
	file_give(&file);
	return options_read(&options, line);
}

static const char *read_words(void)
{
	const char *bad = read_words_of_file();

	if (!bad && read_load_options())
		bad = options_read(&options, options_behind_own_name(line));
	return bad;
}

static efi_status_t do_job(void)
{
	if (options.help)
		print("%s", help);
	if (options.help || options.version) {
		print("transtable " TRANS_TABLE_VERSION "\n");
		return EFI_SUCCESS;
	}
	boot->set_watchdog(0, 0, 0, NULL);
	report_last();
	return options.kernel[0] ? job_kexec(&options) : job_resume(&options);
}

efi_status_t application(efi_handle_t handle, struct efi_system_table *table)
{
	const char *bad;

	if (!firmware_begin(handle, table))
		return EFI_UNSUPPORTED;
	bad = read_words();
	if (!bad)
		return do_job();
	print("transtable: not understood: %s\n", bad);
	return EFI_INVALID_PARAMETER;
}
