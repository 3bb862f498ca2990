#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""What hosts compile that are not this project: each public header alone, in C
and in C++, with and without the host's string functions before it; each example
in C of the documents; and the library's sources for PE/COFF, where long has 32
bits and the assembler knows no ELF directive. Says nothing when all is
well."""
import argparse
import concurrent.futures
import glob
import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
WARN = ['-Wall', '-Wextra', '-Werror']
# (compiler, language, standard)
COMPILERS = [('gcc', 'c', 'gnu11'), ('clang', 'c', 'gnu11'),
             ('g++', 'c++', 'c++17'), ('clang++', 'c++', 'c++17')]
# Enums are int there, so signs differ; truncation to long would still be said.
COFF = ['clang', '-target', 'aarch64-unknown-windows', '-std=gnu11', '-Os',
        '-ffreestanding', '-mgeneral-regs-only', '-fno-stack-protector', *WARN,
        '-Wshadow', '-Wconversion', '-Wno-sign-conversion', '-Wno-sign-compare']
COFF_ARM64 = b'\x64\xaa'
# What the examples take from their host.
HOST = """#include <trans_table/ops.h>
#include <trans_table/swsusp.h>
extern const struct trans_ops host_ops;
int console_put(void *arg, const char *text, size_t len);
int is_there_anything_in_the_way(void *host, struct trans_error *err);
int stop_my_devices(void *host, struct trans_error *err);
int stop_everything(void *host, struct trans_error *err);
bool user_gives_it_up(void);
void reset_the_machine(void);
extern trans_unpack_fn my_unlzo, my_unlz4;
extern const trans_pa_t report_pa;
"""


def run(cmd, text=None):
    try:
        done = subprocess.run(cmd, cwd=ROOT, text=True, input=text,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    except FileNotFoundError:
        return f'this machine has no {cmd[0]}\n'
    return f'{" ".join(cmd)}:\n{done.stdout}' if done.returncode else ''


def header(job):
    (compiler, language, standard), before, path = job
    text = f'{before}#include <trans_table/{os.path.basename(path)}>\n'
    said = run([compiler, '-x', language, f'-std={standard}', *WARN,
                '-Iinclude', '-fsyntax-only', '-'], text)
    return said and f'{text}{said}'


def headers(pool):
    yield from pool.map(header, [
        (compiler, before, path) for compiler in COMPILERS
        for before in ('', '#include <string.h>\n')
        for path in sorted(glob.glob(f'{ROOT}/include/trans_table/*.h'))])


def pages():
    """Those that people read who use the library."""
    return ['README.md', *sorted(
        os.path.relpath(path, ROOT) for where in ('docs', 'examples')
        for path in glob.glob(f'{ROOT}/{where}/*.md'))]


def examples(page):
    """What is wrong with a page's examples, which are whole functions, one
    after the other in one file."""
    with open(f'{ROOT}/{page}', encoding='utf-8') as f:
        blocks = re.findall(r'^ *```c\n(.*?)^ *```', f.read(), re.M | re.S)
    if not blocks:
        return f'{page}: no example' if page == 'README.md' else ''
    said = run(['gcc', '-x', 'c', '-std=gnu11', *WARN, '-Iinclude',
                '-fsyntax-only', '-'], HOST + ''.join(blocks))
    return said and f'{page}: {said}'


def coff(pool, files, flags):
    with tempfile.TemporaryDirectory() as where:
        def one(path):
            out = f'{where}/{path.replace("/", "-")}.o'
            asm = ['-D__ASSEMBLY__'] if path.endswith('.S') else []
            said = run([*COFF, *flags, *asm, '-c', path, '-o', out])
            if said:
                return said
            with open(out, 'rb') as f:
                return '' if f.read(2) == COFF_ARM64 else f'{out}: no COFF'
        yield from pool.map(one, files)


def main():
    split = sys.argv.index('--') if '--' in sys.argv else len(sys.argv)
    ap = argparse.ArgumentParser(
        description=__doc__, usage='portable.py FILE... -- COMPILER-FLAG...')
    ap.add_argument('file', nargs='+')
    files = ap.parse_args(sys.argv[1:split]).file
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        bad = [w for w in (*headers(pool), *pool.map(examples, pages()),
                           *coff(pool, files, sys.argv[split + 1:])) if w]
    print('\n'.join(bad), end='', file=sys.stderr)
    sys.exit(bool(bad))


if __name__ == '__main__':
    main()
