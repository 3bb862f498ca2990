#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""Runs cases of the other tests with the checker beside them (docs/hazard.md),
and says what it found: one line a finding, by function and source line. A
finding that rules.py calls an error fails its case, as do a run that never
handed over, and more findings than there is room for."""
import argparse
import collections
import concurrent.futures
import contextlib
import fnmatch
import glob
import importlib.util
import os
import signal
import subprocess
import sys
import time

import at_uboot
import machine
import rows
import rules
import scenes
import symbols
from machine import BUILD


class Said:
    """Findings of one place under one rule, for whoever reads them."""

    def __init__(self, found, names):
        self.function, self.where = names.place(found.site)
        self.by = names.place(found.by)[0] if found.by != '-' else ''
        self.rule, self.phase, self.count = found.rule, found.phase, found.count
        self.verdict, self.why = rules.verdict(found.rule, found.phase,
                                               self.function)
        self.pa = found.pa

    def __str__(self):
        by = f', stored by {self.by}' if self.by else ''
        where = f' ({self.where})' if self.where else ''
        section = rules.RULES[self.rule].section
        return (f'{self.verdict} {self.rule} in {self.phase}: '
                f'{self.function}{where}{by}, at 0x{self.pa:x}, '
                f'{self.count} x: {self.why} ({section})')


def say_all(trace, names):
    """By rule, function and line: what is stored by many is one finding."""
    kept = collections.OrderedDict()
    for found in trace.findings:
        said = Said(found, names)
        key = (said.rule, said.phase, said.function, said.where)
        if key in kept:
            kept[key].count += said.count
        else:
            kept[key] = said
    return [s for s in kept.values() if s.verdict != rules.IGNORED]


def last_words(result):
    """Of a machine that ended before its time."""
    rows = [row for row in result.text.splitlines() if row.strip()]
    return ''.join(f'\n      {row}' for row in rows[-4:])


def judged(scene, result, trace):
    """Why it failed, or ''."""
    why = result.why and result.why + last_words(result)
    if not trace.end:
        return why or 'the plugin said nothing'
    if 'overflow' in trace.end or 'error' in trace.end:
        return f'the plugin ended with: {trace.end}'
    for part, what in (('host', scene.host), ('blob', scene.blob)):
        if not any(e.startswith(f'region {part} ') for e in trace.events):
            return why or f'nobody has run what is in {what}'
    handovers = sum(e.startswith('handover') for e in trace.events)
    if handovers < scene.handovers:
        return why or f'{handovers} of {scene.handovers} hand-overs'
    return ''


class Outcome:
    def __init__(self, scene, why, said, seconds):
        self.scene, self.seconds, self.said = scene, seconds, said
        self.errors = [s for s in said if s.verdict == rules.ERROR]
        self.why = why or ('findings' if self.errors else '')

    def report(self):
        verdict = 'FAILED' if self.why else 'ok'
        print(f'  {verdict:6} hazard {self.scene.name:31} '
              f'{self.seconds:5.1f} s')
        if self.why:
            print(f'    build/hazard/{self.scene.name}.txt: {self.why}')
        for said in self.said:
            print(f'    {said}')
        sys.stdout.flush()


def check(scene, live=False):
    result, trace = scene.run(live)
    names = symbols.Symbols(scene.elves())
    return Outcome(scene, judged(scene, result, trace),
                   say_all(trace, names), result.seconds)


def broken(scene, why):
    """It could not even be run: it fails alone."""
    return Outcome(scene, f'{type(why).__name__}: {why}', [], 0)


def tried(scene, live=False):
    try:
        return check(scene, live)
    except (OSError, ValueError, LookupError,
            subprocess.SubprocessError) as why:
        return broken(scene, why)


def of_file(path):
    """SCENES of somebody's own file, and its exceptions: docs/hazard.md."""
    if not os.path.exists(path):
        sys.exit(f'hazard: there is no {path}')
    spec = importlib.util.spec_from_file_location('port', path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    if not getattr(module, 'SCENES', None):
        sys.exit(f'hazard: {path} has no SCENES')
    rules.ALLOWED.extend(getattr(module, 'ALLOWED', []))
    return module.SCENES


def children():
    for path in glob.glob('/proc/self/task/*/children'):
        with contextlib.suppress(FileNotFoundError), open(
                path, encoding='ascii') as f:
            yield from map(int, f.read().split())


def give_up(pool, runs):
    """Interrupted: nothing more is begun, and every QEMU of ours ends now."""
    pool.shutdown(wait=False, cancel_futures=True)
    while any(run.running() for run in runs):
        for pid in children():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL) # QEMU leads a group
        time.sleep(0.2)


def run_all(picked, jobs=1, live=False):
    """(passed, failed)"""
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        runs = [pool.submit(tried, scene, live) for scene in picked]
        try:
            for run in runs:
                outcome = run.result()
                outcome.report()
                failed += bool(outcome.why)
        except BaseException:
            give_up(pool, runs)
            raise
    return len(picked) - failed, failed


def chosen(only=None, sample=False, port=None):
    every = (of_file(port) if port else scenes.SAMPLE if sample else
             scenes.all_scenes() + at_uboot.SCENES)
    return [s for s in every
            if not only or fnmatch.fnmatch(s.name, f'*{only}*')]


def main():
    ap = argparse.ArgumentParser(description=__doc__.split('\n\n')[0])
    ap.add_argument('--only', metavar='PATTERN',
                    help='names like this shell pattern')
    ap.add_argument('--sample', action='store_true', help="make check's three")
    ap.add_argument('--port', metavar='FILE',
                    help='a file of your own with SCENES in it: '
                         'docs/hazard.md')
    ap.add_argument('--list', action='store_true', help='names only')
    ap.add_argument('--verbose', action='store_true',
                    help='show the serial output as it comes')
    ap.add_argument('--jobs', type=int, default=1, metavar='N',
                    help='so many cases at a time')
    args = ap.parse_args()
    picked = chosen(args.only, args.sample, args.port)
    if not picked:
        sys.exit('hazard: no case is called that; --list has their names')
    if args.list:
        print('\n'.join(s.name for s in picked))
        return
    if not os.path.exists(machine.PLUGIN):
        sys.exit(f'hazard: {machine.PLUGIN} is missing; run `make hazard` '
                 f'(it lies in {BUILD})')
    rows.end('hazard: ', lambda: run_all(picked, args.jobs, args.verbose))


if __name__ == '__main__':
    main()
