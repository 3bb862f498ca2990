#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""make single: the library as one C file, and its public headers as one.

What was written as many files is put together: public headers first, which are
the header too; then each source, behind the private headers that it is the
first to include. Then it is one translation unit:

 - private globals (trans_x_) become static, but for those that an .S names,
   which stays a file of its own;
 - a name of file scope that two sources have, or that would be hidden, gets the
   stem of its file in front: ask of map_by.c becomes map_by_ask;
 - a macro of a source ends with the source, one of a private header at the end;
 - with --only public functions become static, too, but for those that it names:
   what nobody calls is dropped by a compiler whose linker cannot. Those that
   --also names are global where TRANS_ALSO is defined, as nothing; the control
   blob is static, and dropped with who uses it.

The control blob is an array, with the SHA-256 of what it was made of and the
tools that did it. --check compares a file that was written before with the
sources as they are now; where the tools are the same, also the blob's bytes."""
import argparse
import functools
import hashlib
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LICENCE = 'SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later'
TOKEN = re.compile(r'''
    (?P<comment>/\*.*?\*/|//[^\n]*)
  | (?P<text>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
  | (?P<name>[A-Za-z_]\w*)
  | (?P<number>\.?\d(?:[eEpP][+-]|[\w.])*)
  | (?P<space>(?:\s|\\\n)+)
  | (?P<mark>->|.)''', re.S | re.X)
DIRECTIVE = re.compile(r'^[ \t]*#(?:\\\n|/\*.*?\*/|[^\n])*', re.M | re.S)
INCLUDE = re.compile(r'^[ \t]*#\s*include\s*(["<])([^">]+)[">][^\n]*\n', re.M)
DEFINE = re.compile(r'^[ \t]*#\s*define\s+(\w+)', re.M)
PRIVATE = re.compile(r'trans_\w*_')
TAGS = ('struct', 'union', 'enum')
HEAD = '''/* {licence} */
/*
 * trans_table in one file: {what}.
 * Made by `make single` from the sources of the project; do not edit. It wants
 * no include directory of ours; {header} has the same public headers for
 * who calls it, and {guards} keep the two apart.
 *
{needs}
 */
'''


ALSO = '''#ifndef TRANS_ALSO
#define TRANS_ALSO TRANS_PRIVATE
#endif
'''


class Failed(Exception):
    """What cannot be put together, in words."""


@functools.lru_cache(None)
def read(path):
    with open(os.path.join(ROOT, path), encoding='utf-8') as f:
        return f.read()


# ---- reading C --------------------------------------------------------------

class Token:
    """A piece of a source. @member: declares a member, or is none of ours for
    another reason; @top: of file scope."""

    def __init__(self, kind, text, directive):
        self.kind, self.text, self.directive = kind, text, directive
        self.before = None # the text that means something in front of it
        self.member = self.top = False

    def means(self):
        return self.kind not in ('comment', 'space')


def tokens(text):
    """All of it, directives and macros' bodies too."""
    found, at = [], 0
    for m in [*DIRECTIVE.finditer(text), None]:
        end = m.start() if m else len(text)
        found += [Token(t.lastgroup, t[0], False)
                  for t in TOKEN.finditer(text, at, end)]
        if m:
            found += [Token(t.lastgroup, t[0], True)
                      for t in TOKEN.finditer(m[0])]
            at = m.end()
    place(found)
    return found


class Depth:
    """Where in a file the reader is."""

    def __init__(self):
        self.open = [] # what was opened, innermost last: ( [ { and kinds of {
        self.offsetof = None # depth of its parenthesis, after the comma

    def enter(self, token, words):
        kind = token.text
        if kind == '{' and words[-2:-1] and words[-2] in TAGS or \
                kind == '{' and words[-1:] and words[-1] in TAGS:
            kind = words[-1] if words[-1] in TAGS else words[-2]
        self.open.append(kind)
        if kind == '(' and words[-1:] == ['offsetof']:
            self.offsetof = (len(self.open), False)

    def leave(self):
        if self.offsetof and self.offsetof[0] == len(self.open):
            self.offsetof = None
        self.open.pop()

    def in_members(self):
        return self.open[-1:] in (['struct'], ['union']) or \
            bool(self.offsetof and self.offsetof[1])


