#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""make uboot-series: the library and ports/u-boot as a series that `git am`
takes, for the newest U-Boot that Debian has: build/u-boot/series/patches/. Or,
U_BOOT=dir, for a tree of your own, in which nothing is written:
build/u-boot/own/patches/. It is applied again to the files as they were, and
shown to that U-Boot's checkpatch.

What differs between versions is decided here, by the tree that it is for, so
that no condition is left."""
import argparse
import os
import re
import subprocess
import sys
import tempfile
import textwrap

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), 'lab')]
import boot_patches  # noqa: E402
import fetch  # noqa: E402
import series  # noqa: E402
import uboot  # noqa: E402

HOME = f'{fetch.BUILD}/u-boot/series'
OUT = f'{HOME}/patches'
RELEASE = 'newest'
# The oldest that the series is for. The port as such is for older ones, too.
LEAST = 202501
# Of this form: what the out-of-tree form does not have.
OWN = f'{uboot.PORT}/series'
LIB, BOOT = 'lib/trans_table', 'boot/trans'
CHECKPATCH = '.checkpatch.conf'

# Since which version there is what only this form asks for; compat.h has the
# rest.
SINCE = {'COMPAT_BOOTDEV_OF_BLK': 202504, 'COMPAT_FILE_TYPE': 202504,
         'COMPAT_SUITE_LIST': 202504, 'COMPAT_UBMAN': 202507,
         'COMPAT_SETJMP': 202507, 'COMPAT_ALL_PAGES': 202601}
# Conditions of ports/u-boot that a header of U-Boot's answers.
HEADERS = ['common.h', 'alist.h', 'u-boot/schedule.h']
MACROS = {'U_BOOT_LONGHELP': 'include/command.h',
          'FDT_ERR_ALIGNMENT': 'scripts/dtc/libfdt/libfdt.h'}

# Behind, or before, which line of U-Boot's own files what is put.
EDITS = {
    'boot/Makefile': (r'^obj-\$\(CONFIG_CMD_BOOTI\) \+= bootm\.o bootm_os\.o\n',
                      'obj-$(CONFIG_CMD_TRANS) += trans/\n'),
    'cmd/Makefile': (r'^obj-\$\(CONFIG_CMD_TRACE\) \+= trace\.o\n',
                     'obj-$(CONFIG_CMD_TRANS) += trans.o\n'),
    'doc/usage/index.rst': (r'^   cmd/trace\n', '   cmd/trans\n'),
    'doc/develop/index.rst': (r'^   falcon\n', '   trans_table\n'),
    **{path: (behind, line) for path, behind, line in uboot.LINES},
}
COMMANDS = 'cmd/Kconfig', r'(?=^config BOOTM_LINUX\n)'

GLUE = ['dump.c', 'efi.c', 'error.c', 'fdt.c', 'gic.c', 'kexec.c', 'leave.c',
        'machine.c', 'memory.c', 'port.h', 'tables.c', 'unpack.c', 'verify.c',
        'words.c']
RESUME = ['block.c', 'resume.c', 'workers.c']
# What checkpatch says of every new command and every new file: that it wants
# tests (test/cmd/trans.c), and a look at MAINTAINERS, which has them.
NOT_OURS = ['CMD_TEST', 'FILE_PATH_CHANGES']


# In each tree of U-Boot's, and in no other project's.
A_FILE = 'common/board_f.c'


class NoTree(fetch.Failed):
    """It is not one of U-Boot's."""


class TooOld(fetch.Failed):
    """Before LEAST."""


def port(name):
    with open(f'{uboot.PORT}/{name}', encoding='utf-8') as f:
        return f.read()


def version(source):
    """As compat.h counts them."""
    try:
        with open(f'{source}/Makefile', encoding='utf-8') as f:
            found = dict(re.findall(r'^(VERSION|PATCHLEVEL) = (\d+)$',
                                    f.read(), re.M))
    except OSError:
        found = {}
    if len(found) < 2 or not os.path.exists(f'{source}/{A_FILE}'):
        raise NoTree(f'{source} is no U-Boot tree')
    return int(found['VERSION']) * 100 + int(found['PATCHLEVEL'])


def named(number):
    return '{}.{:02}'.format(*divmod(number, 100))


