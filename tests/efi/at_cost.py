# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""What transtable.efi costs where there is no image: instructions, against an
application that only connects all handles, as firmware does it, and starts
the next (plain.c, meter.c). With a signature on the disk nobody would start
it this way."""
import os
import re

import esp
from at_firmware import Case
from machines import Lost, Machine

HERE = os.path.dirname(esp.APP)
LIMIT = 1.2
# Firmware polls its disks, and so counts how slow they are today: the least of
# some runs counts.
RUNS = 3
# QEMU counts instructions where each takes its time.
COUNTING = Machine(gic='2', more=['-icount', 'shift=3'])


def instructions(case, home, subject):
    esp.put(f'{home}/swap.img', '::/subject.efi', f'{HERE}/{subject}')

    def script(c):
        c.expect(r'meter: \d+ instructions\n', 240)
        c.ends()
        if 'transtable:' in c.text:
            raise Lost('it said something')
    case.at_console(home, script)
    return int(re.search(r'meter: (\d+)', case.text)[1])


def is_cheap(case, home):
    image = f'{home}/swap.img'
    esp.put(image, f'{esp.BOOT}/BOOTAA64.EFI', f'{HERE}/meter.efi')
    esp.put(image, '::/meter.efi', f'{HERE}/meter.efi')
    esp.put_text(image, '::/subject.conf', r'next=\meter.efi')
    ours = plain = float('inf')
    for _ in range(RUNS):
        ours = min(ours, instructions(case, home, 'transtable.efi'))
        plain = min(plain, instructions(case, home, 'plain.efi'))
    what = f'{ours} instructions, {ours / plain:.2f} x the plain {plain}'
    print(f'         none-cost: {what}', flush=True)
    if ours > LIMIT * plain:
        raise Lost(what)


CASES = [Case('none-cost', is_cheap, machine=COUNTING)]
