#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""make linux: kernels of Debian's linux-source with ports/linux in them, which
leave by kexec, hibernate and resume on tables that the library made; and what a
copy takes, beside Linux's own, counted inside one kernel."""
import argparse
import concurrent.futures
import fnmatch
import hashlib
import itertools
import os
import re
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, *(f'{ROOT}/tests/{d}' for d in ('lab', 'qemu', 'bench'))]
import factors  # noqa: E402
import fetch  # noqa: E402
import kexec  # noqa: E402
import lab  # noqa: E402
import payload  # noqa: E402
import fail_cases  # noqa: E402
import kexec_cases  # noqa: E402
import ktree  # noqa: E402

RUNS = f'{ktree.OUT}/runs'
DATA_LEN = 4 << 20
SWAP_MIB = 160
GROWTH = 20 << 10 # of vmlinux, by the library instead of Linux's own
MAX = 'max,pauth-impdef=on'
BAD = [r'LINUX: BAD.*', r'Kernel panic.*', r'Unable to handle.*',
       r'Internal error.*', r'ret -\d+', r'BUG: .*', r'WARNING: .*']


# ---- what is booted ---------------------------------------------------------

def program(name):
    """A guest's program without a C library."""
    tools = os.environ.get('CROSS_COMPILE') or 'aarch64-linux-gnu-'
    subprocess.run([f'{tools}gcc', '-Os', '-static', '-nostdlib',
                    '-ffreestanding', '-Wall', '-Wextra', '-Werror',
                    f'{HERE}/{name}.c', '-o', f'{RUNS}/{name}'], check=True)
    return payload.read(f'{RUNS}/{name}')


def fill_system(archive, more=()):
    libs = f'{kexec.TOOLS}/lib/aarch64-linux-gnu'
    data = payload.big_data()[:DATA_LEN]
    for d in ('bin', 'data', 'dev', 'lib', 'lib/aarch64-linux-gnu'):
        archive.add(d, mode=0o040755)
    archive.add('dev/console', mode=0o020600, rdev=(5, 1))
    archive.add('bin/busybox',
                payload.read(f'{payload.BUILD}/busybox/bin/busybox'))
    archive.add('bin/kexec', payload.read(f'{kexec.TOOLS}/sbin/kexec'))
    archive.add('image', fail_cases.small_image())
    for name in ('refuse', 'fail'):
        archive.add(f'bin/{name}', program(name))
    archive.add('lib/libxenctrl.so.4.17', kexec.stub_library())
    archive.add('lib/ld-linux-aarch64.so.1',
                payload.read(f'{libs}/ld-linux-aarch64.so.1'))
    for name in ('libc.so.6', 'libz.so.1'):
        archive.add(f'lib/{name}', payload.read(f'{libs}/{name}'))
    archive.add('data/bytes', data)
    archive.add('data/sums', f'{hashlib.sha256(data).hexdigest()}'
                '  bytes\n'.encode())
    archive.add('init', payload.read(f'{HERE}/guest.sh'))
    for name, content in more:
        archive.add(name, content)


def system(name, which):
    """The initramfs of a kernel, which has that kernel and a second initramfs
    in it; made again where something of it is newer."""
    path = f'{RUNS}/{name}-{which}.cpio'
    made_of = [*(f'{HERE}/{part}' for part in (
        'guest.sh', 'guest.h', 'refuse.c', 'fail.c', 'fail_cases.py',
        'run_linux.py')),
               ktree.image(name, which)]
    with fetch.locked(f'{RUNS}/.lock'):
        if payload.newer(path, made_of):
            return path
        payload.write_cpio(f'{path}.second', fill_system)
        payload.write_cpio(path, lambda a: fill_system(a, [
            ('kernel', payload.read(ktree.image(name, which))),
            ('initrd', payload.read(f'{path}.second'))]))
        os.remove(f'{path}.second')
    return path


# ---- one run ----------------------------------------------------------------

class Failed(Exception):
    """Why a run failed."""


LEVELS = {'el1': (1, 'cortex-a57'), 'nvhe': (2, 'cortex-a57'), 'vhe': (2, MAX)}


def machine(level, cpu=None, ram='512M', smp=1, **more):
    el, usual = LEVELS[level]
    return lab.Machine(el=el, cpu=cpu or usual, ram=ram, smp=smp, **more)


def boot(case, number, guest, words, expect, more=(), forbid=BAD, hangs=False):
    name, which = case.kernel, case.which
    result = lab.run_qemu(
        [*guest.args(), '-kernel', ktree.image(name, which), '-initrd',
         system(name, which), '-append',
         ' '.join(['console=ttyAMA0 panic=-1', *case.words, *words]), *more],
        f'linux-{case.name}-{number}', expect=expect, forbid=forbid,
        timeout=case.patience, silence=case.patience, live=case.live,
        may_hang=hangs)
    if result.why:
        raise Failed(f'{result.why}; see build/logs/linux-{case.name}-'
                     f'{number}.log')
    return result.text


