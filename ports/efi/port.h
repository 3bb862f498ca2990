/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What the files of this application say to each other. One job at a time, and
 * a job that was not started is given back before the application returns.
 */
#ifndef EFI_PORT_H
#define EFI_PORT_H

#include <trans_table/block.h>
#include <trans_table/machine.h>
#include <trans_table/swsusp.h>
#include <trans_table/transition.h>

#include "uefi.h"
#include "words.h"

/* main.c: all of it, when the constants are there (constants.c). */
__attribute__((noinline)) efi_status_t
application(efi_handle_t handle, struct efi_system_table *table);

/* firmware.c: who we are, and short ways to services. */

extern struct efi_system_table *firmware;
extern struct efi_boot_services *boot;
extern efi_handle_t self_handle;
extern const struct efi_loaded_image *self;

/* False: the firmware does not say what was loaded. */
bool firmware_begin(efi_handle_t handle, struct efi_system_table *table);

void *pool_take(uint64_t len); /* NULL: no memory */
void pool_give(void *at);
/* Whole pages that are executable, too (EfiLoaderCode); NULL: no memory. */
void *pages_take(uint64_t len);
void pages_give(void *at, uint64_t len);

/* The interface of a handle, or the first in the machine; NULL: none. */
void *protocol_of(efi_handle_t handle, struct efi_guid protocol);
void *protocol_first(struct efi_guid protocol);

/* A table that the firmware gives kernels; NULL: it has none. */
const void *config_table(struct efi_guid guid);

/* A variable, cut to @len bytes; 0: there is none. */
uint64_t variable_read(const efi_char_t *name, struct efi_guid vendor,
		       void *to, uint64_t len);
efi_status_t variable_delete(const efi_char_t *name, struct efi_guid vendor);
/* Of firmware that has none, false. */
bool secure_boot(void);

/* A key that was pressed; false: none. */
bool key_pressed(struct efi_key *key);
/* Counter ticks since some time, and of them a second has. */
uint64_t ticks_now(void);
uint64_t ticks_of_second(void);

int port_error(struct trans_error *err, int status, const char *why,
	       uint64_t pa, uint64_t len);
efi_status_t status_of(int ret);

/* handles.c */

/* Those with a protocol; from pool. 0: none. */
uint64_t handles_with(struct efi_guid protocol, efi_handle_t **handles);
/* Every driver to everything: the boot manager connects what it starts. */
void connect_all(void);

/* print.c: the console. Lines are broken before column 80. */

/* %s, %d, %u, %x, with ll or not; %S: UCS-2. */
__attribute__((format(printf, 1, 2))) void print(const char *format, ...);
int print_text(void *arg, const char *text, size_t len); /* a trans_put_fn */
void print_error(const char *what, const struct trans_error *err);

/* file.c: of the partition that the application lies on. */

/* All of a file, in pages_take memory. TRANS_ENOENT: there is none. */
struct file {
	void *data;
	uint64_t len;
};
int file_read(const char *name, struct file *file, struct trans_error *err);
void file_give(struct file *file);
/* The application's own path, with another ending than ".efi". */
bool file_beside(char *name, size_t len, const char *ending);

/* measure.c: what is started is in the TPM's PCRs first, if there is one. */

/* Also where the TPM fails, which is said. */
void measure_kernel(const struct options *options, const struct file *kernel,
		    const struct file *initrd);
int measure_resume(struct trans_error *err);

/* path.c: device paths. */

#define PATH_MAX 1024

/* A file of the partition that @device is; false: too long. */
bool path_of_file(uint8_t path[PATH_MAX], efi_handle_t device,
		  const char *name);
/* The whole of a path that begins with a partition; false: nobody has it. */
bool path_complete(uint8_t path[PATH_MAX], const uint8_t *from, uint64_t len);
/* GUID of the partition that a handle is; false: it is none of GPT's. */
bool path_partition(efi_handle_t handle, uint8_t guid[16]);

/* memory.c: the map. */

/*
 * @ram:      all of it
 * @mapped:   of it, what the firmware's live tables map
 * @no_linux: of it, what no kernel that EFI booted has as its own: an image
 *            with a page there is refused
 * @keep:     of it, what the next kernel must find as it is
 * @runtime:  EFI_MEMORY_RUNTIME
 * @lent:     taken from the firmware, for an image's pages
 */
struct memory {
	struct trans_ranges ram, mapped, no_linux, keep, runtime, lent;
};
extern struct memory memory;

