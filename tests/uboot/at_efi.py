# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""A Linux that U-Boot's bootefi started, and that went to sleep: it goes on
where the same U-Boot is its firmware again, and nowhere else. What is expected
is in at_prompt.py."""
import os
import re

import asleep
import at_prompt
import console
import disk
import lab
import says
import sleeper
from console import Lost

RAM = '512M'


class Efi(at_prompt.Case):
    """Woken by U-Boot `out`, on a machine with `ram`, in these steps, each on
    a machine of its own."""

    def __init__(self, name, *steps, ram=RAM, out='with', **machine):
        self.steps = steps
        super().__init__(name, None, out=out, ram=ram, **machine)
        self.guest = asleep.Guest(
            lab.Machine(ram=RAM, **{"el": 1, **machine}),
            words=at_prompt.RAW)

    def is_of(self, name):
        self.firmware = at_prompt.U_BOOT.format(f'{name}/with')
        return super().is_of(name)

    def console(self, machine, u_boot, disks, live):
        return console.Console(asleep.args(machine, u_boot, disks,
                                           self.guest),
                               f'u-boot-{self.name}', live, self.timeout)

    def run(self, live=False):
        start, text, why = self.now(), '', ''
        self.guest.efi = self.firmware
        try:
            home = asleep.asleep(self.guest, self.firmware,
                                 f'u-boot-{self.name}')
            with asleep.copy_of(home, self.name) as disks:
                for step in self.steps:
                    step(self, disks, live)
                    if step is refuses and not asleep.same_disks(home, disks):
                        raise Lost('the disk has changed')
        except Lost as lost:
            why = str(lost)
            text = getattr(lost, 'text', '')
        return lab.Result(text, why, self.now() - start)


def at_the_prompt(case, machine, u_boot, disks, live, script, *words):
    """Type, with what the guest's kernel is told set."""
    with case.console(machine, u_boot, disks, live) as c:
        try:
            c.prompt()
            asleep.set_bootcmd(c, case.guest, *words)
            script(c)
        except Lost as lost:
            lost.text = c.text
            raise


def wakes(case, disks, live):
    """By the bootcmd that started it. Its firmware's variables are there."""
    def script(c):
        c.type('boot\n')
        c.expect(at_prompt.SLEEPER_END, 120)
        if not re.search(at_prompt.SLEEPER_PASS, c.text) or \
                re.search(at_prompt.ANY_BOOT, c.text):
            bad = re.search(at_prompt.BAD_CHECK + '|$', c.text)[0]
            raise Lost(bad or 'it was booted')
        c.ends()

    at_the_prompt(case, case.machine, case.u_boot, disks, live, script)
    if asleep.has_image(disks):
        raise Lost('the image is still there')


def refuses(case, disks, live):
    """This is not its firmware."""
    def script(c):
        words = f'virtio {asleep.disk_number(c)}:2'
        c.fails(f'trans resume {words}', at_prompt.OTHER_EFI, 120)
        c.must(f'trans plan resume -e {words}', 120)

    at_the_prompt(case, case.machine, case.u_boot, disks, live, script)


def boots_and_wakes(case, disks, live):
    """Its own kernel, started by its own firmware, brings it back. That is set
    up by a trans resume that finds no image, as when it went to sleep."""
    def script(c):
        number = asleep.disk_number(c)
        c.fails(f'trans resume virtio {number}:1', at_prompt.NO_IMAGE, 60)
        c.must(f'load virtio {number}:1 $kernel_addr_r Image')
        c.type('bootefi $kernel_addr_r $fdtcontroladdr\n')
        c.expect(at_prompt.SLEEPER_END, 180)
        if not re.search(at_prompt.SLEEPER_PASS, c.text):
            raise Lost(re.search(at_prompt.BAD_CHECK + '|$', c.text)[0])
        c.ends()

    at_the_prompt(case, case.guest.machine, case.firmware, disks, live,
                  script, 'tt.resume')


def port_refuses(case, disks, live):
    """The reference port is no EFI firmware. It knows no partitions: the swap
    space is a disk of its own for it."""
    own = f'{disks}/port'
    os.makedirs(own)
    with open(f'{disks}/swap.img', 'rb') as f:
        f.seek(disk.SWAP[0])
        before = f.read(disk.SWAP[1])
    os.link(f'{disks}/data.img', f'{own}/data.img')
    with open(f'{own}/swap.img', 'wb') as f:
        f.write(before)
    result = lab.run_qemu(
        [*case.machine.args(), '-kernel', f'{lab.ROOT}/build/arm64/port.bin',
         '-append', 'resume=on', *sleeper.disk_args(own)],
        f'u-boot-{case.name}', timeout=90, silence=40, live=live,
        expect=[says.REFUSED.format('TRANS_ESTATE'), says.STILL_RUNNING],
        forbid=[says.ANY_LINUX, says.AWAKE])
    with open(f'{own}/swap.img', 'rb') as f:
        after = f.read()
    if result.why or before != after:
        lost = Lost(result.why or 'the disk has changed')
        lost.text = result.text
        raise lost


# ---- all of them ------------------------------------------------------------

CASES = [
    Efi('resume-efi', wakes),
    Efi('resume-efi-el2', wakes, el=2, gic='3'),
    Efi('resume-efi-other-ram', refuses, boots_and_wakes, ram='768M'),
    Efi('resume-efi-other-build', refuses, out='prebuilt'),
    Efi('resume-efi-port', port_refuses, wakes),
]
