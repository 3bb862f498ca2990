# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
#
# U-Boot.

# U_BOOT=dir: a source tree of your own, instead of Debian's package.
U_BOOT ?=
UBOOT := tests/lab/uboot.py --tools $(CROSS_COMPILE) \
	$(if $(U_BOOT),--tree '$(U_BOOT)')

.PHONY: uboot uboot-series uboot-check uboot-setup uboot-bins uboot-prebuilt uboot-newest uboot-matrix uboot-boards demo-uboot
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

uboot-series: uboot-setup ## the library and the port as patches that git am takes, for the newest U-Boot (U_BOOT=dir: for your tree)
	@tests/uboot/patches.py $(if $(U_BOOT),--tree '$(U_BOOT)')

uboot-check: uboot-setup payload $(A)/port.bin ## the series on a pristine tree: applied, built, measured, kernels started and resumed (U_BOOT=dir: a copy of yours)
	@tests/lab/setup --with python3-pytest python3-filelock python3-pytest-xdist
	@tests/uboot/check_series.py $(if $(U_BOOT),--source '$(U_BOOT)')

uboot-boards: uboot-setup payload ## the port, and the series, compiled for boards of 20 SoCs; kexec on QEMU's raspi3b and xlnx-versal-virt
	@tests/lab/boards.py --tools $(CROSS_COMPILE)
	@tests/lab/boards.py --tools $(CROSS_COMPILE) --whole
	@tests/uboot/check_series.py --tree
	@tests/lab/boards.py --tools $(CROSS_COMPILE) --series
	@tests/uboot/run_uboot.py --boards

demo-uboot: uboot-bins payload ## at U-Boot's prompt, live (EL= GIC=)
	@tests/uboot/demo_uboot.py --el $(EL) --gic $(GIC)
