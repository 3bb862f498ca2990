# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""transtable.efi when things go wrong late: refused when it asks whether the
firmware can be left, power that fails between its writes, a move that turns
out wrong behind the point of no return."""
import json
import re
import struct
import tempfile

import esp
import gdb
import machines
import trees  # (tests/uboot)
from at_firmware import (BOOTED, Case, KERNEL, PASS, RESUMING, STARTING, TREE,
                         refuses, wakes)
from machines import Guest, Lost, Machine

# ---- refused after ask -------------------------------------------------------

ITS = Machine(gic='3', its=True)
ITS_AT, ITS_LEN = 0x8080000, 0x20000
ZERO_AT = 0x9010004 # as at_wake.py has it: never quiescent
RESTLESS_ITS = 'TRANS_ETIME: an ITS is not quiescent'


def moves_its(tree, at, length):
    """In the tree the ITS is elsewhere."""
    before = struct.pack('>QQ', ITS_AT, length)
    if tree.shape.count(before) != 1:
        raise Lost('no ITS in the tree')
    tree.shape = tree.shape.replace(before, struct.pack('>QQ', at, length))


def told_otherwise(case, _):
    """The next steps have an ITS that is not ready to be turned off. Firmware
    itself does not use it."""
    words = trees.words(ITS, ITS.code, moves_its, ZERO_AT, ITS_LEN)
    case.machine = Machine(gic='3', its=True, more=words)


def told_the_truth(case, _):
    case.machine = case.guest.machine


# ---- power that fails --------------------------------------------------------

def logged(home, name, file):
    """Words for QEMU: each write to that drive is kept in a log, too."""
    with open(f'{home}/{file}.log', 'wb') as f:
        f.truncate(1 << 30)
    how = {'driver': 'raw', 'file': {
        'driver': 'blklogwrites',
        'file': {'driver': 'file', 'filename': f'{home}/{file}'},
        'log': {'driver': 'file', 'filename': f'{home}/{file}.log'}}}
    return ['-set', f'drive.{name}.file=json:{json.dumps(how)}']


def writes(home, file):
    """[(where, data)], as Linux's dm-log-writes has them: behind a block for
    the whole a block each, and the data (sector, sectors, flags, 0)."""
    found, at = [], 512
    with open(f'{home}/{file}.log', 'rb') as f:
        while True:
            f.seek(at)
            sector, count, flags, _ = struct.unpack('<4Q', f.read(32))
            if not sector and not count and not flags:
                return found
            f.seek(at + 512)
            found.append((sector * 512, f.read(count * 512)))
            at += 512 + count * 512


def apply(path, these):
    with open(path, 'r+b') as f:
        for at, data in these:
            f.seek(at)
            f.write(data)


def all_writes(case, home):
    """Of one that wakes: the disk's, the variables', and how many of these were
    the firmware's before it started us."""
    began = []

    def script(c):
        c.expect('BdsDxe: starting', 120)
        began.append(len(writes(home, 'vars.fd')))
        c.expect(RESUMING, 240)
        machines.slept_well(c)

    case.at_console(home, script, more=[
        *logged(home, 'disk0', 'swap.img'), *logged(home, 'vars', 'vars.fd')])
    return writes(home, 'swap.img'), writes(home, 'vars.fd'), began[0]


def clears_signature(home, write):
    """It changes bytes of one sector only, so there is no half of it."""
    at, data = write
    with open(f'{home}/swap.img', 'rb') as f:
        f.seek(at)
        before = f.read(len(data))
    changed = [at + i for i, (a, b) in enumerate(zip(before, data)) if a != b]
    end = esp.header_at(f'{home}/swap.img') + esp.PAGE
    if not changed or min(changed) < end - 512 or max(changed) >= end:
        raise Lost('the first write is not that of a signature')


def goes_on(case, home):
    """As where there never was an image, without a word."""
    def script(c):
        c.expect(BOOTED, 240)
        if 'transtable:' in c.text:
            raise Lost('it said something')
    case.at_console(home, script)


def loses_power(case, home):
    """Behind each write of its own, and then starts again."""
    disk, variables, began = all_writes(case, home)
    asleep = case.guest.home()
    clears_signature(asleep, disk[0])
    if began >= len(variables):
        raise Lost('no variable was written')
    print(f'         {case.name}: 1 write to the disk, '
          f'{len(variables) - began} to the variables', flush=True)
    for count in range(began, len(variables) + 1):
        machines.copy(asleep, home)
        apply(f'{home}/swap.img', disk[:1])
        apply(f'{home}/vars.fd', variables[:count])
        goes_on(case, home)


# ---- behind the point of no return -------------------------------------------

KERNEL_AT, FAR = 0x40000000, 8 << 20 # as the case kexec-low has it


def is_starting(c):
    """All that was said is read first."""
    before = -1
    while before < len(c.raw):
        before = len(c.raw)
        c.read(0)
    return re.search(STARTING, c.text)


def spoils(c, path):
    """When the kernel is being put there, something of it becomes another byte,
    on whichever side of what is written now it has been put already."""
    middle = KERNEL_AT + FAR
    with gdb.connected(path) as stub:
        stub.watch(middle)
        stub.goes_on()
        while not (stub.stopped(0.5) and is_starting(c)):
            if not stub.runs:
                stub.goes_on()
            c.read(0)
        stub.flip(middle - (1 << 20))
        stub.flip(middle + (1 << 20))
        stub.unwatch(middle)


def tells_of_the_last(case, home):
    """Nothing is jumped to; the machine is reset, and the next start has found
    in memory why."""
    def script(c):
        c.expect('BdsDxe: starting', 120)
        spoils(c, path)
        c.expect(r'the last start failed at "corrupt"', 240)
        c.expect(STARTING, 300)
        c.expect(PASS, 300)
        c.ends()

    with tempfile.TemporaryDirectory() as where: # a socket's name is short
        path = f'{where}/gdb'
        case.at_console(home, script, more=[*gdb.args(path), '-action',
                                            'reboot=reset'])


CASES = [
    Case('resume-ask', told_otherwise, refuses(RESTLESS_ITS),
         told_the_truth, wakes, guest=Guest(ITS)),
    Case('resume-cut', loses_power, guest=Guest(TREE, words=[
        f'tt.location={esp.partition_uuid(2)}'])),
    Case('kexec-report', tells_of_the_last, machine=TREE, conf=KERNEL),
]
