# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""U-Boot's standard boot, with a bootmeth for a hibernated Linux before the
others. Of those there is one more: a boot script, on a disk of its own."""
import os
import re
import struct
import subprocess
import zlib

import asleep
import at_prompt
import at_wake
import console
import disk
from at_prompt import demand
from console import Lost

SCRIPT_DISK = os.path.join(disk.OUT, 'script.img')
BAD_DISK = os.path.join(disk.OUT, 'unreadable.img')
START, LENGTH = disk.MIB, 8 * disk.MIB
BAD_LEN = START + LENGTH + disk.MIB
LINUX, SWAP = 0x83, 0x82 # partition types of an MBR
NEXT = 'The next bootmeth'
REFUSED = ('Nothing is booted over it. To give it up: '
           r'trans discard virtio \d:2')
NO_ROOM = 'ramdisk - allocation error'
LEFT = r'An image is kept on virtio \d:2, for Linux to decide'
ASLEEP = r'hibernate\S* +ready +virtio +2 +asleep on virtio \d:2'
OTHER = r'script +ready +virtio +1 '


def boot_script(text):
    """As mkimage makes it: a header (include/image.h, IH_TYPE_SCRIPT, no
    architecture), a length, the text."""
    data = struct.pack('>II', len(text), 0) + text.encode()

    def pack(crc):
        return struct.pack('>7I4B32s', 0x27051956, crc, 0, len(data), 0, 0,
                           zlib.crc32(data), 5, 22, 6, 0, b'')
    return pack(zlib.crc32(pack(0))) + data


def mbr(kind=LINUX):
    """One partition, in sectors. (The disk that has the GPT is the one with the
    image.)"""
    entry = struct.pack('<B3sB3sII', 0, b'', kind, b'', START // disk.SECTOR,
                        LENGTH // disk.SECTOR)
    return (bytes(446) + entry).ljust(510, b'\0') + b'\x55\xaa'


def make_script_disk():
    tree = f'{SCRIPT_DISK}.tree'
    os.makedirs(tree, exist_ok=True)
    with open(f'{tree}/boot.scr', 'wb') as f:
        f.write(boot_script(f'echo {NEXT}; run boot_linux\n'))
    with open(SCRIPT_DISK, 'wb') as f:
        f.truncate(START + LENGTH + disk.MIB)
    subprocess.run(['mke2fs', '-q', '-F', '-t', 'ext4', '-b', '1024', '-O',
                    '^metadata_csum,^64bit,^has_journal', '-d', tree, '-E',
                    f'offset={START}', SCRIPT_DISK, f'{LENGTH // 1024}'],
                   check=True)
    with open(SCRIPT_DISK, 'r+b') as f:
        f.write(mbr())


def write_mbr(f):
    f.write(mbr(SWAP))


def write_gpt(f):
    disk.write_gpt(f, [(disk.LINUX_SWAP, START, LENGTH, 'bad')], BAD_LEN)


def unreadable_swap(write_table):
    """Words for QEMU: a disk whose one partition is swap, and cannot be read
    where the signature is, at the end of a first page of 4K, 16K or 64K."""
    with open(BAD_DISK, 'wb') as f:
        f.truncate(BAD_LEN)
        write_table(f)
    rules = ','.join(
        f'inject-error.{i}.event=none,inject-error.{i}.iotype=read,'
        f'inject-error.{i}.sector={(START + page) // disk.SECTOR - 1}'
        for i, page in enumerate((4096, 16384, 65536)))
    return ['-blockdev', f'driver=blkdebug,node-name=bad,image.driver=file,'
            f'image.filename={BAD_DISK},{rules}',
            '-device', 'virtio-blk-device,drive=bad']


class Flow(at_wake.Resume):
    """A Linux asleep on one disk, a boot script on another. (The sleeper that
    the script starts fails: it knows of two disks only.)"""

    def more_disks(self):
        make_script_disk()
        return ['-drive', f'file={SCRIPT_DISK},format=raw,if=none,id=script,'
                'snapshot=on', '-device', 'virtio-blk-device,drive=script']


# ---- scripts ----------------------------------------------------------------

def not_passed(c):
    if NEXT in c.text:
        raise Lost('the next bootmeth was reached')


def wakes(c, machine, disks):
    """It is listed, with what it is, and is the first to be booted."""
    demand(c.must('bootflow scan -l', 60), ASLEEP, OTHER)
    c.must('bootflow select 0')
    demand(c.must('bootflow info'), r'^OS: +Linux #1', r'^Partition: 2',
           r'^Device: +virtio')
    c.type('bootflow scan -b\n')
    at_wake.awake(c, disks)
    not_passed(c)


def refused(c, disks, words):
    c.fails(f'bootflow scan -b {words}', REFUSED, 120)
    not_passed(c)
    at_wake.answered(c, 'refused')
    if not asleep.has_image(disks):
        raise Lost('the image is gone')


def stops(c, machine, disks):
    """What is refused ends the scan, also one that leaves global bootmeths out
    and comes to another disk first; and where it is known that Linux looks
    itself, it does not."""
    at_wake.spoil(disks)
    for words in ('', 'virtio'):
        refused(c, disks, words)
    c.must('setenv trans_on_refusal linux')
    c.type('bootflow scan -b\n')
    c.expect(at_prompt.DAMAGED, 120)
    c.expect(LEFT)
    c.expect(NEXT, 120)
    c.expect(at_prompt.SLEEPER_END, 120)
    if not asleep.has_image(disks):
        raise Lost('the image is gone')


def stopped(c, machine, disks):
    """Ctrl-C leads to the prompt, also where a refusal is Linux's to decide: a
    read that was interrupted is none."""
    c.must('setenv trans_on_refusal linux')
    c.type('bootflow scan -b\n')
    c.expect('Reading', 60)
    c.type('\x03')
    c.expect(at_prompt.STOPPED, 60)
    c.expect(REFUSED)
    c.expect(console.PROMPT)
    at_wake.answered(c, 'again')
    not_passed(c)
    if not asleep.has_image(disks):
        raise Lost('the image is gone')
    c.type('bootflow scan -b\n')
    at_wake.awake(c, disks)


class Unreadable(Flow):
    def __init__(self, name, write_table):
        super().__init__(name, nobody_knows)
        self.write_table = write_table

    def more_disks(self):
        return [*super().more_disks(), *unreadable_swap(self.write_table)]


def nobody_knows(c, machine, disks):
    """What cannot be read may be an image: the scan ends there, though nothing
    is asleep where it can be read."""
    number = next(n for n in range(4) if '"swap"' in
                  c.run(f'part list virtio {n}'))
    c.must(f'trans discard virtio {number}:2')
    c.fails('bootflow scan -b', r'Nothing is booted over it. To give it up: '
            r'trans discard virtio \d:1', 120)
    not_passed(c)
    at_wake.answered(c, 'refused')


def passes(c, machine, disks):
    """Where there is nothing, the others boot as if it were not there."""
    c.must(f'trans discard virtio {asleep.disk_number(c)}:2')
    said = c.must('bootflow scan -l', 60)
    demand(said, OTHER)
    if re.search(ASLEEP, said):
        raise Lost(f'what is there to resume: {said}')
    c.type('bootflow scan -b\n')
    c.expect(NEXT, 60)
    c.expect(at_prompt.SLEEPER_END, 120)


def boots_by_booti(c, machine):
    """Kernel and initrd leave no room beside U-Boot for the initrd to be moved
    to, which booti does. (Linux has none to unpack all of it, so its data is
    cut: that the initrd arrived is what the blob verified.)"""
    at_prompt.set_bootargs(c)
    words = f'{at_prompt.load_files(c)} $fdtcontroladdr'
    c.fails(f'booti {words}', NO_ROOM, 60)
    c.type(f'booti -t {words}\n')
    c.expect(at_prompt.LETTERS.format('[0-9a-f]+', 'MDVLG?'), 120)
    c.expect(at_prompt.STARTED_AT.format(machine.el), 120)
    c.expect(at_prompt.ANY_END, 120)
    bad = re.findall(at_prompt.BAD_CHECK, c.text)
    if bad != ['data']:
        raise Lost(f'booti -t: bad {bad}')
    c.ends()


CASES = [
    at_prompt.Case('flow-booti', boots_by_booti, ram='208M'),
    Flow('flow-wakes', wakes),
    Flow('flow-refused-stops', stops),
    Flow('flow-stopped', stopped),
    Unreadable('flow-unreadable', write_mbr),
    Unreadable('flow-unreadable-gpt', write_gpt),
    Flow('flow-nothing-there', passes),
]
