# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""What is run in QEMU and what is expected. Every string that the port or
Linux prints and a test looks for stands in this file and nowhere else."""
import copy
import itertools
import os
import struct
import sys

import lab

sys.path.insert(0, os.path.join(lab.ROOT, 'tests', 'lab'))
import payload  # noqa: E402
import qemu10  # noqa: E402

# ---- strings ------------------------------------------------------------------

PASS = r'^TRANS-TABLE-LINUX: PASS$'
ANY_LINUX = r'Booting Linux on physical CPU'
BAD_CHECK = r'^CHECK \S+ BAD.*'
STARTED_AT = r'CPU: All CPU\(s\) started at EL{}'
REFUSED = r'^port: refused {}\b.*'
ANY_REFUSAL = r'^port: refused .*'
STILL_RUNNING = r'^port: still running, 0 pages lost$'
ABOUT_TO_JUMP = r'^port: kexec, bye$'
OVER_PORT = r"^port: kernel destination overlaps the port's {}$"
EACH_REFUSED = r'^port: fail-alloc=all: [1-9]\d* refusals, 0 pages lost$'
BLOB_FAULT = r'^trans: fault esr='
MOVING = r'^trans: moves=\S+ M'
MOVED_ALL = r'^trans: moves=\S+ MD'
UNKNOWN_OPTION = r'^port: unknown option.*'
FIGURE = r'^(?:port|linux): figure (\S+) (\S+) ?(\S*)$'
LINUX_CPUS = r'^linux: figure cpus {} cpus$'
CPUS_OFF = r'^port: figure cpus_off {} cpus$'
LPI_PENDING = r'^port: LPI 8192 is pending in the table at '
MAY_WRITE = r'^port: virtio may write to 0x'
QUIESCE_REFUSED = r'^port: quiesce: {}\b.*'
PLAN = [r'^plan: segment kernel 0x0000000040000000 \+ 0x.*',
        r'^plan: move 0x\w+ -> 0x0000000040000000 \+ 0x.*',
        r'^plan: moves \d+ bytes \d+ of a payload of \d+$',
        r'^plan: safe code 0x.*', r'^plan: safe table 0x.*',
        r'^plan: tables [1-9]\d* safe granules [1-9]\d*$',
        r'^plan: proof holds: code, .* lie outside every destination$']
HOPS_TO_GO = r'^port: hops {}, [1-9]\d* pages free, 0 lost$'
SEEDS = r'^port: seeds from {}$'
MEMORY_LOST = r'^port: hops .* [1-9]\d* lost$'
# What garbage in a deflate stream is taken for is chance.
UNPACK_ERROR = 'TRANS_(?:ETRUNC|ECORRUPT|ENOSPC|ENOMEM)'
MOVED = r'^port: figure moved_bytes {} bytes$'
AT = r'^port: {} goes to 0x{:x} \+ .*'
CRASH = r'^port: (?:exception|panic).*'
LETTERS = r'^trans: moves=0x[0-9a-f]+ {}$'
CORRUPT = r'^trans: corrupt segment=0x0 pa=0x[0-9a-f]+ len=0x[0-9a-f]+$'
LAST_TIME = r'^port: the last transition ended at "{}": segment 0, [1-9]'
LETTERS_OF_NONE = r'^trans: moves=0x0 MDL$'
CRASH_ENTRY = r'^port: crash entry, 0 moves$'
WITHOUT_TABLES = r'^port: without tables$'
INSPECTED = r'^port: inspected [1-9]\d+ pages, {} not zero$'
PORT_AT = r'^port: {} cpu'
GOOD_CHECK = r'^CHECK \S+ ok$'
CHECKS = 11 # of the workload, each time it wakes; one more at the end
GOING = r'^SLEEPER: cycle {}, going to sleep$'
AWAKE = r'^SLEEPER: awake$'
CYCLE_DONE = r'^SLEEPER: cycle {} done$'
SLEPT_WELL = r'^SLEEPER: PASS$'
ABOUT_TO_RESUME = r'^port: resume, bye$'
ENTRY = r'^port: entry {} at 0x'
DIED = r'^.*(?:Kernel panic|Oops|BUG:|Internal error|Unable to handle).*'
# A world with its MMU on says what the port said that it would find.
WORLD = (r'(?s)^port: world at 0x\w+(?P<regs> mair {} tcr {} ttbr1 0x\w+)$'
         r'.*^world: EL{} sctlr 0x30d01805(?P=regs)$')
WORLD_REGISTERS = (r'^world: at 0xffff8000\w+ x1 0x1111 x2 0x2222 x3 0x3333 '
                   r'others 0x0 daif 0x3c0$')
WORLD_EL2 = (r'^world: EL2 hcr {} cptr {} cnthctl 0x3 mdcr 0x6 sctlr {}$')
WORLD_EL2_IDS = r'^world: EL2 cntvoff 0x0 vttbr 0x0 ids same$'
WORLD_VHE = r'^world: hcr 0x488000000$'
ANY_WORLD = r'^world:.*'
ENTRY_FAULT = (r'^trans: fault esr=0x86000004 elr=(0xffff8000\w+) far=\1 '
               r'move=0x1$')
NO_REPORT = r'^port: report: TRANS_ENOENT'

# ---- the matrix ----------------------------------------------------------------

A57, MAX = 'cortex-a57', 'max,pauth-impdef=on'

# `el`: where the port runs: 1over2 is EL1 over a stub of its own at EL2, 2vhe
# EL2 with E2H. `tables`: KiB, granule of the port's own tables, which a linear
# map takes over.
FACTORS = {
    'el': ['1', '2', '1over2', '2vhe'],
    'cpu': [A57, MAX],
    'gic': ['2', '3'],
    'smp': [1, 2, 4, 8],
    'ram': ['512M', '4G'],
    'tables': [4, 16, 64],
    'map': ['sparse', 'linear', 'none'],
    'payload': ['aligned', 'gz', 'zboot', 'elf'],
}
# In check-full: every combination of these, and every pair of the rest.
WHOLE = {**FACTORS, 'el': ['1', '2'], 'map': ['sparse', 'linear']}


def is_legal(row):
    """cortex-a57 is an Armv8.0: no VHE, and no 16K pages."""
    return row['cpu'] == MAX or (row['el'] != '2vhe' and row['tables'] != 16)


def pairs(row):
    """Every pair of (factor, value) that one run covers."""
    return set(itertools.combinations(row.items(), 2))


def product(factors):
    rows = (dict(zip(factors, values))
            for values in itertools.product(*factors.values()))
    return [row for row in rows if is_legal(row)]


def pairwise():
    """Few runs in which every two values of two factors meet: greedily, the
    run that covers most of what is left. The order is fixed."""
    every = [(row, pairs(row)) for row in product(FACTORS)]
    rows, left = [], set().union(*(p for _, p in every))
    while left:
        best, covered = max(every, key=lambda r: len(r[1] & left))
        rows.append(best)
        left -= covered
    return rows


# ---- cases ----------------------------------------------------------------------

class Case:
    """One run of the port. `options` are words for its bootargs."""

    def __init__(self, name, options=(), variant='aligned', machine=None,
                 expect=(), forbid=(), **limits):
        self.name, self.options, self.variant = name, options, variant
        self.machine = machine or lab.Machine()
        self.expect, self.forbid, self.limits = expect, forbid, limits
        self.reboots = False
        self.row = None # of the matrix
        self.newer = False # in the QEMU of qemu10.py

    def args(self):
        machine = [a for a in self.machine.args()
                   if not (self.reboots and a == '-no-reboot')]
        return [*machine,
                '-kernel', os.path.join(lab.ROOT, 'build/arm64/port.bin'),
                '-initrd', payload.path_of(self.variant),
                '-append', ' '.join(self.options)]

    def run(self, live=False):
        if self.newer:
            try:
                qemu10.provide()
            except qemu10.fetch.Failed as why:
                return lab.Result('', f'no newer QEMU: {why}', 0)
            self.limits = {**self.limits, 'program': qemu10.how()}
        return lab.run_qemu(self.args(), self.name, expect=self.expect,
                            forbid=self.forbid, live=live, **self.limits)


def boots(name, el, options, variant='aligned', **machine):
    """Linux must arrive unharmed, at the port's exception level."""
    return Case(name, options, variant, lab.Machine(el=el, **machine),
                expect=[PASS, STARTED_AT.format(el)],
                forbid=[BAD_CHECK, ANY_REFUSAL, UNKNOWN_OPTION])


