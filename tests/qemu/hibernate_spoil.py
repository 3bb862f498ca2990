# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""Ways to damage a hibernation image on a disk, each by one edit that a test
can name; and a device tree with a reservation. Offsets: docs/hibernate.md."""
import itertools
import os
import re
import struct
import subprocess

import lab

PAGE = 4096
MAP, FLAGS, CRC, SIG = PAGE - 32, PAGE - 24, PAGE - 36, PAGE - 10
TTBR1, REENTER, MPIDR, IMAGE_PAGES = 72, 80, 96, 416
SLOTS = PAGE // 8 - 1


class Disk:
    """An image of 4K pages on a swap partition, open for editing."""

    def __init__(self, home):
        self.f = open(f'{home}/swap.img', 'r+b')

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.f.close()

    def get(self, offset, form='<Q'):
        self.f.seek(offset)
        return struct.unpack(form, self.f.read(struct.calcsize(form)))[0]

    def put(self, offset, value, form='<Q'):
        self.f.seek(offset)
        self.f.write(struct.pack(form, value))

    def flip(self, offset, bits=1):
        self.put(offset, self.get(offset, 'B') ^ bits, 'B')

    def slots(self):
        """Byte offsets of the stream's pages, in order."""
        found, at = [], self.get(MAP) * PAGE
        while at:
            self.f.seek(at)
            entries = struct.unpack(f'<{SLOTS + 1}Q', self.f.read(PAGE))
            found += [e * PAGE for e in entries[:SLOTS] if e]
            at = entries[SLOTS] * PAGE
        return found

    def info(self):
        return self.get(self.get(MAP) * PAGE) * PAGE


def no_signature(home):
    """Plain swap space, as it is after a resume."""
    with Disk(home) as disk:
        disk.f.seek(SIG)
        disk.f.write(b'SWAPSPACE2')


def no_swap(home):
    with Disk(home) as disk:
        disk.f.write(bytes(65536))


def original_signature(home):
    with Disk(home) as disk:
        disk.put(SIG - 10, 0, '<Q')


def unknown_flag(home):
    with Disk(home) as disk:
        disk.put(FLAGS, disk.get(FLAGS, '<I') | 1 << 20, '<I')


def other_cpu(home):
    with Disk(home) as disk:
        disk.put(disk.info() + MPIDR, 3)


def more_pages(home):
    with Disk(home) as disk:
        at = disk.info() + IMAGE_PAGES
        disk.put(at, disk.get(at) + 1)


def map_outside(home):
    with Disk(home) as disk:
        disk.put(MAP, 1 << 40)


def map_circle(home):
    """The first map is its own successor."""
    with Disk(home) as disk:
        first = disk.get(MAP)
        disk.put(first * PAGE + SLOTS * 8, first)


def map_ends(home):
    """The stream is cut in its middle."""
    with Disk(home) as disk:
        first = disk.get(MAP)
        disk.put(first * PAGE + SLOTS * 8, 0)


def disk_cut(home):
    """The end of the disk is gone."""
    with Disk(home) as disk:
        disk.f.truncate(max(disk.slots()) - (1 << 20))


def crc(home):
    with Disk(home) as disk:
        disk.put(CRC, disk.get(CRC, '<I') ^ 1, '<I')


