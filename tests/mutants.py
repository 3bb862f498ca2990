#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""make mutants: known bugs, put in one by one; do the unit tests notice?

Each mutant is one small wrong edit of lib/, trans/, kexec/ or hibernate/ of a
kind that shipped somewhere once (tests/known_bugs/), in a copy of the sources
under build/mutants/. The unit tests must fail on it (a test program that dies,
or does not end, has noticed too). The copy without an edit must pass."""
import argparse
import concurrent.futures
import glob
import os
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from known_bugs import (kexec, lib, resume, snapshot,  # noqa: E402
                        swsusp, tables, transition)
ROOT = os.path.dirname(HERE)
DIR = 'build/mutants'
# Without sanitizers but UBSan's traps: many builds, each run once.
CC = ['gcc', '-std=gnu11', '-O1', '-g', '-fno-common', '-w', '-Iinclude',
      '-I.', '-isystem', f'{ROOT}/ports/libfdt', '-isystem', 'libfdt',
      '-isystem', 'zlib', '-DZ_SOLO',
      '-fsanitize=undefined', '-fsanitize-undefined-trap-on-error']
COPY = ['test_copy', 'test_copy_bugs', 'test_copy_failures',
        'test_copy_formats']
EDGES = ['test_edges', 'test_edges_refuse', 'test_edges_read']
CORE = ['test_table', *EDGES, 'test_operations', *COPY, 'test_walker',
        'test_geometry', 'test_inspect', 'test_table_bombs']
TRANSITION = ['test_transition', 'test_transition_refuse',
              'test_transition_digests', 'test_transition_go',
              'test_transition_proof', 'test_transition_rest']
BLOB = ['test_mover']
KEXEC = ['test_kexec', 'test_kexec_zeroes', 'test_kexec_refuse']
SNAPSHOT = ['test_snapshot', 'test_snapshot_faults']
RESUME = ['test_resume', 'test_resume_refuse', 'test_resume_answers',
          'test_resume_find', 'test_resume_progress', 'test_resume_start']
SWSUSP = ['test_swsusp', 'test_swsusp_hostile', 'test_swsusp_sweep',
          'test_swsusp_maps', 'test_swsusp_callbacks', 'test_swsusp_once',
          'test_resume_discard']
SETS = {**{f'lib/moves{part}.c': ['test_moves', *EDGES]
           for part in ('_order', '_cycle', '_plan')},
        'lib/moves.c': ['test_moves', *EDGES, 'test_kimage'],
        'lib/ranges.c': ['test_ranges'],
        'lib/pool.c': ['test_pool'],
        'lib/gic.c': ['test_gic'], 'lib/gic_lpi.c': ['test_gic'], 'lib/gic_resume.c': ['test_gic_resume'],
        'trans/transition.c': [*TRANSITION, 'test_resume_answers',
                               'test_reach'],
        **{f'lib/fdt/{part}.c': ['test_machine', 'test_machine_interrupts']
           for part in ('walk', 'gic', 'psci', 'uart', 'interrupts')},
        'trans/world.c': ['test_world'], 'trans/passage.c': ['test_world'],
        **{f'trans/{part}.c': TRANSITION
           for part in ('control', 'args', 'list')},
        'trans/far.c': ['test_reach'],
        'trans/maps.c': ['test_reach', 'test_transition_rest'],
        # Their tests have them by way of trans/fake.
        **{f'trans/blob/{part}.c': BLOB for part in ('mover', 'verify')},
        **{f'trans/{part}.c': [*TRANSITION, 'test_quiesce', 'test_cpu']
           for part in ('leave', 'state')},
        'lib/cpu.c': ['test_cpu', 'test_host'],
        'lib/mmio.c': ['test_host'], 'trans/live.c': ['test_host'],
        'lib/wait.c': ['test_quiesce'],
        'trans/query.c': ['test_inspect', *EDGES],
        'trans/proof.c': [*TRANSITION, 'test_world', 'test_reach'],
        **{f'trans/{part}.c': TRANSITION
           for part in ('list', 'scrub')},
        **{f'hibernate/snapshot{part}.c': SNAPSHOT
           for part in ('', '_plan', '_write', '_commit')},
        **{f'hibernate/{part}.c': RESUME
           for part in ('pages', 'place', 'load', 'enter', 'find',
                        'tables', 'prove', 'print', 'work')},
        'hibernate/resume.c': [*RESUME, 'test_resume_efi'],
        'hibernate/carve.c': [*RESUME, 'test_resume_wipe'],
        'hibernate/efi.c': ['test_resume_efi'],
        'hibernate/efi_tree.c': ['test_resume_efi'],
        'hibernate/wipe.c': ['test_resume_wipe'],
        **{f'kexec/{part}.c': KEXEC
           for part in ('kexec', 'load_moves', 'load_place', 'load_tree',
                        'unpack', 'unpack_elf')},
        'kexec/place.c': ['test_place', 'test_place_wishes'],
        'kexec/image.c': ['test_image'], 'kexec/format.c': ['test_format'],
        'hibernate/crc32.c': ['test_swsusp_crc'],
        'hibernate/swsusp_clear.c': ['test_swsusp_once', 'test_resume_discard'],
        'hibernate/discard.c': ['test_resume_discard'],
        'hibernate/advise.c': ['test_resume_answers'],
        **{f'hibernate/swsusp_{part}.c': SWSUSP
           for part in ('open', 'map', 'read')},
        'hibernate/snapshot.h': SNAPSHOT,
        'trans/tcr.c': ['test_geometry', 'test_cpu', *CORE],
        'trans/geometry.c': ['test_geometry', *CORE]}
PARTS = ['lib', 'trans', 'kexec', 'hibernate', 'include']
LIBFDT = [f'libfdt/fdt{part}.c' for part in (
    '', '_addresses', '_check', '_empty_tree', '_ro', '_rw', '_strerror',
    '_sw', '_wip')]
# For the kexec tests: kernels in gzip.
ZLIB = [f'zlib/{part}.c' for part in ('adler32', 'crc32', 'inffast', 'inflate',
                                      'inftrees', 'zutil')]
TIMEOUT = 120

MUTANTS = sum((part.MUTANTS for part in (
    lib, tables, transition, kexec, resume, swsusp, snapshot)), [])


def sources(where):
    names = ('lib', 'lib/fdt', 'trans', 'kexec', 'hibernate',
             'lib/arch/fake', 'trans/fake', 'hibernate/fake')
    return sorted(os.path.relpath(p, where) for n in names
                  for p in glob.glob(f'{where}/{n}/*.c'))


def object_of(source):
    return source.replace('/', '_')[:-2] + '.o'


def compile_all(where, names, out):
    """None, or what the compiler said."""
    def one(name):
        # libfdt 1.6 relies on signed overflow; zlib is not ours either.
        theirs = ['-fno-sanitize=undefined', '-fwrapv']
        counted = ['-fsanitize-coverage=trace-pc']
        done = subprocess.run([*CC, *(theirs if name in LIBFDT + ZLIB else []),
                               *(counted if name.startswith('hibernate/')
                                 else []),
                               '-c', name, '-o',
                               f'{out}/{object_of(name)}'], cwd=where,
                              stderr=subprocess.PIPE, text=True)
        return done.stderr if done.returncode else None

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        errors = [e for e in pool.map(one, names) if e]
    return errors[0] if errors else None


def link(base, out, test):
    """A test program of the mutant's objects, the rest from the base."""
    own = {os.path.basename(p): p for p in glob.glob(f'{out}/*.o')}
    shared = [p for p in glob.glob(f'{base}/obj/*.o')
              if not os.path.basename(p).startswith('tests_unit_test_')]
    objects = [own.get(os.path.basename(p), p) for p in shared]
    # From an archive only what the test uses is linked.
    subprocess.run(['ar', 'rcs', f'{out}/{test}.a', *objects], check=True)
    subprocess.run(['gcc', '-fsanitize=undefined',
                    '-fsanitize-undefined-trap-on-error',
                    f'{base}/obj/tests_unit_{test}.o', f'{out}/{test}.a',
                    '-lcmocka', '-llzo2', '-llz4', '-o', f'{out}/{test}'],
                   check=True)
    return f'{out}/{test}'


