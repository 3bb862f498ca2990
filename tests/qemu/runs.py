# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""One run of the port in QEMU, and the shapes that most runs have."""
import os
import sys

import lab
import says

sys.path.insert(0, os.path.join(lab.ROOT, 'tests', 'lab'))
import payload  # noqa: E402
import qemu10  # noqa: E402

A57, MAX = 'cortex-a57', 'max,pauth-impdef=on'


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
        self.port = 'port.bin'

    def args(self):
        machine = [a for a in self.machine.args()
                   if not (self.reboots and a == '-no-reboot')]
        return [*machine,
                '-kernel', os.path.join(lab.ROOT, 'build/arm64', self.port),
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
                expect=[says.PASS, says.STARTED_AT.format(el)],
                forbid=[says.BAD_CHECK, says.ANY_REFUSAL, says.UNKNOWN_OPTION])


def refuses(name, error, options=(), variant='aligned', el=1):
    """A named error, everything given back, and the port goes on."""
    return Case(name, options, variant, lab.Machine(el=el),
                expect=[says.REFUSED.format(error), says.STILL_RUNNING],
                forbid=[says.ANY_LINUX, says.CRASH, says.ABOUT_TO_JUMP, says.UNKNOWN_OPTION])


def breaks(name, options, el=1, last_words=()):
    """A protection is switched off: the port must set off as always, and
    Linux must not arrive unharmed. How it dies is not ours to say."""
    return Case(name, options, machine=lab.Machine(el=el),
                expect=[says.ABOUT_TO_JUMP, * \
                        last_words], forbid=[says.PASS, says.UNKNOWN_OPTION],
                may_hang=True, timeout=25, silence=10)


def never_moved(name, options):
    """Destroyed in the middle of the moves, with no one left to say so: the
    blob's letter for having begun is there, the one for having ended is not."""
    case = breaks(name, options, last_words=[says.MOVING])
    case.forbid = [*case.forbid, says.MOVED_ALL]
    return case


def survives_hunger(name, mapping, *options, variant='aligned'):
    """Each allocation fails once, gives everything back, and then it works."""
    case = boots(name, 1, [f'map={mapping}', 'fail-alloc=all', *options],
                 variant)
    case.expect.append(says.EACH_REFUSED)
    # Thousands of loads, without a word in between.
    case.limits = {'timeout': 180, 'silence': 150}
    return case
