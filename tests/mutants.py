#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""make mutants: known bugs, put in one by one; do the unit tests notice?

Each mutant is one small wrong edit of the library, of a kind that shipped
somewhere once (tests/known_bugs/), in a copy of the sources under
build/mutants/. The unit tests must fail on it (a test program that dies, or
does not end, has noticed too). The copy without an edit must pass.

tests/known_bugs/*.py: {tests that must notice: [(name, where, old, new)]}. They
are programs of tests/unit, and `differential` (this builder beside the frozen
one), which must end the run at a difference that is not listed.
@where is the function, macro or variable that is edited, wherever it is;
`stem:function` is the one in stem.c, for a name that several files have. @old
occurs once in it, and blanks, also line ends, do not count: an edit survives a
move and a reflow. tests/selftest.py looks that each has its place."""
import argparse
import concurrent.futures
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from typing import NamedTuple

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from known_bugs import (efi, kexec, lib, resume, saved,  # noqa: E402
                        snapshot, swsusp, tables, tools, transition, uboot)
ROOT = os.path.dirname(HERE)
DIR = f'{ROOT}/build/mutants'
# What edits may be in, and what is copied besides.
EDITED = ('lib', 'trans', 'kexec', 'hibernate', 'ports/efi', 'ports/linux',
          'ports/lzo', 'ports/u-boot/series', 'tools')
COPIED = ('lib', 'trans', 'kexec', 'hibernate', 'include', 'ports', 'tools',
          'tests/unit', 'tests/differential', 'sources.mk')
# Without sanitizers but UBSan's traps: many builds, each run once.
TRAPS = ['-fsanitize=undefined', '-fsanitize-undefined-trap-on-error']
CC = ['gcc', '-std=gnu11', '-O1', '-g', '-fno-common', '-w', '-Iinclude',
      '-I.', *TRAPS]
# Others' code, which may overflow.
THEIRS = ['-fno-sanitize=undefined', '-fwrapv', '-DLZO_CFG_FREESTANDING',
          '-Iports/lzo']
# As the Makefile: what a test counts (tests/unit/support/counted.h).
COUNTED = ['-fsanitize-coverage=trace-pc']
DIFFERENTIAL = 'tests/differential/differential.c'
LIBS = ['-lcmocka', '-llzo2', '-llz4', '-lzstd']
TIMEOUT = 120
LISTS = """
include sources.mk
LIBFDT_DIR := build/libfdt
ZLIB_DIR := build/zlib
LZO_DIR := build/lzo
LZ4_DIR := build/lz4
OTHERS := LIBFDT ZLIB LZO LZ4
include $(wildcard ports/*/port.mk)
lists:
	@echo $(TRANS_TABLE_CORE) $(TRANS_TABLE_FDT) $(TRANS_TABLE_ACPI) \
		$(TRANS_TABLE_KEXEC) $(TRANS_TABLE_HIBERNATE) $(TRANS_TABLE_FAKES) \
		$(TRANS_TABLE_ZLIB_GLUE) $(TRANS_TABLE_LZO_GLUE) \
		$(TRANS_TABLE_LZ4_GLUE) \
		$(filter-out %/main.c,$(wildcard tools/trans/*.c))
	@echo $(foreach o,$(OTHERS),$(TRANS_TABLE_$(o)))
	@echo $(foreach o,$(OTHERS),$(TRANS_TABLE_$(o)_INCLUDE))
"""


class Mutant(NamedTuple):
    name: str
    where: str
    old: str
    new: str
    tests: tuple


MUTANTS = [Mutant(*edit, tests)
           for part in (lib, tables, transition, kexec, resume, saved, swsusp,
                        snapshot, efi, tools, uboot)
           for tests, edits in part.MUTANTS.items() for edit in edits]


# ---- edits ------------------------------------------------------------------

def pattern(text):
    """Finds a text in C whatever blanks are between its words and signs."""
    words = re.findall(r'\w+|[^\w\s]', text)
    found = re.escape(words[0])
    for before, word in zip(words, words[1:]):
        both = re.match(r'\w', before) and re.match(r'\w', word)
        found += (r'\s+' if both else r'\s*') + re.escape(word)
    return found


class Place(NamedTuple):
    """Where a function, a macro or a variable is defined; lines from 1."""
    path: str
    first: int
    last: int


def places(root):
    """{name: [Place]} of the sources that edits may be in."""
    paths = sorted(p for top in EDITED for end in 'ch' for p in
                   glob.glob(f'{top}/**/*.{end}', root_dir=root,
                             recursive=True))
    said = subprocess.run(
        ['ctags', '--languages=C', '--langmap=C:+.h', '--kinds-C=fdv',
         '--fields=+ne', '--output-format=json', '--sort=no', '-o', '-',
         *paths], cwd=root, check=True, text=True,
        stdout=subprocess.PIPE).stdout
    found = {}
    for row in map(json.loads, said.splitlines()):
        found.setdefault(row['name'], []).append(
            Place(row['path'], row['line'], row.get('end', row['line'])))
    return found


