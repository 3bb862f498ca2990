# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""Kernels that leave by a transition (CONFIG_KEXEC_TRANS): what they start,
what the control blob says meanwhile, and what they refuse."""
import re

WORDS = ['kexec=trans', 'earlycon']
NOT = ['kexec=linux', 'earlycon']
CRASHES = ['crashkernel=128M']
# The blob's letters (trans_table/report.h), of a transition that ends well.
MOVED = r'trans: moves=0x[0-9a-f]+ MDVL'
# A crash kernel is in place; no tables, no digests.
IN_PLACE = r'trans: moves=0x0 MDL'
LEVELS = ('el1', 'nvhe', 'vhe')
# Without LPIs: their tables stay in use where the next kernel lies, and only
# UEFI has a list of them for it, whoever leaves.
GICV3 = {'gic': '3', 'more': ('-machine', 'its=off')}
# With an ITS, Linux switches LPIs on.
LPIS = {'gic': '3', 'its': True, 'smp': 2}
# Likewise, under UEFI, with the device tree.
TOOLS = ['qemu-efi-aarch64']
LPIS_EFI = {**LPIS, 'more': (
    '-machine', 'acpi=off', '-bios', '/usr/share/qemu-efi-aarch64/QEMU_EFI.fd')}


def arrives(lx, do, how, moved=MOVED):
    def run(case):
        text = lx.boot(case, 1, case.guest, [f'tt.do={do}', f'tt.how={how}'],
                       [r'^LINUX: sent', r'^LINUX: loaded', moved,
                        r'^LINUX: arrived'])
        sent = re.search(r'^LINUX: sent (\w+)', text, re.M)[1]
        if f'LINUX: arrived {sent}' not in text:
            raise lx.Failed('what arrived is not what was sent')
    return run


def flips(lx):
    """A bit that changes after the load is seen before the jump; the machine
    is reset."""
    def run(case):
        lx.boot(case, 1, case.guest, ['tt.do=flip', 'tt.how=-s'],
                [r'^LINUX: loaded', r'trans: moves=0x[0-9a-f]+ MDX',
                 r'^trans: corrupt segment=0x0 pa=0x[0-9a-f]+ len='],
                forbid=[*lx.BAD, 'LINUX: arrived'])
    return run


REFUSALS = [
    r'^LINUX: load (uart|flash|nowhere) refused, errno 99',
    r'^LINUX: load ram taken',
    r'kexec_trans: TRANS_EPFN: a segment is not in the kernel.s memory '
    r'\(pa=0x9000000 len=0x10000\)',
]


def refuses(lx):
    def run(case):
        text = lx.boot(case, 1, case.guest, ['tt.do=refuse'],
                       [*REFUSALS, r'^LINUX: done'])
        if len(re.findall(REFUSALS[0], text, re.M)) != 3:
            raise lx.Failed('not all of them were refused')
    return run


UNRESERVED = r'LPIs are on, and nobody reserves their tables'
OVER = r'a segment lies where an LPI table is in use'
TABLE = r'\(pa=0x[0-9a-f]+ len=0x10000\)' # of QEMU's 16 bits


def lpis_refuse(lx):
    """What lies over a table, and all else while nobody reserves it."""
    def run(case):
        lx.boot(case, 1, case.guest, ['tt.do=refuse'],
                [f'kexec_trans: TRANS_ESTATE: {UNRESERVED} {TABLE}',
                 f'kexec_trans: TRANS_EOVERLAP: {OVER} {TABLE}',
                 r'^LINUX: load ram refused, errno 95',
                 r'^LINUX: load table refused, errno 99', r'^LINUX: done'])
    return run


def lpis_refuse_file(lx):
    """Linux chooses where, and may choose a table."""
    def run(case):
        lx.boot(case, 1, case.guest, ['tt.do=kexec', 'tt.how=-s'],
                [f'kexec_trans: TRANS_\\w+: ({UNRESERVED}|{OVER}) {TABLE}',
                 r'^LINUX: BAD: kexec -l'], forbid=['LINUX: arrived'])
    return run


def lpis_crash(lx):
    """A crash kernel goes on with the tables of the first."""
    def run(case):
        lx.boot(case, 1, case.guest, ['tt.do=crash', 'tt.how=-s'],
                [r'^LINUX: loaded', IN_PLACE,
                 r'CPU0: using reserved LPI pending table',
                 r'Power down|Flash device refused suspend|^reboot: '],
                forbid=[r'LINUX: BAD.*'])
    return run


def lpis_taken(lx):
    """By Linux's own way."""
    def run(case):
        lx.boot(case, 1, case.guest, ['tt.do=refuse'],
                [r'^LINUX: load ram taken', r'^LINUX: load table taken',
                 r'^LINUX: done'])
    return run


