#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""make check: builds, gates, unit tests, lint, QEMU, in this order, to the end.
make check-full: all that, and more of each. make check-all: the QEMU cases of
check-full with the whole product of the matrix.

A build, a gate and the lint count as one each, unit tests and QEMU cases one
by one. U-Boot and Linux, which QEMU needs only at the end, are built
meanwhile, from what the stages leave of the CPUs. Each stage ends with its
time, and all times stand together at the end.
The last line is always `N passed, N failed`."""
import argparse
import concurrent.futures
import contextlib
import glob
import os
import shutil
import subprocess
import sys
import tempfile
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
sys.path[:0] = [HERE, *(os.path.join(HERE, d)
                        for d in ('qemu', 'oracle', 'uboot', 'efi', 'lab', 'hazard',
                                  'proofs', 'tools'))]
import boards  # noqa: E402
import desk  # noqa: E402
import fuzz  # noqa: E402
import hazard  # noqa: E402
import lab  # noqa: E402
import oracle  # noqa: E402
import passed  # noqa: E402
import proofs  # noqa: E402
import run as qemu  # noqa: E402
import run_efi  # noqa: E402
import run_uboot  # noqa: E402
import unit  # noqa: E402
import what  # noqa: E402

TOOLCHAINS = {'gcc': 'host', 'clang': 'host-clang'}
DIFFERENTIAL_OPS = 3000
FULL_SCALE = 3 # of what the unit tests do at random (TRANS_SCALE)
NEEDS_GIB = {False: 8, True: 16} # of the disk; by `full`
GATES = ('core-symbols', 'tables-gate', 'stack-gate', 'single-gate',
         'blob-gate', 'caches-gate', 'erratum-gate', 'licence-gate')
# What is built behind the other stages, none of which writes what these makes
# read; Linux by `full`.
U_BOOT = 'uboot-bins',
SLIM = ('6.12-slim-*',)
LINUX = {False: SLIM,
         True: (*SLIM, '6.12-4k-vhe-on-kexec-c-library',
                '6.12-4k-el1-on-hidden-hibernate-library',
                '6.12-4k-figures-hidden-1G', '6.12-4k-nvhe-full-kexec-c-trans',
                '6.12-4k-trans-vhe-crash-s')}
FUZZ_SECONDS = {False: 3, True: 20} # a target; by `full`


class Tally:
    """Counts, and prints a line a part and a time a stage."""

    def __init__(self):
        self.passed = self.failed = 0
        self.stages = [] # [name, when it began, seconds or None]

    def add(self, passed, failed):
        self.passed += passed
        self.failed += failed

    def heading(self, text):
        """A stage begins, and the one before it has ended."""
        self.end_stage()
        self.stages.append([text, time.monotonic(), None])
        print(f'== {text}', flush=True)

    def end_stage(self):
        if self.stages and self.stages[-1][2] is None:
            stage = self.stages[-1]
            stage[2] = time.monotonic() - stage[1]
            print(f'   {clock(stage[2])}', flush=True)

    def times(self):
        self.end_stage()
        print('== time a stage')
        for text, _, spent in self.stages:
            print(f'  {clock(spent)}  {text}')
        print(f'  {clock(sum(s[2] for s in self.stages))}  in all')

    def part(self, name, ok, seconds, output=''):
        self.add(ok, not ok)
        verdict = 'ok' if ok else 'FAILED'
        print(f'  {verdict:6} {name:38} {seconds:5.1f} s')
        if not ok:
            print('\n'.join('    | ' + w for w in output.splitlines()[-60:]))
        sys.stdout.flush()


def clock(seconds):
    """h:mm:ss"""
    minutes, s = divmod(round(seconds), 60)
    return f'{minutes // 60}:{minutes % 60:02}:{s:02}'


def give_way():
    """To all that is not idle. Where each session has its share of the CPUs
    (sched(7), autogroup), the share of this one counts."""
    os.nice(19)
    with contextlib.suppress(OSError), open('/proc/self/autogroup', 'w',
                                            encoding='ascii') as f:
        f.write('19')


class Target:
    """A make target that is being built; `behind` the rest: in a session of
    its own, which gives way."""

    def __init__(self, *words, behind=False):
        self.behind = behind
        self.said = tempfile.TemporaryFile('w+', encoding='utf-8',
                                           errors='replace')
        self.process = subprocess.Popen(
            ['make', f'-j{os.cpu_count()}', '--no-print-directory', *words],
            cwd=ROOT, stdin=subprocess.DEVNULL, stdout=self.said,
            stderr=subprocess.STDOUT, start_new_session=behind,
            preexec_fn=give_way if behind else None)

    def end(self):
        """(whether all is well, what it said); a warning is not well."""
        try:
            code = self.process.wait()
            self.said.seek(0)
            out = [w for w in self.said.read().splitlines()
                   if 'jobserver' not in w]
        finally:
            self.stop()
        return code == 0 and not any('warning:' in w for w in out), out

    def stop(self):
        if self.behind:
            lab.stop(self.process)
        self.process.kill()
        self.said.close()


def make(tally, name, *words, keep=(), target=None):
    """One make target as one part; a warning anywhere is a failure. Lines
    that begin with a word of `keep` are shown. @target: it was begun before,
    and is only waited for."""
    start = time.monotonic()
    ok, out = (target or Target(*words)).end()
    for line in out:
        if keep and line.startswith(keep):
            print(f'         {line}')
    tally.part(name, ok, time.monotonic() - start, '\n'.join(out))
    return ok


class Behind:
    """What takes long, and what QEMU needs only at the end: it is built behind
    all other stages, from what they leave of the CPUs and of the network."""

    def __init__(self):
        self.targets = {}

    def begin(self, *each):
        for words in each:
            self.targets[words] = Target(*words, behind=True)

    def make(self, tally, name, *words, keep=()):
        """What was begun, as a part; the time is what it was waited for."""
        return make(tally, name, *words, keep=keep,
                    target=self.targets.pop(words, None))

    def stop(self):
        for target in self.targets.values():
            target.stop()


def build(tally, tool):
    tally.heading(f'cross build by {tool}, and its gates')
    made = make(tally, f'arm64 {tool}', f'TOOLCHAIN={tool}', 'build')
    for gate in GATES:
        if made:
            make(tally, f'{gate} {tool}', f'TOOLCHAIN={tool}', gate,
                 keep=(gate,))
        else:
            tally.part(f'{gate} {tool}', False, 0, 'nothing was built')


def unit_tests(tally, full):
    tally.heading('unit tests under ASan and UBSan')
    names = [os.path.splitext(os.path.basename(p))[0]
             for p in sorted(glob.glob(f'{HERE}/unit/**/test_*.c',
                                  recursive=True))]
    for tool, where in TOOLCHAINS.items():
        if not names:
            tally.part(f'host {tool}', False, 0, 'no test_*.c in tests/unit')
        elif make(tally, f'host {tool}', f'TOOLCHAIN={tool}', 'unit-bins'):
            tally.add(*unit.run_all([f'build/{where}/{n}' for n in names],
                                    FULL_SCALE if full else 1,
                                    None if full else tool))
    make(tally, 'the builder before this one', f'OPS={DIFFERENTIAL_OPS}',
         'differential', keep=('differential:',))


def fuzzing(tally, full):
    seconds = FUZZ_SECONDS[full]
    tally.heading(f'fuzzing: the corpus, and {seconds} s of finds')
    if not make(tally, 'fuzz targets', 'TOOLCHAIN=fuzz', 'fuzz-bins'):
        return

    def one(name):
        start = time.monotonic()
        ok, line, why = fuzz.fuzz(name, seconds, known=False)
        return name, ok, time.monotonic() - start, '\n'.join([line, *why])

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for result in pool.map(one, fuzz.targets()):
            tally.part(*result)


def mutants(tally):
    tally.heading('mutants: known bugs that the unit tests must notice')
    make(tally, 'mutants', 'mutants', keep=('  ',))


def threads(tally):
    tally.heading('reading by several CPUs under ThreadSanitizer')
    make(tally, 'threads', 'threads', keep=('  ',))


def proved(tally):
    tally.heading('proofs within bounds, and a bug planted into each')
    tally.add(*proofs.run_all(what.PROOFS))


def lint(tally, full):
    tally.heading('lint, and tests of the tests')
    make(tally, 'lint', 'lint', f'QUICK={"" if full else 1}')
    make(tally, 'portable', 'portable')
    make(tally, 'selftest', 'selftest')


def qemu_cases(tally, strength, shard=(1, 1), record=None):
    """@record: what to do with passed.py's record: None, 'record', 'resume'."""
    tally.heading(f'QEMU, {strength} of the matrix')
    if make(tally, 'payload', 'payload'):
        picked = qemu.chosen(qemu.STRENGTHS[strength], shard=shard)
        tally.add(*qemu.run_cases(
            picked, jobs=os.cpu_count(), record=record and
            passed.Record(passed.state(), record == 'resume')))


