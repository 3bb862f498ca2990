#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""make proofs: for every input within bounds, not for samples (docs/proofs.md).

CBMC makes one formula of a harness (tests/proofs/*.c) and the library's own
sources, and a solver looks for values that break a claim, read or write outside
of an object, overflow a signed number, shift out of range, or run a loop more
often than its bound. 10 minutes of processor time and 12 GiB are a proof's
limits; one that needs more does not hold.

With --planted each must fail, by a claim or a check, once a bug is put in: a
small wrong edit, as those of tests/known_bugs/."""
import argparse
import fnmatch
import os
import re
import resource
import shutil
import subprocess
import sys
import time
from typing import NamedTuple

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)
ROOT = os.path.dirname(TESTS)
sys.path[:0] = [HERE, TESTS, os.path.join(TESTS, 'lab')]
import cbmc  # noqa: E402
import mutants  # noqa: E402
import what  # noqa: E402

SECONDS, MEMORY = 600, 12 << 30
CHECKS = ('bounds', 'pointer', 'pointer-primitive', 'pointer-overflow',
          'div-by-zero', 'signed-overflow', 'undefined-shift')
WORDS = ['--no-standard-checks', *(f'--{c}-check' for c in CHECKS),
         '--no-malloc-may-fail', '--drop-unused-functions', '--slice-formula']
HOLDS, FAILS = 0, 10  # what CBMC exits with; all else is trouble of its own


class Trouble(Exception):
    """There is no answer: the tool failed, or met a limit."""


class Answer(NamedTuple):
    """@claims: how many; @broken: what is said of each that does not hold."""
    claims: int
    broken: list
    seconds: float


# ---- CBMC -------------------------------------------------------------------

def limit():
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def command_line(proof, over, complete):
    """@over: a folder with sources that come before those of the tree. A bug
    need not respect the bounds: without @complete the loops may go on."""
    def place(path):
        return f'{over}/{path}' if os.path.exists(f'{over}/{path}') else path

    loops = [f'{name}:{count}' for name, count in proof.loops]
    return [*cbmc.command(), f'-I{over}', '-I.', '-Iinclude',
            *(f'-D{d}' for d in proof.defines),
            f'tests/proofs/{proof.file}.c', *map(place, proof.sources),
            '--function', f'prove_{proof.start}', *WORDS,
            '--unwind', str(proof.unwind),
            *(['--unwindset', ','.join(loops)] if loops else []),
            '--unwinding-assertions' if complete
            else '--no-unwinding-assertions']


def said_of(text):
    """{property: (what it says, does it hold?)}"""
    found = {}
    for name, why, verdict in re.findall(
            r'^\[(\S+)\] (?:line \d+ )?(.*): (SUCCESS|FAILURE|UNKNOWN|ERROR)$',
            text, re.M):
        found[name] = why, verdict == 'SUCCESS'
    return found


def trouble_in(done, text):
    """Why there is no answer, or ''."""
    if done.returncode == -24:  # SIGXCPU
        return f'more than {SECONDS} s of processor time'
    if 'std::bad_alloc' in text or 'ut of memory' in text:
        return f'more than {MEMORY >> 30} GiB'
    if done.returncode not in (HOLDS, FAILS):
        return f'CBMC ended with {done.returncode}: ' + ' '.join(
            text.split()[-30:])
    return ''


def ask(proof, over=ROOT, complete=True):
    """Answer, or Trouble."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    done = subprocess.run(command_line(proof, over, complete), cwd=ROOT,
                          text=True, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          preexec_fn=limit)
    why = trouble_in(done, done.stdout)
    if why:
        raise Trouble(why)
    said = said_of(done.stdout)
    broken = [f'{name}: {why}' for name, (why, ok) in said.items() if not ok]
    if not said or bool(broken) != (done.returncode == FAILS):
        raise Trouble('CBMC does not say what it proved')
    return Answer(len(said), broken, resource.getrusage(
        resource.RUSAGE_CHILDREN).ru_utime - before)


# ---- planted bugs -----------------------------------------------------------

def bugs(proof):
    return [mutants.Mutant(*edit, ()) for edit in proof.planted]


def put(over, bug, known, root=ROOT):
    """The edited file alone, in a folder that is looked into first."""
    path, text = mutants.apply(bug, known, mutants.read_from(root))
    shutil.rmtree(over, ignore_errors=True)
    os.makedirs(os.path.dirname(f'{over}/{path}'))
    with open(f'{over}/{path}', 'w', encoding='utf-8') as f:
        f.write(text)


def misplaced(proofs=None, root=ROOT):
    """Bugs whose place is gone."""
    return mutants.misplaced([b for p in proofs or what.PROOFS
                              for b in bugs(p)], root)


# ---- running ----------------------------------------------------------------

def line(verdict, name, seconds, *more):
    print(f'  {verdict:6} {name:48} {seconds:6.1f} s', flush=True)
    for word in more:
        print(f'    {word}', flush=True)


def prove(proof):
    """Does it hold?"""
    start = time.monotonic()
    try:
        answer = ask(proof)
    except (Trouble, OSError) as why:
        line('ERROR', f'proof {proof.name}', time.monotonic() - start, str(why))
        return False
    line('FAILED' if answer.broken else 'ok', f'proof {proof.name}',
         answer.seconds, f'{answer.claims} claims: {proof.bounds}',
         *answer.broken[:10])
    return not answer.broken


def plant(proof, bug, known):
    """Does the proof fail?"""
    over = f'{ROOT}/build/proofs/{os.getpid()}'
    start = time.monotonic()
    try:
        put(over, bug, known)
        answer = ask(proof, over, complete=False)
    except (Trouble, OSError, LookupError) as why:
        line('ERROR', bug.name, time.monotonic() - start, str(why))
        return False
    finally:
        shutil.rmtree(over, ignore_errors=True)
    line('ok' if answer.broken else 'MISSED', bug.name, answer.seconds,
         *answer.broken[:1])
    return bool(answer.broken)


def run_all(proofs, planted=True):
    """(passed, failed), of proofs and bugs."""
    os.makedirs(f'{ROOT}/build', exist_ok=True)
    cbmc.provide()
    known = mutants.places(ROOT) if planted else {}
    results = []
    for proof in proofs:
        results.append(prove(proof))
        results += [plant(proof, bug, known)
                    for bug in (bugs(proof) if planted else ())]
    return sum(results), len(results) - sum(results)


def show(proofs):
    for proof in proofs:
        print(f'{proof.name}: {proof.bounds}')
        for bug in bugs(proof):
            print(f'    {bug.name}')


def main():
    ap = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    ap.add_argument('--list', action='store_true', help='names, bounds, and '
                    'the bugs for each; fails if one has no place any more')
    ap.add_argument('--only', metavar='PATTERN', default='*',
                    help='names like this shell pattern')
    ap.add_argument('--planted', action='store_true',
                    help='put bugs in, too: each proof must fail on its own')
    args = ap.parse_args()
    chosen = [p for p in what.PROOFS
              if fnmatch.fnmatch(p.name, f'*{args.only}*')]
    if not chosen:
        sys.exit('proofs: none is called that; --list has their names')
    if args.list:
        show(chosen)
        sys.exit('\n'.join(misplaced(chosen)) or 0)
    passed, failed = run_all(chosen, args.planted)
    print(f'proofs: {passed} passed, {failed} failed')
    sys.exit(bool(failed))


if __name__ == '__main__':
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
