#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""Runs the cases in EFI firmware: a line each, and of a failed one what it said
last."""
import argparse
import fnmatch
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import esp  # noqa: E402
import at_cost  # noqa: E402
import at_debian  # noqa: E402
import at_failures  # noqa: E402
import at_firmware  # noqa: E402
import at_loaders  # noqa: E402
import at_luks  # noqa: E402
import at_measured  # noqa: E402
import at_nvme  # noqa: E402
import at_places  # noqa: E402
import at_screen  # noqa: E402
import at_secure  # noqa: E402
import rows  # noqa: E402

CASES = [*at_debian.CASES, # (the longest)
         *at_firmware.CASES, *at_places.CASES, *at_nvme.CASES,
         *at_screen.CASES, *at_failures.CASES, *at_cost.CASES,
         *at_loaders.CASES, *at_luks.CASES, *at_secure.CASES,
         *at_measured.CASES]


def chosen(sample=False, only=None):
    return [c for c in CASES if (c.sample or not sample) and
            (not only or fnmatch.fnmatch(c.name, only))]


def run_cases(picked, verbose=False):
    """(passed, failed) after running them."""
    for how in sorted({b for c in picked for b in c.bases()}):
        esp.base(*how)
    return rows.run_all('efi-', picked, verbose)


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
    rows.end('', lambda: run_cases(picked, args.verbose))


if __name__ == '__main__':
    main()
