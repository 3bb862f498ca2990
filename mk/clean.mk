# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
#
# Housekeeping.

.PHONY: clean
clean: ## remove what was built, keep what was downloaded
	rm -rf $(B)/arm64 $(B)/arm64-clang $(B)/host $(B)/host-clang \
		$(B)/host-fuzz $(B)/host-coverage $(B)/mutants \
		$(B)/bench $(B)/tools $(B)/tools-arm64 $(B)/single $(B)/single-clang \
		$(B)/docs $(B)/docs-source $(B)/docs-phone \
		$(B)/logs $(B)/payload $(B)/sleepers \
		$(addprefix $(B)/u-boot/,disk */plain */with */prebuilt */glue)

.PHONY: distclean
distclean: ## remove build/ as a whole
	rm -rf $(B)

.PHONY: help
help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | \
		while IFS='|' read -r name text; do \
		printf '  %-14s %s\n' "$$name" "$$text"; done