def passing(path):
    """The names of the tests that pass, in order; none if it hangs."""
    try:
        done = subprocess.run([path], timeout=TIMEOUT,
                              env={**os.environ,
                                   'CMOCKA_MESSAGE_OUTPUT': 'TAP'},
                              stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        return []
    text = done.stdout.decode(errors='replace')
    return [w.split(' - ', 1)[1] for w in text.splitlines()
            if w.startswith('ok ') and ' - ' in w]


def tests_of(name):
    wanted = SETS.get(name, CORE)
    return [t for t in dict.fromkeys(wanted)
            if os.path.exists(f'{ROOT}/tests/unit/{t}.c')]


class Base:
    """The sources as they are, built once, and what passes on them: of the
    tests that @mutants want."""

    def __init__(self, mutants):
        self.dir = f'{ROOT}/{DIR}/base'
        shutil.rmtree(f'{ROOT}/{DIR}', ignore_errors=True)
        os.makedirs(f'{self.dir}/obj')
        for part in [*PARTS, 'tests/unit']:
            shutil.copytree(f'{ROOT}/{part}', f'{self.dir}/{part}')
        for part in ('libfdt', 'zlib'):
            shutil.copytree(f'{ROOT}/build/{part}', f'{self.dir}/{part}')
        shutil.copytree(f'{ROOT}/ports/zlib', f'{self.dir}/ports/zlib')
        tests = sorted({t for m in mutants for t in tests_of(m[1])})
        shared = [os.path.relpath(p, self.dir) for p in
                  glob.glob(f'{self.dir}/tests/unit/*.c')
                  if not os.path.basename(p).startswith('test_')]
        error = compile_all(self.dir, sources(self.dir) + shared +
                            LIBFDT + ZLIB + ['ports/zlib/gunzip.c'] +
                            [f'tests/unit/{t}.c' for t in tests],
                            f'{self.dir}/obj')
        if error:
            sys.exit(f'mutants: the sources do not compile\n{error}')
        self.passes = {t: passing(link(self.dir, f'{self.dir}/obj', t))
                       for t in tests}


def mutate(base, number, mutant):
    """Who noticed: a test, or None; or an error in brackets."""
    _, name, old, new = mutant
    where = f'{ROOT}/{DIR}/{number}'
    for part in PARTS:
        shutil.copytree(f'{base.dir}/{part}', f'{where}/{part}')
    with open(f'{where}/{name}') as f:
        text = f.read()
    if text.count(old) != 1:
        return f'[the text occurs {text.count(old)} times]'
    with open(f'{where}/{name}', 'w') as f:
        f.write(text.replace(old, new))
    names = sources(where) if name.endswith('.h') else [
        'trans/fake/blob.c' if name.startswith('trans/blob/') else name]
    os.symlink(f'{base.dir}/libfdt', f'{where}/libfdt')
    error = compile_all(where, names, where)
    if error:
        return f'[does not compile: {error.splitlines()[0]}]'
    for test in tests_of(name):
        passed = set(passing(link(base.dir, where, test)))
        lost = [t for t in base.passes[test] if t not in passed]
        if lost:
            return f'{test}: {lost[0]}'
    return None


def main():
    ap = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    ap.add_argument('--only', default='', help='mutants whose name has this')
    args = ap.parse_args()
    start = time.monotonic()
    chosen = [m for m in MUTANTS if args.only in m[0]]
    base = Base(chosen)
    bad = 0
    for number, mutant in enumerate(chosen):
        who = mutate(base, number, mutant)
        fine = who and not who.startswith('[')
        print(f"  {'ok' if fine else 'FAILED':6} {mutant[0]:42} "
              f"{who or 'nobody noticed'}", flush=True)
        bad += not fine
    print(f'mutants: {len(chosen) - bad} of {len(chosen)} noticed, '
          f'{time.monotonic() - start:.0f} s')
    sys.exit(bool(bad))


if __name__ == '__main__':
    main()
