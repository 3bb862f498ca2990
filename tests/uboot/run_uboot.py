#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""Runs the U-Boot cases: a line each, and of a failed one what it said last."""
import argparse
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
import rows  # noqa: E402

CASES = at_prompt.CASES + at_wake.CASES + at_efi.CASES

# Of what others show as well but for a combination: EL2 with GICv3 wakes from
# LZ4 too, GICv2 with LZO at EL1, an EFI kernel at EL1, a kexec over U-Boot at
# EL2; no MMU, and RAM that is not mapped, are test_host's; what asking refuses
# at last is the reference port's. make check leaves them to check-full.
NOT_IN_SAMPLE = ('resume-el2-gic3', 'resume-el2-gic2-raw', 'resume-efi-el2',
                 'kexec-over-el1', 'resume-mmu-off', 'kexec-into-hole',
                 'resume-pci', 'resume-pci-sidecar', 'resume-workers',
                 'resume-workers-el2', 'resume-ask-refuses',
                 'resume-worker-lost', 'resume-worker-stuck',
                 'resume-worker-stays')


def chosen(sample):
    names = {c.name for c in CASES}
    missing = [n for n in NOT_IN_SAMPLE if n not in names]
    if missing:
        raise ValueError(f'no case is named {missing[0]}')
    return [c for c in CASES if not sample or c.name not in NOT_IN_SAMPLE]


def run_cases(only=None, verbose=False, u_boot=None, cases=CASES):
    """(passed, failed) after running all of them; with another U-Boot, where
    the case does not say which."""
    picked = [c.is_of(u_boot or 'stable') for c in cases
              if not only or fnmatch.fnmatch(c.name, f'*{only}*')]
    disk.build()
    return rows.run_all('u-boot-', picked, verbose)


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
    rows.end('', lambda: run_cases(args.only, args.verbose, args.u_boot, cases))


if __name__ == '__main__':
    main()
