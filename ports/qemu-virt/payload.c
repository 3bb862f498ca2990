/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
#include <trans_table/format.h>

#include "cpio.h"
#include "machine.h"
#include "memory.h"
#include "payload.h"
#include "print.h"
#include "tables.h"

#define CMDLINE_MAX 2048 /* COMMAND_LINE_SIZE of arm64 Linux */
#define INITRD_STEP 16
#define BASE_SHIFT 21 /* booting.rst: an Image starts at such a boundary */

static char cmdline_text[CMDLINE_MAX];

static int refuse(struct trans_error *err, int status, const char *why,
		  struct trans_range where)
{
	*err = (struct trans_error){
		.status = status, .why = why, .pa = where.start,
		.len = where.len, .level = TRANS_NO_LEVEL,
	};
	return status;
}

/* Where a file lies in the archive. */
static int find(const char *name, struct trans_range *where,
		struct trans_error *err)
{
	struct trans_range archive = machine.archive;
	struct cpio_file file;
	int ret;

	*where = (struct trans_range){ 0, 0 };
	if (!archive.len)
		return refuse(err, TRANS_ENOENT, "no archive in /chosen",
			      archive);
	if (!machine_has(archive.start, archive.len))
		return refuse(err, TRANS_EFAULT, "archive outside of RAM",
			      archive);
	ret = cpio_find(at_pa(archive.start), archive.len, name, &file, err);
	if (ret)
		return ret;
	*where = (struct trans_range){ archive.start + file.offset, file.len };
	return 0;
}

unsigned int payload_shift = PAGE_SHIFT;

static int copy_out(struct trans_range *file, unsigned int shift,
		    struct trans_error *err)
{
	uint64_t pages = (file->len + (1ULL << shift) - 1) >> shift;
	trans_pa_t pa;

	if (memory_ops.alloc(&memory, shift, (unsigned int)pages, &pa))
		return refuse(err, TRANS_ENOMEM, "copy of an unaligned file",
			      *file);
	memcpy(at_pa(pa), at_pa(file->start), file->len);
	file->start = pa;
	return 0;
}

static int find_pages(const char *name, struct trans_range *file,
		      struct trans_error *err)
{
	bool copied;
	int ret = find(name, file, err);

	if (ret)
		return ret;
	copied = file->len && file->start % (1ULL << payload_shift);
	if (copied)
		ret = copy_out(file, payload_shift, err);
	if (!ret)
		print("port: %s %lu bytes at 0x%lx%s\n", name, file->len,
		      file->start, copied ? " (copied)" : "");
	return ret;
}

static int find_cmdline(const char **cmdline, struct trans_error *err)
{
	struct trans_range file;
	int ret = find("cmdline", &file, err);

	*cmdline = NULL;
	if (ret)
		return ret == TRANS_ENOENT ? 0 : ret;
	if (file.len >= CMDLINE_MAX)
		return refuse(err, TRANS_ENOSPC, "command line too long", file);
	memcpy(cmdline_text, at_pa(file.start), file.len);
	if (file.len && cmdline_text[file.len - 1] == '\n')
		file.len--;
	cmdline_text[file.len] = '\0';
	*cmdline = cmdline_text;
	print("port: cmdline \"%s\"\n", cmdline_text);
	return 0;
}

int payload_find(struct payload *payload, struct trans_error *err)
{
	int ret = find_pages("kernel", &payload->kernel, err);

	if (ret)
		return ret;
	ret = find_pages("initrd", &payload->initrd, err);
	if (ret && ret != TRANS_ENOENT)
		return ret;
	return find_cmdline(&payload->cmdline, err);
}

void payload_send_far(struct payload *payload)
{
	struct trans_range *initrd = &payload->initrd;

	if (!machine.far.len)
		return;
	memset(at_pa(initrd->start), 0xee, initrd->len);
	initrd->start += machine.far.start - machine.archive.start;
	print("port: initrd far away at 0x%lx\n", initrd->start);
}

int payload_find_port(struct payload *payload, const char *cmdline, bool stay,
		      struct trans_error *err)
{
	int ret = find("port", &payload->kernel, err);

	if (!ret)
		ret = copy_out(&payload->kernel,
			       stay ? BASE_SHIFT : payload_shift, err);
	payload->initrd = machine.archive;
	payload->cmdline = cmdline;
	return ret;
}

static bool is_plain(struct trans_range kernel)
{
	return kernel.len > PAGE_LEN &&
	       trans_format_of(at_pa(kernel.start), PAGE_LEN) ==
	       TRANS_FORMAT_IMAGE;
}

/* The granules of the port's own tables that lie wholly in [start, end). What
 * they share with another file must stay visible. */
static struct trans_range inside(uint64_t start, uint64_t end)
{
	uint64_t mask = (1ULL << own_shift) - 1;

	start = (start + mask) & ~mask;
	end &= ~mask;
	return (struct trans_range){ start, end > start ? end - start : 0 };
}

void payload_hide(const struct payload *payload,
		  const struct trans_table *own)
{
	struct trans_range kernel = whole_pages(payload->kernel);
	struct trans_range initrd = whole_pages(payload->initrd);
	uint64_t hidden = 0, granule = 1ULL << own_shift;

	if (is_plain(kernel)) {
		kernel = inside(kernel.start + granule,
				kernel.start + kernel.len);
		hidden = tables_hide(own, kernel.start, kernel.len, 1);
	}
	if (machine.far.len) /* in no table of the port's */
		initrd.len = 0;
	initrd = inside(initrd.start, initrd.start + initrd.len);
	hidden += tables_hide(own, initrd.start, initrd.len, INITRD_STEP);
	print_figure("hidden_pages", hidden, "pages");
}
