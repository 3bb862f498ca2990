#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""Nine promises about what was built, checked on the binaries themselves.

core: linked within itself, the core archive takes nothing from outside but the
      four functions that a C compiler may call by itself.
alone: these objects together take no more than that either.
fixed: the first of two objects of all tables is the larger one: the other was
      told what not to expect (lib/assume.h).
stack: a copy takes no more of a kernel's stack than is promised.
blob: the control blob is flat (no relocation, no symbol from outside, nothing
      that holds an absolute address) and fits in 16 KiB.
caches: no instruction but DC CIVAC cleans, a DMB or DSB stands in front of it,
      and the reference port forgets its lines before it stores, the MMU off.
erratum: the words that link the blob work around Cortex-A53 843419, and nothing
      in it (or in the port, linked with the same) is open to it.
licence: all that an installed archive was compiled from, headers and the blob
      too, may be had under BSD-2-Clause.
efi: a PE file that EFI firmware for arm64 starts, of a limited size.
"""
import argparse
import os
import re
import shlex
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, f'{HERE}/bench')
import bench  # noqa: E402

ALLOWED = {'memcpy', 'memmove', 'memset'}
BLOB_MAX = 16 << 10
# Of a kilobyte that a copy may take inside of Linux: with the adapter, what the
# host is asked, and 16 bytes to spare (docs/linux.md).
STACK_MAX = 1024 - 128 - 16

# A static link resolves these silently, to addresses that are wrong wherever
# else the blob is copied to; so they are looked for in the objects.
ABSOLUTE = re.compile(r'R_AARCH64_(ABS\d+|MOVW_[US]ABS_\w+|\w*GOT\w*|TLS\w+)')


def run(*cmd):
    return subprocess.run(cmd, check=True, text=True,
                          stdout=subprocess.PIPE).stdout


def undefined(tools, path):
    """Symbols that a file needs (weak ones too: they are needed as well)."""
    names = run(f'{tools}nm', '-u', path).split('\n')
    return {n.split()[-1] for n in names if n.strip()}


def masks_last(tools, obj):
    """A pending SError, also one that only ESB makes known, is taken before all
    is masked for good: no test on a host can see it."""
    text = run(f'{tools}objdump', '-d', '--disassemble=trans_arch_mask_', obj)
    want = (r'daifset, #0xb.*?dsb\s+sy.*?daifclr, #0x4.*?(esb|hint\s+#0x10)'
            r'.*?isb.*?daifset, #0xf')
    if re.search(want, text, re.DOTALL):
        return []
    return [f'{obj}: trans_arch_mask_ does not take a pending SError first']


def core(tools, archive):
    """What the archive as a whole leaves undefined."""
    with tempfile.TemporaryDirectory() as d:
        whole = os.path.join(d, 'core.o')
        run(f'{tools}ld', '-r', '--whole-archive', archive, '-o', whole)
        names = undefined(tools, whole)
        bad = masks_last(tools, whole)
    print(f'core-symbols: {archive} takes:', *(sorted(names) or ['nothing']))
    return bad + [f'{archive} needs {n}' for n in sorted(names - ALLOWED)]


def alone(tools, objs):
    """What objects leave undefined, linked with each other."""
    with tempfile.TemporaryDirectory() as d:
        whole = os.path.join(d, 'whole.o')
        run(f'{tools}ld', '-r', *objs, '-o', whole)
        names = undefined(tools, whole)
    print(f'tables-gate: {len(objs)} objects take:', *(sorted(names) or ['nothing']))
    return [f'{objs[0]} and others need {n}' for n in sorted(names - ALLOWED)]


# What is linked for a size, as docs/budgets.md has it.
USES = {'map alone': ('map',), 'with copy': (
    'create', 'copy', 'map', 'idmap', 'query', 'finish')}


def text(tools, obj, uses):
    """Bytes of code that these functions of an object need."""
    roots = [f'trans_table_{n}' for n in uses]
    with tempfile.TemporaryDirectory() as d:
        out = os.path.join(d, 'out.elf')
        run(f'{tools}ld', '-static', '--gc-sections', '-e', roots[0],
            '--unresolved-symbols=ignore-all',
            *(w for r in roots for w in ('-u', r)), obj, '-o', out)
        return sum(size for _, _, _, size, flags in sections(tools, out)
                   if 'X' in flags)


def fixed(tools, any_, one):
    bad = []
    for what, uses in USES.items():
        before, after = text(tools, any_, uses), text(tools, one, uses)
        print(f'tables-gate: {what}: {after} bytes of code with a geometry '
              f'fixed, {before} with any')
        if after >= before:
            bad.append(f'{what}: nothing is saved')
    return bad


def stack(tools, objs):
    """The deepest call of trans_table_copy, by what gcc wrote of each frame
    beside the objects. What is asked of the host is not in it."""
    bad = []
    for obj in objs:
        calls = bench.Calls(tools, [obj])
        if calls.dynamic or 'trans_table_copy' not in calls.titles:
            bad.append(f'{obj}: no frames, or dynamic ones: {calls.dynamic}')
            continue
        size, chain = calls.worst(calls.titles['trans_table_copy'])
        print(f'stack-gate: {obj}: a copy takes {size} bytes of stack, limit '
              f'{STACK_MAX}')
        if size > STACK_MAX:
            bad.append(f'{obj}: {size} bytes: ' + ' > '.join(chain))
    return bad


def sections(tools, elf):
    """(name, type, address, size, flags) of the sections that are loaded."""
    row = re.compile(r'\]\s+(\S+)\s+(\S+)\s+([0-9a-f]{16})\s+[0-9a-f]+\s+'
                     r'([0-9a-f]+)\s+[0-9a-f]+\s+([A-Za-z]*)')
    for line in run(f'{tools}readelf', '-SW', elf).splitlines():
        m = row.search(line)
        if m and 'A' in m[5] and int(m[4], 16):
            yield m[1], m[2], int(m[3], 16), int(m[4], 16), m[5]


def absolute_relocations(tools, obj):
    """Relocations in loaded sections that make the code depend on its place."""
    where = ''
    for line in run(f'{tools}readelf', '-rW', obj).splitlines():
        if line.startswith('Relocation section'):
            where = line.split("'")[1]
        m = ABSOLUTE.search(line)
        if m and not re.match(r'\.rela\.(debug|eh_frame|comment)', where):
            yield f'{obj}: {m[0]} in {where}'


def blob(tools, elf, flat, objs):
    bad = [w for o in objs for w in absolute_relocations(tools, o)]
    if 'There are no relocations' not in run(f'{tools}readelf', '-rW', elf):
        bad.append(f'{elf} has relocations')
    bad += [f'{elf} needs {n}' for n in sorted(undefined(tools, elf))]
    # The entry's and the stub's, which both set E2H where they are told of it.
    asked = run(f'{tools}objdump', '-d', elf).count(', hcr_el2')
    if asked > 2:
        bad.append(f'{elf} asks HCR_EL2 {asked} times')
    loaded = list(sections(tools, elf))
    end = max(a + n for _, _, a, n, _ in loaded)
    memory = end - min(a for _, _, a, _, _ in loaded)
    size = os.path.getsize(flat)
    print(f'blob-gate: {flat} is {size} bytes, {memory} in memory, '
          f'limit {BLOB_MAX}')
    if max(size, memory) > BLOB_MAX:
        bad.append(f'{flat} does not fit in {BLOB_MAX} bytes')
    return bad


# ---- caches -----------------------------------------------------------------

def functions(tools, path):
    """(name, instructions in order) of what is in a file or an archive."""
    name, code = '', []
    for line in run(f'{tools}objdump', '-d', '--no-show-raw-insn',
                    path).splitlines():
        head = re.match(r'[0-9a-f]+ <(\S+)>:$', line)
        if head:
            if code:
                yield name, code
            name, code = head[1], []
        elif re.match(r' *[0-9a-f]+:\t', line):
            code.append(line.split(':', 1)[1].replace('\t', ' ').strip())
    if code:
        yield name, code


def is_wrong_clean(insn):
    return insn.startswith('dc ') and not insn.startswith(('dc civac', 'dc zva'))


def unordered(code):
    """A clean by address without a barrier in front, as the text goes."""
    first = next((i for i, insn in enumerate(code)
                  if insn.startswith('dc civac')), None)
    return first is not None and \
        not any(re.match(r'd[ms]b ', c) for c in code[:first])


def caches(tools, files):
    bad, cleans = [], 0
    for path in files:
        for name, code in functions(tools, path):
            bad += [f'{path}: {name}: {c}' for c in code if is_wrong_clean(c)]
            cleans += any(c.startswith('dc civac') for c in code)
            if unordered(code):
                bad.append(f'{path}: {name}: no barrier before DC CIVAC')
            if name == 'start' and not forgets_first(code):
                bad.append(f'{path}: stores before it forgets its lines')
    print(f'caches-gate: {cleans} places that clean in {len(files)} files')
    return bad if cleans else bad + ['nothing cleans at all']


def forgets_first(code):
    """In the port's first steps: is the first call that may store not before
    the one that cleans?"""
    calls = [c.split('<')[1].rstrip('>') for c in code if c.startswith('bl ')]
    return 'forget_lines' in calls and \
        calls.index('forget_lines') < calls.index('relocate') and \
        not any(c.startswith('st') for c in code)


# ---- Cortex-A53 843419 ------------------------------------------------------

# What is open to it (Arm EPM048406, the linkers' definition too): ADRP in the
# last two words of a page, a load or store that is no load of a pair, perhaps
# something else, and a load or store of one register at an unsigned offset from
# the ADRP's.
OPEN = """
	.text
	.balign 4096
	.globl _start
