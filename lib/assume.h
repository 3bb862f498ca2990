/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What a host may fix at compile time, so that the compiler drops what cannot
 * happen there: -DTRANS_ASSUME_GRANULE=TRANS_4K and so on, for all of the
 * library. Nobody has to; geometries, arguments and files say it at run time,
 * and where something is fixed, everything else is refused.
 *
 * These are the only conditions of the preprocessor that the library has beside
 * those for the assembler and the compiler (tests/house.py, "switch").
 */
#ifndef TRANS_ASSUME_H
#define TRANS_ASSUME_H

/* TRANS_4K, _16K or _64K; 0: any. */
#ifndef TRANS_ASSUME_GRANULE
#define TRANS_ASSUME_GRANULE 0
#endif
/* TRANS_EL1_0, _EL2 or _EL2_0; 0: any. */
#ifndef TRANS_ASSUME_REGIME
#define TRANS_ASSUME_REGIME 0
#endif
/* Descriptors with 52-bit addresses (LPA2 with 4K and 16K, LPA with 64K):
 * 0: never; 1: always; -1: either. */
#ifndef TRANS_ASSUME_WIDE
#define TRANS_ASSUME_WIDE (-1)
#endif
/* The flags that operations on tables are called with; with another one they
 * fail (TRANS_EINVAL). ~0u: all. */
#ifndef TRANS_ASSUME_FLAGS
#define TRANS_ASSUME_FLAGS (~0u)
#endif
/* 1: a table is filled once, by one operation, which meets nothing there or
 * fails (TRANS_EEXIST); one that failed gives nothing back, and its host throws
 * the table away with all pages that it gave for it. 0: what is mapped may be
 * added to and changed, and what fails leaves no trace. */
#ifndef TRANS_ASSUME_ONCE
#define TRANS_ASSUME_ONCE 0
#endif
/* 1: the loop that copies runs is unrolled also where the compiler is asked for
 * a small size, some 500 bytes more; 0: only elsewhere. */
#ifndef TRANS_ASSUME_UNROLLED
#define TRANS_ASSUME_UNROLLED 0
#endif
/* 1: a transition never copies the host's linear map, nor scrubs it, and what
 * copies tables is not linked; who asks for it is told (TRANS_EINVAL). 0: it
 * may. */
#ifndef TRANS_ASSUME_SPARSE
#define TRANS_ASSUME_SPARSE 0
#endif
/* 1: no next world has its MMU on, and what prepares one is not linked; who
 * asks for one is told (TRANS_EINVAL), also where a snapshot of the library's
 * own would not have been entered so. 0: it may have. */
#ifndef TRANS_ASSUME_PHYSICAL
#define TRANS_ASSUME_PHYSICAL 0
#endif
/* 1: a saved kernel is asked nothing (saved.h), and what asks it is not linked:
 * its kind of CPU is not compared, and where the host has an ITS it is refused
 * but with lpis_anyway. Without sidecars, too, no LPIs are given back: a struct
 * trans_gic with some is refused (TRANS_EINVAL). 0: it is asked. */
#ifndef TRANS_ASSUME_UNASKED
#define TRANS_ASSUME_UNASKED 0
#endif
/* 1: no resume is given a sidecar, and what reads one is not linked; who gives
 * one is told (TRANS_EINVAL). 0: it may be. */
#ifndef TRANS_ASSUME_NO_SIDECAR
#define TRANS_ASSUME_NO_SIDECAR TRANS_ASSUME_UNASKED
#endif
/* 1: no kernel is an ELF file, and what reads one is not linked; such a file is
 * refused (TRANS_EIMAGE). 0: it may be. */
#ifndef TRANS_ASSUME_NO_ELF
#define TRANS_ASSUME_NO_ELF 0
#endif
/* 1: symbols are found without the order of their names, and members of structs
 * without the order that they usually have, for the size: it takes longer, and
 * finds the same where there are types. 0: by their order, where there is one.
 */
#ifndef TRANS_ASSUME_NO_ORDER
#define TRANS_ASSUME_NO_ORDER 0
#endif
/* 1: workers that the host lends are left alone, and what divides work among
 * them is not linked; it takes longer, and comes to the same. 0: they help. */
#ifndef TRANS_ASSUME_NO_WORKERS
#define TRANS_ASSUME_NO_WORKERS 0
#endif
/* 1: the host is no EFI firmware, and what compares that with the one that
 * booted a saved kernel is not linked: such a kernel is refused but with
 * efi_anyway, and who gives an efi_system_table or efi_runtime is told
 * (TRANS_EINVAL). 0: it may be. */
#ifndef TRANS_ASSUME_NO_EFI
#define TRANS_ASSUME_NO_EFI 0
#endif
/* 1: early reads that a disk offers are not used, and what does is not linked.
 * 0: they are. */
#ifndef TRANS_ASSUME_NO_EARLY
#define TRANS_ASSUME_NO_EARLY 0
#endif
/* 1: no image is a snapshot of this library's own (snapshot.h), and what brings
 * one back is not linked; one is refused (TRANS_EIMAGE). 0: it may be. */
#ifndef TRANS_ASSUME_NO_SNAPSHOT
#define TRANS_ASSUME_NO_SNAPSHOT 0
#endif
/* 1: a compressed kernel is refused (TRANS_EIMAGE), and what takes one apart is
 * not linked; a file is an Image, or ELF. 0: it may be compressed. */
#ifndef TRANS_ASSUME_NO_PACKED
#define TRANS_ASSUME_NO_PACKED 0
#endif
/* 1: nothing is verified when it was moved, and what does is neither linked nor
 * in the blob, which is compiled with the same; who asks for it is told
 * (TRANS_EINVAL), also where the blob alone was compiled so. 0: it may be. */
#ifndef TRANS_ASSUME_NO_DIGESTS
#define TRANS_ASSUME_NO_DIGESTS 0
#endif
/* 1: no transition has tables but identity maps of exactly what is moved: what
 * lies beyond their reach is refused (TRANS_ERANGE), and so is coarse_above
 * (TRANS_EINVAL). 0: what is far is mapped elsewhere, what is scattered by
 * whole ranges. */
#ifndef TRANS_ASSUME_EXACT
#define TRANS_ASSUME_EXACT 0
#endif
/* A host's trans_sha256_fn (sha256.h), with this name: then no other is linked,
 * but in the blob, which is compiled without. */
#ifndef TRANS_ASSUME_SHA256
#define TRANS_ASSUME_SHA256 trans_sha256_portable_
#endif
/* A host's function that does what trans_crc32 (swsusp.h) does, with this name:
 * then no other is linked. Of at most 2 MiB, and a sector, at a time. */
#ifndef TRANS_ASSUME_CRC32
#define TRANS_ASSUME_CRC32 trans_crc32_own_
#endif
/* 1: errors have a status and say where, and their why is one and the same text
 * everywhere; what is checked and refused is as it was. 0: each has its own. */
#ifndef TRANS_ASSUME_NO_WORDS
#define TRANS_ASSUME_NO_WORDS 0
#endif

#endif
