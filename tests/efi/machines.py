# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""QEMU with EDK2 as its firmware (Debian's qemu-efi-aarch64), and disks with a
Linux asleep on them that this firmware had booted: through the application
itself, which found no image. What was made is kept, by a hash of what it was
made of."""
import contextlib
import json
import os
import re
import shutil
import subprocess

import esp
import fetch
import lab
import sleeper
import console  # (tests/uboot)
from console import Lost

CODE = '/usr/share/AAVMF/AAVMF_CODE.fd'
VARS = '/usr/share/AAVMF/AAVMF_VARS.fd'
ASLEEP = os.path.join(os.path.dirname(esp.OUT), 'asleep')
GOING = r'SLEEPER: cycle 1, going to sleep'
AWAKE = r'SLEEPER: (?:PASS|FAIL).*'
BAD_CHECK = r'CHECK \S+ BAD.*'
LINUX = r'EFI stub: Booting Linux Kernel'


class Machine(lab.Machine):
    """One shape of QEMU's virt with EDK2. @acpi: it is described by ACPI, and
    else by a device tree."""

    def __init__(self, acpi=False, code=CODE, varstore=VARS, **shape):
        self.acpi, self.code, self.varstore = acpi, code, varstore
        super().__init__(**shape)

    def args(self):
        return [*super().args(), '-machine',
                f'acpi={"on" if self.acpi else "off"}']

    def all_args(self, home, more=()):
        """With the disks and the variables that are at `home`."""
        return [*self.args(),
                '-drive', f'if=pflash,format=raw,readonly=on,file={self.code}',
                '-drive', f'if=pflash,format=raw,file={home}/vars.fd',
                *sleeper.disk_args(home), *more]


def fresh(home, machine, kernel='6.1', conf=''):
    """Disks, and variables as the firmware's makers deliver them."""
    esp.make(home, kernel, conf)
    subprocess.run(['cp', '--sparse=always', machine.varstore,
                    f'{home}/vars.fd'], check=True)


class Guest:
    """Which kernel is put to sleep, on which machine, with which words."""

    def __init__(self, machine, kernel='6.1', words=()):
        self.machine, self.kernel, self.words = machine, kernel, tuple(words)

    def cmdline(self, *more):
        """It finds its swap disk by its size."""
        words = (*self.words, f'tt.part={esp.SWAP_PART}', 'tt.efi',
                 'initrd=\\sleeper', *more)
        text = sleeper.cmdline(sleeper.Sleeper(self.machine, self.kernel,
                                               words), '')
        return text.replace(f'tt.swap={sleeper.SWAP_MIB << 20}',
                            f'tt.swap={esp.LENGTH}')

    def conf(self, *more):
        return f'next="\\Image {self.cmdline(*more)}"\n'

    def home(self):
        """By what it is made of; not of the application: an image outlives an
        update of who loads it."""
        sleeper.get_kernel(self.kernel)
        files = (sleeper.kernel_file(self.kernel), sleeper.busybox(),
                 f'{sleeper.HERE}/sleeper.sh', self.machine.code)
        made_of = json.dumps([self.machine.args(), self.conf(), esp.LENGTH,
                              *map(sleeper.digest_file, files)])
        return f'{ASLEEP}/{sleeper.digest(made_of)[:16]}'


def start(machine, home, name, live=False, timeout=900, more=()):
    return console.Console(machine.all_args(home, more), name, live, timeout)


def go_to_sleep(guest, home, name, live):
    fresh(home, guest.machine, guest.kernel, guest.conf())
    with start(guest.machine, home, f'{name}-sleeps', live) as c:
        try:
            c.expect(LINUX, 300)
            c.expect(GOING, 300)
            c.ends(300)
        except Lost as lost:
            lost.text = c.text
            raise
    if not esp.has_image(home):
        raise Lost('went to sleep without an image')


def asleep(guest, name, live=False):
    """The directory of its disks; made if need be. Not to be written to."""
    home = guest.home()
    with fetch.locked(f'{home}.lock'):
        if live or not os.path.exists(home):
            shutil.rmtree(f'{home}.new', ignore_errors=True)
            go_to_sleep(guest, f'{home}.new', name, live)
            shutil.rmtree(home, ignore_errors=True)
            os.rename(f'{home}.new', home)
    return home


@contextlib.contextmanager
def scratch(name):
    """A directory to write to, gone afterwards."""
    home = f'{ASLEEP}/run-{name}'
    shutil.rmtree(home, ignore_errors=True)
    os.makedirs(home)
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


def copy(home, to):
    """Its disks, with the application as it is now."""
    for part in ('swap.img', 'data.img', 'vars.fd'):
        subprocess.run(['cp', '--sparse=always', f'{home}/{part}', to],
                       check=True)
    esp.put(f'{to}/swap.img', f'{esp.BOOT}/BOOTAA64.EFI', esp.APP)


def slept_well(c, seconds=300):
    """Wait for the guest's verdict."""
    c.expect(AWAKE, seconds)
    if 'SLEEPER: PASS' not in c.text:
        raise Lost(re.search(BAD_CHECK + '|$', c.text)[0] or 'no verdict')
    c.ends(300)


def too_wide(raw):
    """A line of the application's that a screen of 80 columns would break."""
    for line in re.split('[\r\n]+', raw.decode(errors='replace')):
        if line.startswith('transtable:') and len(line) > 79:
            return line
    return ''
