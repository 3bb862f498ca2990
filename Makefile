# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
#
# The only entry point. Everything generated goes under build/, and every
# target sets the machine up by itself (tests/lab/setup) before it needs a tool.
#
# One pass builds with one compiler: TOOLCHAIN=gcc (default) or clang. The
# clang pass has its own directories, so that both can stand side by side.

CROSS_COMPILE ?= aarch64-linux-gnu-
TOOLCHAIN ?= gcc

B := build
A := $(B)/arm64
ifeq ($(TOOLCHAIN),gcc)
H := $(B)/host
CROSS_CC := $(CROSS_COMPILE)gcc
HOST_CC := gcc
else ifeq ($(TOOLCHAIN),clang)
A := $(B)/arm64-clang
H := $(B)/host-clang
CROSS_CC := clang --target=aarch64-linux-gnu
HOST_CC := clang
else ifeq ($(TOOLCHAIN),fuzz)
H := $(B)/host-fuzz
HOST_CC := clang
else ifeq ($(TOOLCHAIN),coverage)
H := $(B)/host-coverage
HOST_CC := clang
else
$(error TOOLCHAIN is gcc or clang, not "$(TOOLCHAIN)")
endif
LD := $(CROSS_COMPILE)ld
CROSS_AR := $(CROSS_COMPILE)ar
OBJCOPY := $(CROSS_COMPILE)objcopy

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

.PHONY: all build
all: build core-symbols blob-gate ## cross build and its gates: library, blob and port

# ---- sources ---------------------------------------------------------------

