#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""Is cpu_resume where the library finds it? Each kernel's Image is relocated as
its own start-up code would (nokaslr, and once more moved), given to the finder,
and held against the kernel's System.map."""
import argparse
import glob
import os
import struct
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
KERNELS = os.path.join(ROOT, 'build', 'kernels')
RELATIVE = 0x403  # R_AARCH64_RELATIVE (AAELF64)
BASE = 0x40200000
SLIDES = (0, 0x5a5a00000)  # multiples of 2 MiB, as KASLR's are


def symbols(path):
    found = {}
    with open(path, encoding='ascii') as lines:
        for line in lines:
            value, _, name = line.split()
            found.setdefault(name, int(value, 16))
    return found


def relocated(image, text, slide):
    """The Image with its RELA entries applied; RELR ones are in place already,
    and only want the slide, which no entry found here is among."""
    image = bytearray(image)
    end = len(image)
    for at in range(0, end - 24, 8):
        offset, info, addend = struct.unpack_from('<QQQ', image, at)
        if info == RELATIVE and 0 <= offset - text < end - 8 \
                and addend >= text:
            struct.pack_into('<Q', image, offset - text,
                             (addend + slide) & (1 << 64) - 1)
    return image


def check(look, kernel, slide):
    """'' or what is wrong."""
    names = symbols(os.path.join(kernel, 'System.map'))
    text = names['_text']
    with open(os.path.join(kernel, 'Image'), 'rb') as file:
        image = relocated(file.read(), text, slide)
    with tempfile.NamedTemporaryFile() as copy:
        copy.write(image)
        copy.flush()
        done = subprocess.run(
            [look, 'kernel', copy.name, hex(BASE),
             hex(names['_cpu_resume'] + slide),
             hex(names['swapper_pg_dir'] - text + BASE)],
            text=True, stdout=subprocess.PIPE, timeout=120)
    expected = hex(names['cpu_resume'] - text + BASE)
    found = done.stdout.strip()
    return '' if found == expected else f'{found}, not {expected}'


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument('look', help='build/host/look')
    ap.add_argument('--kernels', default=KERNELS)
    args = ap.parse_args()
    kernels = sorted(glob.glob(os.path.join(args.kernels, '*', 'Image')))
    failed = not kernels
    for image in kernels:
        kernel = os.path.dirname(image)
        for slide in SLIDES:
            wrong = check(args.look, kernel, slide)
            failed |= bool(wrong)
            print(f'  {"FAILED" if wrong else "ok":6} '
                  f'{os.path.basename(kernel)} slide {slide:#x} {wrong}')
    print(f'entries: {"failed" if failed else "passed"}')
    sys.exit(failed)


if __name__ == '__main__':
    main()
