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
import at_prompt  # noqa: E402
import at_wake  # noqa: E402
import asleep  # noqa: E402
import console  # noqa: E402
import disk  # noqa: E402
import lab  # noqa: E402
import qemu10  # noqa: E402

U_BOOT = os.path.dirname(at_prompt.U_BOOT.format('stable/with'))
MINUTES = 15


def symbol(elf, name):
    said = subprocess.run(['aarch64-linux-gnu-nm', elf], text=True, check=True,
                          stdout=subprocess.PIPE).stdout
    return next(int(row.split()[0], 16) for row in said.splitlines()
                if row.endswith(f' {name}'))


class AtPrompt(Scene):
    """@case is one of tests/uboot/; @script types until the machine ends."""

    def __init__(self, name, case, script):
        super().__init__(name, elf=f'{U_BOOT}/u-boot')
        self.case, self.case.script = case, script

    @contextlib.contextmanager
    def beside(self, out):
        """Whoever starts QEMU gets the one with the plugin."""
        command, env, words = qemu10.how()
        elf, binary = self.elf, f'{U_BOOT}/u-boot.bin'
        host = f"{binary}+{symbol(elf, 'do_trans'):x}"
        blob = f"{binary}+{symbol(elf, 'trans_blob_start_'):x}"
        args, old = self.case.args, (lab.QEMU, dict(os.environ))

        def more():
            changed, blocks = machine.backed(args())
            return [*words, *changed,
                    *machine.plugin(blocks, out, host, blob)]
        self.case.args, lab.QEMU = more, command
        os.environ.update(env)
        try:
            yield
        finally:
            self.case.args, lab.QEMU = args, old[0]
            os.environ.clear()
            os.environ.update(old[1])

    def run(self, live=False):
        qemu10.provide()
        out = os.path.join(machine.HAZARD, f'{self.name}.txt')
        if os.path.exists(out):
            os.remove(out)
        disk.build()
        self.case.timeout = 60 * MINUTES
        with self.beside(out):
            result = self.case.run(live)
        if not os.path.exists(out):
            return result, machine.Trace([], [], '')
        return result, machine.read(out)


def kexecs(c, _):
    at_prompt.set_bootargs(c)
    c.type(f'trans kexec {at_prompt.load_files(c)}\n')
    c.ends(60 * MINUTES)


def kexecs_over(c, _):
    at_prompt.set_bootargs(c)
    files = at_prompt.load_files(
        c, kernel_at=at_prompt.KERNEL_AT + 0x1000)
    keep, _ = at_prompt.over_u_boot(c)
    c.type(f'trans kexec -n {keep} {files}\n')
    c.ends(60 * MINUTES)


SCENES = [
    AtPrompt('u-boot-kexec', at_prompt.Case('hazard', None), kexecs),
    AtPrompt('u-boot-kexec-over-el2', at_prompt.Case('hazard-el2', None, el=2),
             kexecs_over),
]
