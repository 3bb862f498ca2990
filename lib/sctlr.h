/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * SCTLR_ELx, for whoever writes it as a whole: tables that say what it shall
 * be, the control blob. For C and assembler.
 */
#ifndef TRANS_SCTLR_H
#define TRANS_SCTLR_H

/*
 * With MMU and caches off, whole: only what is RES1 in Armv8.0, so that
 * nothing that the host switched on (WXN, tag checks, pointer authentication,
 * big-endian data) is still on (Arm ARM D19, SCTLR_EL1 and SCTLR_EL2). EL2 has
 * the layout of EL1 while HCR_EL2.E2H is 1.
 */
#define TRANS_SCTLR_OFF_EL1 0x30d00800
#define TRANS_SCTLR_OFF_EL2 0x30c50830
#define TRANS_SCTLR_M 0x0001
#define TRANS_SCTLR_C 0x0004
#define TRANS_SCTLR_I 0x1000

#endif
