# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
#
# What a solver proves within bounds: docs/proofs.md. CBMC, and what it runs
# with, is unpacked under build/ (tests/lab/cbmc.py).

.PHONY: proofs
proofs: | setup ## codec, registers, ranges, headers of files: proved within bounds by CBMC, and a bug planted into each (RUN='--only PATTERN')
	@tests/proofs/proofs.py --planted $(RUN)