def desks(tally, full):
    tally.heading('trans, at a desk, ' + ('all' if full else 'sample'))
    if make(tally, 'trans', 'tools', *(['tools-arm64'] if full else [])):
        tally.add(*desk.run_all(full))


def oracle_runs(tally, full):
    tally.heading("QEMU's table walker against query, "
                  + ('all' if full else 'sample'))
    if make(tally, 'oracle', 'build/arm64/oracle.elf'):
        tally.add(*oracle.run_all(full))


def hazards(tally, full):
    tally.heading('caches and translations beside QEMU, '
                  + ('all' if full else 'sample'))
    needs = ('hazard-bins', 'payload', *(['uboot-bins'] if full else []))
    if not make(tally, 'plugin', *needs):
        return
    tally.add(*hazard.run_all(hazard.chosen(sample=not full)))
    make(tally, "somebody's own port", 'hazard-own')
    if full:
        make(tally, 'planted bugs', 'hazard-planted', keep=('  ',))


def site(tally):
    tally.heading('the documents as a site, on a phone')
    make(tally, 'docs', 'docs-phone', keep=('docs: ',))


def adoption(tally):
    tally.heading('adoption: installed, and in a Makefile of others')
    make(tally, 'adoption', 'adoption')


def entries(tally):
    tally.heading("cpu_resume in real kernels, against System.map")
    make(tally, 'entries', 'entries', keep=('  ',))


