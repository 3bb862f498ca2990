#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""make bench: measures the budgets of docs/architecture.md and prints them as a
table.

Times are ratios within one run, against one streaming read of the same tables
and against Linux's own copy. Sizes and stack come from arm64 objects built with
the port's flags, instructions from QEMU. An exceeded budget is a line of the
table; the exit status is nonzero only when something could not be measured.
"""
import argparse
import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))

# What programs link that have tables and nothing else: operations, and the most
# bytes of code. An estimate is a flag of these.
TABLES = {
    'map alone': (['map'], 7 << 10),
    'create, map, finish, query, destroy':
        (['create', 'map', 'finish', 'query', 'destroy'], 12 << 10),
    'the same with copy': (['create', 'map', 'finish', 'query', 'destroy',
                            'copy'], 16 << 10)}

QEMU = ['qemu-system-aarch64', '-M', 'virt', '-cpu', 'cortex-a57', '-m', '256M',
        '-nographic', '-nic', 'none', '-no-reboot', '-monitor', 'none',
        '-serial', 'stdio', '-icount', 'shift=4']


class Failed(Exception):
    """Something could not be measured."""


def run(*cmd, timeout=300):
    try:
        done = subprocess.run(cmd, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=timeout,
                              stdin=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired) as why:
        raise Failed(f'{cmd[0]}: {why}') from why
    if done.returncode:
        raise Failed(f'{cmd[0]} failed: {done.stderr.strip()[-2000:]}')
    return done.stdout


def rows(text):
    """Lines 'a|b|c' as lists."""
    return [w.strip().split('|') for w in text.splitlines() if '|' in w]


# ---- copy ------------------------------------------------------------------

def measure_copy(path):
    """{variant: {name: {seconds, ns, pages}}}"""
    found = {}
    for variant, name, seconds, entries, pages in rows(run(path)):
        found.setdefault(variant, {})[name] = {
            'seconds': float(seconds), 'pages': int(pages),
            'ns_per_entry': float(seconds) * 1e9 / int(entries)}
    return found


# ---- the hibernation image reader -----------------------------------------

def measure_swsusp(path):
    """{packing: {name: MB/s}}"""
    found = {}
    for packing, name, seconds, count in rows(run(path)):
        found.setdefault(packing, {})[name] = int(count) / float(seconds) / 1e6
    return found


def add_swsusp(table, found):
    """What a packed image costs beyond the library that unpacks it is its CRC,
    which no reader can leave out, and the reader's own work."""
    for packing, at in found.items():
        plain = {'raw': 'memcpy', 'LZO': 'liblzo2', 'LZ4': 'liblz4'}[packing]
        least = at.get('plain and CRC', at['plain'])
        note = f'{at["reader"]:,.0f} MB/s against {least:,.0f}'
        if packing != 'raw':
            note += f', {at["plain"]:,.0f} without CRC'
        note += f'; single pages {at["reader, single pages"]:,.0f}'
        table.add(f'image reader / {plain}{" and CRC" * (packing != "raw")}',
                  f'{least / at["reader"]:.2f} x', '', None, note)


# ---- size ------------------------------------------------------------------

def linked_size(tools, objects, roots, out):
    """Bytes per section of what @roots need."""
    wanted = [w for r in roots for w in ('-u', r)]
    run(f'{tools}ld', '-static', '--gc-sections', '-e', roots[0],
        '--unresolved-symbols=ignore-all', *wanted, *objects, '-o', out)
    size = {'text': 0, 'rodata': 0, 'data': 0}
    for line in run(f'{tools}size', '-A', out).splitlines():
        m = re.match(r'\.(text|rodata|data|bss)\S*\s+(\d+)', line)
        if m:
            size['data' if m[1] == 'bss' else m[1]] += int(m[2])
    return size


def blob_size(tools, out):
    at = {w[2]: int(w[0], 16) for w in
          (line.split() for line in run(f'{tools}nm', out).splitlines())
          if len(w) == 3}
    # The length stands right behind, aligned to 4.
    return at.get('trans_blob_len_', 0) - at.get('trans_blob_start_', 0)


