#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""Builds what the port is given: Debian's kernel, a test initramfs, a command
line, together in one cpio archive that QEMU passes as the port's initrd.

The archives are newc cpio written here, because the port wants the file data
page aligned: the name is padded with NULs, and c_namesize includes them. The
damaged variants are for the port's refusals; their initrd is a stub.
"""
import argparse
import glob
import gzip
import hashlib
import os
import struct
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.path.join(os.path.dirname(os.path.dirname(HERE)), 'build')
OUT = os.path.join(BUILD, 'payload')

PAGE = 4096
DATA_LEN = 64 << 20
CMDLINE = 'console=ttyAMA0 panic=-1 trans_table=a-command-line-to-be-found-again'

# struct arm64 Image header (booting.rst): field -> (offset, format).
IMAGE_SIZE, FLAGS, MAGIC = (16, '<Q'), (24, '<Q'), (56, '4s')


# ---- newc cpio -----------------------------------------------------------------

def pad4(n):
    return -n % 4


class Cpio:
    """A newc archive written to a file, entry by entry."""

    def __init__(self, path):
        self.f = open(path, 'wb')
        self.ino = 1

    def add(self, name, data=b'', mode=0o100755, rdev=(0, 0), align=4):
        name = name.encode() + b'\0'
        name += b'\0' * (-(self.f.tell() + 110 + len(name)) % align)
        fields = (self.ino, mode, 0, 0, 1, 0, len(data), 0, 0, *rdev,
                  len(name), 0)
        self.ino += 1
        self.f.write(b'070701' + b''.join(b'%08X' % v for v in fields))
        self.f.write(name + b'\0' * pad4(110 + len(name)))
        self.f.write(data + b'\0' * pad4(len(data)))

    def close(self):
        self.add('TRAILER!!!', mode=0)
        self.f.write(b'\0' * (-self.f.tell() % 512))
        self.f.close()


def write_cpio(path, fill):
    """Write an archive beside its place, then put it there."""
    archive = Cpio(path + '.new')
    fill(archive)
    archive.close()
    os.rename(path + '.new', path)


# ---- the initramfs -------------------------------------------------------------

def read(path):
    with open(path, 'rb') as f:
        return f.read()


def big_data():
    """Incompressible, the same in every run, and cheap to make."""
    return hashlib.shake_256(b'trans_table').digest(DATA_LEN)


def fill_initramfs(archive, length):
    """The length stands in the archive itself, so in a fixed width."""
    data = big_data()
    for d in ('bin', 'dev', 'expected'):
        archive.add(d, mode=0o040755)
    archive.add('dev/console', mode=0o020600, rdev=(5, 1))
    archive.add('bin/busybox', read(f'{BUILD}/busybox/bin/busybox'))
    archive.add('init', read(f'{HERE}/init.sh'))
    archive.add('expected/sha256',
                f'{hashlib.sha256(data).hexdigest()}  /data.bin\n'.encode())
    archive.add('expected/cmdline', CMDLINE.encode())
    archive.add('expected/initrd-length', b'%10d' % length)
    archive.add('data.bin', data)


def write_initramfs(path):
    write_cpio(path, lambda a: fill_initramfs(a, 0))
    length = os.path.getsize(path)
    write_cpio(path, lambda a: fill_initramfs(a, length))


# ---- the kernel and its damaged sisters ----------------------------------------

def debian_kernel():
    found = glob.glob(f'{BUILD}/kernel/boot/vmlinuz-*')
    if len(found) != 1:
        sys.exit(f'payload: no kernel in {BUILD}/kernel; run `make payload`')
    image = read(found[0])
    if image[:2] == b'\x1f\x8b':
        image = gzip.decompress(image)
    if image[56:60] != b'ARM\x64':
        sys.exit(f'payload: {found[0]} is not an arm64 Image')
    return image


def patched(image, field, value):
    out = bytearray(image)
    struct.pack_into(field[1], out, field[0], value)
    return bytes(out)


def flags(image):
    return struct.unpack_from(FLAGS[1], image, FLAGS[0])[0]


DAMAGE = {
    'truncated': lambda k: k[:40],
    'cut': lambda k: k[:len(k) // 2],
    'magic': lambda k: patched(k, MAGIC, b'MIPS'),
    'big-endian': lambda k: patched(k, FLAGS, flags(k) | 1),
    # 16K pages, which cortex-a57 does not have.
    'granule': lambda k: patched(k, FLAGS, flags(k) & ~6 | 2 << 1),
    'huge': lambda k: patched(k, IMAGE_SIZE, 1 << 40),
}


# ---- the outer archive ---------------------------------------------------------

def write_outer(path, kernel, initrd, align):
    def fill(archive):
        archive.add('cmdline', CMDLINE.encode(), 0o100644, align=align)
        archive.add('kernel', kernel, 0o100644, align=align)
        archive.add('initrd', initrd, 0o100644, align=align)
    write_cpio(path, fill)


def path_of(variant):
    """Where the archive of a variant is: aligned, unaligned, or a damage."""
    return os.path.join(OUT, f'{variant}.cpio')


def newer(path, inputs):
    return os.path.exists(path) and all(
        os.path.getmtime(path) >= os.path.getmtime(i) for i in inputs)


def build_variant(variant):
    initrd = read(f'{OUT}/initramfs')
    kernel = debian_kernel()
    if variant in DAMAGE:
        kernel, initrd = DAMAGE[variant](kernel), initrd[:PAGE]
    write_outer(path_of(variant), kernel, initrd,
                4 if variant == 'unaligned' else PAGE)


VARIANTS = ['aligned', 'unaligned', *DAMAGE]


def build(variants):
    """Build what is missing or older than what it is made of."""
    os.makedirs(OUT, exist_ok=True)
    inputs = [os.path.abspath(__file__), f'{HERE}/init.sh',
              f'{BUILD}/busybox/bin/busybox', f'{BUILD}/stamp/kernel']
    lost = [i for i in inputs if not os.path.exists(i)]
    if lost:
        sys.exit(f'payload: {lost[0]} is missing; run `make payload`')
    if not newer(f'{OUT}/initramfs', inputs):
        print('payload: initramfs ...', flush=True)
        write_initramfs(f'{OUT}/initramfs')
    for variant in variants:
        if not newer(path_of(variant), [*inputs, f'{OUT}/initramfs']):
            print(f'payload: {variant}.cpio ...', flush=True)
            build_variant(variant)


def main():
    ap = argparse.ArgumentParser(description=__doc__.split('\n\n')[0])
    ap.add_argument('variant', nargs='*', metavar='VARIANT',
                    help=f'of {", ".join(VARIANTS)}; default: all')
    variants = ap.parse_args().variant or VARIANTS
    if not set(variants) <= set(VARIANTS):
        ap.error(f'unknown variant among {variants}')
    build(variants)


if __name__ == '__main__':
    main()
