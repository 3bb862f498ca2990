/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What the files of this port say to each other. One job at a time: U-Boot has
 * one thread, and a transition that was not started is given back before its
 * command returns.
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
#include <trans_table/swsusp.h>
#include <trans_table/workers.h>

/* machine.c: what U-Boot knows of the machine. */

struct port_machine {
	struct trans_cpu cpu;
	enum trans_conduit conduit;
	struct trans_uart uart; /* of the console */
};

extern struct port_machine port_machine;

/* Read it. TRANS_EINVAL: U-Boot runs at EL3. */
int port_machine_read(struct trans_error *err);
u64 port_mpidr(void);

/* memory.c: the map of memory, and an allocator over what nobody uses. */

/*
 * @ram:      the banks
 * @mapped:   of them, what U-Boot's live tables map: the rest may be a
 *            destination, and is neither read nor allocated
 * @reserved: never to be written: what the next kernel's tree reserves, and
 *            U-Boot's map as lasting; what the user asked for
 * @free:     mapped RAM that neither U-Boot nor a file of the user's is in
 * @no_map:   (among the reserved) what no kernel maps, and so no saved one has
 *            a page in. Other reservations it has: Linux maps and saves them
 * @lpi:      (among the no_map) tables that hardware goes on using
 */
struct port_memory {
	struct trans_ranges ram, mapped, reserved, free, no_map, lpi;
};

extern struct port_memory port_memory;

/* Begin anew: RAM, and nothing reserved or free. */
int port_memory_begin(struct trans_error *err);
/* Not to be written, for the user wants it kept. */
int port_memory_keep(struct trans_range range, struct trans_error *err);
/* The next kernel's tree is @fdt: what is reserved, and what is free. */
int port_memory_map(void *fdt, size_t fdt_len, struct trans_error *err);
/* Is any byte U-Boot's own: stack, heap, text, page tables? */
bool port_over_u_boot(trans_pa_t pa, u64 len);
/* Not to be allocated from: a file lies there. */
int port_memory_use(struct trans_range range, struct trans_error *err);

/* Allocates from free, highest first; ctx is &port_memory. */
extern const struct trans_ops port_ops;

/* efi.c: the runtime services that U-Boot may have given a kernel. */

/*
 * @system_table: PA; 0: U-Boot is no EFI firmware
 * @runtime:      what such a kernel leaves to them
 */
struct port_efi {
	trans_pa_t system_table;
	struct trans_ranges runtime;
};

extern struct port_efi port_efi;

#if CONFIG_IS_ENABLED(EFI_LOADER)
/* See to it that they are there, if they are @wanted and can be, before
 * anything else. */
int port_efi_begin(bool wanted, struct trans_error *err);
/* Take out of @free what EFI has allocated. */
int port_efi_remove(struct trans_ranges *free);
/* What ExitBootServices does to them: U-Boot's end, but for its devices. */
void port_efi_leave(void);
#else
static inline int port_efi_begin(bool wanted, struct trans_error *err)
{
	return 0;
}

static inline int port_efi_remove(struct trans_ranges *free)
{
	return 0;
}

static inline void port_efi_leave(void)
{
}
#endif

/* tables.c: U-Boot's own page tables, live. */
int port_tables_attach(struct trans_table *table, struct trans_error *err);

/* fdt.c: the tree for the next kernel. A copy of the one at @addr (0: as booti
 * finds it) with U-Boot's fix-ups, from malloc: the caller frees it. */
void *port_fdt(ulong addr, size_t *len, struct trans_error *err);
struct trans_fdt_edit port_fdt_edit(void);

/* unpack.c: U-Boot's decompressors, as the library wants them. */
extern const struct trans_decompress port_decompress;
extern const struct trans_unpackers port_unpackers;

/* block.c: "virtio", and "0:2" or "0#swap". One at a time. TRANS_ENOENT: there
 * is none; TRANS_EHOST: not known to write through, unless @force. */
int port_block(const char *interface, const char *dev_part, bool force,
	       struct trans_block *block, struct trans_error *err);

/* gic.c: what the device tree says of it. TRANS_ENOENT: there is none; and the
 * others of trans_fdt_gic. Which interrupts are in use. And memory that it may
 * go on using, which is neither ours nor the next kernel's. */
int port_gic(struct trans_gic *gic, struct trans_error *err);
void port_gic_spis(struct trans_gic *gic);
int port_gic_tables(struct trans_ranges *tables, struct trans_error *err);

/* Is sha256_context U-Boot's own struct, with the state in it? With
 * CONFIG_MBEDTLS_LIB_CRYPTO it is Mbed TLS's. */
#define PORT_OWN_SHA256 \
	(IS_ENABLED(CONFIG_SHA256) && !IS_ENABLED(CONFIG_MBEDTLS_LIB_CRYPTO))
/* verify.c: by the CPU's instructions where U-Boot uses them; NULL: by nobody
 * faster than the library. */
extern const trans_sha256_fn port_sha256;

/* leave.c: how the transition is to be made, and U-Boot's end. */
struct trans_transition_args port_transition(void);
/* For ask: is the GIC as described, and can LPIs be switched off? Changes
 * nothing. Errors of trans_gic_check. */
int port_ask(struct trans_error *err);
/* For leave: no device but the console any more, no timer, and no LPI but by
 * tables in @lpi. Errors of trans_gic_lpis_off. */
int port_leave(struct trans_error *err);

/* workers.c: other CPUs, for a load. At most @most are started: *@given, or
 * NULL if there is none. Off again: @status, unless one is lost. TRANS_ELOST:
 * the board must be reset. */
#if CONFIG_IS_ENABLED(CMD_TRANS_RESUME_WORKERS)
int port_workers_begin(unsigned int most, const struct trans_workers **given,
		       struct trans_error *err);
int port_workers_end(int status, struct trans_error *err);
#else
static inline int port_workers_begin(unsigned int most,
				     const struct trans_workers **given,
				     struct trans_error *err)
{
	return 0;
}

static inline int port_workers_end(int status, struct trans_error *err)
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
