#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""make bench-workers: what other CPUs gain a load of an LZO image in the
reference port, and what they cost where the host has no core for them: the
median of some dry runs, in turn, on a machine with four CPUs. Each has a thread
of QEMU's. What more workers than the host has cores may lose against one
worker less than that is 10 %."""
import argparse
import json
import os
import re
import statistics
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
sys.path[:0] = [os.path.join(ROOT, 'tests', d) for d in ('qemu', 'lab')]
import says  # noqa: E402
import hibernate  # noqa: E402
import lab  # noqa: E402
import sleeper  # noqa: E402

GUEST = sleeper.Sleeper(lab.Machine(gic='3', smp=4))
COUNTS = [0, 1, 3]
MOST = 1.10


def figures(text):
    return {k: int(v) for k, v, _ in re.findall(says.FIGURE, text, re.M)}


def dry_run(guest, home, options, name, more=()):
    """The figures of a load that is refused in the end."""
    result = lab.run_qemu(
        [*guest.machine.args(), *more, '-kernel', hibernate.PORT, '-append',
         ' '.join(['resume=on', 'dry', *options]),
         *sleeper.disk_args(home, ',snapshot=on', guest)],
        name, timeout=1800, silence=1800,
        forbid=[says.CRASH, says.UNKNOWN_OPTION],
        expect=[says.REFUSED.format('TRANS_EHOST: dry run')])
    if result.why:
        sys.exit(f'bench: {result.why}')
    return figures(result.text)


def with_workers(count, home):
    options = [f'workers={count}'] if count else []
    found = dry_run(GUEST, home, options, 'bench-workers')
    if count and found['cpus_sleep'] != GUEST.machine.smp:
        sys.exit('bench: CPUs that wait do not sleep')
    return found['load_ms']


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument('--times', type=int, default=7, metavar='N')
    times = {n: [] for n in COUNTS}
    home = sleeper.asleep(GUEST, 'bench')
    for _ in range(ap.parse_args().times):
        for count in COUNTS:
            times[count].append(with_workers(count, home))
    found = {n: statistics.median(t) for n, t in times.items()}
    print(f'{"load in QEMU, LZO":24} {"median":>9} {"to 0":>7} {"to 1":>7}'
          f'   ({os.cpu_count()} cores)')
    for n, ms in found.items():
        print(f'{n} workers{"":15} {ms:6.0f} ms {found[0] / ms:5.2f} x '
              f'{found[1] / ms:5.2f} x')
    with open(f'{sleeper.BUILD}/bench-workers.json', 'w',
              encoding='utf-8') as out:
        json.dump(found, out, indent=1)
    return found[3] > MOST * found[1]


if __name__ == '__main__':
    lab.orderly_exit()
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
