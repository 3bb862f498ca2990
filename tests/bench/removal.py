#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""make bench-removal: what each capability of the tables costs, in bytes of
code: the links that `make bench` measures, with it taken out of the sources.

A capability is taken out by edits of a copy of the tables' sources, each of
which must change something, or by a constant (lib/assume.h). What is left would
not work; it is linked and never run. Ends with the table of docs/budgets.md."""
import argparse
import concurrent.futures
import os
import re
import shlex
import shutil
import subprocess
import sys
from typing import NamedTuple

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import bench  # noqa: E402

WHERE = 'trans/table'
# What a builder's functions are in.
BUILDER = 'build.c build.h source.c groups.c call.c extra/window.c'


class Edit(NamedTuple):
    """In @files (of trans/table) each match of @old becomes @new."""
    files: str
    old: str
    new: str


class Removal(NamedTuple):
    what: str
    edits: tuple = ()
    flags: tuple = ()


def edits(files, *pairs):
    return tuple(Edit(files, *p) for p in pairs)


REMOVALS = [
    Removal('tables that become a block, or a hole, again (UPGRADE, FOLD, unmap)',
            edits('build.c', (r'become\(b, \w+\)', 'DESCEND'))),
    Removal('error records and statistics', edits(
        BUILDER + ' pages.c', (r'b->report', '((struct trans_report *)0)'),
        (r'if \(report\)', 'if (0)'))),
    Removal('the undoing of a failed operation',
            edits('build.c', (r'\troll_back\(b\);', '\t;'))),
    Removal('the hooks write_entry, acquire and release', edits(
        'source.c pages.c pages.h',
        (r'table->ops->(write_entry|acquire|release) \|\| '
         r'table->ops->write_entry', '0'),
        (r'table->ops->(write_entry|acquire|release)\)', '0)'),
        (r'ops->acquire &&', '0 &&'), (r'b->dst->ops->write_entry', '0'))),
    Removal('borrowed tables (`share`)', edits(
        'build.c release.c', (r'&& f->borrowed\)', '&& 0)'),
        (r'below->borrowed =\s*'
         r'\(uint8_t\)\(borrowed \| b->old.v / TABLE_BORROWED\);', ''),
        (r'!\([bc][->.]+(old|d)\.v & TABLE_BORROWED\) &&', ''),
        (r'if \(old_kind\(b\) == DESC_RESERVED\)', 'if (0)'),
        (r'if \(b->answer.kind == DESC_TABLE\)', 'if (0)'),
        (r'\(!b->share &&', '(1 &&'))),
    Removal('52-bit formats (`TRANS_ASSUME_WIDE=0`)',
            flags=('-DTRANS_ASSUME_WIDE=0',)),
    Removal('slots written in place where all is empty',
            edits('build.c', (r'if \(is_direct\(b\)\)', 'if (0)'))),
    Removal('more than one granule (`TRANS_ASSUME_GRANULE`)',
            flags=('-DTRANS_ASSUME_GRANULE=TRANS_4K',)),
    Removal('estimates', edits('build.h', (
        r'return build_has\(b, TRANS_ESTIMATE\);', 'return 0;'))),
    Removal('visit', edits('cursor.c', (r'table->ops->visit && ', '0 && '))),
    Removal('more than one regime (`TRANS_ASSUME_REGIME`)',
            flags=('-DTRANS_ASSUME_REGIME=TRANS_EL1_0',)),
    Removal('contiguous groups (KEEPCONT)', edits(
        'source_begin.c build.c source.c',
        (r'b->dst->groups = trans_groups_;', ';'),
        (r'b->dst->groups', '((void (*)(void *, unsigned int, '
         'unsigned int))0)'))),
    Removal('hierarchical attributes', edits('attr.c', (
        r'(uint64_t trans_inheritance_\([^{]*\{)', r'\1 return 0;'))),
    Removal('permission indirection', edits(
        'attr.c source.c', (r'table->indirect', '0'),
        (r'!trans_attributes_direct_\(src, &a\)', '0'))),
    Removal('the one loop that copies runs', edits(
        'source.c', (r'\textend\(b, [^;]*;', '\t;'),
        (r'b->fill = copy_run;', ';'))),
    Removal('MKVALID and CHECKPFN', edits(
        'source.c', (r'build_has\(b, TRANS_MKVALID\)', '0'),
        (r'look == looks\[LOOK_HIDDEN\]', '0'),
        (r'look != LOOK_HIDDEN', '1')))]


def taken_out(removal, read):
    """{path: its text without the capability}. @read: the text of a path.
    LookupError: an edit has no place."""
    texts = {}
    for edit in removal.edits:
        found = 0
        for path in (f'{WHERE}/{f}' for f in edit.files.split()):
            text, n = re.subn(edit.old, edit.new, texts.get(path) or read(path))
            texts[path] = text
            found += n
        if not found:
            raise LookupError(f'{removal.what}: {edit.old} is nowhere in '
                              f'{edit.files}')
    return texts


def read(path):
    with open(os.path.join(bench.ROOT, path), encoding='utf-8') as f:
        return f.read()


def copied(removal, tree):
    """The sources at @tree, without the capability."""
    shutil.rmtree(tree, ignore_errors=True)
    for part in 'trans', 'lib', 'include':
        shutil.copytree(os.path.join(bench.ROOT, part), f'{tree}/{part}')
    for path, text in taken_out(removal, read).items():
        with open(f'{tree}/{path}', 'w', encoding='utf-8') as f:
            f.write(text)


def sizes(removal, compiler, tools, sources, tree):
    """Bytes of code of each link that `make bench` measures."""
    copied(removal, tree)

    def one(path):
        out = path.replace('/', '_')[:-1] + 'o'
        done = subprocess.run([*compiler, '-w', *removal.flags, '-c', path, '-o',
                               out], cwd=tree, text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode:
            raise bench.Failed(f'{removal.what}: {done.stdout[-2000:]}')
        return f'{tree}/{out}'

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        objects = list(pool.map(one, sources))
    return [bench.linked_size(tools, objects,
                              [f'trans_table_{n}' for n in names],
                              f'{tree}/out.elf')['text']
            for names, _ in bench.TABLES.values()]


def main():
    ap = argparse.ArgumentParser(description=__doc__.split('\n', maxsplit=1)[0])
    ap.add_argument('--tools', default='aarch64-linux-gnu-')
    ap.add_argument('--compiler', required=True, help='with its flags')
    ap.add_argument('--dir', default='build/removal')
    ap.add_argument('source', nargs='+', help='what the tables are made of')
    args = ap.parse_args()
    compiler, tree = shlex.split(args.compiler), os.path.abspath(args.dir)
    try:
        whole = sizes(Removal('nothing'), compiler, args.tools, args.source,
                      tree)
        print(f'whole: {", ".join(f"{n:,}" for n in whole)}')
        costs = []
        for r in REMOVALS:
            print(f'without {r.what}', file=sys.stderr, flush=True)
            less = sizes(r, compiler, args.tools, args.source, tree)
            costs.append((r.what, [a - b for a, b in zip(whole, less)]))
    except (bench.Failed, LookupError) as why:
        sys.exit(f'removal: not measured: {why}')
    finally:
        shutil.rmtree(tree, ignore_errors=True)
    print(f'| without | {" | ".join(bench.TABLES)} |\n| --- | --- | --- | --- |')
    for what, cost in sorted(costs, key=lambda c: c[1], reverse=True):
        print(f'| {what} | {" | ".join(f"{n:,}" for n in cost)} |')


if __name__ == '__main__':
    main()