def place(found):
    """Say of each token where it stands. Directives stand nowhere."""
    depth, words, before = Depth(), [], None
    for token in found:
        if not token.means():
            continue
        token.before = before
        before = token.text
        if token.directive:
            continue
        token.top = not depth.open
        token.member = depth.in_members()
        if token.text in ('(', '[', '{'):
            depth.enter(token, words)
        elif token.text in (')', ']', '}'):
            depth.leave()
        elif token.text == ',' and depth.offsetof and \
                depth.offsetof[0] == len(depth.open):
            depth.offsetof = (depth.offsetof[0], True)
        words = [*words[-3:], token.text]


def declarations(found):
    """The tokens that mean something of each declaration of file scope."""
    now = []
    for token in found:
        if not token.means() or token.directive:
            continue
        now.append(token)
        body = token.text == '}' and is_body(now)
        if token.text == ';' and token.top or body:
            yield now
            now = []


def is_body(now):
    """Does this } end a function? It stands inside of what { has opened."""
    depth = 0
    for at in range(len(now) - 1, -1, -1):
        depth += (now[at].text == '}') - (now[at].text == '{')
        if depth == 0:
            return now[at].top and now[at - 1].text == ')'
    return False


def of_file_scope(declaration):
    """(what is declared as an ordinary name, kind) of one declaration."""
    top = [t for t in declaration if t.top]
    names = [t.text for t in top if t.kind == 'name']
    if names[:1] == ['typedef']:
        inner = re.search(r'\(\*(\w+)\)', ''.join(t.text for t in declaration))
        yield (inner[1] if inner else names[-1]), 'type'
        return
    for at, token in enumerate(top[1:], 1):
        if token.text == '(' and top[at - 1].kind == 'name' and \
                not top[at - 1].text.startswith('_'):
            yield top[at - 1].text, 'function'
            return
    for at, token in enumerate(top[1:], 1):
        if token.text in ('=', '[', ';', ',') and \
                top[at - 1].kind == 'name' and top[at - 1].before not in TAGS:
            yield top[at - 1].text, 'variable'
        if token.text == '=':
            return


def enumerators(declaration):
    inside = False
    for at, token in enumerate(declaration):
        if token.text == '{':
            inside = 'enum' in [t.text for t in declaration[max(0, at - 2):at]]
        elif token.text == '}':
            inside = False
        elif inside and token.kind == 'name' and token.before in ('{', ','):
            yield token.text


class Source:
    """One file, and the names that it gives to all behind it."""

    def __init__(self, path):
        self.path, self.text = path, read(path)
        self.tokens = tokens(self.text)
        self.macros = set(DEFINE.findall(self.text))
        self.ordinary, self.tags = {}, set()
        for declaration in declarations(self.tokens):
            self.ordinary.update(of_file_scope(declaration))
            self.ordinary.update((n, 'enumerator')
                                 for n in enumerators(declaration))
        for a, b in zip(self.meaning(), self.meaning()[1:]):
            if a.kind == 'name' and a.before in TAGS and b.text == '{':
                self.tags.add(a.text)
        self.pointers = set(re.findall(r'\(\*(\w+)\)\(', self.text))
        self.used = {t.text for t in self.tokens if t.kind == 'name' and
                     t.before not in ('.', '->') and not t.member}

    def meaning(self):
        return [t for t in self.tokens if t.means()]


# ---- which files ------------------------------------------------------------

def find(includer, quote, name):
    """The file of the project that an include means, or None."""
    places = [f'include/{name}'] if quote == '<' else [
        os.path.normpath(f'{os.path.dirname(includer)}/{name}'), name]
    return next((p for p in places if os.path.isfile(f'{ROOT}/{p}')), None)


