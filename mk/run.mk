# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
#
# In QEMU, and all of it together.

.PHONY: demo
demo: all payload tools ## kexec and wake Debian's kernel, live (EL= CPU= GIC= RAM= MAP=)
	@tests/qemu/demo.py --el $(EL) --cpu $(CPU) --gic $(GIC) --ram $(RAM) \
		--map $(MAP)

.PHONY: matrix
matrix: all payload examples ## QEMU cases only (RUN='--only PATTERN --verbose')
	@tests/qemu/run.py $(RUN)

.PHONY: oracle
oracle: $(A)/oracle.elf ## QEMU's table walker against query (RUN='--full --seed N')
	@tests/oracle/oracle.py $(RUN)

# check-all: SHARD=I/N is every N-th case, RESUME=1 leaves out what has passed
# before with the same binaries (build/passed.json).
SHARD ?= 1/1
RESUME ?=

.PHONY: check check-full check-all
check: | setup ## everything: builds, gates, unit tests, lint, QEMU pairs
	@tests/check.py
check-full: | setup ## check with triples of the QEMU matrix, mutants, proofs, real kernels; under 3 h
	@tests/check.py --full
check-all: | setup ## QEMU with the whole product, hours of it (SHARD=I/N RESUME=1)
	@tests/check.py --all --shard '$(SHARD)' $(if $(RESUME),--resume)

.PHONY: selftest
selftest: ## what the tests promise of themselves: matrix, shards, resuming, times
	@tests/selftest.py
	@tests/hook.py