def refuses(name, error, options=(), variant='aligned', el=1):
    """A named error, everything given back, and the port goes on."""
    return Case(name, options, variant, lab.Machine(el=el),
                expect=[REFUSED.format(error), STILL_RUNNING],
                forbid=[ANY_LINUX, CRASH, ABOUT_TO_JUMP, UNKNOWN_OPTION])


def breaks(name, options, el=1, last_words=()):
    """A protection is switched off: the port must set off as always, and
    Linux must not arrive unharmed. How it dies is not ours to say."""
    return Case(name, options, machine=lab.Machine(el=el),
                expect=[ABOUT_TO_JUMP, *last_words], forbid=[PASS, UNKNOWN_OPTION],
                may_hang=True, timeout=25, silence=10)


def never_moved(name, options):
    """Destroyed in the middle of the moves, with no one left to say so: the
    blob's letter for having begun is there, the one for having ended is not."""
    case = breaks(name, options, last_words=[MOVING])
    case.forbid = [*case.forbid, MOVED_ALL]
    return case


def row_name(row):
    cpu = row['cpu'].split(',')[0].replace('cortex-', '')
    return (f"el{row['el']}-{cpu}-gic{row['gic']}-smp{row['smp']}-{row['ram']}-"
            f"{row['tables']}k-{row['map']}-{row['payload']}")


