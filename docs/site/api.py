# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""The API reference: pages made of the comments in include/trans_table/*.h,
which are the only text that there is. A header becomes a page, a comment with
the declarations behind it a section."""
import itertools
import re
from typing import NamedTuple

NOT_SHOWN = re.compile(r'#include .*|#endif|#(ifndef|define) TRANS_TABLE_\w+_H|'
                       r'TRANS_(BEGIN|END)_DECLS|/\* SPDX.*')
DECLARED = re.compile(
    r'^(?:#define |(?:struct|enum) (?=\w+ \{)|typedef .*?\(?\*?\b(?=trans_\w+'
    r'(?:\)\(|;))|(?:static inline )?[\w ]+?[ *](?=trans_\w+\())(\w+)', re.M)
ENUMERATOR = re.compile(r'^\t(TRANS_\w+)(?= =|,)', re.M)
STATUS = re.compile(r' {2,4}([a-z]+) +(TRANS_\w+|any other) {2,}(\S.*)')
ARGUMENT = re.compile(r'((?:@[\w.]+(?:, |\.\.)?)+):\s+(\S.*)')
TOKEN = re.compile(r'@(\w+)|\b(trans_\w+|TRANS_\w+|docs/\w+\.md)\b|'
                   r'\b(\w+\.h)\b|([\\`*\[\]<>|])')


class Item(NamedTuple):
    """A comment, as lines without its stars, and what is declared behind."""
    comment: list
    code: str

    def names(self):
        return list(dict.fromkeys(DECLARED.findall(self.code)))

    def label(self):
        """A struct, a macro and a function may have one name."""
        first = self.code.split()[0].lstrip('#')
        kind = f'{first}-' if first in ('struct', 'enum', 'define') else ''
        return f'api-{kind}{self.names()[0].lower()}'


def split(text):
    """The Items of a header; the first one is about the header itself."""
    lines = [w for w in text.split('\n') if not NOT_SHOWN.fullmatch(w)]
    found = []
    for part in re.split(r'^(?=/\*)', '\n'.join(lines), flags=re.M):
        comment = re.match(r'/\*(.*?)\*/(.*)', part, re.S)
        if comment:
            found.append(Item([re.sub(r'^ ?\* ?', '', w).rstrip() for w in
                               comment[1].strip().split('\n')],
                              comment[2].strip('\n')))
    return found


# ---- from comments to Markdown -----------------------------------------------

def inline(text, links):
    """A line of prose: what is a name becomes code, and leads to its place;
    what Markdown would take for its own is escaped."""
    def token(m):
        argument, name, header, mark = m.groups()
        word = argument or name or header
        if mark:
            return '\\' + mark
        return f'[`{word}`]({links[word]})' if word in links and not argument \
            else f'`{word}`'
    return TOKEN.sub(token, text)


def gather(lines):
    """(kind, what) of each thing in a comment: a line of 'prose', an 'item' of
    a list, a 'row' of a list of errors, a line of a 'block' that stands as it
    is, or the 'end' of a paragraph."""
    found = [('end', '')]
    for line in lines:
        row, item = STATUS.fullmatch(line), ARGUMENT.fullmatch(line)
        deep = line.startswith((' ', '\t'))
        if row or item:
            found.append(('row' if row else 'item',
                          list((row or item).groups())))
        elif deep and found[-1][0] in ('row', 'item'):
            found[-1][1][-1] += ' ' + line.strip()
        else:
            found.append(('block' if deep else 'prose' if line else 'end',
                          line))
    return found


def markdown(comment, links):
    """A comment's lines; each thing in it ends with an empty one."""
    shape = {
        'prose': lambda said: [inline(' '.join(said), links)],
        'item': lambda said: [f'- {inline(name, links)}: {inline(text, links)}'
                              for name, text in said],
        'row': lambda said: ['| group | status | when |', '| --- | --- | --- |',
                             *('| ' + ' | '.join(inline(w, links) for w in row)
                               + ' |' for row in said)],
        'block': lambda said: ['```', *(w.expandtabs(4) for w in said), '```'],
        'end': lambda said: [],
    }
    out = []
    for kind, group in itertools.groupby(gather(comment), lambda g: g[0]):
        out += [*shape[kind]([said for _, said in group]), '']
    return out


def section(item, links):
    names = item.names()
    body = markdown(item.comment, links)
    if not names: # words between declarations
        return [*body, *(['', '```c', item.code, '```'] if item.code else []),
                '']
    return [f'({item.label()})=', '## ' + ', '.join(f'`{n}`' for n in names[:3])
            + (', ...' if len(names) > 3 else ''), '',
            '```c', item.code, '```', '', *body, '']


def page_of(header):
    return f'api-{header.replace(".", "-")}.md'


def pages(headers, documents):
    """{page: Markdown} of {name of a header: its text}, and {name: link} for
    whoever speaks of what is declared, or of one of the @documents, {path:
    page}."""
    items = {name: split(text) for name, text in headers.items()}
    links = dict(documents)
    for name, found in items.items():
        links[name] = page_of(name)
        for item in found:
            for word in item.names() + ENUMERATOR.findall(item.code):
                links.setdefault(word, item.label())
    made = {page_of(name): '\n'.join(
        [f'# {name}', '', *(line for item in found
                            for line in section(item, links))])
            for name, found in items.items()}
    return made, links
