# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""Which QEMU cases have passed, and with what: hours of them need not begin
anew because the last one was interrupted."""
import glob
import hashlib
import json
import os
import subprocess

import lab

PATH = 'build/passed.json'
# What a result depends on, beside QEMU: what runs, and what is asked of it.
DEPENDS = ('build/arm64/port*.bin', 'build/arm64/examples/*.bin', 'tests/qemu/*.py', 'tests/lab/*')


def state():
    """A hash of the binaries and of the tests."""
    total = hashlib.sha256(subprocess.check_output([lab.QEMU, '--version']))
    for pattern in DEPENDS:
        for path in sorted(glob.glob(os.path.join(lab.ROOT, pattern))):
            if os.path.isfile(path):
                with open(path, 'rb') as f:
                    total.update(hashlib.file_digest(f, 'sha256').digest())
    return total.hexdigest()


class Record:
    """Names of cases that passed in one state, kept in a file. Another state
    empties it; without @resume, what is run is struck off first."""

    def __init__(self, now, resume, path=os.path.join(lab.ROOT, PATH)):
        self.now, self.resume, self.path = now, resume, path
        self.names = set()
        if os.path.exists(path):
            with open(path, encoding='utf-8') as f:
                kept = json.load(f)
            if kept['state'] == now:
                self.names = set(kept['names'])

    def left_of(self, picked):
        """Those of the cases that are still to be run."""
        if not self.resume:
            self.names -= {c.name for c in picked}
            self.write()
            return picked
        left = [c for c in picked if c.name not in self.names]
        print(f'  {len(picked) - len(left)} cases have passed before, '
              f'{len(left)} are left', flush=True)
        return left

    def add(self, case):
        self.names.add(case.name)
        self.write()

    def write(self):
        """Whole or not at all."""
        with open(f'{self.path}.new', 'w', encoding='utf-8') as f:
            json.dump({'state': self.now, 'names': sorted(self.names)}, f)
        os.replace(f'{self.path}.new', self.path)