def public(tools, objects):
    """Functions that a port may call."""
    names = (line.split() for o in objects
             for line in run(f'{tools}nm', o).splitlines())
    return sorted({w[2] for w in names if len(w) == 3 and w[1] == 'T'
                   and w[2].startswith('trans_')})


def measure_size(tools, objects, where):
    def size(name, roots):
        return linked_size(tools, objects, roots, f'{where}/{name}.elf')

    trans = [o for o in objects if '/trans/' in o and '/extra/' not in o]
    machine = [o for o in objects if '/lib/machine/' in o]
    found = {what: size('tables', [f'trans_table_{n}' for n in names])
             for what, (names, _) in TABLES.items()}
    found['trans'] = size('trans', public(tools, trans))
    found['blob'] = blob_size(tools, f'{where}/trans.elf')
    found['machine'] = size('machine', public(tools, trans + machine))
    return found


# ---- stack -----------------------------------------------------------------

class Calls:
    """The call graph that gcc wrote beside the objects (-fcallgraph-info=su).

    A call through a pointer goes where the source line says: a member of
    trans_ops to the pool's function of that name, the deepest one that a port
    can have from us; a present rule to the core's own; what a builder asks to
    all of its sources; attr_of and the host of a pool nowhere, for no part of
    the core is one; anything else to the callbacks whose address a function
    further up the chain takes. A callback from outside the core costs nothing
    here.
    """

    NODE = re.compile(r'node: { title: "([^"]+)" label: "([^"]*)"')
    EDGE = re.compile(r'edge: { sourcename: "([^"]+)" targetname: "([^"]+)"'
                      r' label: "([^"]*)"')
    OPS = re.compile(r'\b(alloc|free|phys_to_virt|pfn_valid|clean|'
                     r'write_entry|acquire|release|visit|barrier|'
                     r'valid_len)\(')

    def __init__(self, tools, objects):
        self.frame, self.calls, self.dynamic = {}, {}, set()
        self.memo, self.titles = {}, {}
        for obj in objects:
            path = os.path.splitext(obj)[0] + '.ci'
            if os.path.exists(path):
                self.read(path)
        for title in self.frame:
            self.titles.setdefault(self.short(title), title)
        self.taken = {}
        for obj in objects:
            self.read_taken(run(f'{tools}readelf', '-rW', obj))

    def read(self, path):
        with open(path, encoding='utf-8') as f:
            text = f.read()
        for title, label in self.NODE.findall(text):
            m = re.search(r'(\d+) bytes \((\w+)', label)
            if m:
                self.frame[title] = int(m[1])
                if m[2] == 'dynamic' and 'bounded' not in label:
                    self.dynamic.add(title)
        for caller, callee, place in self.EDGE.findall(text):
            self.calls.setdefault(caller, set()).add((callee, place))

    def read_taken(self, relocations):
        """{function: functions whose address it takes}"""
        user = None
        row = re.compile(r'R_AARCH64_(\w+)\s+\S+\s+(?:\.text\.)?(\w+)')
        for line in relocations.splitlines():
            if line.startswith('Relocation section'):
                m = re.search(r"'\.rela\.text\.(\w+)", line)
                user = self.titles.get(m[1]) if m else None
            m = row.search(line)
            if user and m and m[1] not in ('CALL26', 'JUMP26') and \
                    m[2] in self.titles:
                self.taken.setdefault(user, set()).add(self.titles[m[2]])

    @staticmethod
    def short(title):
        """The name within a file: gcc puts the file before a static one."""
        return title.split(':')[-1]

    def pointed(self, place, callbacks):
        """Where the indirect call at @place may go."""
        path, line, _ = place.rsplit(':', 2)
        with open(os.path.join(ROOT, path), encoding='utf-8') as f:
            text = f.read().splitlines()[int(line) - 1]
        if 'attr_of(' in text or 'host->' in text:
            return set()
        for call, names in (('present(', 'trans_present_'),
                            ('lend(', 'lend'), ('permit(', 'permit'),
                            ('groups(', 'trans_groups_'),
                            ('>ask(', ('trans_source_ask_', 'ask_')),
                            ('>fill(', 'copy_run')):
            if call in text:
                return {t for n, t in self.titles.items()
                        if n.startswith(names)}
        m = self.OPS.search(text)
        if not m:
            return callbacks
        pool = self.titles.get(f'pool_{m[1]}')
        return {pool} if pool else set()

    def below(self, f, callbacks):
        for callee, place in self.calls.get(f, ()):
            if callee == '__indirect_call':
                yield from self.pointed(place, callbacks)
            else:
                yield callee

    def worst(self, f, path=(), callbacks=frozenset()):
        """(bytes, chain) of the deepest call."""
        if f in path:
            return 0, []
        callbacks = callbacks | self.taken.get(f, set())
        key = f, callbacks
        if key not in self.memo:
            deepest = max((self.worst(g, (*path, f), callbacks)
                           for g in self.below(f, callbacks)),
                          default=(0, []), key=lambda d: d[0])
            here = self.frame.get(f, 0)
            self.memo[key] = (here + deepest[0],
                              [f'{self.short(f)}:{here}', *deepest[1]])
        return self.memo[key]


