# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
#
# libfdt for a host that has none: what of its sources is compiled, and how.
# Overlays are left out, which no front-end applies.
#
#	LIBFDT_DIR := where libfdt's sources are (dtc, libfdt/)
#	include .../ports/libfdt/port.mk
#
# Beside your own flags for the library, and -I for its headers.

TRANS_TABLE_LIBFDT_PORT := $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))
TRANS_TABLE_LIBFDT := $(addprefix $(LIBFDT_DIR)/fdt,.c _addresses.c _check.c \
	_empty_tree.c _ro.c _rw.c _strerror.c _sw.c _wip.c)
# String functions, weak, and <libfdt_env.h>, which must be found first.
TRANS_TABLE_LIBFDT_GLUE := $(TRANS_TABLE_LIBFDT_PORT)/string.c
TRANS_TABLE_LIBFDT_INCLUDE := -isystem $(TRANS_TABLE_LIBFDT_PORT) \
	-isystem $(LIBFDT_DIR)
# 1.6.1 relies on signed overflow in fdt_next_tag.
TRANS_TABLE_LIBFDT_FLAGS := -w -fwrapv
