# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
#
# trans, the library at a desk: a program for a Linux on x86-64 or arm64. As
# users get it, without sanitizers; what of it has unit tests is compiled for
# those by host.mk.

TOOL_LIB := $(LIB) $(TRANS) $(FDT) $(ACPI) $(KEXEC) $(HIBERNATE) $(FAKES) \
	$(GUNZIP) $(UNLZO) $(UNLZ4)
tool_objs = $(patsubst %,$(1)/obj/%.o,$(basename $(TOOL) $(TOOL_LIB))) \
	$(call fdt_objs,$(1)) $(call zlib_objs,$(1)) \
	$(addprefix $(1)/obj/,lzo/patched.o lz4/lz4.o)

$(T)/trans: $(call tool_objs,$(T))
	$(call say,HOSTLD)
	$(Q)gcc -Wl,--gc-sections $^ -o $@

# The same for arm64, which runs in qemu-user, too.
$(T64)/trans: $(call tool_objs,$(T64))
	$(call say,LD)
	$(Q)$(CROSS_COMPILE)gcc -static -Wl,--gc-sections $^ -o $@

.PHONY: tools tools-arm64
tools: $(T)/trans ## trans, for this machine: images, plans and tables at a desk (build/tools/trans)
tools-arm64: $(T64)/trans ## the same for arm64, static (build/tools-arm64/trans)

.PHONY: tools-check
tools-check: tools $(if $(findstring full,$(RUN)),tools-arm64) ## docs/tools.md as it stands there, and more, on a Linux asleep (RUN=--full; of arm64, too)
	@tests/tools/desk.py $(RUN)

BINDIR ?= $(PREFIX)/bin
MANDIR ?= $(PREFIX)/share/man
COMPLETIONSDIR ?= $(PREFIX)/share/bash-completion/completions

.PHONY: install-tools uninstall-tools
install-tools: tools ## trans, its manual page, completion for bash (PREFIX= DESTDIR=)
	$(Q)$(INSTALL) -D -m 755 $(T)/trans $(DESTDIR)$(BINDIR)/trans
	$(Q)$(INSTALL) -D -m 644 tools/trans/trans.1 $(DESTDIR)$(MANDIR)/man1/trans.1
	$(Q)$(INSTALL) -D -m 644 tools/trans/completion.sh $(DESTDIR)$(COMPLETIONSDIR)/trans

uninstall-tools: ## remove what install-tools put there
	rm -f $(DESTDIR)$(BINDIR)/trans $(DESTDIR)$(MANDIR)/man1/trans.1 \
		$(DESTDIR)$(COMPLETIONSDIR)/trans
