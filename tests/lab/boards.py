#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""Compiles the U-Boot port for boards of many SoCs: each brings headers of its
own, whose names ours must not be. A warning anywhere is a failure."""
import argparse
import contextlib
import fnmatch
import os
import shutil
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import fetch  # noqa: E402
import uboot  # noqa: E402

OUT = os.path.join(uboot.BUILD, 'u-boot', 'boards')
SERIES = os.path.join(uboot.BUILD, 'u-boot', 'series', 'tree')

# defconfig: whose it is. The first three did not compile once (linux/kernel.h
# and stdio.h by way of their config headers): they are the sample.
BOARDS = {
    'rpi_arm64': 'Broadcom BCM2837, BCM2711',
    'imx8mp_evk': 'NXP i.MX 8M Plus',
    'ls1088ardb_tfa': 'NXP Layerscape LS1088A',
    'xilinx_versal_virt': 'AMD Versal',
    'xilinx_zynqmp_virt': 'AMD Zynq UltraScale+',
    'rockpro64-rk3399': 'Rockchip RK3399',
    'pine64_plus': 'Allwinner A64',
    'mvebu_espressobin-88f3720': 'Marvell Armada 3720',
    'mvebu_db_armada8k': 'Marvell Armada 8K',
    'khadas-vim3': 'Amlogic A311D',
    'j721e_evm_a72': 'TI J721E',
    'p3450-0000': 'NVIDIA Tegra210',
    'rcar3_salvator-x': 'Renesas R-Car Gen3',
    'dragonboard410c': 'Qualcomm APQ8016',
    'mt8183_pumpkin': 'MediaTek MT8183',
    'synquacer_developerbox': 'Socionext SynQuacer',
    'uniphier_v8': 'Socionext UniPhier',
    'vexpress_aemv8a_juno': 'Arm Juno',
    'octeontx2_96xx': 'Marvell Octeon TX2',
    'apple_m1': 'Apple M1',
}
SAMPLE = list(BOARDS)[:3]

# Machines of QEMU's whose U-Boot is built whole.
WHOLE = ['rpi_arm64', 'xilinx_versal_virt']


def parts(tree):
    """Of them, what this tree has."""
    series = ['boot/trans/', 'cmd/trans.o'] if tree == SERIES else []
    return ['lib/trans_table/', *series]


def home_of(tree):
    """Boards of the series are beside its tree."""
    return (os.path.join(os.path.dirname(tree), 'boards')
            if tree == SERIES else OUT)


def configured(tree, board, tools):
    """The board's build directory, with our options; the prompt is the same
    everywhere, so that a test can wait for it."""
    out = os.path.join(home_of(tree), board)
    fragment = os.path.join(home_of(tree), 'fragment')
    os.makedirs(out, exist_ok=True)
    with open(f'{uboot.PORT}/trans_table.config', encoding='utf-8') as f:
        fetch.write_file(fragment, f.read() + 'CONFIG_SYS_PROMPT="=> "\n')
    if not os.path.exists(f'{out}/.config'):
        uboot.make(tree, out, f'{board}_defconfig', tools=tools)
    if uboot.has(out, fragment):
        uboot.configure(tree, out, fragment, tools)
    return out


def compile_port(tree, board, tools):
    """Only what is ours, and what it needs of the tree's generated headers."""
    out = configured(tree, board, tools)
    uboot.make(tree, out, 'prepare', 'scripts', tools=tools)
    try:
        uboot.make(tree, out, *parts(tree), tools=tools, strict=True)
    except fetch.Failed:
        # An object that is there would not be compiled, and warned of, again.
        for part in parts(tree):
            shutil.rmtree(f'{out}/{part}', ignore_errors=True)
        raise


def build_whole(tree, board, tools):
    """Its u-boot.bin and device trees."""
    compile_port(tree, board, tools)
    uboot.make(tree, f'{OUT}/{board}', 'u-boot.bin', 'dtbs', tools=tools)


@contextlib.contextmanager
def source_with_port():
    """Debian's tree with the two lines; one user at a time."""
    with fetch.locked(os.path.join(uboot.BUILD, 'u-boot', 'stable', '.lock')):
        tree = uboot.source('stable')
        uboot.add_port(tree)
        yield tree


def attempt(step, tree, board, tools):
    """A line for it; of a failed one, why."""
    start = time.monotonic()
    try:
        step(tree, board, tools)
        why = ''
    except fetch.Failed as failed:
        why = str(failed)
    verdict = 'FAILED' if why else 'ok'
    print(f'  {verdict:6} {"board-" + board:38} '
          f'{time.monotonic() - start:5.1f} s', flush=True)
    if why:
        print('\n'.join(f'    | {w}' for w in why.splitlines()[-20:]),
              flush=True)
    return not why


@contextlib.contextmanager
def tree_of_series():
    """The newest U-Boot, with the series applied."""
    if not os.path.exists(f'{SERIES}/boot/trans'):
        raise fetch.Failed('make uboot-check makes the tree of the series')
    yield SERIES


def compile_all(boards, tools=uboot.TOOLS, source=source_with_port):
    """(passed, failed)."""
    with source() as tree:
        passed = sum(attempt(compile_port, tree, b, tools) for b in boards)
    return passed, len(boards) - passed


def main():
    ap = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    ap.add_argument('--only', metavar='PATTERN', default='*',
                    help='defconfigs like this shell pattern')
    ap.add_argument('--sample', action='store_true',
                    help=f'only {", ".join(SAMPLE)}')
    ap.add_argument('--whole', action='store_true',
                    help='build u-boot.bin for those that QEMU has')
    ap.add_argument('--series', action='store_true',
                    help='on the tree of make uboot-check')
    ap.add_argument('--list', action='store_true',
                    help='the boards and their SoCs')
    ap.add_argument('--tools', default=uboot.TOOLS,
                    help='CROSS_COMPILE')
    args = ap.parse_args()
    of = SAMPLE if args.sample else WHOLE if args.whole else BOARDS
    boards = [b for b in of if fnmatch.fnmatch(b, args.only)]
    if args.list:
        print('\n'.join(f'{b:28} {BOARDS[b]}' for b in boards))
        return
    if not boards:
        sys.exit(f'boards: none is like {args.only}')
    try:
        if args.whole:
            with source_with_port() as tree:
                failed = sum(not attempt(build_whole, tree, b, args.tools)
                             for b in boards)
        else:
            failed = compile_all(
                boards, args.tools,
                tree_of_series if args.series else source_with_port)[1]
    except fetch.Failed as why:
        sys.exit(f'boards: {why}')
    except KeyboardInterrupt:
        sys.exit(130)
    print(f'{len(boards) - failed} passed, {failed} failed')
    sys.exit(bool(failed))


if __name__ == '__main__':
    main()
