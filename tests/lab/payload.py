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
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import kernels  # noqa: E402

BUILD = os.path.join(os.path.dirname(os.path.dirname(HERE)), 'build')
OUT = os.path.join(BUILD, 'payload')
PORT = os.path.join(BUILD, 'arm64', 'port.bin')

PAGE = 4096
DATA_LEN = 64 << 20
CMDLINE = 'console=ttyAMA0 panic=-1 trans_table=a-command-line-to-be-found-again'

# struct arm64 Image header (booting.rst): field -> (offset, format).
IMAGE_SIZE, FLAGS, MAGIC = (16, '<Q'), (24, '<Q'), (56, '4s')


# ---- newc cpio ---------------------------------------------------------------

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


# ---- the initramfs -----------------------------------------------------------

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
    archive.add('expected/md5',
                f'{hashlib.md5(data).hexdigest()}  /data.bin\n'.encode())
    archive.add('expected/cmdline', CMDLINE.encode())
    archive.add('expected/initrd-length', b'%10d' % length)
    archive.add('data.bin', data)


def write_initramfs(path):
    write_cpio(path, lambda a: fill_initramfs(a, 0))
    length = os.path.getsize(path)
    write_cpio(path, lambda a: fill_initramfs(a, length))


# ---- the kernel and its damaged sisters --------------------------------------

def debian_kernel(home='kernel'):
    found = glob.glob(f'{BUILD}/{home}/boot/vmlinuz-*')
    if len(found) != 1:
        sys.exit(f'payload: no kernel in {BUILD}/{home}; run `make payload`')
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


def image_size(image):
    return struct.unpack_from(IMAGE_SIZE[1], image, IMAGE_SIZE[0])[0]


