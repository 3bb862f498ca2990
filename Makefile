# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
#
# The only entry point. Everything generated goes under build/, and every
# target sets the machine up by itself (tests/lab/setup) before it needs a tool;
# all but those that are ALONE, which take a shell, coreutils, make, a compiler
# with its binutils, and libfdt's headers.
#
# One pass builds with one compiler: TOOLCHAIN=gcc (default) or clang. The
# clang pass has its own directories, so that both can stand side by side.

CROSS_COMPILE ?= aarch64-linux-gnu-
TOOLCHAIN ?= gcc

B := build
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

ALONE := lib install uninstall clean distclean help
.DEFAULT_GOAL := $(if $(shell command -v apt-get 2>/dev/null),all,lib)
ifneq ($(filter-out $(ALONE),$(or $(MAKECMDGOALS),$(.DEFAULT_GOAL))),)
WITH_SETUP := y
endif

.PHONY: all lib build
all: build core-symbols blob-gate caches-gate erratum-gate licence-gate ## cross build and its gates: library, blob and port (the default)

# ---- sources ---------------------------------------------------------------

# Hardware code (aarch64, *.S, the blob) has fakes on the host; the rest is the
# same source for both.
include sources.mk
LIB := $(TRANS_TABLE_LIB)
TRANS := $(TRANS_TABLE_TRANS)
KEXEC := $(TRANS_TABLE_KEXEC)
FDT := $(TRANS_TABLE_FDT)
HIBERNATE := $(TRANS_TABLE_HIBERNATE)
HIBERNATE_ARM := $(TRANS_TABLE_HIBERNATE_ARM)
PORT := $(wildcard ports/qemu-virt/*.c ports/qemu-virt/*.S)
ORACLE := $(wildcard tests/oracle/*.c tests/oracle/*.S)
BLOB := $(TRANS_TABLE_BLOB)
ARM_ONLY := $(TRANS_TABLE_CORE_ARM)
FAKES := $(TRANS_TABLE_FAKES)
UNIT := $(wildcard tests/unit/test_*.c)
UNIT_SHARED := $(filter-out $(UNIT),$(wildcard tests/unit/*.c))

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

# ---- flags -----------------------------------------------------------------

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
HOST_FLAGS := $(COMMON) -O1 -fno-omit-frame-pointer \
	-fsanitize=address,undefined -fno-sanitize-recover=all
# Host only: the clang build instrumented for libFuzzer, and one for llvm-cov.
ifeq ($(TOOLCHAIN),fuzz)
HOST_FLAGS += -O2 -fsanitize=fuzzer-no-link
else ifeq ($(TOOLCHAIN),coverage)
HOST_FLAGS := $(COMMON) -O0 -fprofile-instr-generate -fcoverage-mapping
endif

# A position-independent flat image that never asks for a dynamic linker.
PIE_LINK := $(TRANS_TABLE_BLOB_LINK)

# cmocka's macros cast freely, libfdt is not ours: neither gets -Wconversion.
$(A)/obj/%: FLAGS = $(WARN)
$(H)/obj/%: FLAGS = $(WARN)
$(H)/obj/tests/%: FLAGS = -Wall -Wextra -Wshadow -Werror
# What a resume does between two calls of progress is counted by its test
# (tests/unit/counted.c), not by what it says of itself.
ifneq ($(TOOLCHAIN),fuzz)
COUNTED := $(H)/obj/tests/unit/counted.o
$(H)/obj/hibernate/%: FLAGS = $(WARN) -fsanitize-coverage=trace-pc
endif
$(A)/obj/libfdt/% $(H)/obj/libfdt/%: FLAGS = $(TRANS_TABLE_LIBFDT_FLAGS)
$(A)/obj/zlib/% $(H)/obj/zlib/%: FLAGS = $(TRANS_TABLE_ZLIB_FLAGS)
# Unpacking runs with the MMU on, where unaligned accesses are no fault. They are
# these libraries' own way, so that UBSan has nothing to say to them.
$(A)/obj/lzo/%: FLAGS = $(TRANS_TABLE_LZO_FLAGS) $(UNALIGNED)
$(A)/obj/lz4/%: FLAGS = $(TRANS_TABLE_LZ4_FLAGS) $(UNALIGNED)
$(H)/obj/lzo/%: FLAGS = $(TRANS_TABLE_LZO_FLAGS) -fno-sanitize=undefined
$(H)/obj/lz4/%: FLAGS = $(TRANS_TABLE_LZ4_FLAGS) -fno-sanitize=undefined

# ---- cross build -----------------------------------------------------------

CORE_OBJS := $(call arm_objs,$(LIB) $(TRANS) $(ARM_ONLY))
LIB_OBJS := $(CORE_OBJS) $(call arm_objs,$(FDT) $(KEXEC) $(HIBERNATE) $(HIBERNATE_ARM))
LIB_ARCHIVES := $(A)/libtrans_table.a $(A)/libtrans_core.a

$(A)/obj/%.o: %.c Makefile | $(FETCHED)
	$(call say,CC)
	@mkdir -p $(@D)
	$(Q)$(CROSS_CC) $(ARM_FLAGS) $(FLAGS) $(INCLUDE) -MMD -MP -c $< -o $@

$(A)/obj/%.o: %.S Makefile | $(FETCHED)
	$(call say,CC)
	@mkdir -p $(@D)
	$(Q)$(CROSS_CC) $(ARM_FLAGS) $(INCLUDE) -D__ASSEMBLY__ -MMD -MP -c $< -o $@

$(A)/obj/libfdt/%.o: $(LIBFDT_DIR)/%.c Makefile | $(FETCHED)
	$(call say,CC)
	@mkdir -p $(@D)
	$(Q)$(CROSS_CC) $(ARM_FLAGS) $(FLAGS) $(INCLUDE) -MMD -MP -c $< -o $@

$(A)/obj/zlib/%.o: $(ZLIB_DIR)/%.c Makefile | $(FETCHED)
	$(call say,CC)
	@mkdir -p $(@D)
	$(Q)$(CROSS_CC) $(ARM_FLAGS) $(FLAGS) $(INCLUDE) -MMD -MP -c $< -o $@

$(A)/obj/lzo/%.o: $(LZO_DIR)/%.c Makefile | $(FETCHED)
	$(call say,CC)
	@mkdir -p $(@D)
	$(Q)$(CROSS_CC) $(ARM_FLAGS) $(FLAGS) $(INCLUDE) -MMD -MP -c $< -o $@

$(A)/obj/lz4/%.o: $(LZ4_DIR)/%.c Makefile | $(FETCHED)
	$(call say,CC)
	@mkdir -p $(@D)
	$(Q)$(CROSS_CC) $(ARM_FLAGS) $(FLAGS) $(INCLUDE) -MMD -MP -c $< -o $@

ifndef WITH_SETUP
lib: $(LIB_ARCHIVES) ## the archives alone: no set-up, nothing fetched (LIBFDT=dir CROSS_COMPILE=); default without apt-get

$(call arm_objs,$(FDT) $(KEXEC)): | libfdt-found

.PHONY: libfdt-found
libfdt-found:
	@echo '#include <libfdt.h>' | $(CROSS_CC) $(ARM_FLAGS) $(INCLUDE) -E -x c - \
		>/dev/null || { echo 'libfdt.h: kexec/ and lib/fdt/ need it; name its' \
		'directory: LIBFDT=dir' >&2; exit 1; }
else
lib: $(LIB_ARCHIVES)
endif

# Archives are made anew: `ar r` alone keeps members whose source is gone.
$(A)/%.a:
	$(call say,AR)
	@mkdir -p $(@D)
	@rm -f $@
	$(Q)$(CROSS_AR) rcs $@ $^

$(A)/libtrans_core.a: $(CORE_OBJS)
$(A)/libtrans_table.a: $(LIB_OBJS)
$(A)/libfdt.a: $(call fdt_objs,$(A)) $(A)/obj/ports/libfdt/string.o
$(A)/libgunzip.a: $(call arm_objs,$(GUNZIP)) $(call zlib_objs,$(A))
$(A)/libunlzo.a: $(call arm_objs,$(UNLZO)) $(A)/obj/lzo/minilzo.o
$(A)/libunlz4.a: $(call arm_objs,$(UNLZ4)) $(A)/obj/lz4/lz4.o

# ---- the control blob: linked alone, embedded as bytes ---------------------

BLOB_OBJS := $(call arm_objs,$(BLOB))

$(A)/blob.elf: trans/blob/blob.ld $(BLOB_OBJS)
	$(call say,LD)
	$(Q)$(LD) $(TRANS_TABLE_BLOB_LINK) -T $< $(BLOB_OBJS) -o $@

$(A)/%.bin: $(A)/%.elf
	$(call say,OBJCOPY)
	$(Q)$(OBJCOPY) -O binary $< $@

$(A)/obj/trans/blob_image.o: $(A)/blob.bin

# ---- the reference port ----------------------------------------------------

PORT_OBJS := $(call arm_objs,$(PORT))
GLUE_OBJS := $(call arm_objs,$(GUNZIP) $(UNLZO) $(UNLZ4))
PORT_LIBS := $(addprefix $(A)/lib,trans_table.a fdt.a gunzip.a unlzo.a \
	unlz4.a)

$(A)/port.elf: ports/qemu-virt/port.ld $(PORT_OBJS) $(PORT_LIBS)
	$(call say,LD)
	$(Q)$(LD) $(PIE_LINK) -T $< $(PORT_OBJS) \
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
build: $(LIB_ARCHIVES) $(A)/oracle.elf \
	$(if $(PORT),$(A)/port.bin)

# ---- host build and unit tests ---------------------------------------------

HOST_LIB_OBJS := $(call host_objs,$(LIB) $(TRANS) $(FDT) $(KEXEC) $(HIBERNATE) $(FAKES))
UNIT_BINS := $(patsubst tests/unit/%.c,$(H)/%,$(UNIT))

$(H)/obj/%.o: %.c Makefile | $(FETCHED)
	$(call say,HOSTCC)
	@mkdir -p $(@D)
	$(Q)$(HOST_CC) $(HOST_FLAGS) $(FLAGS) $(INCLUDE) -MMD -MP -c $< -o $@

$(H)/obj/libfdt/%.o: $(LIBFDT_DIR)/%.c Makefile | $(FETCHED)
	$(call say,HOSTCC)
	@mkdir -p $(@D)
	$(Q)$(HOST_CC) $(HOST_FLAGS) $(FLAGS) $(INCLUDE) -MMD -MP -c $< -o $@

$(H)/obj/zlib/%.o: $(ZLIB_DIR)/%.c Makefile | $(FETCHED)
	$(call say,HOSTCC)
	@mkdir -p $(@D)
	$(Q)$(HOST_CC) $(HOST_FLAGS) $(FLAGS) $(INCLUDE) -MMD -MP -c $< -o $@

$(H)/obj/lzo/%.o: $(LZO_DIR)/%.c Makefile | $(FETCHED)
	$(call say,HOSTCC)
	@mkdir -p $(@D)
	$(Q)$(HOST_CC) $(HOST_FLAGS) $(FLAGS) $(INCLUDE) -MMD -MP -c $< -o $@

$(H)/obj/lz4/%.o: $(LZ4_DIR)/%.c Makefile | $(FETCHED)
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
$(H)/libunlzo.a: $(call host_objs,$(UNLZO)) $(H)/obj/lzo/minilzo.o
$(H)/libunlz4.a: $(call host_objs,$(UNLZ4)) $(H)/obj/lz4/lz4.o

$(H)/test_%: $(H)/obj/tests/unit/test_%.o $(call host_objs,$(UNIT_SHARED)) \
		$(addprefix $(H)/lib,trans_table.a fdt.a gunzip.a unlzo.a unlz4.a)
	$(call say,HOSTLD)
	$(Q)$(HOST_CC) $(HOST_FLAGS) $^ -lcmocka -llzo2 -llz4 -lzstd -o $@

# Real kernels and images, seen by the finder: tests/resume/look.c.
$(H)/look: $(H)/obj/tests/resume/look.o $(COUNTED) $(addprefix $(H)/lib,trans_table.a \
		fdt.a gunzip.a unlzo.a unlz4.a)
	$(call say,HOSTLD)
	$(Q)$(HOST_CC) $(HOST_FLAGS) $^ -o $@

.PHONY: entries
entries: $(H)/look kernels ## cpu_resume in the kernels of `make kernels`, against System.map
	@tests/resume/entries.py $<

.PHONY: unit
unit: $(UNIT_BINS) ## build and run the unit tests (build/host/test_*)
	@tests/unit.py $(UNIT_BINS)

.PHONY: unit-bins
unit-bins: $(UNIT_BINS)

# ---- fuzzing, coverage, mutants --------------------------------------------

FUZZ := $(wildcard tests/fuzz/fuzz_*.c)
FUZZ_SHARED := $(filter-out $(FUZZ),$(wildcard tests/fuzz/*.c)) \
	$(addprefix tests/unit/,memory.c walker.c world.c disk.c \
	swsusp_image.c swsusp_reader.c)
FUZZ_BINS := $(patsubst tests/fuzz/%.c,$(H)/%,$(FUZZ))
SECONDS ?= 60

$(H)/fuzz_%: $(H)/obj/tests/fuzz/fuzz_%.o $(call host_objs,$(FUZZ_SHARED)) \
		$(H)/libtrans_table.a $(H)/libfdt.a \
		$(H)/libgunzip.a
	$(call say,HOSTLD)
	$(Q)$(HOST_CC) $(HOST_FLAGS) -fsanitize=fuzzer $^ -lcmocka -llzo2 -llz4 \
		-o $@

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
mutants: | setup $(LIBRARIES) ## known bugs put in one by one: do the unit tests notice?
	@tests/mutants.py $(RUN)

# ---- gates -----------------------------------------------------------------

.PHONY: core-symbols
core-symbols: $(A)/libtrans_core.a ## what the core archive takes from outside
	@tests/gates.py core --tools $(CROSS_COMPILE) $<

.PHONY: blob-gate
blob-gate: $(if $(BLOB),$(A)/blob.elf $(A)/blob.bin) ## the control blob is flat and small
	$(if $(BLOB),@tests/gates.py blob --tools $(CROSS_COMPILE) $^ $(BLOB_OBJS))

.PHONY: caches-gate
caches-gate: $(A)/blob.elf $(A)/port.elf $(A)/libtrans_table.a ## what cleans does so by CIVAC, behind a barrier
	@tests/gates.py caches --tools $(CROSS_COMPILE) $^

.PHONY: erratum-gate
erratum-gate: $(A)/blob.elf $(A)/port.elf ## the blob's link works around Cortex-A53 843419
	@tests/gates.py erratum --tools $(CROSS_COMPILE) \
		--link '$(TRANS_TABLE_BLOB_LINK)' $^

.PHONY: licence-gate
licence-gate: $(LIB_ARCHIVES) ## nothing in an installed archive is GPL alone
	@tests/gates.py licence --tools $(CROSS_COMPILE) $^ $(LIB_OBJS) $(BLOB_OBJS)

.PHONY: lint
lint: $(LIB_OBJS) $(BLOB_OBJS) $(PORT_OBJS) $(GLUE_OBJS) | setup ## names, cppcheck, clang-tidy, house; quiet = pass
	@tests/house.py --tools $(CROSS_COMPILE) --objects $(A)/obj \
		--archive $(LIB_OBJS) --program $(BLOB_OBJS) \
		--program $(PORT_OBJS) $(GLUE_OBJS)
	@tests/lint.py $(sort $(filter %.c,$(LIB) $(TRANS) $(FDT) $(KEXEC) $(HIBERNATE) $(PORT) $(GUNZIP) \
		$(UNLZO) $(UNLZ4) $(BLOB) \
		$(ARM_ONLY) $(FAKES))) -- --target=aarch64-linux-gnu \
		-std=gnu11 -ffreestanding -mgeneral-regs-only $(INCLUDE)

.PHONY: portable
portable: $(A)/blob.bin | setup ## headers alone in C and C++, the library for PE/COFF; quiet = pass
	@tests/portable.py $(LIB) $(TRANS) $(ARM_ONLY) $(KEXEC) $(HIBERNATE) \
		$(HIBERNATE_ARM) -- $(INCLUDE) -Wa,-I$(A)

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

# The image reader alone, and the tests' builder.
$(N)/swsusp: $(call bench_objs,tests/bench/swsusp.c tests/unit/swsusp_image.c \
		$(wildcard lib/arch/fake/*.c) hibernate/crc32.c $(wildcard hibernate/swsusp*.c))
	$(call say,HOSTLD)
	$(Q)gcc -Wl,--gc-sections $^ -llzo2 -llz4 -o $@

$(N)/obj/libfdt/%.o: $(LIBFDT_DIR)/%.c Makefile | $(FETCHED)
	$(call say,HOSTCC)
	@mkdir -p $(@D)
	$(Q)gcc $(BENCH_FLAGS) $(TRANS_TABLE_LIBFDT_FLAGS) $(INCLUDE) -c $< -o $@

# All of kexec and hibernate, and the tests' machine.
$(N)/hostile: $(call bench_objs,tests/bench/hostile.c \
		$(addprefix tests/unit/,resume_world.c memory.c files.c) \
		$(LIB) $(TRANS) $(KEXEC) $(HIBERNATE) $(FAKES)) \
		$(call fdt_objs,$(N))
	$(call say,HOSTLD)
	$(Q)gcc -Wl,--gc-sections $^ -lcmocka -o $@

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
bench: $(N)/copy $(N)/sparse $(N)/swsusp $(N)/mover.elf $(BENCH_CORE) ## the budgets, measured (build/bench.json; docs/budgets.md)
	@tests/bench/bench.py --tools $(CROSS_COMPILE) --dir $(N) \
		--json $(B)/bench.json $(BENCH_CORE)
	@$(MAKE) --no-print-directory bench-kexec bench-resume bench-hostile

.PHONY: bench-kexec bench-resume bench-hostile
bench-hostile: $(N)/hostile | setup ## inputs made to take time, in instructions beside honest ones
	@tests/lab/setup --with valgrind
	@tests/bench/hostile.py $<

bench-resume: all | setup ## Linux woken, in seconds, beside Linux waking itself
	@tests/bench/resume.py

bench-kexec: all payload $(B)/stamp/kexec-tools ## a kexec in instructions, beside Linux's own
	@tests/bench/kexec.py

# ---- set-up and real parts -------------------------------------------------

.PHONY: setup
setup: ## install what is missing (apt-get; root or sudo)
	@tests/lab/setup

# Sources named in advance, files come with the stamp.
$(LIBRARIES): $(B)/stamp/%: | setup
	@tests/lab/fetch.py $*
$(TRANS_TABLE_LIBFDT): | $(B)/stamp/libfdt
$(TRANS_TABLE_ZLIB): | $(B)/stamp/zlib
$(TRANS_TABLE_LZO): | $(B)/stamp/lzo
$(TRANS_TABLE_LZ4): | $(B)/stamp/lz4

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
demo: all payload ## kexec and wake Debian's kernel, live (EL= CPU= GIC= RAM= MAP=)
	@tests/qemu/demo.py --el $(EL) --cpu $(CPU) --gic $(GIC) --ram $(RAM) \
		--map $(MAP)

.PHONY: matrix
matrix: all payload ## QEMU cases only (RUN='--only PATTERN --verbose')
	@tests/qemu/run.py $(RUN)

.PHONY: oracle
oracle: $(A)/oracle.elf ## QEMU's table walker against query (RUN='--full --seed N')
	@tests/oracle/oracle.py $(RUN)

# check-all: SHARD=I/N is every N-th case, RESUME=1 leaves out what has passed
# before with the same binaries (build/passed.json).
SHARD ?= 1/1
RESUME ?=

.PHONY: check check-full check-all
check: | setup ## everything: builds, gates, unit tests, lint, QEMU pairs
	@tests/check.py
check-full: | setup ## check with triples of the QEMU matrix, mutants, real kernels; under 3 h
	@tests/check.py --full
check-all: | setup ## QEMU with the whole product, hours of it (SHARD=I/N RESUME=1)
	@tests/check.py --all --shard '$(SHARD)' $(if $(RESUME),--resume)

.PHONY: selftest
selftest: ## what the tests promise of themselves: matrix, shards, resuming, times
	@tests/selftest.py

# ---- U-Boot ----------------------------------------------------------------

# U_BOOT=dir: a source tree of your own, instead of Debian's package.
U_BOOT ?=
UBOOT := tests/lab/uboot.py --tools $(CROSS_COMPILE) \
	$(if $(U_BOOT),--tree '$(U_BOOT)')

.PHONY: uboot uboot-setup uboot-bins uboot-prebuilt uboot-newest uboot-matrix uboot-boards demo-uboot
uboot-setup: | setup
	@tests/lab/setup --with $$(tests/lab/uboot.py --packages)

uboot: | uboot-setup ## U-Boot with the command trans, and what it adds (U_BOOT=dir: your tree)
	@$(UBOOT)

uboot-prebuilt: $(A)/libtrans_table.a | uboot-setup ## the same, and not a line of the tree is changed (U_BOOT=dir)
	@$(UBOOT) --prebuilt $< --unpatched

uboot-bins: $(A)/libtrans_table.a | uboot-setup
	@tests/lab/uboot.py --tools $(CROSS_COMPILE) --prebuilt $<

uboot-newest: | uboot-setup ## the same with the newest U-Boot that Debian has
	@tests/lab/uboot.py --tools $(CROSS_COMPILE) --release newest

uboot-matrix: uboot-bins payload $(A)/port.bin ## U-Boot cases in QEMU only (RUN='--only PATTERN --verbose')
	@tests/uboot/run_uboot.py $(RUN)

uboot-boards: uboot-setup payload ## the port compiled for boards of 20 SoCs; kexec on QEMU's raspi3b and xlnx-versal-virt
	@tests/lab/boards.py --tools $(CROSS_COMPILE)
	@tests/lab/boards.py --tools $(CROSS_COMPILE) --whole
	@tests/uboot/run_uboot.py --boards

demo-uboot: uboot-bins payload ## at U-Boot's prompt, live (EL= GIC=)
	@tests/uboot/demo_uboot.py --el $(EL) --gic $(GIC)

# ---- installing ------------------------------------------------------------

VERSION := 0.1.0
PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
INSTALL ?= install
INSTALL_LIBS := libtrans_table.a libtrans_core.a
INSTALL_HEADERS := $(wildcard include/trans_table/*.h)
# As sources: which flags they want, their port.mk says.
PORTSDIR ?= $(PREFIX)/share/trans_table/ports
INSTALL_PORTS := $(wildcard $(OTHERS:%=ports/%/*))

# Core alone: libtrans_core.a. All: libtrans_table.a, whose front-ends want
# libfdt from their host.
define PKG_CONFIG
prefix=$(PREFIX)
libdir=$(LIBDIR)
includedir=$(INCLUDEDIR)
portsdir=$(PORTSDIR)

Name: trans_table
Description: transitional page tables, kexec and resume for 64-bit Arm
Version: $(VERSION)
Cflags: -I$${includedir}
Libs: -L$${libdir} -ltrans_table
endef
export PKG_CONFIG

.PHONY: install uninstall
install: lib ## headers, archives, pkg-config file, ports' sources (PREFIX= DESTDIR= LIBFDT=)
	$(Q)$(INSTALL) -d $(DESTDIR)$(INCLUDEDIR)/trans_table \
		$(DESTDIR)$(LIBDIR)/pkgconfig
	$(Q)$(INSTALL) -m 644 $(INSTALL_HEADERS) \
		$(DESTDIR)$(INCLUDEDIR)/trans_table
	$(Q)$(INSTALL) -m 644 $(INSTALL_LIBS:%=$(A)/%) $(DESTDIR)$(LIBDIR)
	$(Q)for file in $(INSTALL_PORTS:ports/%=%); do \
		$(INSTALL) -D -m 644 ports/$$file \
			$(DESTDIR)$(PORTSDIR)/$$file || exit; done
	$(Q)printf '%s\n' "$$PKG_CONFIG" \
		>$(DESTDIR)$(LIBDIR)/pkgconfig/trans_table.pc

uninstall: ## remove what install put there
	rm -f $(addprefix $(DESTDIR)$(LIBDIR)/,$(INSTALL_LIBS) \
		pkgconfig/trans_table.pc)
	rm -f $(addprefix $(DESTDIR)$(INCLUDEDIR)/trans_table/,$(notdir \
		$(INSTALL_HEADERS)))
	rm -f $(INSTALL_PORTS:ports/%=$(DESTDIR)$(PORTSDIR)/%)
	-rmdir $(addprefix $(DESTDIR),$(INCLUDEDIR)/trans_table \
		$(LIBDIR)/pkgconfig $(OTHERS:%=$(PORTSDIR)/%) $(PORTSDIR) \
		$(PORTSDIR:%/trans_table/ports=%/trans_table)) \
		2>/dev/null || true

.PHONY: adoption
adoption: $(A)/libtrans_table.a ## installed, and built by a Makefile of somebody else's
	@tests/adoption.py --tools $(CROSS_COMPILE)

# ---- housekeeping ----------------------------------------------------------

.PHONY: clean
clean: ## remove what was built, keep what was downloaded
	rm -rf $(B)/arm64 $(B)/arm64-clang $(B)/host $(B)/host-clang \
		$(B)/host-fuzz $(B)/host-coverage $(B)/mutants \
		$(B)/bench $(B)/logs $(B)/payload $(B)/sleepers \
		$(addprefix $(B)/u-boot/,disk */plain */with */prebuilt */glue)

.PHONY: distclean
distclean: ## remove build/ as a whole
	rm -rf $(B)

.PHONY: help
help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | \
		while IFS='|' read -r name text; do \
		printf '  %-14s %s\n' "$$name" "$$text"; done

# Not by find: see ALONE.
-include $(wildcard $(foreach d,/ /*/ /*/*/ /*/*/*/ /*/*/*/*/,\
	$(addsuffix $(d)*.d,$(A)/obj $(H)/obj $(N))))
