#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""make uboot-check: the series, on a pristine tree that was made a repository.
It is written, applied by `git am`, built for QEMU, and cases run with what was
built. Nothing is left of an earlier run."""
import os
import shutil
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), 'qemu')]
import patches  # noqa: E402 (finds tests/lab)
import fetch  # noqa: E402
import rows  # noqa: E402
import run_uboot  # noqa: E402
import series  # noqa: E402
import uboot  # noqa: E402

TREE = f'{patches.HOME}/tree'
NAME = os.path.basename(patches.HOME)
# What of Debian's package is not U-Boot's, and what is ours.
NOT_UPSTREAM = ['debian', '.pc', 'ORIGIN', 'lib/trans_table']
# Both ways to leave, at both exception levels.
CASES = ['map-el1', 'kexec-over-el2', 'resume-el1-gic2']


def make_repository(source):
    """Files are shared with the package, and git replaces what it changes."""
    shutil.copytree(source, TREE, symlinks=True, copy_function=os.link)
    for path in NOT_UPSTREAM:
        full = f'{TREE}/{path}'
        if os.path.islink(full) or os.path.isfile(full):
            os.remove(full)
        else:
            shutil.rmtree(full, ignore_errors=True)
    for path, _, _ in uboot.LINES:
        fetch.write_file(f'{TREE}/{path}', patches.pristine(source, path))
    series.git(TREE, 'init', '-q')
    series.git(TREE, '-c', 'core.looseCompression=0', 'add', '-A', '-f')
    series.git(TREE, 'commit', '-q', '-m', 'As Debian has it')


def apply_series(source):
    """What checkpatch says of it."""
    files, bad = patches.write(source)
    make_repository(source)
    series.git(TREE, 'am', '-q', *files)
    return bad


def prepare(tools):
    shutil.rmtree(patches.HOME, ignore_errors=True)
    with fetch.locked(f'{fetch.BUILD}/u-boot/{patches.RELEASE}/.lock'):
        bad = apply_series(uboot.source(patches.RELEASE))
    if bad:
        raise fetch.Failed(f'checkpatch:\n{bad}')
    uboot.build(TREE, patches.HOME, tools)


def run_all():
    """(passed, failed)."""
    prepare(os.environ.get('CROSS_COMPILE') or uboot.TOOLS)
    picked = [c for c in run_uboot.CASES if c.name in CASES]
    if len(picked) != len(CASES):
        raise fetch.Failed(f'no such case: {CASES}')
    return run_uboot.run_cases(u_boot=NAME, cases=picked)


def main():
    try:
        rows.end('', run_all)
    except fetch.Failed as why:
        sys.exit(f'uboot-check: {why}')


if __name__ == '__main__':
    main()
