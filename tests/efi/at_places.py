# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""transtable.efi where an image may lie otherwise."""
from at_firmware import Case, wakes
from machines import Guest, Machine

CASES = [
    Case('resume-4096', wakes, guest=Guest(Machine(gic='2', sector=4096))),
]
