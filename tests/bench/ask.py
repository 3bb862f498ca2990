#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""make bench-ask: what asking a saved kernel costs of a load, of small images
on a machine with an ITS, in instructions as callgrind counts them. The budget
is 3 %, with the log and without it, where symbols and types are looked for."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, *(os.path.join(ROOT, 'tests', d)
                        for d in ('qemu', 'lab'))]
import hibernate  # noqa: E402
import hibernate_spoil as spoil  # noqa: E402
import lab  # noqa: E402
import sleeper  # noqa: E402

MOST = 0.03
GUESTS = [('6.1', 'raw'), ('6.12', 'raw'), ('6.1', 'lzo'), ('6.12', 'lz4')]
CALLS = {'load': 'trans_resume_load', 'ask': 'trans_resume_ask_saved_'}
# EL, MPIDR, a Cortex-A57, RAM, and what of it is the loader's.
MACHINE = ['1', '0', '0', '0x40000000', '0x20000000', '0x48000000', '0x200000']


def instructions(look, home):
    """{call: instructions in it and below}"""
    with tempfile.TemporaryDirectory() as there:
        out = f'{there}/out'
        said = subprocess.run(
            ['valgrind', '--tool=callgrind', f'--callgrind-out-file={out}',
             look, 'image', f'{home}/swap.img', *MACHINE], text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=1800)
        if said.returncode:
            sys.exit(f'bench-ask: {said.stdout[-2000:]}')
        shown = subprocess.run(
            ['callgrind_annotate', '--inclusive=yes', '--threshold=100', out],
            text=True, stdout=subprocess.PIPE, check=True).stdout
    found = {}
    for name, call in CALLS.items():
        m = re.search(rf'^\s*([\d,]+) .*:{call}\b', shown, re.M)
        if not m:
            sys.exit(f'bench-ask: {call} was not called')
        found[name] = int(m[1].replace(',', ''))
    found['by'] = re.findall(r'LPI tables .*by its (\w+)', said.stdout)
    return found


def row(name, found):
    share = found['ask'] / found['load']
    over = share > MOST
    print(f'{"asking, " + name:32} {share:7.2%} of {found["load"]:13,}'
          f', budget {MOST:.0%}'
          f'{", LPI tables by its " + found["by"][0] if found["by"] else ""}'
          f'{"  OVER" if over else ""}', flush=True)
    return over


def main():
    look, over = sys.argv[1], 0
    for kernel, packing in GUESTS:
        guest = sleeper.Sleeper(lab.Machine(gic='3', its=True), kernel,
                                hibernate.PACKING[packing])
        name, home = f'{kernel}, {packing}', sleeper.asleep(guest, 'bench')
        over += row(name, instructions(look, home))
        if packing != 'raw':
            continue
        with tempfile.TemporaryDirectory() as there:
            shutil.copy(f'{home}/swap.img', there)
            spoil.lpi_lines(there)
            over += row(f'{name}, no log', instructions(look, there))
    print(f'ask: {over} over')
    return over != 0


if __name__ == '__main__':
    sys.exit(main())
