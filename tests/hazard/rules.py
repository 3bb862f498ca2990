# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""What each rule of rules.def means, where it is an error, and why. Sections
are those of the Arm ARM, DDI 0487, issue K.

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


RULES = {
    # ---- lines
    'STALE_READ_OFF': always('B2.9, D8.2.10', 'a load with the MMU off, of a '
        'line that is dirty in a cache: it reads what memory held before'),
    'STALE_READ_NC': always('B2.9', 'the same, by a non-cacheable mapping'),
    'LOST_STORE': always('B2.9', 'a store past the cache, under a dirty line '
        'that may be evicted over it at any time'),
    'STALE_LOAD': always('B2.9', 'a load that may hit a line filled before '
        'memory was written past it'),
    'STALE_MERGE': always('B2.9', 'a store into such a line: the rest of it '
        'is written back, too'),
    'STALE_FETCH_OFF': always('B2.7.4, D8.2.10', 'an instruction is fetched '
        'past the data cache, where it is still dirty'),
    'STALE_FETCH_POU': always('B2.7.4.3', 'an instruction was stored and not '
        'cleaned to the Point of Unification'),
    'STALE_FETCH_CACHE': always('B2.9', 'an instruction was written past a '
        'line that a cacheable fetch may hit'),
    'STALE_ICACHE': always('B2.7.4.3', 'no IC (with DSB and ISB) since it '
        'was stored: the instruction cache may hold the old one'),
    'IVAC_DIRTY': always('D7.5.9', 'invalidates what nobody wrote back'),
    # ---- order
    'DC_BEFORE_DMB': ours('D7.5.9.7', 'a DC by address is not ordered behind '
        'stores to Device memory, which is all of it with the MMU off'),
    'DC_NO_DSB': ours('D7.5.9.7', 'maintenance that no DSB of loads and '
        'stores, and of more than this CPU, has completed'),
    'IC_BEFORE_DSB': ours('B2.7.4.3', 'IC before the clean was complete'),
    'BLOB_CVAC': blob('D7.5.9', 'policy: a clean without invalidate leaves '
        'lines that go stale when the next world writes with its caches off'),
    'SET_WAY': ours('D7.5.9.5', 'policy: by set and way nothing is said to '
        'other CPUs or system caches'),
    # ---- walks
    'WALK_NC_DIRTY': always('D8.2.11', 'the walker reads past the cache, '
        'where the table is dirty'),
    'WALK_STALE': always('D8.2.11', 'the walker may hit a line that is older '
        'than the table'),
    'WALK_NO_DSB': always('D8.2.8', 'a table was stored to, and no DSB makes '
        'that visible to the walker'),
    'WALK_OUTSIDE_RAM': ours('D8.2', 'a table where there is no RAM'),
    'TABLE_NOT_POC': blob('D8.2.11', 'policy: tables are clean to the Point '
        'of Coherency before a walker sees them, whatever TCR says'),
    # ---- translations
    'TLB_STALE_ON': ours('D8.16, D8.17', 'the MMU goes on over translations '
        'of another state, or of before a reset'),
    'TLB_PENDING': ours('D8.16.1', 'a live descriptor was taken away or its '
        'rights, and nobody told the TLBs before the switch'),
    'TTBR_NO_TLBI': ours('D8.16.1', 'an access after TTBR changed, where the '
        'old tables said something else and nothing was forgotten'),
    'TLBI_NO_DSB': ours('D8.17.5', 'a TLBI that no DSB has completed'),
    'TLBI_BEFORE_DSB': ours('D8.17.5', 'a TLBI before the store it is about '
        'is visible to walkers'),
    'TCR_MAIR_LIVE': ours('D8.16.2', 'TCR or MAIR changed with the MMU on'),
    'BBM': ours('D8.16.1', 'a live descriptor changed its address, size, type '
        'or memory without having been invalid'),
    'BBM_NO_TLBI': ours('D8.16.1', 'invalid in between, but nothing was '
        'forgotten'),
    # ---- what live tables say
    'CONT_UNEVEN': ours('D8.7.1', 'a contiguous group whose members differ'),
    'CONT_UNALIGNED': ours('D8.7.1', 'a contiguous group that is not aligned'),
    'NORMAL_NOT_RAM': ours('B2.8', 'Normal memory where there is none: '
        'speculation may read a device'),
    'MMIO_NORMAL': ours('B2.8', 'a device, accessed by a Normal mapping'),
    'DEVICE_RAM': Rule(NOTE, ERROR, IGNORED, 'B2.9', 'RAM by a Device mapping'),
    'DEVICE_EXEC': ours('D8.4.1', 'a device that may be executed: '
        'speculative fetches read it'),
    'WRITE_EXEC': ours('D8.4.1', 'policy: writable and executable'),
    'NOT_INNER_SHAREABLE': ours('B2.8', 'Normal memory that is not inner '
        'shareable: other CPUs, and DC, may not see it'),
    # ---- the hand-over
    'HANDOVER_DIRTY': blob('booting.rst', 'what the next world owns is dirty '
        'in a cache: with its caches off it reads, or loses, something else'),
    'HANDOVER_STALE': blob('booting.rst', 'what it owns may be hidden by '
        'older lines'),
    'HANDOVER_BLOB_DIRTY': blob('B2.9', 'policy: the blob leaves dirty lines '
        'of its own behind, or of pages that it moved'),
    'HANDOVER_MMU_ON': blob('booting.rst', 'an Image is entered with the MMU '
        'on'),
    # ---- devices, where DMA is not coherent (dma=)
    'DMA_READ_DIRTY': ours('B2.9', 'a device reads what is dirty in a cache'),
    'DMA_WRITE_DIRTY': ours('B2.9', 'a device writes under a dirty line'),
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
]


def verdict(rule, phase, function):
    """(ERROR, NOTE or IGNORED, reason)"""
    for entry in ALLOWED:
        if (entry.rule, entry.function) == (rule, function):
            return IGNORED, entry.why
    return getattr(RULES[rule], phase), RULES[rule].why