EL_OPTIONS = {'1over2': ['el=1over2'], '2vhe': ['vhe=on']}
PORT_EL = {'1': 'EL1', '2': 'EL2', '1over2': 'EL1', '2vhe': 'EL2 VHE'}


def from_row(row):
    """The port has all CPUs running; Linux must get all of them back."""
    el, smp = row['el'], row['smp']
    options = [f"map={row['map']}", f"tables={row['tables']}",
               *EL_OPTIONS.get(el, []), 'cpus=on']
    case = boots('kexec-' + row_name(row), 1 if el == '1' else 2, options,
                 row['payload'], cpu=row['cpu'], gic=row['gic'], smp=smp,
                 ram=row['ram'])
    case.row = row
    case.expect += [
        SEEDS.format('RNDR' if row['cpu'] == MAX else 'nowhere'),
        PORT_AT.format(PORT_EL[el]), LINUX_CPUS.format(smp),
        CPUS_OFF.format(smp - 1)]
    return case


def overlaps(name, el):
    """The payload goes over the port's own text, rodata and tables."""
    case = boots(name, el, ['map=sparse'])
    case.expect += [OVER_PORT.format(part) for part in ('text', 'rodata')]
    return case


def already_in_place(name, el):
    """Nothing but the tree is moved, and Linux starts from the archive."""
    case = boots(name, el, ['stay=on', 'hide=off'], variant='in-place')
    case.expect += [MOVED.format(r'\d{1,5}')]
    return case


def dry_run():
    """Everything is said, nothing is done, all is given back."""
    case = refuses('dry-run', 'TRANS_EHOST: dry run', ['plan', 'dry'])
    case.expect += PLAN
    return case


def hops(count, el, *options):
    """The port starts itself, again and again, and then Linux; what is free
    stays free."""
    case = boots(f'hops-{count}-el{el}', el, [f'hops={count}', *options],
                 variant='hops')
    case.expect += [HOPS_TO_GO.format(n) for n in range(count)]
    case.forbid.append(MEMORY_LOST)
    case.limits = {'timeout': 60 + count}
    return case


def survives_hunger(name, mapping, *options, variant='aligned'):
    """Each allocation fails once, gives everything back, and then it works."""
    case = boots(name, 1, [f'map={mapping}', 'fail-alloc=all', *options],
                 variant)
    case.expect.append(EACH_REFUSED)
    # Thousands of loads, without a word in between.
    case.limits = {'timeout': 180, 'silence': 150}
    return case