def check(source):
    """Is it one that the series is for?"""
    number = version(source)
    if number < LEAST:
        raise TooOld(f'{source} is U-Boot {named(number)}; the series is for '
                     f'{named(LEAST)} and later')
    if os.path.exists(f'{source}/{BOOT}'):
        raise fetch.Failed(f'{source} has {BOOT} already')


def defines(source, header, macro):
    with open(f'{source}/{header}', encoding='utf-8') as f:
        return bool(re.search(rf'^#\s*define {macro}\b', f.read(), re.M))


def ask(source):
    """What this tree answers to the conditions of ports/u-boot."""
    since = SINCE | {name: int(first) for name, first in re.findall(
        r'^#define (COMPAT_\w+) \(COMPAT_VERSION >= (\d+)\)$',
        port('compat.h'), re.M)}
    has = {name: version(source) >= first for name, first in since.items()}
    return {**{f'if {name}': there for name, there in has.items()},
            **{f'if !{name}': not there for name, there in has.items()},
            **{f'if __has_include(<{h}>)':
               os.path.exists(f'{source}/include/{h}') for h in HEADERS},
            **{f'ifndef {m}': not defines(source, h, m)
               for m, h in MACROS.items()}}


def decided(text, answers):
    """Without the conditions that have an answer, and what they exclude."""
    kept, stack = [], []
    for line in text.splitlines(keepends=True):
        word = line[1:].split('/*')[0].strip() if line[0] == '#' else ''
        if word.startswith('if'):
            stack.append(answers.get(word))
        known = stack and stack[-1] is not None
        if word == 'else' and known:
            stack[-1] = not stack[-1]
        elif not (known and (word.startswith('if') or word == 'endif')) and \
                False not in stack:
            kept.append(line)
        if word == 'endif':
            stack.pop()
    left = [k for k in kept if re.match(r'#(el)?if !?COMPAT_', k)]
    if left:
        raise fetch.Failed(f'no version is known for: {left[0]}')
    return re.sub(r'\n{3,}', '\n\n', ''.join(kept))


def host(answers):
    """compat.h, less what it is to the compiler and all its versions."""
    text = decided(port('compat.h'), answers)
    text = re.sub(r'^#define COMPAT_.*\n', '', text, flags=re.M)
    text = re.sub(r'^/\* Until [^*]*\*/\n', '', text, flags=re.M)
    return re.search(r'COMPAT_H\n\n(.*?)\n*#endif\n\Z', text, re.S)[1]


def comments(text):
    """With /* and */ on lines of their own, where a comment has several."""
    text = re.sub(r'^([ \t]*)/\* (?!.*\*/)', r'\1/*\n\1 * ', text, flags=re.M)
    return re.sub(r'^([ \t]*)(\* .*) \*/$', r'\1\2\n\1*/', text, flags=re.M)


def glue(name, answers):
    """A file of the port as U-Boot has it."""
    text = port(name).replace('#include "compat.h"\n', '' if name == 'cmd.c'
                              else host(answers) + '\n')
    return comments(decided(re.sub(r'\n{3,}', '\n\n', text), answers))


def without_resume(text):
    """The command as it is before there is a resume."""
    text = re.sub(r'^#define (RESUME|WORKERS|ASK|GICV3|PLACE).*\n', '', text, flags=re.M)
    return re.sub(r'^\t+RESUME\((.*\n)*?\t+\)\n', '', text, flags=re.M)


def kconfig():
    """(of the library, of the commands, of resume)"""
    text = port('Kconfig')
    library, rest = text.split('if TRANS_TABLE\n')
    commands, resume = rest.split('config CMD_TRANS_RESUME\n', 1)
    return (library.rstrip() + '\n', 'if TRANS_TABLE\n' + commands + 'endif\n\n',
            'config CMD_TRANS_RESUME\n' + resume.rsplit('endif\n', 1)[0])