class Case:
    """One kernel on one machine, and what it is to do there."""

    patience, live = 120, False

    def __init__(self, name, kernel, do, guest, words=(), which='both'):
        self.name, self.kernel, self.do, self.guest = name, kernel, do, guest
        self.words, self.which = list(words), which

    def run(self):
        self.do(self)


def by_kexec(how):
    def run(case):
        text = boot(case, 1, case.guest, ['tt.do=kexec', f'tt.how={how}'],
                    [r'^LINUX: sent', r'^LINUX: loaded', r'^LINUX: arrived'])
        sent = re.search(r'^LINUX: sent (\w+)', text, re.M)[1]
        if f'LINUX: arrived {sent}' not in text:
            raise Failed('what arrived is not what was sent')
    return run


def disk(case):
    path = f'{RUNS}/{case.name}.img'
    with open(path, 'wb') as f:
        f.truncate(SWAP_MIB << 20)
    return path, ['-drive', f'file={path},format=raw,if=none,id=d0', '-device',
                  'virtio-blk-device,drive=d0']


def by_hibernation(case):
    path, drive = disk(case)
    try:
        boot(case, 1, case.guest, ['tt.do=hibernate'], [r'^LINUX: asleep soon'],
             drive, [*BAD, 'LINUX: awake'])
        boot(case, 2, case.guest, ['tt.do=wake'], [r'^LINUX: awake'], drive)
    finally:
        os.remove(path)


FIGURE = re.compile(r'^trans_pgd: (\w+): ret (-?\d+) counts (\d+) tables (\d+) '
                    r'stack (\d+)(?: mapped (\d+) differ (\d+))?', re.M)
FIGURES = {} # case -> {way: (counts, tables, stack, mapped, differ)}


def figures(ways):
    """Each way copies the whole linear map, and an independent walk compares;
    `visible` leaves out what debug_pagealloc hides, which must show."""
    def run(case):
        text = boot(case, 1, case.guest,
                    ['tt.do=figures', f'tt.ways={",".join(ways)}'],
                    [r'^LINUX: done'], ['-icount', 'shift=4'])
        found = {m[0]: tuple(map(int, m[1:])) for m in FIGURE.findall(text)}
        FIGURES[case.name] = found
        hidden = any('debug_pagealloc' in w for w in case.words)
        for way in ways:
            if way in ('refuse', 'idmap'):
                continue
            ret, _, _, _, mapped, differ = found[way]
            if ret or not mapped or bool(differ) != (
                    way == 'visible' and hidden):
                raise Failed(f'{way}: ret {ret}, {differ} of {mapped} differ')
        check_more(text, ways)
    return run


def check_more(text, ways):
    if 'idmap' in ways and len(re.findall(
            r'^trans_pgd: idmap by \w+: ret 0 .* good$', text, re.M)) != 2:
        raise Failed('idmap')
    if 'refuse' in ways and not all(
            int(n) == int(tables) > 1 for n, tables in re.findall(
                r'^trans_pgd: \w+: refused (\d+) times, then 0 with (\d+) '
                'tables', text, re.M) or [(0, 1)]):
        raise Failed('refuse')


def oopses(case):
    """Linux's own copy, where it cannot."""
    boot(case, 1, case.guest, ['tt.do=kexec', 'tt.how=-s'],
         [r'pc : trans_pgd_create_copy', r'^LINUX: BAD: kexec -l'],
         forbid=['LINUX: arrived'], hangs=True)


# ---- which ------------------------------------------------------------------

MATRIX = {
    'level': list(LEVELS),
    'rodata': ['off', 'on', 'full'],
    'hidden': ['', 'debug_pagealloc=on'],
    'do': ['kexec-s', 'kexec-c', 'hibernate'],
    'way': ['library', 'plain', 'trans'],
}
DO = {'kexec-s': by_kexec('-s'), 'kexec-c': by_kexec('-c'),
      'hibernate': by_hibernation}


def is_legal(row):
    """A transition is a kexec."""
    return (row['way'], row['do']) != ('trans', 'hibernate')


def by_level_and_way(row):
    """The triples that have both."""
    return [g for g in factors.groups(row, 3)
            if {'level', 'way'} <= {factor for factor, _ in g}]


def matrix(ways=tuple(MATRIX['way'])):
    """All pairs, and these triples."""
    return factors.cover(
        [row for row in factors.product(MATRIX, is_legal)
         if row['way'] in ways], 2, by_level_and_way)


