#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""Do the documents speak of what is there? Each *.md of the repository:

link     what is linked exists, and so does the heading behind a #
path     `folder/file.c` exists; a `*` may stand for anything
target   `make word` is a target
name     `trans_x`, `TRANS_X` and `test_x` stand in a source; `x` in `file.c`
         stands in that file
width    no line of prose has more than 120 columns; a row of a table may

and the pictures are what their text says. Nothing is said when all is well."""
import fnmatch
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# History: what it names may be gone.
NOT_NOW = ('CHANGELOG.md',)
NOT_OURS = ('.git', 'build', 'LICENSES', 'corpus')
WIDTH = 120
CODE = re.compile(r'`([^`\n]+)`')
PATH = re.compile(r'[\w.*+-]*(?:/[\w.*+-]+)*/?')
# Of others: a kernel's, a package's, a machine's.
ELSEWHERE = re.compile(r'/|arch/|kernel/|share/|build/|Documentation/|'
                       r'trans_table/')
# In a sentence, or as an example of what to type.
MAKE = re.compile(r'(?:`|^(?: {4}|\t)(?:\$ )?)make ([a-z][\w-]*)\b(?!=)', re.M)
EXAMPLES = re.compile(r'trans_x_?|trans_pgd\w*')
NAME = re.compile(r'(?:(?:struct|enum) )?(\w+)(?:\(\))?')
OURS = re.compile(r'trans_\w+|TRANS_\w*[A-Z0-9]|test_\w+')
INSIDE = re.compile(r'`((?:(?:struct|enum) )?\w+)`'
                    r'(?=(?:[^`|.;:]*`[\w ]+`)*[^`|.;:]* in `([\w./-]+\.\w+)`)')


def sources():
    """{path: text} of all that is in the repository."""
    found = {}
    for where, folders, files in os.walk(ROOT):
        folders[:] = [d for d in folders if d not in NOT_OURS]
        for name in files:
            path = os.path.join(where, name)
            with open(path, encoding='utf-8', errors='replace') as f:
                found[os.path.relpath(path, ROOT)] = f.read()
    return found


def anchor(heading):
    words = re.sub(r'[^\w\- ]', '', heading.strip().lower())
    return words.replace(' ', '-')


def links(name, text, there):
    for target in re.findall(r'\]\(([^)\s]+)\)', text):
        if re.match(r'\w+:', target):
            continue
        path, _, part = target.partition('#')
        path = os.path.normpath(os.path.join(os.path.dirname(name), path)) \
            if path else name
        if path not in there:
            yield f'{target} does not exist'
        elif part and part not in map(anchor, re.findall(
                r'^#+ (.*)$', there[path], re.M)):
            yield f'{target}: no such heading'


def endings(there):
    """All ways to name a file or a folder by the end of its path."""
    found = set()
    for path in there:
        words = path.split('/')
        for last in range(1, len(words) + 1):
            tail = '/' if last < len(words) else ''
            found |= {'/'.join(words[first:last]) + tail
                      for first in range(last)}
    return found


def paths(text, ends):
    for word in dict.fromkeys(CODE.findall(text)):
        if not PATH.fullmatch(word) or ELSEWHERE.match(word):
            continue
        looks = word.endswith('/') or re.search(r'\.(c|h|S|py|mk|ld|md|txt)$',
                                                word)
        if looks and word not in ends and \
                not ('*' in word and fnmatch.filter(ends, word)):
            yield f'{word} does not exist'


def made_by(there):
    """The targets of the Makefiles."""
    lines = [line for path, make in there.items()
             if os.path.basename(path) == 'Makefile' or path.endswith('.mk')
             for line in re.findall(r'^(?:\.PHONY: (.*)|([\w %/-]+):(?!=).*)$',
                                    make, re.M)]
    return {word for line in lines for part in line for word in part.split()}


def targets(text, made):
    for word in dict.fromkeys(MAKE.findall(text)):
        if word not in made:
            yield f'make {word}: no such target'


def words_of(there):
    """All words of the sources, and their names."""
    found = {os.path.splitext(os.path.basename(path))[0] for path in there}
    for path, text in there.items():
        if not path.endswith(('.md', '.svg')):
            found.update(re.findall(r'\w+', text))
    return found


def names(text, words, there):
    for word in dict.fromkeys(CODE.findall(text)):
        one = NAME.fullmatch(word)
        if one and OURS.fullmatch(one[1]) and one[1] not in words and \
                not EXAMPLES.fullmatch(one[1]):
            yield f'{word} stands in no source'
    for word, path in dict.fromkeys(INSIDE.findall(text)):
        last = word.split()[-1]
        if path in there and not re.search(rf'\b{last}\b', there[path]):
            yield f'{word} is not in {path}'


def width(text):
    for number, line in enumerate(text.split('\n')):
        if len(line) > WIDTH and not line.startswith(('|', '    ')):
            yield f'line {number + 1} has {len(line)} columns'


def pictures():
    for script in ('draw.py', 'record.py'):
        done = subprocess.run([f'{ROOT}/docs/pictures/{script}', '--check'],
                              text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        yield from done.stdout.splitlines()


def complaints(there):
    """What is wrong with the documents of {path: text}."""
    ends, made, words = endings(there), made_by(there), words_of(there)
    for name, text in sorted(there.items()):
        if name.endswith('.md') and name not in NOT_NOW:
            for why in (*links(name, text, there), *paths(text, ends),
                        *targets(text, made), *names(text, words, there),
                        *width(text)):
                yield f'{name}: {why}'


def main():
    bad = [*complaints(sources()), *pictures()]
    print('\n'.join(bad), end='\n' if bad else '')
    sys.exit(bool(bad))


if __name__ == '__main__':
    main()
