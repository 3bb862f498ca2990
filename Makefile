# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
#
# The only entry point; mk/*.mk have the rules, in the order of `make help`.
# Everything generated goes under build/, and every target sets the machine up
# by itself (tests/lab/setup) before it needs a tool; all but those that are
# ALONE, which take a shell, coreutils, make, a compiler with its binutils, and
# libfdt's headers.
#
# One pass builds with one compiler: TOOLCHAIN=gcc (default) or clang. The
# clang pass has its own directories, so that both can stand side by side.

CROSS_COMPILE ?= aarch64-linux-gnu-
TOOLCHAIN ?= gcc

# What `make demo` boots, and what `make matrix` adds to tests/qemu/run.py.
EL ?= 1
CPU ?= cortex-a57
GIC ?= 2
RAM ?= 512M
MAP ?= sparse
RUN ?=

# One short line a command; V=1 shows the commands themselves.
ifeq ($(V),)
Q := @
say = @printf '  %-7s %s\n' '$(1)' '$@'
endif

# Not a byte outside build/.
export PYTHONDONTWRITEBYTECODE := 1

.SUFFIXES:
.DELETE_ON_ERROR:
.SECONDARY:

ALONE := lib install uninstall clean distclean help
.DEFAULT_GOAL := $(if $(shell command -v apt-get 2>/dev/null),all,lib)
ifneq ($(filter-out $(ALONE),$(or $(MAKECMDGOALS),$(.DEFAULT_GOAL))),)
WITH_SETUP := y
endif

.PHONY: all lib build
all: build core-symbols tables-gate stack-gate single-gate blob-gate caches-gate erratum-gate licence-gate ## cross build and its gates: library, blob and port (the default)

include mk/toolchain.mk mk/lists.mk mk/compile.mk mk/arm64.mk mk/host.mk mk/tools.mk \
	mk/efi.mk mk/gates.mk mk/bench.mk mk/single.mk mk/fetch.mk mk/run.mk mk/uboot.mk mk/hazard.mk mk/proofs.mk mk/linux.mk \
	mk/docs.mk mk/install.mk mk/clean.mk

# Not by find: see ALONE.
-include $(wildcard $(foreach d,/ /*/ /*/*/ /*/*/*/ /*/*/*/*/ /*/*/*/*/*/,\
	$(addsuffix $(d)*.d,$(A)/obj $(A)/single $(E)/obj $(H)/obj $(N) $(S) $(T)/obj $(T64)/obj)))
