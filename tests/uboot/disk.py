# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""The disk that U-Boot finds: GPT, an ext4 partition with kernels and an
initrd, and a swap partition."""
import gzip
import os
import shutil
import struct
import subprocess
import sys
import uuid
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), 'lab'))
import console  # noqa: E402,F401 (finds tests/qemu)
import payload  # noqa: E402
import sleeper  # noqa: E402

OUT = os.path.join(payload.BUILD, 'u-boot', 'disk')
DISK = os.path.join(OUT, 'disk.img')
SECTOR = 512
MIB = 1 << 20
BOOT, SWAP = (1 * MIB, 192 * MIB), (193 * MIB, 256 * MIB)
DISK_LEN = SWAP[0] + SWAP[1] + MIB

# Of the guests that go to sleep. LZ4 came with 6.9.
KERNELS = ['6.1', '6.12']

# Partition types: Linux filesystem, Linux swap (UEFI specification, 5.3).
LINUX = uuid.UUID('0FC63DAF-8483-4772-8E79-3D69D8477DE4')
LINUX_SWAP = uuid.UUID('0657FD6D-A4AB-43C4-84E5-0933C84B4F4F')

SWAP_UUID = uuid.uuid5(LINUX_SWAP, '1') # the second entry of the table


def entry(index, kind, start, length, name, sector=SECTOR):
    """A partition entry of 128 bytes."""
    own = uuid.uuid5(kind, f'{index}')
    return struct.pack('<16s16sQQQ72s', kind.bytes_le, own.bytes_le,
                       start // sector, (start + length) // sector - 1, 0,
                       name.encode('utf-16-le'))


def gpt_header(entries, own, other, at, last, sector):
    """One of the two headers, a sector long (UEFI specification, 5.3.2)."""
    taken = 1 + len(entries) // sector

    def pack(crc):
        return struct.pack('<8sIIIIQQQQ16sQIII', b'EFI PART', 0x10000, 92, crc,
                           0, own, other, 1 + taken, last - taken,
                           uuid.uuid5(LINUX, 'disk').bytes_le, at, 128, 128,
                           zlib.crc32(entries))
    return pack(zlib.crc32(pack(0))).ljust(sector, b'\0')


def write_gpt(f, partitions, length=DISK_LEN, sector=SECTOR):
    entries = b''.join(entry(i, *p, sector) for i, p in enumerate(partitions))
    entries = entries.ljust(128 * 128, b'\0')
    last = length // sector - 1
    mbr = bytes(446) + struct.pack('<B3sB3sII', 0, b'\0\2\0', 0xee,
                                   b'\xff\xff\xff', 1, last)
    f.seek(0)
    f.write((mbr.ljust(510, b'\0') + b'\x55\xaa').ljust(sector, b'\0'))
    f.write(gpt_header(entries, 1, last, 2, last, sector) + entries)
    at = last - len(entries) // sector
    f.seek(at * sector)
    f.write(entries + gpt_header(entries, last, 1, at, last, sector))


def files():
    """What is on the ext4 partition."""
    kernel = payload.debian_kernel()
    return {
        'Image': kernel,
        'Image.gz': gzip.compress(kernel, 1, mtime=0),
        'Image.cut': kernel[:len(kernel) // 2],
        'Image-6.12': payload.debian_kernel('kernel-backports'),
        'initrd': payload.read(f'{payload.OUT}/initramfs'),
        **{f'sleeper-{k}': payload.read(sleeper.initramfs(k))
           for k in KERNELS},
    }


def write_boot(tree):
    """U-Boot cannot read a file system with metadata_csum_seed and the like,
    which is why the features are those of ext4 without later ones."""
    length = BOOT[1] // 1024
    subprocess.run(['mke2fs', '-q', '-F', '-t', 'ext4', '-b', '1024', '-L',
                    'boot', '-O', '^metadata_csum,^64bit,^has_journal', '-d',
                    tree, '-E', f'offset={BOOT[0]}', f'{DISK}.new',
                    f'{length}'], check=True)


def build():
    """What is missing or older than what it is made of. The lengths of the
    files, by name."""
    for kernel in KERNELS:
        sleeper.get_kernel(kernel)
    made_of = [os.path.abspath(__file__), f'{payload.BUILD}/stamp/kernel',
               f'{payload.OUT}/initramfs', *map(sleeper.initramfs, KERNELS)]
    tree = f'{OUT}/tree'
    if not payload.newer(DISK, made_of):
        shutil.rmtree(tree, ignore_errors=True)
        os.makedirs(tree)
        for name, data in files().items():
            with open(f'{tree}/{name}', 'wb') as f:
                f.write(data)
        with open(f'{DISK}.new', 'wb') as f:
            f.truncate(DISK_LEN)
        write_boot(tree)
        with open(f'{DISK}.new', 'r+b') as f:
            write_gpt(f, [(LINUX, *BOOT, 'boot'),
                          (LINUX_SWAP, *SWAP, 'swap')])
        os.rename(f'{DISK}.new', DISK)
    return {n: os.path.getsize(f'{tree}/{n}') for n in os.listdir(tree)}