class Far(Case):
    """The initrd lies in a DIMM at 2^51. QEMU plugs one only beside firmware,
    so a few instructions of that start the port, and options say what a loader
    would put into the tree."""

    AT, LEN, PORT, ARCHIVE = 1 << 51, 256 << 20, 0x40200000, 0x48000000
    START = (0xd2a80000, 0xd2a80401, 0xd61f0020) # x0 = RAM's start; go to PORT

    def args(self):
        bios = os.path.join(lab.ROOT, 'build/payload/start.bin')
        archive = payload.path_of(self.variant)
        with open(bios, 'wb') as f:
            f.write(struct.pack('<3I', *self.START))
        words = super().args()
        at = words.index('-initrd')
        words[at:at + 2] = [
            '-bios', bios,
            '-object', f'memory-backend-ram,id=far,size={self.LEN}',
            '-device', f'pc-dimm,memdev=far,addr={self.AT:#x}',
            *(w for path, to in ((words[at - 1], self.PORT),
                                 (archive, self.ARCHIVE))
              for w in ('-device', f'loader,file={path},addr={to:#x},'
                        'force-raw=on'))]
        words[-1] += (f' archive={self.ARCHIVE:#x}+'
                      f'{os.path.getsize(archive):#x}'
                      f' far={self.AT:#x}+{self.LEN:#x}')
        return words


def from_far(name, el, options):
    case = boots(name, el, options, ram='512M,slots=2,maxmem=3072T', cpu=MAX)
    case.__class__ = Far
    case.expect.append(r'^port: initrd far away at 0x80000')
    return case


def with_cpus(smp, gic, el=1, mapping='sparse', cpu='cortex-a57'):
    """The port has all CPUs running; Linux must get all of them back."""
    name = f'cpus-{smp}-gic{gic}-el{el}-{cpu[:3].strip("-")}-{mapping}'
    case = boots(name, el, ['cpus=on', f'map={mapping}'], smp=smp, gic=gic,
                 cpu=cpu)
    case.expect += [CPUS_OFF.format(smp - 1), LINUX_CPUS.format(smp)]
    return case


def stuck_cpu():
    """One that does not go is named, and nothing is overwritten."""
    case = refuses('cpus-stuck', 'TRANS_EHOST', ['cpus=stuck'])
    case.machine.smp = 4
    case.expect.insert(0, QUIESCE_REFUSED.format(
        r'TRANS_ETIME: a CPU did not switch off.*desc=0x3'))
    case.forbid.remove(ABOUT_TO_JUMP)
    return case


def with_lpis(el, options=(), **machine):
    """ITS and redistributors have tables where the next kernel goes."""
    name = '-'.join(['lpi-on', f'el{el}', *(o.replace('=', '-')
                                            for o in options)])
    machine = {'smp': 2, **machine}
    case = boots(name, el, ['lpi=on', *options], gic='3', its=True, **machine)
    case.expect += [LPI_PENDING, LINUX_CPUS.format(machine['smp'])]
    return case


def lpis_left(el):
    """Left on, they destroy it: Linux finds EnableLPIs set, takes the old
    property table for its own, and fills it with 0xa2, over its own text."""
    case = breaks(f'lpi-left-destroys-el{el}', ['lpi=left'], el, [LPI_PENDING])
    case.machine.gic, case.machine.its = '3', True
    return case


LPIS = [with_lpis(1), with_lpis(2), lpis_left(1)]
MORE_LPIS = [with_lpis(1, ['map=linear']),
             with_lpis(2, ['cpus=on'], smp=4, cpu='max,pauth-impdef=on'),
             lpis_left(2)]

# Every 0.4 s 64 KiB of noise, eight times: beyond the jump.
NOISE = ['-device', 'virtio-rng-device,max-bytes=65536,period=400']


