# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""Disks with a Linux asleep on their swap partition, put there through U-Boot:
its bootcmd resumes what there is, and boots where there is nothing. The same
words bring it back. What was made is kept, by a hash of what it was made of."""
import contextlib
import fcntl
import json
import os
import shutil
import subprocess

import console
import disk
import sleeper

OUT = os.path.join(disk.OUT, 'asleep')

# The example of docs: try to resume; else load and boot.
BOOTCMD = ('trans resume virtio {0}:2; load virtio {0}:1 $kernel_addr_r Image; '
           'load virtio {0}:1 $ramdisk_addr_r sleeper; '
           'booti $kernel_addr_r $ramdisk_addr_r:$filesize $fdtcontroladdr')
NO_IMAGE = 'trans resume: not found: '
GOING = r'SLEEPER: cycle 1, going to sleep'


def guest(machine, words):
    return sleeper.Sleeper(machine, words=(*words, 'tt.part=2'), data='raw')


def cmdline(machine, words):
    """The guest finds its swap disk by its size."""
    text = sleeper.cmdline(guest(machine, words), '')
    own = f'tt.swap={sleeper.SWAP_MIB << 20}'
    return text.replace(own, f'tt.swap={disk.DISK_LEN}')


def disk_number(c):
    """Which of U-Boot's virtio disks has the partitions."""
    return 0 if 'EFI' in c.run('part list virtio 0') else 1


def set_bootcmd(c, machine, words):
    c.must(f'setenv bootargs "{cmdline(machine, words)}"')
    c.must(f"setenv bootcmd '{BOOTCMD.format(disk_number(c))}'")


def identity(machine, words):
    """Not of U-Boot: an image outlives an update of the loader."""
    return json.dumps([machine.args(), words, BOOTCMD,
                       sleeper.digest_file(disk.DISK)])


def args(machine, u_boot, home):
    return [*machine.args(), '-bios', u_boot, *sleeper.disk_args(home)]


def go_to_sleep(machine, words, u_boot, home, name):
    os.makedirs(home)
    subprocess.run(['cp', '--sparse=always', disk.DISK, f'{home}/swap.img'],
                   check=True)
    sleeper.empty_disk(f'{home}/data.img', sleeper.DATA_MIB)
    with console.Console(args(machine, u_boot, home), f'{name}-sleeps') as c:
        c.prompt()
        set_bootcmd(c, machine, words)
        c.type('boot\n')
        c.expect(NO_IMAGE)
        c.expect(GOING, 120)
        c.ends()


def asleep(machine, words, u_boot, name):
    """The directory of its disks; made if need be. Not to be written to."""
    home = f'{OUT}/{sleeper.digest(identity(machine, words))[:16]}'
    os.makedirs(OUT, exist_ok=True)
    with open(f'{home}.lock', 'w', encoding='utf-8') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.exists(home):
            shutil.rmtree(f'{home}.new', ignore_errors=True)
            go_to_sleep(machine, words, u_boot, f'{home}.new', name)
            os.rename(f'{home}.new', home)
    return home


@contextlib.contextmanager
def copy_of(home, name):
    """Disks to write to, gone afterwards."""
    copy = f'{OUT}/run-{name}'
    shutil.rmtree(copy, ignore_errors=True)
    os.makedirs(copy)
    try:
        for part in ('swap', 'data'):
            subprocess.run(['cp', '--sparse=always', f'{home}/{part}.img',
                            copy], check=True)
        yield copy
    finally:
        shutil.rmtree(copy, ignore_errors=True)


def has_image(home):
    """Is there a signature on the swap partition (pages of 4K)?"""
    with open(f'{home}/swap.img', 'rb') as f:
        f.seek(disk.SWAP[0] + 4096 - 10)
        return f.read(10) == b'S1SUSPEND\0'
