# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
#
# miniLZO for hibernation images: what is compiled, and how. LZO and the glue
# that is compiled against it are GPL: keep them in an archive of their own.
#
#	LZO_DIR := where minilzo.c is
#	include .../ports/lzo/port.mk
#
# Beside your own flags for the library, and -I for its headers; but without
# -mstrict-align if it runs with the MMU on: unaligned accesses are its way.

TRANS_TABLE_LZO_PORT := $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))
TRANS_TABLE_LZO := $(LZO_DIR)/minilzo.c
TRANS_TABLE_LZO_GLUE := $(TRANS_TABLE_LZO_PORT)/unlzo.c
TRANS_TABLE_LZO_INCLUDE := -isystem $(LZO_DIR)
# Unpacking is what a resume spends its time with.
TRANS_TABLE_LZO_FLAGS := -w -O2 -DLZO_CFG_FREESTANDING
