# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""transtable.efi where the firmware verifies what it starts: only what is
signed starts, by the application too, and an image is signed by nobody. The
firmware's variables, with Debian's example key enrolled, come with it."""
import os
import subprocess

import at_firmware
import esp
import sleeper
from at_firmware import Case, KERNEL, kexecs, refuses, says
from at_measured import Measured, kernel_events, measured
from machines import Machine

KEYS = '/usr/share/qemu-efi-aarch64/PkKek-1-snakeoil'
SNAKEOIL = '/usr/share/AAVMF/AAVMF_VARS.snakeoil.fd'
OUT = os.path.join(os.path.dirname(esp.OUT), 'signed')


class SecureMeasured(Measured):
    """Nobody sleeps on it, so its first start is as good as others."""

    def variables(self):
        return self.varstore


SECURE = Machine(gic='2', varstore=SNAKEOIL)
BOTH = SecureMeasured(gic='2', varstore=SNAKEOIL)
NOT_ACCEPTED = r'Secure Boot: the firmware does not accept'
NOT_SIGNED = r'TRANS_ESTATE: Secure Boot is on, and nobody signed'


def sign(source, name):
    os.makedirs(OUT, exist_ok=True)
    key = f'{OUT}/{name}.key'
    subprocess.run(['openssl', 'rsa', '-in', f'{KEYS}.key', '-passin',
                    'pass:snakeoil', '-out', key], check=True,
                   stderr=subprocess.DEVNULL)
    subprocess.run(['sbsign', '--key', key, '--cert', f'{KEYS}.pem',
                    '--output', f'{OUT}/{name}', source], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return f'{OUT}/{name}'


def changed(path):
    """The same with one byte of the kernel's text another one."""
    with open(path, 'rb') as f:
        data = bytearray(f.read())
    data[0x100000] ^= 1
    with open(f'{path}.changed', 'wb') as f:
        f.write(data)
    return f'{path}.changed'


class Secure(Case):
    """With signed files; `app` or `kernel_file` may make others of them."""

    def __init__(self, name, *steps, app=None, kernel_file=None,
                 machine=SECURE, **more):
        super().__init__(name, *steps, machine=machine, **more)
        self.app, self.kernel_file = app, kernel_file

    def prepare(self, home):
        super().prepare(home)
        image = f'{home}/swap.img'
        app = esp.APP if self.app else sign(esp.APP, f'{self.name}.efi')
        esp.put(image, f'{esp.BOOT}/BOOTAA64.EFI', app)
        if not self.guest:
            kernel = sign(sleeper.kernel_file('6.1'), f'{self.name}.Image')
            if self.kernel_file:
                kernel = self.kernel_file(kernel)
            esp.put(image, '::/Image', kernel)
        subprocess.run(['cp', '--sparse=always', SNAKEOIL, f'{home}/vars.fd'],
                       check=True)


def is_measured(case, home):
    """All that is started is signed, and what is measured of the kernel is the
    file with its signature."""
    kernel = f'{OUT}/{case.name}.Image'
    measured(kexecs(), lambda: kernel_events(kernel), lambda path: sign(
        path, f'{case.name}.{os.path.basename(path)}'))(case, home)


CASES = [
    Secure('secure-kexec', kexecs(), conf=KERNEL),
    Secure('secure-kexec-changed', says(NOT_ACCEPTED), conf=KERNEL,
           kernel_file=changed),
    Secure('secure-unsigned', says(r'BdsDxe: failed to \w+ Boot\d+ "UEFI Misc '
                                   r'Device 2".*: (?:Access Denied|Security)'),
           conf=KERNEL, app='unsigned'),
    Secure('secure-measured', is_measured, conf=KERNEL, machine=BOTH),
    Secure('secure-resume', refuses(NOT_SIGNED),
           guest=at_firmware.TREE_GUEST),
]