@functools.lru_cache(None)
def included(path):
    """The files of the project that a file includes by itself, in order."""
    return [p for p in (find(path, m[1], m[2])
                        for m in INCLUDE.finditer(read(path))) if p]


def closure(paths):
    """These files and all that they include, each behind what it includes."""
    done = []

    def add(path, way):
        if path in way:
            raise Failed(f'{path} includes itself')
        if path not in done:
            for other in included(path):
                add(other, (*way, path))
            done.append(path)
    for path in paths:
        add(path, ())
    return done


# ---- names ------------------------------------------------------------------

def prefixes(paths):
    """{source: what its names begin with}: the stem, with the folder's name in
    front where two have the same."""
    stems = [os.path.splitext(os.path.basename(p))[0] for p in paths]
    return {p: s if stems.count(s) == 1 else
            f'{os.path.basename(os.path.dirname(p))}_{s}'
            for p, s in zip(paths, stems)}


def collisions(sources, path):
    """(ordinary names, tags) of a source that another file has too, or hides.
    A variable is hidden by any name, a function by a pointer to one, and a
    macro hides any name."""
    mine = sources[path]
    ordinary, tags = set(), set()
    own = closure([path])
    for other in sources.values():
        if other.path in own:
            continue
        macros = other.macros if is_header(other.path) else set()
        ordinary |= set(mine.ordinary) & (set(other.ordinary) | macros)
        ordinary |= {n for n, kind in mine.ordinary.items()
                     if kind == 'variable' and n in other.used or
                     kind == 'function' and n in other.pointers}
        tags |= mine.tags & (other.tags | macros)
        hidden = macros & mine.used - set(mine.ordinary) - mine.macros
        if hidden:
            raise Failed(f'{path} uses {sorted(hidden)}, a macro of '
                         f'{other.path}, which it does not include')
    return {n for n in ordinary if not n.startswith('trans_')}, tags


def renamed(source, prefix, ordinary, tags):
    """The tokens' texts, with names of ours in front."""
    out = []
    for token in source.tokens:
        name = token.text
        if token.kind == 'name' and token.before in TAGS:
            name = f'{prefix}_{name}' if name in tags else name
        elif token.kind == 'name' and name in ordinary and \
                not token.member and token.before not in ('.', '->'):
            name = f'{prefix}_{name}'
        out.append(name)
    return out


def make_static(source, texts, private):
    """What @private says in front of each declaration of a function, and
    TRANS_PRIVATE for the static of what a private header defines: not everybody
    needs it."""
    first, instead = {}, set()
    for declaration in declarations(source.tokens):
        names = [n for n, kind in of_file_scope(declaration)
                 if kind == 'function']
        if not names:
            continue
        if declaration[0].text == 'static':
            instead |= {id(declaration[0])} if is_header(source.path) else set()
        elif names[0] in private:
            first[id(declaration[0])] = f'{private[names[0]]} '
    return ''.join('TRANS_PRIVATE' if id(token) in instead else
                   first.get(id(token), '') + text
                   for token, text in zip(source.tokens, texts))


def is_header(path):
    return path.endswith('.h')


def private_functions(sources, outside, only, also):
    """{those that are defined here, and named by no file outside; with @only
    all but those: what stands in front of them}."""
    defined = {n for p, s in sources.items() if p.endswith('.c')
               for n, kind in s.ordinary.items()
               if kind == 'function' and
               (n not in only if only else PRIVATE.fullmatch(n))}
    lost = [n for n in [*only, *also]
            if not any(n in s.ordinary for s in sources.values())]
    if lost:
        raise Failed(f'no source has {lost}')
    return {n: 'TRANS_ALSO' if n in also else 'TRANS_PRIVATE' for n in defined
            if not any(re.search(rf'\b{n}\b', t) for t in outside)}


# ---- writing ----------------------------------------------------------------