def words_of(way, slim):
    """Who leaves: in a slim kernel there is no other way to compare with, and
    kexec_trans is there always."""
    if way == 'trans':
        return kexec_cases.WORDS
    return kexec_cases.NOT if slim else [f'trans_pgd={way}']


def case_of(kernel, row, cpus):
    trans, slim = row['way'] == 'trans', ktree.is_slim(kernel)
    words = [f'rodata={row["rodata"]}', *words_of(row['way'], slim),
             *([row['hidden']] if row['hidden'] else [])]
    do = (kexec_cases.arrives(sys.modules[__name__], 'kexec',
                              row['do'].removeprefix('kexec'))
          if trans else DO[row['do']])
    name = '-'.join([kernel, row['level'], row['rodata'],
                     *(['hidden'] if row['hidden'] else []), row['do'],
                     row['way']])
    return Case(name, kernel, do, machine(row['level'], cpus.get(row['level'])),
                words, 'slim' if slim else 'trans' if trans else 'both')


ALL = ('linux', 'plain', 'fold', 'visible', 'refuse', 'idmap')
# Not `refuse`: what a copy takes, squared.
LARGE = tuple(w for w in ALL if w != 'refuse')
LPA2 = tuple(w for w in ALL if w != 'linux')
# Which CPUs, where not LEVELS': cortex-a57 has no 16K pages, cortex-a76 has
# VHE, and VHE by max would be LPA2 with 4K.
CPUS = {
    '6.12-4k': {'vhe': f'{MAX},lpa2=off'},
    '6.12-16k-slim': {'el1': 'cortex-a76', 'nvhe': 'cortex-a35'},
}
# Kernels of slim.config, and words for their command lines.
SLIM = {'6.12-slim': [], '6.12-kasan-slim': [], '6.12-clang-slim': [],
        '7.2-slim': ['kho=on']}
# Of slim.config and what the matrix varies (ktree.SLEEPS).
SLIM_MATRIX = ('6.12-16k-slim', '6.12-64k-slim')


def figure_cases(kernel, ways, level='el1', cpu=None, rams=('1G',)):
    for ram, (what, words) in itertools.product(rams, {
            'full': ['rodata=full'],
            'blocks': ['rodata=off'],
            'hidden': ['rodata=full', 'debug_pagealloc=on']}.items()):
        yield Case(f'{kernel}-figures-{what}-{ram}', kernel, figures(ways),
                   machine(level, cpu, ram), words)


def cases():
    every = []
    for kernel in ('6.12-4k', '6.1-4k'):
        every += [case_of(kernel, row, CPUS.get(kernel, {}))
                  for row in matrix()]
    for kernel in SLIM_MATRIX:
        every += [case_of(kernel, row, CPUS.get(kernel, {}))
                  for row in matrix(('library', 'trans'))]
    every += kexec_cases.cases(sys.modules[__name__], '6.12-4k',
                               CPUS['6.12-4k'])
    for kernel, words in SLIM.items():
        every += kexec_cases.slim_cases(sys.modules[__name__], kernel,
                                        CPUS.get(kernel, {}), words)
    every += fail_cases.cases(sys.modules[__name__], '6.12-fail-slim')
    every += kexec_cases.lpi_cases(sys.modules[__name__], '6.12-fail-slim')
    every += figure_cases('6.12-4k', ALL)
    every += figure_cases('6.12-4k', LARGE, rams=('4G',))
    every += figure_cases('6.1-4k', ALL)
    every += figure_cases('6.12-4k-52', LPA2, cpu=MAX)
    every += [
        Case('6.12-4k-52-linux-oopses', '6.12-4k-52', oopses,
             machine('el1', MAX), ['trans_pgd=linux']),
        *(Case(f'6.12-4k-52-{level}-{do}', '6.12-4k-52', DO[do],
               machine(level, cpu)) for level, cpu, do in (
                   ('el1', MAX, 'kexec-s'), ('vhe', MAX, 'kexec-c'),
                   ('vhe', MAX, 'hibernate'), ('el1', MAX, 'hibernate'),
                   ('el1', 'cortex-a57', 'kexec-c'),
                   ('nvhe', 'cortex-a57', 'hibernate'))),
        Case('6.12-4k-linux-kexec', '6.12-4k', by_kexec('-s'), machine('el1'),
             ['trans_pgd=linux']),
        Case('6.12-4k-linux-hibernate', '6.12-4k', by_hibernation,
             machine('el1'), ['trans_pgd=linux'])]
    return every


def run_case(case):
    if not os.path.exists(ktree.image(case.kernel, case.which)):
        return 'there is no such kernel'
    try:
        case.run()
        return ''
    except (Failed, OSError, KeyError) as why:
        return str(why) or repr(why)