def measure_stack(tools, objects):
    calls = Calls(tools, objects)
    if not calls.frame or calls.dynamic:
        raise Failed(f'stack: no frames, or dynamic ones: {calls.dynamic}')
    found = {}
    for kind, pattern in (('tables', r'trans_(table|geometry)_'),
                          ('prepare', r'trans_transition_prepare$')):
        roots = [f for f in calls.frame if ':' not in f and
                 re.match(pattern, f)]
        size, chain = max((calls.worst(f) for f in roots),
                          key=lambda d: d[0])
        found[kind] = {'bytes': size, 'chain': ' > '.join(chain)}
    return found


# ---- the table -------------------------------------------------------------

class Table:
    """The budgets, with what was found."""

    def __init__(self):
        self.lines = []

    def add(self, what, measured, budget, ok, note=''):
        self.lines.append({'what': what, 'measured': measured,
                           'budget': budget, 'ok': ok, 'note': note})

    def most(self, what, value, budget, unit='', note=''):
        """At most; a ratio has two decimals."""
        text = f'{value:.2f}' if isinstance(value, float) else f'{value:,}'
        self.add(what, text + unit, f'<= {budget:,}{unit}', value <= budget,
                 note)

    def show(self):
        width = max(len(w['what']) for w in self.lines)
        for w in self.lines:
            verdict = {True: 'PASS', False: 'OVER', None: '    '}[w['ok']]
            print(f'{verdict}  {w["what"]:{width}}  {w["measured"]:>12}  '
                  f'{w["budget"]:<12}  {w["note"]}'.rstrip())
        over = sum(w['ok'] is False for w in self.lines)
        print(f'{over} over budget' if over else 'all within budget')


# Of Linux's time, at most: the copy without FOLD.
PLAIN = {'4k pages': 0.8, 'blocks': 0.6, 'mixed': 0.9}


def add_copy(table, copy):
    """The read that counts is the scalar one: 8 bytes at a time is what a copy
    of live descriptors must do. The vector one is shown beside it."""
    for variant, at in copy.items():
        # Where pages are hidden, what it takes to find them has a row.
        name = 'copy' if variant == 'mixed' else 'copy as linux'
        read, best, linux, fold, plain, bare, groups = (
            at[n]['seconds'] for n in (
                'stream scalar', 'stream best', 'linux', 'fold kexec', name,
                'copy', 'keepcont'))
        ns = at['fold kexec']['ns_per_entry']
        note = f'{ns:.2f} ns/entry; {fold / best:.2f} x vector read'
        add_fold(table, variant, fold / read, linux / fold, note)
        table.most(f'copy without FOLD / Linux, {variant}', plain / linux,
                   PLAIN[variant], ' x',
                   f'{at[name]["ns_per_entry"]:.2f} against '
                   f'{at["linux"]["ns_per_entry"]:.2f} ns/entry')
        if variant == 'mixed':
            table.most('the same with hidden pages and pfn_valid, mixed',
                       at['copy as linux']['seconds'] / linux, 1.2, ' x')
        table.most(f'copy with KEEPCONT / without, {variant}', groups / bare,
                   1.1, ' x')
        minimum = 2 if variant != 'mixed' else None
        pages, theirs = at['fold kexec']['pages'], at['linux']['pages']
        table.add(f'table pages with FOLD, {variant}', f'{pages:,}',
                  f'{minimum} (minimum)' if minimum else '',
                  pages == minimum if minimum else None,
                  f'Linux {theirs:,}')


