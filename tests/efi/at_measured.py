# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""transtable.efi on machines with a TPM (swtpm): what it starts is in the PCRs
and in the firmware's log before it is started, a resume too, and where it only
looks nothing is. What the firmware logged is replayed, and must be what the TPM
says; both come by witness.c, when the firmware is left."""
import contextlib
import os
import re
import shutil
import signal
import subprocess
import time

import esp
import fetch
import lab
import machines
import payload
import sleeper
import tcg
from at_firmware import (BOOTED, Case, KERNEL, RESUMING, SHELL, STAYS,
                         STARTING, kexecs, plans, refused)
from machines import Guest, Lost, Machine, slept_well

SETTLED = os.path.join(esp.OUT, 'settled.fd')
APPS = os.path.dirname(esp.APP)
RESUME, RESUME_PCRS = b'transtable: resume', [4, 8, 9, 11, 12]
FILES, WORDS = 9, 8


@contextlib.contextmanager
def tpm_at(home):
    """Its state outlives it. It ends with QEMU, or, where that never came to
    ask it, or it does not, here."""
    os.makedirs(f'{home}/tpm', exist_ok=True)
    with contextlib.suppress(FileNotFoundError):
        os.remove(socket_of(home)) # of one that was killed
    tpm = subprocess.Popen(
        ['swtpm', 'socket', '--tpm2', '--terminate', '--tpmstate',
         f'dir={home}/tpm', '--ctrl', f'type=unixio,path={socket_of(home)}',
         '--pid', f'file={home}/tpm.pid'], start_new_session=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL)
    try:
        wait_for(socket_of(home))
        yield
        with contextlib.suppress(subprocess.TimeoutExpired):
            tpm.wait(10)
    finally:
        lab.stop(tpm)


def socket_of(home):
    """Its name is short."""
    return os.path.relpath(f'{home}/tpm.socket')


def wait_for(path):
    end = time.monotonic() + 30
    while not os.path.exists(path):
        if time.monotonic() > end:
            raise Lost('no TPM')
        time.sleep(0.05)


class Measured(Machine):
    """With a TPM. Its firmware has needed more memory of ACPI's for it than is
    set aside, remembers that, and has another map from the second start on: an
    image of the first would be refused."""

    def args(self):
        return [*super().args(), '-tpmdev', 'emulator,id=tpm,chardev=tpm',
                '-device', 'tpm-tis-device,tpmdev=tpm']

    def all_args(self, home, more=()):
        return [*super().all_args(home, more), '-chardev',
                f'socket,id=tpm,path={socket_of(home)}']

    def beside(self, home):
        return tpm_at(home)

    def variables(self):
        """Behind a first start."""
        with fetch.locked(f'{SETTLED}.lock'):
            if not payload.newer(SETTLED, [self.varstore]):
                self.settle()
        return SETTLED

    def settle(self):
        with machines.scratch('settles') as home:
            esp.make(home)
            shutil.copy(self.varstore, f'{home}/vars.fd')
            with machines.start(self, home, 'efi-settles') as c:
                c.expect(SHELL, 240)
            shutil.copy(f'{home}/vars.fd', SETTLED)


def put_before(case, home, app, signed=str):
    """It is started first, and then the application, with its words. Both as
    `signed` has them."""
    image = f'{home}/swap.img'
    esp.put(image, f'{esp.BOOT}/BOOTAA64.EFI', signed(f'{APPS}/{app}.efi'))
    esp.put(image, '::/subject.efi', signed(esp.APP))
    esp.put_text(image, '::/subject.conf', case.conf)


def said(text, what):
    return bytes.fromhex(''.join(re.findall(rf'witness: {what} (\w+)\n', text)))


def testimony(text):
    """(the log, where its last entry is, {bank: {PCR: value}})"""
    last = re.search(r'witness: last entry at (\d+)\n', text)
    if not last:
        raise Lost('the witness has no log')
    values = {bank: {} for bank in tcg.HASHES}
    for part in text.split('witness: of bank ')[1:]:
        bank, pcr = map(int, re.match(r'(\d+), PCR (\d+)\n', part).groups())
        values[bank][pcr] = tcg.pcr_of(said(part, 'pcr'))
    return said(text, 'log'), int(last[1]), values


def kernel_events(kernel=sleeper.kernel_file('6.1')):
    """Of KERNEL: PCR, what is hashed, what is logged."""
    words = payload.CMDLINE.encode()
    return [(FILES, payload.read(kernel), b'\\Image'),
            (FILES, payload.read(f'{payload.OUT}/initramfs'), b'\\initrd'),
            (WORDS, words, b'kernel_cmdline: ' + words)]


def resume_events():
    return [(pcr, RESUME, RESUME) for pcr in RESUME_PCRS]


def bears_out(text, expected):
    """The log is what the TPM has, and of it are these, and no other, ours."""
    try:
        found = tcg.read(*testimony(text))
    except tcg.Broken as why:
        raise Lost(str(why)) from None
    ours = tcg.ours(found)
    if ours != [tcg.event(found, *e) for e in expected]:
        raise Lost('measured: ' + ', '.join(
            f'PCR {pcr} {digests[11].hex()} {data}'
            for pcr, digests, data in ours))


def measured(step, expected, signed=str):
    """A step that leaves the firmware, under a witness."""
    def done(case, home):
        put_before(case, home, 'witness', signed)
        step(case, home)
        bears_out(case.text, expected())
    return done


def wakes(case, home):
    def script(c):
        c.expect(RESUMING, 240)
        slept_well(c)
    case.at_console(home, script)


def boots(case, home):
    """What is next, by its EFI stub."""
    def script(c):
        c.expect(BOOTED, 240)
        c.expect(r'witness: end', 120)
    case.at_console(home, script)


def loses_tpm(*said):
    """It goes when the firmware has measured the first application. The image,
    if there is one, stays as it is."""
    def step(case, home):
        def script(c):
            c.expect(r'pause: press a key', 240)
            os.kill(int(payload.read(f'{home}/tpm.pid')), signal.SIGKILL)
            c.type(' ')
            for words in said:
                c.expect(words, 300)
        put_before(case, home, 'pause')
        refused(case, home, script)
    return step


def other_machine(case, _):
    """Whose runtime services are elsewhere."""
    case.machine = Measured(gic='2', ram='768M')


MACHINE = Measured(gic='2')
GUEST = Guest(MACHINE)
NEXT = r'next="\Image initrd=\initrd"'
# (A blank may be the end of a line.)
WITHOUT = (r'the TPM fails, status 0x\w+; the kernel is started without'
           ).replace(' ', r'\s+')
NOT_TAKEN = (r'TRANS_EHOST: the TPM did not take the event of a resume'
             ).replace(' ', r'\s+')

CASES = [
    Case('measured-kexec', measured(kexecs(), kernel_events), machine=MACHINE,
         conf=KERNEL),
    Case('measured-resume', plans, measured(wakes, resume_events),
         guest=GUEST),
    Case('measured-refused', other_machine, measured(boots, resume_events),
         guest=GUEST, conf=f'on-refusal=linux {NEXT}'),
    Case('measured-failing-kexec', loses_tpm(
        WITHOUT, STARTING, 'TRANS-TABLE-LINUX: PASS'), machine=MACHINE,
        conf=KERNEL),
    Case('measured-failing', loses_tpm(NOT_TAKEN, STAYS), measured(
        wakes, resume_events), guest=GUEST),
    Case('measured-none', measured(boots, list), machine=MACHINE, conf=NEXT),
]
