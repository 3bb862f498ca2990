# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
#
# The checker for what QEMU does not show: docs/hazard.md. A plugin of QEMU 10,
# built with this machine's compiler against nothing.

HAZARD := $(wildcard tests/hazard/*.c)
# All but what knows QEMU, or the memory that it gives us.
HAZARD_PURE := $(addprefix tests/hazard/,fdt.c lines.c sys.c tables.c walk.c)
HAZARD_SO := $(B)/hazard/hazard.so
HAZARD_JOBS ?= 1
# Of the command line only: PORT may be anything in an environment.
OWN_PORT := $(if $(filter command,$(origin PORT)),$(PORT))

$(HAZARD_SO): $(HAZARD) $(wildcard tests/hazard/*.h tests/hazard/*.def) \
		$(RECIPES) mk/hazard.mk | $(FETCHED)
	$(call say,PLUGIN)
	@mkdir -p $(@D)
	$(Q)gcc -std=gnu11 -O2 -g -fPIC -shared -fvisibility=hidden $(WARN) \
		$(HAZARD) -o $@

.PHONY: hazard-bins
hazard-bins: build $(HAZARD_SO)

.PHONY: hazard
hazard: hazard-bins $(if $(OWN_PORT),,payload uboot-bins) ## caches and translations, checked while QEMU runs (RUN='--only PATTERN', PORT=file of your own)
	@tests/hazard/hazard.py --jobs $(HAZARD_JOBS) \
		$(if $(OWN_PORT),--port '$(OWN_PORT)') $(RUN)

.PHONY: hazard-planted
hazard-planted: hazard-bins payload ## bugs put in one by one: does the checker name each by its rule?
	@tests/hazard/planted.py $(RUN)

.PHONY: hazard-own
hazard-own: hazard-bins ## hazard PORT= as docs/hazard.md shows it, over a port from outside, and a bug in it; quiet = pass
	@tests/hazard/own.py --tools '$(CROSS_COMPILE)'

# The pure parts, on the host.
$(foreach t,fdt lines sys tables walk,$(H)/test_hazard_$t): \
	$(call host_objs,$(HAZARD_PURE))
$(H)/test_hazard_dma: $(call host_objs,tests/hazard/dma.c tests/hazard/lines.c)
