# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""The patches of the series that make trans_table a part of U-Boot's own ways
to boot, and to be tested. Each function is given the tree in which the series
becomes (patches.Tree)."""
import uboot


def own(name):
    """A file that only the series has."""
    with open(f'{uboot.PORT}/series/{name}', encoding='utf-8') as f:
        return f.read()


def part(name):
    """What goes into a file of U-Boot's, which has its own licence's line."""
    return own(name).split('\n', 1)[1]


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
BOOTI = {
    'cmd/booti.c': [
        ('#include <mapmem.h>\n', '#include <mapmem.h>\n#include <trans_cmd.h>\n'),
        ('int do_booti(struct cmd_tbl *cmdtp, int flag, int argc, char *const argv[])\n'
         '{\n', part('booti_trans.c') + '\n'
         'int do_booti(struct cmd_tbl *cmdtp, int flag, int argc, char *const argv[])\n'
         '{\n'),
        ("	/* Consume 'booti' */\n	argc--; argv++;\n",
         "	/* Consume 'booti' */\n	argc--; argv++;\n\n"
         '	if (IS_ENABLED(CONFIG_CMD_TRANS_BOOTI) && argc && !strcmp(argv[0], "-t"))\n'
         '		return booti_trans(argc, argv);\n'),
        ('	"\\tvariables beforehand.\\n"\n',
         '	"\\tvariables beforehand.\\n"\n'
         '	CONFIG_IS_ENABLED(CMD_TRANS_BOOTI,\n'
         '			  ("\\tWith -t in front, kernel and initrd may go where U-Boot is.\\n"))\n'),
    ],
    'doc/usage/cmd/booti.rst': [
        ('    booti [<addr> [<initrd>[:<size>]] [<fdt>]]\n',
         '    booti [-t] [<addr> [<initrd>[:<size>]] [<fdt>]]\n'),
        ('addr\n    address of kernel image',
         '\\-t\n'
         '    the kernel is started by :doc:`trans kexec <trans>`: kernel and initrd may go\n'
         '    where U-Boot itself is, so they start though there is no room for them beside\n'
         '    it, and they are verified after they were moved. The initrd is raw, a\n'
         '    compressed kernel is one of gzip, kernel_comp_size is exactly the size of its\n'
         '    file, and kernel_comp_addr_r is not needed. Only available if\n'
         '    CONFIG_CMD_TRANS_BOOTI=y.\n\n'
         'addr\n    address of kernel image')],
}
# The library's options for a file that includes its own headers.
TEST_FLAGS = '''CFLAGS_trans.o := -I$(srctree)/lib/trans_table/include \\
	-I$(srctree)/lib/trans_table/sandbox \\
	-I$(srctree)/lib/trans_table/upstream \\
	-I$(srctree)/lib/trans_table/upstream/include \\
	'-DTRANS_ENV_HEADER=<u-boot-env.h>'
'''
UT_TRANS = '''config UT_TRANS
	bool "Unit tests for the command trans"
	depends on UNIT_TEST && SANDBOX && CMD_TRANS
	default y
	help
	  Enables the 'ut trans' command which tests the command trans: its
	  words, where a kernel is placed, the plan, and what is refused. The
	  CPU is a fake of an arm64 one; nothing is left or overwritten.

'''
# Before, or behind, the first of what is found.
SANDBOX = [
    ('test/Kconfig', r'(?=^source "test/dm/Kconfig"\n)', UT_TRANS),
    ('test/cmd/Makefile',
     r'^obj-\$\(CONFIG_CMD_TEMPERATURE\) \+= temperature\.o\n',
     'obj-$(CONFIG_UT_TRANS) += trans.o\n' + TEST_FLAGS),
    ('configs/sandbox_defconfig', r'^CONFIG_UNIT_TEST=y\n',
     'CONFIG_TRANS_TABLE=y\n'),
]
# A suite of tests is an entry of a list, or, in an older version, a command.
SUITE_IN_LIST = [
    ('test/cmd_ut.c', r'(?=^SUITE_DECL\(upl\);\n)', 'SUITE_DECL(trans);\n'),
    ('test/cmd_ut.c', r'(?=^\tSUITE\(upl, )',
     '	SUITE(trans, "trans, up to where it would leave"),\n'),
]
SUITE_COMMAND = [
    ('include/test/suites.h', r'(?=^int do_ut_upl\()',
     'int do_ut_trans(struct cmd_tbl *cmdtp, int flag, int argc, '
     'char *const argv[]);\n'),
    ('test/cmd_ut.c', r'(?=^#ifdef CONFIG_CMD_UPL\n)',
     '	CONFIG_IS_ENABLED(UT_TRANS, '
     '(U_BOOT_CMD_MKENT(trans, CONFIG_SYS_MAXARGS,\n'
     '						      '
     '1, do_ut_trans, "", ""),\n	))\n'),
    ('test/cmd_ut.c', r'^\t"\\nseama - [\w ]+"\n#endif\n',
     '	CONFIG_IS_ENABLED(UT_TRANS,\n'
     '			  ("\\ntrans - trans, up to where it would leave"))\n'),
]


def suite(in_list):
    return SUITE_IN_LIST if in_list else SUITE_COMMAND


def files(in_list):
    """Those of U-Boot's that are changed here."""
    return {*END_SCAN, *BOOTMETH, *BOOTI, 'boot/Kconfig',
            *(path for path, _, _ in [*SANDBOX, *suite(in_list)])}


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
        t.write(f'{path}/{name}',
                t.own(name) if name.endswith('.c') else own(name))
    t.insert('boot/Kconfig', r'(?=^config BOOTMETH_QFW\n)', own('Kconfig.boot'))
    t.append('boot/trans/Makefile',
             'obj-$(CONFIG_BOOTMETH_HIBERNATE) += find.o\n')
    t.maintain(r'(?=^F:\tboot/trans/\n)', 'boot/bootmeth_hibernate.c')
    t.maintain(r'^F:\tcmd/trans\.c\n', 'doc/develop/bootstd/hibernate.rst')
    t.maintain(r'^F:\tinclude/trans_cmd\.h\n', 'include/trans_hibernate.h')