class Tree:
    """The repository in which the series becomes."""

    def __init__(self, repo, source):
        self.repo, self.answers = repo, ask(source)
        paths = {*EDITS, CHECKPATCH, *boot_patches.files(self.has('COMPAT_SUITE_LIST')),
                 COMMANDS[0], 'MAINTAINERS'}
        series.begin(repo, {p: pristine(source, p) for p in paths})

    def has(self, what):
        return self.answers[f'if {what}']

    def glue(self, name):
        return glue(name, self.answers)

    def own(self, name):
        """A C file that only the series has."""
        return decided(port(f'series/{name}'), self.answers)

    def write(self, path, text):
        series.write(f'{self.repo}/{path}', text)

    def insert(self, path, at, text):
        with open(f'{self.repo}/{path}', encoding='utf-8') as f:
            self.write(path, uboot.inserted(path, f.read(), at, text))

    def change(self, path, old, new):
        """A piece of one of U-Boot's files that is there once."""
        with open(f'{self.repo}/{path}', encoding='utf-8') as f:
            text = f.read()
        if text.count(old) != 1:
            raise fetch.Failed(f'{path}: {text.count(old)} times: {old}')
        self.write(path, text.replace(old, new))

    def append(self, path, text):
        with open(f'{self.repo}/{path}', encoding='utf-8') as f:
            self.write(path, f.read() + text)

    def edit(self, *paths):
        for path in paths:
            self.insert(path, *EDITS[path])

    def maintain(self, behind, *paths):
        """Lines of MAINTAINERS for them, in the order of names."""
        self.insert('MAINTAINERS', behind,
                    ''.join(f'F:\t{path}\n' for path in paths))

    def commit(self, message):
        series.git(self.repo, 'add', '-A')
        subject, *body = message.strip().split('\n\n')
        text = [subject, *(textwrap.fill(b, 72) for b in body)]
        series.git(self.repo, 'commit', '-q', '-s', '-m', '\n\n'.join(text))


def pristine(source, path):
    """A file as Debian has it: `make uboot-newest` has added lines."""
    with open(f'{source}/{path}', encoding='utf-8') as f:
        text = f.read()
    for name, _, line in uboot.LINES:
        text = text.replace(line, '') if name == path else text
    return text


# ---- the patches ------------------------------------------------------------

