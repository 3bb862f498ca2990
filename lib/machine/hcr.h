/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * HCR_EL2 (Arm ARM D19), for whoever writes it as a whole or asks for E2H. For
 * C and assembler.
 */
#ifndef TRANS_MACHINE_HCR_H
#define TRANS_MACHINE_HCR_H

#ifdef __ASSEMBLER__
#define TRANS_HCR_BIT(n) (1 << (n))
#else
#define TRANS_HCR_BIT(n) (1ULL << (n))
#endif

#define TRANS_HCR_TGE TRANS_HCR_BIT(27)
#define TRANS_HCR_RW TRANS_HCR_BIT(31) /* EL1 is AArch64 */
#define TRANS_HCR_E2H TRANS_HCR_BIT(34)
#define TRANS_HCR_APK TRANS_HCR_BIT(40) /* set: EL1's pointer */
#define TRANS_HCR_API TRANS_HCR_BIT(41) /* authentication is not trapped */
#define TRANS_HCR_ATA TRANS_HCR_BIT(56) /* set: nor are EL1's tags */

#endif
