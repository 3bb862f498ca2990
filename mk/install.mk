# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
#
# Installing.

VERSION := $(shell sed -n 's/^.define TRANS_TABLE_VERSION "\(.*\)"/\1/p' \
	include/trans_table/version.h)
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
