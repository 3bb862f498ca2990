# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""Ways of leaving, and failures behind the point of no return."""
import lab
import runs
import says

# SHA-256 of 96 MB, without a word in between, on a busy machine.
SLOW = {'timeout': 120, 'silence': 60}


def verified(name, el, options, digest='on', **machine):
    """The blob finds every digest right, and says so before it leaves."""
    case = runs.boots(name, el, [f'digest={digest}', *options], **machine)
    case.expect.append(says.LETTERS.format('MDVL'))
    case.limits = SLOW
    return case


def corrupt_resets(name, el, options=(), **machine):
    """A flipped byte is found after the move. Nothing is jumped to; PSCI
    resets the machine, and the port that boots then finds the report."""
    case = runs.Case(name, ['corrupt=kernel', 'report=auto', *options],
                     machine=lab.Machine(el=el, **machine),
                     expect=[says.NO_REPORT, says.CORRUPT,
                             says.LAST_TIME.format('corrupt')],
                     forbid=[says.ANY_LINUX, says.CRASH, says.UNKNOWN_OPTION])
    case.reboots = True
    case.limits = SLOW
    return case


def corrupt_parks():
    case = runs.breaks('corrupt-parks', ['corrupt=kernel', 'on-failure=park'],
                       last_words=[says.CORRUPT])
    case.forbid.append(says.ANY_LINUX)
    return case


def fault_resets():
    """A fault leaves a report just as well."""
    case = runs.Case('fault-resets',
                     ['map=linear', 'linear=-mkvalid', 'proof=off', 'report=auto'],
                     expect=[says.BLOB_FAULT, says.LAST_TIME.format('fault').replace(
                    '[1-9]', '0 moves')], forbid=[says.ANY_LINUX, says.UNKNOWN_OPTION])
    case.reboots = True
    return case


def cannot_leave(name, el, options=(), why=('leave=fails', 0xf, 'TRANS_EHOST'),
                 **machine):
    """When it is too late to refuse: nothing is moved, the machine is reset,
    and the port that boots then finds in the report why."""
    text, status, code = why
    case = runs.Case(name, ['report=auto', *options],
                     machine=lab.Machine(el=el, **machine),
                     expect=[says.NO_REPORT, says.NOT_QUIET.format(text, status),
                             says.LAST_WAS_NOT_QUIET,
                             says.NOT_LEFT.format(f'{code}: {text}')],
                     forbid=[says.ANY_LINUX, says.CRASH, says.MOVING,
                             says.ANY_REFUSAL, says.UNKNOWN_OPTION])
    case.reboots = True
    return case


def cannot_leave_parks():
    case = runs.breaks('leave-fails-parks', ['leave=fails', 'on-failure=park'],
                       last_words=[says.ANY_NOT_QUIET])
    case.forbid += [says.ANY_LINUX, says.MOVING]
    return case


def over_stub(name, options, **machine):
    """The port runs at EL1 over a stub at EL2, and overwrites the stub; Linux
    must nevertheless be entered at EL2."""
    case = runs.boots(name, 2, ['el=1over2', *options], **machine)
    case.expect.append(says.PORT_AT.format('EL1'))
    return case


def with_vhe(name, options, **machine):
    case = runs.boots(name, 2, ['vhe=on', *options], cpu=runs.MAX, **machine)
    case.expect.append(says.PORT_AT.format('EL2 VHE'))
    return case


def without_tables(name, el, options=(), **machine):
    """The same loop with the MMU off."""
    case = runs.boots(name, el, options, **machine)
    case.expect.append(says.WITHOUT_TABLES)
    return case


def coarse(name, el, options=(), **machine):
    """All of RAM is mapped, less what the blob needs."""
    case = runs.boots(name, el, ['coarse=1', *options], **machine)
    case.expect.append(r'^port: all of RAM is mapped$')
    return case


def crash_entry(name, el, options=(), **machine):
    """The payload is in place; it is entered without a move or a table."""
    case = runs.boots(name, el, ['entry=crash', 'hide=off', *options], ram='1G',
                      **machine)
    case.expect += [says.CRASH_ENTRY, says.LETTERS_OF_NONE]
    return case


def zeroed(name, el, options, **machine):
    """A port starts a port where all free memory is littered, and which looks
    at its .bss before it does anything, and then goes no further."""
    return runs.Case(name, ['litter=on', 'hops=1', 'dry=last', *options],
                     'hops', lab.Machine(el=el, **machine),
                     expect=[says.HOPS_TO_GO.format(0), r'^port: dry run$'],
                     forbid=[says.DIRTY_BSS, says.CRASH, says.ANY_LINUX])


def crash_entry_zeroed():
    """The same for what waits for a crash: zeroed when it is loaded. The port
    that is entered looks, and goes on to Linux by another crash entry."""
    case = runs.boots('bss-crash', 1, ['litter=on', 'hops=1', 'entry=crash',
                                       'hide=off'], variant='hops', ram='1G')
    case.expect += [says.CRASH_ENTRY, says.LETTERS_OF_NONE]
    case.forbid += [says.DIRTY_BSS]
    return case


