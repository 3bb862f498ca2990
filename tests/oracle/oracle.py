#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""Runs the oracle on each emulated CPU: QEMU's own table walker (AT, PAR_EL1,
real accesses) against the library's query. One line a run."""
import argparse
import fnmatch
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), 'qemu'))
import lab  # noqa: E402
import rows  # noqa: E402

ELF = os.path.join(lab.ROOT, 'build/arm64/oracle.elf')
PASS = r'^ORACLE: PASS \d+ geometries$'
BAD = r'^(?:ORACLE: FAIL|oracle: exception).*'
ADDRESSES = r'^oracle: .*: (\d+) addresses'
SHOWN = r'^(?:ORACLE|oracle: (?!.*: \d+ addresses, 0 differences .*proved)).*'

# Name, CPU, every so many-th geometry in the sample, tables in high memory.
# max has LPA2, LVA and LPA; `high` puts its tables beyond 48 bits.
RUNS = [
    ('a57', 'cortex-a57', 5, False),
    ('a72', 'cortex-a72', 5, False),
    ('n1', 'neoverse-n1', 11, False),
    ('a64fx', 'a64fx', 7, False),
    ('max', 'max,pauth-impdef=on', 17, False),
    ('max-nolpa2', 'max,pauth-impdef=on,lpa2=off', 13, False),
    ('max-high', 'max,pauth-impdef=on', 23, True),
]

# A DIMM wants ACPI, which wants a firmware: any file will do, it never runs.
HIGH = ['-bios', ELF, '-object', 'memory-backend-ram,id=high,size=256M',
        '-device', 'pc-dimm,memdev=high,addr=0x8000000000000']


class Run:
    """One CPU. All of its regimes are tested from EL3, in one go."""

    def __init__(self, row, full, seed):
        name, self.cpu, step, self.high = row
        self.name = f'oracle-{name}'
        self.words = [f'seed={seed}', f'high={int(self.high)}',
                      f'step={1 if full else step}',
                      f'addresses={6000 if full else 1500}']
        self.timeout = 900 if full else 90

    def args(self):
        ram = '512M,slots=1,maxmem=3072T' if self.high else '512M'
        words = ''.join(f',arg={w}' for w in ['oracle', *self.words])
        return ['-M', 'virt,secure=on,virtualization=on,gic-version=2',
                '-cpu', self.cpu, '-m', ram, '-nographic', '-no-reboot',
                '-monitor', 'none', '-serial', 'stdio', '-nic', 'none',
                '-semihosting-config', f'enable=on,target=native{words}',
                '-device', f'loader,file={ELF},cpu-num=0',
                *(HIGH if self.high else [])]

    def run(self, live=False):
        return lab.run_qemu(self.args(), self.name, expect=[PASS],
                            forbid=[BAD], live=live, timeout=self.timeout,
                            silence=20)


def report(run, result):
    verdict = 'ok' if result.ok else 'FAILED'
    counts = [int(n) for n in re.findall(ADDRESSES, result.text, re.M)]
    print(f'  {verdict:6} {run.name:17} {len(counts):4} geometries '
          f'{sum(counts):8} addresses {result.seconds:5.1f} s', flush=True)
    if result.ok:
        return
    print(f'    {result.why}')
    for line in re.findall(SHOWN, result.text, re.M)[:20]:
        print(f'    | {line}')
    print(f'    whole log: build/logs/{run.name}.log', flush=True)


def run_all(full=False, only=None, verbose=False, seed=1):
    """(passed, failed) after running all of them."""
    runs = [r for r in (Run(row, full, seed) for row in RUNS)
            if not only or fnmatch.fnmatch(r.name, f'*{only}*')]
    if not os.path.exists(ELF):
        print(f'  FAILED {ELF} is missing: nothing could run')
        return 0, len(runs)
    failed = 0
    for run in runs:
        result = lab.attempt(run, verbose)
        report(run, result)
        failed += not result.ok
    return len(runs) - failed, failed


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument('--full', action='store_true', help='every geometry')
    ap.add_argument('--only', metavar='PATTERN', help='names that match')
    ap.add_argument('--seed', type=int, default=1)
    ap.add_argument('--verbose', action='store_true',
                    help='show the serial output as it comes')
    args = ap.parse_args()
    rows.end('oracle: ', lambda: run_all(args.full, args.only, args.verbose,
                                         args.seed))


if __name__ == '__main__':
    main()
