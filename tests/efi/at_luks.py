# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""A guest whose swap space is in LUKS: transtable.efi cannot look into it, and
does not refuse. It starts the usual system, whose initrd has the key."""
import gzip
import os
import re
import subprocess

import esp  # (finds the others)
import fetch
import machines
import payload
import sleeper
from at_firmware import BOOTED, Case, TREE, sleeps_again
from machines import Guest, Lost

TOOLS = f'{payload.BUILD}/cryptsetup'
PROGRAMS = ['sbin/cryptsetup', 'usr/bin/chattr']
LIBRARIES = 'lib/aarch64-linux-gnu'
LOADER = 'lib/ld-linux-aarch64.so.1'
MODULES = ['drivers/md/dm-crypt', 'crypto/xts', 'arch/arm64/crypto/aes-ce-blk',
           'crypto/algif_skcipher']
# (A blank may be the end of a line.)
UNSEEN = (r'transtable: resume: TRANS_ENOENT: no device has that UUID '
          r'\(LUKS or LVM cannot be looked into\)').replace(' ', r'\s+')
GUEST = Guest(TREE, words=['tt.luks', 'tt.location=swap', r'initrd=\luks'])


def needed(path):
    said = subprocess.run(['readelf', '-d', path], check=True, text=True,
                          stdout=subprocess.PIPE).stdout
    return re.findall(r'\(NEEDED\).*\[(.*)\]', said)


def find(name):
    for where in (LIBRARIES, f'usr/{LIBRARIES}'):
        if os.path.exists(f'{TOOLS}/{where}/{name}'):
            return f'{TOOLS}/{where}/{name}'
    raise Lost(f'no package has {name}')


def libraries(paths, found=None):
    """{name: path} of all that these need, themselves or through others."""
    found = {} if found is None else found
    for path in paths:
        more = [n for n in needed(path) if n not in found]
        found.update({n: find(n) for n in more})
        libraries([found[n] for n in more], found)
    return found


def fill(archive):
    """Beside the sleeper's own initramfs."""
    programs = [f'{TOOLS}/{p}' for p in PROGRAMS]
    for d in ('bin', 'lib', LIBRARIES, 'luks'):
        archive.add(d, mode=0o040755)
    for path in programs:
        archive.add(f'bin/{os.path.basename(path)}', payload.read(path))
    for name, path in libraries(programs).items():
        archive.add(f'{LIBRARIES}/{name}', payload.read(path))
    archive.add(LOADER, payload.read(find(os.path.basename(LOADER))))
    modules = sleeper.modules(GUEST.kernel, MODULES, sleeper.modules(
        GUEST.kernel, sleeper.MODULES + sleeper.ON_DEMAND))
    for name, data in modules.items():
        archive.add(f'luks/{name}.ko', data)
    archive.add('luks/order', ''.join(f'{m}.ko\n' for m in modules).encode())
    archive.add('luks/key', b'a key that is in a file', 0o100600)


def add_initramfs(_, home):
    fetch.fetch('cryptsetup')
    payload.write_cpio(f'{home}/luks', fill)
    with gzip.open(f'{home}/luks.gz', 'wb', 1) as f:
        f.write(payload.read(f'{home}/luks'))
    esp.put(f'{home}/swap.img', '::/luks', f'{home}/luks.gz')


def falls_asleep(case, home):
    sleeps_again(case, home)
    if esp.has_image(home):
        raise Lost('the image is not in LUKS')


def is_left_to_linux(case, home):
    """One line; and whom it starts finds the variable, and its image."""
    def script(c):
        c.expect(UNSEEN, 240)
        c.expect(BOOTED, 60)
        c.expect('SLEEPER: the variable is there', 300)
        machines.slept_well(c)
        if c.text.count('transtable:') != 1:
            raise Lost('it said more')
    case.at_console(home, script)


CASES = [
    Case('luks', add_initramfs, falls_asleep, is_left_to_linux, falls_asleep,
         machine=TREE, conf=GUEST.conf()),
]
