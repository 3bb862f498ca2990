# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
#
# zlib's inflate for kernels in gzip: what of zlib's sources is compiled, and
# how. Z_SOLO takes nothing from a C library.
#
#	ZLIB_DIR := where zlib's sources are
#	include .../ports/zlib/port.mk
#
# Beside your own flags for the library, and -I for its headers.

TRANS_TABLE_ZLIB_PORT := $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))
TRANS_TABLE_ZLIB := $(addprefix $(ZLIB_DIR)/,adler32.c crc32.c inffast.c \
	inflate.c inftrees.c zutil.c)
TRANS_TABLE_ZLIB_GLUE := $(TRANS_TABLE_ZLIB_PORT)/gunzip.c
# For the glue too.
TRANS_TABLE_ZLIB_INCLUDE := -isystem $(ZLIB_DIR) -DZ_SOLO
TRANS_TABLE_ZLIB_FLAGS := -w
