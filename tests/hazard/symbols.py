# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""REGION+OFFSET becomes function and source line, by the region's ELF file. A
kernel without one keeps its offset in the Image."""
import os
import subprocess


class Symbols:
    """@elves: {region: (path of an ELF file, address of the region's start)}"""

    def __init__(self, elves):
        self.elves, self.known = elves, {}

    def place(self, site):
        """(function, file:line or '')"""
        if site not in self.known:
            self.known[site] = self.look(site)
        return self.known[site]

    def look(self, site):
        region, plus, offset = site.partition('+')
        elf, base = self.elves.get(region, (None, 0))
        if not plus or not elf or not os.path.exists(elf):
            return site, ''
        said = subprocess.run(
            ['aarch64-linux-gnu-addr2line', '-f', '-e', elf,
             hex(int(offset, 16) + base)], text=True, check=True,
            stdout=subprocess.PIPE).stdout.split('\n')
        function, where = said[0], said[1].split(' ')[0]
        if function == '??':
            return self.nearest(elf, int(offset, 16) + base) or site, ''
        return function, short(where)

    def nearest(self, elf, address):
        """Assembler without a type: the label before it."""
        names = self.known.setdefault(('names', elf), labels(elf))
        before = [n for n in names if n[0] <= address]
        return before[-1][1] if before else ''


def labels(elf):
    said = subprocess.run(['aarch64-linux-gnu-nm', '-n', elf], text=True,
                          check=True, stdout=subprocess.PIPE).stdout
    rows = (line.split() for line in said.splitlines())
    return [(int(r[0], 16), r[2]) for r in rows
            if len(r) == 3 and not r[2].startswith('$')]


def short(where):
    """trans/transition/blob/mover.c:42, wherever it was compiled."""
    for top in ('/trans/', '/lib/', '/ports/', '/kexec/', '/hibernate/',
                '/arch/', '/kernel/', '/mm/', '/init/'):
        if top in where:
            return top[1:] + where.split(top, 1)[1]
    return os.path.basename(where) if '?' not in where else ''
