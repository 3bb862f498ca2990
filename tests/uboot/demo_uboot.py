#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""Shows U-Boot with the command trans, live: its tables, a dry run, and then
Debian's kernel, whose initrd lands on U-Boot's own text, stack and heap. Then
a Linux that went to sleep comes back, by the bootcmd that had booted it."""
import argparse
import sys

import console  # noqa: F401 (finds tests/qemu)
import at_prompt
import at_wake
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

    machine = {'el': int(args.el), 'gic': args.gic}
    cases = [at_prompt.Case('demo', script, **machine),
             at_wake.Resume('demo-resume', at_wake.resumes, **machine)]
    print('$', lab.QEMU, *cases[0].args(), flush=True)
    lab.orderly_exit()
    try:
        disk.build()
        results = [case.run(live=True) for case in cases]
    except KeyboardInterrupt:
        sys.exit(130)
    print()
    for case, result in zip(cases, results):
        print(f'{case.name}: {"PASS" if result.ok else result.why}, '
              f'{result.seconds:.1f} s')
    sys.exit(not all(r.ok for r in results))


if __name__ == '__main__':
    main()
