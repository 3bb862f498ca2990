#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""make bench-load: where the time of a resume goes in the reference port
(figures=load, ports/qemu-virt/figures.h): images of some 60 MB, and one of 1.7
GB with --large. Milliseconds are the least of some wakes; millions of
instructions are of one dry run with QEMU's -icount, in which a disk does not
take time but turns of a loop, so that what the disk takes is left out of them.

What other CPUs may do (unpack, CRC, clean, look through the text) is so much of
the instructions; what N real CPUs would make of that, if all else stayed as it
is, is Amdahl's law."""
import argparse
import json
import sys

import resume
import workers
from workers import figures, hibernate, lab, says, sleeper

TICK_MS = 1000 / 62.5e6 # of QEMU's CNTVCT
ICOUNT = ['-icount', 'shift=4'] # 16 ns, a tick
PARALLEL = ['unpack', 'crc', 'clean', 'text']
WAITS = ['disk']
CPUS = [2, 4, 8]
WANTED = 0.85
PARTS = {
    'probe': 'look at the disks', 'look': 'look again, in the load',
    'bitmaps': 'bitmaps and buffer', 'metadata': 'page numbers',
    'place': 'placing', 'try': 'a transition, for trial',
    'disk': 'disk', 'unpack': 'unpacking', 'crc': 'CRC',
    'clean': 'cleaning', 'read': 'the rest of reading',
    'efi': 'traces of EFI', 'text': 'text, looked through',
    'search': 'the rest of that search',
    'query': 'asking the kernel', 'prepare': 'the transition',
    'prove': 'proof', 'ask': 'may it leave?', 'clear': 'image off the disk',
    'quiesce': 'leaving', 'awake': 'moves; kernel to user space',
}


def parts(found):
    return {p: found[f'load_{p}'] for p in PARTS if f'load_{p}' in found}


def wake(guest):
    """Milliseconds of each part, of one wake."""
    nap = hibernate.wide_awake('bench-load', guest, 'figures=load')
    result = nap.run()
    if result.why:
        sys.exit(f'bench: {result.why}')
    found = {p: t * TICK_MS for p, t in parts(figures(result.text)).items()}
    behind = nap.times[says.AWAKE] - nap.times[says.ABOUT_TO_RESUME]
    found['awake'] = 1000 * behind - sum(
        found[p] for p in ('ask', 'clear', 'quiesce'))
    return found


def measure(guest, times):
    """(milliseconds, instructions), each by part."""
    wakes = [wake(guest) for _ in range(times)]
    home = sleeper.asleep(guest, 'bench')
    counted = parts(workers.dry_run(guest, home, ['figures=load'],
                                    'bench-load-count', ICOUNT))
    return ({p: min(w[p] for w in wakes) for p in PARTS},
            {p: n for p, n in counted.items() if p not in WAITS})


def share(counted):
    return sum(counted[p] for p in PARALLEL) / sum(counted.values())


def cell(measured, part):
    spent, counted = measured
    count = f'{counted[part] / 1e6:7.1f}' if part in counted else f'{"-":>7}'
    return f'{spent[part]:8.1f}{count}'


def show(found):
    print(f'{"ms, M instructions":27}'
          + ''.join(f'{name:>15}' for name in found))
    for part, title in PARTS.items():
        print(f'{title:27}' + ''.join(cell(m, part) for m in found.values()))
    print(f'{"all":27}' + ''.join(
        f'{sum(spent.values()):8.1f}{sum(counted.values()) / 1e6:7.1f}'
        for spent, counted in found.values()))
    shares = {name: share(counted) for name, (_, counted) in found.items()}
    print(f'{"of it for all CPUs":27}' + ''.join(
        f'{p:15.1%}' for p in shares.values()))
    for n in CPUS:
        print(f'{f"a load by {n} real CPUs":27}' + ''.join(
            f'{1 / (1 - p + p / n):13.2f} x' for p in shares.values()))
    return shares


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument('--times', type=int, default=3, metavar='N')
    ap.add_argument('--large', action='store_true',
                    help='and an image of 1.7 GB: 6 GiB of memory for the '
                    'guest, 8 GB of disk')
    args = ap.parse_args()
    guests = dict(resume.GUESTS)
    if args.large:
        guests[resume.LARGE_NAME] = resume.LARGE
    found = {name: measure(guest, args.times)
             for name, guest in guests.items()}
    shares = show(found)
    with open(f'{sleeper.BUILD}/bench-load.json', 'w', encoding='utf-8') as out:
        json.dump(found, out, indent=1)
    return min(p for name, p in shares.items()
               if name.startswith('LZ')) < WANTED


if __name__ == '__main__':
    lab.orderly_exit()
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
