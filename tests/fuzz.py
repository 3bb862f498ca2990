#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""Runs fuzz targets, one line a target, and keeps what they find.

Each target starts from the committed corpus (tests/fuzz/corpus/) and from what
earlier runs found (build/fuzz/TARGET/corpus, which it adds to). An input that
crashes is kept as build/fuzz/TARGET/crash-*, and the line below says how to
run it again."""
import argparse
import glob
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
BINS = 'build/host-fuzz'
# By the length of a meaningful input; what is longer only costs time.
MAX_LEN = {'fuzz_source': 400, 'fuzz_ops': 300, 'fuzz_fdt': 2048,
           'fuzz_image': 700, 'fuzz_machine': 16384, 'fuzz_swsusp': 160,
           'fuzz_ranges_moves': 512, 'fuzz_acpi': 700, 'fuzz_lzo': 1024}
# One input takes milliseconds; a minute is a loop.
TIMEOUT = 60
ENV = {'ASAN_OPTIONS': 'detect_leaks=1',
       'UBSAN_OPTIONS': 'print_stacktrace=1'}


def targets():
    names = glob.glob(f'{HERE}/fuzz/fuzz_*.c')
    return sorted(os.path.splitext(os.path.basename(p))[0] for p in names)


def command(name, seconds, corpus=()):
    return [f'{BINS}/{name}', f'-max_total_time={seconds}', '-len_control=0',
            f'-max_len={MAX_LEN.get(name, 512)}', f'-timeout={TIMEOUT}',
            f'-artifact_prefix=build/fuzz/{name}/', *corpus]


def summary(text):
    """'n execs, n edges, n crashes' of libFuzzer's output."""
    runs = re.findall(r'^(?:#|Done )(\d+)', text, re.M)
    edges = re.findall(r'cov: (\d+)', text)
    crashes = len(re.findall(r'Test unit written to', text))
    return (f'{runs[-1] if runs else 0:>9} execs, '
            f'{edges[-1] if edges else 0:>5} edges, {crashes} crashes')


def why(text):
    """The lines that say what went wrong and how to see it again."""
    lines = [w for w in text.splitlines()
             if re.search(r'not so:|ERROR:|runtime error:|SUMMARY:', w)]
    for path in re.findall(r'Test unit written to (\S+)', text):
        name = path.split('/')[2]
        lines.append(f'again: {BINS}/{name} {path}')
    return lines or text.splitlines()[-10:]


def fuzz(name, seconds, known=True):
    """(whether it found nothing, its line, what to show if it did)."""
    own = f'build/fuzz/{name}/corpus'
    seeds = f'tests/fuzz/corpus/{name}'
    os.makedirs(f'{ROOT}/{own}', exist_ok=True)
    if not known: # a run that must be short does not read the big corpus
        own = f'build/fuzz/{name}/short'
        os.makedirs(f'{ROOT}/{own}', exist_ok=True)
        for path in glob.glob(f'{ROOT}/{own}/*'):
            os.unlink(path)
    dirs = [own, *([seeds] if os.path.isdir(f'{ROOT}/{seeds}') else [])]
    done = subprocess.run(command(name, seconds, dirs), cwd=ROOT,
                          env={**os.environ, **ENV},
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    text = done.stdout.decode(errors='replace')
    ok = done.returncode == 0
    return ok, summary(text), [] if ok else why(text)


def main():
    ap = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    ap.add_argument('--seconds', type=int, default=60, help='for each target')
    ap.add_argument('target', nargs='*', help='all, unless named')
    args = ap.parse_args()
    failed = 0
    for name in args.target or targets():
        ok, line, details = fuzz(os.path.basename(name), args.seconds)
        print(f"  {'ok' if ok else 'FAILED':6} {name:20} {line}")
        for text in details:
            print(f'    | {text}')
        sys.stdout.flush()
        failed += not ok
    sys.exit(bool(failed))


if __name__ == '__main__':
    main()
