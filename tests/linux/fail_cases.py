# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""Out of memory: the kernel's own fault injection lets each allocation of a
load, and of what a resume does with tables, fail once (tests/linux/fail.c)."""
import os
import re
import struct

import kexec_cases

# An image has more of them than its pages, a crash image some. Each of them
# fails once a round: where one keeps a page, 240 rounds keep 960 KiB. Without,
# what is free differs by up to some 230 either way, however many rounds there
# are; from what is kept, that leaves 730.
REFUSED = re.compile(r'^LINUX: loads( of a file)? refused (\d+), '
                     r'went on \d+, then (a crash image )?taken', re.M)
LESS = re.compile(r'^LINUX: (-?\d+) KiB less are free', re.M)
# By: of a file; a crash image.
LEAST = {(False, False): 20, (False, True): 3,
         (True, False): 60, (True, True): 12}
ROUNDS, MOST_KIB, PATIENCE = 240, 320, 600
IMAGE_LEN = 64 << 10


def small_image():
    """What kexec_file_load takes for an Image, of few pages (Linux,
    Documentation/arch/arm64/booting.rst: image_size, 4K pages, anywhere)."""
    head = struct.pack('<8x3Q24x4s4x', 0, IMAGE_LEN, 0xa, b'ARM\x64')
    return head.ljust(IMAGE_LEN, b'\0')


def loads(lx, expect, *words):
    """And then the same kernel leaves."""
    def run(case):
        case.patience = max(case.patience, PATIENCE)
        text = lx.boot(case, 1, case.guest, ['tt.do=fail', 'tt.how=-s',
                                                f'tt.rounds={ROUNDS}', *words],
                       [r'^LINUX: sent', *expect, r'^LINUX: arrived'])
        found = REFUSED.findall(text)
        if len(found) != 2 * (1 + ROUNDS) or any(
                int(n) < LEAST[bool(file), bool(crash)]
                for file, n, crash in found):
            raise lx.Failed(f'loads refused: {found}')
        lost = LESS.search(text)
        if not lost or int(lost[1]) > MOST_KIB:
            raise lx.Failed(lost[0] if lost else 'it did not end')
    return run


def wakes(lx):
    """To sleep; then a kernel resumes it, in the end."""
    def run(case):
        path, drive = lx.disk(case)
        try:
            lx.boot(case, 1, case.guest, ['tt.do=hibernate'],
                    [r'^LINUX: asleep soon'], drive,
                    [*lx.BAD, 'LINUX: awake'])
            lx.boot(case, 2, case.guest, ['tt.do=fail_wake'],
                    [r'PM: hibernation: resume failed \(-12\)',
                     r'^LINUX: allocation 1 of the resume failed, 0 left',
                     r'^LINUX: awake'], drive)
        finally:
            os.remove(path)
    return run


def cases(lx, kernel):
    """@lx: run_linux.py."""
    def case(name, do, words):
        return lx.Case(f'{kernel}-fail-{name}', kernel, do, lx.machine('el1'),
                       words, 'slim')
    crashes = kexec_cases.CRASHES
    yield case('trans', loads(lx, [
        r'kexec_trans: TRANS_ENOMEM', kexec_cases.MOVED]),
               [*kexec_cases.WORDS, *crashes])
    yield case('library', loads(lx, []), [*kexec_cases.NOT, *crashes])
    yield case('file', loads(lx, [
        r'kexec_trans: TRANS_ENOMEM', r'^LINUX: loads of a file',
        kexec_cases.MOVED], 'tt.files=y'), [*kexec_cases.WORDS, *crashes])
    yield case('resume', wakes(lx), kexec_cases.NOT)