def with_device(el, options=('virtio=on',)):
    """A device has buffers where the next kernel goes."""
    name = '-'.join(['virtio-on', f'el{el}', *(o.replace('=', '-')
                                               for o in options[1:])])
    case = boots(name, el, list(options), more=NOISE)
    case.expect.append(MAY_WRITE)
    return case


def device_left():
    case = breaks('virtio-left-destroys', ['virtio=left'], 1, [MAY_WRITE])
    case.machine.more = NOISE
    return case


def with_timers(el, **machine):
    return boots(f'timers-on-el{el}', el, ['timers=on'], **machine)


DEVICES = [with_device(1), device_left(), with_timers(2, gic='3')]
MORE_DEVICES = [with_device(2, ('virtio=on', 'map=linear')), with_timers(1)]

CPUS = [
    *[with_cpus(smp, gic) for smp in (1, 2, 4, 8) for gic in ('2', '3')],
    with_cpus(4, '2', el=2), with_cpus(4, '3', el=2, mapping='linear'),
    with_cpus(2, '3', el=1, cpu=MAX), with_cpus(8, '3', el=2, cpu=MAX),
]
SPECIAL = [
    boots('unaligned-payload', 1, ['map=sparse'], variant='unaligned'),
    overlaps('over-the-port-el1', 1),
    overlaps('over-the-port-el2', 2),
    survives_hunger('fail-alloc-sparse', 'sparse'),
    survives_hunger('fail-alloc-linear', 'linear'),
    dry_run(),
    hops(10, 1), hops(10, 2, 'map=linear'),
    boots('ram-8G', 1, [], ram='8G'),
    boots('ram-2T-sparse', 2, [], variant='mem', ram='2T'),
    boots('newest-kernel', 1, [], variant='newest'),
    already_in_place('in-place-el1', 1),
    from_far('far-el1', 1, ['map=sparse']),
    refuses('bad-truncated', 'TRANS_ETRUNC', variant='truncated'),
    refuses('bad-cut', 'TRANS_ETRUNC', variant='cut'),
    refuses('bad-magic', 'TRANS_EIMAGE', variant='magic'),
    refuses('bad-big-endian', 'TRANS_EIMAGE', variant='big-endian'),
    refuses('bad-granule', 'TRANS_EIMAGE', variant='granule'),
    *[refuses(f'bad-gz-{v}', UNPACK_ERROR, variant=f'gz-{v}')
      for v in ('cut', 'damaged')],
    refuses('bad-zstd', 'TRANS_EIMAGE', variant='zstd'),
    refuses('bad-elf-cut', 'TRANS_ETRUNC', variant='elf-cut'),
    refuses('bad-overlap', 'TRANS_EOVERLAP', ['bad=overlap']),
    refuses('bad-fdt-room', 'TRANS_ENOSPC', ['bad=fdt']),
    refuses('bad-huge', r'TRANS_ENOHOLE', variant='huge'),
    # The proof catches what the missing safe-page rule lets through ...
    refuses('safe-off-is-proved', 'TRANS_EOVERLAP', ['safe=off']),
    # ... and without the proof the overlap really destroys something.
    breaks('safe-off-destroys', ['safe=off', 'proof=off'],
           last_words=[BLOB_FAULT]),
    never_moved('safe-off-destroys-linear',
                ['map=linear', 'safe=off', 'proof=off']),
    # Sources behind invalid entries, destinations behind read-only ones: the
    # proof says so, and without it the mover faults.
    refuses('no-mkvalid-is-proved', 'TRANS_ENOENT',
            ['map=linear', 'linear=-mkvalid']),
    refuses('no-mkwrite-is-proved', 'TRANS_ENOENT',
            ['map=linear', 'linear=-mkwrite']),
    *[breaks(f'no-{flag}-faults-el{el}',
             ['map=linear', f'linear=-{flag}', 'proof=off'], el, [BLOB_FAULT])
      for flag in ('mkvalid', 'mkwrite') for el in (1, 2)],
    refuses('mkvalid-wants-checkpfn', 'TRANS_EINVAL',
            ['map=linear', 'linear=-checkpfn']),
]


# ---- ways of leaving, and what becomes of a failure ------------------------------

