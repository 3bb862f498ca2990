#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""Static checks: names that hosts take (tests/names/kernel.h), cppcheck,
clang-tidy. A tool that is missing is a failure. (tests/house.py has the rules
of this project alone.)
Says nothing and exits with 0 when they have nothing to say."""
import argparse
import concurrent.futures
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# Each suppression with its reason; cppcheck sees neither the linker script nor
# the callers outside the tree.
CPPCHECK = ['cppcheck', '--quiet', '--error-exitcode=1', '--std=c11',
            '--platform=unix64', '--inline-suppr',
            '--enable=warning,performance,portability',
            # A host's own replacement of env.h; there is none in this tree.
            '-UTRANS_ENV_HEADER',
            # What of a header is for assembler only is no C.
            '-U__ASSEMBLER__',
            # Preprocessor paths are given for our headers only.
            '--suppress=missingIncludeSystem',
            # A report in a header of libfdt or the compiler is not ours.
            '--suppress=*:build/*']


# What of a function clang's analyzer looks at: so many states on its ways
# through it. clang's own number is three times as many, and takes 2.5 times as
# long; it is what there is without --quick.
QUICK = [word for more in ('-Xclang', '-analyzer-config', '-Xclang',
                           'max-nodes=75000')
         for word in ('--extra-arg', more)]


def run(cmd):
    """Output of a failed command, or ''."""
    try:
        done = subprocess.run(cmd, cwd=ROOT, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE)
    except FileNotFoundError:
        return f'this machine has no {cmd[0]}'
    if done.returncode == 0:
        return ''
    return (done.stdout + done.stderr).strip() or f'{cmd[0]} failed'


def cppcheck(files, flags):
    includes = [f for f in flags if f.startswith('-I')]
    return [run([*CPPCHECK, f'-j{os.cpu_count()}', *includes, *files])]


def flags_for(path, flags):
    """The fakes are host code: they use the host's C library."""
    if '/fake/' not in path:
        return flags
    return [f for f in flags if f.startswith(('-I', '-i', '-std'))
            or not f.startswith('-')]


def clang_tidy(files, flags, more):
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(lambda f: run(
            ['clang-tidy', '--quiet', *more, f, '--', *flags_for(f, flags)]),
            files))


def names(files, flags):
    """No name of ours is one that a host's basic headers take."""
    ours = [f for f in files if f.split('/')[0] in
            ('lib', 'trans', 'kexec', 'hibernate') and '/fake/' not in f]
    behind = ['clang', '-fsyntax-only', '-Werror', '-include',
              'tests/names/kernel.h', *flags]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(lambda f: run([*behind, f]), ours))


def main():
    if '--' not in sys.argv:
        sys.argv.append('--')
    split = sys.argv.index('--')
    ap = argparse.ArgumentParser(
        description=__doc__,
        usage='lint.py [--quick] FILE... -- COMPILER-FLAG...')
    ap.add_argument('file', nargs='+')
    ap.add_argument('--quick', action='store_true',
                    help='clang-tidy looks less deep')
    args = ap.parse_args(sys.argv[1:split])
    files = args.file
    flags = sys.argv[split + 1:]
    found = [text for text in (*names(files, flags), *cppcheck(files, flags),
                               *clang_tidy(files, flags,
                                           QUICK if args.quick else []))
             if text]
    print('\n'.join(found), end='\n' if found else '')
    sys.exit(bool(found))


if __name__ == '__main__':
    main()
