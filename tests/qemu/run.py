#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""Runs the QEMU cases: one line each, and of a failed one what it said last."""
import argparse
import concurrent.futures
import fnmatch
import os
import sys

import cases
import hibernate
import lab
import snapshot

TAIL = 15


def chosen(full, only):
    picked = [c for c in cases.cases(full) + hibernate.all_cases(full)
              + snapshot.all_cases(full)
              if not only or fnmatch.fnmatch(c.name, f'*{only}*')]
    if not picked:
        sys.exit(f'run.py: no case matches {only}; see --list')
    return picked


def report(case, result):
    verdict = 'ok' if result.ok else 'FAILED'
    print(f'  {verdict:6} {case.name:38} {result.seconds:5.1f} s', flush=True)
    if result.ok:
        return
    print(f'    {result.why}')
    for line in result.text.splitlines()[-TAIL:]:
        print(f'    | {line}')
    print(f'    whole log: build/logs/{case.name}.log', flush=True)


def run_all(picked, verbose):
    """(case, result) of each: kexecs one by one, as ever; hibernations, which
    wait for disks, as many at once as there are CPUs."""
    for case in (c for c in picked if c.variant):
        yield case, case.run(live=verbose)
    naps = [c for c in picked if not c.variant]
    with concurrent.futures.ThreadPoolExecutor(
            1 if verbose else os.cpu_count()) as pool:
        try:
            yield from zip(naps, pool.map(lambda c: c.run(verbose), naps))
        finally:
            pool.shutdown(cancel_futures=True)


def run_cases(full=False, only=None, verbose=False):
    """(passed, failed) after running all of them."""
    picked = chosen(full, only)
    port = os.path.join(lab.ROOT, 'build/arm64/port.bin')
    if not os.path.exists(port):
        print(f'  FAILED {port} is missing: no case could run')
        return 0, len(picked)
    cases.payload.build(sorted({c.variant for c in picked if c.variant}))
    failed = 0
    for case, result in run_all(picked, verbose):
        report(case, result)
        failed += not result.ok
    return len(picked) - failed, failed


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument('--full', action='store_true',
                    help='the whole product of the matrix, not just pairs')
    ap.add_argument('--only', metavar='PATTERN', help='names that match')
    ap.add_argument('--list', action='store_true', help='names only')
    ap.add_argument('--verbose', action='store_true',
                    help='show the serial output as it comes')
    args = ap.parse_args()
    if args.list:
        print('\n'.join(c.name for c in chosen(args.full, args.only)))
        return
    lab.orderly_exit()
    try:
        passed, failed = run_cases(args.full, args.only, args.verbose)
    except KeyboardInterrupt:
        sys.exit(130)
    print(f'qemu: {passed} passed, {failed} failed')
    sys.exit(bool(failed))


if __name__ == '__main__':
    main()
