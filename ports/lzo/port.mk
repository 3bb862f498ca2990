# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
#
# miniLZO for hibernation images: what is compiled, and how. LZO and the glue
# that is compiled against it are GPL: keep them in an archive of their own.
#
#	LZO_DIR := where minilzo.c is
#	include .../ports/lzo/port.mk
#	$(TRANS_TABLE_LZO): $(TRANS_TABLE_LZO_PATCH)
#		patch -s -o $@ $(LZO_DIR)/minilzo.c $<
#
# Beside your own flags for the library, and -I for its headers and for its
# folder; but without -mstrict-align if it runs with the MMU on: unaligned
# accesses are its way. (minilzo.c itself does the same, and takes longer.)

TRANS_TABLE_LZO_PORT := $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))
TRANS_TABLE_LZO := $(LZO_DIR)/patched.c
TRANS_TABLE_LZO_PATCH := $(TRANS_TABLE_LZO_PORT)/quick.patch
TRANS_TABLE_LZO_GLUE := $(addprefix $(TRANS_TABLE_LZO_PORT)/,unlzo.c quick.c)
TRANS_TABLE_LZO_INCLUDE := -isystem $(LZO_DIR)
# Unpacking is what a resume spends its time with; quick.c too wants these.
TRANS_TABLE_LZO_FLAGS := -w -O2 -DLZO_CFG_FREESTANDING \
	-I$(TRANS_TABLE_LZO_PORT)