_start:
	.skip 0xff8
	adrp x0, there
	ldr x1, [x2]
	ldr x3, [x0, :lo12:there]
	ret
	.data
	.balign 4096
there:	.quad 0
"""


def sequences(tools, elf):
    """Addresses of ADRPs that are open to it."""
    code = {}
    for line in run(f'{tools}objdump', '-d', '--no-show-raw-insn',
                    elf).splitlines():
        row = re.match(r' *([0-9a-f]+):\t(\S+)\s*(\S*?),?(?:\s(.*))?$', line)
        if row:
            code[int(row[1], 16)] = (row[2], row[3].rstrip(','), row[4] or '')
    for at, (what, reg, _) in code.items():
        if what != 'adrp' or at & 0xfff not in (0xff8, 0xffc):
            continue
        if not re.match(r'ld(?!n?p)|st', code.get(at + 4, ('',))[0]):
            continue
        for after in (8, 12):
            insn = code.get(at + after, ('', '', ''))
            if re.match(r'(ldrs?|str)[bhw]?$', insn[0]) and \
                    re.match(rf'\[{reg}(, #\d+)?\]', insn[2]):
                yield at


def linked(tools, words, where):
    """How many open sequences OPEN has, linked with these words."""
    obj, elf = os.path.join(where, 'open.o'), os.path.join(where, 'open.elf')
    subprocess.run([f'{tools}as', '-o', obj, '-'], input=OPEN, text=True,
                   check=True)
    subprocess.run([f'{tools}ld', *words, obj, '-o', elf], check=True)
    return len(list(sequences(tools, elf)))


def erratum(tools, words, elfs):
    """@words: TRANS_TABLE_BLOB_LINK."""
    words = [w for w in shlex.split(words) if w != '--gc-sections']
    plain = [w for w in words if '843419' not in w]
    with tempfile.TemporaryDirectory() as where:
        without, with_ = linked(tools, plain, where), linked(tools, words, where)
    bad = [f'{e}: ADRP at {at:#x}' for e in elfs for at in sequences(tools, e)]
    if not without:
        bad.append('the gate does not see what it looks for')
    if with_:
        bad.append('TRANS_TABLE_BLOB_LINK does not work around 843419')
    print(f'erratum-gate: 843419: {without} sequence without the option, '
          f'{with_} with it, none in {len(elfs)} files' if not bad else
          'erratum-gate: 843419')
    return bad


def compiled_from(obj):
    """The files of the tree that went into an object, by its .d."""
    with open(os.path.splitext(obj)[0] + '.d', encoding='utf-8') as f:
        rule = re.split(r'(?<!\\)\n', f.read())[0]
    return set(rule.split(':', 1)[1].replace('\\\n', ' ').split())


def restricted(path):
    """Why a file may not go into an archive, or ''. System headers are not in
    a .d; libfdt's are under both licences too."""
    with open(path, encoding='utf-8') as f:
        text = f.read()
    said = re.search(r'SPDX-License-Identifier: *([^*\n]*)', text[:400])
    if not said or 'BSD-2-Clause' not in said[1].strip().split(' OR '):
        return f'{path} is not to be had under BSD-2-Clause'
    others = set(re.findall(r'^#\s*include\s*<(?!trans_table/)(.*)>', text, re.M))
    others -= {'stdbool.h', 'stddef.h', 'stdint.h', 'libfdt.h'}
    return f'{path} includes {sorted(others)}' if others else ''


