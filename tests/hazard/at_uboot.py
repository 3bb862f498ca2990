# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""U-Boot with the checker beside it, from its command `trans` on: before that
it is any program, with its MMU on and all of its memory dirty."""
import contextlib
import os
import subprocess
import sys

import machine
from scenes import Scene

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), 'uboot'))
import asleep  # noqa: E402
import at_prompt  # noqa: E402
import at_wake  # noqa: E402
import console  # noqa: E402
import disk  # noqa: E402
import lab  # noqa: E402
import qemu10  # noqa: E402

U_BOOT = os.path.dirname(at_prompt.U_BOOT.format('stable/with'))
SECONDS = 900
SLOWER = 20 # than without the plugin


def symbol(elf, name):
    said = subprocess.run(['aarch64-linux-gnu-nm', elf], text=True, check=True,
                          stdout=subprocess.PIPE).stdout
    return next(int(row.split()[0], 16) for row in said.splitlines()
                if row.endswith(f' {name}'))


class AtPrompt(Scene):
    """@case is one of tests/uboot/, whose script types until QEMU has ended."""

    def __init__(self, name, case):
        super().__init__(name, elf=f'{U_BOOT}/u-boot')
        self.case, self.owner = case, case

    def before(self):
        disk.payload.build([])
        disk.build()

    def plugin(self, blocks, out):
        binary = f'{U_BOOT}/u-boot.bin'
        host, blob = (f'{binary}+{symbol(self.elf, name):x}' for name in
                      ('do_trans', 'trans_blob_start_'))
        return machine.plugin(blocks, out, host, blob)

    @contextlib.contextmanager
    def beside(self, out):
        """Whoever starts QEMU gets the one with the plugin."""
        command, env, words = qemu10.how()
        args, old = self.owner.args, (lab.QEMU, dict(os.environ))
        expect = console.Console.expect

        def more(*given):
            changed, blocks = machine.backed(args(*given))
            return [*words, *changed, *self.plugin(blocks, out)]
        def patient(c, pattern, seconds=30):
            return expect(c, pattern, SLOWER * seconds)
        self.owner.args, lab.QEMU = more, command
        console.Console.expect = patient
        os.environ.update(env)
        try:
            yield
        finally:
            self.owner.args, lab.QEMU = args, old[0]
            console.Console.expect = expect
            os.environ.clear()
            os.environ.update(old[1])

    def run(self, live=False):
        qemu10.provide()
        out = os.path.join(machine.HAZARD, f'{self.name}.txt')
        if os.path.exists(out):
            os.remove(out)
        self.case.timeout = SECONDS
        self.before()
        with self.beside(out):
            result = self.case.run(live)
        if not os.path.exists(out):
            return result, machine.Trace([], [], '')
        return result, machine.read(out)


class Wakes(AtPrompt):
    """The guest goes to sleep beside nothing."""

    def __init__(self, name, case):
        super().__init__(name, case)
        self.owner = asleep

    def before(self):
        disk.payload.build([])
        disk.build()
        self.case.set_tree()
        asleep.asleep(self.case.guest, self.case.u_boot, self.name)


# ---- what is typed ---------------------------------------------------------

def kexecs(c, _):
    at_prompt.set_bootargs(c)
    c.type(f'trans kexec -n {at_prompt.load_files(c)}\n')
    c.ends(SECONDS)


def kexecs_over(c, _):
    at_prompt.set_bootargs(c)
    files = at_prompt.load_files(
        c, kernel_at=at_prompt.KERNEL_AT + 0x1000)
    keep, _ = at_prompt.over_u_boot(c)
    c.type(f'trans kexec -n {keep} {files}\n')
    c.ends(SECONDS)


def resumes(c, _, __):
    c.type('boot\n')
    c.ends(SECONDS)


def resumes_by_all(c, _, __):
    c.type(f'trans resume -w 1 virtio {asleep.disk_number(c)}:2\n')
    c.ends(SECONDS)


SCENES = [
    AtPrompt('u-boot-kexec', at_prompt.Case('hazard', kexecs)),
    AtPrompt('u-boot-kexec-over-el2', at_prompt.Case('hazard-over',
                                                     kexecs_over, el=2)),
    Wakes('u-boot-resume', at_wake.Resume('hazard-resume', resumes)),
    Wakes('u-boot-resume-workers', at_wake.Resume(
        'hazard-workers', resumes_by_all, smp=2)),
]
