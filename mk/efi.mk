# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
#
# The EFI application. clang and lld make PE files as they are, with sections,
# relocations and EFI's own calling convention: no start-up code that relocates
# itself, no conversion, and what signs or loads PE files finds an ordinary one.
# Only the control blob is ELF, made flat, and included as bytes.

E := $(B)/efi
EFI_PORT := $(wildcard ports/efi/*.c)
EFI_LIB := $(LIB) $(TRANS) $(ARM_ONLY) $(FDT) $(ACPI) $(KEXEC) \
	$(filter-out hibernate/snapshot/%,$(HIBERNATE))
EFI_GLUE := $(GUNZIP) $(UNLZO) $(UNLZ4) ports/libfdt/string.c ports/qemu-virt/mem.c
efi_objs = $(patsubst %,$(E)/obj/%.o,$(basename $(1)))
EFI_OBJS := $(call efi_objs,$(EFI_PORT) $(EFI_LIB) $(EFI_GLUE)) \
	$(patsubst $(LIBFDT_DIR)/%.c,$(E)/obj/libfdt/%.o,$(TRANS_TABLE_LIBFDT)) \
	$(patsubst $(ZLIB_DIR)/%.c,$(E)/obj/zlib/%.o,$(TRANS_TABLE_ZLIB)) \
	$(E)/obj/lzo/minilzo.o $(E)/obj/lz4/lz4.o

# Stack probes are for systems that grow stacks by faults. FP registers are
# free to use, but nothing here needs them.
EFI_FLAGS := -target aarch64-unknown-windows -std=gnu11 -Oz -ffreestanding \
	-fshort-wchar -fno-common -ffunction-sections -fdata-sections \
	-mgeneral-regs-only -ffixed-x18 -mno-outline-atomics -fno-builtin \
	-fno-stack-protector -mno-stack-arg-probe -fno-asynchronous-unwind-tables \
	-flto -Wa,-I$(A)
# Enums are int there, so signs differ (tests/portable.py).
EFI_WARN := -Wall -Wextra -Wconversion -Wshadow -Werror -Wno-sign-conversion \
	-Wno-sign-compare

$(E)/obj/%: COMPILE = clang $(EFI_FLAGS)
$(E)/obj/%: SAYS = CC
$(E)/obj/%: FLAGS = $(EFI_WARN)
$(E)/obj/libfdt/%: FLAGS = $(TRANS_TABLE_LIBFDT_FLAGS)
$(E)/obj/zlib/%: FLAGS = $(TRANS_TABLE_ZLIB_FLAGS)
$(E)/obj/ports/qemu-virt/%: FLAGS = $(EFI_WARN) -fno-lto
# What is computed over all of a file.
$(E)/obj/lib/sha256.o: FLAGS = $(EFI_WARN) -O2
$(E)/obj/lzo/%: FLAGS = $(TRANS_TABLE_LZO_FLAGS)
$(E)/obj/lz4/%: FLAGS = $(TRANS_TABLE_LZ4_FLAGS)

$(eval $(call objects,$(E)/obj,,c))
$(eval $(call objects,$(E)/obj,,S))
$(foreach o,$(OTHERS),$(eval $(call objects,$(E)/obj/$(o),$(B)/$(o)/,c)))

$(EFI_OBJS): mk/efi.mk
$(E)/obj/trans/transition/blob_image.o: $(A)/blob.bin

# As ELF too, by the other compiler: for warnings, and for tests/house.py, whose
# tools know no PE objects.
EFI_ELF_OBJS := $(call arm_objs,$(EFI_PORT))
$(EFI_ELF_OBJS): FLAGS = $(WARN) -fshort-wchar

$(E)/transtable.efi: $(EFI_OBJS) mk/efi.mk
	$(call say,LD)
	$(Q)lld-link /nologo /machine:arm64 /subsystem:efi_application \
		/entry:efi_main /nodefaultlib /dynamicbase /base:0 \
		/filealign:512 /opt:ref /opt:icf /Brepro /WX \
		$(EFI_OBJS) /out:$@

.PHONY: efi-setup efi efi-lab efi-matrix demo-efi
efi-setup: | setup
	@tests/lab/setup --with lld

# Behind the set-up, since lld comes with it.
efi: | efi-setup $(FETCHED) ## transtable.efi: resume and kexec on machines with UEFI firmware
	@$(MAKE) --no-print-directory $(E)/transtable.efi
	@tests/gates.py efi $(E)/transtable.efi

# EDK2, tools for a FAT file system without being root, and a signer.
efi-lab: | setup
	@tests/lab/setup --with qemu-efi-aarch64 mtools sbsigntool openssl

efi-matrix: efi payload | efi-lab ## cases in EDK2 only (RUN='--only PATTERN --verbose')
	@tests/efi/run_efi.py $(RUN)

demo-efi: efi payload | efi-lab ## EDK2 in QEMU: a hibernated Debian kernel comes back, beside its own way
	@tests/efi/demo_efi.py
