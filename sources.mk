# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
#
# The source list, for any Makefile that builds the library as its own:
#
#	include path/to/trans_table/sources.mk
#
# gives lists of files relative to the directory of this one, which is
# TRANS_TABLE_DIR. The project's own Makefile and ports/u-boot/Makefile are made
# from it, so it cannot rot. docs/porting.md says which flags they want.

TRANS_TABLE_DIR := $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))
trans_table_list = $(patsubst $(TRANS_TABLE_DIR)/%,%,$(sort \
	$(foreach glob,$(1),$(wildcard $(TRANS_TABLE_DIR)/$(glob)))))

# Range sets, pool, moves, tables, transition: any compiler, any host.
TRANS_TABLE_LIB := $(call trans_table_list,lib/*.c lib/machine/*.c)
TRANS_TABLE_TRANS := $(call trans_table_list,trans/table/*.c \
	trans/table/extra/*.c trans/transition/*.c)
TRANS_TABLE_CORE := $(TRANS_TABLE_LIB) $(TRANS_TABLE_TRANS)
# The tables alone, of both: no transition, no register is read, no range sets
# (trans_table_disjoint wants some). They take nothing from outside but the four
# functions of env.h, and run on any CPU.
TRANS_TABLE_TABLES := $(filter-out trans/table/extra/disjoint.c,$(call \
	trans_table_list,trans/table/*.c trans/table/extra/*.c)) \
	lib/cpu_formats.c lib/errors.c lib/fail.c lib/text.c
# What of it runs on hardware only; its fakes (for hosted tests) instead of it.
TRANS_TABLE_CORE_ARM := $(call trans_table_list,lib/machine/arch/aarch64/*.c \
	lib/machine/arch/aarch64/*.S trans/transition/*.S)
TRANS_TABLE_FAKES := $(call trans_table_list,lib/machine/arch/fake/*.c \
	trans/transition/fake/*.c hibernate/snapshot/fake/*.c)
# What a device tree says of the machine (machine.h): for a host that has one,
# and libfdt.
TRANS_TABLE_FDT := $(call trans_table_list,lib/machine/fdt/*.c)
# The same by ACPI's tables (acpi.h), for a host that has those.
TRANS_TABLE_ACPI := $(call trans_table_list,lib/machine/acpi/*.c)
# The front-ends. kexec wants libfdt.
TRANS_TABLE_KEXEC := $(call trans_table_list,kexec/*.c)
TRANS_TABLE_HIBERNATE := $(call trans_table_list,hibernate/*/*.c)
TRANS_TABLE_HIBERNATE_ARM := $(call trans_table_list,hibernate/*/*.S)

# The control blob: compiled -fpie without stack protector, linked alone with
# these words and -T trans/transition/blob/blob.ld, made flat (objcopy -O
# binary) as blob.bin, which trans/transition/blob_image.S includes.
# lib/sha256.c is in it a second time: the blob refers to nothing outside.
# --fix-cortex-a53-843419 (GNU ld and lld): an ADRP in the last two words of a
# 4 KiB page may give early Cortex-A53 a wrong address (Arm EPM048406).
TRANS_TABLE_BLOB := $(call trans_table_list,trans/transition/blob/*.c \
	trans/transition/blob/*.S) lib/sha256.c
TRANS_TABLE_BLOB_LINK := -nostdlib -static -pie --no-dynamic-linker -z text \
	-z noexecstack -z max-page-size=4096 --build-id=none --gc-sections \
	--no-warn-rwx-segments --fatal-warnings --no-undefined \
	--fix-cortex-a53-843419
