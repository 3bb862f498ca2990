# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""One run of QEMU 10 with the plugin beside it: how its command line changes,
and what the plugin wrote."""
import os
import re
import sys
from typing import NamedTuple

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(os.path.dirname(HERE), d) for d in ('qemu', 'lab')]
import lab  # noqa: E402
import qemu10  # noqa: E402

BUILD = os.path.join(lab.ROOT, 'build')
HAZARD = os.path.join(BUILD, 'hazard')
PLUGIN = os.path.join(HAZARD, 'hazard.so')
RAM_AT = 0x40000000
UNIT = {'M': 20, 'G': 30, 'T': 40}
DEFAULT = '128M' # of QEMU's virt, without -m


class Finding(NamedTuple):
    """As the plugin says it; @site and @by are REGION+OFFSET, or an address."""
    rule: str
    phase: str
    site: str
    by: str
    count: int
    pa: int
    detail: int


class Trace(NamedTuple):
    events: list
    findings: list
    end: str # how it ended; '' means that it did not


def size(text):
    """As QEMU reads what -m says: [size=]N, of MiB if nothing else is said."""
    number, unit = re.fullmatch(r'(?:size=)?(\d+)([MGT]?)',
                                text.upper().replace('SIZE', 'size')).groups()
    return int(number) << UNIT[unit or 'M']


def read(path):
    events, findings, end = [], [], ''
    with open(path, encoding='ascii', errors='replace') as f:
        for line in f:
            kind, _, rest = line.rstrip('\n').partition(' ')
            if kind == 'event':
                events.append(rest)
            elif kind == 'finding':
                rule, phase, site, by, count, pa, detail = rest.split()
                findings.append(Finding(rule, phase, site, by, int(count),
                                        int(pa, 16), int(detail, 16)))
            elif kind == 'end':
                end = rest
    return Trace(events, findings, end)


def backed(args):
    """The same machine, with its RAM in files that the plugin can find."""
    args, words = list(args), []
    ram = size(args[args.index('-m') + 1].split(',')[0] if '-m' in args
               else DEFAULT)
    blocks = [(RAM_AT, ram, 'ram')]
    if not any('memory-backend=ram' in a for a in args):
        words = ['-machine', 'memory-backend=ram', '-object',
                 f'memory-backend-file,id=ram,size={ram},mem-path={HAZARD},'
                 'share=off,reserve=off']
    for i, arg in enumerate(args):
        found = re.match(r'memory-backend-ram,id=(\w+),(.*size=(\w+).*)', arg)
        if found:
            args[i] = (f'memory-backend-file,id={found[1]},{found[2]},'
                       f'mem-path={HAZARD},share=off')
            if found[1] != 'ram':
                far = next(a for a in args if f'memdev={found[1]}' in a)
                blocks.append((int(far.split('addr=')[1], 16),
                               int(found[3]), found[1]))
    return args + words, blocks


def entered(path):
    """PATH+OFFSET; without one it is the beginning."""
    return path if re.search(r'\+[0-9a-f]+$', path) else f'{path}+0'


def plugin(blocks, out, host, blob, more=()):
    words = [PLUGIN, *(f'ram={pa:x}+{length:x}+{name}'
                       for pa, length, name in blocks),
             f'host={entered(host)}', f'blob={entered(blob)}', f'out={out}',
             *more]
    return ['-plugin', ','.join(words), '-accel', 'tcg,thread=multi']


run_plain = None # lab.run_qemu, while somebody stands in its place


def run(args, name, host, blob, more=(), timeout=300, live=False):
    """(lab.Result, Trace)"""
    qemu10.provide()
    out = os.path.join(HAZARD, f'{name}.txt')
    if os.path.exists(out):
        os.remove(out)
    words, blocks = backed(args)
    result = (run_plain or lab.run_qemu)(
        words + plugin(blocks, out, host, blob, more),
        f'hazard-{name}', timeout=timeout, silence=timeout, live=live,
        program=qemu10.how())
    if not os.path.exists(out):
        return result, Trace([], [], '')
    return result, read(out)
