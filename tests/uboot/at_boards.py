# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""Boards that QEMU has, with the U-Boot that was built for them: a kernel
starts by `trans kexec`. It has no driver for what else is on them, so its first
lines are what is waited for. Files lie in RAM from the start: no disk is
needed."""
import os
import re
import struct
import subprocess
import threading

import at_prompt  # (finds tests/lab)
import boards
import lab
import payload
import trees
from console import Lost

OUT = os.path.join(boards.OUT, 'files')
ONE = threading.Lock()
VERSION = r'Linux version \S+'
FIRST_LINE = at_prompt.ANY_BOOT

# An Image's second word is the branch to its entry (booting.rst); to itself.
BRANCH_TO_SELF = 0x14000000
AT_ENTRY = 4


def kept(name, make):
    """A file for QEMU to load; cases run side by side."""
    path = os.path.join(OUT, name)
    with ONE:
        if not os.path.exists(path):
            os.makedirs(OUT, exist_ok=True)
            with open(f'{path}.new', 'wb') as f:
                f.write(make())
            os.rename(f'{path}.new', path)
    return path


def version():
    """What the kernel says of itself, as it stands in its Image."""
    return re.search(VERSION.encode(), payload.debian_kernel())[0].decode()


def broken_kernel():
    image = bytearray(payload.debian_kernel())
    struct.pack_into('<I', image, AT_ENTRY, BRANCH_TO_SELF)
    return image


def kernel(broken):
    if broken:
        return kept('Image.broken', broken_kernel)
    return kept('Image', payload.debian_kernel)


def at(path, pa):
    return ('-device', f'loader,file={path},addr={pa:#x},force-raw=on')


def qemu_tree(ram):
    """Versal's as QEMU makes it, without the megabyte that it leaves free."""
    path = f'{OUT}/versal-{ram}.dump'
    subprocess.run(
        [lab.QEMU, '-M', f'xlnx-versal-virt,dumpdtb={path}', '-m', ram,
         '-display', 'none'], check=True, timeout=60,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL)
    tree = trees.Tree(payload.read(path)).blob()
    os.remove(path)
    return tree


def versal_tree(ram):
    """Where its U-Boot looks for it."""
    return at(kept(f'versal-{ram}.dtb', lambda: qemu_tree(ram)), 0x1000)


def pi_tree():
    return ('-dtb', f'{boards.OUT}/rpi_arm64/arch/arm/dts/bcm2837-rpi-3-b.dtb')


class Board(at_prompt.Case):
    """`kernel_at` is no place where the kernel may run: it is moved."""

    def __init__(self, name, script, defconfig, machine, tree, uart,
                 kernel_at=0x10080000, broken=False):
        super().__init__(name, script, timeout=120)
        self.machine = self
        self.defconfig, self.words, self.tree = defconfig, machine, tree
        self.uart, self.kernel_at, self.broken = uart, kernel_at, broken

    def is_of(self, name):
        """Each has its own."""
        return self

    def args(self):
        u_boot = f'{boards.OUT}/{self.defconfig}/u-boot.bin'
        return [*self.words, '-display', 'none', '-monitor', 'none',
                '-no-reboot', '-kernel', u_boot,
                *self.tree(), *at(kernel(self.broken), self.kernel_at)]

    def start(self, c):
        c.must(f'setenv bootargs "earlycon={self.uart} panic=-1"')
        c.type(f'trans kexec {self.kernel_at:x}\n')
        c.expect(at_prompt.LETTERS.format(at_prompt.SOME, 'MDVL'), 60)


def looks(c, board):
    at_prompt.demand(c.run('trans map'), r'^table 4K va\d+ pa\d+ EL2 lower')
    at_prompt.demand(c.must(f'trans plan {board.kernel_at:x}', 60),
                     at_prompt.PROOF,
                     rf'Kernel\s+{board.kernel_at:08x} -> ')


def starts(c, board):
    looks(c, board)
    board.start(c)
    c.expect(FIRST_LINE, 60)
    c.expect(VERSION + ' .*\n', 60)
    if version() not in c.text:
        raise Lost(f'another kernel than {version()}')


def starts_from_above(c, board):
    """The file is in RAM above all that U-Boot uses, which its own map, and
    EFI's, have as taken."""
    info = c.run('bdinfo')
    if at_prompt.figure(info, 'relocaddr') > board.kernel_at:
        raise Lost(f'U-Boot is above 0x{board.kernel_at:x}: {info}')
    starts(c, board)


def does_not_start(c, board):
    """The same with a kernel whose entry leads nowhere: what `starts` waits for
    comes from the kernel and from nobody else."""
    board.start(c)
    try:
        c.expect(f'{FIRST_LINE}|{VERSION}', 8)
    except Lost:
        return
    raise Lost('a kernel that cannot start did')


# Its console is the mini UART, the second of its serial lines.
PI = dict(defconfig='rpi_arm64', tree=pi_tree,
          machine=('-M', 'raspi3b', '-serial', 'null', '-serial', 'stdio'),
          uart='uart8250,mmio32,0x3f215040')


def versal(ram):
    return dict(defconfig='xilinx_versal_virt', tree=lambda: versal_tree(ram),
                machine=('-M', 'xlnx-versal-virt', '-m', ram, '-nic', 'none',
                         '-serial', 'stdio'),
                uart='pl011,0xff000000')


# The second bank of RAM, of what does not fit into 2 GB (Versal's memory map,
# as hw/arm/xlnx-versal.c has it).
HIGH = 0x800000000


CASES = [
    Board('raspi3b', starts, **PI),
    Board('raspi3b-broken', does_not_start, **PI, broken=True),
    Board('versal', starts, **versal('2G')),
    Board('versal-above', starts_from_above, **versal('4G'),
          kernel_at=HIGH + 0x10080000),
    Board('versal-broken', does_not_start, **versal('2G'), broken=True),
]
