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

$(LX)/port/trans_table.c: tests/single.py mk/linux.mk sources.mk $(TABLES) \
		$(wildcard $(foreach d,/ /*/ /*/*/,\
		$(addsuffix $(d)*.h,include lib trans)))
	$(call say,SINGLE)
	$(Q)tests/single.py --dir $(@D) --name trans_table \
		--what 'the tables, for ports/linux' --only $(LINUX_CALLS) \
		--source $(TABLES)

.PHONY: linux-port
linux-port: $(LX)/port/trans_table.c
	$(Q)cp $(LINUX_PORT) $(LX)/port

.PHONY: linux
linux: linux-port $(B)/stamp/busybox $(B)/stamp/kexec-tools ## Linux itself with the tables, built and run (RUN='--only PATTERN --keep')
	@tests/linux/run_linux.py $(RUN)

.PHONY: linux-patches
linux-patches: linux-port | setup ## the same for `git am`: build/linux/patches/
	@tests/linux/patches.py
