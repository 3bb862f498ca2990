/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Text of commands and of variables: options, UUIDs, systemd's
 * HibernateLocation.
 */
#ifndef EFI_WORDS_H
#define EFI_WORDS_H

#include <trans_table/env.h>

enum on_refusal { REFUSAL_DEFAULT, REFUSAL_LINUX, REFUSAL_STOP,
		  REFUSAL_DISCARD };

#define WORD_MAX 512
#define AVOID_MAX 4

/*
 * @kernel, @initrd, @next: names of files; empty: not said. @next may have
 *          words behind it, which are that program's
 * @avoid:  memory that nothing is moved to
 * @uuid, @has_uuid: which device; @offset: in pages of the image
 */
struct options {
	char kernel[WORD_MAX], initrd[WORD_MAX], cmdline[4 * WORD_MAX];
	char next[4 * WORD_MAX];
	uint8_t uuid[16];
	uint64_t offset;
	unsigned int avoided;
	struct {
		uint64_t start, len;
	} avoid[AVOID_MAX];
	enum on_refusal on_refusal;
	bool has_cmdline, has_uuid, plan, version, help, any_efi, unverified,
	     no_lpis;
};

/* Read words into @options, which keeps what they do not say. NULL, or the
 * word that was not understood. @text is cut into pieces. */
const char *options_read(struct options *options, char *text);

/* Behind the application's name, which a shell gives, too: a first word that
 * ends in ".efi" and is no "name=value". */
char *options_behind_own_name(char *text);


/* The text of a UUID, to its end; its bytes in the order in which they are
 * written, as swap space and file systems have them. */
bool uuid_read(const char *text, uint8_t uuid[16]);
/* The same of a GUID of EFI, whose first three fields are little-endian. */
void uuid_of_guid(uint8_t uuid[16], const uint8_t guid[16]);

/* systemd's HibernateLocation: a JSON object in UCS-2, or in ASCII; of its
 * members uuid and offset (in pages of the image) are looked at. False: not
 * understood. */
struct location {
	uint8_t uuid[16];
	uint64_t offset;
};
bool location_read(const void *data, uint64_t len, struct location *location);

#endif
