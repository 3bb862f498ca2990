# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""What is run with the checker beside it: cases of the other tests, as they
are, and a few with the smallest next world there is (tiny.py)."""
import functools
import os
import subprocess
import sys

import machine
import tiny

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), 'qemu'))
import cases as qemu_cases  # noqa: E402
import hibernate  # noqa: E402
import lab  # noqa: E402
import leaving  # noqa: E402
import runs  # noqa: E402
import says  # noqa: E402
import snapshot  # noqa: E402
import worlds  # noqa: E402

ARM64 = os.path.join(machine.BUILD, 'arm64')
PORT = f'{ARM64}/port.bin'
TIMEOUT = 300


@functools.cache
def text_of(vmlinux):
    """Where a kernel's Image begins in its own ELF file."""
    said = subprocess.run(['aarch64-linux-gnu-nm', vmlinux], text=True,
                          check=True, stdout=subprocess.PIPE).stdout
    return next(int(row.split()[0], 16) for row in said.splitlines()
                if row.endswith(' _text'))


class Scene:
    """QEMU's words, and which files have the code and the symbols of what runs.
    @handovers: so many jumps must have been seen."""

    def __init__(self, name, args=None, host=None, elf=None, blob=None,
                 blob_elf=None, vmlinux=None, handovers=1, more=()):
        self.name, self.words, self.handovers = name, args, handovers
        self.host = host or PORT
        self.elf = elf or f'{ARM64}/port.elf'
        self.blob = blob or f'{ARM64}/blob.bin'
        self.blob_elf = blob_elf or f'{ARM64}/blob.elf'
        self.vmlinux, self.more = vmlinux, list(more)

    def elves(self):
        found = {'host': (self.elf, 0), 'blob': (self.blob_elf, 0)}
        if self.vmlinux and os.path.exists(self.vmlinux):
            found['next'] = (self.vmlinux, text_of(self.vmlinux))
        return found

    def args(self):
        return self.words

    def run(self, live=False):
        words = [self.host if w == PORT else w for w in self.args()]
        return machine.run(words, self.name, self.host, self.blob, self.more,
                           TIMEOUT, live)


class Tiny(Scene):
    """The port, and the smallest next world."""

    def __init__(self, name, el, options, **machine_words):
        handovers = machine_words.pop('handovers', 1)
        more = machine_words.pop('more', ())
        super().__init__(name, handovers=handovers, more=more)
        self.case = runs.Case(name, options, 'tiny',
                              lab.Machine(el=el, **machine_words))

    def args(self):
        words = self.case.args()
        words[words.index('-initrd') + 1] = tiny.build()
        return words


class Borrowed(Scene):
    """A case of tests/qemu/."""

    def __init__(self, case, name=None, **words):
        super().__init__(name or case.name, **words)
        self.case = case

    def args(self):
        with tiny.small(self.case.variant):
            return self.case.args()


class Step(Scene):
    """A case of several runs (a resume, a snapshot): the checker is beside
    every one of the port's, and its findings are put together."""

    def __init__(self, case, name, handovers=1):
        super().__init__(name, handovers=handovers)
        self.case, self.traces = case, []

    def one(self, args, name, **limits):
        host = args[args.index('-kernel') + 1] # its header may differ
        result, trace = machine.run(args, f'{self.name}.{len(self.traces)}',
                                    host, self.blob, self.more, TIMEOUT)
        self.traces.append(trace)
        why = '' if trace.end else result.why
        why = why or lab.judge(result.text, [], limits.get('forbid', ()))
        return lab.Result(result.text, why, result.seconds, result.times)

    def run(self, live=False):
        usual = lab.run_qemu

        def instead(args, name, **limits):
            if '-kernel' in args and 'port' in os.path.basename(
                    args[args.index('-kernel') + 1]):
                return self.one(args, name, **limits)
            return usual(args, name, **{**limits, 'timeout': TIMEOUT,
                                        'silence': TIMEOUT})

        def inner(args, name, **limits):
            return usual(args, name, **limits)
        self.traces = []
        machine.lab.run_qemu, machine.run_plain = instead, inner
        try:
            result = self.case.run(live)
        finally:
            machine.lab.run_qemu, machine.run_plain = usual, None
        if not self.traces:
            return result, machine.Trace([], [], '')
        return result, machine.Trace(
            [e for t in self.traces for e in t.events],
            [f for t in self.traces for f in t.findings],
            ' '.join(t.end or 'error: none' for t in self.traces))


def resumes(row, *words):
    """One wake by the port; it ends when Linux has its own tables."""
    options = [f"entry={row['entry']}", f"map={row['map']}", *words]
    step = lambda nap: nap.port(options, [says.ABOUT_TO_RESUME],  # noqa: E731
                                [says.ANY_LINUX, says.ANY_REFUSAL])
    name = '-'.join([f'resume-{hibernate.row_name(row)}',
                     *(w.replace('=', '-') for w in words)])
    return Step(hibernate.Nap(name, hibernate.row_sleeper(row), step), name)


ROW = {'kernel': '6.1', 'el': 1, 'cpu': 'cortex-a57', 'gic': '2', 'smp': 1,
       'ram': '512M', 'packing': 'raw', 'kaslr': 'on', 'swap': 'part',
       'entry': 'physical', 'map': 'sparse'}