def candidates(where, known):
    """The places that an edit's @where may mean."""
    stem, _, name = where.rpartition(':')
    return [p for p in known.get(name, ()) if not stem or
            os.path.splitext(os.path.basename(p.path))[0] == stem]


def edited(text, place, mutant):
    """(how often the old text is there, the whole text with the new one)"""
    lines = text.splitlines(keepends=True)
    body = ''.join(lines[place.first - 1:place.last])
    body, times = re.subn(pattern(mutant.old), lambda _: mutant.new, body)
    return times, ''.join([*lines[:place.first - 1], body,
                           *lines[place.last:]])


def apply(mutant, known, read):
    """(path, its text with the edit). @read: the text of a path.
    LookupError: there is no place for it, or more than one."""
    tries = [(p.path, *edited(read(p.path), p, mutant))
             for p in candidates(mutant.where, known)]
    if not tries:
        raise LookupError(f'there is no {mutant.where}')
    times = sum(t[1] for t in tries)
    if times != 1:
        raise LookupError(f'the text occurs {times} times in {mutant.where}')
    return next((path, text) for path, n, text in tries if n)


def read_from(root):
    def read(path):
        with open(f'{root}/{path}', encoding='utf-8') as f:
            return f.read()
    return read


def misplaced(mutants=None, root=ROOT):
    """What is wrong with edits, and with the names of their tests."""
    known, names, bad = places(root), test_sources(root), []
    for mutant in MUTANTS if mutants is None else mutants:
        try:
            apply(mutant, known, read_from(root))
        except LookupError as why:
            bad.append(f'{mutant.name}: {why}')
        bad += [f'{mutant.name}: there is no {t}'
                for t in mutant.tests if t not in names]
    return bad


# ---- building ---------------------------------------------------------------

def unit_sources(root):
    return glob.glob('tests/unit/**/*.c', root_dir=root, recursive=True)


def stem(path):
    return os.path.splitext(os.path.basename(path))[0]


def test_sources(root):
    """{name of a test: its source}; the differential is one more."""
    return {stem(p): p for p in (*unit_sources(root), DIFFERENTIAL)
            if p == DIFFERENTIAL or stem(p).startswith('test_')}


def parts(root, test):
    """What else a test is made of, that no other may be."""
    return [] if test != stem(DIFFERENTIAL) else [
        p for p in glob.glob('tests/differential/**/*.c', root_dir=root,
                             recursive=True) if p != DIFFERENTIAL]


def object_of(source):
    return source.replace('/', '_')[:-2] + '.o'


def run_all(function, items):
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        yield from pool.map(function, items)


