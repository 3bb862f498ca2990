/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What the files of this port say to each other. All that a command comes to
 * know is in a struct port of its own, and gone when it returns: a transition
 * that was not started is given back before.
 */
#ifndef TRANS_U_BOOT_PORT_H
#define TRANS_U_BOOT_PORT_H

#include "compat.h"

#include <command.h>
#include <trans_cmd.h>

#include <trans_table/block.h>
#include <trans_table/gic.h>
#include <trans_table/image.h>
#include <trans_table/kexec.h>
#include <trans_table/machine.h>
#include <trans_table/swsusp.h>
#include <trans_table/workers.h>

/* Banks of RAM: as many as the board has, or as its tree may have where that is
 * left as it is. */
#define PORT_MAX_RAM \
	(CONFIG_NR_DRAM_BANKS > 16 ? CONFIG_NR_DRAM_BANKS : 16)
#define PORT_MAX_SPIS 1024

struct port_machine {
	struct trans_cpu cpu;
	enum trans_conduit conduit;
	struct trans_uart uart; /* of the console */
};

/*
 * @ram:      the banks
 * @mapped:   of them, what U-Boot's live tables map: the rest may be a
 *            destination, and is neither read nor allocated
 * @reserved: never to be written: what the next kernel's tree reserves, and
 *            U-Boot's map as lasting; what the user asked for
 * @held:     no file can be there: what U-Boot and its EFI work with until the
 *            end; and @no_map
 * @free:     mapped RAM that neither U-Boot nor a file of the user's is in;
 *            each allocation freed out of order may split one
 * @no_map:   (among the reserved) what no kernel maps, and so no saved one has
 *            a page in. Other reservations it has: Linux maps and saves them
 * @lpi:      (among the no_map) tables that hardware goes on using
 */
struct port_memory {
	struct trans_ranges ram, mapped, reserved, held, free, no_map, lpi;
	struct trans_range ram_storage[PORT_MAX_RAM];
	struct trans_range mapped_storage[64], reserved_storage[64];
	struct trans_range no_map_storage[64], lpi_storage[16];
	struct trans_range held_storage[128], free_storage[512];
};

/*
 * The runtime services that U-Boot may have given a kernel.
 *
 * @system_table: PA; 0: U-Boot is no EFI firmware
 * @runtime:      what such a kernel leaves to them
 */
struct port_efi {
	trans_pa_t system_table;
	struct trans_ranges runtime;
	struct trans_range storage[16];
};

struct port_disk {
	struct blk_desc *desc;
	u64 start;
};

struct port_workers;

/*
 * @own_tree:  U-Boot's own device tree, flat, for a live one is flattened;
 *             @tree is where it begins
 * @gic:       version 0: there is none; what it points to is here, too
 */
struct port {
	struct port_machine machine;
	struct port_memory memory;
	struct port_efi efi;
	struct port_disk disk;
	struct port_workers *workers;
	struct abuf own_tree;
	const void *tree;
	struct trans_fdt_gic gic;
	struct trans_spi spis[PORT_MAX_SPIS];
};

/* machine.c: a struct that begins with a struct port, all zeroes, from malloc;
 * NULL: no memory (TRANS_ENOMEM). And its end, which takes a NULL. */
void *port_begin(size_t len, struct trans_error *err);
void port_end(struct port *port);

/* What U-Boot knows of the machine. TRANS_EINVAL: it runs at EL3. */
int port_machine_read(struct port *port, struct trans_error *err);

/* memory.c: the map of memory, and an allocator over what nobody uses. */

/* RAM, and nothing reserved or free. */
int port_memory_begin(struct port_memory *memory, struct trans_error *err);
/* Not to be written, for the user wants it kept. */
int port_memory_keep(struct port_memory *memory, struct trans_range range,
		     struct trans_error *err);
/* The next kernel's tree is @fdt: what is reserved, and what is free. */
int port_memory_map(struct port *port, void *fdt, size_t fdt_len,
		    struct trans_error *err);
/* Is any byte U-Boot's own: stack, heap, text, page tables? */
bool port_over_u_boot(trans_pa_t pa, u64 len);
/* Into a struct port_memory's held: what U-Boot's or EFI's map has as used, but
 * for what nobody works with: above gd->ram_top, where that is a limit. */
int port_memory_hold(struct trans_ranges *held, u64 start, u64 len);
/* Not to be allocated from: a file lies there. */
int port_memory_use(struct port_memory *memory, struct trans_range range,
		    struct trans_error *err);

/* Allocates from free, highest first; ctx is the struct
 * port_memory. */
extern const struct trans_ops port_ops;

/* efi.c, with EFI_LOADER; the services with CMD_TRANS_RESUME_EFI. */

/* See to it that they are there, if they are @wanted and can be, before
 * anything else. */
