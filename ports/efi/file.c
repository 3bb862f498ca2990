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

static efi_status_t open_file(const char *name, struct efi_file **file)
{
	struct efi_file_system *fs = protocol_of(self->device,
						 EFI_SIMPLE_FILE_SYSTEM);
	efi_char_t wide[NAME_MAX];
	struct efi_file *root;
	efi_status_t status;

	if (!fs || !widen(wide, NAME_MAX, name))
		return EFI_NOT_FOUND;
	status = fs->open(fs, &root);
	if (status)
		return status;
	status = root->open(root, file, wide, EFI_FILE_READ, 0);
	root->close(root);
	return status;
}

/* The name at the end of what is asked for has room, too. */
static efi_status_t ask_len(struct efi_file *file, uint64_t *found)
{
	struct {
		struct efi_file_info info;
		efi_char_t name[NAME_MAX];
	} answer;
	struct efi_guid kind = EFI_FILE_INFO;
	uint64_t len = sizeof(answer);
	efi_status_t status = file->info(file, &kind, &len, &answer);

	*found = answer.info.file_len;
	return status;
}

static int unreadable(struct trans_error *err)
{
	return port_error(err, TRANS_EHOST, "a file cannot be read", 0, 0);
}

static int read_all(struct efi_file *from, struct file *file,
		    struct trans_error *err)
{
	uint64_t len;

	if (ask_len(from, &file->len))
		return unreadable(err);
	len = file->len;
	if (!len)
		return port_error(err, TRANS_ETRUNC, "an empty file", 0, 0);
	file->data = pages_take(len);
	if (!file->data)
		return port_error(err, TRANS_ENOMEM, "a file", 0, len);
	if (!from->read(from, &len, file->data) && len == file->len)
		return 0;
	file_give(file);
	return unreadable(err);
}

int file_read(const char *name, struct file *file, struct trans_error *err)
{
	struct efi_file *from;
	efi_status_t status = open_file(name, &from);
	int ret;

	*file = (struct file){ 0 };
	if (status == EFI_NOT_FOUND)
		return port_error(err, TRANS_ENOENT, "there is no such file",
				  0, 0);
	if (status)
		return unreadable(err);
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