def passing(path):
    """How often each test passes, in their order: a program may run a group
    twice, on two kinds of host. Nothing if it hangs. One that knows no TAP is
    one test."""
    try:
        done = subprocess.run([path], timeout=TIMEOUT,
                              env={**os.environ,
                                   'CMOCKA_MESSAGE_OUTPUT': 'TAP'},
                              stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        return Counter()
    text = done.stdout.decode(errors='replace')
    found = Counter(w.split(' - ', 1)[1] for w in text.splitlines()
                    if w.startswith('ok ') and ' - ' in w)
    return found or Counter([stem(path)] * (done.returncode == 0))


def lost(before, after):
    """The tests that passed more often before."""
    return list(Counter(before) - Counter(after))


class Base:
    """The sources as they are, built once, and what passes on them."""

    def __init__(self, where, tests):
        self.tree, self.obj = f'{where}/tree', f'{where}/obj'
        self.copy(self.tree)
        os.makedirs(self.obj)
        ours, self.theirs, self.include = (
            row.split() for row in subprocess.run(
                ['make', '-s', '-f', '-', 'lists'], cwd=self.tree, input=LISTS,
                text=True, check=True, stdout=subprocess.PIPE
            ).stdout.splitlines())
        programs = test_sources(self.tree)
        self.shared = [*ours, *self.theirs, *(
            p for p in unit_sources(self.tree)
            if p not in programs.values())]
        self.parts = {t: parts(self.tree, t) for t in tests}
        built = [*self.shared, *(programs[t] for t in tests),
                 *(p for t in tests for p in self.parts[t])]
        errors = [e for e in run_all(
            lambda name: self.compile(self.tree, name, self.obj), built) if e]
        if errors:
            sys.exit(f'mutants: the sources do not compile\n{errors[0]}')
        self.made_from = {name: self.inputs(name) for name in built}
        self.programs = {t: programs[t] for t in tests}
        self.passes = dict(zip(tests, run_all(
            lambda test: passing(self.link(test, self.obj)), tests)))

    @staticmethod
    def copy(to):
        for part in COPIED:
            copy = shutil.copytree if os.path.isdir(f'{ROOT}/{part}') else \
                shutil.copy
            os.makedirs(os.path.dirname(f'{to}/{part}'), exist_ok=True)
            copy(f'{ROOT}/{part}', f'{to}/{part}')
        os.symlink(f'{ROOT}/build', f'{to}/build')

    def compile(self, tree, name, out):
        """None, or what the compiler said."""
        done = subprocess.run(
            [*CC, *self.include, *(THEIRS if name in self.theirs else []),
             *(COUNTED if name.startswith('hibernate/') else []),
             '-MMD', '-c', name, '-o', f'{out}/{object_of(name)}'], cwd=tree,
            stderr=subprocess.PIPE, text=True)
        return done.stderr if done.returncode else None

    def inputs(self, name):
        """All that a source includes, itself too."""
        with open(f'{self.obj}/{object_of(name)[:-2]}.d') as f:
            words = f.read().replace('\\\n', ' ').split()[1:]
        return {os.path.normpath(w) for w in words}

    def link(self, test, out):
        """A test program of a mutant's objects, the rest from here."""
        def obj(name):
            own = f'{out}/{object_of(name)}'
            return own if os.path.exists(own) else \
                f'{self.obj}/{object_of(name)}'

        # From an archive only what the test uses is linked.
        archive = f'{out}/{test}.a'
        subprocess.run(['ar', 'rcs', archive, *map(obj, self.shared)],
                       check=True)
        subprocess.run(['gcc', *TRAPS, obj(self.programs[test]),
                        *map(obj, self.parts[test]), archive, *LIBS, '-o',
                        f'{out}/{test}'], check=True)
        os.remove(archive)
        return f'{out}/{test}'


def notices(base, where, mutant):
    """Who noticed: a test, or None; or an error in brackets."""
    shutil.copytree(base.tree, where, symlinks=True)
    try:
        path, text = apply(mutant, places(where), read_from(where))
    except LookupError as why:
        return f'[{why}]'
    with open(f'{where}/{path}', 'w', encoding='utf-8') as f:
        f.write(text)
    names = [n for n, inputs in base.made_from.items() if path in inputs]
    if not names:
        return f'[{path} is in no test]'
    for name in names:
        error = base.compile(where, name, where)
        if error:
            return f'[does not compile: {error.splitlines()[0]}]'
    try:
        for test in mutant.tests:
            gone = lost(base.passes[test], passing(base.link(test, where)))
            if gone:
                return f'{test}: {gone[0]}'
    except subprocess.CalledProcessError:  # a name that there is not
        return '[does not link]'
    return None


# ---- running ----------------------------------------------------------------

def is_running(pid):
    return os.path.exists(f'/proc/{pid}')


def own_directory():
    """One a run, so that two of them leave each other alone. What a run that
    was killed has left goes."""
    os.makedirs(DIR, exist_ok=True)
    for left in os.listdir(DIR):
        if not left.isdigit() or not is_running(left):
            shutil.rmtree(f'{DIR}/{left}', ignore_errors=True)
    where = f'{DIR}/{os.getpid()}'
    os.makedirs(where)
    return where


def report(mutant, who):
    fine = bool(who) and not who.startswith('[')
    print(f"  {'ok' if fine else 'FAILED':6} {mutant.name:42} "
          f"{who or 'nobody noticed'}", flush=True)
    return fine


def run(where, chosen):
    """How many were noticed."""
    base = Base(where, sorted({t for m in chosen for t in m.tests}))

    def one(number):
        place = f'{where}/{number}'
        try:
            return notices(base, place, chosen[number])
        finally:
            shutil.rmtree(place, ignore_errors=True)

    return sum(report(mutant, who) for mutant, who in
               zip(chosen, run_all(one, range(len(chosen)))))


def main():
    ap = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    ap.add_argument('--only', nargs='+', default=[''], metavar='TEXT',
                    help='mutants whose name has one of these')
    args = ap.parse_args()
    start = time.monotonic()
    chosen = [m for m in MUTANTS if any(t in m.name for t in args.only)]
    if not chosen:
        sys.exit('mutants: none has that in its name')
    where = own_directory()
    try:
        noticed = run(where, chosen)
    finally:
        shutil.rmtree(where, ignore_errors=True)
    print(f'mutants: {noticed} of {len(chosen)} noticed, '
          f'{time.monotonic() - start:.0f} s')
    sys.exit(noticed != len(chosen))


if __name__ == '__main__':
    main()
