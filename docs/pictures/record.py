#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""make docs-recording: demo.svg, a terminal in which `make demo` runs.

--record  runs the demo, and keeps what it says, with the seconds from its
          start, in demo.cast (asciicast, version 2)
          otherwise demo.svg is drawn from that file

Of what Linux says the most is left out, and so are the seconds in which nothing
is said, but for PAUSE of them."""
import argparse
import html
import json
import os
import re
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
CAST, SVG = f'{HERE}/demo.cast', f'{HERE}/demo.svg'
COLUMNS, ROWS, PAUSE, REST = 92, 22, 1.5, 6
WIDE, HIGH, MARGIN, HEAD = 8.2, 18, 14, 30

SHOWN = re.compile(
    r'port: (EL\d|memory|kernel \d|initrd \d|kexec, bye|resume, bye|disk \d|'
    r'\d+ pages of|entry|figure (moved_|direct_))|AT$|trans:|G$|CHECK|'
    r'\[ +\d+\.\d+\] (Booting Linux|Linux version|Run /init)|'
    r'TRANS-TABLE-LINUX|SLEEPER|==== |  awake through|PASS$')
# What is said by whom: class of a line.
KINDS = (('mark', r'====|\$ '), ('good', r'.*PASS$|CHECK|SLEEPER'),
         ('blob', r'AT$|trans:|G$'), ('host', r'port:'), ('linux', r''))


def clean(line):
    return re.sub(r'\x1b\[[0-9;?]*[A-Za-z]|\r', '', line).rstrip()


def record():
    """The demo's lines that are shown, each with its second."""
    words = [f'{ROOT}/tests/qemu/demo.py']
    start = time.monotonic()
    said = [(0, '$ make demo')]
    with subprocess.Popen(words, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True,
                          errors='replace') as demo:
        for line in demo.stdout:
            if SHOWN.match(clean(line)):
                said.append((time.monotonic() - start,
                             clean(line)[:COLUMNS]))
    if demo.returncode:
        sys.exit('record: the demo failed')
    head = {'version': 2, 'width': COLUMNS, 'height': ROWS,
            'title': 'make demo'}
    with open(CAST, 'w', encoding='utf-8') as f:
        f.write(json.dumps(head) + '\n')
        for second, line in said:
            f.write(json.dumps([round(second, 2), 'o', line + '\r\n']) + '\n')


def lines():
    """(second, text) of the recording, without long pauses."""
    with open(CAST, encoding='utf-8') as f:
        events = [json.loads(line) for line in f][1:]
    now, before = 0.5, 0
    for second, _, text in events:
        now += min(second - before, PAUSE)
        before = second
        yield now, text.rstrip()


def kind(text):
    return next(name for name, words in KINDS if re.match(words, text))


def steps(name, what, at, whole):
    """Keyframes: the property that @what writes has each value from its second
    on; of several in one second the last one."""
    frames, last = [], None
    for percent, value in {round(100 * s / whole, 2): v for s, v in at}.items():
        if last is not None and value != last:
            frames.append(f'{percent - 0.01:.2f}%{{{what(last)}}}')
        if value != last:
            frames.append(f'{percent:.2f}%{{{what(value)}}}')
        last = value
    frames.append(f'100%{{{what(last)}}}')
    return f'@keyframes {name}{{{"".join(frames)}}}'


def draw():
    said = list(lines())
    whole = said[-1][0] + REST
    wide, high = COLUMNS * WIDE + 2 * MARGIN, ROWS * HIGH + HEAD + MARGIN
    hidden = [max(n + 1 - ROWS, 0) * HIGH for n in range(len(said))]
    style = [steps('up', lambda y: f'transform:translateY(-{y}px)',
                   [(0, 0), *((t, y) for (t, _), y in zip(said, hidden))],
                   whole)]
    texts = []
    for n, (second, text) in enumerate(said):
        style.append(steps(f'l{n}', lambda o: f'opacity:{o}',
                           [(0, 0), (second, 1)], whole))
        texts.append(f'<text class="{kind(text)}" y="{(n + 1) * HIGH - 5}" '
                     f'style="animation-name:l{n}">{html.escape(text)}</text>')
    return f'''<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:g} {high:g}"
width="{wide:g}" height="{high:g}" role="img"><title>make demo</title>
<desc>A terminal in which make demo runs: a bare-metal program starts Debian's kernel over itself, which finds all in
order; then that Linux hibernates, and the library wakes it.</desc><style>
text{{font:13px Menlo,Consolas,"Liberation Mono","DejaVu Sans Mono",monospace;white-space:pre;fill:#c9d1d9}}
.mark{{fill:#fff;font-weight:bold}}.good{{fill:#7ee787}}.blob{{fill:#ffa657;font-weight:bold}}.host{{fill:#79c0ff}}
.r text,.r{{animation:{whole:.2f}s infinite}}.r{{animation-name:up;transform:translateY(-{hidden[-1]}px)}}
@media (prefers-reduced-motion:reduce){{.r,.r text{{animation:none!important}}}}
{"".join(style)}</style>
<rect width="{wide:g}" height="{high:g}" rx="8" fill="#0d1117"/>
<circle cx="18" cy="15" r="5" fill="#ff5f57"/><circle cx="36" cy="15" r="5" fill="#febc2e"/><circle cx="54" cy="15"
r="5" fill="#28c840"/>
<svg x="{MARGIN}" y="{HEAD}" width="{COLUMNS * WIDE:g}" height="{ROWS * HIGH}"><g class="r">
{chr(10).join(texts)}
</g></svg></svg>
'''


def main():
    ap = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    ap.add_argument('--record', action='store_true')
    ap.add_argument('--check', action='store_true',
                    help='say so if demo.svg is not what is drawn')
    args = ap.parse_args()
    if args.record:
        record()
    picture = draw()
    if args.check:
        with open(SVG, encoding='utf-8') as f:
            if f.read() != picture:
                sys.exit('docs/pictures/demo.svg: not what demo.cast says: '
                         'docs/pictures/record.py')
        return
    with open(SVG, 'w', encoding='utf-8') as f:
        f.write(picture)


if __name__ == '__main__':
    main()
