/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * How far it is, in place; and Esc, as long as there is a way back. Asked ten
 * times a second at most, since a firmware's console is slow.
 */
#include "port.h"

void progress_begin(struct progress *progress, const char *what,
		    uint64_t bytes)
{
	*progress = (struct progress){ .what = what, .bytes = bytes,
				       .begun = ticks_now() };
}

static void show(struct progress *p, uint64_t done, uint64_t total,
		 uint64_t now)
{
	unsigned long long part = total ? done * 100 / total : 100;
	uint64_t ms = (now - p->begun) * 1000 / ticks_of_second();

	print("\r%s %llu %%", p->what, part);
	if (p->bytes && ms)
		print(", %llu MB/s ",
		      (unsigned long long)(p->bytes / 100 * part / 1000 / ms));
	p->shown = true;
}

int progress_step(void *progress, uint64_t done, uint64_t total)
{
	struct progress *p = progress;
	uint64_t now = ticks_now();
	struct efi_key key;

	if (now - p->last < ticks_of_second() / 10 && done != total)
		return 0;
	p->last = now;
	while (key_pressed(&key))
		p->stopped |= key.scan == EFI_SCAN_ESC;
	show(p, done, total, now);
	return p->stopped;
}

void progress_end(struct progress *p)
{
	if (p->shown)
		print("\n");
	p->shown = false;
}