def add_booti(t):
    change_all(t, BOOTI)
    t.insert('cmd/Kconfig', r'(?=^endif\n\nconfig BOOTM_LINUX\n)',
             own('Kconfig.booti'))


def add_tests(t):
    for edit in [*SANDBOX, *suite(t.has('COMPAT_SUITE_LIST'))]:
        t.insert(*edit)
    t.change('lib/trans_table/Kconfig', 'depends on ARM64\n',
             'depends on ARM64 || SANDBOX\n')
    t.write('test/cmd/trans.c', t.own('test_trans.c'))
    test = own('test_trans.py')
    t.write('test/py/tests/test_trans.py', test if t.has('COMPAT_UBMAN') else
            test.replace('ubman', 'u_boot_console'))
    for name in ('setjmp.h',):
        t.write(f'lib/trans_table/sandbox/{name}', t.own(f'sandbox/{name}'))
    t.maintain(r'^F:\tlib/trans_table/\n', 'test/cmd/trans.c',
               'test/py/tests/test_trans.py')


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
bootmeths out, and some disks are found late. An image that is refused ends the
scan, since U-Boot cannot know whether the system that the next bootflow boots would look for the image before
it mounts the file systems that the image remembers. Who knows that it does sets
trans_on_refusal.
'''),
    (add_booti, '''cmd: booti: start a kernel over U-Boot itself

booti moves the kernel and its initrd while U-Boot runs, so neither may go where
U-Boot is, and on a board with little memory they do not fit beside it. With -t
they are handed over by trans kexec, which takes the same words.
'''),
    (add_tests, '''test: trans: run the command in the sandbox

All of it but the way out is the same on any host: words, where things may go,
the device tree, the plan and its proof, and what is refused. The library brings
a fake of the machine, whose registers a test sets, and finds U-Boot's own memory
map and device tree, of the sandbox, around it.
'''),
]
