# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
#
# The tables alone, and the library as one file (tests/single.py).

TABLES := $(TRANS_TABLE_TABLES)
S := $(A:$(B)/arm64%=$(B)/single%)
SINGLE := $(addprefix $(S)/,trans_table.c trans_table_all.c)
# What stays a file beside it.
SINGLE_ASM := $(filter-out %/blob_image.S,$(filter %.S,$(ARM_ONLY) \
	$(HIBERNATE_ARM)))
# Another file than the one that is made here: does it hold what is here?
FILE ?=

single = tests/single.py --dir $(S) $(2) --name $(1) $(single_$(1))
single_trans_table = --what 'the tables alone' --source $(TABLES)
single_trans_table_all = --what 'all of the library' --asm $(SINGLE_ASM) \
	--blob $(A)/blob.bin --tool '$(CROSS_CC)' --tool '$(LD)' \
	--blob-source $(BLOB) trans/transition/blob/blob.ld \
	--source $(filter %.c,$(LIB) $(TRANS) $(ARM_ONLY) $(FDT) $(ACPI) $(KEXEC) \
	$(HIBERNATE))

.PHONY: single
single: $(SINGLE) ## the library as one C file: build/single/trans_table.c, trans_table_all.c

$(SINGLE): tests/single.py mk/single.mk sources.mk $(LIB) $(TRANS) \
		$(wildcard $(foreach d,/ /*/ /*/*/ /*/*/*/,\
		$(addsuffix $(d)*.h,include lib trans kexec hibernate)))
	$(call say,SINGLE)
	$(Q)$(call single,$(basename $(@F)))

$(S)/trans_table_all.c: $(A)/blob.bin $(ARM_ONLY) $(FDT) $(ACPI) $(KEXEC) \
	$(HIBERNATE) $(HIBERNATE_ARM)
# Written behind it.
$(S)/context.S: $(S)/trans_table_all.c
	@:

.PHONY: single-gate
single-gate: $(SINGLE) ## one file, its blob too, is what the sources make (FILE=: one that you have, trans_table_all.c)
	@$(call single,trans_table,--check $(S)/trans_table.c)
	@$(call single,trans_table_all,--check $(or $(FILE),$(S)/trans_table_all.c))

# ---- dropped into a host ----------------------------------------------------

# As a host would compile it: no include directory of ours, and what it may have
# switched on.
DROPPED := -O2 -Wall -Wextra -Wshadow -Werror
$(A)/single/%.o $(S)/%.o: INCLUDE = $(TRANS_TABLE_LIBFDT_INCLUDE)
$(A)/single/%.o: COMPILE = $(CROSS_CC) $(ARM_FLAGS)
$(S)/%.o: COMPILE = $(HOST_CC) $(COMMON)
$(A)/single/%.o: SAYS = CC
$(S)/%.o: SAYS = HOSTCC
$(A)/single/%.o $(S)/%.o: FLAGS = $(DROPPED)
# 4K pages at EL1 and nothing of 52 bits: lib/assume.h.
FIXED := -DTRANS_ASSUME_GRANULE=TRANS_4K -DTRANS_ASSUME_REGIME=TRANS_EL1_0 \
	-DTRANS_ASSUME_WIDE=0
$(S)/fixed/%.o: FLAGS = $(DROPPED) $(FIXED)

$(eval $(call objects,$(A)/single,$(S)/,c))
$(eval $(call objects,$(A)/single,$(S)/,S))
$(eval $(call objects,$(S),$(S)/,c))
$(eval $(call objects,$(S)/fixed,$(S)/,c))

# What it saves, for size.
$(A)/single/small/%.o: FLAGS = -Os -Wall -Wextra -Wshadow -Werror
$(A)/single/small/fixed.o: FLAGS = -Os -Wall -Wextra -Wshadow -Werror $(FIXED)
$(A)/single/small/any.o $(A)/single/small/fixed.o: $(S)/trans_table.c $(RECIPES) \
		| $(FETCHED)
	$(compile)

ALONE_OBJ := obj/tests/alone/tables.o
$(N)/tables: $(N)/$(ALONE_OBJ) $(call bench_objs,$(TABLES))
$(S)/tables: $(N)/$(ALONE_OBJ) $(S)/trans_table.o
$(S)/tables-fixed: $(N)/fixed/tables.o $(S)/fixed/trans_table.o
$(N)/tables $(S)/tables $(S)/tables-fixed:
	$(call say,HOSTLD)
	$(Q)gcc $^ -o $@

# What is to be taken with that: both halves of EL1&0.
$(N)/fixed/tables.o: FLAGS = $(WARN) -DGEOMETRIES=0x41u
$(N)/fixed/tables.o: COMPILE = gcc $(BENCH_FLAGS)
$(N)/fixed/tables.o: SAYS = HOSTCC
$(eval $(call objects,$(N)/fixed,tests/alone/,c))

.PHONY: tables-gate
tables-gate: $(A)/$(ALONE_OBJ) $(call arm_objs,$(TABLES)) $(A)/single/trans_table.o $(N)/tables $(S)/tables $(S)/tables-fixed $(A)/single/small/any.o $(A)/single/small/fixed.o ## the tables alone, as files and as one: what they take from outside; and they work
	@tests/gates.py alone --tools $(CROSS_COMPILE) $(A)/$(ALONE_OBJ) \
		$(call arm_objs,$(TABLES))
	@tests/gates.py alone --tools $(CROSS_COMPILE) $(A)/$(ALONE_OBJ) \
		$(A)/single/trans_table.o
	@tests/gates.py alone --tools '' $(N)/$(ALONE_OBJ) $(call bench_objs,$(TABLES))
	@$(N)/tables && $(S)/tables && $(S)/tables-fixed
	@tests/gates.py fixed --tools $(CROSS_COMPILE) $(A)/single/small/any.o \
		$(A)/single/small/fixed.o

# The reference port with it, instead of the archive.
$(A)/port-single.elf: ports/qemu-virt/port.ld $(PORT_OBJS) \
		$(addprefix $(A)/single/,trans_table_all.o context.o) \
		$(filter-out %/libtrans_table.a,$(PORT_LIBS))
	$(call say,LD)
	$(Q)$(LD) $(PIE_LINK) -T $< $(filter %.o,$^) \
		--start-group $(filter %.a,$^) --end-group -o $@

build: $(if $(PORT_SOURCES),$(A)/port-single.bin)
