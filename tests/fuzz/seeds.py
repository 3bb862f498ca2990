#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""Writes the seeds of tests/fuzz/corpus that are trees: QEMU's own of several
machines, and those made to take time (tests/bench/hostile.c), as long as an
input may be; and tables of ACPI, of such machines. Run by hand; what it writes
is committed."""
import os
import struct
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from fuzz import MAX_LEN  # noqa: E402

# What is asked (fuzz_machine.c): the sizes as they are, the console by
# stdout-path, room for 63 interrupts; (fuzz_fdt.c): its options all 0.
HEAD = {'fuzz_machine': bytes([0, 0, 63, 0]), 'fuzz_fdt': bytes(24)}
MACHINES = {
    'virt-gicv2': 'virt,gic-version=2',
    'virt-gicv3-its': 'virt,gic-version=3,its=on',
    'virt-el2': 'virt,gic-version=3,its=on,virtualization=on',
    'virt-no-its': 'virt,gic-version=3,its=off',
}
BEGIN, END, PROP, LAST = 1, 2, 3, 9


def word(*values):
    return struct.pack(f'>{len(values)}I', *values)


def padded(data):
    return data + bytes(-len(data) % 4)


def node(name, *inside):
    return (word(BEGIN) + padded(name.encode() + b'\0') + b''.join(inside) +
            word(END))


def prop(name_at, value=b''):
    return word(PROP, len(value), name_at) + padded(value)


def tree(structure, strings, reservations=()):
    rsv = b''.join(struct.pack('>QQ', *r) for r in (*reservations, (0, 0)))
    structure += word(LAST)
    at = 40 + len(rsv)
    end = at + len(structure)
    return word(0xd00dfeed, end + len(strings), at, end, 40, 17, 16, 0,
                len(strings), len(structure)) + rsv + structure + strings


def equal_reservations(room):
    names = b'linux,initrd-start\0linux,initrd-end\0'
    chosen = node('', node('chosen', prop(0, struct.pack('>Q', 1 << 30)),
                           prop(19, struct.pack('>Q', (1 << 30) + 64))))
    count = (room - len(tree(chosen, names))) // 16
    return tree(chosen, names, [(1 << 30, 64)] * count)


def shared_name(room, kind):
    """Half of it the name, half the properties that share it."""
    names = b'device_type\0' + b'x' * (room // 2) + b'\0'
    count = (room - len(names) - 200) // 12
    return tree(node('', node('node', *[prop(12)] * count,
                              prop(0, kind))), names)


def strings_of_one(room):
    names = b'compatible\0' + b'l\0' * (room // 6)
    count = (room - len(names) - 200) // 16
    return tree(node('', *[node('dev')] * count), names)


def buses(room):
    """As deep as may be, each with ranges of the one above."""
    names = b'#address-cells\0#size-cells\0ranges\0compatible\0reg\0'
    inside = node('gic', prop(34, b'arm,gic-v3\0'),
                  prop(45, word(0, 1, 0, 1) * 2))
    ranges = word(0, 0, 0, 0, 1, 0)
    while len(tree(node('', inside), names)) < room - 200:
        if inside.count(b'bus') == 13:
            ranges += ranges[:24]
            if len(ranges) > room // 40:
                break
            inside = node('gic', prop(34, b'arm,gic-v3\0'),
                          prop(45, word(0, 1, 0, 1) * 2))
        inside = node('bus', prop(0, word(2)), prop(15, word(2)),
                      prop(27, ranges), inside)
    return tree(node('', prop(0, word(2)), prop(15, word(2)), inside), names)


def interrupts_of_one(room):
    """Nodes that all name the same interrupt of a GIC."""
    names = (b'compatible\0reg\0phandle\0interrupt-parent\0interrupts\0'
             b'#interrupt-cells\0interrupt-controller\0#address-cells\0'
             b'#size-cells\0')
    gic = node('gic', prop(0, b'arm,gic-v3\0'), prop(15, word(1)),
               prop(51, word(3)), prop(68),
               prop(11, word(0, 0x8000000, 0, 65536, 0, 0x80a0000, 0, 65536)))
    start = [prop(names.index(b'#address'), word(2)),
             prop(names.index(b'#size'), word(2)),
             prop(names.index(b'interrupt-parent'), word(1)), gic]
    each = node('d', prop(names.index(b'interrupts\0'), word(0, 1, 4) * 4))
    count = (room - len(tree(node('', *start), names))) // len(each)
    return tree(node('', *start, *[each] * count), names)


def hostile(room):
    return {'equal-reservations': equal_reservations(room),
            'shared-name': shared_name(room, b'memory\0'),
            'strings': strings_of_one(room),
            'buses': buses(room),
            'interrupts': interrupts_of_one(room)}


def of_qemu(machine):
    with tempfile.TemporaryDirectory() as where:
        path = f'{where}/tree'
        subprocess.run(['qemu-system-aarch64', '-display', 'none', '-nic', 'none',
                        '-smp', '2', '-cpu', 'cortex-a57', '-M',
                        f'{machine},dumpdtb={path}'], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with open(path, 'rb') as file:
            data = file.read()
    # QEMU leaves room for edits behind its last block.
    _, _, at, strings, _, _, _, _, strings_len, len_ = struct.unpack(
        '>10I', data[:40])
    end = max(at + len_, strings + strings_len)
    return data[:4] + word(end) + data[8:end]


# ---- tables of ACPI (fuzz_acpi.c puts pointers and checksums in) -------------

def table(*inside, length=0):
    data = bytes(32) + b''.join(inside)
    data = data.ljust(length, b'\0')
    return bytes(4) + struct.pack('<I', len(data) + 4) + data[4:]


def cpu(interface, redist):
    return struct.pack('<BB10xI16xQ20xQ12x', 11, 80, 1, interface, redist)


def acpi(*structures, conduit=0, uart=3):
    flags = bytes(129 - 36) + bytes([conduit])
    spcr = struct.pack('<B3x4BQ', uart, 0, 32, 0, 3, 0x9000000)
    return (bytes(96) + table(bytes(8), *structures) +
            table(flags, length=272) + table(spcr, length=76))


def machines_by_acpi():
    dist = struct.pack('<BB6xQ4xB3x', 12, 24, 0x8000000, 3)
    return {
        'gicv3-its': acpi(cpu(0, 0), dist, struct.pack(
            '<BB2xQI', 14, 16, 0x80a0000, 0xf60000), struct.pack(
                '<BB6xQ4x', 15, 20, 0x8080000), conduit=3),
        'gicv3-cpus': acpi(dist, cpu(0, 0x80a0000), cpu(0, 0x80c0000),
                           conduit=1, uart=0x12),
        'gicv2': acpi(cpu(0x8010000, 0), dist[:20] + bytes([2, 0, 0, 0]),
                      uart=0)}


def write(target, name, data):
    data = HEAD.get(target, b'\1') + data
    assert len(data) <= MAX_LEN[target], (target, name, len(data))
    with open(f'{HERE}/corpus/{target}/{name}', 'wb') as file:
        file.write(data)


def main():
    for target, head in HEAD.items():
        os.makedirs(f'{HERE}/corpus/{target}', exist_ok=True)
        for name, data in hostile(MAX_LEN[target] - len(head)).items():
            write(target, name, data)
    os.makedirs(f'{HERE}/corpus/fuzz_acpi', exist_ok=True)
    for name, data in machines_by_acpi().items():
        write('fuzz_acpi', name, data)
    for name, machine in MACHINES.items():
        write('fuzz_machine', name, of_qemu(machine))


if __name__ == '__main__':
    main()
