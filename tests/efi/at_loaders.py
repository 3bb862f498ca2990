# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""transtable.efi started by another loader, with the text that docs/efi.md has
for it: an image is resumed, and where there is none the next is started."""
import esp
import loaders
from at_firmware import Case, TREE_GUEST, sleeps_again, wakes
from machines import Lost


def started_by(install):
    def step(case, home):
        install(home, case.guest.conf())
    return step


def goes_on(case, home):
    sleeps_again(case, home)
    if not esp.has_image(home):
        raise Lost('went to sleep without an image')


CASES = [
    Case('loader-systemd-boot', started_by(loaders.entry_of_systemd_boot),
         wakes, goes_on, guest=TREE_GUEST),
    Case('loader-grub', started_by(loaders.entry_of_grub), wakes, goes_on,
         guest=TREE_GUEST),
]
