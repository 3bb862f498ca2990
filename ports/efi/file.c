/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* Files of the partition that the application was loaded from. */
#include "port.h"

#define NAME_MAX 256

static bool widen(efi_char_t *to, size_t room, const char *from)
{
	size_t i = 0;

	for (; i < room - 1 && from[i]; i++)
		to[i] = from[i] == '/' ? '\\' : (uint8_t)from[i];
	to[i] = 0;
	return !from[i];
}

static struct efi_file *open_file(const char *name)
{
	struct efi_file_system *fs = protocol_of(self->device,
						 EFI_SIMPLE_FILE_SYSTEM);
	struct efi_file *root, *file = NULL;
	efi_char_t wide[NAME_MAX];

	if (!fs || !widen(wide, NAME_MAX, name) || fs->open(fs, &root))
		return NULL;
	if (root->open(root, &file, wide, EFI_FILE_READ, 0))
		file = NULL;
	root->close(root);
	return file;
}

/* The name at the end of what is asked for has room, too. */
static uint64_t file_len(struct efi_file *file)
{
	struct {
		struct efi_file_info info;
		efi_char_t name[NAME_MAX];
	} answer;
	struct efi_guid kind = EFI_FILE_INFO;
	uint64_t len = sizeof(answer);

	return file->info(file, &kind, &len, &answer) ? 0 :
							answer.info.file_len;
}

static int read_all(struct efi_file *from, struct file *file,
		    struct trans_error *err)
{
	uint64_t len;

	file->len = len = file_len(from);
	if (!len)
		return port_error(err, TRANS_ETRUNC, "an empty file", 0, 0);
	file->data = pages_take(len);
	if (!file->data)
		return port_error(err, TRANS_ENOMEM, "a file", 0, len);
	if (!from->read(from, &len, file->data) && len == file->len)
		return 0;
	file_give(file);
	return port_error(err, TRANS_EHOST, "a file cannot be read", 0, 0);
}

int file_read(const char *name, struct file *file, struct trans_error *err)
{
	struct efi_file *from = open_file(name);
	int ret;

	*file = (struct file){ 0 };
	if (!from)
		return port_error(err, TRANS_ENOENT, "there is no such file",
				  0, 0);
	ret = read_all(from, file, err);
	from->close(from);
	return ret;
}

void file_give(struct file *file)
{
	pages_give(file->data, file->len);
	*file = (struct file){ 0 };
}

/* A name of UCS-2, behind what is there; with a backslash between them, where
 * neither has one (UEFI specification, 10.3.5.4; GRUB says folder and file). */
static size_t append_name(char *name, size_t n, size_t room,
			  const uint8_t *text, size_t len)
{
	if (n && n < room - 1 && name[n - 1] != '\\' && text[0] != '\\')
		name[n++] = '\\';
	for (size_t i = 0; i + 1 < len && n < room - 1 &&
	     (text[i] || text[i + 1]); i += 2)
		name[n++] = text[i + 1] ? '?' : (char)text[i];
	return n;
}

/* All names in a device path. */
static size_t own_name(char *name, size_t room)
{
	const struct efi_device_path *node = self->path;
	size_t n = 0;

	while (node && node->type != EFI_PATH_END) {
		size_t len = node->len[0] | node->len[1] << 8;

		if (len < sizeof(*node))
			return 0;
		if (node->type == EFI_PATH_MEDIA &&
		    node->subtype == EFI_PATH_FILE)
			n = append_name(name, n, room,
					(const uint8_t *)(node + 1),
					len - sizeof(*node));
		node = (const void *)((const uint8_t *)node + len);
	}
	name[n] = '\0';
	return n;
}

bool file_beside(char *name, size_t room, const char *ending)
{
	size_t n = own_name(name, room);

	while (n && name[n - 1] != '.' && name[n - 1] != '\\')
		n--;
	if (!n || name[n - 1] != '.')
		return false;
	for (; *ending && n < room - 1; ending++)
		name[n++] = *ending;
	name[n] = '\0';
	return !*ending;
}
