#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""make coverage: lines and branches of the library that the unit tests reach.

Runs build/host-coverage/test_*, prints a table with a line for each file, then
each branch that never went one way: the place, the way, and the condition.
docs/coverage.md says which of them cannot be reached, and why."""
import argparse
import concurrent.futures
import glob
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
DIR = 'build/host-coverage'
# The fakes stand in for hardware; they are tests themselves.
PARTS = ('trans/', 'lib/', 'kexec/', 'hibernate/')


def run(path):
    """Whether one test program passed; its counters are in DIR."""
    profile = f'{DIR}/{os.path.basename(path)}.profraw'
    done = subprocess.run([path], env={**os.environ,
                                       'LLVM_PROFILE_FILE': profile},
                          stdin=subprocess.DEVNULL, capture_output=True)
    return done.returncode == 0


def export(bins):
    subprocess.run(['llvm-profdata', 'merge', '-o', f'{DIR}/all.profdata',
                    *glob.glob(f'{DIR}/*.profraw')], check=True)
    objects = [w for path in bins[1:] for w in ('-object', path)]
    text = subprocess.run(['llvm-cov', 'export', '-instr-profile',
                           f'{DIR}/all.profdata', bins[0], *objects],
                          check=True, stdout=subprocess.PIPE).stdout
    return json.loads(text)['data'][0]['files']


def wanted(files):
    for entry in files:
        name = os.path.relpath(entry['filename'], ROOT)
        if name.startswith(PARTS) and '/fake/' not in name:
            yield name, entry


def ratio(part):
    count, covered = part['count'], part['covered']
    percent = 100 * covered / count if count else 100
    return f'{covered:5}/{count:<5} {percent:5.1f} %'


def table(files):
    total = {k: {'count': 0, 'covered': 0} for k in ('lines', 'branches')}
    print(f"{'file':22} {'lines':>20} {'branches':>20}")
    for name, entry in files:
        parts = [entry['summary'][k] for k in ('lines', 'branches')]
        print(f'{name:22} {ratio(parts[0]):>20} {ratio(parts[1]):>20}')
        for kind, part in zip(total, parts):
            for k in ('count', 'covered'):
                total[kind][k] += part[k]
    print(f"{'all':22} {ratio(total['lines']):>20} "
          f"{ratio(total['branches']):>20}")


def uncovered(name, entry):
    """(line, way, condition) of branches that never went that way. An inline
    of a header is compiled many times: reached once is reached."""
    seen = {}
    for l1, c1, l2, c2, yes, no, *_ in entry['branches']:
        old = seen.get((l1, c1, l2, c2), (0, 0))
        seen[l1, c1, l2, c2] = (old[0] + yes, old[1] + no)
    with open(os.path.join(ROOT, name)) as f:
        text = f.read().splitlines()
    for (l1, c1, l2, c2), (yes, no) in sorted(seen.items()):
        end = c2 - 1 if l1 == l2 else None
        condition = text[l1 - 1][c1 - 1:end].strip()
        if not yes:
            yield l1, 'never true ', condition
        if not no:
            yield l1, 'never false', condition


def main():
    ap = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    ap.parse_args()
    os.chdir(ROOT)
    bins = sorted(p for p in glob.glob(f'{DIR}/test_*')
                  if os.path.isfile(f"tests/unit/{os.path.basename(p)}.c"))
    for path in glob.glob(f'{DIR}/*.profraw'):
        os.unlink(path)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        passed = list(pool.map(run, bins))
    failed = [p for p, ok in zip(bins, passed) if not ok]
    files = list(wanted(export(bins)))
    table(files)
    print('\nbranches that never went one way:')
    for name, entry in files:
        for line, way, condition in uncovered(name, entry):
            print(f'  {name}:{line}: {way}: {condition}')
    for path in failed:
        print(f'coverage: {path} failed', file=sys.stderr)
    sys.exit(bool(failed))


if __name__ == '__main__':
    main()