def without_ours(path, text):
    """Without includes of the project's files, and without the licence's line,
    which stands at the top."""
    text = INCLUDE.sub(
        lambda m: '' if find(path, m[1], m[2]) else m[0], text)
    text = re.sub(r'^/\* SPDX-License-Identifier:[^\n]*\*/\n', '', text)
    return re.sub(r'\n{3,}', '\n\n', text)


def titled(path, text):
    line = f'/* ---- {path} '
    return f'\n{line}{"-" * (76 - len(line))} */\n{without_ours(path, text)}'


def undefine(names):
    return '\n' + ''.join(f'#undef {n}\n' for n in sorted(names)) \
        if names else ''


HIDDEN = re.compile(r'^extern (const \w+ trans_blob_\w+(?:\[\])?) '
                    r'__attribute__\(\(visibility\("hidden"\)\)\);\n', re.M)


def array_alone(text):
    """As static data, of which no compiler takes another visibility."""
    text = re.sub(r'(?<=__attribute__\(\()visibility\("hidden"\),\s*', '', text)
    text = text.replace(' __attribute__((visibility("hidden")))', '')
    return re.sub(r'^(?=const )', 'TRANS_PRIVATE ', text, flags=re.M)


def array(blob, said):
    rows = [', '.join(f'0x{b:02x}' for b in blob[at:at + 12])
            for at in range(0, len(blob), 12)]
    return f'''
/*
 * The control blob, position-independent code for safe pages, linked on its own
 * and made flat. What it was made of and by:
{said}
 */
const char trans_blob_start_[] __attribute__((visibility("hidden"),
					      aligned(16))) = {{
\t{(",%s" % chr(10) + chr(9)).join(rows)},
}};
const uint32_t trans_blob_len_ __attribute__((visibility("hidden"))) =
	sizeof(trans_blob_start_);
'''


def digest(paths):
    """The SHA-256 of these files and all that they include."""
    total = hashlib.sha256()
    for path in sorted(closure(paths)):
        total.update(f'{path}\n'.encode())
        total.update(read(path).encode())
    return total.hexdigest()


def version(tool):
    said = subprocess.run([*tool.split(), '--version'], check=True, text=True,
                          stdout=subprocess.PIPE)
    return said.stdout.splitlines()[0]


def blob_said(args):
    return '\n'.join([f' *   sources: SHA-256 {digest(args.blob_source)}',
                      *(f' *   tool: {version(t)}' for t in args.tool)])


def header(publics, name):
    """The public headers as one."""
    texts = ''.join(titled(p, read(p)) for p in publics)
    return (f'/* {LICENCE} */\n/*\n * trans_table: all public headers that '
            f'{name}.c has, for who calls it.\n * Made by `make single`; do '
            f'not edit.\n */\n{texts}')


def needs(args):
    said = [f' * {os.path.basename(a)}: to be assembled beside it.'
            for a in args.asm]
    said += [' * <libfdt.h>, and the functions fdt_* that it declares.'] \
        if args.blob and not args.only else []
    said.append(' * From outside: memcpy, memmove, memset, memcmp.')
    return '\n'.join(said)


def single(args, publics, blob):
    """The whole file."""
    paths = closure(args.source)
    sources = {p: Source(p) for p in paths}
    c_files = [p for p in paths if p.endswith('.c')]
    prefix = prefixes(c_files)
    private = private_functions(sources, [read(a) for a in args.asm],
                                args.only, args.also)
    out = [HEAD.format(licence=LICENCE, what=args.what, needs=needs(args),
                       header=f'{args.name}.h', guards='guards')]
    define = '\n#define TRANS_PRIVATE static __attribute__((__unused__))\n'
    if args.only:
        out.append(define + (ALSO if args.also else ''))
        out += [titled(p, make_static(sources[p], [
            t.text for t in sources[p].tokens], private)) for p in publics]
    else:
        out += [*(titled(p, sources[p].text) for p in publics), define]
    if args.blob:
        text = array(blob, blob_said(args))
        out.append(array_alone(text) if args.only else text)
    macros = {'TRANS_PRIVATE', *(['TRANS_ALSO'] if args.also else ())}
    for path in (p for p in paths if p not in publics):
        source = sources[path]
        names = collisions(sources, path) if path in prefix else ((), ())
        texts = renamed(source, prefix.get(path), *names)
        text = titled(path, make_static(source, texts, private))
        out.append(HIDDEN.sub('', text) if args.only else text)
        if path in prefix:
            out.append(undefine(source.macros))
        else:
            macros |= source.macros
    return ''.join(out) + undefine(macros)


