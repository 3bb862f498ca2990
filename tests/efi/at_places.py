# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""transtable.efi where an image may lie otherwise: in a swap file, on large
blocks; and where Debian's U-Boot is the firmware."""
import esp
from at_firmware import Case, TREE, plans, wakes
from machines import Guest, Machine, UBoot


def plans_by_words(case, home):
    """Though the variable says it, too."""
    offset = esp.swap_offset(f'{home}/swap.img')
    plans(case, home, f'device={esp.FILE_UUID} offset={offset}')


CASES = [
    Case('resume-file', plans_by_words, wakes, guest=Guest(
        TREE, swap_file=True, words=[f'tt.location={esp.FILE_UUID}'])),
    Case('resume-4096', wakes, guest=Guest(Machine(gic='2', sector=4096))),
    Case('resume-u-boot', wakes, guest=Guest(UBoot(gic='2'))),
]
