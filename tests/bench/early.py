#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""What it saves that the next packed pages are read while others are unpacked
(block.h, read_start): loads in QEMU from a disk of so many MB/s, with it and
without, in turn, the best of some. early.py [MB/s ...]"""
import re
import sys

import resume
from resume import hibernate, lab, says

GUESTS = 'not packed', 'LZO'
RATES = 40, 80
TIMES = 6


def loads(name, guest, rate):
    """[milliseconds of loads with it], [and without]"""
    found = {'early=on': [], 'early=off': []}

    def step(nap):
        for option in list(found) * TIMES:
            words = ['dry'] + [option] * (option == 'early=off')
            text = nap.port(words, ['TRANS_EHOST: dry run'], [says.DIED],
                            disks=f',throttling.bps-read={rate * 10**6}')
            figures = {k: v for k, v, _ in
                       re.findall(says.FIGURE, text, re.M)}
            found[option].append(int(figures['load_ms']))
        return text

    result = hibernate.Nap('bench-early', guest, step).run()
    if result.why:
        sys.exit(f'bench: {name}: {result.why}\n{result.text[-2000:]}')
    return found.values()


def main():
    lab.orderly_exit()
    rates = [int(word) for word in sys.argv[1:]] or RATES
    print(f'{"load in QEMU":12} {"disk":>9} {"waited for":>11} {"early":>8} '
          f'{"ratio":>6}')
    for name in GUESTS:
        for rate in rates:
            with_it, without = map(min, loads(name, resume.GUESTS[name], rate))
            print(f'{name:12} {rate:4} MB/s {without:8.0f} ms '
                  f'{with_it:5.0f} ms {without / with_it:6.2f}', flush=True)


if __name__ == '__main__':
    main()
