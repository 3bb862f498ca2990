# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
#
# The cross build: archives, the control blob, the reference port, the oracle.

CORE_OBJS := $(call arm_objs,$(LIB) $(TRANS) $(ARM_ONLY))
LIB_OBJS := $(CORE_OBJS) $(call arm_objs,$(FDT) $(ACPI) $(KEXEC) $(HIBERNATE) $(HIBERNATE_ARM))
LIB_ARCHIVES := $(A)/libtrans_table.a $(A)/libtrans_core.a

ifndef WITH_SETUP
lib: $(LIB_ARCHIVES) ## the archives alone: no set-up, nothing fetched (LIBFDT=dir CROSS_COMPILE=); default without apt-get

$(call arm_objs,$(FDT) $(KEXEC)): | libfdt-found

.PHONY: libfdt-found
libfdt-found:
	@echo '#include <libfdt.h>' | $(CROSS_CC) $(ARM_FLAGS) $(INCLUDE) -E -x c - \
		>/dev/null || { echo 'libfdt.h: kexec/ and lib/machine/fdt/ need it; name its' \
		'directory: LIBFDT=dir' >&2; exit 1; }
else
lib: $(LIB_ARCHIVES)
endif

$(A)/libtrans_core.a: $(CORE_OBJS)
$(A)/libtrans_table.a: $(LIB_OBJS)
$(A)/libfdt.a: $(call fdt_objs,$(A)) $(A)/obj/ports/libfdt/string.o
$(A)/libgunzip.a: $(call arm_objs,$(GUNZIP)) $(call zlib_objs,$(A))
$(A)/libunlzo.a: $(call arm_objs,$(UNLZO)) $(A)/obj/lzo/patched.o
$(A)/libunlz4.a: $(call arm_objs,$(UNLZ4)) $(A)/obj/lz4/lz4.o

# ---- the control blob: linked alone, embedded as bytes ---------------------

BLOB_OBJS := $(call arm_objs,$(BLOB))

$(A)/blob.elf: trans/transition/blob/blob.ld $(BLOB_OBJS)
	$(call say,LD)
	$(Q)$(LD) $(TRANS_TABLE_BLOB_LINK) -T $< $(BLOB_OBJS) -o $@

$(A)/%.bin: $(A)/%.elf
	$(call say,OBJCOPY)
	$(Q)$(OBJCOPY) -O binary $< $@

$(filter %/blob_image.o,$(CORE_OBJS)): $(A)/blob.bin

# ---- the reference port ----------------------------------------------------

# A position-independent flat image that never asks for a dynamic linker.
PIE_LINK := $(TRANS_TABLE_BLOB_LINK)

PORT_OBJS := $(call arm_objs,$(PORT_SOURCES))
GLUE_OBJS := $(call arm_objs,$(GUNZIP) $(UNLZO) $(UNLZ4))
PORT_LIBS := $(addprefix $(A)/lib,trans_table.a fdt.a gunzip.a unlzo.a \
	unlz4.a)

$(A)/port.elf: ports/qemu-virt/port.ld $(PORT_OBJS) $(PORT_LIBS)
	$(call say,LD)
	$(Q)$(LD) $(PIE_LINK) -T $< $(PORT_OBJS) \
		--start-group $(PORT_LIBS) --end-group -o $@

# ---- the oracle: the tables against QEMU's own walker ----------------------

ORACLE_OBJS := $(call arm_objs,$(ORACLE) ports/qemu-virt/mem.c \
	ports/qemu-virt/print.c)

$(A)/oracle.elf: tests/oracle/oracle.ld $(ORACLE_OBJS) $(A)/libtrans_core.a
	$(call say,LD)
	$(Q)$(LD) -nostdlib -static -z max-page-size=4096 --build-id=none \
		--gc-sections --no-warn-rwx-segments --fatal-warnings \
		-T $< $(ORACLE_OBJS) $(A)/libtrans_core.a -o $@

# ---- programs to copy -------------------------------------------------------

# By their own Makefiles, as whoever copies them has it.
.PHONY: examples
examples: $(addprefix $(A)/lib,trans_table.a fdt.a unlzo.a unlz4.a) ## the programs of examples/: build/arm64/examples/
	$(Q)for dir in examples/*/; do $(MAKE) -s --no-print-directory -C $$dir \
		CROSS_COMPILE=$(CROSS_COMPILE) BUILT=$(CURDIR)/$(A) || exit; done

build: ## cross build without the gates
build: $(LIB_ARCHIVES) $(A)/oracle.elf \
	$(if $(PORT_SOURCES),$(A)/port.bin)
