# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""The disk that EFI firmware starts from: GPT, an EFI system partition with the
application, kernels and initrds, an empty partition, and one with swap space:
all of it, or a file of an ext4 file system."""
import os
import subprocess
import sys
import uuid

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(os.path.dirname(HERE), d)
                for d in ('lab', 'qemu', 'uboot')]
import disk  # noqa: E402
import lab  # noqa: E402
import payload  # noqa: E402
import sleeper  # noqa: E402

OUT = os.path.join(payload.BUILD, 'efi', 'disk')
APP = os.path.join(payload.BUILD, 'efi', 'transtable.efi')
MIB = 1 << 20
ESP = (1 * MIB, 200 * MIB)
SPARE = (ESP[0] + ESP[1], 4 * MIB)
SWAP = (SPARE[0] + SPARE[1], 256 * MIB)
LENGTH = SWAP[0] + SWAP[1] + MIB
SWAP_PART = 3
PAGE = 4096
SIGNATURE_AT, ASLEEP, AWAKE = PAGE - 10, b'S1SUSPEND\0', b'SWAPSPACE2'
# Of that file system, which systemd's variable names.
FILE_UUID = '5ac1de15-0000-4000-8000-7472616e7374'

# Partition type (UEFI specification, 5.3).
SYSTEM = uuid.UUID('C12A7328-F81F-11D2-BA4B-00A0C93EC93B')
LAYOUT = [(SYSTEM, *ESP, 'esp'), (disk.LINUX, *SPARE, 'spare'),
          (disk.LINUX_SWAP, *SWAP, 'swap')]
BOOT = '::/EFI/BOOT'


def partition_uuid(index):
    """As disk.entry() makes it."""
    return uuid.uuid5(LAYOUT[index][0], f'{index}')


def mtools(command, image, *words, text=None):
    subprocess.run([command, '-i', f'{image}@@{ESP[0]}', *words], check=True,
                   input=text, text=True, stdout=subprocess.DEVNULL,
                   env={**os.environ, 'MTOOLS_SKIP_CHECK': '1'})


def put(image, name, source):
    mtools('mcopy', image, '-o', source, name)


def put_text(image, name, text):
    path = f'{image}.text'
    with open(path, 'w', encoding='utf-8') as f:
        f.write(text)
    put(image, name, path)
    os.remove(path)


def make_system_partition(image, files, sector):
    """FAT32 has 65,525 clusters at least, of a sector each; of 4096 bytes (5)
    there are not so many."""
    size = ['-F'] if sector == disk.SECTOR else ['-S', '5']
    mtools('mformat', image, *size, '-T', str(ESP[1] // sector), '::')
    mtools('mmd', image, '::/EFI', BOOT)
    for name, source in files.items():
        put(image, f'::/{name}', source)


def make_swap_file(image):
    """In the third partition, which is a file system of its own then."""
    part, tree = f'{image}.part', f'{image}.tree'
    sleeper.empty_disk(part, SWAP[1] // MIB)
    os.makedirs(tree, exist_ok=True)
    sleeper.swap_file_disk(part, tree, '-U', FILE_UUID)
    subprocess.run(['dd', f'if={part}', f'of={image}', 'bs=1M', 'conv=notrunc',
                    f'seek={SWAP[0] // MIB}', 'status=none'], check=True)
    os.remove(part)
    os.rmdir(tree)


def base(kernel, sector=disk.SECTOR, swap_file=False):
    """A disk with everything but the application, made once."""
    path = f'{OUT}/base-{kernel}-{sector}{"-file" if swap_file else ""}.img'
    sleeper.get_kernel(kernel)
    files = {'Image': sleeper.kernel_file(kernel),
             'sleeper': sleeper.initramfs(kernel),
             'initrd': f'{payload.OUT}/initramfs'}
    if payload.newer(path, [os.path.abspath(__file__), *files.values()]):
        return path
    os.makedirs(OUT, exist_ok=True)
    new = f'{path}.new'
    with open(new, 'wb') as f:
        f.truncate(LENGTH)
    make_system_partition(new, files, sector)
    if swap_file:
        make_swap_file(new)
    with open(new, 'r+b') as f:
        disk.write_gpt(f, LAYOUT, LENGTH, sector)
    os.rename(new, path)
    return path


def make(home, kernel='6.1', conf='', app=APP, **how):
    """swap.img (as the sleeper's) with the application on it, and data.img.
    @how: as base has it."""
    os.makedirs(home, exist_ok=True)
    image = f'{home}/swap.img'
    subprocess.run(['cp', '--sparse=always', base(kernel, **how),
                    image], check=True)
    put(image, f'{BOOT}/BOOTAA64.EFI', app)
    put_text(image, f'{BOOT}/BOOTAA64.CONF', conf)
    sleeper.empty_disk(f'{home}/data.img', sleeper.DATA_MIB)
    sleeper.make_ext4(f'{home}/data.img')


def configure(home, conf):
    put_text(f'{home}/swap.img', f'{BOOT}/BOOTAA64.CONF', conf)


def swap_bytes(home):
    with open(f'{home}/swap.img', 'rb') as f:
        f.seek(SWAP[0])
        return f.read(SWAP[1])


def swap_offset(image):
    """In pages, where the swap space begins in its partition."""
    with open(image, 'rb') as f:
        f.seek(SWAP[0] + 1024 + 56)
        if f.read(2) != b'\x53\xef': # of ext4
            return 0
    return sleeper.swap_offset(f'{image}?offset={SWAP[0]}')


def header_at(image):
    """The byte of the disk at which the swap header begins."""
    return SWAP[0] + swap_offset(image) * PAGE


def has_image(home):
    """Is there a signature in the swap header (pages of 4K)?"""
    with open(f'{home}/swap.img', 'rb') as f:
        f.seek(header_at(f'{home}/swap.img') + SIGNATURE_AT)
        return f.read(10) == ASLEEP


def forget_image(home):
    """As whoever resumes from it does."""
    with open(f'{home}/swap.img', 'r+b') as f:
        f.seek(header_at(f'{home}/swap.img') + SIGNATURE_AT)
        f.write(AWAKE)
