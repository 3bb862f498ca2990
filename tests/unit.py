#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""Runs unit test programs and counts their tests, not the programs.

cmocka is asked for TAP. A program that dies, hangs, skips a test or runs fewer
tests than it announced counts as failed: silence is not success.
"""
import argparse
import concurrent.futures
import os
import re
import subprocess
import sys

TIMEOUT = 300
# What takes longest, by repeating itself: it is run as one compiler built it,
# the one whose sanitizers are quicker with it, and in full by both.
ONLY = {'gcc': ('test_moves', 'test_snapshot', 'test_snapshot_read',
                'test_swsusp_early'),
        'clang': ('test_copy', 'test_snapshot_faults', 'test_swsusp_maps',
                  'test_swsusp_sweep', 'test_swsusp_workers',
                  'test_table_effort')}
# What reads images, with so many threads to help (workers.h) and a disk that is
# asked early (block.h, read_start), too: a sample so as clang built it, and
# without as gcc did. In full all that are called so, without, with either and
# with both, but those with their own.
WORKERS = 3
SAMPLE = 'test_swsusp', 'test_resume'
READERS = *SAMPLE, 'test_snapshot_read'
OWN = '_workers', '_early'
# What tells the programs: (threads, is the disk asked early?).
ALONE, BOTH = (0, 0), (WORKERS, 1)
EACH = (WORKERS, 0), (0, 1), BOTH
ENV = {'CMOCKA_MESSAGE_OUTPUT': 'TAP',
       'ASAN_OPTIONS': 'detect_leaks=1:detect_stack_use_after_return=1',
       'UBSAN_OPTIONS': 'print_stacktrace=1'}


def tap(text):
    """(passed, failed) of TAP output; each announced test is one of both."""
    plan = sum(int(n) for n in re.findall(r'^1\.\.(\d+)', text, re.M))
    passed = [w for w in re.findall(r'^ok \d+.*', text, re.M)
              if '# SKIP' not in w.upper()]
    bad = re.findall(r'^not ok \d+.*', text, re.M)
    return len(passed), max(len(bad), plan - len(passed))


def run_one(path, scale=1, helped=ALONE, timeout=TIMEOUT):
    """(passed, failed, output) of one test program. @scale: how much more it
    does of what it does at random; @helped: of EACH."""
    workers, early = helped
    try:
        done = subprocess.run([path],
                              env={'TRANS_SCALE': str(scale), **os.environ,
                                   'TRANS_WORKERS': str(workers),
                                   'TRANS_EARLY': str(early), **ENV},
                              timeout=timeout, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        text, code = done.stdout.decode(errors='replace'), done.returncode
    except subprocess.TimeoutExpired as late:
        text = (late.stdout or b'').decode(errors='replace')
        text, code = f'{text}\nno end within {timeout} s\n', -1
    passed, failed = tap(text)
    if passed + failed == 0 or (code and not failed):
        text, failed = f'{text}\nexit status {code}\n', failed + 1
    return passed, failed, text.split('Shadow bytes around')[0]


def reads(path):
    """Does the program read images by what it is told of helpers?"""
    name = os.path.basename(path)
    return name.startswith(READERS) and not name.endswith(OWN)


def in_full(path):
    """How a program is helped in each of its runs."""
    return (ALONE, *EACH) if reads(path) else (ALONE,)


def in_part(path, tool):
    """The same in `make check`, which runs what each tool built."""
    name = os.path.basename(path)
    if any(name in names for other, names in ONLY.items() if other != tool):
        return ()
    return (BOTH,) if name in SAMPLE and tool == 'clang' else (ALONE,)


def runs(paths, tool=None):
    """(path, how it is helped) of each run that the programs @paths are worth;
    a part of them if @tool, of ONLY, built them."""
    return [(path, helped) for path in paths
            for helped in (in_part(path, tool) if tool else in_full(path))]


def words(helped):
    """What is said of a run."""
    workers, early = helped
    said = [f'{workers} workers'] * bool(workers) + ['early reads'] * early
    return f' ({", ".join(said)})' if said else ''


def run_all(paths, scale=1, tool=None):
    """(passed, failed) over all programs. @tool: as of runs()."""
    return run_each(runs(paths, tool), scale)


def run_each(each, scale=1, timeout=TIMEOUT):
    """(passed, failed) over all runs, one a CPU at a time; tells what went
    wrong."""
    total = [0, 0]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for (path, helped), done in zip(each, pool.map(
                lambda run: run_one(run[0], scale, run[1], timeout), each)):
            passed, failed, text = done
            total[0] += passed
            total[1] += failed
            verdict = 'FAILED' if failed else 'ok'
            print(f'  {verdict:6} {path}{words(helped)}: {passed} passed, '
                  f'{failed} failed', flush=True)
            if failed:
                print('\n'.join('    ' + w for w in text.splitlines()[-40:]))
    return tuple(total)


def main():
    ap = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    ap.add_argument('program', nargs='*', help='cmocka test programs')
    ap.add_argument('--helped', action='store_true',
                    help='those that read images, once, with threads and '
                    'early reads, and more time')
    args = ap.parse_args()
    passed, failed = (run_each([(p, BOTH) for p in args.program if reads(p)],
                               timeout=4 * TIMEOUT)
                      if args.helped else run_all(args.program))
    print(f'unit: {passed} passed, {failed} failed')
    sys.exit(bool(failed))


if __name__ == '__main__':
    main()