def add_fold(table, variant, read, linux, note):
    least = {'4k pages': 2, 'mixed': 1.5}.get(variant)
    if variant == '4k pages':
        table.most(f'copy with FOLD / read, {variant}', read, 1.2, ' x', note)
    else:
        table.add(f'copy with FOLD / read, {variant}', f'{read:.2f} x', '',
                  None, note)
    table.add(f'Linux / copy with FOLD, {variant}', f'{linux:.2f} x',
              f'>= {least} x' if least else '',
              linux >= least if least else None)


def add_rest(table, found):
    sparse, mover = found['sparse'], found['mover']
    table.most('sparse tables, 400 MB kexec', sparse['tables'][0], 8, ' pages',
               f'{sparse["tables"][1]} while building')
    loop = max(mover['up'], mover['down'])
    table.most('mover / 16-byte loop, instructions', loop / mover['plain'], 0.6,
               ' x', f'{loop} against {mover["plain"]} per 4 KiB, QEMU -icount')
    payload, moved = sparse['kexec']
    table.most('bytes moved / payload, 400 MB kexec', moved / payload, 1, ' x')
    payload, moved = sparse['cycle']
    table.most('the same in a cycle: pages more', (moved - payload) // 4096, 1)
    table.most('the same in place: bytes', sparse['in place'][1], 0)
    add_sizes(table, found['size'])
    for kind, what, budget in (
            ('tables', 'stack: table operations', 1024),
            ('prepare', 'stack: prepare', 1536)):
        table.most(what, found['stack'][kind]['bytes'], budget, ' B')


def add_sizes(table, size):
    def add(what, at, text, budget, note=''):
        table.most('code: ' + what, text, budget, ' B',
                   f'.rodata {at["rodata"]:,}, .data {at["data"]:,}{note}')

    for what, (_, budget) in TABLES.items():
        add(what, size[what], size[what]['text'], budget)
    add('tables and transition, without extra/', size['trans'],
        size['trans']['text'], 32 << 10,
        f'; blob {size["blob"]:,} of it')
    add('lib/machine beside them', size['machine'],
        size['machine']['text'] - size['trans']['text'], 14 << 10)


def main():
    ap = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    ap.add_argument('--tools', default='aarch64-linux-gnu-')
    ap.add_argument('--dir', default='build/bench')
    ap.add_argument('--json', default='build/bench.json')
    ap.add_argument('object', nargs='+', help='the core, with .ci beside')
    args = ap.parse_args()
    try:
        found = {
            'copy': measure_copy(f'{args.dir}/copy'),
            'swsusp': measure_swsusp(f'{args.dir}/swsusp'),
            'sparse': {n: [int(v) for v in w] for n, *w in
                       rows(run(f'{args.dir}/sparse'))},
            'mover': {n: int(v) for n, v in
                      rows(run(*QEMU, '-kernel', f'{args.dir}/mover.elf',
                               timeout=60))},
            'size': measure_size(args.tools, args.object, args.dir),
            'stack': measure_stack(args.tools, args.object),
        }
        if found['mover']['wrong up'] or found['mover']['wrong down']:
            raise Failed('the mover does not copy')
        table = Table()
        add_copy(table, found['copy'])
        add_rest(table, found)
        add_swsusp(table, found['swsusp'])
    except (Failed, KeyError, ValueError) as why:
        sys.exit(f'bench: not measured: {why!r}')
    table.show()
    for kind, stack in found['stack'].items():
        print(f'deepest ({kind}): {stack["chain"]}')
    with open(args.json, 'w', encoding='utf-8') as f:
        json.dump({'budgets': table.lines, **found}, f, indent=1)


if __name__ == '__main__':
    main()
