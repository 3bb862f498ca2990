#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""Runs the U-Boot cases: a line each, and of a failed one what it said last."""
import argparse
import concurrent.futures
import fnmatch
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), 'qemu')]
import at_boards  # noqa: E402
import at_efi  # noqa: E402
import at_prompt  # noqa: E402
import at_wake  # noqa: E402
import disk  # noqa: E402
import lab  # noqa: E402

TAIL = 15
CASES = at_prompt.CASES + at_wake.CASES + at_efi.CASES

# Of what others show as well but for a combination: EL2 with GICv3 wakes from
# LZ4 too, GICv2 with LZO at EL1, an EFI kernel at EL1, a kexec over U-Boot at
# EL2; no MMU, and RAM that is not mapped, are test_host's. make check leaves
# them to check-full.
NOT_IN_SAMPLE = ('resume-el2-gic3', 'resume-el2-gic2-raw', 'resume-efi-el2',
                 'kexec-over-el1', 'resume-mmu-off', 'kexec-into-hole',
                 'resume-pci', 'resume-pci-sidecar')


def chosen(sample):
    names = {c.name for c in CASES}
    missing = [n for n in NOT_IN_SAMPLE if n not in names]
    if missing:
        raise ValueError(f'no case is named {missing[0]}')
    return [c for c in CASES if not sample or c.name not in NOT_IN_SAMPLE]


def report(case, result):
    verdict = 'ok' if result.ok else 'FAILED'
    name = f'u-boot-{case.name}'
    print(f'  {verdict:6} {name:38} {result.seconds:5.1f} s', flush=True)
    if result.ok:
        return
    print('\n'.join(f'    {w}' for w in result.why.splitlines()))
    for line in result.text.splitlines()[-TAIL:]:
        print(f'    | {line}')
    print(f'    whole log: build/logs/{name}.log', flush=True)


def run_cases(only=None, verbose=False, u_boot=None, cases=CASES):
    """(passed, failed) after running all of them; with another U-Boot, where
    the case does not say which."""
    picked = [c.is_of(u_boot or 'stable') for c in cases
              if not only or fnmatch.fnmatch(c.name, f'*{only}*')]
    failed = 0
    disk.build()
    workers = 1 if verbose else os.cpu_count()
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        runs = pool.map(lambda c: lab.attempt(c, verbose), picked)
        for case, result in zip(picked, runs):
            report(case, result)
            failed += not result.ok
    return len(picked) - failed, failed


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument('--only', metavar='PATTERN', help='names like this shell pattern')
    ap.add_argument('--verbose', action='store_true',
                    help='show the console as it goes')
    ap.add_argument('--u-boot', default='stable', metavar='NAME',
                    help='directory under build/u-boot/: stable, newest, own')
    ap.add_argument('--boards', action='store_true',
                    help="the boards' cases instead (make uboot-boards)")
    ap.add_argument('--list', action='store_true')
    args = ap.parse_args()
    cases = at_boards.CASES if args.boards else CASES
    if args.list:
        print('\n'.join(c.name for c in cases))
        return
    lab.orderly_exit()
    try:
        passed, failed = run_cases(args.only, args.verbose, args.u_boot,
                                   cases)
    except KeyboardInterrupt:
        sys.exit(130)
    print(f'{passed} passed, {failed} failed')
    sys.exit(bool(failed) or not passed)


if __name__ == '__main__':
    main()