int memory_read(struct trans_error *err);
/* Bytes of @runtime, whether it was read or not; 0: not known. */
uint64_t memory_runtime_total(void);
/* Take what is free, but for what the firmware may need; and give it back. */
int memory_lend(struct trans_error *err);
void memory_take_back(void);
/* Is any byte in memory that the firmware uses until it leaves? */
bool memory_over_firmware(trans_pa_t pa, uint64_t len);

/* The map as it was read last, for the next kernel and to leave by. */
struct memory_map {
	void *data;
	uint64_t room, len, key, stride;
	uint32_t version;
};
/* Is there room for what the map is by now, and for half of what was spare? */
bool memory_map_fits(const struct memory_map *map);
/* Room for a map, with some to spare; from pages, others if it has grown. */
int memory_map_room(struct memory_map *map, struct trans_error *err);
efi_status_t memory_map_get(struct memory_map *map);

extern const struct trans_ops memory_ops;

/* machine.c: the CPU and what is around it. */

/*
 * @fdt, @fdt_len: the firmware's tree; NULL: it has none
 * @acpi:          its RSDP; NULL: it has none
 * @gic:           version 0: there is none
 */
struct machine {
	struct trans_cpu cpu;
	enum trans_conduit conduit;
	struct trans_uart uart;
	const void *fdt;
	size_t fdt_len;
	const void *acpi;
	struct trans_gic gic;
	struct trans_ranges lpi; /* tables that hardware may go on using */
};
extern struct machine machine;

int machine_read(struct trans_error *err);

/* leave.c: how to leave the firmware. */

struct trans_transition_args leave_transition(void);
/* For --plan, of a transition that was prepared, and so proved. */
void leave_say(const struct trans_moves *plan);
/* Room for its map of memory. Before anything is loaded. */
int leave_begin(struct trans_error *err);
/* For ask: nothing changes. */
int leave_ask(struct trans_error *err);
/* ExitBootServices, masked interrupts, no timer, no LPIs. */
int leave(struct trans_error *err);
extern struct memory_map leave_map;

/* report.c: what became of the transition before. */
void report_last(void);
trans_pa_t report_page(void); /* 0: there is no place for one */

/* disk.c: block devices. */

/*
 * @media: who its medium was when it was opened. @block is read through the
 * disk that it is in.
 * @io2:   what reads while something else is done; NULL: nothing
 * @token: of the read that is under way, of @early bytes
 * @ticks, @len: that the last other read took
 * @slow:  those that are under way are waited for longer than others take
 */
struct disk {
	efi_handle_t handle;
	struct efi_block_io *io;
	uint32_t media;
	struct trans_block block;
	struct efi_block_io2 *io2;
	struct efi_token token;
	uint64_t early, ticks, len;
	bool slow;
};
/* False: none that can be used. */
bool disk_open(efi_handle_t handle, struct disk *disk);
/* A copy, which is used instead of @from. */
void disk_keep(struct disk *to, const struct disk *from);
/* Nothing is read from it any more, and no read was lost. */
void disk_close(struct disk *disk);
/* Has this device that UUID: as a partition, as swap space, or as a file
 * system? @page: 64 KiB to work with, aligned to 4 KiB. */
bool disk_is(const struct disk *disk, const uint8_t uuid[16], void *page);

/* find.c: where is an image? */

/*
 * @variable: HibernateLocation named it
 * @id:       of the image; page_len 0: not known
 */
struct found {
	struct disk disk;
	uint64_t offset;
	struct trans_image_id id;
	struct trans_swsusp_info info;
	bool variable;
};
/* 0: there is one. TRANS_ENOIMAGE: there is none. Others: refused. */
int find_image(const struct options *options, struct found *found,
	       struct trans_error *err);
int find_discard(struct found *found, struct trans_error *err);
void find_forget_variable(void);

/* The jobs. They return when the next world was not entered. */
efi_status_t job_kexec(const struct options *options);
efi_status_t job_resume(const struct options *options);
/* What the machine would have started without us. */
efi_status_t job_next(const struct options *options);

/* progress.c: how far, in place. */
struct progress {
	const char *what;
	uint64_t bytes; /* in all; 0: not known */
	uint64_t begun, last;
	bool shown, stopped;
};
void progress_begin(struct progress *progress, const char *what,
		    uint64_t bytes);
int progress_step(void *progress, uint64_t done, uint64_t total);
void progress_end(struct progress *progress);

#endif
