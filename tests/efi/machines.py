# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""QEMU with EDK2 as its firmware (Debian's qemu-efi-aarch64), or U-Boot, and
disks with a Linux asleep on them that this firmware had booted: through the
application itself, which found no image. What was made is kept, by a hash of
what it was made of."""
import contextlib
import glob
import json
import os
import re
import shutil
import subprocess

import disk
import esp
import fetch
import lab
import sleeper
import asleep as in_u_boot  # (tests/uboot)
import console
from console import Lost

CODE = '/usr/share/AAVMF/AAVMF_CODE.fd'
VARS = '/usr/share/AAVMF/AAVMF_VARS.fd'
U_BOOT = '/usr/lib/u-boot/qemu_arm64/u-boot.bin'
ASLEEP = os.path.join(os.path.dirname(esp.OUT), 'asleep')
GOING = r'SLEEPER: cycle 1, going to sleep'
AWAKE = r'SLEEPER: (?:PASS|FAIL).*'
BAD_CHECK = r'CHECK \S+ BAD.*'
LINUX = r'EFI stub: Booting Linux Kernel'


class Machine(lab.Machine):
    """One shape of QEMU's virt with EDK2. @acpi: it is described by ACPI, and
    else by a device tree. @sector: bytes of a block of its disks. @pci: they
    are on PCI, with an NVMe and what else a sleeper may have there."""

    def __init__(self, acpi=False, code=CODE, varstore=VARS,
                 sector=disk.SECTOR, pci=False, **shape):
        self.acpi, self.code, self.varstore = acpi, code, varstore
        self.sector, self.pci = sector, pci
        super().__init__(**shape)

    def args(self):
        blocks = [f'virtio-blk-device.{kind}_block_size={self.sector}'
                  for kind in ('physical', 'logical')]
        return [*super().args(), '-machine',
                f'acpi={"on" if self.acpi else "off"}',
                *(w for b in blocks if self.sector != disk.SECTOR
                  for w in ('-global', b))]

    def firmware_args(self, home):
        return ['-drive',
                f'if=pflash,format=raw,readonly=on,file={self.code}', '-drive',
                f'if=pflash,format=raw,id=vars,file={home}/vars.fd']

    def all_args(self, home, more=()):
        """With the disks and the variables that are at `home`."""
        return [*self.args(), *self.firmware_args(home),
                *sleeper.disk_args(home, sleeper=self.sleeper()), *more]

    def beside(self, home):
        """What runs as long as it does."""
        return contextlib.nullcontext()

    def variables(self):
        """The file with those that it begins with; None: it has none."""
        return self.varstore

    def begin(self, c):
        """What its firmware has to be told at its console."""

    def sleeper(self, kernel='6.1', words=()):
        return sleeper.Sleeper(self, kernel, words, pci=self.pci)


class UBoot(Machine):
    """With Debian's U-Boot instead, as it is. It keeps variables in a file on
    the EFI system partition, and starts what is there in EFI/BOOT by itself,
    but looks at its first disk only."""

    def __init__(self, **shape):
        super().__init__(code=U_BOOT, varstore=None, **shape)

    def firmware_args(self, home):
        return ['-bios', self.code]

    def begin(self, c):
        c.prompt()
        c.type(f'setenv devnum {in_u_boot.disk_number(c)}; run virtio_boot\n')


def fresh(home, machine, kernel='6.1', conf='', swap_file=False):
    """Disks, and variables as the firmware's makers deliver them."""
    esp.make(home, kernel, conf, sector=machine.sector, swap_file=swap_file)
    for name in machine.sleeper().disks()[2:]:
        sleeper.empty_disk(f'{home}/{name}.img', sleeper.DATA_MIB)
    variables = machine.variables()
    if variables:
        subprocess.run(['cp', '--sparse=always', variables, f'{home}/vars.fd'],
                       check=True)


class Guest:
    """Which kernel is put to sleep, on which machine, with which words; to a
    partition, or to a file on one."""

    def __init__(self, machine, kernel='6.1', words=(), swap_file=False):
        self.machine, self.kernel, self.words = machine, kernel, tuple(words)
        self.swap_file = swap_file

    def base(self):
        return esp.base(self.kernel, self.machine.sector, self.swap_file)

    def cmdline(self, *more):
        """It finds its swap disk by its size."""
        words = [*self.words, f'tt.part={esp.SWAP_PART}', 'tt.efi',
                 'initrd=\\sleeper', *more]
        if self.swap_file:
            words.append(f'tt.offset={esp.swap_offset(self.base())}')
        text = sleeper.cmdline(self.machine.sleeper(self.kernel, words), '')
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
                              self.machine.pci,
                              *map(sleeper.digest_file, files)])
        return f'{ASLEEP}/{sleeper.digest(made_of)[:16]}'


@contextlib.contextmanager
def start(machine, home, name, live=False, timeout=900, more=()):
    """Its console. What was started has ended behind it."""
    with machine.beside(home), console.Console(
            machine.all_args(home, more), name, live, timeout) as c:
        yield c


def go_to_sleep(guest, home, name, live):
    fresh(home, guest.machine, guest.kernel, guest.conf(), guest.swap_file)
    with start(guest.machine, home, f'{name}-sleeps', live) as c:
        try:
            guest.machine.begin(c)
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


def copy_disks(home, to):
    """And variables."""
    for path in glob.glob(f'{home}/*.img') + glob.glob(f'{home}/vars.fd'):
        subprocess.run(['cp', '--sparse=always', path, to], check=True)


def copy(home, to):
    """Its disks, with the application as it is now."""
    copy_disks(home, to)
    esp.put(f'{to}/swap.img', f'{esp.BOOT}/BOOTAA64.EFI', esp.APP)


def passes(c, seconds=300):
    """Wait for the guest's verdict."""
    c.expect(AWAKE, seconds)
    if 'SLEEPER: PASS' not in c.text:
        raise Lost(re.search(BAD_CHECK + '|$', c.text)[0] or 'no verdict')


def slept_well(c, seconds=300):
    """And for the end of the machine."""
    passes(c, seconds)
    c.ends(300)


def too_wide(raw):
    """A line of the application's that a screen of 80 columns would break."""
    for line in re.split('[\r\n]+', raw.decode(errors='replace')):
        if line.startswith('transtable:') and len(line) > 79:
            return line
    return ''