int port_efi_begin(struct port_efi *efi, bool wanted,
		   struct trans_error *err);
/* What EFI has in use is not free, and held. */
int port_efi_take(struct port_memory *memory);
/* What ExitBootServices does to them: U-Boot's end, but for its devices. */
void port_efi_leave(const struct port_efi *efi);

/* tables.c: U-Boot's own page tables, live. */
int port_tables_attach(struct trans_table *table, struct port *port,
		       struct trans_error *err);

/* fdt.c: the tree for the next kernel. A copy of the one at @addr (0: U-Boot's
 * own) with U-Boot's fix-ups, from malloc: the caller frees it. */
void *port_fdt(ulong addr, size_t *len, struct trans_error *err);
struct trans_fdt_edit port_fdt_edit(const struct port_memory *memory);

/* unpack.c: U-Boot's decompressors, as the library wants them. */
extern const struct trans_decompress port_decompress;
extern const struct trans_unpackers port_unpackers;
/* U-Boot's, for a library without one of its own. */
u32 port_crc32(u32 crc, const void *data, size_t len);

/* block.c: "virtio", and "0:2", "0#swap" or "0#<uuid>"; @disk is to
 * outlive @block. TRANS_ENOENT: there is none; TRANS_EHOST: not known to write
 * through, unless @force. */
int port_block(const char *interface, const char *dev_part, bool force,
	       struct port_disk *disk, struct trans_block *block,
	       struct trans_error *err);

/* gic.c: what the device tree says of it, memory that it may go on using, and,
 * for a resume, which interrupts are in use. Errors of trans_fdt_gic, but no
 * GIC is none; TRANS_EHOST: a GICv3, and CMD_TRANS_GICV3 is off. */
int port_gic(struct port *port, struct trans_error *err);

/* Is there one that is known here? */
static inline bool port_has_gic(const struct port *port)
{
	return CONFIG_IS_ENABLED(CMD_TRANS_GICV3) && port->gic.gic.version;
}

/* Is sha256_context U-Boot's own struct, with the state in it? With
 * CONFIG_MBEDTLS_LIB_CRYPTO it is Mbed TLS's. */
#define PORT_OWN_SHA256 \
	(IS_ENABLED(CONFIG_SHA256) && !IS_ENABLED(CONFIG_MBEDTLS_LIB_CRYPTO))
/* verify.c: by the CPU's instructions where U-Boot uses them; NULL: by nobody
 * faster than the library. */
extern const trans_sha256_fn port_sha256;
void port_sha256_blocks(u32 state[8], const u8 *data, size_t count);

/* leave.c: how the transition is to be made, and U-Boot's end. */
struct trans_transition_args port_transition(struct port *port);
/* For ask: is the GIC as described, and can LPIs be switched off? Changes
 * nothing. Errors of trans_gic_check. */
int port_ask(struct port *port, struct trans_error *err);
/* For leave: no device but the console any more, no timer, and no LPI but by
 * tables in @lpi. Errors of trans_gic_lpis_off. */
int port_leave(struct port *port, struct trans_error *err);

/* workers.c: other CPUs, for a load. At most @most are started: *@given, or
 * NULL if there is none. Off again: @status, unless one is lost. TRANS_ELOST:
 * the board must be reset. */
#if CONFIG_IS_ENABLED(CMD_TRANS_RESUME_WORKERS)
int port_workers_begin(struct port *port, unsigned int most,
		       const struct trans_workers **given,
		       struct trans_error *err);
int port_workers_end(struct port *port, int status, struct trans_error *err);

/* Of its assembler. */
struct worker;
extern char port_worker_entry[], port_worker_entry_end[];
void __noreturn port_worker_main(struct worker *worker);
void __noreturn port_worker_leave(u32 by_hvc);
#else
static inline int port_workers_begin(struct port *port, unsigned int most,
				     const struct trans_workers **given,
				     struct trans_error *err)
{
	return 0;
}

static inline int port_workers_end(struct port *port, int status,
				   struct trans_error *err)
{
	return status;
}
#endif

/* error.c: errors in words. */
int port_error(struct trans_error *err, int status, const char *why, u64 pa,
	       u64 len);
void port_say_error(const char *what, const struct trans_error *err);
/* A trans_put_fn to the console; Ctrl-C stops. */
int port_put(void *arg, const char *text, size_t len);

/* words.c: the words of a command line: a number, and <start> or <start>:<len>
 * (len 0: not said), to the end of the word; both hexadecimal. A count of
 * pages, as Linux prints resume_offset: decimal, or hexadecimal behind 0x. */
bool port_read_hex(const char **text, u64 *value);
bool port_read_range(const char *text, struct trans_range *range);
bool port_read_pages(const char *text, u64 *pages);

/* The dry run of resume, whose words are the same. */
int port_plan_resume(int argc, char *const argv[]);

#endif