def licence(tools, files):
    """@files: archives, and the objects that they are made of."""
    objs = [f for f in files if not f.endswith('.a')]
    known = {os.path.basename(o) for o in objs}
    bad = [f'{a}: {m} is from nowhere' for a in files if a.endswith('.a')
           for m in run(f'{tools}ar', 't', a).split() if m not in known]
    sources = set().union(*map(compiled_from, objs))
    bad += filter(None, map(restricted, sorted(sources)))
    print(f'licence-gate: {len(objs)} objects of {len(sources)} files')
    return bad


# ---- the EFI application -----------------------------------------------------

EFI_MAX = 160 << 10


def efi(path):
    """A PE file for an arm64 application of EFI (Microsoft, "PE Format"), and
    its size."""
    with open(path, 'rb') as f:
        data = f.read()
    at = int.from_bytes(data[0x3c:0x40], 'little')
    machine = int.from_bytes(data[at + 4:at + 6], 'little')
    subsystem = int.from_bytes(data[at + 24 + 68:at + 24 + 70], 'little')
    print(f'efi-gate: {path}, {len(data)} bytes, limit {EFI_MAX}')
    if (data[at:at + 4], machine, subsystem) != (b'PE\0\0', 0xaa64, 10):
        yield 'no arm64 application of EFI'
    if len(data) > EFI_MAX:
        yield f'{len(data)} bytes are more than {EFI_MAX}'


