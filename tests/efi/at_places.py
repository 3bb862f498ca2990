# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""transtable.efi where an image may lie otherwise, and on other machines: in a
swap file, on large blocks, behind PCI and an ITS, in Debian's U-Boot; and what
a Linux that woke does with its firmware at last."""
import esp
import machines
from at_firmware import ACPI, BOOTED, Case, RESUMING, TREE, plans, wakes
from machines import Guest, Machine, UBoot


def plans_by_words(case, home):
    """Though the variable says it, too."""
    offset = esp.swap_offset(f'{home}/swap.img')
    plans(case, home, f'device={esp.FILE_UUID} offset={offset}')


# A reset does not end QEMU.
GOES_ON = ['-action', 'reboot=reset']


def powers_off(case, home):
    """What woke has the machine switched off, which is no reset."""
    def script(c):
        c.expect(RESUMING, 240)
        machines.slept_well(c)
    case.at_console(home, script, more=GOES_ON)


def starts_again(case, home):
    """What woke has the firmware reset the machine (Linux does that by
    ResetSystem where there is one), and the firmware comes up."""
    def script(c):
        c.expect(RESUMING, 240)
        machines.passes(c)
        c.expect(BOOTED, 240)
    case.at_console(home, script, more=GOES_ON)


CASES = [
    Case('resume-file', plans_by_words, wakes, guest=Guest(
        TREE, swap_file=True, words=[f'tt.location={esp.FILE_UUID}'])),
    Case('resume-4096', wakes, guest=Guest(Machine(gic='2', sector=4096))),
    Case('resume-pci', wakes, guest=Guest(Machine(
        gic='3', its=True, pci=True, smp=2))),
    Case('resume-pci-acpi', wakes, guest=Guest(Machine(
        acpi=True, gic='3', its=True, pci=True))),
    Case('resume-u-boot', wakes, guest=Guest(UBoot(gic='2'))),
    Case('resume-poweroff', powers_off, guest=Guest(ACPI)),
    Case('resume-reboot', starts_again, guest=Guest(
        ACPI, words=['tt.reboot'])),
]