# SHA-256 of 96 MB, without a word in between, on a busy machine.
SLOW = {'timeout': 120, 'silence': 60}


def verified(name, el, options, digest='on', **machine):
    """The blob finds every digest right, and says so before it leaves."""
    case = boots(name, el, [f'digest={digest}', *options], **machine)
    case.expect.append(LETTERS.format('MDVL'))
    case.limits = SLOW
    return case


def corrupt_resets(name, el, options=(), **machine):
    """A flipped byte is found after the move. Nothing is jumped to; PSCI
    resets the machine, and the port that boots then finds the report."""
    case = Case(name, ['corrupt=kernel', 'report=auto', *options],
                machine=lab.Machine(el=el, **machine),
                expect=[NO_REPORT, CORRUPT, LAST_TIME.format('corrupt')],
                forbid=[ANY_LINUX, CRASH, UNKNOWN_OPTION])
    case.reboots = True
    case.limits = SLOW
    return case


def corrupt_parks():
    case = breaks('corrupt-parks', ['corrupt=kernel', 'on-failure=park'],
                  last_words=[CORRUPT])
    case.forbid.append(ANY_LINUX)
    return case


def fault_resets():
    """A fault leaves a report just as well."""
    case = Case('fault-resets',
                ['map=linear', 'linear=-mkvalid', 'proof=off', 'report=auto'],
                expect=[BLOB_FAULT, LAST_TIME.format('fault').replace(
                    '[1-9]', '0 moves')], forbid=[ANY_LINUX, UNKNOWN_OPTION])
    case.reboots = True
    return case


def over_stub(name, options, **machine):
    """The port runs at EL1 over a stub at EL2, and overwrites the stub; Linux
    must nevertheless be entered at EL2."""
    case = boots(name, 2, ['el=1over2', *options], **machine)
    case.expect.append(PORT_AT.format('EL1'))
    return case


def with_vhe(name, options, **machine):
    case = boots(name, 2, ['vhe=on', *options], cpu=MAX, **machine)
    case.expect.append(PORT_AT.format('EL2 VHE'))
    return case


def without_tables(name, el, options=(), **machine):
    """The same loop with the MMU off."""
    case = boots(name, el, options, **machine)
    case.expect.append(WITHOUT_TABLES)
    return case


def coarse(name, el, options=(), **machine):
    """All of RAM is mapped, less what the blob needs."""
    case = boots(name, el, ['coarse=1', *options], **machine)
    case.expect.append(r'^port: all of RAM is mapped$')
    return case


def crash_entry(name, el, options=(), **machine):
    """The payload is in place; it is entered without a move or a table."""
    case = boots(name, el, ['entry=crash', 'hide=off', *options], ram='1G',
                 **machine)
    case.expect += [CRASH_ENTRY, LETTERS_OF_NONE]
    return case


def scrubs(name, options, left, **machine):
    """A port starts a port, which looks at the old one's hidden pages."""
    return Case(name, ['inspect=next', *options], 'self',
                lab.Machine(**machine), expect=[INSPECTED.format(left)],
                forbid=[CRASH])


