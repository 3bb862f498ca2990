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
LINUX_ALSO := trans_cpu_read trans_error_print trans_kimage_moves \
	trans_moves_add trans_moves_in_place trans_moves_init trans_moves_plan \
	trans_ranges_add trans_ranges_init trans_transition_ask \
	trans_transition_cancel trans_transition_go trans_transition_here \
	trans_transition_prepare
LINUX_SOURCES := $(TABLES) lib/cpu.c lib/kimage.c $(wildcard lib/moves*.c) \
	lib/ranges.c lib/machine/this_cpu.c lib/machine/arch/aarch64/arch.c \
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

.PHONY: linux-port
linux-port: $(LX)/port/trans_table.c
	$(Q)cp $(LINUX_PORT) $(LX)/port

.PHONY: linux
linux: linux-port $(B)/stamp/busybox $(B)/stamp/kexec-tools ## Linux itself with the tables, built and run (RUN='--only PATTERN --keep')
	@tests/linux/run_linux.py $(RUN)

.PHONY: linux-patches
linux-patches: linux-port | setup ## the same for `git am`: build/linux/patches/
	@tests/linux/patches.py
