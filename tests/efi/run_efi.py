#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""Runs the cases in EFI firmware: a line each, and of a failed one what it said
last."""
import argparse
import concurrent.futures
import fnmatch
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import esp  # noqa: E402
import at_cost  # noqa: E402
import at_failures  # noqa: E402
import at_firmware  # noqa: E402
import at_loaders  # noqa: E402
import at_luks  # noqa: E402
import at_measured  # noqa: E402
import at_places  # noqa: E402
import at_secure  # noqa: E402
import lab  # noqa: E402

TAIL = 15
CASES = [*at_firmware.CASES, *at_places.CASES, *at_failures.CASES,
         *at_cost.CASES, *at_loaders.CASES, *at_luks.CASES, *at_secure.CASES,
         *at_measured.CASES]


def report(case, result):
    verdict = 'ok' if result.ok else 'FAILED'
    name = f'efi-{case.name}'
    print(f'  {verdict:6} {name:38} {result.seconds:5.1f} s', flush=True)
    if result.ok:
        return
    print('\n'.join(f'    {w}' for w in result.why.splitlines()))
    for line in result.text.splitlines()[-TAIL:]:
        print(f'    | {line}')
    print(f'    whole log: build/logs/{name}.log', flush=True)


def chosen(sample=False, only=None):
    return [c for c in CASES if (c.sample or not sample) and
            (not only or fnmatch.fnmatch(c.name, only))]


def run_cases(picked, verbose=False):
    """(passed, failed) after running them."""
    failed = 0
    for how in sorted({c.disk() for c in picked}):
        esp.base(*how)
    workers = 1 if verbose else os.cpu_count()
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        runs = pool.map(lambda c: lab.attempt(c, verbose), picked)
        for case, result in zip(picked, runs):
            report(case, result)
            failed += not result.ok
    return len(picked) - failed, failed


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument('--only', metavar='PATTERN',
                    help='names like this shell pattern')
    ap.add_argument('--sample', action='store_true',
                    help='those of make check')
    ap.add_argument('--verbose', action='store_true',
                    help='show the console as it goes')
    ap.add_argument('--list', action='store_true')
    args = ap.parse_args()
    picked = chosen(args.sample, args.only)
    if args.list:
        print('\n'.join(c.name for c in picked))
        return
    lab.orderly_exit()
    try:
        passed, failed = run_cases(picked, args.verbose)
    except KeyboardInterrupt:
        sys.exit(130)
    print(f'{passed} passed, {failed} failed')
    sys.exit(bool(failed) or not passed)


if __name__ == '__main__':
    main()
