# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""The patches of the series that make trans_table a part of U-Boot's own ways
to boot: a bootmeth. Each function is given the tree in which the series
becomes (patches.Tree)."""
import uboot

# U-Boot's own files: what there is, and what there is to be.
END_SCAN = {
    'include/bootmeth.h': [
        ('	 *	something changes, other -ve on other error\n',
         '	 *	something changes, -ECANCELED if nothing else may be booted, so\n'
         '	 *	that a scan ends, other -ve on other error\n')],
    'cmd/bootflow.c': [
        ('	bool list = false, no_hunter = false, menu = false, text_mode = false;\n',
         '	bool list = false, no_hunter = false, menu = false, text_mode = false;\n'
         '	bool stopped = false;\n'),
        ('		if (!menu && boot && !bflow.err)\n'
         '			bootflow_run_boot(&iter, &bflow);\n',
         '		if (!menu && boot && !bflow.err &&\n'
         '		    bootflow_run_boot(&iter, &bflow) == -ECANCELED) {\n'
         '			stopped = true;\n'
         '			i++;\n'
         '			break;\n'
         '		}\n'),
        ('				bootflow_run_boot(NULL, sel_bflow);\n'
         '			}\n		}\n	}\n\n	return 0;\n',
         '				bootflow_run_boot(NULL, sel_bflow);\n'
         '			}\n		}\n	}\n\n'
         '	return stopped ? CMD_RET_FAILURE : 0;\n')],
    'boot/prog_boot.c': [
        ('		if (!bflow.err)\n'
         '			bootflow_run_boot(&iter, &bflow);\n'
         '		bootflow_free(&bflow);\n',
         '		ret = bflow.err ?: bootflow_run_boot(&iter, &bflow);\n'
         '		bootflow_free(&bflow);\n'
         '		if (ret == -ECANCELED)\n'
         '			break;\n')],
}
BOOTMETH = {
    'boot/Makefile': [
        ('obj-$(CONFIG_$(PHASE_)BOOTMETH_QFW) += bootmeth_qfw.o\n',
         'obj-$(CONFIG_$(PHASE_)BOOTMETH_HIBERNATE) += bootmeth_hibernate.o\n'
         'obj-$(CONFIG_$(PHASE_)BOOTMETH_QFW) += bootmeth_qfw.o\n')],
    'doc/develop/bootstd/index.rst': [
        ('   pxelinux\n', '   hibernate\n   pxelinux\n')],
}
FILES = [*END_SCAN, *BOOTMETH, 'boot/Kconfig']


def own(name):
    """A file that only the series has."""
    with open(f'{uboot.PORT}/series/{name}', encoding='utf-8') as f:
        return f.read()


def change_all(t, changes):
    for path, pairs in changes.items():
        for old, new in pairs:
            t.change(path, old, new)


def end_scan(t):
    change_all(t, END_SCAN)


def add_bootmeth(t):
    change_all(t, BOOTMETH)
    for name, path in [('bootmeth_hibernate.c', 'boot'),
                       ('find.c', 'boot/trans'),
                       ('trans_hibernate.h', 'include'),
                       ('hibernate.rst', 'doc/develop/bootstd')]:
        t.write(f'{path}/{name}', own(name))
    t.insert('boot/Kconfig', r'(?=^config BOOTMETH_QFW\n)', own('Kconfig.boot'))
    t.append('boot/trans/Makefile',
             'obj-$(CONFIG_BOOTMETH_HIBERNATE) += find.o\n')
    t.maintain(r'(?=^F:\tboot/trans/\n)', 'boot/bootmeth_hibernate.c')
    t.maintain(r'^F:\tcmd/trans\.c\n', 'doc/develop/bootstd/hibernate.rst')
    t.maintain(r'^F:\tinclude/trans_cmd\.h\n', 'include/trans_hibernate.h')


PATCHES = [
    (end_scan, '''bootstd: let a bootmeth end the scan

A bootmeth that finds it cannot boot makes room for the next one. That is wrong
where booting anything else does harm: a hibernated system has its file systems
mounted, and they are destroyed if another system mounts them too and the first
one is resumed later.

So -ECANCELED of boot() ends the scan, and bootflow scan -b fails. No bootmeth
returns that so far.
'''),
    (add_bootmeth, '''bootstd: add a bootmeth for a hibernated Linux

trans resume must be told where an image is, and a board that boots by
bootflow scan has nobody to tell it.

The bootmeth finds images by their signature, on all disks, before anything else
is booted; and again before each bootdev, for a scan with a label leaves global
bootmeths out, and some disks are found late. An image that is refused ends the scan, since U-Boot cannot know
whether the system that the next bootflow boots would look for the image before
it mounts the file systems that the image remembers. Who knows that it does sets
trans_on_refusal.
'''),
]