def assembler(path):
    """An .S with its headers in it; what they have for C is left out."""
    texts = [re.sub(r'^#ifndef __ASSEMBLER__\n.*?^#endif\n', '', read(p),
                    flags=re.M | re.S)
             for p in closure([path]) if not p.startswith('include/')]
    paths = [p for p in closure([path]) if not p.startswith('include/')]
    return f'/* {LICENCE} */\n' + ''.join(map(titled, paths, texts))


# ---- what was written before ------------------------------------------------

def blob_in(text):
    """(bytes, what is said of it) of a file that was written."""
    said = re.search(r'^( \*   sources: SHA-256 .*?)\n \*/$', text,
                     re.M | re.S)
    rows = re.search(r'^const char trans_blob_start_.*?= \{(.*?)\};', text,
                     re.M | re.S)
    if not said or not rows:
        raise Failed('has no blob')
    return bytes(int(n, 16) for n in re.findall(r'0x(\w\w)', rows[1])), said[1]


def differences(args, publics, text):
    """What a file that was written before has of other sources, or bytes."""
    blob = None
    if args.blob:
        blob, said = blob_in(text)
        now = blob_said(args)
        if said.split('\n')[0] != now.split('\n')[0]:
            yield 'its blob is of other sources'
        elif said == now and blob != binary(args.blob):
            yield 'its blob has other bytes, by the same tools'
        text = text.replace(said, now)
    if text != single(args, publics, blob):
        yield 'is not what these sources make'


def binary(path):
    with open(path, 'rb') as f:
        return f.read()


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w', encoding='utf-8') as f:
        f.write(text)


def main():
    ap = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    ap.add_argument('--check', metavar='FILE',
                    help='compare what was written before, write nothing')
    ap.add_argument('--dir', default='build/single')
    ap.add_argument('--name', required=True, help='of the file, without .c')
    ap.add_argument('--what', required=True, help='what it is, in words')
    ap.add_argument('--asm', nargs='*', default=[], help='.S beside it')
    ap.add_argument('--blob', help='the control blob, flat')
    ap.add_argument('--blob-source', nargs='*', default=[])
    ap.add_argument('--tool', action='append', default=[],
                    help='what made the blob')
    ap.add_argument('--only', nargs='*', default=[],
                    help='the public functions that somebody calls: all others '
                    'become static, and the compiler drops them')
    ap.add_argument('--also', nargs='*', default=[],
                    help='with --only: those that somebody calls where '
                    'TRANS_ALSO is defined')
    ap.add_argument('--source', nargs='+', required=True)
    args = ap.parse_args()
    os.chdir(ROOT)
    publics = [p for p in closure(args.source) if p.startswith('include/')]
    try:
        if args.check:
            with open(args.check, encoding='utf-8') as f:
                bad = list(differences(args, publics, f.read()))
            print('\n'.join(f'{args.check} {b}' for b in bad),
                  end='\n' if bad else '')
            sys.exit(bool(bad))
        blob = binary(args.blob) if args.blob else None
        write(f'{args.dir}/{args.name}.c', single(args, publics, blob))
        write(f'{args.dir}/{args.name}.h', header(publics, args.name))
        for path in args.asm:
            write(f'{args.dir}/{os.path.basename(path)}', assembler(path))
    except Failed as why:
        sys.exit(f'single: {why}')


if __name__ == '__main__':
    main()
