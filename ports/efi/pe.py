#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""Makes an EFI application of a position-independent ELF file that efi.ld laid
out: the same bytes at the same addresses, a PE header in front of them, and its
relative relocations as PE's. (Microsoft, "PE Format"; UEFI 2.1.1.) With --pack
its constants are zeroes behind its data, and follow as constants.c wants them.

Why not PE from the start: compilers save a tenth of the code for ELF (calls of
what functions have in common, addresses within 1 MiB), and none of it for PE.
"""
import argparse
import struct
import sys

import pack

PAGE, FILE_ALIGN = 4096, 512
AARCH64, RELATIVE = 183, 1027
MACHINE, APPLICATION = 0xaa64, 10
DIR64 = 10
CODE, DATA, BSS = 0x20, 0x40, 0x80
DISCARDABLE, EXECUTE, READ, WRITE = 1 << 25, 1 << 29, 1 << 30, 1 << 31
READ_ONLY, READ_WRITE = DATA | READ, DATA | READ | WRITE
NX_COMPAT, RELOCATABLE = 0x100, 0x40
LINE_NUMBERS, DEBUG, IMAGE, LARGE = 0x4, 0x200, 0x2, 0x20


def up(value, to):
    return -(-value // to) * to


def sections_of(elf):
    """{name: (address, bytes in memory, data)}"""
    at, = struct.unpack_from('<Q', elf, 0x28)
    count, names = struct.unpack_from('<HH', elf, 0x3c)
    rows = [struct.unpack_from('<IIQQQQIIQQ', elf, at + 64 * i)
            for i in range(count)]
    text = rows[names][4]
    out = {}
    for name, kind, _, address, offset, size, *_ in rows:
        name = elf[text + name:elf.index(0, text + name)].decode()
        data = b'' if kind == 8 else elf[offset:offset + size]
        out[name] = (address, size, data)
    return out


def relocate(sections, data):
    """Put each addend where it belongs; the addresses, sorted."""
    _, _, rela = sections.get('.rela.dyn', (0, 0, b''))
    where, first = [], sections['.data'][0]
    for address, info, addend in struct.iter_unpack('<QQq', rela):
        if info != RELATIVE or not first <= address <= first + len(data) - 8:
            sys.exit(f'pe: relocation {info:#x} at {address:#x}')
        struct.pack_into('<q', data, address - first, addend)
        where.append(address)
    return sorted(where)


def base_relocations(where):
    """By page: its address, the bytes, and a word for each."""
    out = b''
    for page in sorted({a // PAGE for a in where}):
        words = [DIR64 << 12 | a % PAGE for a in where if a // PAGE == page]
        words += [0] * (len(words) % 2)
        out += struct.pack(f'<II{len(words)}H', page * PAGE,
                           8 + 2 * len(words), *words)
    return out


def in_file(bytes_):
    return bytes_.ljust(up(len(bytes_), FILE_ALIGN), b'\0')


def headers(entry, parts, relocations):
    """@parts: as parts_of says."""
    end = up(parts[-1][1] + parts[-1][2], PAGE)
    size = up(64 + 24 + 240 + 40 * len(parts), FILE_ALIGN)
    lengths = [sum(len(in_file(b)) for *_, b, flags in parts if flags & kind)
               for kind in (CODE, DATA)]
    code = next(p[1] for p in parts if p[4] & CODE)
    directory = bytearray(16 * 8)
    struct.pack_into('<II', directory, 5 * 8, *relocations)
    out = struct.pack('<2s58xI4sHHIIIHH', b'MZ', 64, b'PE\0\0', MACHINE,
                      len(parts), 0, 0, 0, 240,
                      LINE_NUMBERS | DEBUG | IMAGE | LARGE)
    out += struct.pack('<HBBIIIII', 0x20b, 0, 0, *lengths, 0, entry, code)
    out += struct.pack('<QIIHHHHHHIIIIHHQQQQII', 0, PAGE, FILE_ALIGN, 0, 0, 0,
                       0, 0, 0, 0, end, size, 0, APPLICATION,
                       NX_COMPAT | RELOCATABLE, 0, 0, 0, 0, 0, 16)
    out += directory
    offset = size
    for name, address, memory, bytes_, flags in parts:
        length = len(in_file(bytes_))
        out += struct.pack('<8sIIIIIIHHI', name.encode(), memory, address,
                           length, offset if length else 0, 0, 0, 0, 0, flags)
        offset += length
    return out.ljust(size, b'\0')


def end_of(section):
    return section[0] + section[1]


def parts_of(sections, data, packs):
    """(name, address, length in memory, bytes in the file, flags), as efi.ld
    has them in memory."""
    text, constants = sections['.text'], sections['.rodata']
    zeroes = sections.get('.bss', sections['.data'])
    first = sections['.data'][0]
    end = end_of(constants if packs else zeroes)
    yield '.text', *text, CODE | EXECUTE | READ
    yield '.data', first, end - first, data, READ_WRITE
    if packs:
        packed = pack.pack(constants[2])
        yield '.packed', up(end, PAGE), len(packed), packed, READ_ONLY
    else:
        yield '.rodata', *constants, READ_ONLY


def convert(elf, packs):
    if elf[:6] != b'\x7fELF\2\1' or elf[18] != AARCH64:
        sys.exit('pe: no ELF file of 64 bits for arm64')
    entry, = struct.unpack_from('<Q', elf, 0x18)
    sections = sections_of(elf)
    data = bytearray(sections['.data'][2])
    where = relocate(sections, data)
    parts = [*parts_of(sections, bytes(data), packs)]
    table = base_relocations(where)
    address = up(parts[-1][1] + parts[-1][2], PAGE)
    parts.append(('.reloc', address, len(table), table,
                  READ_ONLY | DISCARDABLE))
    return headers(entry, parts, (address, len(table))) + b''.join(
        in_file(bytes_) for *_, bytes_, _ in parts)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--pack', action='store_true')
    parser.add_argument('elf')
    parser.add_argument('pe')
    args = parser.parse_args()
    with open(args.elf, 'rb') as f:
        pe = convert(f.read(), args.pack)
    with open(args.pe, 'wb') as f:
        f.write(pe)


if __name__ == '__main__':
    main()
