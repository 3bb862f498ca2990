# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
#
# What was built, and the sources, against their promises.

.PHONY: core-symbols
core-symbols: $(A)/libtrans_core.a ## what the core archive takes from outside
	@tests/gates.py core --tools $(CROSS_COMPILE) $<

.PHONY: blob-gate
blob-gate: $(if $(BLOB),$(A)/blob.elf $(A)/blob.bin) ## the control blob is flat and small
	$(if $(BLOB),@tests/gates.py blob --tools $(CROSS_COMPILE) $^ $(BLOB_OBJS))

.PHONY: caches-gate
caches-gate: $(A)/blob.elf $(A)/port.elf $(A)/port-single.elf $(A)/libtrans_table.a ## what cleans does so by CIVAC, behind a barrier
	@tests/gates.py caches --tools $(CROSS_COMPILE) $^

.PHONY: erratum-gate
erratum-gate: $(A)/blob.elf $(A)/port.elf $(A)/port-single.elf ## the blob's link works around Cortex-A53 843419
	@tests/gates.py erratum --tools $(CROSS_COMPILE) \
		--link '$(TRANS_TABLE_BLOB_LINK)' $^

.PHONY: licence-gate
licence-gate: $(LIB_ARCHIVES) ## nothing in an installed archive is GPL alone
	@tests/gates.py licence --tools $(CROSS_COMPILE) $^ $(LIB_OBJS) $(BLOB_OBJS)

# QUICK=1: clang's analyzer looks less deep, as in `make check`.
QUICK ?=

.PHONY: lint
lint: $(LIB_OBJS) $(BLOB_OBJS) $(PORT_OBJS) $(GLUE_OBJS) $(EFI_ELF_OBJS) | setup ## names, cppcheck, clang-tidy, house, documents; quiet = pass
	@tests/house.py --tools $(CROSS_COMPILE) --objects $(A)/obj \
		--archive $(LIB_OBJS) --program $(BLOB_OBJS) \
		--program $(PORT_OBJS) $(GLUE_OBJS) \
		--program $(EFI_ELF_OBJS) $(GLUE_OBJS)
	@tests/lint.py $(if $(QUICK),--quick) $(sort $(filter %.c,$(LIB) $(TRANS) $(FDT) $(ACPI) $(KEXEC) $(HIBERNATE) $(PORT_SOURCES) $(EFI_PORT) $(GUNZIP) \
		$(UNLZO) $(UNLZ4) $(BLOB) \
		$(ARM_ONLY) $(FAKES) $(wildcard examples/*/*.c))) -- --target=aarch64-linux-gnu \
		-std=gnu11 -ffreestanding -fshort-wchar -mgeneral-regs-only $(INCLUDE)
	@tests/lint.py $(if $(QUICK),--quick) $(TOOL) -- -std=gnu11 $(INCLUDE)
	@tests/docs.py

.PHONY: portable
portable: $(A)/blob.bin | setup ## headers alone in C and C++, the library for PE/COFF; quiet = pass
	@tests/portable.py $(LIB) $(TRANS) $(ARM_ONLY) $(ACPI) $(KEXEC) $(HIBERNATE) \
		$(HIBERNATE_ARM) -- $(INCLUDE) -Wa,-I$(A)

.PHONY: pictures
pictures: ## the pictures of docs/, from their text
	@docs/pictures/draw.py
