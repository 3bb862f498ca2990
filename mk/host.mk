# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
#
# The host build: unit tests, fuzzing, coverage, mutants.

HOST_LIB_OBJS := $(call host_objs,$(LIB) $(TRANS) $(FDT) $(ACPI) $(KEXEC) $(HIBERNATE) $(FAKES))
UNIT_BINS := $(patsubst %.c,$(H)/%,$(notdir $(UNIT)))

$(H)/libtrans_table.a: $(HOST_LIB_OBJS)
# Of the tool, all that it does; its main() stays out.
$(H)/libdesk.a: $(call host_objs,$(filter-out %/main.c,$(TOOL)))
$(H)/libfdt.a: $(call fdt_objs,$(H))
$(H)/libgunzip.a: $(call host_objs,$(GUNZIP)) $(call zlib_objs,$(H))
$(H)/libunlzo.a: $(call host_objs,$(UNLZO)) $(H)/obj/lzo/patched.o
$(H)/libunlz4.a: $(call host_objs,$(UNLZ4)) $(H)/obj/lz4/lz4.o

# A program has the name of its test, wherever that lies.
$(foreach t,$(UNIT),$(eval $(H)/$(basename $(notdir $(t))): $(call host_objs,$(t))))
$(UNIT_BINS): $(call host_objs,$(UNIT_SHARED)) \
		$(addprefix $(H)/lib,desk.a trans_table.a fdt.a gunzip.a unlzo.a unlz4.a)
	$(call say,HOSTLD)
	$(Q)$(HOST_CC) $(HOST_FLAGS) $(filter %.o,$^) $(filter %.a,$^) \
		-lcmocka -llzo2 -llz4 -lzstd -o $@

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

# The builder against the one before it, kept under tests/differential/frozen.
DIFFERENTIAL := $(wildcard tests/differential/*.c tests/differential/frozen/*.c) \
	$(addprefix tests/unit/support/,memory.c walker.c world.c)
OPS ?= 100000
SEED ?= 1

$(H)/differential: $(call host_objs,$(DIFFERENTIAL)) $(H)/libtrans_table.a
	$(call say,HOSTLD)
	$(Q)$(HOST_CC) $(HOST_FLAGS) $^ -lcmocka -o $@

.PHONY: differential
differential: $(H)/differential ## OPS= (100000) random operations by this builder and the one before (SEED=)
	@$< $(OPS) $(SEED)

FUZZ := $(wildcard tests/fuzz/fuzz_*.c)
FUZZ_SHARED := $(filter-out $(FUZZ),$(wildcard tests/fuzz/*.c)) \
	$(addprefix tests/unit/support/,memory.c walker.c world.c disk.c early.c \
	minilzo_original.c \
	swsusp_image.c swsusp_reader.c workers.c files.c saved_kernels.c saved_world.c)
FUZZ_BINS := $(patsubst tests/fuzz/%.c,$(H)/%,$(FUZZ))
SECONDS ?= 60

$(H)/fuzz_%: $(H)/obj/tests/fuzz/fuzz_%.o $(call host_objs,$(FUZZ_SHARED)) \
		$(addprefix $(H)/lib,desk.a trans_table.a fdt.a gunzip.a unlzo.a unlz4.a)
	$(call say,HOSTLD)
	$(Q)$(HOST_CC) $(HOST_FLAGS) -fsanitize=fuzzer $^ -lcmocka -llzo2 -llz4 \
		-o $@

.PHONY: fuzz-bins
fuzz-bins: $(FUZZ_BINS)

.PHONY: fuzz
fuzz: | setup ## fuzz each target for SECONDS= (60) seconds; finds in build/fuzz/
	@$(MAKE) --no-print-directory TOOLCHAIN=fuzz fuzz-bins
	@tests/fuzz.py --seconds $(SECONDS) $(FUZZ_BINS:$(H)/%=%)

READER_BINS := $(filter $(addprefix $(H)/test_,swsusp% resume% snapshot_read%), \
	$(UNIT_BINS))

.PHONY: reader-bins
reader-bins: $(READER_BINS)

.PHONY: threads
threads: | setup ## reading by several CPUs, under ThreadSanitizer
	@$(MAKE) --no-print-directory TOOLCHAIN=threads reader-bins
	@tests/unit.py --helped $(READER_BINS:$(H)/%=$(B)/host-threads/%)

.PHONY: coverage
coverage: ## lines and branches that the unit tests reach
	@tests/lab/setup --with llvm
	@$(MAKE) --no-print-directory TOOLCHAIN=coverage unit-bins
	@tests/coverage.py

.PHONY: mutants
mutants: | setup $(LIBRARIES) $(TRANS_TABLE_LZO) ## known bugs put in one by one: do the unit tests notice?
	@tests/mutants.py $(RUN)
