#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""Shows one kexec: the port's own lines, Linux's console, and a verdict with
the figures that both of them named."""
import argparse
import re
import sys

import cases
import lab


def print_figures(text):
    for name, value, unit in re.findall(cases.FIGURE, text, re.M):
        print(f'  {name:28} {value:>14} {unit}')


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument('--el', default='1', choices=['1', '2'])
    ap.add_argument('--cpu', default='cortex-a57', help='max: with '
                    'pauth-impdef=on, for speed')
    ap.add_argument('--gic', default='2', choices=['2', '3'])
    ap.add_argument('--ram', default='512M')
    ap.add_argument('--map', default='sparse', choices=['sparse', 'linear'])
    args = ap.parse_args()
    cpu = 'max,pauth-impdef=on' if args.cpu == 'max' else args.cpu
    case = cases.boots('demo', int(args.el), [f'map={args.map}'], cpu=cpu,
                       gic=args.gic, ram=args.ram)
    print('$', lab.QEMU, *case.args(), flush=True)
    lab.orderly_exit()
    try:
        cases.payload.build([case.variant])
        result = case.run(live=True)
    except KeyboardInterrupt:
        sys.exit(130)
    print(f'\n==== figures (EL{args.el}, {args.cpu}, {args.map} map)')
    print_figures(result.text)
    print(f'  {"QEMU, start to end":28} {result.seconds:14.1f} s')
    print('PASS' if result.ok else f'FAIL: {result.why}')
    sys.exit(not result.ok)


if __name__ == '__main__':
    main()
