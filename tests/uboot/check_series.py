#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""make uboot-check: the series, on a pristine tree that was made a repository.
It is written, applied by `git am`, built for QEMU, and cases run with what was
built. The tree is a copy: of Debian's newest, or of one of your own. Nothing is
left of an earlier run."""
import argparse
import os
import shutil
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), 'qemu')]
import at_prompt  # noqa: E402 (finds tests/lab)
import at_flow  # noqa: E402
import at_wake  # noqa: E402
import patches  # noqa: E402
import fetch  # noqa: E402
import rows  # noqa: E402
import run_uboot  # noqa: E402
import series  # noqa: E402
import test_py  # noqa: E402
import uboot  # noqa: E402

TREE = f'{patches.HOME}/tree'
NAME = os.path.basename(patches.HOME)
# What of Debian's package is not U-Boot's, and what is ours.
NOT_UPSTREAM = ['debian', '.pc', 'ORIGIN', 'lib/trans_table']
# What is measured against the same defconfig without: options less and less.
# Two of them are kept, and booted.
LESS = {
    'trans': [],
    '- bootmeth': ['BOOTMETH_HIBERNATE', 'PARTITION_TYPE_GUID'],
    '- booti': ['CMD_TRANS_BOOTI'],
    '- map': ['CMD_TRANS_MAP'],
    '- elf': ['CMD_TRANS_ELF'],
    '- plan': ['CMD_TRANS_PLAN'],
    '- workers': ['CMD_TRANS_RESUME_WORKERS'],
    '- efi': ['CMD_TRANS_RESUME_EFI'],
    '- ask': ['CMD_TRANS_RESUME_ASK'],
    '- virtual': ['CMD_TRANS_RESUME_VIRTUAL'],
    '- crc': ['CMD_TRANS_RESUME_CRC32'],
    '- words': ['CMD_TRANS_WORDS'],
    '- verify': ['CMD_TRANS_VERIFY'],
    '- packed': ['CMD_TRANS_PACKED'],
    '- uart': ['CMD_TRANS_UART'],
    '- gicv3 (least resume)': ['CMD_TRANS_GICV3'],
    '- lzo': ['LZO'],
    '- resume (least kexec)': ['CMD_TRANS_RESUME'],
}
KEPT = {'- gicv3 (least resume)': 'least-resume',
        '- resume (least kexec)': 'least-kexec'}
# U-Boot's ways to boot what is in memory, and what selects them.
OWN_BOOT = ['CMD_BOOTI', 'CMD_BOOTM', 'BOOTSTD', 'BOOTSTD_DEFAULTS']
# Both ways to leave, at both exception levels.
CASES = ['map-el1', 'places', 'held', 'kexec-over-el2', 'kexec-lpis',
         'resume-el1-gic2']
# Of what only the series has.
OWN_CASES = at_flow.CASES
# The least that there is of each; and a live tree.
OTHERS = [
    at_prompt.Case('kexec-live-tree', at_prompt.kexecs_by_live_tree, out='live',
                   gic='3', its=True),
    at_prompt.Case('fixup', at_prompt.fixes_up, out='live'),
    at_prompt.Case('kexec-least', at_prompt.kexecs_in_silence,
                   out='least-kexec'),
    at_prompt.Case('kexec-least-gicv3', at_prompt.refuses_gicv3,
                   out='least-kexec', gic='3'),
    at_wake.Resume('resume-least', at_wake.resumes, out='least-resume'),
]


def make_repository(source, copy=os.link):
    """Files are shared with the package, and git replaces what it changes."""
    shutil.copytree(source, TREE, symlinks=True, copy_function=copy,
                    ignore=lambda where, names: {'.git'} & set(names))
    for path in NOT_UPSTREAM:
        full = f'{TREE}/{path}'
        if os.path.islink(full) or os.path.isfile(full):
            os.remove(full)
        else:
            shutil.rmtree(full, ignore_errors=True)
    for path, _, _ in uboot.LINES:
        fetch.write_file(f'{TREE}/{path}', patches.pristine(source, path))
    # One that was built in place: with its .config none is built outside.
    uboot.make(TREE, TREE, 'mrproper', tools=uboot.TOOLS)
    series.git(TREE, 'init', '-q')
    series.git(TREE, '-c', 'core.looseCompression=0', 'add', '-A', '-f')
    series.git(TREE, 'commit', '-q', '-m', 'As it was')


def apply_series(source, copy=os.link):
    """What checkpatch says of it."""
    files, bad = patches.write(source)
    make_repository(source, copy)
    series.git(TREE, 'am', '-q', *files)
    return bad


def prepare(own=None):
    if own:
        patches.check(own)
    shutil.rmtree(patches.HOME, ignore_errors=True)
    with fetch.locked(f'{fetch.BUILD}/u-boot/{patches.RELEASE}/.lock'):
        bad = (apply_series(own, shutil.copy2) if own else
               apply_series(uboot.source(patches.RELEASE)))
    if bad:
        raise fetch.Failed(f'checkpatch:\n{bad}')


def footprint(tools):
    """A line for each set of options: what it adds to text, data, bss."""
    plain = uboot.text_size(f'{patches.HOME}/plain', tools)
    out = f'{patches.HOME}/less'
    shutil.copytree(f'{patches.HOME}/with', out, symlinks=True)
    for name, options in LESS.items():
        if options:
            uboot.without(out, options)
            uboot.make(TREE, out, 'olddefconfig', tools=tools)
            uboot.make(TREE, out, 'u-boot.bin', tools=tools)
        now = uboot.text_size(out, tools)
        if name in KEPT:
            shutil.copytree(out, f'{patches.HOME}/{KEPT[name]}', symlinks=True)
        print(f'  {name:24} text + {now[0] - plain[0]:7,}, data + '
              f'{now[1] - plain[1]:5,}, bss + {now[2] - plain[2]:6,}', flush=True)


def build_live(tools):
    """With a live tree, and a script for the next kernel's, which are off by
    default here."""
    out = f'{patches.HOME}/live'
    shutil.copytree(f'{patches.HOME}/with', out, symlinks=True)
    with open(f'{out}/.config', 'a', encoding='utf-8') as f:
        f.write('CONFIG_OF_LIVE=y\nCONFIG_OF_ENV_SETUP=y\n')
    uboot.make(TREE, out, 'olddefconfig', tools=tools)
    uboot.make(TREE, out, 'u-boot.bin', tools=tools)


def ask_kconfig(tools):
    """Without what it calls there is no command, rather than one that cannot be
    linked."""
    out = f'{patches.HOME}/needs'
    os.makedirs(out)
    shutil.copy(f'{patches.HOME}/with/.config', out)
    uboot.without(out, OWN_BOOT)
    uboot.make(TREE, out, 'olddefconfig', tools=tools)
    with open(f'{out}/.config', encoding='utf-8') as f:
        if 'CONFIG_CMD_TRANS=y\n' in f:
            raise fetch.Failed(f'CMD_TRANS without {OWN_BOOT}')


def run_all(own):
    """(passed, failed)."""
    tools = os.environ.get('CROSS_COMPILE') or uboot.TOOLS
    prepare(own)
    uboot.build(TREE, patches.HOME, tools)
    footprint(tools)
    build_live(tools)
    ask_kconfig(tools)
    picked = [c for c in run_uboot.CASES if c.name in CASES]
    if len(picked) != len(CASES):
        raise fetch.Failed(f'no such case: {CASES}')
    done = [run_uboot.run_cases(u_boot=NAME, cases=[*picked, *OWN_CASES, *OTHERS]),
            *test_py.run_all(TREE)]
    return tuple(map(sum, zip(*done)))


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument('--tree', action='store_true',
                    help='only write and apply it (for tests/lab/boards.py)')
    ap.add_argument('--source', metavar='DIR',
                    help="a copy of your own tree instead of Debian's")
    args = ap.parse_args()
    own = args.source and os.path.abspath(args.source)
    try:
        if args.tree:
            return prepare(own)
        return rows.end('', lambda: run_all(own))
    except fetch.Failed as why:
        sys.exit(f'uboot-check: {why}')


if __name__ == '__main__':
    main()
