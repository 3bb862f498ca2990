# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
#
# How anything is compiled: flags, and one recipe.

WARN := -Wall -Wextra -Wconversion -Wshadow -Werror
ifdef WITH_SETUP
INCLUDE := -Iinclude -I. $(foreach o,LIBFDT ZLIB LZO LZ4,$(TRANS_TABLE_$(o)_INCLUDE))
else
INCLUDE := -Iinclude -I. -isystem $(TRANS_TABLE_LIBFDT_PORT) $(LIBFDT:%=-isystem %)
endif
COMMON := -std=gnu11 -g -fno-common -ffunction-sections -fdata-sections

# x18 belongs to the host (a shadow call stack, a per-CPU pointer), FP and SIMD
# registers too; with the MMU off every access is to Device memory and must be
# aligned; outline atomics would call into libgcc.
ARM_FLAGS := $(COMMON) -Os -ffreestanding -fpie -mgeneral-regs-only \
	-mstrict-align -ffixed-x18 -mno-outline-atomics -fno-stack-protector \
	-fno-asynchronous-unwind-tables -fno-unwind-tables -Wa,-I$(A)
# Of debugging what a sanitizer tells, which is lines: all of it (-g) takes a
# fifth of the compilers' time.
HOST_FLAGS := $(COMMON) -g1 -O1 -fno-omit-frame-pointer \
	-fsanitize=address,undefined -fno-sanitize-recover=all
# Host only: the clang build instrumented for libFuzzer, one for llvm-cov, and
# one for what threads do to each other.
ifeq ($(TOOLCHAIN),fuzz)
HOST_FLAGS += -O2 -fsanitize=fuzzer-no-link
else ifeq ($(TOOLCHAIN),coverage)
HOST_FLAGS := $(COMMON) -O0 -fprofile-instr-generate -fcoverage-mapping
else ifeq ($(TOOLCHAIN),threads)
HOST_FLAGS := $(COMMON) -O1 -fno-omit-frame-pointer -fsanitize=thread
endif
# Benchmarks by gcc, whatever TOOLCHAIN is: ratios of one compiler. No
# sanitizer, as a port would build it.
BENCH_FLAGS := $(COMMON) -O2

# A program of ours, as its users get it.
TOOL_FLAGS := $(COMMON) -O2

# What compiles a directory: the compiler, with what is the same for all of it.
$(A)/obj/%: COMPILE = $(CROSS_CC) $(ARM_FLAGS)
$(H)/obj/%: COMPILE = $(HOST_CC) $(HOST_FLAGS)
$(N)/obj/%: COMPILE = gcc $(BENCH_FLAGS)
$(T)/obj/%: COMPILE = gcc $(TOOL_FLAGS)
$(T64)/obj/%: COMPILE = $(CROSS_COMPILE)gcc $(TOOL_FLAGS)
$(N)/core/%: COMPILE = $(CROSS_COMPILE)gcc $(ARM_FLAGS)
$(A)/obj/% $(N)/core/% $(T64)/obj/%: SAYS = CC
$(H)/obj/% $(N)/obj/% $(T)/obj/%: SAYS = HOSTCC

# What a part of it gets besides, when it is C. cmocka's macros cast freely,
# libfdt is not ours: neither gets -Wconversion.
$(A)/obj/% $(H)/obj/% $(N)/obj/% $(T)/obj/% $(T64)/obj/%: FLAGS = $(WARN)
$(H)/obj/tests/%: FLAGS = -Wall -Wextra -Wshadow -Werror
# What a resume does between two calls of progress is counted by its test
# (tests/unit/support/counted.c), not by what it says of itself.
ifneq ($(TOOLCHAIN),fuzz)
COUNTED := $(H)/obj/tests/unit/support/counted.o
$(H)/obj/hibernate/%: FLAGS = $(WARN) -fsanitize-coverage=trace-pc
endif
$(A)/obj/libfdt/% $(H)/obj/libfdt/% $(N)/obj/libfdt/% $(T)/obj/libfdt/% $(T64)/obj/libfdt/%: FLAGS = $(TRANS_TABLE_LIBFDT_FLAGS)
$(A)/obj/zlib/% $(H)/obj/zlib/% $(N)/obj/zlib/% $(T)/obj/zlib/% $(T64)/obj/zlib/%: FLAGS = $(TRANS_TABLE_ZLIB_FLAGS)
# Unpacking runs with the MMU on, where unaligned accesses are no fault. They
# are these libraries' own way, so that UBSan has nothing to say to them.
$(A)/obj/lzo/%: FLAGS = $(TRANS_TABLE_LZO_FLAGS) $(UNALIGNED)
$(A)/obj/lz4/%: FLAGS = $(TRANS_TABLE_LZ4_FLAGS) $(UNALIGNED)
# One function, in one page: QEMU leaves its translations where one ends.
$(A)/obj/ports/lzo/quick.o: FLAGS = $(WARN) -O2 $(UNALIGNED) -falign-functions=1024
$(H)/obj/lzo/%: FLAGS = $(TRANS_TABLE_LZO_FLAGS) -fno-sanitize=undefined
$(H)/obj/lz4/%: FLAGS = $(TRANS_TABLE_LZ4_FLAGS) -fno-sanitize=undefined
$(N)/obj/lzo/% $(T)/obj/lzo/% $(T64)/obj/lzo/%: FLAGS = $(TRANS_TABLE_LZO_FLAGS)
$(N)/obj/lz4/% $(T)/obj/lz4/% $(T64)/obj/lz4/%: FLAGS = $(TRANS_TABLE_LZ4_FLAGS)
# What the compiler says of calls and frames is measured.
$(N)/core/%: FLAGS = $(WARN) -fcallgraph-info=su

# The one recipe. The files that it and the flags are written in are inputs.
RECIPES := Makefile mk/toolchain.mk mk/compile.mk
define compile
	$(call say,$(SAYS))
	@mkdir -p $(@D)
	$(Q)$(COMPILE) $(if $(filter %.S,$<),-D__ASSEMBLY__,$(FLAGS)) \
		$(INCLUDE) -MMD -MP -c $< -o $@
endef

# $(1): where objects go; $(2): where their sources lie; $(3): their ending.
define objects
$(1)/%.o: $(2)%.$(3) $(RECIPES) | $(FETCHED)
	$$(compile)
endef

$(foreach d,$(A)/obj $(H)/obj $(N)/obj $(N)/core $(T)/obj $(T64)/obj,\
	$(eval $(call objects,$(d),,c)))
$(foreach d,$(A)/obj $(N)/core,$(eval $(call objects,$(d),,S)))
$(foreach d,$(A)/obj $(H)/obj $(N)/obj $(T)/obj $(T64)/obj,$(foreach o,$(OTHERS),\
	$(eval $(call objects,$(d)/$(o),$(B)/$(o)/,c))))

# Archives are made anew: `ar r` alone keeps members whose source is gone.
define archive
	$(call say,AR)
	@mkdir -p $(@D)
	@rm -f $@
	$(Q)$(1) rcs $@ $^
endef

$(A)/%.a:
	$(call archive,$(CROSS_AR))
$(H)/%.a:
	$(call archive,ar)
