# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""transtable.efi where the console is a screen and a keyboard: how far it is
stands in one line of text, and Esc is seen at once. (Firmware writes the same
to the serial line, which only says when to look.)"""
import qmp
from at_firmware import Case, STAYS, refused, wakes
from machines import Guest, Lost, Machine

SCREEN = Machine(gic='2', more=['-device', 'ramfb', '-device', 'qemu-xhci',
                                '-device', 'usb-kbd'])
# So that an image takes some seconds.
SLOW = ['-set', 'drive.disk0.throttling.bps-read=8000000']
READING = r'reading the image \d+ %'
TEXT_LINE = 19 # of pixels (EDK2, MdePkg, HiiFont.h: EFI_GLYPH_HEIGHT)


def changed(before, after):
    """Which lines of pixels are others."""
    if len(before) != len(after):
        raise Lost('the screen has another size')
    return [i for i, pair in enumerate(zip(before, after))
            if pair[0] != pair[1]]


def in_place(before, after):
    lines = changed(before, after)
    if not lines:
        raise Lost('nothing moves on the screen')
    if lines[-1] - lines[0] >= TEXT_LINE:
        raise Lost(f'lines {lines[0]} to {lines[-1]} of the screen change')


def moves_and_ends(c, monitor):
    c.expect(READING, 60)
    first = monitor.screen()
    for _ in range(4):
        c.expect(READING, 60)
    second = monitor.screen()
    in_place(first, second)
    monitor.press('esc')
    c.expect(r'TRANS_ESTOPPED', 60)
    c.expect(STAYS, 60)
    if len(changed(second, monitor.screen())) <= TEXT_LINE:
        raise Lost('the screen does not say why')


def on_screen(case, home):
    def script(c):
        c.expect(READING, 240)
        with qmp.of(home) as monitor:
            moves_and_ends(c, monitor)
    refused(case, home, script, [*qmp.args(home), *SLOW])


CASES = [Case('resume-screen', on_screen, wakes, guest=Guest(SCREEN))]
