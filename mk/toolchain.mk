# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
#
# Where what goes, and with which compiler.

B := build
N := $(B)/bench
T := $(B)/tools
T64 := $(B)/tools-arm64
A := $(B)/arm64
UNALIGNED := -mno-strict-align
ifeq ($(TOOLCHAIN),gcc)
H := $(B)/host
CROSS_CC := $(CROSS_COMPILE)gcc
HOST_CC := gcc
else ifeq ($(TOOLCHAIN),clang)
A := $(B)/arm64-clang
H := $(B)/host-clang
UNALIGNED := -munaligned-access
CROSS_CC := clang --target=aarch64-linux-gnu
HOST_CC := clang
else ifeq ($(TOOLCHAIN),fuzz)
H := $(B)/host-fuzz
HOST_CC := clang
else ifeq ($(TOOLCHAIN),coverage)
H := $(B)/host-coverage
HOST_CC := clang
else ifeq ($(TOOLCHAIN),threads)
H := $(B)/host-threads
HOST_CC := clang
else
$(error TOOLCHAIN is gcc or clang, not "$(TOOLCHAIN)")
endif
LD := $(CROSS_COMPILE)ld
CROSS_AR := $(CROSS_COMPILE)ar
OBJCOPY := $(CROSS_COMPILE)objcopy
