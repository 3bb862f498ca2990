# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""Disks with a Linux asleep on their swap partition, put there through U-Boot:
its bootcmd resumes what there is, and boots where there is nothing. The same
words bring it back. What was made is kept, by a hash of what it was made of."""
import contextlib
import glob
import json
import os
import re
import shutil
import subprocess

import console
import disk
import fetch
import lab
import sleeper

OUT = os.path.join(disk.OUT, 'asleep')


def examples():
    """The setenv lines of ports/u-boot/README.md, in its order, as a user types
    them: what is indented further goes on the line before."""
    with open(os.path.join(lab.ROOT, 'ports', 'u-boot', 'README.md'),
              encoding='utf-8') as f:
        text = re.sub(r'\n {5,}', ' ', f.read())
    return re.findall(r"^    (setenv boot\w+ '.*')$", text, re.M)


# Resume; where there is nothing, load and boot; what is refused is kept, and
# nothing is booted that would mount. Or it is discarded, at any price. With EFI
# the kernel's stub finds its initrd by itself.
BOOT_LINUX, KEEP, ANY_PRICE, BOOT_EFI = examples()
NO_IMAGE = 'trans resume: TRANS_ENOIMAGE: '
KEPT = r'\nKept. To give it up: trans discard virtio \d:2'
GOING = r'SLEEPER: cycle 1, going to sleep'


class Guest:
    """Which kernel is put to sleep, on which machine, with which words. `efi`:
    by bootefi, of this U-Boot. `pci`: its disks are there, and more (sleeper).
    `sidecar`: it leaves one on the boot partition."""

    def __init__(self, machine, kernel='6.1', words=(), efi=None, pci=False,
                 sidecar=False):
        self.machine, self.kernel, self.words = machine, kernel, tuple(words)
        self.efi, self.pci, self.sidecar = efi, pci, sidecar

    def sleeper(self, words=()):
        return sleeper.Sleeper(self.machine, self.kernel, words, pci=self.pci,
                               sidecar='/boot' if self.sidecar else '')

    def cmdline(self, *more):
        """It finds its swap disk by its size."""
        words = (*self.words, 'tt.part=2', *more)
        if self.efi:
            words = (*words, 'tt.efi', f'initrd=sleeper-{self.kernel}')
        text = sleeper.cmdline(self.sleeper(words), '')
        return text.replace(f'tt.swap={sleeper.SWAP_MIB << 20}',
                            f'tt.swap={disk.DISK_LEN}')

    def typed(self, example, number):
        """An example, with this guest's disk and files."""
        image = 'Image' if self.kernel == '6.1' else f'Image-{self.kernel}'
        text = example.replace('virtio 0:', f'virtio {number}:')
        text = re.sub(r'\bImage\b', image, text)
        return re.sub(r'\binitrd\b', f'sleeper-{self.kernel}', text)

    def bootcmd(self, number, example=KEEP):
        return [self.typed(BOOT_EFI if self.efi else BOOT_LINUX, number),
                self.typed(example, number)]

    def home(self):
        """By what it is made of; not of U-Boot: an image outlives an update of
        the loader, unless that is its firmware."""
        made_of = json.dumps([self.machine.args(), self.cmdline(), self.pci,
                              self.bootcmd(0),
                              sleeper.digest_file(disk.DISK),
                              self.efi and sleeper.digest_file(self.efi)])
        return f'{OUT}/{sleeper.digest(made_of)[:16]}'


def disk_number(c):
    """Which of U-Boot's virtio disks has the partitions."""
    return next((n for n in range(2) if 'EFI' in
                 c.run(f'part list virtio {n}')), 2)


def set_bootcmd(c, guest, *words, example=KEEP):
    c.must(f'setenv bootargs "{guest.cmdline(*words)}"')
    for line in guest.bootcmd(disk_number(c), example):
        c.must(line)


def args(machine, u_boot, home, guest):
    return [*machine.args(), '-bios', u_boot,
            *sleeper.disk_args(home, sleeper=guest.sleeper())]


def go_to_sleep(guest, u_boot, home, name):
    os.makedirs(home)
    subprocess.run(['cp', '--sparse=always', disk.DISK, f'{home}/swap.img'],
                   check=True)
    for other in guest.sleeper().disks()[1:]:
        sleeper.empty_disk(f'{home}/{other}.img', sleeper.DATA_MIB)
    sleeper.make_ext4(f'{home}/data.img')
    with console.Console(args(guest.machine, u_boot, home, guest),
                         f'{name}-sleeps', timeout=300) as c:
        c.prompt()
        set_bootcmd(c, guest)
        c.type('boot\n')
        c.expect(NO_IMAGE)
        c.expect(GOING, 120)
        c.ends()


def asleep(guest, u_boot, name):
    """The directory of its disks; made if need be. Not to be written to."""
    home = guest.home()
    with fetch.locked(f'{home}.lock'):
        if not os.path.exists(home):
            shutil.rmtree(f'{home}.new', ignore_errors=True)
            go_to_sleep(guest, u_boot, f'{home}.new', name)
            os.rename(f'{home}.new', home)
    return home


@contextlib.contextmanager
def copy_of(home, name):
    """Disks to write to, gone afterwards."""
    copy = f'{OUT}/run-{name}'
    shutil.rmtree(copy, ignore_errors=True)
    os.makedirs(copy)
    try:
        for path in glob.glob(f'{home}/*.img'):
            subprocess.run(['cp', '--sparse=always', path, copy], check=True)
        yield copy
    finally:
        shutil.rmtree(copy, ignore_errors=True)


def same_disks(home, other):
    """Is the disk with the image, byte by byte, that of `other`?"""
    return not subprocess.run(['cmp', '-s', f'{home}/swap.img',
                               f'{other}/swap.img'], check=False).returncode


def has_image(home):
    """Is there a signature on the swap partition (pages of 4K)?"""
    with open(f'{home}/swap.img', 'rb') as f:
        f.seek(disk.SWAP[0] + 4096 - 10)
        return f.read(10) == b'S1SUSPEND\0'