def uboot(tally, full, behind):
    tally.heading('U-Boot, at its prompt, ' + ('all' if full else 'sample'))
    if behind.make(tally, 'U-Boot', *U_BOOT, keep=('u-boot: text',)) and \
            make(tally, 'payload', 'payload'):
        tally.add(*run_uboot.run_cases(
            cases=run_uboot.chosen(sample=not full)))
    if full:
        tally.add(*boards.compile_all(boards.SAMPLE))
        make(tally, 'the series', 'uboot-check', keep=('  ', 'u-boot: text'))


def efi(tally, full):
    tally.heading('EFI firmware (EDK2), ' + ('all' if full else 'sample'))
    if make(tally, 'transtable.efi', 'efi', 'efi-lab', 'payload',
            keep=('efi-gate',)):
        tally.add(*run_efi.run_cases(run_efi.chosen(sample=not full)))


def only(full):
    return f'RUN=--only {" ".join(LINUX[full])}'


def kernels(full):
    """The target that builds what linux() runs."""
    return f'{only(full)} --build', 'linux'


def linux(tally, full, behind):
    """A kernel that cannot be had or built is a failure."""
    tally.heading('Linux itself with the library, '
                  + ('some of `make linux`' if full else 'a slim kernel'))
    if behind.make(tally, 'kernels', *kernels(full)):
        make(tally, 'linux', f'{only(full)} --keep --jobs {os.cpu_count()}',
             'linux', keep=('  ',))


def guarded(tally, stage, *args):
    """A stage that breaks is a failure, and not the end of the others."""
    try:
        stage(tally, *args)
    except Exception:  # whatever it is: it is told, and counts
        tally.part(stage.__name__, False, 0, traceback.format_exc())


def room(free, full):
    """Says so if the disk will not do, before half an hour has gone."""
    if free < NEEDS_GIB[full] << 30:
        print(f'check: {free >> 30} GiB of the disk are free, and a run from '
              f'a clean clone fills {NEEDS_GIB[full]}', flush=True)


def check(tally, args, behind):
    room(shutil.disk_usage(ROOT).free, args.full)
    guarded(tally, build, 'gcc')
    if not args.no_qemu:
        behind.begin(U_BOOT, kernels(args.full))
    guarded(tally, build, 'clang')
    guarded(tally, make, 'examples', 'examples')
    guarded(tally, unit_tests, args.full)
    guarded(tally, fuzzing, args.full)
    if args.full:
        guarded(tally, mutants)
        guarded(tally, threads)
        guarded(tally, proved)
        guarded(tally, entries)
        guarded(tally, site)
    guarded(tally, lint, args.full)
    guarded(tally, adoption)
    if not args.no_qemu:
        guarded(tally, desks, args.full)
        guarded(tally, oracle_runs, args.full)
        guarded(tally, hazards, args.full)
        guarded(tally, qemu_cases, 'triples' if args.full else 'pairs')
        guarded(tally, uboot, args.full, behind)
        guarded(tally, efi, args.full)
        guarded(tally, linux, args.full, behind)


def check_all(tally, args, _behind):
    tally.heading('cross build')
    if make(tally, 'arm64', 'build'):
        qemu_cases(tally, 'product', args.shard,
                   'resume' if args.resume else 'record')


def main():
    ap = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    ap.add_argument('--full', action='store_true',
                    help='triples of the QEMU matrix, not just pairs; mutants; '
                    'proofs; real kernels')
    ap.add_argument('--all', action='store_true',
                    help='nothing but QEMU, with the whole matrix')
    ap.add_argument('--shard', type=qemu.shard_of, default=(1, 1),
                    metavar='I/N', help='with --all: the I-th of N parts')
    ap.add_argument('--resume', action='store_true',
                    help='with --all: without what passed before, with the '
                    'same binaries')
    ap.add_argument('--no-qemu', action='store_true',
                    help='without QEMU, for a quick look while working')
    args = ap.parse_args()
    os.chdir(ROOT)
    lab.orderly_exit()
    tally, behind = Tally(), Behind()
    try:
        (check_all if args.all else check)(tally, args, behind)
    except KeyboardInterrupt:
        sys.exit('check: interrupted')
    finally:
        behind.stop()
    tally.times()
    print(f'{tally.passed} passed, {tally.failed} failed')
    sys.exit(bool(tally.failed))


if __name__ == '__main__':
    main()
