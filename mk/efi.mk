# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
#
# The EFI application: an ELF file of ld.lld's, laid out by efi.ld, of which
# pe.py makes an ordinary PE file for whoever signs and loads it. No start-up
# code that relocates itself. (clang makes PE files as they are too, of the same
# sources, but 15 KiB larger: see pe.py.)

E := $(B)/efi
EFI_PORT := $(wildcard ports/efi/*.c)
EFI_LIB := $(LIB) $(TRANS) $(ARM_ONLY) $(FDT) $(ACPI) $(KEXEC) \
	$(filter-out hibernate/snapshot/%,$(HIBERNATE))
EFI_GLUE := $(GUNZIP) ports/zlib/checks.c $(UNLZO) $(UNLZ4) \
	ports/libfdt/string.c ports/qemu-virt/mem.c
efi_objs = $(patsubst %,$(E)/obj/%.o,$(basename $(1)))
EFI_OBJS := $(call efi_objs,$(EFI_PORT) $(EFI_LIB) $(EFI_GLUE)) \
	$(patsubst $(LIBFDT_DIR)/%.c,$(E)/obj/libfdt/%.o,$(TRANS_TABLE_LIBFDT)) \
	$(patsubst $(ZLIB_DIR)/%.c,$(E)/obj/zlib/%.o,$(filter-out \
		%/adler32.c %/crc32.c,$(TRANS_TABLE_ZLIB))) \
	$(E)/obj/lzo/patched.o $(E)/obj/lz4/lz4.o

# Small before fast: all of it is linked as one (-flto), addresses are within
# 1 MiB (tiny), functions have their beginnings and ends in common, and this
# host has no linear map to copy. FP registers are free to use, but nothing here
# needs them. EFI's characters have 16 bits.
EFI_FLAGS := -target aarch64-none-elf -std=gnu11 -Oz -ffreestanding \
	-fshort-wchar -fno-common -ffunction-sections -fdata-sections \
	-mgeneral-regs-only -ffixed-x18 -mno-outline-atomics -fno-builtin \
	-fno-stack-protector -fno-asynchronous-unwind-tables -mno-red-zone \
	-fvisibility=hidden -fno-pie -mcmodel=tiny -fomit-frame-pointer \
	-fmerge-all-constants -flto -Wa,-I$(A) -DTRANS_ASSUME_SPARSE=1 \
	-DTRANS_ASSUME_NO_SIDECAR=1 -DTRANS_ASSUME_NO_ELF=1 \
	-DTRANS_ASSUME_NO_ORDER=1 -DTRANS_ASSUME_NO_WORKERS=1
# clang's -Wconversion says signs, too.
EFI_WARN := -Wall -Wextra -Wconversion -Wshadow -Werror -Wno-sign-conversion
EFI_LINK := -pie --no-dynamic-linker -z text -z max-page-size=4096 -z norelro \
	--gc-sections --icf=all -O2 -mllvm -homogeneous-prolog-epilog \
	-mllvm -disable-lsr -mllvm -machine-outliner-reruns=4 \
	-mllvm -enable-merge-functions -mllvm -inline-threshold=-15 \
	--orphan-handling=error --fatal-warnings -T ports/efi/efi.ld

$(E)/obj/%: COMPILE = clang $(EFI_FLAGS)
$(E)/obj/%: SAYS = CC
$(E)/obj/%: FLAGS = $(EFI_WARN)
$(E)/obj/libfdt/%: FLAGS = $(TRANS_TABLE_LIBFDT_FLAGS)
$(E)/obj/zlib/%: FLAGS = $(TRANS_TABLE_ZLIB_FLAGS) -DBUILDFIXED
$(E)/obj/ports/qemu-virt/%: FLAGS = $(EFI_WARN) -fno-lto
# What is computed over all of a file, or of an image. (What is linked as one is
# inlined nowhere.)
$(E)/obj/lib/sha256.o: FLAGS = $(EFI_WARN) -O2
$(addprefix $(E)/obj/,ports/lzo/quick.o hibernate/swsusp/crc32.o \
	hibernate/resume/pages.o hibernate/resume/place.o): \
	FLAGS = $(EFI_WARN) -O2 -fno-lto
$(E)/obj/lzo/%: FLAGS = $(TRANS_TABLE_LZO_FLAGS)
$(E)/obj/lz4/%: FLAGS = $(TRANS_TABLE_LZ4_FLAGS)

$(eval $(call objects,$(E)/obj,,c))
$(eval $(call objects,$(E)/obj,,S))
$(foreach o,$(OTHERS),$(eval $(call objects,$(E)/obj/$(o),$(B)/$(o)/,c)))

$(EFI_OBJS): mk/efi.mk
$(E)/obj/trans/transition/blob_image.o: $(A)/blob.bin

# By the other compiler too: for its warnings, and for tests/house.py, whose
# tools know no LTO objects.
EFI_ELF_OBJS := $(call arm_objs,$(EFI_PORT))
$(EFI_ELF_OBJS): FLAGS = $(WARN) -fshort-wchar

$(E)/transtable.elf: $(EFI_OBJS) ports/efi/efi.ld mk/efi.mk
	$(call say,LD)
	$(Q)ld.lld $(EFI_LINK) $(EFI_OBJS) -o $@

# What it is measured against, and with; who looks what went into PCRs, and how
# a disk is read; and who waits while something is broken.
METER_LIB := $(call efi_objs,$(addprefix ports/efi/,firmware.c handles.c \
		path.c next.c print.c) ports/qemu-virt/mem.c tests/efi/subject.c)
METER := $(addprefix $(E)/,meter.elf plain.elf witness.elf pause.elf reads.elf)
$(METER): $(E)/%.elf: $(E)/obj/tests/efi/%.o $(METER_LIB) ports/efi/efi.ld \
		mk/efi.mk
	$(call say,LD)
	$(Q)ld.lld $(EFI_LINK) $(filter %.o,$^) -o $@

$(E)/transtable.efi: PACK = --pack
$(E)/%.efi: $(E)/%.elf $(addprefix ports/efi/,pe.py pack.py)
	$(call say,PE)
	$(Q)ports/efi/pe.py $(PACK) $< $@

.PHONY: efi-setup efi efi-lab efi-matrix efi-walk demo-efi
efi-setup: | setup
	@tests/lab/setup --with lld

# Behind the set-up, since lld comes with it.
efi: | efi-setup $(FETCHED) ## transtable.efi: resume and kexec on machines with UEFI firmware
	@$(MAKE) --no-print-directory $(E)/transtable.efi
	@tests/gates.py efi $(E)/transtable.efi

# EDK2, U-Boot as Debian builds it, tools for a FAT file system without being
# root, a signer, and a TPM.
efi-lab: | efi-setup $(FETCHED)
	@tests/lab/setup --with qemu-efi-aarch64 u-boot-qemu mtools \
		sbsigntool openssl swtpm
	@$(MAKE) --no-print-directory $(METER:.elf=.efi)

efi-matrix: efi payload | efi-lab ## cases in EDK2 only (RUN='--only PATTERN --verbose')
	@tests/efi/run_efi.py $(RUN)

efi-walk: efi | efi-lab ## a whole Debian installs the application by docs/efi.md, sleeps and wakes
	@tests/efi/run_efi.py --only debian --verbose

demo-efi: efi payload | efi-lab ## EDK2 in QEMU: a hibernated Debian kernel comes back, beside its own way
	@tests/efi/demo_efi.py
