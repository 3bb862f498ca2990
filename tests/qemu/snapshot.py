# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""The port saves itself on a disk, ten calls down; a port in another QEMU, at
another address, brings it back. Ten times in a row, bit for bit. And snapshots
that are refused, with not a byte of the disk changed."""
import hashlib
import itertools
import os
import random
import re
import shutil
import struct
import time

import cases
import lab

PORT = os.path.join(lab.ROOT, 'build/arm64/port.bin')
HOMES = os.path.join(lab.ROOT, 'build/snapshots')

# ---- strings ------------------------------------------------------------------

TAKEN = r'^port: snapshot {} is on the disk$'
AS_IT_WAS = r'^port: round {}: 16777216 bytes and 10 frames as they were$'
ALL_ROUNDS = r'^port: snapshot: all {} rounds$'
RAN_AT = r'^port: at (0x[0-9a-f]+) '
AT_LEVEL = r'^port: {} cpu'

ROUNDS = 10
DISK_MIB = 48

# Where a port may be loaded: RAM begins at 0x40000000, and QEMU's device tree is
# 128 MiB above that. What is saved lies at the bottom, so most of these are in
# the middle of it.
LOAD_MAX = 40 << 20

# ---- disks and ports ------------------------------------------------------------

def make_swap(path, page, mib=DISK_MIB, signature=b'SWAPSPACE2'):
    """What `mkswap --pagesize` makes, without a UUID."""
    head = bytearray(page)
    struct.pack_into('<III', head, 1024, 1, (mib << 20) // page - 1, 0)
    head[-10:] = signature
    with open(path, 'wb') as f:
        f.truncate(mib << 20)
        f.write(head)


def port_for(offset, page, path):
    """A port that QEMU loads `offset` (rounded up to pages) above RAM's
    beginning: text_offset in the header of an arm64 Image."""
    with open(PORT, 'rb') as f:
        image = bytearray(f.read())
    struct.pack_into('<Q', image, 8, (offset + page - 1) & -page)
    with open(path, 'wb') as f:
        f.write(image)


class Failed(Exception):
    """Why a case failed, with what was said before."""

    def __init__(self, why, text=''):
        super().__init__(why)
        self.text = text


class Snapshot:
    """A disk, and `steps`: functions of this, in order; the first that raises
    ends it. `words` are for every port: the level, the granule."""

    variant = None

    def __init__(self, name, *steps, words=(), page=4096, modern=True,
                 **machine):
        self.name, self.steps, self.words = name, steps, list(words)
        self.page, self.modern = page, modern
        self.machine = lab.Machine(**machine)
        self.home = os.path.join(HOMES, name)
        self.disk = os.path.join(self.home, 'swap.img')

    def run(self, live=False):
        start, why, text = time.monotonic(), '', ''
        self.live, self.runs, self.addresses = live, 0, []
        self.dice = random.Random(self.name)
        os.makedirs(self.home, exist_ok=True)
        try:
            make_swap(self.disk, self.page)
            for step in self.steps:
                text = step(self) or text
        except Failed as failure:
            why, text = str(failure), failure.text
        finally:
            shutil.rmtree(self.home, ignore_errors=True)
        return lab.Result(text, why, time.monotonic() - start)

    def port(self, options, expect, forbid=(), machine=None):
        """One start of the port, at an address where none was before."""
        port = os.path.join(self.home, 'port.bin')
        port_for(self.dice.randrange(LOAD_MAX), self.page, port)
        self.runs += 1
        args = [*(machine or self.machine).args(), '-kernel', port,
                '-append', ' '.join([*self.words, *options]),
                '-global', 'virtio-mmio.force-legacy='
                + ('off' if self.modern else 'on'),
                '-drive', f'if=none,id=disk,format=raw,file={self.disk}',
                '-device', 'virtio-blk-device,drive=disk']
        result = lab.run_qemu(args, f'{self.name}.{self.runs}', live=self.live,
                              expect=expect,
                              forbid=[*forbid, cases.CRASH,
                                      cases.UNKNOWN_OPTION])
        if result.why:
            raise Failed(f'run {self.runs}: {result.why}', result.text)
        return self.elsewhere(result.text)

    def elsewhere(self, text):
        at = re.search(RAN_AT, text, re.M)[1]
        if at in self.addresses:
            raise Failed(f'run {self.runs}: at {at} again', text)
        self.addresses.append(at)
        return text

    def digest(self):
        with open(self.disk, 'rb') as f:
            return hashlib.file_digest(f, 'sha256').hexdigest()


# ---- steps ----------------------------------------------------------------------

def take(packing='lz4', rounds=ROUNDS, *more, level=None):
    """The first port: it must run at `level`, and sleep."""
    def step(case):
        expect = [TAKEN.format(1), *([AT_LEVEL.format(level)] if level else [])]
        return case.port([f'snapshot={packing}', f'rounds={rounds}', *more],
                         expect, [cases.ANY_REFUSAL])
    return step


def wake(number, rounds=ROUNDS, *options):
    """Brings back round `number`, which says that all is as it was, and sleeps
    again, or was the last."""
    def step(case):
        then = TAKEN.format(number + 1) if number < rounds else \
            ALL_ROUNDS.format(rounds)
        return case.port(['resume=on', *options],
                         [cases.ABOUT_TO_RESUME, AS_IT_WAS.format(number),
                          then], [cases.ANY_REFUSAL])
    return step


def refused(error, *options, untouched=True, machine=None):
    """Says why, and leaves the disk as it is."""
    def step(case):
        before = case.digest()
        text = case.port(options, [cases.REFUSED.format(error)],
                         [TAKEN.format(r'\d+')], machine=machine)
        if untouched and before != case.digest():
            raise Failed('the disk was written to', text)
        return text
    return step


def noticed(error):
    """What was spoiled in the saved world is found out by it."""
    def step(case):
        return case.port(['resume=on'],
                         [cases.ABOUT_TO_RESUME, cases.REFUSED.format(error)],
                         [AS_IT_WAS.format(1)])
    return step


def disk(**how):
    return lambda case: make_swap(case.disk, case.page, **how)


# ---- the matrix -----------------------------------------------------------------

FACTORS = {
    'level': ['EL1', 'EL2', 'EL2 VHE'],
    'cpu': ['cortex-a57', cases.MAX],
    'packing': ['raw', 'lz4'],
    'granule': [4, 16, 64],
    'modern': [True, False],
    'map': ['sparse', 'linear'],
}


def legal(row):
    """cortex-a57 has neither VHE nor 16K."""
    return row['cpu'] == cases.MAX or (row['level'] != 'EL2 VHE'
                                       and row['granule'] != 16)


def product():
    rows = (dict(zip(FACTORS, values))
            for values in itertools.product(*FACTORS.values()))
    return [row for row in rows if legal(row)]


def pairwise():
    """Greedily, as cases.pairwise."""
    rows, left = [], set().union(*(cases.pairs(r) for r in product()))
    while left:
        best = max(product(), key=lambda r: len(cases.pairs(r) & left))
        rows.append(best)
        left -= cases.pairs(best)
    return rows


def in_a_row(row, rounds):
    granule = row['granule']
    cpu = 'a57' if 'a57' in row['cpu'] else 'max'
    name = '-'.join(['snapshot', row['level'].lower().replace(' ', '-'), cpu,
                     row['packing'], f'{granule}k', row['map'],
                     'modern' if row['modern'] else 'legacy', str(rounds)])
    words = [*(['vhe=on'] if 'VHE' in row['level'] else []),
             *([f'tables={granule}'] if granule > 4 else [])]
    naps = [wake(n, rounds, f"map={row['map']}") for n in range(1, rounds + 1)]
    return Snapshot(name, take(row['packing'], rounds, level=row['level']),
                    *naps, words=words, page=granule << 10,
                    modern=row['modern'], el=row['level'][2], cpu=row['cpu'])


def few():
    """Pairs; ten times in a row once at each level, twice for the others."""
    seen = set()
    for row in pairwise():
        yield in_a_row(row, 2 if row['level'] in seen else ROUNDS)
        seen.add(row['level'])


# ---- what must not work, or only once ----------------------------------------------

EL1, EL2 = lab.Machine(el=1), lab.Machine(el=2)

SPECIAL = [
    Snapshot('snapshot-spoiled-heap', take('lz4', 1, 'spoil=heap'),
             noticed('TRANS_ECORRUPT: the heap')),
    Snapshot('snapshot-spoiled-frame', take('raw', 1, 'spoil=frame'),
             noticed('TRANS_ECORRUPT: a frame of the stack')),
    Snapshot('snapshot-only-once', take('lz4', 1), wake(1, 1),
             refused('TRANS_ENOENT', 'resume=on')),
    Snapshot('snapshot-over-another', take('lz4', 1),
             refused('TRANS_EIMAGE: snapshot: an image is there already',
                     'snapshot=lz4'), wake(1, 1)),
    Snapshot('snapshot-other-level', take('raw', 1),
             refused('TRANS_EIMAGE: a snapshot of another exception level',
                     'resume=on', machine=EL2), wake(1, 1)),
    Snapshot('snapshot-no-swap', disk(signature=b'something '),
             refused('TRANS_EIMAGE: snapshot: no swap area', 'snapshot=raw')),
    Snapshot('snapshot-small-disk', disk(mib=12),
             refused('TRANS_ENOSPC: snapshot: swap area too small',
                     'snapshot=lz4')),
]


def all_cases(full):
    return [*([in_a_row(row, ROUNDS) for row in product()] if full else few()),
            *SPECIAL]