def scrubs(name, options, left, **machine):
    """A port starts a port, which looks at the old one's hidden pages."""
    return runs.Case(name, ['inspect=next', *options], 'self',
                     lab.Machine(**machine), expect=[says.INSPECTED.format(left)],
                     forbid=[says.CRASH])


WAYS = [
    verified('digest-el1', 1, []),
    verified('digest-el2', 2, []),
    verified('digest-known-linear', 1, ['map=linear'], digest='known'),
    verified('digest-portable', 1, ['sha2=off']),
    corrupt_resets('corrupt-resets-el1', 1),
    corrupt_resets('corrupt-resets-el2-linear', 2,
                   ['map=linear'], cpu=runs.MAX),
    corrupt_resets('corrupt-resets-portable', 1,
                   ['sha2=off', 'report=0x5f000000']),
    corrupt_resets('corrupt-resets-stub', 2, ['el=1over2']),
    corrupt_resets('corrupt-resets-no-tables', 1, ['map=none']),
    corrupt_parks(),
    fault_resets(),
    cannot_leave('leave-fails-el1', 1, ['leave=fails']),
    cannot_leave('leave-fails-el2-linear', 2, ['leave=fails', 'map=linear']),
    cannot_leave('leave-fails-crash', 1,
                 ['leave=fails', 'entry=crash', 'hide=off'], ram='1G'),
    # No conduit: the blob comes back, and the port resets.
    cannot_leave('leave-fails-host-el1', 1, ['leave=fails', 'reset=host']),
    cannot_leave('leave-fails-host-el2', 2, ['leave=fails', 'reset=host']),
    cannot_leave('leave-fails-host-vhe', 2,
                 ['leave=fails', 'reset=host', 'vhe=on', 'map=linear'],
                 cpu=runs.MAX, gic='3'),
    cannot_leave('leave-fails-stub', 2, ['leave=fails', 'el=1over2']),
    cannot_leave_parks(),
    without_tables('no-tables-el2', 2, ['map=none', 'digest=on'], cpu=runs.MAX),
    without_tables('fallback', 1, ['hungry=on', 'fallback=on']),
    without_tables('fallback-linear', 1,
                   ['hungry=on', 'fallback=on', 'map=linear']),
    runs.refuses('hungry-no-fallback', 'TRANS_ENOMEM', ['hungry=on']),
    scrubs('scrub', ['scrub=on'], '0'),
    scrubs('scrub-linear-el2', ['scrub=on', 'map=linear'], '0', el=2),
    scrubs('scrub-no-tables', ['scrub=on', 'map=none'], '0'),
    scrubs('scrub-off', [], r'[1-9]\d+'),
    zeroed('bss-el1', 1, ['digest=on']),
    zeroed('bss-linear-el2', 2, ['map=linear']),
    zeroed('bss-no-tables', 1, ['map=none'], ram='256M'),
    zeroed('bss-in-place', 1, ['stay=on', 'hide=off']),
    coarse('coarse-el1', 1, ram='4G'),
    crash_entry('crash-el1', 1),
    crash_entry('crash-el2', 2, gic='3'),
    crash_entry('crash-stub', 2, ['el=1over2']),
    crash_entry('crash-elf-gz', 1, variant='elf-gz'),
    runs.boots('granule-16', 1, ['granule=16'], cpu=runs.MAX),
    runs.boots('granule-64-el2', 2, ['granule=64', 'digest=on']),
]

# What the pairs of the matrix have in other company.
MORE_WAYS = [
    crash_entry('crash-gz', 2, variant='gz'),
    crash_entry_zeroed(),
    verified('digest-el1-linear', 1, ['map=linear'], cpu=runs.MAX),
    runs.survives_hunger('fail-alloc-coarse', 'sparse', 'coarse=1'),
    runs.survives_hunger('fail-alloc-elf', 'sparse', variant='vmlinux'),
    coarse('coarse-el2', 2, ['granule=64']),
    coarse('coarse-digest', 1, ['digest=on', 'granule=16'], cpu=runs.MAX),
    over_stub('stub-sparse', []),
    over_stub('stub-linear', ['map=linear'], gic='3', cpu=runs.MAX),
    verified('digest-elf-gz', 1, [], variant='elf-gz'),
    runs.boots('granule-64', 1, ['granule=64']),
    without_tables('no-tables-el1', 1, ['map=none']),
    cannot_leave('leave-fails-no-tables', 1, ['leave=fails', 'map=none']),
    *[runs.boots(f'tables-{kib}-{mapping}-el{el}', el,
                 [f'tables={kib}', f'map={mapping}'],
                 cpu=runs.MAX if kib == 16 else 'cortex-a57')
      for kib in (16, 64) for mapping in ('sparse', 'linear')
      for el in (1, 2)],
    with_vhe('vhe-sparse', []),
    with_vhe('vhe-linear', ['map=linear', 'digest=on'], gic='3'),
]