SPECIAL += [
    verified('digest-el1', 1, []),
    verified('digest-el2', 2, []),
    verified('digest-known-linear', 1, ['map=linear'], digest='known'),
    verified('digest-elf-gz', 1, [], variant='elf-gz'),
    verified('digest-portable', 1, ['sha2=off']),
    corrupt_resets('corrupt-resets-el1', 1),
    corrupt_resets('corrupt-resets-el2-linear', 2, ['map=linear'], cpu=MAX),
    corrupt_resets('corrupt-resets-portable', 1,
                   ['sha2=off', 'report=0x5f000000']),
    corrupt_resets('corrupt-resets-stub', 2, ['el=1over2']),
    corrupt_resets('corrupt-resets-no-tables', 1, ['map=none']),
    corrupt_parks(),
    fault_resets(),
    over_stub('stub-linear', ['map=linear'], gic='3', cpu=MAX),
    without_tables('no-tables-el2', 2, ['map=none', 'digest=on'], cpu=MAX),
    without_tables('fallback', 1, ['hungry=on', 'fallback=on']),
    without_tables('fallback-linear', 1,
                   ['hungry=on', 'fallback=on', 'map=linear']),
    refuses('hungry-no-fallback', 'TRANS_ENOMEM', ['hungry=on']),
    scrubs('scrub', ['scrub=on'], '0'),
    scrubs('scrub-linear-el2', ['scrub=on', 'map=linear'], '0', el=2),
    scrubs('scrub-no-tables', ['scrub=on', 'map=none'], '0'),
    scrubs('scrub-off', [], r'[1-9]\d+'),
    coarse('coarse-el1', 1, ram='4G'),
    crash_entry('crash-el1', 1),
    crash_entry('crash-el2', 2, gic='3'),
    crash_entry('crash-stub', 2, ['el=1over2']),
    boots('granule-16', 1, ['granule=16'], cpu=MAX),
    boots('granule-64', 1, ['granule=64']),
    boots('granule-64-el2', 2, ['granule=64', 'digest=on']),
    with_vhe('vhe-linear', ['map=linear', 'digest=on'], gic='3'),
]


# What the pairs of the matrix have in other company.
MORE_WAYS = [
    verified('digest-el1-linear', 1, ['map=linear'], cpu=MAX),
    survives_hunger('fail-alloc-coarse', 'sparse', 'coarse=1'),
    survives_hunger('fail-alloc-elf', 'sparse', variant='vmlinux'),
    coarse('coarse-el2', 2, ['granule=64']),
    coarse('coarse-digest', 1, ['digest=on', 'granule=16'], cpu=MAX),
    from_far('far-el2', 2, ['map=sparse', 'digest=known']),
    from_far('far-no-tables', 1, ['map=none']),
    over_stub('stub-sparse', []),
    without_tables('no-tables-el1', 1, ['map=none']),
    *[boots(f'tables-{kib}-{mapping}-el{el}', el,
            [f'tables={kib}', f'map={mapping}'],
            cpu=MAX if kib == 16 else 'cortex-a57')
      for kib in (16, 64) for mapping in ('sparse', 'linear')
      for el in (1, 2)],
    with_vhe('vhe-sparse', []),
]


# ---- worlds that are entered with the MMU on --------------------------------------

MAIR_OF_LINUX = '0x40044ffff'
# T0SZ 25 and T1SZ 16, or 12; 4K, 16K, 64K.
TCR = {4: '0x2b5103519', 16: '0x27510b519', 64: '0x2f5107519'}
TCR_52 = {4: '0x8000002b50c3519', 16: '0x8000002750cb519', 64: '0x2f50c7519'}


def world(name, el, options, at=1, tcr=TCR[4], **machine):
    """The port's own image elsewhere, by other tables, says what it finds."""
    return Case(name, options, machine=lab.Machine(el=el, **machine),
                expect=[WORLD.format(MAIR_OF_LINUX, tcr, at), WORLD_REGISTERS,
                        MOVED_ALL],
                forbid=[BLOB_FAULT, ANY_REFUSAL, UNKNOWN_OPTION, CRASH])


def dropped(name, options, hcr, cptr, sctlr, **machine):
    """From EL2 to EL1, where the stub at EL2 answers."""
    case = world(name, 2, options, **machine)
    case.expect += [WORLD_EL2.format(hcr, cptr, sctlr), WORLD_EL2_IDS]
    return case


def with_e2h(name, options, **machine):
    case = world(name, 2, options, at=2, cpu=MAX, **machine)
    case.expect.append(WORLD_VHE)
    return case


def world_that_is_lost(name, el):
    """A T1SZ that does not go with the tables: told, and a cold boot."""
    case = Case(name, ['world=lost', 'report=auto'],
                machine=lab.Machine(el=el),
                expect=[NO_REPORT, ENTRY_FAULT,
                        LAST_TIME.format('fault').replace('[1-9]', '1 moves')],
                forbid=[ANY_WORLD, UNKNOWN_OPTION])
    case.reboots = True
    return case


