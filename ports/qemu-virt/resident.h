/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The stub that stays at EL2: resident.S.
 */
#ifndef PORT_RESIDENT_H
#define PORT_RESIDENT_H

/* Return to the caller at EL1, on the same stack; the stub stays and answers
 * HVCs by Linux's convention. */
void stub_drop_to_el1(void);

/* Its vectors. */
extern char stub_vectors[] __attribute__((visibility("hidden")));

#endif
