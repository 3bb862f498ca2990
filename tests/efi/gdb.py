# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""A debugger of few words, for QEMU's gdbstub: it stops the machine where a
place in memory is written to, and changes other places meanwhile. (GDB manual,
"Remote Serial Protocol".)"""
import contextlib
import socket
import time


def args(path):
    """Words for QEMU."""
    return ['-chardev', f'socket,id=gdb,path={path},server=on,wait=off',
            '-gdb', 'chardev:gdb']


class Stub:
    """While it is connected and was not told to go on, the machine stands."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(60)
        self.socket.connect(path)
        self.got, self.runs = b'', False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with contextlib.suppress(OSError):
            self.send('D') # it goes on, without us
        self.socket.close()

    def send(self, text):
        total = sum(text.encode()) % 256
        self.socket.sendall(f'${text}#{total:02x}'.encode())

    def answer(self):
        """The next packet; acknowledged."""
        while b'#' not in self.got[:-2]:
            self.got += self.socket.recv(4096)
        packet, self.got = self.got.split(b'#', 1)
        self.got = self.got[2:]
        self.socket.sendall(b'+')
        return packet.split(b'$', 1)[1].decode()

    def ask(self, text):
        """That the machine stands is said without a question, too: when we come
        in."""
        self.send(text)
        said = self.answer()
        while said[:1] in ('S', 'T'):
            said = self.answer()
        return said

    def watch(self, at):
        return self.ask(f'Z2,{at:x},8')

    def unwatch(self, at):
        return self.ask(f'z2,{at:x},8')

    def goes_on(self):
        self.send('c')
        self.runs = True

    def stopped(self, seconds):
        """Until it stands; False: not within that time."""
        self.socket.settimeout(seconds)
        with contextlib.suppress(TimeoutError):
            self.answer()
            self.runs = False
        self.socket.settimeout(60)
        return not self.runs

    def flip(self, at):
        """One byte."""
        byte = int(self.ask(f'm{at:x},1'), 16) ^ 0xff
        return self.ask(f'M{at:x},1:{byte:02x}')


def connected(path, seconds=20):
    """As soon as QEMU listens."""
    end = time.monotonic() + seconds
    while True:
        try:
            return Stub(path)
        except (FileNotFoundError, ConnectionRefusedError):
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
