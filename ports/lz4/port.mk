# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
#
# LZ4's block format for hibernation images: what is compiled, and how.
#
#	LZ4_DIR := where lz4.c is (lz4, lib/)
#	include .../ports/lz4/port.mk
#
# Beside your own flags for the library, and -I for its headers; but without
# -mstrict-align if it runs with the MMU on: unaligned accesses are its way.

TRANS_TABLE_LZ4_PORT := $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))
TRANS_TABLE_LZ4 := $(LZ4_DIR)/lz4.c
TRANS_TABLE_LZ4_GLUE := $(TRANS_TABLE_LZ4_PORT)/unlz4.c
TRANS_TABLE_LZ4_INCLUDE := -isystem $(LZ4_DIR)
# Unpacking is what a resume spends its time with.
TRANS_TABLE_LZ4_FLAGS := -w -O2 -include $(TRANS_TABLE_LZ4_PORT)/config.h
