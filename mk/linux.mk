# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
#
# The tables inside of Linux itself: docs/linux.md.

LX := $(B)/linux
LINUX_PORT := $(wildcard ports/linux/*)
# What ports/linux calls: all else is static in its file, since a kernel's
# linker drops nothing.
LINUX_CALLS := trans_geometry_first trans_geometry_from_tcr trans_geometry_init \
	trans_present_linux trans_table_attach trans_table_copy \
	trans_table_create_for trans_table_idmap trans_table_publish
# With CONFIG_KEXEC_TRANS also.
LINUX_ALSO := trans_cpu_read trans_error_print trans_gic_tables_of \
	trans_kimage_moves trans_moves_add trans_moves_in_place \
	trans_moves_init trans_moves_plan trans_ranges_add trans_ranges_init \
	trans_transition_ask trans_transition_cancel trans_transition_go \
	trans_transition_here trans_transition_prepare
LINUX_SOURCES := $(TABLES) lib/cpu.c lib/kimage.c $(wildcard lib/moves*.c) \
	lib/ranges.c lib/machine/gic_tables.c lib/machine/this_cpu.c \
	lib/machine/arch/aarch64/arch.c \
	$(filter-out %/live.c %/report.c,$(wildcard trans/transition/*.c))

$(LX)/port/trans_table.c: tests/single.py mk/linux.mk sources.mk \
		$(LINUX_SOURCES) $(A)/blob.bin \
		$(wildcard $(foreach d,/ /*/ /*/*/,\
		$(addsuffix $(d)*.h,include lib trans)))
	$(call say,SINGLE)
	$(Q)tests/single.py --dir $(@D) --name trans_table \
		--what 'tables and transition, for ports/linux' \
		--only $(LINUX_CALLS) --also $(LINUX_ALSO) --blob $(A)/blob.bin \
		--tool '$(CROSS_CC)' --tool '$(LD)' \
		--blob-source $(BLOB) trans/transition/blob/blob.ld \
		--source $(LINUX_SOURCES)

# The tables as a kernel compiles them (arch/arm64/Makefile, ports/linux's, and
# gcc, whose frames are measured), with 48 and with 52 bits.
LS := $(A)/linux-stack
LINUX_LIKE := -std=gnu11 -ffreestanding -fshort-wchar -funsigned-char \
	-fno-common -fno-PIE -fno-strict-aliasing -mgeneral-regs-only \
	-fno-asynchronous-unwind-tables -fno-unwind-tables \
	-mbranch-protection=pac-ret -fno-delete-null-pointer-checks \
	-fno-allow-store-data-races -fno-stack-protector \
	-fno-omit-frame-pointer -fno-optimize-sibling-calls \
	-fno-stack-clash-protection -falign-functions=4 \
	-fno-strict-overflow -fconserve-stack -Os -fcallgraph-info=su

$(LS)/trans_table.c: tests/single.py mk/linux.mk sources.mk $(TABLES) \
		$(wildcard $(foreach d,/ /*/ /*/*/,\
		$(addsuffix $(d)*.h,include lib trans)))
	$(call say,SINGLE)
	$(Q)tests/single.py --dir $(@D) --name trans_table \
		--what 'the tables, for ports/linux' --only $(LINUX_CALLS) \
		--source $(TABLES)
$(LS)/env.h: ports/linux/env.h
	@mkdir -p $(@D)
	$(Q)sed '/^#include/d' $< > $@
$(LS)/48.o: WIDE := 0
$(LS)/52.o: WIDE := 1
$(LS)/48.o $(LS)/52.o: $(LS)/trans_table.c $(LS)/env.h tests/linux/stack.h
	$(call say,CC)
	$(Q)$(CROSS_COMPILE)gcc $(LINUX_LIKE) -include tests/linux/stack.h \
		-DTRANS_ENV_HEADER='"env.h"' -DCONFIG_ARM64_PA_BITS_52=$(WIDE) \
		-c $< -o $@

.PHONY: stack-gate
stack-gate: $(LS)/48.o $(LS)/52.o ## what a copy takes of a kernel's stack
	@tests/gates.py stack --tools $(CROSS_COMPILE) $^

.PHONY: linux-port
linux-port: $(LX)/port/trans_table.c
	$(Q)cp $(LINUX_PORT) $(LX)/port

.PHONY: linux
linux: linux-port $(B)/stamp/busybox $(B)/stamp/kexec-tools ## Linux itself with the tables, built and run (RUN='--only PATTERN --keep')
	@tests/linux/run_linux.py $(RUN)

.PHONY: linux-patches
linux-patches: linux-port | setup ## the same for `git am`: build/linux/patches/
	@tests/linux/patches.py
