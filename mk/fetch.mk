# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
#
# Set-up and real parts.

.PHONY: setup
setup: ## install what is missing (apt-get; root or sudo)
	@tests/lab/setup

# Sources named in advance, files come with the stamp.
$(LIBRARIES): $(B)/stamp/%: | setup
	@tests/lab/fetch.py $*
$(TRANS_TABLE_LIBFDT): | $(B)/stamp/libfdt
$(TRANS_TABLE_ZLIB): | $(B)/stamp/zlib
$(TRANS_TABLE_LZ4): | $(B)/stamp/lz4
$(TRANS_TABLE_LZO): $(TRANS_TABLE_LZO_PATCH) | $(B)/stamp/lzo
	$(call say,PATCH)
	$(Q)patch -s -o $@ $(LZO_DIR)/minilzo.c $<

$(B)/stamp/kernel $(B)/stamp/backports $(B)/stamp/busybox \
		$(B)/stamp/kexec-tools $(B)/stamp/trans_pgd: $(B)/stamp/%: | setup
	@tests/lab/fetch.py $*

.PHONY: kernels
kernels: | setup ## small kernels of 4K, 16K and 64K pages (minutes; build/kernels/)
	@tests/lab/kernels.py

.PHONY: payload
payload: $(B)/stamp/kernel $(B)/stamp/busybox ## Debian's kernel and a test initramfs
	@tests/lab/payload.py
