/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What TCR and TTBR are told of a tree is what is read of them: for every
 * geometry and every address of a root.
 */
#include <trans_table/registers.h>

#include "tests/proofs/proof.h"
#include "trans/table/desc.h"
#include "trans/table/tcr.h"

void prove_tcr(void)
{
	struct trans_geometry geo = any_geometry();
	uint64_t tcr = trans_tcr_encode_(&geo);
	struct tcr_half half;

	PROVE(!trans_tcr_decode_((enum trans_regime)geo.regime, geo.upper, tcr,
				 &half), "its half is walked");
	PROVE(half.granule == geo.granule_shift, "granule");
	PROVE(half.va_bits == geo.va_bits, "VA bits");
	PROVE(half.pa_bits == geo.pa_bits, "PA bits");
	PROVE(half.ds == geo.ds, "DS");
	PROVE(!half.hpd && !half.ha && !half.hd, "nothing else");
}

void prove_ttbr(void)
{
	struct trans_geometry geo = any_geometry();
	trans_pa_t root = nondet_u64();
	uint64_t len = 8ull << geo.root_bits;

	ASSUME(geo_has_pa(&geo, root));
	/* A root is as aligned as it is long, and to 64 bytes in tables with
	 * 52-bit addresses (TTBR0_EL1.BADDR). */
	ASSUME(!(root & (len - 1)) && !(root & 63));
	PROVE(trans_ttbr_decode_(&geo, trans_ttbr(&geo, root)) == root,
	      "root");
	PROVE(!(trans_ttbr(&geo, root) >> 48), "no ASID");
}