def report():
    """Figures beside Linux's."""
    for name, found in FIGURES.items():
        linux = found.get('linux')
        for way, (_, counts, tables, stack, mapped, _) in found.items():
            times = f'{counts / linux[1]:6.2f} x Linux' if linux else ''
            print(f'  {name:36} {way:9} {counts:>12,} {times:15} '
                  f'{tables:>6} tables, stack {stack:>5}, {mapped:>8} pages')


def growth(name):
    """What the library adds to a kernel that has Linux's way, or only that."""
    if bad := provide([(name, 'without'), (name, 'library')], False):
        raise fetch.Failed('\n'.join(bad))
    sizes = {w: ktree.size(name, w) for w in ('without', 'library')}
    text, data = (b - a for a, b in zip(sizes['without'], sizes['library']))
    print(f'  {name}: vmlinux grows by {text:,} bytes of text and read-only '
          f'data, {data:,} of data, of {sum(sizes["without"]):,}')
    return text + data


def chosen(only):
    """A pattern that means no case is an error."""
    every = cases()
    for pattern in only or ():
        if not any(fnmatch.fnmatch(c.name, pattern) for c in every):
            raise fetch.Failed(f'no case {pattern}')
    return [c for c in every if not only or
            any(fnmatch.fnmatch(c.name, p) for p in only)]


def make_kernel(name, which):
    """Why it is not good: it cannot be had or built, or its compiler warns of
    ours. The cases of the others are run all the same."""
    version = ktree.KERNELS[name][0]
    print(f'linux: kernel {name}, {which} ...', flush=True)
    start = time.monotonic()
    try:
        ktree.unpack(version)
        ktree.apply(version)
        bad = [f'{name}: {w}' for w in ktree.build(name, which)]
    except (fetch.Failed, OSError, subprocess.CalledProcessError) as why:
        bad = [f'{name}: {str(why).removeprefix(name + ": ")}']
    print(f'  {time.monotonic() - start:.0f} s', flush=True)
    return bad


def provide(wanted, keep):
    """The kernels, (name, what of ours); why some are not good."""
    lost = [w for w in wanted if not keep or not os.path.exists(ktree.image(*w))]
    if lost:
        subprocess.run([f'{ROOT}/tests/lab/setup', '--with',
                        *ktree.kernels.TOOLS, *kexec_cases.TOOLS], check=True)
        for name, which in lost:
            ktree.forget(name, which)
    return [why for w in lost for why in make_kernel(*w)]


def arguments():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument('--only', nargs='*', help='patterns of names')
    ap.add_argument('--keep', action='store_true',
                    help='do not build kernels that are there')
    ap.add_argument('--build', action='store_true',
                    help='the kernels, and no case')
    ap.add_argument('--list', action='store_true')
    ap.add_argument('--growth', metavar='KERNEL',
                    help='only build it without and with the library')
    ap.add_argument('--live', action='store_true')
    ap.add_argument('--patience', type=int, default=120, help='seconds a run')
    ap.add_argument('--jobs', type=int, default=os.cpu_count(),
                    help='how many run side by side')
    return ap.parse_args()


def run_cases(picked, jobs):
    """(passed, failed)."""
    failed = 0
    for wanted in dict.fromkeys((c.kernel, c.which) for c in picked):
        if os.path.exists(ktree.image(*wanted)):
            system(*wanted)
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for case, why in zip(picked, pool.map(run_case, picked)):
            print(f'  {"FAILED" if why else "ok":6} {case.name} {why}',
                  flush=True)
            failed += bool(why)
    return len(picked) - failed, failed


def run(picked, args):
    """(passed, failed). A kernel that is not good is a failure."""
    bad = provide(list(dict.fromkeys((c.kernel, c.which) for c in picked)),
                  args.keep)
    for why in bad:
        print(f'  FAILED {why}')
    if args.build:
        return 0, len(bad)
    passed, failed = run_cases(picked, args.jobs)
    report()
    return passed, failed + len(bad)


def main():
    args = arguments()
    Case.patience, Case.live = args.patience, args.live
    try:
        if args.growth:
            sys.exit(growth(args.growth) > GROWTH)
        picked = chosen(args.only)
        if args.list:
            print('\n'.join(c.name for c in picked))
            return
        lab.orderly_exit()
        os.makedirs(RUNS, exist_ok=True)
        os.makedirs(kexec.OUT, exist_ok=True)
        passed, failed = run(picked, args)
    except (fetch.Failed, subprocess.CalledProcessError) as why:
        sys.exit(f'linux: {why}')
    except KeyboardInterrupt:
        sys.exit(130)
    if not args.build:
        print(f'{passed} passed, {failed} failed')
    sys.exit(bool(failed))


if __name__ == '__main__':
    main()
