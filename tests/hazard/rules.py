# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""What each rule of rules.def means, where it is an error, and why.

Sections are those of the Arm ARM, DDI 0487, issue M; other issues count
otherwise (break-before-make is D8.17.1 in L and M, D8.16.1 in K, D8.14.1 in J).
So each has its title, or the identifier of the rule (R_WHZWS), which stay.
Policy is what no manual asks for, but this project does.

ERROR fails the run; NOTE is printed; IGNORED is not. In the next world a line
rule is only about what was so at the hand-over already: what the kernel does to
its own memory later would be the same had all of it been handed over clean."""
from typing import NamedTuple

ERROR, NOTE, IGNORED = 'error', 'note', 'ignored'
PHASES = ('host', 'blob', 'next')


class Rule(NamedTuple):
    host: str
    blob: str
    next: str
    section: str
    why: str


def always(section, why):
    return Rule(ERROR, ERROR, ERROR, section, why)


def ours(section, why):
    """Of host and blob; what a kernel does with its own is not ours."""
    return Rule(ERROR, ERROR, IGNORED, section, why)


def blob(section, why, host=IGNORED):
    return Rule(host, ERROR, IGNORED, section, why)


MISMATCHED = 'B2.11, mismatched memory attributes'
FETCHES = 'B2.7.4.2, coherency between data and instruction accesses'
MMU_OFF = 'D8.2.12.1 R_WFZPW, stage 1 disabled'
MAINTENANCE = 'D7.5.9.15, ordering and completion of cache instructions'
WALKS = 'D7.5.5, caching also of table walks; TCR_ELx.IRGN, ORGN'
BREAK = 'D8.17.1 R_DDMVT, break-before-make'
COMPLETION = 'D8.17.8 R_PSMWS, completion of TLB maintenance'
NORMAL = 'B2.10.1, Normal memory'
DEVICE = 'B2.10.2, Device memory'
BOOTING = 'Linux, arm64/booting.rst'

RULES = {
    # ---- lines
    'STALE_READ_OFF': always(f'{MMU_OFF}; {MISMATCHED}', 'a load with the MMU '
        'off, of a line that is dirty in a cache: it reads what memory held '
        'before'),
    'STALE_READ_NC': always(MISMATCHED, 'the same, by a mapping that is not '
        'cacheable, or with SCTLR.C off'),
    'LOST_STORE': always(MISMATCHED, 'a store past the cache, under a dirty '
        'line that may be evicted over it at any time'),
    'STALE_LOAD': always(MISMATCHED, 'a load that may hit a line filled before '
        'memory was written past it'),
    'STALE_MERGE': always(MISMATCHED, 'a store into such a line: the rest of '
        'it is written back, too'),
    'STALE_FETCH_OFF': always(f'{FETCHES}; {MMU_OFF}', 'an instruction is '
        'fetched past the data cache, where it is still dirty'),
    'STALE_FETCH_POU': always(FETCHES, 'an instruction was stored and not '
        'cleaned to the Point of Unification'),
    'STALE_FETCH_CACHE': always(f'{MISMATCHED}; {MMU_OFF}', 'an instruction '
        'was written past a line that a cacheable fetch may hit; so is one '
        'with the MMU off and SCTLR.I on'),
    'STALE_ICACHE': always(f'{FETCHES}; D7.5.7, non-cacheable accesses and '
        'instruction caches', 'no IC (after a DSB, and then DSB and ISB) since '
        'it was stored: the instruction cache may hold the old one'),
    'IVAC_DIRTY': always('D7.5.8.1.2, Invalidate', 'invalidates what nobody '
        'wrote back'),
    # ---- order
    'DC_BEFORE_DMB': ours(MAINTENANCE, 'a DC is not ordered behind a store of '
        'other cacheability than its own, nor one to Device memory, which is '
        'all of it with the MMU off, but by a barrier of loads and stores'),
    'DC_NO_DSB': ours(MAINTENANCE, 'maintenance that no DSB of loads and '
        'stores, and of more than this CPU, has completed'),
    'IC_BEFORE_DSB': ours(MAINTENANCE, 'IC before the clean was complete'),
    'BLOB_CVAC': blob('D7.5.8.1.2, Clean', 'policy: a clean without '
        'invalidate leaves lines that go stale when the next world writes '
        'with its caches off'),
    'SET_WAY': ours('D7.5.9.12 and D7.5.9.16.1, by set and way', 'policy: by '
        'set and way nothing is said to other CPUs or system caches'),
    # ---- walks
    'WALK_NC_DIRTY': always(WALKS, 'the walker reads past the cache, where the '
        'table is dirty'),
    'WALK_STALE': always(WALKS, 'the walker may hit a line that is older than '
        'the table'),
    'WALK_NO_DSB': always(BREAK, 'a table was stored to, and no DSB makes that '
        'visible to the walker'),
    'WALK_OUTSIDE_RAM': ours('D8.2.1, translation table walk', 'a table where '
        'there is no RAM'),
    'TABLE_NOT_POC': blob(WALKS, 'policy: tables are clean to the Point of '
        'Coherency before a walker sees them, whatever TCR says'),
    # ---- translations
    'TLB_STALE_ON': ours('D8.16 R_NDCMB, D8.16.1 R_BQCDZ, TLBs after a reset '
        'and with the MMU off', 'the MMU goes on over translations of another '
        'state, or of before a reset'),
    'TLB_PENDING': ours('D8.17 R_GPPYH, TLB maintenance', 'a live descriptor '
        'was taken away or its rights, and nobody told the TLBs before the '
        'switch'),
    'TTBR_NO_TLBI': ours('D8.16.3.1 R_XXNPZ, R_QGKGF, global and '
        'process-specific entries', 'an access after TTBR changed, where the '
        'old tables said something else and nothing was forgotten'),
    'TLBI_NO_DSB': ours(COMPLETION, 'a TLBI that no DSB has completed'),
    'TLBI_NO_ISB': ours('Ordering and completion of TLB maintenance '
        'instructions, R_BLDZX', 'an instruction, where the old tables said '
        'something else, behind a TLBI and its DSB but no ISB: it may have '
        'been fetched before'),
    'TLBI_BEFORE_DSB': ours(BREAK, 'a TLBI before the store it is about is '
        'visible to walkers'),
    'TCR_MAIR_LIVE': ours('D8.17 R_VNRFW, TLB maintenance', 'policy: TCR or '
        'MAIR, which TLBs may hold, changed with the MMU on'),
    'BBM': ours('D8.17.1 R_WHZWS, break-before-make', 'a live descriptor '
        'changed its address, size, type or memory without having been '
        'invalid'),
    'BBM_NO_TLBI': ours(BREAK, 'invalid in between, but nothing was forgotten'),
    # ---- what live tables say
    'CONT_UNEVEN': ours('D8.7.1 R_SKQHL, D8.7.1.1 R_QTRPM, the Contiguous bit',
        'a contiguous group whose members differ, or are not all there'),
    'CONT_UNALIGNED': ours('D8.7.1, the Contiguous bit, table D8-104',
        'a contiguous group that is not aligned'),
    'NORMAL_NOT_RAM': ours(NORMAL, 'Normal memory where there is none: '
        'speculation may read a device'),
    'MMIO_NORMAL': ours(NORMAL, 'a device, accessed by a Normal mapping'),
    'DEVICE_RAM': Rule(NOTE, ERROR, IGNORED, MISMATCHED, 'RAM by a Device '
        'mapping'),
    'DEVICE_EXEC': ours(DEVICE, 'a device that may be executed, at whatever '
        'level: speculative fetches read it'),
    'WRITE_EXEC': ours('D8.4.1, stage 1 permissions', 'policy: writable and '
        'executable'),
    'NOT_INNER_SHAREABLE': ours('B2.10.1.1, shareable Normal memory; D7.5.9.5, '
        'DC to the PoC', 'Normal memory that is not inner shareable: other '
        'CPUs, and DC, may not see it'),
    # ---- what is not modelled
    'STAGE_2': blob('D8.2.12.1 R_WFZPW, R_CSDNK, R_LBPTY; D7.5.9.2',
        'EL1, and HCR_EL2.VM or .DC: under a stage 2, which is not modelled, '
        'nothing that is said here of EL1 holds'),
    # ---- the hand-over
    'HANDOVER_DIRTY': blob(BOOTING, 'what the next world owns is dirty in a '
        'cache: with its caches off it reads, or loses, something else'),
    'HANDOVER_STALE': blob(f'{BOOTING}; {MISMATCHED}', 'what it owns, or the '
        'blob has moved, may be hidden by older lines'),
    'HANDOVER_BLOB_DIRTY': blob(MISMATCHED, 'policy: the blob leaves dirty '
        'lines of its own behind, or of pages that it moved'),
    'HANDOVER_MMU_ON': blob(BOOTING, 'an Image is entered with the MMU on'),
    # ---- devices, where DMA is not coherent (dma=)
    'DMA_READ_DIRTY': ours('B2.7.4.1, data coherency issues', 'a device reads '
        'what is dirty in a cache'),
    'DMA_WRITE_DIRTY': ours('B2.7.4.1, data coherency issues', 'a device '
        'writes under a dirty line'),
}


class Allowed(NamedTuple):
    """A finding that may be: its rule, the function that does it, and why."""
    rule: str
    function: str
    why: str


ALLOWED = [
    Allowed('NORMAL_NOT_RAM', 'do_trans',
            "U-Boot's own map of QEMU's virt, in force when the checker comes "
            'in, has flash and all that RAM might be as Normal'),
    Allowed('NORMAL_NOT_RAM', 'port_worker_entry',
            'the same map, which other CPUs go on with (trans resume -w)'),
]


def verdict(rule, phase, function):
    """(ERROR, NOTE or IGNORED, reason)"""
    for entry in ALLOWED:
        if (entry.rule, entry.function) == (rule, function):
            return IGNORED, entry.why
    return getattr(RULES[rule], phase), RULES[rule].why
