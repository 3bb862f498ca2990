# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""What is run in QEMU and what is expected. Every string that the port or
Linux prints and a test looks for stands in this file and nowhere else."""
import itertools
import os
import sys

import lab

sys.path.insert(0, os.path.join(lab.ROOT, 'tests', 'lab'))
import payload  # noqa: E402

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
UNKNOWN_OPTION = r'^port: unknown option.*'
FIGURE = r'^(?:port|linux): figure (\S+) (\S+) ?(\S*)$'
CRASH = r'^port: (?:exception|panic).*'

# ---- the matrix ----------------------------------------------------------------

FACTORS = {
    'el': [1, 2],
    'cpu': ['cortex-a57', 'max,pauth-impdef=on'],
    'gic': ['2', '3'],
    'ram': ['512M', '4G'],
    'map': ['sparse', 'linear'],
}


def pairs(row):
    """Every pair of (factor, value) that one run covers."""
    return set(itertools.combinations(row.items(), 2))


def product():
    return [dict(zip(FACTORS, values))
            for values in itertools.product(*FACTORS.values())]


def pairwise():
    """Few runs in which every two values of two factors meet: greedily, the
    run that covers most of what is left. The order is fixed."""
    rows, left = [], set().union(*(pairs(r) for r in product()))
    while left:
        best = max(product(), key=lambda r: len(pairs(r) & left))
        rows.append(best)
        left -= pairs(best)
    return rows


# ---- cases ----------------------------------------------------------------------

class Case:
    """One run of the port. `options` are words for its bootargs."""

    def __init__(self, name, options=(), variant='aligned', machine=None,
                 expect=(), forbid=(), **limits):
        self.name, self.options, self.variant = name, options, variant
        self.machine = machine or lab.Machine()
        self.expect, self.forbid, self.limits = expect, forbid, limits

    def args(self):
        return [*self.machine.args(),
                '-kernel', os.path.join(lab.ROOT, 'build/arm64/port.bin'),
                '-initrd', payload.path_of(self.variant),
                '-append', ' '.join(self.options)]

    def run(self, live=False):
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


def row_name(row):
    cpu = row['cpu'].split(',')[0].replace('cortex-', '')
    return f"el{row['el']}-{cpu}-gic{row['gic']}-{row['ram']}-{row['map']}"


def from_row(row):
    row = dict(row)
    name = 'kexec-' + row_name(row)
    return boots(name, row.pop('el'), [f"map={row.pop('map')}"], **row)


def overlaps(name, el):
    """The payload goes over the port's own text, rodata and tables."""
    case = boots(name, el, ['map=sparse'])
    case.expect += [OVER_PORT.format(part) for part in ('text', 'rodata')]
    return case


def survives_hunger(name, mapping):
    """Each allocation fails once, gives everything back, and then it works."""
    case = boots(name, 1, [f'map={mapping}', 'fail-alloc=all'])
    case.expect.append(EACH_REFUSED)
    return case


SPECIAL = [
    boots('unaligned-payload', 1, ['map=sparse'], variant='unaligned'),
    overlaps('over-the-port-el1', 1),
    overlaps('over-the-port-el2', 2),
    survives_hunger('fail-alloc-sparse', 'sparse'),
    survives_hunger('fail-alloc-linear', 'linear'),
    refuses('bad-truncated', 'TRANS_ETRUNC', variant='truncated'),
    refuses('bad-cut', 'TRANS_ETRUNC', variant='cut'),
    refuses('bad-magic', 'TRANS_EIMAGE', variant='magic'),
    refuses('bad-big-endian', 'TRANS_EIMAGE', variant='big-endian'),
    refuses('bad-granule', 'TRANS_EIMAGE', variant='granule'),
    refuses('bad-huge', r'TRANS_ENOHOLE', variant='huge'),
    # The proof catches what the missing safe-page rule lets through ...
    refuses('safe-off-is-proved', 'TRANS_EOVERLAP', ['safe=off']),
    # ... and without the proof the overlap really destroys something.
    breaks('safe-off-destroys', ['safe=off', 'proof=off']),
    breaks('safe-off-destroys-linear',
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


def cases(full=False):
    return [from_row(r) for r in (product() if full else pairwise())] + SPECIAL
