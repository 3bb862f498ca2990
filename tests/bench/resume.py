#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""How long the port takes to wake Debian's kernel in QEMU, beside that kernel's
own way from the same disk. QEMU interprets every instruction: the ratios say
something of instructions, the figures nothing of hardware. --large: an image of
1.7 GB, too, which takes minutes, 6 GiB of memory and 8 GB of disk."""
import argparse
import json
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
sys.path[:0] = [os.path.join(ROOT, 'tests', d) for d in ('qemu', 'lab')]
import says  # noqa: E402
import demo  # noqa: E402
import hibernate  # noqa: E402
import lab  # noqa: E402
import sleeper  # noqa: E402

GUESTS = {
    'not packed': sleeper.Sleeper(words=hibernate.PACKING['raw']),
    'LZO': sleeper.Sleeper(),
    'LZ4': sleeper.Sleeper(kernel='6.12', words=hibernate.PACKING['lz4']),
}
# Files may fill half of the memory that the archive they come from leaves.
LARGE = sleeper.Sleeper(lab.Machine(ram='6G'), fill=1440)
LARGE_NAME = 'LZO, 1.7 GB'
# So many times as fast as Linux.
GOALS = {'not packed': 8, 'LZO': 5, 'LZ4': 6, LARGE_NAME: 6}


def measured(result, times):
    if result.why:
        sys.exit(f'bench: {result.why}')
    return times[says.AWAKE]


def wake(guest, times):
    """The best of some: nothing makes a run faster than it can be."""
    library, linux, figures = [], [], {}
    home = sleeper.asleep(guest, 'bench')
    for _ in range(times):
        nap = hibernate.wide_awake('bench-wake', guest)
        result = nap.run()
        library.append(measured(result, nap.times))
        found = {k: int(v) for k, v, _ in
                 re.findall(says.FIGURE, result.text, re.M)}
        if found['load_rate'] > figures.get('load_rate', -1):
            figures = found
        result = demo.by_linux(guest, home, live=False)
        linux.append(measured(result, result.times))
    return {'library_s': min(library), 'linux_s': min(linux), **figures}


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument('--times', type=int, default=3, metavar='N')
    ap.add_argument('--large', action='store_true')
    ap.add_argument('--only', metavar='NAME', choices=GOALS)
    args = ap.parse_args()
    guests = {**GUESTS, **({LARGE_NAME: LARGE} if args.large else {})}
    lab.orderly_exit()
    found = {}
    print(f'{"resume in QEMU":16} {"library":>9} {"Linux":>9} {"ratio":>6} '
          f'{"goal":>5} {"load":>9} {"placed":>7} {"moved":>6}')
    for name, guest in guests.items():
        if args.only not in (None, name):
            continue
        f = found[name] = wake(guest, args.times)
        ratio, goal = f['linux_s'] / f['library_s'], GOALS[name]
        print(f'{name:16} {f["library_s"]:7.2f} s {f["linux_s"]:7.2f} s '
              f'{ratio:6.1f} {goal:5} {f["load_rate"]:4} MB/s '
              f'{f["direct_pages"]:7} {f["moved_pages"]:6}'
              f'{"" if ratio >= goal else "  under"}', flush=True)
    with open(f'{sleeper.BUILD}/bench-resume.json', 'w',
              encoding='utf-8') as out:
        json.dump(found, out, indent=1)


if __name__ == '__main__':
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