DAMAGE = {
    'truncated': lambda k: k[:40],
    'cut': lambda k: k[:len(k) // 2],
    'magic': lambda k: patched(k, MAGIC, b'MIPS'),
    'big-endian': lambda k: patched(k, FLAGS, flags(k) | 1),
    # 16K pages, which cortex-a57 does not have.
    'granule': lambda k: patched(k, FLAGS, flags(k) & ~6 | 2 << 1),
    'huge': lambda k: patched(k, IMAGE_SIZE, 1 << 40),
}


# ---- containers --------------------------------------------------------------

def gz(image):
    return gzip.compress(image, 6, mtime=0)


def zboot(image, name=b'gzip'):
    """As Linux's EFI stub begins: "MZ", "zimg", where the payload is, its name.
    There is no PE header behind it, which only firmware looks at."""
    payload = gz(image)
    size = b'' if name == b'gzip' else payload[-4:]
    head = struct.pack('<4s4sII8x32s', b'MZ', b'zimg', 64, len(payload), name)
    return head.ljust(60, b'\0') + struct.pack('<I', 64) + payload + size


# A vmlinux's addresses are virtual; its file begins with the Image header.
VMLINUX_AT = 0xffff800008000000


def elf(image):
    memory, = struct.unpack_from(IMAGE_SIZE[1], image, IMAGE_SIZE[0])
    data = 0x10000
    head = struct.pack('<16sHHIQQQIHHHHHH', b'\x7fELF\2\1\1', 3, 183, 1,
                       VMLINUX_AT, 64, 0, 0, 64, 56, 1, 0, 0, 0)
    head += struct.pack('<IIQQQQQQ', 1, 7, data, VMLINUX_AT, VMLINUX_AT,
                        len(image), memory, data)
    return head.ljust(data, b'\0') + image


def damaged(data):
    out = bytearray(data)
    out[len(out) // 2] ^= 0x10
    return bytes(out)


CONTAINERS = {
    'gz': gz,
    'zboot': zboot,
    'elf': elf,
    'elf-gz': lambda k: gz(elf(k)),
}
DAMAGE |= {
    'gz-cut': lambda k: gz(k)[:-100],
    'gz-damaged': lambda k: damaged(gz(k)),
    'zstd': lambda k: zboot(k, b'zstd'),
    'elf-cut': lambda k: elf(k)[:-100],
}


# ---- kernels of our own configuration ----------------------------------------

OWN = {
    'own-4k': ('6.1-4k', 'Image'),
    'own-16k': ('6.12-16k', 'Image'),
    'own-64k': ('6.1-64k', 'Image'),
    'vmlinux': ('6.1-4k', 'vmlinux'),
    'vmlinux-16k': ('6.12-16k', 'vmlinux'),
    'vmlinux-64k': ('6.1-64k', 'vmlinux'),
}


def own_kernel(variant):
    name, kind = OWN[variant]
    try:
        kernels.provide([name])
    except (kernels.fetch.Failed, subprocess.CalledProcessError) as why:
        sys.exit(f'payload: no kernel {name}: {why}')
    return read(f'{kernels.OUT}/{name}/{kind}')


# ---- the outer archive -------------------------------------------------------

def write_outer(path, cmdline, kernel, initrd, align, kernel_align=None,
                port=None):
    """With the kernel last, nothing is in the way of its .bss."""
    def fill(archive):
        if port:
            archive.add('port', port, 0o100644, align=align)
        archive.add('cmdline', cmdline.encode(), 0o100644, align=align)
        if not kernel_align:
            archive.add('kernel', kernel, 0o100644, align=align)
        archive.add('initrd', initrd, 0o100644, align=align)
        if kernel_align:
            archive.add('kernel', kernel, 0o100644, align=kernel_align)
    write_cpio(path, fill)


def path_of(variant):
    """Where the archive of a variant of VARIANTS is."""
    return os.path.join(OUT, f'{variant}.cpio')


def newer(path, inputs):
    return os.path.exists(path) and all(
        os.path.getmtime(path) >= os.path.getmtime(i) for i in inputs)


def build_variant(variant):
    initrd = read(f'{OUT}/initramfs')
    if variant == 'newest': # a download that only its case waits for
        subprocess.run([sys.executable, f'{HERE}/fetch.py', 'backports'],
                       check=True)
    kernel = debian_kernel('kernel-backports' if variant == 'newest' else
                           'kernel')
    if variant in OWN:
        kernel = own_kernel(variant)
    if variant == 'self':
        kernel, initrd = read(PORT), initrd[:PAGE]
    if variant in CONTAINERS:
        kernel = CONTAINERS[variant](kernel)
    if variant in DAMAGE:
        kernel, initrd = DAMAGE[variant](kernel), initrd[:PAGE]
    write_outer(path_of(variant),
                CMDLINE + ' mem=512M' if variant == 'mem' else CMDLINE,
                kernel, initrd,
                4 if variant == 'unaligned' else PAGE,
                2 << 20 if variant == 'in-place' else None,
                read(PORT) if variant == 'hops' else None)


# What is cheap to make and to keep; the rest is made when a case asks for it.
COMMON = ['aligned', 'unaligned', 'truncated', 'cut', 'magic', 'big-endian',
          'granule', 'huge']
VARIANTS = ['aligned', 'unaligned', 'self', 'hops', 'in-place', 'mem',
            'newest', *OWN, *CONTAINERS, *DAMAGE]


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
        made_of = [*inputs, f'{OUT}/initramfs']
        if variant in ('self', 'hops'):
            made_of.append(PORT)
        if not newer(path_of(variant), made_of):
            print(f'payload: {variant}.cpio ...', flush=True)
            build_variant(variant)


def main():
    ap = argparse.ArgumentParser(description=__doc__.split('\n\n')[0])
    ap.add_argument('variant', nargs='*', metavar='VARIANT',
                    help=f'of {", ".join(VARIANTS)}; default: '
                    'those without a container')
    variants = ap.parse_args().variant or COMMON
    if not set(variants) <= set(VARIANTS):
        ap.error(f'unknown variant among {variants}')
    build(variants)


if __name__ == '__main__':
    main()
