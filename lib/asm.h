/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Assembler directives that an ELF file and a PE/COFF one want differently, for
 * what is assembled into the library; the control blob is always ELF. Only
 * _WIN32 tells: it is what compilers define for the target, whatever the host.
 *
 * A section of one's own each, so that the linker can drop what nobody uses.
 * Hidden: the library may become a part of a shared object, and these names be
 * reached by adr.
 */
#ifndef TRANS_LIB_ASM_H
#define TRANS_LIB_ASM_H

#ifdef _WIN32
#define TRANS_ASM_TEXT(name) .section .text$##name, "xr"
#define TRANS_ASM_RODATA(name) .section .rdata$##name, "dr"
#define TRANS_ASM_HIDDEN(name)
/* External (2), a function (0x20 in the field of types). */
#define TRANS_ASM_FUNCTION(name) .def name; .scl 2; .type 32; .endef
#else
#define TRANS_ASM_TEXT(name) .section .text.name, "ax"
#define TRANS_ASM_RODATA(name) .section .rodata.name, "a"
#define TRANS_ASM_HIDDEN(name) .hidden name
#define TRANS_ASM_FUNCTION(name) .type name, %function
#endif

#endif