# Hardware code (aarch64, *.S, the blob) has fakes on the host; the rest is the
# same source for both.
LIB := $(wildcard lib/*.c)
TRANS := $(wildcard trans/*.c)
KEXEC := $(wildcard kexec/*.c)
PORT := $(wildcard ports/qemu-virt/*.c ports/qemu-virt/*.S)
ORACLE := $(wildcard tests/oracle/*.c tests/oracle/*.S)
BLOB := $(wildcard trans/blob/*.c trans/blob/*.S)
ARM_ONLY := $(wildcard lib/arch/aarch64/*.c lib/arch/aarch64/*.S trans/*.S)
FAKES := $(wildcard lib/arch/fake/*.c trans/fake/*.c)
UNIT := $(wildcard tests/unit/test_*.c)
UNIT_SHARED := $(filter-out $(UNIT),$(wildcard tests/unit/*.c))

# libfdt without overlays, which no front-end applies.
LIBFDT_DIR := $(B)/libfdt
LIBFDT := $(addprefix $(LIBFDT_DIR)/fdt,.c _addresses.c _check.c \
	_empty_tree.c _ro.c _rw.c _strerror.c _sw.c _wip.c)

# zlib's inflate, as Z_SOLO makes it: nothing from a C library.
ZLIB_DIR := $(B)/zlib
ZLIB := $(addprefix $(ZLIB_DIR)/,adler32.c crc32.c inffast.c inflate.c \
	inftrees.c zutil.c)
GUNZIP := $(wildcard ports/zlib/*.c)

arm_objs = $(patsubst %,$(A)/obj/%.o,$(basename $(1)))
host_objs = $(patsubst %,$(H)/obj/%.o,$(basename $(1)))
fdt_objs = $(patsubst $(LIBFDT_DIR)/%.c,$(1)/obj/libfdt/%.o,$(LIBFDT))
zlib_objs = $(patsubst $(ZLIB_DIR)/%.c,$(1)/obj/zlib/%.o,$(ZLIB))

# ---- flags -----------------------------------------------------------------

WARN := -Wall -Wextra -Wconversion -Wshadow -Werror
INCLUDE := -Iinclude -I. -isystem ports/libfdt -isystem $(LIBFDT_DIR) \
	-isystem $(ZLIB_DIR) -DZ_SOLO
COMMON := -std=gnu11 -g -fno-common -ffunction-sections -fdata-sections

# x18 belongs to the host (a shadow call stack, a per-CPU pointer), FP and SIMD
# registers too; with the MMU off every access is to Device memory and must be
# aligned; outline atomics would call into libgcc.
ARM_FLAGS := $(COMMON) -Os -ffreestanding -fpie -mgeneral-regs-only \
	-mstrict-align -ffixed-x18 -mno-outline-atomics -fno-stack-protector \
	-fno-asynchronous-unwind-tables -fno-unwind-tables -Wa,-I$(A)
HOST_FLAGS := $(COMMON) -O1 -fno-omit-frame-pointer \
	-fsanitize=address,undefined -fno-sanitize-recover=all
# Host only: the clang build instrumented for libFuzzer, and one for llvm-cov.
ifeq ($(TOOLCHAIN),fuzz)
HOST_FLAGS += -O2 -fsanitize=fuzzer-no-link
else ifeq ($(TOOLCHAIN),coverage)
HOST_FLAGS := $(COMMON) -O0 -fprofile-instr-generate -fcoverage-mapping
endif

# A position-independent flat image that never asks for a dynamic linker.
PIE_LINK := -nostdlib -static -pie --no-dynamic-linker -z text \
	-z noexecstack -z max-page-size=4096 --build-id=none --gc-sections \
	--no-warn-rwx-segments --fatal-warnings

# cmocka's macros cast freely, libfdt is not ours: neither gets -Wconversion.
$(A)/obj/%: FLAGS = $(WARN)
$(H)/obj/%: FLAGS = $(WARN)
$(H)/obj/tests/%: FLAGS = -Wall -Wextra -Wshadow -Werror
# libfdt 1.6.1 relies on signed overflow in fdt_next_tag.
$(A)/obj/libfdt/% $(H)/obj/libfdt/%: FLAGS = -w -fwrapv
$(A)/obj/zlib/% $(H)/obj/zlib/%: FLAGS = -w

# ---- cross build -----------------------------------------------------------

CORE_OBJS := $(call arm_objs,$(LIB) $(TRANS) $(ARM_ONLY))

$(A)/obj/%.o: %.c Makefile | setup $(B)/stamp/libfdt $(B)/stamp/zlib
	$(call say,CC)
	@mkdir -p $(@D)
	$(Q)$(CROSS_CC) $(ARM_FLAGS) $(FLAGS) $(INCLUDE) -MMD -MP -c $< -o $@

$(A)/obj/%.o: %.S Makefile | setup
	$(call say,CC)
	@mkdir -p $(@D)
	$(Q)$(CROSS_CC) $(ARM_FLAGS) $(INCLUDE) -D__ASSEMBLY__ -MMD -MP -c $< -o $@

$(A)/obj/libfdt/%.o: $(LIBFDT_DIR)/%.c Makefile | setup
	$(call say,CC)
	@mkdir -p $(@D)
	$(Q)$(CROSS_CC) $(ARM_FLAGS) $(FLAGS) $(INCLUDE) -MMD -MP -c $< -o $@

$(A)/obj/zlib/%.o: $(ZLIB_DIR)/%.c Makefile | setup
	$(call say,CC)
	@mkdir -p $(@D)
	$(Q)$(CROSS_CC) $(ARM_FLAGS) $(FLAGS) $(INCLUDE) -MMD -MP -c $< -o $@

# Archives are made anew: `ar r` alone keeps members whose source is gone.
$(A)/%.a:
	$(call say,AR)
	@mkdir -p $(@D)
	@rm -f $@
	$(Q)$(CROSS_AR) rcs $@ $^

$(A)/libtrans_core.a: $(CORE_OBJS)
$(A)/libtrans_table.a: $(CORE_OBJS) $(call arm_objs,$(KEXEC))
$(A)/libfdt.a: $(call fdt_objs,$(A)) $(A)/obj/ports/libfdt/string.o
$(A)/libgunzip.a: $(call arm_objs,$(GUNZIP)) $(call zlib_objs,$(A))

# ---- the control blob: linked alone, embedded as bytes ---------------------

# lib/sha256.c is in it a second time: the blob refers to nothing outside.
BLOB_OBJS := $(call arm_objs,$(BLOB) lib/sha256.c)

$(A)/blob.elf: trans/blob/blob.ld $(BLOB_OBJS)
	$(call say,LD)
	$(Q)$(LD) $(PIE_LINK) --no-undefined -T $< $(BLOB_OBJS) -o $@

$(A)/%.bin: $(A)/%.elf
	$(call say,OBJCOPY)
	$(Q)$(OBJCOPY) -O binary $< $@

$(A)/obj/trans/blob_image.o: $(A)/blob.bin

# ---- the reference port ----------------------------------------------------

PORT_OBJS := $(call arm_objs,$(PORT))
PORT_LIBS := $(A)/libtrans_table.a $(A)/libfdt.a $(A)/libgunzip.a

$(A)/port.elf: ports/qemu-virt/port.ld $(PORT_OBJS) $(PORT_LIBS)
	$(call say,LD)
	$(Q)$(LD) $(PIE_LINK) --no-undefined -T $< $(PORT_OBJS) \
		--start-group $(PORT_LIBS) --end-group -o $@

# ---- the oracle: the tables against QEMU's own walker ----------------------

ORACLE_OBJS := $(call arm_objs,$(ORACLE) ports/qemu-virt/mem.c \
	ports/qemu-virt/print.c)

$(A)/oracle.elf: tests/oracle/oracle.ld $(ORACLE_OBJS) $(A)/libtrans_core.a
	$(call say,LD)
	$(Q)$(LD) -nostdlib -static -z max-page-size=4096 --build-id=none \
		--gc-sections --no-warn-rwx-segments --fatal-warnings \
		-T $< $(ORACLE_OBJS) $(A)/libtrans_core.a -o $@

build: ## cross build without the gates
build: $(A)/libtrans_table.a $(A)/libtrans_core.a $(A)/oracle.elf \
	$(if $(PORT),$(A)/port.bin)

# ---- host build and unit tests ---------------------------------------------

HOST_LIB_OBJS := $(call host_objs,$(LIB) $(TRANS) $(KEXEC) $(FAKES))
UNIT_BINS := $(patsubst tests/unit/%.c,$(H)/%,$(UNIT))

$(H)/obj/%.o: %.c Makefile | setup $(B)/stamp/libfdt $(B)/stamp/zlib
	$(call say,HOSTCC)
	@mkdir -p $(@D)
	$(Q)$(HOST_CC) $(HOST_FLAGS) $(FLAGS) $(INCLUDE) -MMD -MP -c $< -o $@

$(H)/obj/libfdt/%.o: $(LIBFDT_DIR)/%.c Makefile | setup
	$(call say,HOSTCC)
	@mkdir -p $(@D)
	$(Q)$(HOST_CC) $(HOST_FLAGS) $(FLAGS) $(INCLUDE) -MMD -MP -c $< -o $@

$(H)/obj/zlib/%.o: $(ZLIB_DIR)/%.c Makefile | setup
	$(call say,HOSTCC)
	@mkdir -p $(@D)
	$(Q)$(HOST_CC) $(HOST_FLAGS) $(FLAGS) $(INCLUDE) -MMD -MP -c $< -o $@

$(H)/%.a:
	$(call say,AR)
	@mkdir -p $(@D)
	@rm -f $@
	$(Q)ar rcs $@ $^

$(H)/libtrans_table.a: $(HOST_LIB_OBJS)
$(H)/libfdt.a: $(call fdt_objs,$(H))
$(H)/libgunzip.a: $(call host_objs,$(GUNZIP)) $(call zlib_objs,$(H))

$(H)/test_%: $(H)/obj/tests/unit/test_%.o $(call host_objs,$(UNIT_SHARED)) \
		$(H)/libtrans_table.a $(H)/libfdt.a $(H)/libgunzip.a
	$(call say,HOSTLD)
	$(Q)$(HOST_CC) $(HOST_FLAGS) $^ -lcmocka -lzstd -o $@

.PHONY: unit
unit: $(UNIT_BINS) ## build and run the unit tests (build/host/test_*)
	@tests/unit.py $(UNIT_BINS)

.PHONY: unit-bins
unit-bins: $(UNIT_BINS)

# ---- fuzzing, coverage, mutants --------------------------------------------

FUZZ := $(wildcard tests/fuzz/fuzz_*.c)
FUZZ_SHARED := $(filter-out $(FUZZ),$(wildcard tests/fuzz/*.c)) \
	$(addprefix tests/unit/,memory.c walker.c world.c)
FUZZ_BINS := $(patsubst tests/fuzz/%.c,$(H)/%,$(FUZZ))
SECONDS ?= 60

$(H)/fuzz_%: $(H)/obj/tests/fuzz/fuzz_%.o $(call host_objs,$(FUZZ_SHARED)) \
		$(H)/libtrans_table.a $(H)/libfdt.a \
		$(H)/libgunzip.a
	$(call say,HOSTLD)
	$(Q)$(HOST_CC) $(HOST_FLAGS) -fsanitize=fuzzer $^ -lcmocka -o $@

.PHONY: fuzz-bins
fuzz-bins: $(FUZZ_BINS)

.PHONY: fuzz
fuzz: | setup ## fuzz each target for SECONDS= (60) seconds; finds in build/fuzz/
	@$(MAKE) --no-print-directory TOOLCHAIN=fuzz fuzz-bins
	@tests/fuzz.py --seconds $(SECONDS) $(FUZZ_BINS:$(H)/%=%)

.PHONY: coverage
coverage: ## lines and branches that the unit tests reach
	@tests/lab/setup --with llvm
	@$(MAKE) --no-print-directory TOOLCHAIN=coverage unit-bins
	@tests/coverage.py

.PHONY: mutants
mutants: | setup $(B)/stamp/libfdt ## known bugs put in one by one: do the unit tests notice?
	@tests/mutants.py $(RUN)

# ---- gates -----------------------------------------------------------------

.PHONY: core-symbols
core-symbols: $(A)/libtrans_core.a ## what the core archive takes from outside
	@tests/gates.py core --tools $(CROSS_COMPILE) $<

.PHONY: blob-gate
blob-gate: $(if $(BLOB),$(A)/blob.elf $(A)/blob.bin) ## the control blob is flat and small
	$(if $(BLOB),@tests/gates.py blob --tools $(CROSS_COMPILE) $^ $(BLOB_OBJS))

.PHONY: lint
lint: $(B)/stamp/libfdt $(B)/stamp/zlib | setup ## cppcheck, clang-tidy, house; quiet = pass
	@tests/lint.py $(filter %.c,$(LIB) $(TRANS) $(KEXEC) $(PORT) $(GUNZIP) $(BLOB) \
		$(ARM_ONLY) $(FAKES)) -- --target=aarch64-linux-gnu \
		-std=gnu11 -ffreestanding -mgeneral-regs-only $(INCLUDE)

# ---- benchmark -------------------------------------------------------------

# All by gcc, whatever TOOLCHAIN is: ratios of one compiler. No sanitizer, as a
# port would build it; Linux's file as Linux would, against our shim.
N := $(B)/bench
SHIM := tests/bench/linux-shim
BENCH_FLAGS := $(COMMON) -O2
bench_objs = $(patsubst %,$(N)/obj/%.o,$(basename $(1)))
BENCH_LIB := $(call bench_objs,$(LIB) $(TRANS) $(FAKES))
BENCH_COPY := $(call bench_objs,tests/bench/copy.c tests/bench/world.c \
	$(SHIM)/glue.c) $(addprefix $(N)/obj/,scalar.o best.o trans_pgd.o)

$(N)/obj/%.o: %.c Makefile | setup
	$(call say,HOSTCC)
	@mkdir -p $(@D)
	$(Q)gcc $(BENCH_FLAGS) $(WARN) $(INCLUDE) -MMD -MP -c $< -o $@

$(N)/obj/scalar.o: STREAM := -DSTREAM=stream_scalar -fno-tree-vectorize
$(N)/obj/best.o: STREAM := -DSTREAM=stream_best -O3 -march=native
$(N)/obj/scalar.o $(N)/obj/best.o: tests/bench/stream.c Makefile | setup
	$(call say,HOSTCC)
	@mkdir -p $(@D)
	$(Q)gcc $(BENCH_FLAGS) $(WARN) $(STREAM) -c $< -o $@

$(N)/obj/trans_pgd.o: $(wildcard $(SHIM)/*.h) Makefile | setup \
		$(B)/stamp/trans_pgd
	$(call say,HOSTCC)
	@mkdir -p $(@D)
	$(Q)gcc $(BENCH_FLAGS) -fno-strict-aliasing -w -I$(SHIM) \
		-c $(B)/linux-source/trans_pgd.c -o $@

$(N)/copy: $(BENCH_COPY) $(BENCH_LIB)
$(N)/sparse: $(call bench_objs,tests/bench/sparse.c) $(BENCH_LIB)
$(N)/copy $(N)/sparse:
	$(call say,HOSTLD)
	$(Q)gcc -Wl,--gc-sections $^ -o $@

# The core again, with what the compiler says of calls and frames beside it.
BENCH_CORE := $(patsubst $(A)/obj/%,$(N)/core/%,$(CORE_OBJS))

$(N)/core/%.o: %.c Makefile | setup
	$(call say,CC)
	@mkdir -p $(@D)
	$(Q)$(CROSS_COMPILE)gcc $(ARM_FLAGS) $(WARN) $(INCLUDE) \
		-fcallgraph-info=su -MMD -MP -c $< -o $@

$(N)/core/%.o: %.S Makefile $(A)/blob.bin | setup
	$(call say,CC)
	@mkdir -p $(@D)
	$(Q)$(CROSS_COMPILE)gcc $(ARM_FLAGS) $(INCLUDE) -D__ASSEMBLY__ -c $< -o $@

$(N)/mover.elf: $(N)/core/tests/bench/mover.o \
		$(A)/obj/trans/blob/primitives.o
	$(call say,LD)
	$(Q)$(LD) -static --gc-sections -Ttext=0x40080000 -e _start $^ -o $@

.PHONY: bench
bench: $(N)/copy $(N)/sparse $(N)/mover.elf $(BENCH_CORE) ## DESIGN.md's budgets, measured (build/bench.json)
	@tests/bench/bench.py --tools $(CROSS_COMPILE) --dir $(N) \
		--json $(B)/bench.json $(BENCH_CORE)
	@$(MAKE) --no-print-directory bench-kexec

.PHONY: bench-kexec
bench-kexec: all payload $(B)/stamp/kexec-tools ## a kexec in instructions, beside Linux's own
	@tests/bench/kexec.py

# ---- set-up and real parts -------------------------------------------------

.PHONY: setup
setup: ## install what is missing (apt-get; root or sudo)
	@tests/lab/setup

# Sources named in advance, files come with the stamp.
$(B)/stamp/libfdt: | setup
	@tests/lab/fetch.py libfdt
$(LIBFDT): | $(B)/stamp/libfdt
$(B)/stamp/zlib: | setup
	@tests/lab/fetch.py zlib
$(ZLIB): | $(B)/stamp/zlib

$(B)/stamp/kernel $(B)/stamp/backports $(B)/stamp/busybox \
		$(B)/stamp/kexec-tools $(B)/stamp/trans_pgd: $(B)/stamp/%: | setup
	@tests/lab/fetch.py $*

.PHONY: kernels
kernels: | setup ## small kernels of 4K, 16K and 64K pages (minutes; build/kernels/)
	@tests/lab/kernels.py

.PHONY: payload
payload: $(B)/stamp/kernel $(B)/stamp/busybox ## Debian's kernel and a test initramfs
	@tests/lab/payload.py

# ---- running ---------------------------------------------------------------

.PHONY: demo
demo: all payload ## kexec Debian's kernel, live (EL= CPU= GIC= RAM= MAP=)
	@tests/qemu/demo.py --el $(EL) --cpu $(CPU) --gic $(GIC) --ram $(RAM) \
		--map $(MAP)

.PHONY: matrix
matrix: all payload ## QEMU cases only (RUN='--only PATTERN --verbose')
	@tests/qemu/run.py $(RUN)

.PHONY: oracle
oracle: $(A)/oracle.elf ## QEMU's table walker against query (RUN='--full --seed N')
	@tests/oracle/oracle.py $(RUN)

.PHONY: check check-full
check: | setup ## everything: builds, gates, unit tests, lint, QEMU pairs
	@tests/check.py
check-full: | setup ## check with the whole QEMU matrix
	@tests/check.py --full

# ---- housekeeping ----------------------------------------------------------

.PHONY: clean
clean: ## remove what was built, keep what was downloaded
	rm -rf $(B)/arm64 $(B)/arm64-clang $(B)/host $(B)/host-clang \
		$(B)/host-fuzz $(B)/host-coverage $(B)/mutants \
		$(B)/bench $(B)/logs $(B)/payload

.PHONY: distclean
distclean: ## remove build/ as a whole
	rm -rf $(B)

.PHONY: help
help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | \
		while IFS='|' read -r name text; do \
		printf '  %-14s %s\n' "$$name" "$$text"; done

-include $(shell find $(A)/obj $(H)/obj $(N) -name '*.d' 2>/dev/null)