RESUMES = [resumes({**ROW, **r}) for r in (
    {}, {'entry': 'virtual', 'packing': 'lzo'},
    {'el': 2, 'map': 'linear', 'smp': 4, 'kernel': '6.12'},
    {'entry': 'virtual', 'map': 'linear', 'smp': 2, 'kernel': '6.12'},
    {'entry': 'virtual', 'map': 'linear', 'kernel': '6.12'})]
RESUMES += [resumes({**ROW, 'packing': 'lzo', 'smp': 2}, 'workers=1'),
            resumes({**ROW, 'packing': 'lzo', 'gic': '3', 'smp': 4, 'el': 2},
                    'workers=3')]

# ---- the smallest next world: every map, level and granule -----------------

LEVELS = {'el1': (1, [], runs.A57), 'el2': (2, [], runs.A57),
          'stub': (2, ['el=1over2'], runs.A57),
          'vhe': (2, ['vhe=on'], runs.MAX)}
MAPS = ('sparse', 'linear', 'none')
TINY = [Tiny(f'tiny-{level}-{how}', el, [f'map={how}', *words], cpu=cpu)
        for level, (el, words, cpu) in LEVELS.items() for how in MAPS]
TINY += [
    Tiny('tiny-digest', 1, ['digest=on']),
    Tiny('tiny-digest-none-el2', 2, ['digest=on', 'map=none'], cpu=runs.MAX),
    Tiny('tiny-coarse', 1, ['coarse=1']),
    Tiny('tiny-coarse-el2', 2, ['coarse=1', 'granule=64']),
    Tiny('tiny-fallback', 1, ['hungry=on', 'fallback=on']),
    Tiny('tiny-fallback-linear', 2, ['hungry=on', 'fallback=on',
                                     'map=linear']),
    Tiny('tiny-in-place', 1, ['stay=on', 'hide=off']),
    Tiny('tiny-granule-16', 1, ['granule=16'], cpu=runs.MAX),
    Tiny('tiny-granule-64', 2, ['granule=64']),
    Tiny('tiny-tables-64-linear', 1, ['tables=64', 'map=linear']),
    Tiny('tiny-tables-16-linear', 2, ['tables=16', 'map=linear'],
         cpu=runs.MAX),
    Tiny('tiny-4-cpus', 1, ['cpus=on'], smp=4, gic='3'),
    Tiny('tiny-8-cpus-el2', 2, ['cpus=on', 'map=linear'], smp=8, gic='3'),
    Tiny('tiny-8-cpus-stub', 2, ['cpus=on', 'el=1over2'], smp=8, gic='3'),
    Tiny('tiny-report', 1, ['report=auto']),
]

# ---- cases of the other tests ----------------------------------------------


def borrowed(names, **words):
    every = {c.name: c for c in qemu_cases.always() +
             qemu_cases.only_full() + worlds.WORLDS + leaving.WAYS}
    return [Borrowed(every[n], **words) for n in names]


def own_kernel(name, variant, *options, el=1, kernel='6.1-4k', **words):
    case = runs.boots(name, el, list(options), variant, **words)
    return Borrowed(case, vmlinux=f'{machine.BUILD}/kernels/{kernel}/vmlinux')


def linux(name, el, options, **words):
    return Borrowed(runs.boots(name, el, options, **words))


LINUX = [
    linux('linux-el1', 1, ['map=sparse']),
    linux('linux-el2-linear', 2, ['map=linear', 'cpus=on'], smp=4, gic='3'),
    linux('linux-vhe', 2, ['vhe=on', 'map=linear'], cpu=runs.MAX),
    linux('linux-stub-none', 2, ['el=1over2', 'map=none']),
    own_kernel('linux-own-4k', 'own-4k'),
    own_kernel('linux-own-64k', 'own-64k', 'granule=64', el=2,
               kernel='6.1-64k'),
    own_kernel('linux-own-16k', 'own-16k', 'map=linear', 'tables=16',
               kernel='6.12-16k', cpu=runs.MAX),
    *borrowed(['newest-kernel', 'over-the-port-el1', 'in-place-el1',
               'crash-el1', 'crash-el2', 'crash-stub',
               'bss-el1', 'bss-no-tables']),
    # Its archive is loaded by QEMU, not named by the tree.
    *borrowed(['far-el1'], more=['clean=48000000+2000000']),
    *borrowed(['hops-10-el1', 'hops-10-el2'], handovers=11),
    *borrowed(['world-el1', 'world-el1-linear', 'world-el1-no-tables',
               'world-64', 'world-52-4', 'world-vhe', 'world-to-vhe',
               'world-drop', 'world-drop-from-vhe']),
]



def comes_back(**row):
    case = snapshot.in_a_row({'level': 'EL1', 'cpu': runs.A57, 'granule': 4,
                              'packing': 'raw', 'modern': True,
                              'map': 'sparse', **row}, 1)
    return Step(case, case.name)


SNAPSHOTS = [comes_back(),
             comes_back(level='EL2', packing='lz4', map='linear'),
             comes_back(level='EL2 VHE', cpu=runs.MAX, granule=64)]


def all_scenes():
    return [*TINY, *LINUX, *RESUMES, *SNAPSHOTS]


# In no list but that of the planted bugs: the port is for coherent devices.
NOT_COHERENT = Tiny('virtio-not-coherent', 1, ['virtio=on'],
                    more=['dma=a000000+4000'])
NOT_COHERENT.case.machine.more = ['-device', 'virtio-rng-device']

SAMPLE = [TINY[0], TINY[7], LINUX[0]]