def import_library(t):
    """By the script that will update it."""
    t.write(f'{LIB}/update.sh', port('series/update.sh'))
    done = subprocess.run(['sh', f'{t.repo}/{LIB}/update.sh', uboot.ROOT],
                          text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    if done.returncode:
        raise fetch.Failed(f'update.sh: {done.stdout}')
    os.remove(f'{t.repo}/{LIB}/update.sh')


def build_library(t):
    t.write(f'{LIB}/update.sh', port('series/update.sh'))
    os.chmod(f'{t.repo}/{LIB}/update.sh', 0o755)
    t.write(f'{LIB}/Makefile', port('series/Makefile.lib') +
            re.sub(r'(#.*\n)+\n', '', port('library.mk'), count=1))
    t.write(f'{LIB}/Kconfig', kconfig()[0])
    for name in ('libfdt.h', 'u-boot-env.h'):
        t.write(f'{LIB}/include/{name}', t.glue(f'include/{name}'))
    t.edit('lib/Makefile', 'lib/Kconfig')
    t.insert('MAINTAINERS', r'(?=^UBI\n)',
             'TRANS_TABLE\nM:\t{} <{}>\nS:\tMaintained\n'.format(
                 *series.identity()) + f'F:\t{LIB}/\n\n')


def add_kexec(t):
    for name in GLUE:
        t.write(f'{BOOT}/{name}', t.glue(name))
    t.write(f'{BOOT}/Makefile', port('series/Makefile.boot'))
    t.write('cmd/trans.c', without_resume(t.glue('cmd.c')))
    t.write('include/trans_cmd.h', port('include/trans_cmd.h'))
    t.insert(*COMMANDS, kconfig()[1])
    t.edit('boot/Makefile', 'cmd/Makefile')
    t.maintain(rf'(?=^F:\t{LIB}/\n)', f'{BOOT}/', 'cmd/trans.c',
               'include/trans_cmd.h')


def add_resume(t):
    for name in RESUME:
        t.write(f'{BOOT}/{name}', t.glue(name))
    t.write('cmd/trans.c', t.glue('cmd.c'))
    t.insert('cmd/Kconfig', r'(?=^endif\n\nconfig BOOTM_LINUX\n)', kconfig()[2])
    t.write(f'{BOOT}/Makefile', port('series/Makefile.boot') +
            'obj-$(CONFIG_CMD_TRANS_RESUME) += block.o resume.o\n'
            'obj-$(CONFIG_CMD_TRANS_RESUME_WORKERS) += workers.o\n')


def document(t):
    t.write('doc/usage/cmd/trans.rst', port('series/trans.rst'))
    t.write('doc/develop/trans_table.rst', port('series/trans_table.rst'))
    t.edit('doc/develop/index.rst')
    if not t.has('COMPAT_ALL_PAGES'):
        t.edit('doc/usage/index.rst')
    t.maintain(r'^F:\tcmd/trans\.c\n', 'doc/develop/trans_table.rst',
               'doc/usage/cmd/trans.rst')


SERIES = [
    (import_library, '''lib: trans_table: import the trans_table library

booti starts a kernel where U-Boot is not. What is to lie where U-Boot is, as
the pages of a hibernated Linux do wherever they happen to be, cannot be put
there by code that runs from there, on page tables that are there.

The library leaves such a place. It builds page tables in memory that nobody
overwrites, moves everything by code that lies there too, with the caches on,
and proves before that nothing which is still needed is overwritten. It knows
how to load an arm64 kernel, and how to read a hibernation image of Linux.

It is freestanding, imported as it is, and in its own style. It has no state
and allocates by callbacks only. Nothing builds it yet.
'''),
    (build_library, '''lib: trans_table: build the library

With U-Boot's flags, string functions and libfdt. One part of it, the control
blob, is linked alone: it is copied to wherever a safe page is found, so it
refers to nothing outside. A script makes the imported directory what a newer
checkout has.
'''),
    (add_kexec, '''cmd: trans: start a kernel over U-Boot itself

The end of RAM is U-Boot's, on most boards, and booti refuses or overwrites
itself if an initrd does not fit below. And it does not notice whether what it
copied is what arrived.

trans kexec takes the words of booti and does its fix-ups, but U-Boot's own
memory is free for kernel and initrd. Both are moved when U-Boot is no more,
and verified by SHA-256 before the kernel is entered. What cannot work is
refused at the prompt, before a device is removed. trans plan says what would
be done; trans map shows U-Boot's page tables.
'''),
    (add_resume, '''cmd: trans: resume a hibernated Linux

Linux wakes up by booting another Linux first, which reads the image and is
then overwritten by it. That kernel initialises all devices, for the saved one
to do it again, and must be of the same version.

trans resume reads the image from the swap partition in U-Boot, by U-Boot's
drivers, and continues the saved kernel, which needs no patch. An image that
cannot be resumed is refused and stays; the variable trans_resume tells a
script whether it may boot. trans discard gives an image up.
'''),
    *boot_patches.PATCHES,
    (document, '''doc: trans: describe the command and the library

How the command is used, what it sets, and where the parts are.
'''),
]


def commits(repo, source):
    tree = Tree(repo, source)
    for make, message in SERIES:
        make(tree)
        tree.commit(message)


def write(source, out=OUT):
    """(the patches, what is wrong with them). Of what is imported nothing is
    asked."""
    check(source)
    os.makedirs(os.path.dirname(out), exist_ok=True)
    uboot.say(f'patches for U-Boot {named(version(source))} ...')
    with tempfile.TemporaryDirectory(dir=os.path.dirname(out)) as repo:
        commits(repo, source)
        patches = series.export(repo, out, len(SERIES))
        bad = [series.checkpatch(source, patch, '--ignore', ','.join(NOT_OURS),
                                 cwd=repo) for patch in patches[1:]]
    return patches, ''.join(bad)


def main():
    ap = argparse.ArgumentParser(description=__doc__.split('\n\n', 1)[0])
    ap.add_argument('--tree', metavar='DIR',
                    help="a source tree of your own instead of Debian's")
    tree = ap.parse_args().tree
    home = f'{fetch.BUILD}/u-boot/{"own" if tree else RELEASE}'
    out = f'{home}/patches' if tree else OUT
    try:
        with fetch.locked(f'{home}/.lock'):
            patches, bad = write(os.path.abspath(tree) if tree else
                                 uboot.source(RELEASE), out)
    except fetch.Failed as why:
        sys.exit(f'uboot-series: {why}')
    print(bad, end='')
    print(f'uboot-series: {out}: {len(patches)} patches')
    sys.exit(bool(bad))


if __name__ == '__main__':
    main()
