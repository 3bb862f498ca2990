#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""Runs the QEMU cases: one line each, and of a failed one what it said last."""
import argparse
import concurrent.futures
import fnmatch
import os
import sys

import cases
import examples
import factors
import runs
import hibernate
import lab
import passed
import rows
import snapshot

STRENGTHS = {'pairs': factors.PAIRS, 'triples': factors.TRIPLES,
             'product': factors.PRODUCT}


def chosen(strength, only=None, shard=(1, 1)):
    """The cases of a strength (factors.py), of one shard of so many."""
    full = strength > factors.PAIRS
    picked = [c for c in cases.cases(strength) + hibernate.all_cases(full)
              + snapshot.all_cases(full) + examples.all_cases(full)
              if not only or fnmatch.fnmatch(c.name, f'*{only}*')]
    if not picked:
        sys.exit(f'run.py: no case matches {only}; see --list')
    return picked[shard[0] - 1::shard[1]]


def shard_of(text):
    """I/N, the I-th of N shards, as (I, N)."""
    first, slash, count = text.partition('/')
    if not (slash and first.isdigit() and count.isdigit()
            and 1 <= int(first) <= int(count)):
        raise argparse.ArgumentTypeError(f'{text} is not I/N, 1 <= I <= N')
    return int(first), int(count)


def run_all(picked, jobs, verbose):
    """(case, result) of each: kexecs one by one unless @jobs says otherwise;
    hibernations, which wait for disks, as many at once as there are CPUs."""
    kexecs = [c for c in picked if c.variant]
    naps = [c for c in picked if not c.variant]
    for some, at_once in (kexecs, jobs), (naps, max(jobs, os.cpu_count())):
        with concurrent.futures.ThreadPoolExecutor(
                1 if verbose else at_once) as pool:
            try:
                yield from zip(some, pool.map(
                    lambda c: lab.attempt(c, verbose), some))
            finally:
                pool.shutdown(cancel_futures=True)


def summary(results):
    """The matrix, value by value: how many runs had it, and how many of them
    failed."""
    had = [(case.row, result) for case, result in results
            if getattr(case, 'row', None)]
    if not had:
        return
    print(f'  matrix: {len(had)} runs, {sum(r.ok for _, r in had)} passed, '
          f'{sum(r.seconds for _, r in had):.0f} s')
    for factor, values in factors.FACTORS.items():
        cells = []
        for value in values:
            mine = [r for row, r in had if row[factor] == value]
            bad = sum(not r.ok for r in mine)
            cells.append(f'{str(value).split(",")[0]}: {len(mine) - bad}'
                         + (f' ({bad} FAILED)' if bad else ''))
        print(f'    {factor:8} ' + '  '.join(f'{c:16}' for c in cells).rstrip())
    sys.stdout.flush()


def run_cases(picked, verbose=False, jobs=1, record=None):
    """(passed, failed) after running all of them, but for those that @record
    (passed.py) says have passed before."""
    port = os.path.join(lab.ROOT, 'build/arm64/port.bin')
    if not os.path.exists(port):
        print(f'  FAILED {port} is missing: no case could run')
        return 0, len(picked)
    runs.payload.build(sorted({c.variant for c in picked if c.variant}))
    todo = record.left_of(picked) if record else picked
    results = []
    for case, result in run_all(todo, jobs, verbose):
        rows.report(case.name, result)
        results.append((case, result))
        if record and result.ok:
            record.add(case)
    summary(results)
    failed = sum(not result.ok for _, result in results)
    return len(picked) - failed, failed


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument('--full', action='store_const', dest='strength',
                    const='triples', default='pairs',
                    help='as --strength triples')
    ap.add_argument('--strength', choices=STRENGTHS, default='pairs',
                    help='how much of the matrix, and of what is none')
    ap.add_argument('--shard', type=shard_of, default=(1, 1), metavar='I/N',
                    help='every N-th case from the I-th on')
    ap.add_argument('--record', action='store_true',
                    help=f'keep what passed in {passed.PATH}')
    ap.add_argument('--resume', action='store_true',
                    help='the same, and leave out what is there already')
    ap.add_argument('--only', metavar='PATTERN', help='names like this shell pattern')
    ap.add_argument('--list', action='store_true', help='names only')
    ap.add_argument('--verbose', action='store_true',
                    help='show the serial output as it comes')
    ap.add_argument('--jobs', type=int, default=1, metavar='N',
                    help='that many machines at a time')
    args = ap.parse_args()
    picked = chosen(STRENGTHS[args.strength], args.only, args.shard)
    if args.list:
        print('\n'.join(c.name for c in picked))
        return
    record = None
    if args.record or args.resume:
        record = passed.Record(passed.state(), args.resume)
    rows.end('qemu: ', lambda: run_cases(picked, args.verbose, args.jobs,
                                       record))


if __name__ == '__main__':
    main()
