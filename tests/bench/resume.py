#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""How long the port takes to wake Debian's kernel in QEMU, beside that kernel's
own way from the same disk. QEMU interprets every instruction: the ratios say
something of instructions, the figures nothing of hardware."""
import json
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
sys.path[:0] = [os.path.join(ROOT, 'tests', d) for d in ('qemu', 'lab')]
import says  # noqa: E402
import demo  # noqa: E402
import hibernate  # noqa: E402
import lab  # noqa: E402
import sleeper  # noqa: E402

GUESTS = {
    'not packed': sleeper.Sleeper(words=hibernate.PACKING['raw']),
    'LZO': sleeper.Sleeper(),
    'LZ4': sleeper.Sleeper(kernel='6.12', words=hibernate.PACKING['lz4']),
}
# Not measured here: it takes minutes, and gigabytes of memory and disk. (Files
# may fill half of the memory that the archive they come from leaves.)
LARGE = sleeper.Sleeper(lab.Machine(ram='6G'), fill=1440)
TIMES = 3


def measured(result, times):
    if result.why:
        sys.exit(f'bench: {result.why}')
    return times[says.AWAKE]


def wake(name, guest):
    """The best of some: nothing makes a run faster than it can be."""
    library, linux, figures = [], [], {}
    home = sleeper.asleep(guest, 'bench')
    for _ in range(TIMES):
        nap = hibernate.wide_awake('bench-wake', guest)
        result = nap.run()
        library.append(measured(result, nap.times))
        found = {k: int(v) for k, v, _ in
                 re.findall(says.FIGURE, result.text, re.M)}
        if found['load_rate'] > figures.get('load_rate', -1):
            figures = found
        result = demo.by_linux(guest, home, live=False)
        linux.append(measured(result, result.times))
    return {'library_s': min(library), 'linux_s': min(linux), **figures}


def main():
    lab.orderly_exit()
    found = {}
    print(f'{"resume in QEMU":16} {"library":>9} {"Linux":>9} {"ratio":>6} '
          f'{"load":>9} {"placed":>7} {"moved":>6}')
    for name, guest in GUESTS.items():
        f = found[name] = wake(name, guest)
        print(f'{name:16} {f["library_s"]:7.2f} s {f["linux_s"]:7.2f} s '
              f'{f["linux_s"] / f["library_s"]:6.1f} '
              f'{f["load_rate"]:4} MB/s {f["direct_pages"]:7} '
              f'{f["moved_pages"]:6}', flush=True)
    with open(f'{sleeper.BUILD}/bench-resume.json', 'w',
              encoding='utf-8') as out:
        json.dump(found, out, indent=1)


if __name__ == '__main__':
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
