#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""From the firmware's start of transtable.efi to the saved Linux's user space,
beside Linux's own way from the same disk and firmware, which is systemd-boot, a
kernel and its resume. In instructions, which count.so counts while -icount has
time go by them, and in seconds of a run without either, which say something of
this machine while it did nothing else."""
import json
import os
import re
import struct
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
sys.path.insert(0, f'{ROOT}/tests/efi')
import at_firmware  # noqa: E402 (finds the others)
import demo_efi  # noqa: E402
import lab  # noqa: E402
import machines  # noqa: E402
import payload  # noqa: E402

COUNT = f'{payload.BUILD}/bench/count.so'
GUESTS = {'not packed': ['hibernate=nocompress'], 'LZO': []}
BUDGET = 4 # times
TIMES = 3


def console_at(raw, pattern):
    """How many bytes had been said before the line."""
    found = re.search(pattern.strip('^$').encode(), raw)
    if not found:
        sys.exit(f'bench: not said: {pattern}')
    return found.start()


def instructions(name, counts):
    """Between the two points, by what was counted at each byte."""
    raw = payload.read(f'{lab.LOGS}/{name}.log')
    data = payload.read(counts)
    count = struct.unpack(f'<{len(data) // 8}Q', data)
    if len(count) != len(raw):
        sys.exit(f'bench: {len(raw)} bytes, {len(count)} of them counted')
    return count[console_at(raw, demo_efi.AWAKE)] - \
        count[console_at(raw, demo_efi.STARTS)]


def run(guest, home, name, change, **more):
    result = demo_efi.wake(guest, home, name, change, **more)
    if result.why:
        sys.exit(f'bench: {result.why}; see build/logs/{name}.log')
    return result


def measure(guest, home, name, change):
    """(seconds, instructions), of each the best of some: nothing makes a run
    faster than it can be, and who waits for a disk counts turns of a loop."""
    counts = f'{payload.BUILD}/bench/{name}.counts'

    def counted():
        run(guest, home, name, change, more=[
            '-icount', 'shift=1', '-plugin', f'{COUNT},out={counts}'])
        return instructions(name, counts)
    seconds = min(demo_efi.seconds(run(guest, home, name, change))
                  for _ in range(TIMES))
    return seconds, min(counted() for _ in range(TIMES))


def wake(words):
    guest = machines.Guest(at_firmware.TREE, words=words)
    home = machines.asleep(guest, 'bench-efi')
    ways = {'ours': demo_efi.as_it_is,
            'linux': demo_efi.linux_itself(guest)}
    return {way: measure(guest, home, f'bench-efi-{way}', change)
            for way, change in ways.items()}


def main():
    lab.orderly_exit()
    found = {}
    print(f'{"from firmware to user space":28} {"application":>22} '
          f'{"systemd-boot, Linux":>22} {"ratio":>6}')
    for name, words in GUESTS.items():
        found[name] = wake(words)
        for i, unit in enumerate(('seconds', 'instructions')):
            ours, linux = (found[name][w][i] for w in ('ours', 'linux'))
            over = ' over' if ours * BUDGET > linux else ''
            kind = ',.2f' if isinstance(ours, float) else ',d'
            print(f'{name + ", " + unit:28} {ours:22{kind}} {linux:22{kind}} '
                  f'{linux / ours:6.1f}{over}', flush=True)
    with open(f'{payload.BUILD}/bench-efi.json', 'w', encoding='utf-8') as f:
        json.dump(found, f, indent=1)


if __name__ == '__main__':
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
