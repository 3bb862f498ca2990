#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""make hazard-own: does `make hazard PORT=` do for somebody else's port what
docs/hazard.md says? The port (tests/hazard/own/) is another program than the
reference port, and is built in a folder outside of this tree; the file with
SCENES and the command are the document's, word by word. It must have no
findings; and with a bug put in, the one that the bug is. Prints nothing when
all is well."""
import argparse
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
import tiny  # noqa: E402
from adoption import ROOT, Failed, clean_environment, run  # noqa: E402

SOURCES = ('start.S', 'host.c', 'host.ld')
FLAGS = ('-g -Os -Wall -Wextra -Wshadow -Werror -ffreestanding -fno-pic '
         '-mgeneral-regs-only -mstrict-align -ffixed-x18 -mno-outline-atomics '
         '-fno-stack-protector -nostdlib -static -no-pie -Wl,--build-id=none '
         '-Wl,--no-warn-rwx-segments').split()
LIBRARIES = ('libtrans_table.a', 'libfdt.a')
# (where, what, instead, the rule): memory is given out over dirty lines.
BUG = ('host.c', 'trans_cpu_clean(NULL, (void *)*pa, (size_t)count << shift);',
       '(void)0;', 'LOST_STORE')


def text_of(path):
    with open(path, encoding='utf-8') as f:
        return f.read()


def put(path, data):
    with open(path, 'w' if isinstance(data, str) else 'wb') as f:
        f.write(data)


def shown(document):
    """What a host author copies: the file, and the words of the command."""
    section = document.split('## A port of your own\n')[1].split('\n## ')[0]
    [scenes] = re.findall(r'^```python\n(.*?)^```', section, re.M | re.S)
    command = re.search(r'^    (make hazard) PORT=(\S+my_port\.py)  +#',
                        section, re.M)
    return scenes, command[1].split(), os.path.basename(command[2])


def build(where, tools, edit=None):
    """my.bin and my.elf of these sources, with @edit put in."""
    for name in SOURCES:
        text = text_of(f'{HERE}/own/{name}')
        if edit and name == edit[0]:
            if text.count(edit[1]) != 1:
                raise Failed(f'{edit[1]} is not in {name} once')
            text = text.replace(edit[1], edit[2])
        put(f'{where}/{name}', text)
    run(f'{tools}gcc', *FLAGS, f'-I{ROOT}/include', '-isystem',
        f'{ROOT}/ports/libfdt', '-isystem', f'{ROOT}/build/libfdt',
        '-T', f'{where}/host.ld', f'{where}/start.S', f'{where}/host.c',
        f'{ROOT}/ports/qemu-virt/mem.c',
        *(f'{ROOT}/build/arm64/{lib}' for lib in LIBRARIES),
        '-o', f'{where}/my.elf')
    run(f'{tools}objcopy', '-O', 'binary', f'{where}/my.elf',
        f'{where}/my.bin')


def check(command, file):
    """(passed, what was said)"""
    done = subprocess.run([*command, f'PORT={file}'], cwd=ROOT, text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, env=clean_environment())
    return done.returncode == 0, done.stdout


def tried(where, tools):
    scenes, command, name = shown(text_of(f'{ROOT}/docs/hazard.md'))
    file = f'{where}/{name}'
    put(file, scenes)
    put(f'{where}/Image', tiny.image())
    build(where, tools)
    passed, said = check(command, file)
    if not passed or '1 passed, 0 failed' not in said:
        raise Failed(f'a port without a bug has findings:\n{said}')
    build(where, tools, BUG)
    passed, said = check(command, file)
    if passed or f'error {BUG[3]} in host' not in said:
        raise Failed(f'a bug that is no {BUG[3]}:\n{said}')


def main():
    ap = argparse.ArgumentParser(description=__doc__.split('\n\n')[0])
    ap.add_argument('--tools', required=True, metavar='PREFIX',
                    help='of the cross compiler and its binutils')
    with tempfile.TemporaryDirectory(prefix='a port ') as where:
        try:
            tried(where, ap.parse_args().tools)
        except Failed as why:
            sys.exit(f'hazard-own: {why}')


if __name__ == '__main__':
    main()
