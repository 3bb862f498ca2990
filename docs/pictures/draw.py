#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""make pictures: NAME.txt beside this file becomes NAME.svg.

A picture is a grid. A line of its source is one of

  title WORDS              what it shows; again for people who cannot see it:
  about WORDS
  cols|rows SIZE[*N] ...   the grid, in pixels
  box NAME CLASS ROW COL ROWSxCOLS
      text                 indented: `# ` a heading, `~ ` an aside, `= ` code;
                           otherwise plain. CLASS `-` draws the text alone
  note CLASS ROW COL left|mid|right WORDS
  arrow CLASS FROM.SIDE[:PART] TO.SIDE[:PART]
                           SIDE t, b, l or r; PART 0 to 1, or = for straight on
  no CLASS ROW COL         a cross

Rows and columns count from 0 and may have fractions. CLASS is one of COLOURS.
Text that does not fit its box in the widest of the fonts is an error.

The picture brings its own background, so that it reads on any page, and its
colours follow prefers-color-scheme."""
import argparse
import glob
import html
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
MARGIN, HEAD, GAP = 24, 52, 8
SANS = '"Helvetica Neue", Helvetica, Arial, "Liberation Sans", ' \
    '"DejaVu Sans", sans-serif'
MONO = 'Menlo, Consolas, "Liberation Mono", "DejaVu Sans Mono", monospace'

# Class: (fill, line) on a light page, the same on a dark one.
COLOURS = {
    'card': ('#ffffff', '#d1d9e0', '#0d1117', '#3d444d'),
    'host': ('#f1f3f5', '#868e96', '#21262d', '#7d8590'),
    'front': ('#dbeafe', '#3b82f6', '#12294d', '#4c8df6'),
    'trans': ('#d3f5e5', '#0b7a4e', '#0c3526', '#2cb67d'),
    'table': ('#c5eee8', '#0d8a80', '#0a3335', '#2ab3a8'),
    'lib': ('#fdf0c8', '#8f6a00', '#352a08', '#c9981a'),
    'machine': ('#ece2fd', '#8250df', '#2b1e4b', '#a078f0'),
    'danger': ('#ffe1dd', '#d1342c', '#451a18', '#f0655c'),
    'none': ('none', '#a5adb6', 'none', '#596069'),
    # Behind other boxes.
    'calm': ('#f0faf4', '#f0faf4', '#10201a', '#10201a'),
    'late': ('#fff7df', '#fff7df', '#251e0c', '#251e0c'),
    'last': ('#ffefec', '#ffefec', '#2b1514', '#2b1514'),
}
INK = ('#1f2328', '#59636e', '#f0f3f6', '#a3adb8')
# Kind of text: size, line height, class.
TEXTS = {'#': (15, 21, 'h'), '~': (12.5, 17, 's'), '=': (12.5, 17, 'c'),
         ' ': (13.5, 18, 'p')}


class Bad(Exception):
    """The source is wrong, in words."""


def style():
    def rules(fill, line, ink):
        out = [f'.{name}{{fill:{c[fill]};stroke:{c[line]}}}'
               f'.{name}-i{{fill:{c[line]};stroke:none}}'
               for name, c in COLOURS.items()]
        return ''.join([f'.h,.p,.c,.t{{fill:{INK[ink]}}}',
                        f'.s{{fill:{INK[ink + 1]}}}', *out])
    sizes = ''.join(f'.{k}{{font-size:{size}px}}'
                    for size, _, k in TEXTS.values())
    return (f'text{{font-family:{SANS}}}.c{{font-family:{MONO}}}'
            f'.t{{font-size:19px}}.h,.t{{font-weight:600}}{sizes}'
            'rect,path{stroke-width:1.5}.a{fill:none!important}'
            '.a{stroke-width:2.25}'
            '.none{stroke-dasharray:5 4}'
            f'{rules(0, 1, 0)}'
            f'@media(prefers-color-scheme:dark){{{rules(2, 3, 2)}}}')


def width(text, kind):
    """Pixels in a wide font (DejaVu), so that any other fits too."""
    size = TEXTS[kind][0]
    if kind == '=':
        return size * 0.603 * len(text)
    narrow, wide = "iljtfrI.,:;'|()[]! /-", 'mwMW@%—'
    ems = sum(0.37 if c in narrow else 0.92 if c in wide else
              0.68 if c.isupper() else 0.6 for c in text)
    return size * ems * (1.08 if kind == '#' else 1)


def text_at(x, y, kind, text, anchor='middle', extra=''):
    return (f'<text x="{x:g}" y="{y:g}" class="{TEXTS[kind][2]}{extra}" '
            f'text-anchor="{anchor}">{html.escape(text)}</text>')


class Axis:
    """Grid lines; a fraction lies between two of them."""

    def __init__(self, words, start):
        self.at = [start]
        for word in words:
            size, _, count = word.partition('*')
            for _ in range(int(count or 1)):
                self.at.append(self.at[-1] + float(size))

    def __call__(self, where):
        low = min(int(where), len(self.at) - 2)
        return self.at[low] + (where - low) * (self.at[low + 1] - self.at[low])


class Box:
    def __init__(self, picture, words, lines):
        self.name, self.look, row, col, size = words
        high, _, wide = size.partition('x')
        row, col = float(row), float(col)
        self.x = picture.cols(col) + GAP / 2
        self.y = picture.rows(row) + GAP / 2
        self.w = picture.cols(col + float(wide)) - GAP / 2 - self.x
        self.h = picture.rows(row + float(high)) - GAP / 2 - self.y
        self.lines = lines

    def side(self, spec, other=None):
        """The point SIDE[:PART] of the border, and the way out of the box."""
        side, _, part = spec.partition(':')
        if part == '=':
            part = (other[0] - self.x) / self.w if side in 'tb' else \
                (other[1] - self.y) / self.h
        part = float(part or 0.5)
        if side in 'tb':
            return (self.x + part * self.w, self.y + (side == 'b') * self.h,
                    0, 1 if side == 'b' else -1)
        return (self.x + (side == 'r') * self.w, self.y + part * self.h,
                1 if side == 'r' else -1, 0)

    def draw(self):
        out = [f'<rect x="{self.x:g}" y="{self.y:g}" width="{self.w:g}" '
               f'height="{self.h:g}" rx="7" class="{self.look}"/>']
        if self.look == '-':
            out = []
        total = sum(TEXTS[kind][1] for kind, _ in self.lines)
        y = self.y + (self.h - total) / 2
        for kind, text in self.lines:
            size, height, _ = TEXTS[kind]
            if width(text, kind) > self.w - 8 or total > self.h:
                raise Bad(f'box {self.name}: does not fit: {text}')
            out.append(text_at(self.x + self.w / 2,
                               y + height / 2 + size * 0.36, kind, text))
            y += height
        return out


def read_lines(block):
    lines = []
    for line in block:
        kind = line[0] if line[:2] in ('# ', '~ ', '= ') else ' '
        lines.append((kind, line[2:] if kind != ' ' else line))
    return lines


class Picture:
    def __init__(self, source):
        self.words = {'title': '', 'about': ''}
        self.cols = self.rows = None
        self.boxes, self.under, self.over = {}, [], []
        pending = []
        for number, line in enumerate(source.splitlines(), 1):
            if line[:1].isspace() and pending:
                pending[-1][2].append(line.strip())
            elif line.strip() and not line.startswith('--'):
                pending.append((number, line.split(), []))
        for number, words, block in pending:
            try:
                self.take(words, block)
            except (Bad, ArithmeticError, AttributeError, LookupError,
                    TypeError, ValueError) as why:
                raise Bad(f'line {number}: {why}') from why

    def take(self, words, block):
        kind, words = words[0], words[1:]
        if kind in self.words:
            self.words[kind] += ' '.join(words + block)
        elif kind == 'cols':
            self.cols = Axis(words, MARGIN)
        elif kind == 'rows':
            self.rows = Axis(words, HEAD)
        else:
            getattr(self, f'take_{kind}')(words, block)

    def take_box(self, words, block):
        box = Box(self, words, read_lines(block))
        self.boxes[box.name] = box
        self.under += box.draw()

    def take_note(self, words, _):
        anchor = {'left': 'start', 'mid': 'middle', 'right': 'end'}[words[3]]
        x, y = self.cols(float(words[2])), self.rows(float(words[1]))
        extra = '' if words[0] == 'card' else f' {words[0]}-i'
        kind, text = read_lines([' '.join(words[4:])])[0]
        self.over.append(text_at(x, y, kind, text, anchor, extra))

    def take_arrow(self, words, _):
        look, ends = words[0], [None, None]
        # First the end that knows where it is.
        for i in sorted((0, 1), key=lambda i: words[i + 1].endswith('=')):
            name, _, spec = words[i + 1].partition('.')
            ends[i] = self.boxes[name].side(spec, ends[1 - i])
        (x, y, dx, dy), (u, v, du, dv) = ends
        u, v = u + 9 * du, v + 9 * dv
        bend = max(12, 0.45 * (abs(u - x) + abs(v - y)))
        self.over += [
            f'<path d="M{x:g} {y:g}C{x + bend * dx:g} {y + bend * dy:g} '
            f'{u + bend * du:g} {v + bend * dv:g} {u:g} {v:g}" '
            f'class="{look} a"/>',
            f'<path d="M{u - 9 * du:g} {v - 9 * dv:g}'
            f'l{9 * du + 5 * dv:g} {9 * dv + 5 * du:g}'
            f'l{-10 * dv:g} {-10 * du:g}z" class="{look}-i"/>']

    def take_no(self, words, _):
        x, y = self.cols(float(words[2])), self.rows(float(words[1]))
        self.over.append(f'<path d="M{x - 8:g} {y - 8:g}l16 16m-16 0l16 -16" '
                         f'class="{words[0]} a"/>')

    def svg(self, name):
        wide, high = self.cols.at[-1] + MARGIN, self.rows.at[-1] + MARGIN
        title, about = (html.escape(self.words[w]) for w in ('title', 'about'))
        return '\n'.join([
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide:g}" '
            f'height="{high:g}" viewBox="0 0 {wide:g} {high:g}" role="img" '
            'aria-labelledby="t d">',
            '<!-- SPDX-License-Identifier: '
            'BSD-2-Clause OR GPL-2.0-or-later -->',
            f'<!-- made from {name}.txt by draw.py: make pictures -->',
            f'<title id="t">{title}</title>', f'<desc id="d">{about}</desc>',
            f'<style>{style()}</style>',
            f'<rect x="1" y="1" width="{wide - 2:g}" height="{high - 2:g}" '
            'rx="12" class="card"/>',
            f'<text x="{MARGIN + GAP / 2:g}" y="36" class="t">{title}</text>',
            *self.under, *self.over, '</svg>', ''])


def main():
    ap = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('--check', action='store_true',
                    help='write nothing; say which pictures are out of date')
    check = ap.parse_args().check
    stale = []
    for path in sorted(glob.glob(f'{HERE}/*.txt')):
        name = os.path.basename(path)[:-4]
        try:
            with open(path, encoding='utf-8') as f:
                svg = Picture(f.read()).svg(name)
        except Bad as why:
            sys.exit(f'docs/pictures/{name}.txt: {why}')
        made = f'{HERE}/{name}.svg'
        if not check:
            with open(made, 'w', encoding='utf-8') as f:
                f.write(svg)
        elif not os.path.exists(made) or \
                open(made, encoding='utf-8').read() != svg:
            stale.append(name)
    for name in stale:
        print(f'docs/pictures/{name}.svg is not what {name}.txt says: '
              'make pictures')
    sys.exit(bool(stale))


if __name__ == '__main__':
    main()
