/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Where is an image? systemd says so before it hibernates, by a variable; who
 * has no systemd is searched for on all devices. A disk that nobody named and
 * that cannot be read is none that has an image.
 */
#include <trans_table/hibernate.h>

#include "port.h"

#define SYSTEMD EFI_GUID(0x8cf2644b, 0x4b0b, 0x428f, 0x93, 0x87, 0x6d, 0x87, \
			 0x60, 0x50, 0xdc, 0x67)
#define VARIABLE L"HibernateLocation"
#define VARIABLE_MAX 2048
#define BUFFER_LEN TRANS_SWSUSP_BUFFER(16)

void find_forget_variable(void)
{
	variable_delete(VARIABLE, SYSTEMD);
}

/* Where the variable says; false: there is none, or nobody can read it. */
static bool read_variable(struct location *location)
{
	static uint8_t text[VARIABLE_MAX];
	uint64_t len = variable_read(VARIABLE, SYSTEMD, text, sizeof(text));

	return len && location_read(text, len, location);
}

/* Who looks, where, and in which memory. */
struct search {
	const struct options *options;
	struct location at;
	struct found *found;
	void *buffer;
	struct trans_error *err;
	unsigned int count; /* of images, or of devices with that UUID */
	int ret;
};

static int probe(struct search *s, struct found *found)
{
	return trans_resume_probe(&found->disk.block, found->offset, s->buffer,
				  BUFFER_LEN, &found->info, &found->id,
				  s->err);
}

/* ---- a device that was named ---- */

static bool is_named(struct search *s, efi_handle_t handle)
{
	struct disk disk;

	if (!disk_open(handle, &disk) ||
	    !disk_is(&disk, s->at.uuid, s->buffer))
		return false;
	disk_keep(&s->found->disk, &disk);
	return true;
}

static bool look_for_named(struct search *s)
{
	efi_handle_t *all;
	uint64_t count = handles_with(EFI_BLOCK_IO, &all);
	bool found = false;

	for (uint64_t i = 0; i < count && !found; i++)
		found = is_named(s, all[i]);
	pool_give(all);
	return found;
}

/* Drivers are only sent for if the disk is not there without. */
static int find_named(struct search *s)
{
	s->found->offset = s->at.offset;
	if (!look_for_named(s)) {
		connect_all();
		if (!look_for_named(s))
			return port_error(s->err, TRANS_ENOENT,
					  "no device has that UUID (LUKS or "
					  "LVM cannot be looked into)", 0, 0);
	}
	return probe(s, s->found);
}

/* ---- any device ---- */

static void look_at(struct search *s, efi_handle_t handle)
{
	static struct found here;
	struct trans_error err, *before = s->err;
	int ret;

	here = (struct found){ .offset = s->options->offset };
	if (!disk_open(handle, &here.disk))
		return;
	s->err = &err;
	ret = probe(s, &here);
	s->err = before;
	/* What is on a device that cannot be read nobody knows, and is told. */
	if (ret == TRANS_EHOST)
		print_error("looking for an image", &err);
	if (ret == TRANS_ENOIMAGE || ret == TRANS_EHOST || ret == TRANS_ERANGE)
		return;
	if (!s->count++) {
		s->ret = ret;
		*s->found = here;
		disk_keep(&s->found->disk, &here.disk);
		if (ret)
			*s->err = err;
	}
}

static int find_any(struct search *s)
{
	efi_handle_t *all;
	uint64_t count;

	connect_all();
	count = handles_with(EFI_BLOCK_IO, &all);
	s->ret = TRANS_ENOIMAGE;
	for (uint64_t i = 0; i < count; i++)
		look_at(s, all[i]);
	pool_give(all);
	if (s->count > 1) {
		s->found->id.page_len = 0;
		return port_error(s->err, TRANS_ESTATE,
				  "more than one device has an image, say "
				  "device=", 0, 0);
	}
	return s->ret;
}

static int find(struct search *s)
{
	const struct options *o = s->options;

	if (o->has_uuid) {
		memcpy(s->at.uuid, o->uuid, sizeof(s->at.uuid));
		s->at.offset = o->offset;
		return find_named(s);
	}
	s->found->variable = read_variable(&s->at);
	return s->found->variable ? find_named(s) : find_any(s);
}

int find_image(const struct options *options, struct found *found,
	       struct trans_error *err)
{
	struct search s = { .options = options, .found = found, .err = err,
			    .buffer = pages_take(BUFFER_LEN) };
	int ret;

	*found = (struct found){ 0 };
	if (!s.buffer)
		return port_error(err, TRANS_ENOMEM, "buffer for a disk", 0,
				  BUFFER_LEN);
	ret = find(&s);
	pages_give(s.buffer, BUFFER_LEN);
	return ret;
}

int find_discard(struct found *found, struct trans_error *err)
{
	const uint64_t len = TRANS_SWSUSP_BUFFER(12);
	void *buffer = pages_take(len);
	int ret;

	if (!buffer)
		return port_error(err, TRANS_ENOMEM, "buffer for a disk", 0,
				  len);
	ret = trans_resume_discard(&found->disk.block, &found->id, buffer, len,
				   err);
	pages_give(buffer, len);
	return ret;
}