def data(home):
    """One bit in the middle of the packed stream."""
    with Disk(home) as disk:
        slots = disk.slots()
        disk.flip(slots[len(slots) // 2] + 1000)


def chunk_length(home):
    with Disk(home) as disk:
        disk.put(disk.slots()[1], 1 << 32)


def pfn_twice(home):
    """Metadata of a raw image: the second PFN is the first."""
    with Disk(home) as disk:
        at = disk.slots()[1]
        disk.put(at + 8, disk.get(at))


def entry(home):
    """The literal that leads to cpu_resume, in each place that has it, of a raw
    image. _cpu_resume itself is as it was."""
    with Disk(home) as disk:
        slots = disk.slots()
        word = struct.pack('<Q', disk.get(disk.info() + REENTER))
        for at in slots[1:]:
            disk.f.seek(at)
            page = disk.f.read(PAGE)
            found = page.find(word)
            while found >= 0:
                disk.put(at + found, 0)
                found = page.find(word, found + 1)


def blank_words(home, words, start=0):
    """Of a raw image: on every page of the disk from `start` on."""
    with Disk(home) as disk:
        disk.f.seek(start)
        for at in itertools.count(start, PAGE):
            page = disk.f.read(PAGE)
            blank = re.sub(words, lambda m: b'.' * len(m[0]), page)
            if blank != page:
                disk.f.seek(at)
                disk.f.write(blank)
            if not page:
                break


def lpi_lines(home, start=0):
    """What the log says of LPI tables, and of CPUs that came up."""
    blank_words(home, rb'LPI (property|pending) table @|'
                rb'Booting Linux on physical CPU', start)


def types(home):
    """BTF's header."""
    blank_words(home, rb'\x9f\xeb\x01\0\x18\0\0\0')


def symbols(home):
    """Where VMCOREINFO says that kallsyms is."""
    blank_words(home, rb'SYMBOL\(kallsyms_')


def info(home):
    """VMCOREINFO."""
    blank_words(home, rb'OSRELEASE=')


def ttbr1(home):
    """Where the saved kernel's root table is, in RAM."""
    with Disk(home) as disk:
        return disk.get(disk.info() + TTBR1)


BEGIN, END_NODE, PROP = 1, 2, 3


class Tree:
    """The machine's device tree, taken apart (Devicetree Specification 5)."""

    def __init__(self, machine, path):
        self.path = os.path.abspath(path)
        words = [w for w in machine.args()]
        words[words.index('-M') + 1] += f',dumpdtb={path}'
        subprocess.run([lab.QEMU, *words], check=True, timeout=30,
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        with open(path, 'rb') as f:
            tree = f.read()
        _, _, nodes, names, rsv, *_, names_len, nodes_len = \
            struct.unpack_from('>10I', tree)
        self.reservations = b''
        while any(tree[rsv:rsv + 16]):
            self.reservations += tree[rsv:rsv + 16]
            rsv += 16
        self.nodes = tree[nodes:nodes + nodes_len]
        self.names = tree[names:names + names_len]

    def prop(self, name, value=b''):
        name = name.encode() + b'\0'
        if b'\0' + name not in b'\0' + self.names:
            self.names += name
        at = (b'\0' + self.names).index(b'\0' + name)
        return struct.pack('>3I', PROP, len(value), at) + padded(value)

    def node(self, name, *parts):
        return (struct.pack('>I', BEGIN) + padded(name.encode() + b'\0') +
                b''.join(parts) + struct.pack('>I', END_NODE))

    def write(self):
        reservations = self.reservations + bytes(16)
        nodes = 40 + len(reservations)
        names = nodes + len(self.nodes)
        with open(self.path, 'wb') as f:
            f.write(struct.pack(
                '>10I', 0xd00dfeed, names + len(self.names), nodes, names, 40,
                17, 16, 0, len(self.names), len(self.nodes)))
            f.write(reservations + self.nodes + self.names)
        return self.path


def padded(value):
    return value + bytes(-len(value) % 4)


def reserving_tree(machine, pa, length, path):
    """With one more reservation, in memory that the kernel maps."""
    tree = Tree(machine, path)
    tree.reservations += struct.pack('>QQ', pa, length)
    return tree.write()


def hiding_tree(machine, pa, length, path):
    """With memory that no kernel maps."""
    tree, two = Tree(machine, path), struct.pack('>I', 2)
    node = tree.node(
        'reserved-memory', tree.prop('#address-cells', two),
        tree.prop('#size-cells', two), tree.prop('ranges'),
        tree.node(f'hidden@{pa:x}', tree.prop('no-map'),
                  tree.prop('reg', struct.pack('>QQ', pa, length))))
    tree.nodes = tree.nodes[:-8] + node + tree.nodes[-8:] # the root ends there
    return tree.write()