GATES = ('core', 'alone', 'fixed', 'stack', 'blob', 'licence', 'caches',
         'erratum', 'efi')


def main():
    ap = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    ap.add_argument('gate', choices=GATES)
    ap.add_argument('--tools', default='aarch64-linux-gnu-',
                    help='prefix of nm, ld, ar and readelf')
    ap.add_argument('--link', default='', help='erratum: the words')
    ap.add_argument('file', nargs='+', help='core: ARCHIVE; alone: OBJECT...; '
                    'fixed: OBJECT OBJECT; stack: OBJECT...; '
                    'blob: ELF BIN OBJECT...; caches: ELF OR ARCHIVE...; '
                    'erratum: ELF...; licence: ARCHIVE... OBJECT...; efi: FILE')
    args = ap.parse_args()
    if args.gate == 'core':
        bad = core(args.tools, args.file[0])
    elif args.gate == 'alone':
        bad = alone(args.tools, args.file)
    elif args.gate == 'fixed':
        bad = fixed(args.tools, *args.file)
    elif args.gate == 'stack':
        bad = stack(args.tools, args.file)
    elif args.gate == 'caches':
        bad = caches(args.tools, args.file)
    elif args.gate == 'erratum':
        bad = erratum(args.tools, args.link, args.file)
    elif args.gate == 'efi':
        bad = list(efi(args.file[0]))
    elif args.gate == 'licence':
        bad = licence(args.tools, args.file)
    else:
        bad = blob(args.tools, args.file[0], args.file[1], args.file[2:])
    for why in bad:
        print(f'{args.gate}: {why}', file=sys.stderr)
    sys.exit(bool(bad))


if __name__ == '__main__':
    main()
