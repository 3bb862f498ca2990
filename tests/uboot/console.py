# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""A serial console that is typed at: QEMU with U-Boot as its firmware, driven
at the `=>` prompt. Every wait has an end; ends only what it started."""
import contextlib
import os
import re
import select
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), 'qemu'))
import lab  # noqa: E402

PROMPT = r'(?:^|\n)=> $'


class Lost(Exception):
    """What was waited for did not come."""


class Console:
    """One run of QEMU. `text` is all it said, with what was typed."""

    def __init__(self, args, name, live=False, timeout=120):
        os.makedirs(lab.LOGS, exist_ok=True)
        self.log = open(os.path.join(lab.LOGS, f'{name}.log'), 'wb')
        self.live, self.end = live, time.monotonic() + timeout
        self.raw, self.text, self.seen = b'', '', 0
        self.process = subprocess.Popen(
            [lab.QEMU, *args], start_new_session=True, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        lab.stop(self.process)
        self.process.stdin.close()
        self.process.stdout.close()
        self.log.close()

    def read(self, seconds):
        """Take what comes within some time; False at the end of it all."""
        fd = self.process.stdout.fileno()
        if not select.select([fd], [], [], seconds)[0]:
            return True
        data = os.read(fd, 65536)
        self.log.write(data)
        self.log.flush()
        if self.live:
            sys.stdout.buffer.write(data)
            sys.stdout.flush()
        self.raw += data
        self.text = lab.clean(self.raw)
        return bool(data)

    def expect(self, pattern, seconds=30):
        """Wait for a pattern in what came since the last one; the text up to
        its end."""
        end = min(self.end, time.monotonic() + seconds)
        while True:
            found = re.search(pattern, self.text[self.seen:])
            if found:
                part = self.text[self.seen:self.seen + found.end()]
                self.seen += found.end()
                return part
            if time.monotonic() > end:
                raise Lost(f'within {seconds} s: no {pattern}')
            if not self.read(0.2):
                raise Lost(f'ended without: {pattern}')

    def type(self, text):
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.write(text.encode())
            self.process.stdin.flush()

    def prompt(self):
        """U-Boot's prompt, whatever it would boot by itself."""
        self.expect(r'Hit any key to stop autoboot')
        self.type(' ')
        self.expect(PROMPT)

    def run(self, command, seconds=30):
        """What a command says, up to the next prompt."""
        self.type(command + '\n')
        self.expect(r'\n')
        said = self.expect(r'(?:^|\n)=> $', seconds)
        return said[:said.rindex('=> ')].strip('\n')

    def must(self, command, seconds=30):
        """A command that must succeed."""
        said = self.run(f'if {command}; then echo done well; fi', seconds)
        if 'done well' not in said:
            raise Lost(f'{command}: {said}')
        return said

    def fails(self, command, why, seconds=30):
        """A command that must fail, for a reason, and come back."""
        said = self.run(f'if {command}; then echo done well; fi', seconds)
        if 'done well' in said or not re.search(why, said):
            raise Lost(f'{command} should fail with {why}: {said}')
        return said

    def ends(self, seconds=60):
        """Until QEMU ends by itself."""
        end = min(self.end, time.monotonic() + seconds)
        while self.read(0.2):
            if time.monotonic() > end:
                raise Lost(f'no end within {seconds} s')
        if self.process.wait(10):
            raise Lost(f'QEMU exit status {self.process.returncode}')
