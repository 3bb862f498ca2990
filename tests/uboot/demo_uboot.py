#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""Shows U-Boot with the command trans, live: its tables, a dry run, and then
Debian's kernel, whose initrd lands on U-Boot's own text, stack and heap."""
import argparse
import sys

import console  # noqa: F401 (finds tests/qemu)
import at_prompt
import disk
import lab


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument('--el', default='1', choices=['1', '2'])
    ap.add_argument('--gic', default='2', choices=['2', '3'])
    args = ap.parse_args()

    def script(console, machine):
        at_prompt.maps(console, machine)
        at_prompt.kexecs_over(console, machine)

    case = at_prompt.Case('demo', script, el=int(args.el), gic=args.gic)
    print('$', lab.QEMU, *case.args(), flush=True)
    lab.orderly_exit()
    try:
        disk.build()
        result = case.run(live=True)
    except KeyboardInterrupt:
        sys.exit(130)
    print(f'\n{"PASS" if result.ok else f"FAIL: {result.why}"}, '
          f'{result.seconds:.1f} s')
    sys.exit(not result.ok)


if __name__ == '__main__':
    main()