def lpis_reserved(lx):
    """UEFI's list keeps the tables: the next kernel goes on with them."""
    def run(case):
        arrives(lx, 'kexec', '-s')(case)
        text = lx.boot(case, 2, case.guest, ['tt.do=refuse'],
                       [r'EFI stub: Booting Linux Kernel',
                        f'kexec_trans: TRANS_EOVERLAP: {OVER} {TABLE}',
                        r'^LINUX: load ram taken',
                        r'^LINUX: load table refused, errno 99',
                        r'^LINUX: done'])
        if UNRESERVED in text:
            raise lx.Failed(UNRESERVED)
    return run


def lpi_cases(lx, kernel):
    def case(name, do, words, machine=LPIS):
        return lx.Case(f'{kernel}-lpis-{name}', kernel, do,
                       lx.machine('el1', **machine), words, 'slim')
    yield case('refuse', lpis_refuse(lx), WORDS)
    yield case('refuse-s', lpis_refuse_file(lx), WORDS)
    yield case('crash', lpis_crash(lx), [*WORDS, *CRASHES])
    yield case('linux', lpis_taken(lx), NOT)
    yield case('reserved', lpis_reserved(lx), WORDS, LPIS_EFI)
    yield case('off', arrives(lx, 'kexec', '-s'), WORDS,
               {**GICV3, 'smp': 2})


def panics(lx, how):
    """The crash kernel finds, in the memory of the first, what that had
    there."""
    def run(case):
        lx.boot(case, 1, case.guest, ['tt.do=crash', f'tt.how={how}'],
                [r'^LINUX: loaded', IN_PLACE, r'^LINUX: vmcore is an ELF core',
                 r'^LINUX: found in vmcore'], forbid=[r'LINUX: BAD.*'])
    return run


def cases(lx, kernel, cpus):
    """@lx: run_linux.py."""
    def case(name, do, level='el1', words=(), **more):
        guest = lx.machine(level, cpus.get(level), **more)
        return lx.Case(f'{kernel}-trans-{name}', kernel, do, guest,
                       [*WORDS, *words], 'trans')
    for level in LEVELS:
        for how in ('-s', '-c'):
            yield case(f'{level}-crash{how}', panics(lx, how), level, CRASHES)
    yield lx.Case(f'{kernel}-trans-not', kernel, lx.by_kexec('-s'),
                  lx.machine('el1'), NOT, 'trans')
    yield case('flip', flips(lx))
    yield case('refuse', refuses(lx))
    yield case('several', arrives(lx, 'several', '-s'), words=CRASHES)
    yield case('smp', arrives(lx, 'kexec', '-s'), smp=2)
    yield case('gic3', arrives(lx, 'kexec', '-s'), 'vhe', smp=2, **GICV3)
    yield case('smp-crash', panics(lx, '-s'), words=CRASHES, smp=2)


def slim_cases(lx, kernel, cpus, more=()):
    """By a transition, and on the tables of the drop-in."""
    for name, level, do, words in (
            ('trans', 'vhe', arrives(lx, 'kexec', '-s'), WORDS),
            ('library', 'el1', lx.by_kexec('-s'), NOT)):
        yield lx.Case(f'{kernel}-{level}-kexec-s-{name}', kernel, do,
                      lx.machine(level, cpus.get(level)),
                      [*words, *more], 'slim')
