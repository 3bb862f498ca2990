# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""Runs QEMU under supervision: a hard time limit, a limit on silence, its own
process group, its serial output in a log. Ends only what it started."""
import contextlib
import os
import re
import select
import signal
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
LOGS = os.path.join(ROOT, 'build', 'logs')
QEMU = 'qemu-system-aarch64'


class Machine:
    """One shape of QEMU's virt, as command line words."""

    def __init__(self, el=1, cpu='cortex-a57', gic='2', ram='512M', smp=1,
                 its=False, more=()):
        self.el, self.cpu, self.gic, self.ram = int(el), cpu, gic, ram
        self.smp, self.its, self.more = smp, its, more

    def args(self):
        virt = ',virtualization=on' if self.el == 2 else ''
        its = ',its=on' if self.its else ''
        sparse = ['-object', 'memory-backend-ram,id=ram,reserve=off,'
                  f'size={self.ram}', '-machine', 'memory-backend=ram']
        return [*(sparse if re.fullmatch(r'\d+T', self.ram) else []),
                '-M', f'virt{virt},gic-version={self.gic}{its}',
                '-cpu', self.cpu, '-m', self.ram, '-smp', str(self.smp),
                '-nographic', '-no-reboot', '-monitor', 'none',
                '-serial', 'stdio', '-nic', 'none', *self.more]


def write_tree(machine, path):
    """The device tree that QEMU gives to what runs on it."""
    words = machine.args()
    words[words.index('-M') + 1] += f',dumpdtb={path}'
    subprocess.run([QEMU, *words], check=True, timeout=60,
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)


class Result:
    """How a run ended: `text` is the serial output, `why` is empty if all
    went as expected, `times` has when what was watched for came."""

    def __init__(self, text, why, seconds, times=None):
        self.text, self.why, self.seconds = text, why, seconds
        self.ok, self.times = not why, times or {}


def attempt(case, live=False):
    """What running it gives. That it could not be run (a full disk, a tool that
    failed) is a failure of this case, and not the end of all others."""
    start = time.monotonic()
    try:
        return case.run(live=live)
    except (OSError, subprocess.SubprocessError) as e:
        return Result('', f'it could not be run: {e}',
                      time.monotonic() - start)


class Watch:
    """Seconds from the start until each pattern came for the first time."""

    def __init__(self, patterns):
        self.left, self.times, self.raw = set(patterns), {}, b''
        self.start = time.monotonic()

    def add(self, data):
        if not self.left:
            return
        self.raw += data
        text = clean(self.raw)
        for pattern in [p for p in self.left if re.search(p, text, re.M)]:
            self.times[pattern] = time.monotonic() - self.start
            self.left.remove(pattern)


def stop(process):
    """End QEMU and what it started: it leads a process group of its own."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def pump(process, log, live, timeout, silence, watch):
    """Copy the serial output until QEMU ends; what went wrong, or ''."""
    start = last = time.monotonic()
    fd = process.stdout.fileno()
    while True:
        now = time.monotonic()
        if now - start > timeout:
            return f'no end within {timeout} s'
        if now - last > silence:
            return f'silent for {silence} s'
        if not select.select([fd], [], [], 0.2)[0]:
            continue
        data = os.read(fd, 65536)
        if not data:
            return ''
        last = time.monotonic()
        log.write(data)
        watch.add(data)
        if live:
            sys.stdout.buffer.write(data)
            sys.stdout.flush()


def judge(text, expect, forbid):
    """The first expectation that the output does not meet, or ''."""
    for pattern in expect:
        if not re.search(pattern, text, re.M):
            return f'missing: {pattern}'
    for pattern in forbid:
        found = re.search(pattern, text, re.M)
        if found:
            return f'unwanted: {found[0]}'
    return ''


def clean(raw):
    """Serial output as text: no carriage returns, no escape sequences."""
    text = raw.decode(errors='replace').replace('\r', '')
    return re.sub(r'\x1b\[[0-9;?]*[A-Za-z]', '', text)


def run_qemu(args, name, timeout=60, silence=20, expect=(), forbid=(),
             live=False, may_hang=False, watch=(), program=(QEMU, None, ())):
    """Run QEMU to its end and judge its serial output, kept in
    build/logs/NAME.log. `program`: command, environment, first words. A run
    that does not end by itself is a failure, unless `may_hang`: some
    crashes have no other way to show."""
    os.makedirs(LOGS, exist_ok=True)
    path = os.path.join(LOGS, f'{name}.log')
    start = time.monotonic()
    watch = Watch(watch)
    with open(path, 'wb') as log:
        process = subprocess.Popen(
            [program[0], *program[2], *args], env=program[1],
            start_new_session=True, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            hung = pump(process, log, live, timeout, silence, watch)
            code = 0 if hung else process.wait(10)
        except subprocess.TimeoutExpired:
            hung, code = 'closed its console but did not end', 0
        finally:
            stop(process)
    with open(path, 'rb') as log:
        text = clean(log.read())
    why = '' if may_hang else hung
    why = why or (f'QEMU exit status {code}' if code else '')
    why = why or ('' if text.strip() else 'said nothing at all')
    why = why or judge(text, expect, forbid)
    return Result(text, why, time.monotonic() - start, watch.times)


def orderly_exit():
    """SIGTERM like Ctrl-C, so that `finally` runs and QEMU is ended."""
    def leave(*_):
        raise KeyboardInterrupt
    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGHUP, leave)