DROPPED_MAX = ('0x30080000000', '0x22ff', '0x1000000030c50830')
WORLDS = [
    world('world-el1', 1, ['world=on']),
    world('world-el1-linear', 1, ['world=on', 'map=linear'], gic='3', cpu=MAX),
    world('world-el1-no-tables', 1, ['world=on', 'map=none']),
    *[world(f'world-{kib}', 1, ['world=on', f'granule={kib}'], tcr=TCR[kib],
            cpu=MAX) for kib in (16, 64)],
    *[world(f'world-52-{kib}', 1, ['world=52', f'granule={kib}'],
            tcr=TCR_52[kib], cpu=MAX) for kib in (16, 64)],
    world('world-52-4', 1, ['world=52'], tcr=TCR_52[4], cpu=MAX),
    with_e2h('world-vhe', ['world=on', 'vhe=on']),
    with_e2h('world-to-vhe', ['world=vhe'], gic='3'),
    dropped('world-drop', ['world=on'], '0x80000000', '0x33ff', '0x30c50830'),
    dropped('world-drop-max', ['world=on'], *DROPPED_MAX, cpu=MAX, gic='3'),
    dropped('world-drop-from-vhe', ['world=drop', 'vhe=on', 'map=linear'],
            *DROPPED_MAX, cpu=MAX, gic='3'),
    world_that_is_lost('world-lost', 1),
    world_that_is_lost('world-lost-from-el2', 2),
    refuses('world-over-stub', 'TRANS_EINVAL', ['world=on', 'el=1over2'],
            el=2),
    refuses('world-52-on-a57', 'TRANS_EINVAL', ['world=52']),
    refuses('world-vhe-on-a57', 'TRANS_EINVAL', ['world=vhe'], el=2),
]


# Kernels of other page sizes, and the ELF files that a kernel build leaves.
OTHER_KERNELS = [
    boots('kernel-4k', 1, [], 'own-4k', smp=4),
    boots('kernel-16k-el1', 1, ['map=linear', 'tables=16'], 'own-16k', cpu=MAX),
    boots('kernel-16k-el2', 2, ['digest=on'], 'own-16k', cpu=MAX, smp=4),
    boots('kernel-64k-el1', 1, ['map=linear', 'tables=64'], 'own-64k', smp=4),
    boots('kernel-64k-el2', 2, ['granule=64', 'digest=on'], 'own-64k'),
    boots('kernel-64k-over-16k', 2, ['map=linear', 'tables=16'], 'own-64k',
          cpu=MAX),
    boots('vmlinux-4k', 1, ['digest=on'], 'vmlinux'),
    boots('vmlinux-16k', 2, ['map=linear'], 'vmlinux-16k', cpu=MAX),
    boots('vmlinux-64k', 1, ['granule=64'], 'vmlinux-64k'),
]

# The whole way of the text; in `check` they are ten.
MANY_HOPS = [hops(100, 1), hops(100, 2, 'map=linear')]


def matrix(full):
    rows = pairwise()
    if full:
        rows += [r for r in product(WHOLE) if r not in rows]
    return [from_row(r) for r in rows]


# QEMU 10 refuses unaligned accesses with the MMU off, which 7.2 lets pass.
IN_NEWER = ['digest-el1', 'digest-el2', 'corrupt-resets-el1', 'crash-el1',
            'crash-el2', 'fallback', 'scrub', 'hops-10-el1', 'lpi-on-el1',
            'virtio-on-el1', 'ram-2T-sparse', 'bad-truncated', 'bad-fdt-room']


def in_newer():
    sample = pairwise()[:10]
    for case in [*(from_row(r) for r in sample),
                 *(c for c in SPECIAL + LPIS + DEVICES if c.name in IN_NEWER)]:
        case = copy.copy(case)
        case.name, case.row, case.newer = f'q10-{case.name}', None, True
        yield case


def cases(full=False):
    return matrix(full) + SPECIAL + WORLDS + [stuck_cpu()] + LPIS + DEVICES + (
        CPUS + MORE_LPIS + MORE_DEVICES + MANY_HOPS + MORE_WAYS
        + OTHER_KERNELS + list(in_newer()) if full else [])
