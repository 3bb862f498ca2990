#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""make bench-hostile: what inputs made to take time cost beside honest ones of
their size, in instructions as callgrind counts them. The budget is 3 x; and of
the honest image, the most instructions between two calls of progress is a 20th
of all."""
import os
import re
import subprocess
import sys
import tempfile

MOST = 3.0
GAP = 1 / 20
# What is only met where a kernel's other sources say nothing: beside an honest
# one it costs something, or the input has not been reached.
REACHED = 1.2
MET_LAST = ('image: types almost of that name', 'image: names of types far apart',
            'image: symbols that begin alike', 'image: a log without end')
CALLGRIND = ['valgrind', '--tool=callgrind', '--toggle-collect=measured']


def run(path, case, *options):
    """(name, what it came to, instructions)"""
    done = subprocess.run([*CALLGRIND, *options, path, str(case)], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=600, stdin=subprocess.DEVNULL)
    if done.returncode == 1:
        return None
    count = re.search(r'Collected : (\d+)', done.stderr)
    if done.returncode or not count:
        sys.exit(f'hostile: not measured: {done.stderr[-2000:]}')
    name, status = done.stdout.strip().split('|')
    return name, status, int(count[1])


def gaps(path, case):
    """Instructions between calls of progress, by a dump at each of them."""
    with tempfile.TemporaryDirectory() as there:
        run(path, case, f'--callgrind-out-file={there}/out',
            '--dump-before=no_progress')
        found = []
        for name in sorted(os.listdir(there)):
            with open(f'{there}/{name}', encoding='utf-8') as file:
                for line in file:
                    if line.startswith(('summary:', 'totals:')):
                        found.append(int(line.split()[1]))
                        break
    return found


def main():
    path, case, honest, over = sys.argv[1], 0, {}, 0
    while True:
        found = run(path, case, '--callgrind-out-file=/dev/null')
        if not found:
            break
        name, status, count = found
        kind = name.split(':')[0]
        if name.endswith(': honest'):
            honest[kind] = count
            if kind == 'image':
                between = gaps(path, case)
                share = max(between) / sum(between)
                over += share > GAP
                print(f'{"most between two calls of progress":45} '
                      f'{share:7.3f} of {count:,}, budget {GAP}')
        ratio = count / honest[kind]
        lost = name in MET_LAST and ratio < REACHED
        over += ratio > MOST or lost
        print(f'{name:45} {ratio:7.2f} x {count:14,}  {status}'
              f'{"  OVER" if ratio > MOST else ""}'
              f'{"  NOT REACHED" if lost else ""}')
        case += 1
    print(f'hostile: budget {MOST} x, {over} over')
    return over != 0


if __name__ == '__main__':
    sys.exit(main())
