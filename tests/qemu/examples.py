# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""The programs of examples/, as somebody starts them who copies them."""
import os
import sys

import hibernate
import lab
import runs
import says

sys.path.insert(0, os.path.join(lab.ROOT, 'tests', 'lab'))
import payload  # noqa: E402
import sleeper  # noqa: E402

KERNEL_AT = 0x50001000 # examples/minimal/minimal.c
DEBIAN = '6.1'


def path_of(name):
    return os.path.join(lab.ROOT, 'build/arm64/examples', f'{name}.bin')


class Minimal(runs.Case):
    """Kernel and initrd lie in memory; Linux arrives over the example."""

    def __init__(self, el):
        super().__init__(f'example-minimal-el{el}', machine=lab.Machine(el=el),
                         expect=[says.EXAMPLE_MOVES, says.PASS,
                                 says.STARTED_AT.format(el)],
                         forbid=[says.BAD_CHECK])

    def args(self):
        kernel = sleeper.kernel_file(DEBIAN)
        return [*self.machine.args(), '-kernel', path_of('minimal'),
                '-initrd', f'{payload.OUT}/initramfs',
                '-append', payload.CMDLINE, '-device',
                f'loader,file={kernel},addr={KERNEL_AT:#x},force-raw=on']

    def run(self, live=False):
        with sleeper.locked('kernel'):
            sleeper.get_kernel(DEBIAN)
        return super().run(live)


def wakes(nap):
    """It is asleep, the example brings it back, and all is as it was."""
    text = nap.boots(path_of('resume'), [], [
        says.AWAKE, says.CYCLE_DONE.format(1), says.SLEPT_WELL],
        [says.ANY_LINUX, says.BAD_CHECK, says.DIED])
    return text


def nobody_is_asleep(nap):
    return nap.boots(path_of('resume'), [], [says.NOBODY], [says.AWAKE])


def resume(el, gic):
    machine = lab.Machine(el=el, gic=gic, more=hibernate.MODERN)
    return hibernate.Nap(f'example-resume-el{el}-gic{gic}',
                         sleeper.Sleeper(machine), wakes,
                         hibernate.data_disk_is_clean, nobody_is_asleep)


def all_cases(full=False):
    if not full:
        return [Minimal(1)]
    return [Minimal(1), Minimal(2), resume(1, '2'), resume(2, '3')]


if __name__ == '__main__':
    sys.exit('examples.py holds cases; tests/qemu/run.py runs them')
