#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""make bench-workers: what other CPUs gain a load of an LZO image in the
reference port, and what they cost where the host has no core for them: the
median of some dry runs, in turn, on a machine with four CPUs. Each has a thread
of QEMU's. What more CPUs than the host has cores may lose against as many as it
has is 10 %. --large: an image of 1.7 GB, which two CPUs are to load 1.4 times
as fast as one."""
import argparse
import copy
import json
import os
import re
import statistics
import sys

import resume
from resume import hibernate, lab, says, sleeper

GUEST = sleeper.Sleeper(lab.Machine(gic='3', smp=4))
COUNTS = [0, 1, 3]
MOST = 1.10
GAIN = 1.4 # of an image of 1.7 GB


def figures(text):
    return {k: int(v) for k, v, _ in re.findall(says.FIGURE, text, re.M)}


def dry_run(guest, home, options, name, more=(), machine=None):
    """The figures of a load that is refused in the end."""
    result = lab.run_qemu(
        [*(machine or guest.machine).args(), *more, '-kernel', hibernate.PORT, '-append',
         ' '.join(['resume=on', 'dry', *options]),
         *sleeper.disk_args(home, ',snapshot=on', guest)],
        name, timeout=1800, silence=1800,
        forbid=[says.CRASH, says.UNKNOWN_OPTION],
        expect=[says.REFUSED.format('TRANS_EHOST: dry run')])
    if result.why:
        sys.exit(f'bench: {result.why}')
    return figures(result.text)


def with_workers(guest, home, count):
    """Milliseconds. The image may be of a machine with one CPU."""
    machine = copy.copy(guest.machine)
    machine.smp = GUEST.machine.smp
    options = [f'workers={count}'] if count else []
    found = dry_run(guest, home, options, 'bench-workers', machine=machine)
    if count and found['cpus_sleep'] != machine.smp:
        sys.exit('bench: CPUs that wait do not sleep')
    return found['load_ms']


def measure(guest, times):
    found = {n: [] for n in COUNTS}
    home = sleeper.asleep(guest, 'bench')
    for _ in range(times):
        for count, ms in found.items():
            ms.append(with_workers(guest, home, count))
    return {n: statistics.median(ms) for n, ms in found.items()}


def show(found, gain):
    """Is it as it should be?"""
    print(f'{"load in QEMU, LZO":24} {"median":>9} {"to 0":>7} {"to 1":>7}'
          f'   ({os.cpu_count()} cores)')
    for n, ms in found.items():
        print(f'{n} workers{"":15} {ms:6.0f} ms {found[0] / ms:5.2f} x '
              f'{found[1] / ms:5.2f} x')
    few, lose = found[0] < gain * found[1], found[3] > MOST * found[1]
    if few:
        print(f'one worker gains less than {gain} x')
    if lose:
        print(f'three workers lose more than {MOST - 1:.0%} against one')
    return not few and not lose


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument('--times', type=int, default=7, metavar='N')
    ap.add_argument('--large', action='store_true')
    args = ap.parse_args()
    if args.large:
        guest, gain, name = resume.LARGE, GAIN, 'bench-workers-large'
    else:
        guest, gain, name = GUEST, 0, 'bench-workers'
    found = measure(guest, args.times)
    with open(f'{sleeper.BUILD}/{name}.json', 'w', encoding='utf-8') as out:
        json.dump(found, out, indent=1)
    return not show(found, gain)


if __name__ == '__main__':
    lab.orderly_exit()
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
