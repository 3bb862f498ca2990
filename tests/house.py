#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""The rules of the house, checked on its sources and on what they became.

length   a function has 50 lines at most, and half of them 15 at most
room     a source lies in a folder of MAY
arrow    a folder includes, and refers to, only what MAY lets it
private  no folder includes a private header of another one (lib's excepted,
         but not for examples/, which shows what a host can do)
circle   no .c file needs what needs it
prefix   a global name of the archive begins with trans_
public   it stands in include/, or ends with _; never both, and what
         include/ declares exists
header   a header that shares its stem with a .c declares only that .c's
errors   a list of errors in include/ has statuses and groups of errors.h
flags    the comment of an operation names the flags that it takes, no others
switch   no #if but for the assembler, the analyzer, -Os, and what a host may
         assume
width    no line with a comment goes beyond column 80
spdx     a file begins with its licence
outside  a document that is named is one of the repository

Says nothing and exits with 0 when all is well. Each rule is a function from a
Tree to what is wrong; tests/selftest.py shows each of them fail."""
import argparse
import ast
import io
import json
import os
import re
import statistics
import subprocess
import sys
import tokenize
from typing import NamedTuple

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# Who may include, and refer to, whom; a folder that is not named is a part of
# the one above it.
TABLES = ('lib', 'trans/table')
TRANSITION = (*TABLES, 'lib/machine', 'trans/transition')
SMALL_PORTS = ('ports/libfdt', 'ports/lz4', 'ports/lzo', 'ports/zlib')
MAY = {
    'lib': (),
    'lib/machine': ('lib',),
    'trans/table': ('lib',),
    'trans/table/extra': TABLES,
    'trans/transition': (*TABLES, 'lib/machine'),
    'kexec': TRANSITION,
    # What its three rooms have in common.
    'hibernate': (*TRANSITION, 'hibernate/swsusp'),
    'hibernate/swsusp': ('lib', 'lib/machine', 'hibernate'),
    'hibernate/saved': ('lib', 'lib/machine', 'trans/table', 'hibernate'),
    'hibernate/resume': (*TRANSITION, 'hibernate', 'hibernate/saved',
                         'hibernate/swsusp'),
    'hibernate/snapshot': (*TRANSITION, 'hibernate', 'hibernate/swsusp'),
}
EVERYTHING = tuple(MAY)
MAY.update({
    **{port: EVERYTHING for port in SMALL_PORTS},
    'ports/qemu-virt': (*EVERYTHING, *SMALL_PORTS),
    'ports/u-boot': (*EVERYTHING, *SMALL_PORTS),
    'ports/efi': (*EVERYTHING, *SMALL_PORTS),
    'ports/linux': EVERYTHING,
    'tools': (*EVERYTHING, *SMALL_PORTS),
    'examples': EVERYTHING,
})

# ---- numbers and words ----------------------------------------------------

LONGEST, MEDIAN, WIDTH, TAB = 50, 15, 80, 8
# What a compiler calls by itself: whose it is, the link decides.
BUILT_IN = {'memcpy', 'memmove', 'memset', 'memcmp'}
COMMENT = r'//[^\n]*|/\*.*?\*/'
LICENCE = 'SPDX-License-Identifier:'
LIKE_C = ('.c', '.h', '.S', '.ld')
LIKE_SH = ('.mk', '.sh', '.config')
NAMED = ('Makefile', 'Kconfig')
NOT_OURS = ('build', 'LICENSES', 'corpus')


class Tag(NamedTuple):
    """What ctags knows of a name."""
    path: str
    name: str
    kind: str
    first: int
    last: int


class Object(NamedTuple):
    """What nm knows of a compiled source: its global names."""
    defines: frozenset
    needs: frozenset


class Tree(NamedTuple):
    """All that the rules look at. Paths are those of sources."""
    text: dict     # path: what is in it
    tags: list     # of Tag
    archive: dict  # path: Object, of what is in libtrans_table.a
    others: list   # the same for each program that is linked with it
    may: dict      # MAY, or a made-up one


# ---- folders ----------------------------------------------------------------

def above(path):
    """The folders of a path, the deepest first."""
    while '/' in path:
        path = path.rsplit('/', 1)[0]
        yield path


def room_of(path, may):
    return next((d for d in above(path) if d in may), None)


def lets(tree, room, other):
    return room == other or other in tree.may[room]


def in_rooms(tree):
    """(path, its room) of the sources that lie in one."""
    for path in sorted(tree.text):
        room = room_of(path, tree.may)
        if room and path.endswith(LIKE_C):
            yield path, room


def room(tree):
    tops = {d.split('/')[0] for d in tree.may}
    for path in sorted(tree.text):
        if path.split('/')[0] in tops and path.endswith(LIKE_C) and \
                not room_of(path, tree.may):
            yield f'{path}: in no folder of MAY'


# ---- who includes whom ------------------------------------------------------

def includes(tree, path):
    """The files of the tree that a file includes by itself."""
    here = path.rsplit('/', 1)[0] if '/' in path else ''
    for kind, name in re.findall(r'^\s*#\s*include\s*(["<])([^">]+)',
                                 tree.text[path], re.M):
        places = [f'include/{name}'] if kind == '<' else [
            os.path.normpath(os.path.join(here, name)), name]
        yield from [p for p in places if p in tree.text][:1]


def declared(tree, path=None):
    """{name: header} of functions and variables of include/, or one file."""
    return {t.name: t.path for t in tree.tags
            if t.kind in ('prototype', 'externvar') and
            (t.path == path if path else t.path.startswith('include/'))}


def homes(tree):
    """{public header: rooms of what it declares}"""
    found = {}
    where = {name: path for path, obj in tree.archive.items()
             for name in obj.defines}
    for name, header_path in declared(tree).items():
        home = room_of(where.get(name, ''), tree.may)
        if home:
            found.setdefault(header_path, set()).add(home)
    return found


def include_arrows(tree):
    """(file, its rooms, included file, its rooms)"""
    public = homes(tree)
    for path in sorted(tree.text):
        own = room_of(path, tree.may)
        mine = {own} if own else public.get(path, ())
        for other in includes(tree, path) if mine else ():
            its = room_of(other, tree.may)
            yield path, mine, other, {its} if its else public.get(other, ())


def lent(room):
    """Others may include its headers."""
    return f'{room}/'.startswith('lib/') or room in SMALL_PORTS


def private(tree):
    for path, mine in in_rooms(tree):
        for other in includes(tree, path):
            its = room_of(other, tree.may)
            if its and not f'{mine}/'.startswith(f'{its}/') and \
                    (mine == 'examples' or not lent(its)):
                yield f'{path}: includes {other}, private in {its}'


# ---- who refers to whom -----------------------------------------------------

def references(tree):
    """(source, source, name): the first one needs what the second one defines.
    A program's own definition comes before the archive's."""
    library = {n: p for p, o in tree.archive.items() for n in o.defines}
    for unit in [tree.archive, *tree.others]:
        own = {n: p for p, o in unit.items() for n in o.defines}
        for path, obj in sorted(unit.items()):
            for name in sorted(obj.needs - BUILT_IN):
                other = own.get(name) or library.get(name)
                if other and other != path:
                    yield path, other, name


def arrow(tree):
    for path, mine, other, its in include_arrows(tree):
        if its and not any(lets(tree, m, i) for m in mine for i in its):
            yield f'{path}: includes {other}, of {", ".join(sorted(its))}'
    for path, other, name in references(tree):
        mine, its = room_of(path, tree.may), room_of(other, tree.may)
        if mine and its and not lets(tree, mine, its):
            yield f'{path}: refers to {name} of {other}'


def reach(edges, start):
    """All that can be reached from start, in a step at least."""
    seen, todo = set(), [start]
    while todo:
        new = edges.get(todo.pop(), set()) - seen
        seen |= new
        todo += new
    return seen


def circle(tree):
    named = {}
    for path, other, name in references(tree):
        if path.endswith('.c') and other.endswith('.c'):
            named.setdefault((path, other), name)
    edges = {}
    for path, other in named:
        edges.setdefault(path, set()).add(other)
    reached = {path: reach(edges, path) for path in edges}
    for path in sorted(edges):
        round_ = {p for p in reached[path] if path in reached.get(p, ())}
        if round_ and path == min(round_):
            ties = [f'{a} -> {b} ({named[a, b]})' for a, b in sorted(named)
                    if a in round_ and b in round_]
            yield f'{len(round_)} files in a circle: ' + '\n\t'.join(ties)


# ---- names ------------------------------------------------------------------

def globals_of(tree):
    """(name, source) of the archive, each name once."""
    return sorted({n: p for p, o in tree.archive.items()
                   for n in o.defines}.items())


def prefix(tree):
    for name, path in globals_of(tree):
        if not name.startswith('trans_'):
            yield f'{path}: {name}'


def words_of_headers(tree):
    """All words of include/ that are in no comment. (ctags does not know each
    declaration whose type is a typedef.)"""
    return {w for path, text in tree.text.items()
            if path.startswith('include/')
            for w in re.findall(r'\w+', re.sub(COMMENT, '', text, flags=re.S))}


def public(tree):
    shown, defined = words_of_headers(tree), dict(globals_of(tree))
    for name, path in defined.items():
        if name.startswith('trans_') and \
                (name in shown) == name.endswith('_'):
            yield f'{path}: {name}: ' + (
                'ends with _, and is in include/' if name in shown else
                'is not in include/, and does not end with _')
    for name, path in sorted(declared(tree).items()):
        if name not in defined and name not in BUILT_IN:
            yield f'{path}: {name}: is defined nowhere'


def header(tree):
    for path in sorted(tree.text):
        source = path[:-2] + '.c'
        if not path.endswith('.h') or source not in tree.text or \
                not room_of(path, tree.may):
            continue
        own = {t.name for t in tree.tags if t.path == source and
               t.kind in ('function', 'variable')}
        others = sorted(set(declared(tree, path)) - own)
        if others:
            yield f'{path}: not of {source}: {", ".join(others)}'


# ---- contracts --------------------------------------------------------------

ERRORS = 'include/trans_table/errors.h'
GROUP = re.compile(r'^ \*   ([a-z]+) {2,}[A-Z]', re.M)
LISTED = re.compile(r'^ \*   (\w+) +(TRANS_[A-Z]+|any other)  *\S')


def errors(tree):
    known = tree.text.get(ERRORS, '')
    groups = set(GROUP.findall(known))
    statuses = set(re.findall(r'\b(TRANS_E[A-Z]+) =', known)) | {'any other'}
    for path, text in sorted(tree.text.items()):
        for number, line in enumerate(text.split('\n')):
            m = path.startswith('include/') and LISTED.match(line)
            if m and m[1] not in groups:
                yield f'{path}:{number + 1}: {m[1]} is no group'
            if m and m[2] not in statuses:
                yield f'{path}:{number + 1}: {m[2]} is no status'


# ---- flags ------------------------------------------------------------------

# What says which flags are legal: its sixth argument.
BEGINS = 'trans_build_begin_'


def bodies(tree):
    """{name of a function: its text}"""
    return {t.name: '\n'.join(tree.text[t.path].split('\n')[t.first:t.last])
            for t in tree.tags
            if t.kind == 'function' and room_of(t.path, tree.may)}


def legal(body, name, depth=3):
    """What a function says is legal, itself or through what it calls."""
    found = re.search(rf'\b{BEGINS}\((.*?)\);', body.get(name, ''), re.S)
    if found or not depth:
        return found[1].split(',')[5] if found else ''
    return next(filter(None, (
        legal(body, called, depth - 1) for called in
        re.findall(r'\b(trans_\w+)\(', body.get(name, '')))), '')


def flags_of(tree, words):
    """The names of flags in an expression of C, through its macros."""
    names = set(re.findall(r'\b[A-Z_]+\b', words))
    found = {n.removeprefix('TRANS_') for n in names
             if n.startswith('TRANS_')}
    for text in tree.text.values():
        for name in names - {f'TRANS_{n}' for n in found}:
            macro = re.search(rf'#define {name}\s+((?:.*\\\n)*.*)', text)
            if macro:
                found |= flags_of(tree, macro[1])
    return found


def comment_of(tree, tag):
    """The last one before a prototype, without its stars."""
    lines = tree.text[tag.path].split('\n')[:tag.first - 1]
    found = re.findall(r'/\*(.*?)\*/', '\n'.join(lines), re.S)
    return re.sub(r'\n \* ?', ' ', found[-1]) if found else ''


def told(comment, takes):
    """The flags that a comment lists."""
    said = re.search(r'@flags: (.*?)\.\s', comment, re.S)
    if not said:
        return set()
    return set(re.findall(r'\b[A-Z]{4,}\b', said[1])).union(*(
        takes.get(f'trans_table_{other}', ())
        for other in re.findall(r'those of (\w+)', said[1])))


def flags(tree):
    body = bodies(tree)
    operations = [t for t in tree.tags if t.kind == 'prototype' and
                  t.path.startswith('include/') and legal(body, t.name)]
    takes = {t.name: flags_of(tree, legal(body, t.name)) for t in operations}
    for tag in operations:
        says = told(comment_of(tree, tag), takes)
        for flag in sorted(takes[tag.name] ^ says):
            yield f'{tag.name}: {flag} is ' + (
                'not in its comment' if flag in takes[tag.name]
                else 'in its comment, and not taken')


# ---- the preprocessor -------------------------------------------------------

SWITCH = re.compile(r'^\s*#\s*(?:if|ifdef|ifndef|elif)\b(.*)')
SWITCHES = re.compile(r'^ (?:\w+_H|__ASSEMBLER?__|__OPTIMIZE_SIZE__|_WIN32|'
                      r'__clang_analyzer__|TRANS_ASSUME_\w+)$')


def switch(tree):
    """In what is the library; a port is of its host."""
    for path, room in in_rooms(tree):
        for number, line in enumerate(tree.text[path].split('\n')):
            m = SWITCH.match(line)
            if m and not room.startswith('ports/') and \
                    not SWITCHES.match(m[1]):
                yield f'{path}:{number + 1}: {line.strip()}'


# ---- the text itself --------------------------------------------------------

def functions(tree):
    """(lines, path, name)"""
    return [(t.last - t.first + 1, t.path, t.name) for t in tree.tags
            if t.kind == 'function' and room_of(t.path, tree.may)]


def length(tree):
    found = sorted(functions(tree), reverse=True)
    for lines, path, name in found:
        if lines > LONGEST:
            yield f'{path}: {name}() has {lines} lines'
    median = statistics.median([f[0] for f in found] or [0])
    if median > MEDIAN:
        yield f'half of the functions have {median:g} lines or more'


def commented_c(text):
    """The numbers, from 0, of the lines with a comment or a part of one."""
    for m in re.finditer(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|'
                         + COMMENT, text, re.S):
        if m[0].startswith('/'):
            first = text.count('\n', 0, m.start())
            yield from range(first, first + m[0].count('\n') + 1)


def commented_python(text):
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0] - 1
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and \
                ast.get_docstring(node) is not None:
            yield from range(node.body[0].lineno - 1, node.body[0].end_lineno)


def commented_sh(text):
    for number, line in enumerate(text.split('\n')):
        if line.lstrip().startswith('#'):
            yield number


def language(path, text):
    if path.endswith(LIKE_C):
        return commented_c
    if path.endswith('.py') or text.startswith('#!/usr/bin/env python3'):
        return commented_python
    if path.endswith(LIKE_SH) or os.path.basename(path) in NAMED or \
            text.startswith('#!'):
        return commented_sh
    return None


def width(tree):
    for path, text in sorted(tree.text.items()):
        commented, lines = language(path, text), text.split('\n')
        for number in sorted(set(commented(text))) if commented else ():
            wide = len(lines[number].expandtabs(TAB))
            if wide > WIDTH:
                yield f'{path}:{number + 1}: {wide} columns'


def spdx(tree):
    for path, text in sorted(tree.text.items()):
        lines = text.split('\n', 2)
        if language(path, text) and \
                LICENCE not in lines[text.startswith('#!')]:
            yield f'{path}: does not begin with {LICENCE}'


def outside(tree):
    here = {os.path.basename(path) for path in tree.text}
    for path, text in sorted(tree.text.items()):
        for name in sorted(set(re.findall(r'[\w.-]+\.md\b', text)) - here):
            yield f'{path}: {name} is not in this repository'


RULES = (length, room, arrow, private, circle, prefix, public, header, errors,
         flags, switch, width, spdx, outside)


def complaints(tree):
    """{rule: what is wrong}"""
    return {rule.__name__: list(rule(tree)) for rule in RULES}


# ---- reading ----------------------------------------------------------------

def run(cmd, text=None):
    try:
        return subprocess.run(cmd, cwd=ROOT, check=True, input=text, text=True,
                              stdout=subprocess.PIPE).stdout
    except FileNotFoundError:
        sys.exit(f'house: this machine has no {cmd[0]}')
    except subprocess.CalledProcessError:
        sys.exit(f'house: {cmd[0]} failed')


def read_text():
    found = {}
    for where, folders, names in os.walk(ROOT):
        folders[:] = [f for f in folders
                      if f not in NOT_OURS and f != '.git']
        for name in names:
            path = os.path.relpath(os.path.join(where, name), ROOT)
            with open(path, 'rb') as f:
                data = f.read()
            if b'\0' not in data:
                found[path] = data.decode('utf-8', 'replace')
    return found


def read_tags(paths):
    said = run(['ctags', '--languages=C', '--langmap=C:+.h',
                '--kinds-C=+px', '--fields=+ne', '--output-format=json',
                '--sort=no', '-o', '-', '-L', '-'],
               '\n'.join(paths))
    rows = [json.loads(line) for line in said.splitlines()]
    return [Tag(r['path'], r['name'], r['kind'], r['line'],
                r.get('end', r['line'])) for r in rows if r['_type'] == 'tag']


def source_of(obj, directory):
    stem = os.path.splitext(os.path.relpath(obj, directory))[0]
    return next(stem + end for end in ('.c', '.S')
                if os.path.exists(stem + end))


def read_objects(tools, directory, objs):
    rows = {o: ([], []) for o in objs}
    for line in run([f'{tools}nm', '-AgP', *objs]).splitlines():
        path, rest = line.split(': ', 1)
        name, kind = rest.split()[:2]
        rows[path][kind in 'Uwv'].append(name)
    return {source_of(o, directory): Object(*map(frozenset, row))
            for o, row in rows.items()}


def read(args):
    text = read_text()
    return Tree(text, read_tags([p for p in text if p.endswith(('.c', '.h'))]),
                read_objects(args.tools, args.objects, args.archive),
                [read_objects(args.tools, args.objects, objs)
                 for objs in args.program],
                MAY)


def main():
    ap = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    ap.add_argument('--tools', default='aarch64-linux-gnu-',
                    help='prefix of nm')
    ap.add_argument('--objects', default='build/arm64/obj',
                    help='where the objects lie, as their sources do')
    ap.add_argument('--archive', nargs='+', required=True, metavar='OBJECT')
    ap.add_argument('--program', nargs='+', action='append', default=[],
                    metavar='OBJECT', help='what is linked with the archive')
    args = ap.parse_args()
    os.chdir(ROOT)
    tree = read(args)
    if not functions(tree) or not globals_of(tree) or not declared(tree):
        sys.exit('house: ctags or nm has found nothing')
    bad = [f'{rule}: {said}' for rule, found in complaints(tree).items()
           for said in found]
    print('\n'.join(bad), end='\n' if bad else '')
    sys.exit(bool(bad))


if __name__ == '__main__':
    main()
