# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""Device trees for QEMU that reserve memory its own does not: they are made of
QEMU's, as the Devicetree Specification has the format (chapter 5)."""
import os
import struct
import subprocess

import disk
import lab

OUT = os.path.join(os.path.dirname(disk.OUT), 'trees')
BEGIN_NODE, END_NODE, PROP, END = 1, 2, 3, 9
HEADER = struct.Struct('>10I')


class Tree:
    """Its three blocks, apart."""

    def __init__(self, blob):
        (_, _, shape, strings, reserved, self.version, self.last, self.cpu,
         strings_len, shape_len) = HEADER.unpack_from(blob)
        self.strings = blob[strings:strings + strings_len]
        self.shape = blob[shape:shape + shape_len]
        end = reserved
        while any(blob[end:end + 16]):
            end += 16
        self.reserved = blob[reserved:end]

    def blob(self):
        reserved = HEADER.size
        shape = reserved + len(self.reserved) + 16
        strings = shape + len(self.shape)
        total = strings + len(self.strings)
        return HEADER.pack(
            0xd00dfeed, total, shape, strings, reserved, self.version,
            self.last, self.cpu, len(self.strings), len(self.shape)) + \
            self.reserved + bytes(16) + self.shape + self.strings

    def prop(self, name, value=b''):
        at = len(self.strings)
        self.strings += name.encode() + b'\0'
        return struct.pack('>3I', PROP, len(value), at) + padded(value)

    def add_node(self, node):
        """The last of the root's."""
        end = struct.pack('>2I', END_NODE, END)
        if not self.shape.endswith(end):
            raise ValueError('a tree with an odd end')
        self.shape = self.shape[:-len(end)] + node + end


def padded(data):
    return data + bytes(-len(data) % 4)


def node(name, *inside):
    return (struct.pack('>I', BEGIN_NODE) + padded(name.encode() + b'\0') +
            b''.join(inside) + struct.pack('>I', END_NODE))


def plain(machine, firmware):
    """QEMU's own. With firmware it has other devices."""
    os.makedirs(OUT, exist_ok=True)
    path = f'{OUT}/qemu-{os.getpid()}-{id(machine)}.dtb'
    words = [*machine.args(), '-bios', firmware]
    words[words.index('-M') + 1] += f',dumpdtb={path}'
    subprocess.run([lab.QEMU, *words], check=True, timeout=60,
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    with open(path, 'rb') as f:
        blob = f.read()
    os.remove(path)
    return Tree(blob)


def reserving(tree, pa, length):
    """An entry of the reservation block."""
    tree.reserved += struct.pack('>QQ', pa, length)


def no_map(tree, pa, length):
    """A static node of /reserved-memory. The header's alignments hold: every
    piece is a multiple of four bytes but the strings, which come last."""
    two = struct.pack('>I', 2)
    tree.add_node(node(
        'reserved-memory', tree.prop('#address-cells', two),
        tree.prop('#size-cells', two), tree.prop('ranges'),
        node(f'hole@{pa:x}', tree.prop('reg', struct.pack('>QQ', pa, length)),
             tree.prop('no-map'))))


def words(machine, firmware, change, pa, length):
    """Words for QEMU."""
    tree = plain(machine, firmware)
    change(tree, pa, length)
    path = f'{OUT}/gic{machine.gic}-el{machine.el}-{change.__name__}-{pa:x}.dtb'
    with open(f'{path}.new', 'wb') as f:
        f.write(tree.blob())
    os.rename(f'{path}.new', path)
    return ('-dtb', path)
