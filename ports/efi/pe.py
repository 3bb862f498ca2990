#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""Makes an EFI application of a position-independent ELF file that efi.ld laid
out: the same bytes at the same addresses, a PE header in front of them, and its
relative relocations as PE's. (Microsoft, "PE Format"; UEFI 2.1.1.)

Why not PE from the start: compilers save a tenth of the code for ELF (calls of
what functions have in common, addresses within 1 MiB), and none of it for PE.
"""
import struct
import sys

PAGE, FILE_ALIGN = 4096, 512
AARCH64, RELATIVE = 183, 1027
MACHINE, APPLICATION = 0xaa64, 10
DIR64 = 10
CODE, DATA, BSS = 0x20, 0x40, 0x80
DISCARDABLE, EXECUTE, READ, WRITE = 1 << 25, 1 << 29, 1 << 30, 1 << 31
# What efi.ld makes, in this order.
KINDS = {'.rodata': DATA | READ, '.text': CODE | EXECUTE | READ,
         '.data': DATA | READ | WRITE}
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


def headers(entry, parts, relocations):
    """@parts: (name, address, length in memory, length in the file, flags)."""
    end = up(parts[-1][1] + parts[-1][2], PAGE)
    size = up(64 + 24 + 240 + 40 * len(parts), FILE_ALIGN)
    lengths = [sum(n for *_, n, flags in parts if flags & kind)
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
    for name, address, memory, length, flags in parts:
        out += struct.pack('<8sIIIIIIHHI', name.encode(), memory, address,
                           length, offset if length else 0, 0, 0, 0, 0, flags)
        offset += length
    return out.ljust(size, b'\0')


def convert(elf):
    if elf[:6] != b'\x7fELF\2\1' or elf[18] != AARCH64:
        sys.exit('pe: no ELF file of 64 bits for arm64')
    entry, = struct.unpack_from('<Q', elf, 0x18)
    sections = sections_of(elf)
    data = bytearray(sections['.data'][2])
    where = relocate(sections, data)
    _, zeroes, _ = sections.get('.bss', (0, 0, b''))
    parts, body = [], []
    for name, flags in KINDS.items():
        address, memory, bytes_ = sections[name]
        if name == '.data':
            bytes_ = data
            memory = sections['.bss'][0] + zeroes - address if zeroes else memory
        bytes_ = bytes(bytes_).ljust(up(len(bytes_), FILE_ALIGN), b'\0')
        parts.append((name, address, memory, len(bytes_), flags))
        body.append(bytes_)
    table = base_relocations(where)
    address = up(parts[-1][1] + parts[-1][2], PAGE)
    padded = table.ljust(up(len(table), FILE_ALIGN), b'\0')
    parts.append(('.reloc', address, len(table), len(padded),
                  DATA | READ | DISCARDABLE))
    return headers(entry, parts, (address, len(table))) + b''.join(
        [*body, padded])


def main():
    with open(sys.argv[1], 'rb') as f:
        pe = convert(f.read())
    with open(sys.argv[2], 'wb') as f:
        f.write(pe)


if __name__ == '__main__':
    main()
