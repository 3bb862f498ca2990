# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later

ccflags-y += -I$(srctree)/lib/trans_table/include \
	-I$(srctree)/lib/trans_table/upstream/include \
	'-DTRANS_ENV_HEADER=<u-boot-env.h>'

obj-y += error.o fdt.o gic.o kexec.o leave.o machine.o memory.o \
	unpack.o verify.o words.o
obj-$(CONFIG_EFI_LOADER) += efi.o
obj-$(CONFIG_CMD_TRANS_MAP) += dump.o tables.o
