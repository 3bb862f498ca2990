# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
#
# The library, $(TT), as objects of the directory whose Makefile includes this,
# and the flags for it and for what calls it.

include $(TT)/sources.mk

ccflags-y += -I$(TT_GLUE)/include -I$(TT)/include -I$(TT) \
	'-DTRANS_ENV_HEADER=<u-boot-env.h>'
asflags-y += -I$(TT)

# For size: many a small function has more callers than it is worth.
ccflags-y += -fomit-frame-pointer -fno-inline-small-functions
# What U-Boot has none of, or was not asked for, the library leaves out. A
# saved kernel may have pages of any size, and may be entered with its MMU on;
# any other has neither.
ccflags-y += $(addprefix -DTRANS_ASSUME_,SPARSE=1 EXACT=1 NO_EARLY=1 NO_SNAPSHOT=1)
# Of a transition's tables those flags; U-Boot's own are looked at only.
ccflags-y += '-DTRANS_ASSUME_FLAGS=(TRANS_KEEP|TRANS_REPLACE)'
tt-without = $(if $(CONFIG_CMD_TRANS_$(1)),,$(addprefix -DTRANS_ASSUME_,$(2)))
ccflags-y += $(call tt-without,ELF,NO_ELF=1)
ccflags-y += $(call tt-without,PACKED,NO_PACKED=1)
ccflags-y += $(call tt-without,VERIFY,NO_DIGESTS=1)
ccflags-y += $(call tt-without,WORDS,NO_WORDS=1)
ccflags-y += $(call tt-without,RESUME,GRANULE=TRANS_4K WIDE=0)
ccflags-y += $(call tt-without,RESUME_VIRTUAL,PHYSICAL=1)
ccflags-y += $(call tt-without,RESUME_CRC32,CRC32=port_crc32)
ccflags-y += $(call tt-without,RESUME_WORKERS,NO_WORKERS=1)
ccflags-y += $(call tt-without,RESUME_ASK,UNASKED=1)
ccflags-y += $(call tt-without,RESUME_EFI,NO_EFI=1)
# U-Boot's own SHA-256, where it is that (verify.c).
ifdef CONFIG_SHA256
ifndef CONFIG_MBEDTLS_LIB_CRYPTO
ccflags-y += -DTRANS_ASSUME_SHA256=port_sha256_blocks
endif
endif

TT_MACHINE ?= $(TRANS_TABLE_CORE_ARM)
lib-objs := $(patsubst %,tt/%.o,$(basename $(TRANS_TABLE_CORE) \
	$(TT_MACHINE) $(TRANS_TABLE_FDT) $(TRANS_TABLE_KEXEC)))
resume-objs-$(CONFIG_CMD_TRANS_RESUME) := $(patsubst %,tt/%.o,$(basename \
	$(filter-out hibernate/snapshot/%,$(TRANS_TABLE_HIBERNATE))))
blob-objs := $(patsubst %,blob/%.o,$(basename $(TRANS_TABLE_BLOB)))

obj-y += $(lib-objs) $(resume-objs-y)

$(obj)/tt/%.o: $(TT)/%.c FORCE
	$(call if_changed_rule,cc_o_c)
$(obj)/tt/%.o: $(TT)/%.S FORCE
	$(call if_changed_dep,as_o_S)
$(obj)/blob/%.o: $(TT)/%.c FORCE
	$(call if_changed_rule,cc_o_c)
$(obj)/blob/%.o: $(TT)/%.S FORCE
	$(call if_changed_dep,as_o_S)

# The control blob is linked alone and runs wherever a safe page was found: no
# relocation, and nothing of U-Boot's that checks stacks or counts calls.
$(addprefix $(obj)/,$(blob-objs)): ccflags-y += -fpie -fno-stack-protector \
	-fno-lto -UTRANS_ASSUME_SHA256
targets += $(blob-objs) blob.elf blob.bin

quiet_cmd_trans_blob = LD      $@
      cmd_trans_blob = $(LD) $(TRANS_TABLE_BLOB_LINK) \
		-T $(TT)/trans/transition/blob/blob.ld $(filter %.o,$^) -o $@
$(obj)/blob.elf: $(addprefix $(obj)/,$(blob-objs)) $(TT)/trans/transition/blob/blob.ld FORCE
	$(call if_changed,trans_blob)

quiet_cmd_trans_flat = OBJCOPY $@
      cmd_trans_flat = $(OBJCOPY) -O binary $< $@
$(obj)/blob.bin: $(obj)/blob.elf FORCE
	$(call if_changed,trans_flat)

$(obj)/tt/trans/transition/blob_image.o: asflags-y += -Wa,-I$(obj)
$(obj)/tt/trans/transition/blob_image.o: $(obj)/blob.bin
