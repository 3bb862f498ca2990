#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""make linux-patches: ports/linux as a series that `git am` takes, for each
version of Linux: build/linux/patches/VERSION/*.patch. Each is applied again to
the files as Debian has them, and shown to checkpatch --strict."""
import argparse
import os
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import ktree  # noqa: E402
import series as patch_series  # noqa: E402
from ktree import fetch  # noqa: E402

OUT = f'{ktree.OUT}/patches'
# The library's own files, in its own style: imported, like lib/zstd.
IMPORTED = ['trans_table.c', 'trans_table.h']
# What checkpatch says of every new file, or of what is not this series'; and
# that there is kzalloc_obj(), which older Linux has not.
NOT_OURS = ['FILE_PATH_CHANGES', 'MISSING_SIGN_OFF', 'ALLOC_WITH_SIZEOF']
ADAPTER = ['env.h', 'trans_pgd_library.c', 'trans_pgd_ways.h']
COMPARE = ['trans_pgd_word.c', 'trans_pgd_compare.c']
KEXEC = ['kexec_trans_parts.h', 'kexec_trans.c', 'kexec_trans_moves.c',
         'kexec_trans_where.h', 'kexec_trans_lpi.c', 'kexec_trans_uart.c',
         'kexec_trans_flip.c']
# Begun by the adapter, and gone on with.
SHARED = ['Kconfig', 'Makefile']

SERIES = [
    (IMPORTED, False, '''arm64: trans_table: import the trans_table library

The library makes transitional page tables: it copies the mappings of one
table into another one, offline, with flags that say what must become of
them. And it leaves by such tables: it moves an image into its place by code
that lies where nothing is moved, proves before that this is so, and checks
after that what arrived is what was sent.

This is tables and transition in one file, with all functions static that
the kernel does not call, so that the compiler drops them. The code that
moves is an array of bytes, linked on its own; the file names what it was
made of.

It is imported as it is, in its own style. It takes memset() and the like
and the fixed-width types from outside and allocates by callbacks only.
Nothing builds it yet.
'''),
    (ADAPTER, True, '''arm64: trans_pgd: optionally use the trans_table library

The tables on which kexec and the resume from hibernation run are a copy of
the linear map, page by page where that is mapped by pages, which is the
default (rodata=full). For each GiB of memory they are 2 MiB of tables, and
kexec_load() spends most of its time on them.

With CONFIG_TRANS_TABLE_LIBRARY the copy is made by the library. All of it
is writable memory of one type, so that pages become blocks: a few tables
do. It has the levels that the CPU's tables have, also with LPA2, where
trans_pgd_create_copy() forgets to allocate one and oopses. And where
an entry maps no memory the load fails and says which, instead of BUG().

Users of asm/trans_pgd.h do not change.
'''),
    (COMPARE, True, '''arm64: trans_pgd: both implementations in one kernel, to compare them

With CONFIG_TRANS_TABLE_COMPARE the kernel has its own trans_pgd.c and the
library. trans_pgd=linux, library or plain on the command line chooses who
makes the tables. Files in debugfs make a copy each time they are read and
say what that took, and which pages of the copy are not what the linear map
says, by a walk that neither of the two has written.
'''),
    (KEXEC, True, '''arm64: kexec: optionally leave by the trans_table library

Between the old kernel and the new one is relocate_kernel.S: it says
nothing, and what goes wrong in it is a machine that hangs.

With CONFIG_KEXEC_TRANS kexec_load() and kexec_file_load() prepare a
transition of the library. It maps exactly what is moved, no copy of the
linear map; it is proved there that nothing which is still needed is
overwritten, and an image that cannot be is refused with a line in the
log, also one whose destination is no memory. On the way out it says how
far it came on the UART that earlycon was told of. The SHA-256 of each
segment is taken when it is loaded and compared after the move, with the
caches on; if it differs the machine is reset by PSCI, and nothing started.
A crash kernel, which is in place, is entered by the same code, with the
MMU off.

A GICv3 whose LPIs are on goes on to use their tables in memory. An image
over one is refused, and any but a crash kernel while nobody reserves them
for the next kernel, as UEFI's list does. The GIC's driver says where the
redistributors are.

The conduit is psci.c's, as that of SMCCC is not known with version 1.0,
and the UART earlycon's. What depends on the CPU is read on the one that
leaves.

kexec=linux on the command line leaves as before. With
CONFIG_TRANS_TABLE_COMPARE a file in debugfs flips a bit of what is loaded,
to see it refused.
'''),
]


def pristine(tree):
    """Those files of Debian's that the series changes."""
    return {path: ktree.read(f'{tree}/{path}.debian'
                             if os.path.exists(f'{tree}/{path}.debian') else
                             f'{tree}/{path}') for path in ktree.EDITED}


def as_of(tree, files, name):
    """A file of the port as it is behind that patch of the series."""
    text = ktree.port_file(tree, name)
    if files is not KEXEC:
        text = ktree.without_kexec(name, text)
    return ktree.without_compare(name, text) if files is ADAPTER else text


def commits(tree, repo):
    patch_series.begin(repo, pristine(tree))
    for files, edits, message in SERIES:
        for name in [*files, *(SHARED if edits else ())]:
            patch_series.write(f'{repo}/{ktree.INTO}/{name}',
                               as_of(tree, files, name))
        for path in ktree.EDITED if edits else ():
            if path in ktree.kexec_edits.PLACES and files is not KEXEC:
                continue
            text = ktree.read(f'{tree}/{path}.debian')
            fetch.write_file(f'{repo}/{path}', ktree.edited(
                path, text, files is not ADAPTER))
        patch_series.git(repo, 'add', '-A')
        patch_series.git(repo, 'commit', '-q', '-m', message)


def series(version):
    """Write it; what is wrong with it, as lines. Of an imported file nothing is
    asked."""
    tree = ktree.tree_of(version)
    with tempfile.TemporaryDirectory(dir=ktree.OUT) as repo:
        commits(tree, repo)
        patches = patch_series.export(repo, f'{OUT}/{version}', len(SERIES))
    return ''.join(
        patch_series.checkpatch(tree, patch, '--ignore', ','.join(NOT_OURS))
        for patch, (files, _, _) in zip(patches, SERIES) if files != IMPORTED)


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument('version', nargs='*', default=list(ktree.SOURCES))
    args = ap.parse_args()
    bad = ''
    try:
        for version in args.version:
            ktree.unpack(version)
            ktree.apply(version)
            bad += series(version)
            print(f'linux-patches: {OUT}/{version}')
    except fetch.Failed as why:
        sys.exit(f'linux-patches: {why}')
    print(bad, end='')
    sys.exit(bool(bad))


if __name__ == '__main__':
    main()
