# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""QEMU's monitor: a look at the screen, and keys of a keyboard that is not the
serial line (QEMU, docs/interop/qmp-spec.txt)."""
import contextlib
import json
import os
import re
import socket


def args(home):
    return ['-qmp', f'unix:{path(home)},server=on,wait=off']


def path(home):
    """A socket's name is short."""
    return os.path.relpath(f'{home}/qmp')


class Monitor:
    """Of a QEMU that runs with args(home)."""

    def __init__(self, home):
        self.home, self.socket = home, socket.socket(socket.AF_UNIX)
        self.socket.settimeout(30)
        self.socket.connect(path(home))
        self.answers = self.socket.makefile('r', encoding='utf-8')
        self.run('qmp_capabilities')

    def close(self):
        self.answers.close()
        self.socket.close()

    def run(self, command, **arguments):
        self.socket.sendall(json.dumps(
            {'execute': command, 'arguments': arguments}).encode() + b'\n')
        for line in self.answers: # events, too, and who it is
            answer = json.loads(line)
            if 'error' in answer:
                raise OSError(f"{command}: {answer['error']['desc']}")
            if 'return' in answer:
                return
        raise OSError(f'{command}: no answer')

    def press(self, key):
        self.run('send-key', keys=[{'type': 'qcode', 'data': key}])

    def screen(self):
        """Its lines, each the bytes of its pixels."""
        name = f'{self.home}/screen.ppm'
        self.run('screendump', filename=os.path.abspath(name))
        with open(name, 'rb') as f:
            return lines_of(f.read())


@contextlib.contextmanager
def of(home):
    monitor = Monitor(home)
    try:
        yield monitor
    finally:
        monitor.close()


def lines_of(picture):
    """Of a PPM, as QEMU writes it: P6, width, height, 255, three bytes a
    pixel."""
    head = re.match(rb'P6\n(\d+) (\d+)\n255\n', picture)
    length, count = 3 * int(head[1]), int(head[2])
    return [picture[head.end() + i * length:][:length] for i in range(count)]
