# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
#
# Which source belongs to what.

# Hardware code (aarch64, *.S, the blob) has fakes on the host; the rest is the
# same source for both.
include sources.mk
LIB := $(TRANS_TABLE_LIB)
TRANS := $(TRANS_TABLE_TRANS)
KEXEC := $(TRANS_TABLE_KEXEC)
FDT := $(TRANS_TABLE_FDT)
ACPI := $(TRANS_TABLE_ACPI)
HIBERNATE := $(TRANS_TABLE_HIBERNATE)
HIBERNATE_ARM := $(TRANS_TABLE_HIBERNATE_ARM)
PORT_SOURCES := $(wildcard ports/qemu-virt/*.c ports/qemu-virt/*.S)
ORACLE := $(wildcard tests/oracle/*.c tests/oracle/*.S)
BLOB := $(TRANS_TABLE_BLOB)
ARM_ONLY := $(TRANS_TABLE_CORE_ARM)
FAKES := $(TRANS_TABLE_FAKES)
# Tests lie in the folders of what they test.
UNIT := $(wildcard $(foreach d,/ /*/ /*/*/ /*/*/*/,tests/unit$(d)test_*.c))
TOOL := $(wildcard tools/trans/*.c)
UNIT_SHARED := $(wildcard tests/unit/support/*.c)

# What the reference port and the tests take from others, from Debian's sources:
# libfdt, and decompressors for the callbacks. LZO is GPL: its archive is apart
# from everything that need not be.
OTHERS := libfdt zlib lzo lz4
LIBFDT_DIR := $(B)/libfdt
ZLIB_DIR := $(B)/zlib
LZO_DIR := $(B)/lzo
LZ4_DIR := $(B)/lz4
include $(OTHERS:%=ports/%/port.mk)
GUNZIP := $(TRANS_TABLE_ZLIB_GLUE)
UNLZO := $(TRANS_TABLE_LZO_GLUE)
UNLZ4 := $(TRANS_TABLE_LZ4_GLUE)
LIBRARIES := $(OTHERS:%=$(B)/stamp/%)

# What comes before anything is compiled.
FETCHED := $(if $(WITH_SETUP),setup $(LIBRARIES))

# LIBFDT=dir: where libfdt.h is, if the compiler does not find it by itself.
LIBFDT ?= $(if $(wildcard $(LIBFDT_DIR)/libfdt.h),$(LIBFDT_DIR))

arm_objs = $(patsubst %,$(A)/obj/%.o,$(basename $(1)))
host_objs = $(patsubst %,$(H)/obj/%.o,$(basename $(1)))
fdt_objs = $(patsubst $(LIBFDT_DIR)/%.c,$(1)/obj/libfdt/%.o,$(TRANS_TABLE_LIBFDT))
zlib_objs = $(patsubst $(ZLIB_DIR)/%.c,$(1)/obj/zlib/%.o,$(TRANS_TABLE_ZLIB))
