# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""transtable.efi on an NVMe, whose driver in EDK2 reads by EFI_BLOCK_IO2 while
something else is done, and asks for aligned memory (IoAlign) where it is asked
by itself: PartitionDxe does not for a partition. A guest that went to sleep on
other disks finds its image there, as when a disk was cloned; reads.c counts."""
import re
import shutil

import esp
from at_firmware import Case, wakes
from at_measured import put_before
from machines import Guest, Lost, Machine

PCI = Machine(acpi=True, gic='3', its=True, pci=True)


def clone_disk(home):
    """All of it, but the firmware goes on to what it started before: its
    variables are looked at, of which BootCurrent is one."""
    shutil.copyfile(f'{home}/swap.img', f'{home}/nvme.img')
    esp.mtools('mdel', f'{home}/nvme.img', f'{esp.BOOT}/BOOTAA64.EFI')


def clone_swap(home):
    """To a disk without partitions."""
    with open(f'{home}/nvme.img', 'wb') as f:
        f.write(esp.swap_bytes(home))


def wakes_from_nvme(clone, header_at, kind):
    """The image is gone from there, and had gone from where it came from."""
    said = re.compile(
        r'reads: (\d+) early, (\d+) pending, ' + kind.replace(' ', r'\s+'))

    def step(case, home):
        put_before(case, home, 'reads')
        clone(home)
        esp.forget_image(home)
        wakes(case, home)
        counted = said.search(case.text)
        if not counted or not int(counted[2]):
            raise Lost(f'no reads were pending: {kind}')
        with open(f'{home}/nvme.img', 'rb') as f:
            f.seek(header_at + esp.SIGNATURE_AT)
            if f.read(10) != esp.AWAKE:
                raise Lost('the image is still there')
    return step


CASES = [
    Case('resume-nvme', wakes_from_nvme(
        clone_disk, esp.SWAP[0], 'partition, IoAlign 0'), guest=Guest(PCI)),
    Case('resume-nvme-whole', wakes_from_nvme(
        clone_swap, 0, 'disk, IoAlign 8'), guest=Guest(PCI)),
]
