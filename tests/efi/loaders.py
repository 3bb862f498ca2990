# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""Debian's systemd-boot or GRUB in the application's place, which start it, or
a kernel, by a text file: the ones that docs/efi.md shows."""
import re

import esp  # (finds the others)
import fetch
import payload

LOADERS = f'{payload.BUILD}/loaders/usr/lib'
SYSTEMD_BOOT = f'{LOADERS}/systemd/boot/efi/systemd-bootaa64.efi'
GRUB = f'{LOADERS}/grub/arm64-efi-signed/grubaa64.efi.signed'
DOCUMENT = f'{fetch.ROOT}/docs/efi.md'


def documented(begin):
    """The indented block of docs/efi.md that begins so."""
    text = payload.read(DOCUMENT).decode()
    found = re.search(rf'^    {begin}.*\n(?:    .*\n)+', text, re.M)
    return re.sub('^    ', '', found[0], flags=re.M)


def replace(home, loader, *folders):
    """The first that the firmware starts; the application has a place of its
    own then."""
    fetch.fetch('loaders')
    image = f'{home}/swap.img'
    esp.put(image, f'{esp.BOOT}/BOOTAA64.EFI', loader)
    esp.mtools('mmd', image, *folders)


def put_application(home, conf):
    image = f'{home}/swap.img'
    esp.put(image, '::/EFI/transtable/transtable.efi', esp.APP)
    esp.put_text(image, '::/EFI/transtable/transtable.conf', conf)


def systemd_boot(home, entry, *folders):
    replace(home, SYSTEMD_BOOT, '::/loader', '::/loader/entries', *folders)
    image = f'{home}/swap.img'
    esp.put_text(image, '::/loader/loader.conf', 'timeout 0\n')
    esp.put_text(image, '::/loader/entries/one.conf', entry)


def linux_by_systemd_boot(home, cmdline):
    """A kernel's own way, from the firmware that the application has, too."""
    words = cmdline.replace('initrd=\\sleeper', '')
    systemd_boot(home, 'title Linux\nlinux /Image\ninitrd /sleeper\n'
                 f'options {words}\n')


def entry_of_systemd_boot(home, conf):
    """What is started next stands in the entry itself."""
    text, count = re.subn('next="[^"]*"', lambda _: conf.strip(),
                          documented('title '))
    assert count == 1
    systemd_boot(home, text, '::/EFI/transtable')
    put_application(home, '')


def entry_of_grub(home, conf):
    replace(home, GRUB, '::/EFI/debian', '::/EFI/transtable')
    esp.put_text(f'{home}/swap.img', '::/EFI/debian/grub.cfg',
                 'set timeout=0\n' + documented('menuentry '))
    put_application(home, conf)
