#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""The program trans on real files: a Debian kernel that was hibernated in QEMU,
its disk, its core, the tree of its machine. First all examples of
docs/tools.md, as they stand there; then what they do not show. --full: other
packings and kernels, a swap file; gdb and drgn open the core; tables are what
the kernel itself lists; the arm64 build, in qemu-user, says the same."""
import argparse
import contextlib
import fnmatch
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [os.path.join(ROOT, 'tests', d) for d in ('lab', 'qemu')]
import lab  # noqa: E402
import rows  # noqa: E402
import screenshot  # noqa: E402
import sleeper  # noqa: E402
import tables  # noqa: E402
from sleeper import Sleeper  # noqa: E402

DOCUMENT = os.path.join(ROOT, 'docs', 'tools.md')
OUT = os.path.join(ROOT, 'build', 'desk')
NATIVE, ARM64 = 'build/tools/trans', 'build/tools-arm64/trans'
COMMANDS = ('image', 'plan', 'table')
# Linux's, on a Cortex-A57 with 4K pages and 48 bits (docs/hibernate.md).
TCR, MAIR = 0x34b5503510, 0x40044ffff
A57 = 0x411fd070
MIDR = {'cortex-a57': A57, 'cortex-a76': 0x414fd0b1} # QEMU's
TIMEOUT = 120
PREFIX = 'trans-' # of names of logs


class Failed(Exception):
    """What is not as it must be."""


def must(so, why):
    if not so:
        raise Failed(why)


class Desk:
    """A directory with the files of one sleeper, and `trans` in the PATH. What
    is run there is in its case's log, with all that it says."""

    def __init__(self, home, guest, log):
        self.home, self.guest, self.log = home, guest, log
        self.env = {**os.environ, 'PATH': f"{home}/bin:{os.environ['PATH']}",
                    'NO_COLOR': '1', 'TMPDIR': home}

    def path(self, name):
        return os.path.join(self.home, name)

    def run(self, words):
        """(exit status, stdout, stderr)"""
        self.log.write(f'$ {words if isinstance(words, str) else words[-1]}\n')
        self.log.flush()
        done = subprocess.run(words, shell=isinstance(words, str),
                              cwd=self.home, env=self.env, text=True,
                              errors='replace', stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              timeout=TIMEOUT)
        self.log.write(f'{done.stdout}{done.stderr}'
                       f'... ended with {done.returncode}\n')
        return done.returncode, done.stdout, done.stderr

    def trans(self, *words, ends=0):
        """What it says; it must end so."""
        code, said, wrong = self.run(
            'trans ' + ' '.join(f"'{w}'" for w in words))
        must(code == ends, f'trans {" ".join(map(str, words))} ended with '
             f'{code}: {wrong}')
        return said

    def facts(self, *words, ends=0):
        return json.loads(self.trans(*words, '--json', ends=ends))

    def image(self):
        offset = sleeper.offset_of(self.guest, self.home)
        return f'swap.img:{offset}' if offset else 'swap.img'


def wrapper(program, path):
    """A script that runs it, in an emulator if it is for arm64."""
    must(os.path.exists(f'{ROOT}/{program}'), f'make {program} comes first')
    words = ['qemu-aarch64'] if program == ARM64 else []
    os.makedirs(os.path.dirname(path))
    with open(path, 'w', encoding='utf-8') as f:
        f.write(f'#!/bin/sh\nexec {" ".join([*words, f"{ROOT}/{program}"])} '
                '"$@"\n')
    os.chmod(path, 0o755)


@contextlib.contextmanager
def empty_desk(case, log):
    home = os.path.join(OUT, case.name)
    shutil.rmtree(home, ignore_errors=True)
    os.makedirs(home)
    try:
        wrapper(case.program, f'{home}/bin/trans')
        yield Desk(home, case.guest, log)
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextlib.contextmanager
def desk_of(case, log):
    guest, asleep = case.guest, sleeper.asleep(case.guest, 'desk')
    with empty_desk(case, log) as desk:
        subprocess.run(['cp', '--sparse=always', f'{asleep}/swap.img',
                        desk.home], check=True)
        os.symlink(sleeper.kernel_file(guest.kernel), desk.path('Image'))
        os.symlink(sleeper.initramfs(guest.kernel), desk.path('initrd.img'))
        lab.write_tree(guest.machine, desk.path('machine.dtb'))
        yield desk


# ---- the examples of the document --------------------------------------------

def examples():
    """(command, how it ends, lines that it says)"""
    with open(DOCUMENT, encoding='utf-8') as f:
        blocks = re.findall(r'^```console\n(.*?)^```', f.read(), re.M | re.S)
    for block in blocks:
        for part in re.split(r'^\$ ', block, flags=re.M)[1:]:
            command, *lines = part.rstrip('\n').split('\n')
            command, _, code = command.partition(' # ')
            yield command, int(code or 0), lines


def pattern(line):
    """Numbers may be others, and so may what a bar shows."""
    if re.match(r'\w+ +\|', line):
        return re.escape(line.split('|')[0]) + r'\|.*\|'
    parts = re.split(r'((?:\b|(?<=0x))[\da-f]*\d[\da-f]*\b)', line)
    return ''.join(r'[\da-f]+' if i % 2 else re.escape(part)
                   for i, part in enumerate(parts)).replace(r'\.\.\.', '.*')


def says(lines, text):
    """The first of `lines` that does not follow in `text`; None: all do."""
    at, left = 0, text.split('\n')
    skip = False
    for line in lines:
        if line == '...':
            skip = True
            continue
        where = next((i for i in range(at, len(left))
                      if re.fullmatch(pattern(line), left[i])), None)
        if where is None or (where != at and not skip):
            return line
        at, skip = where + 1, False
    return None


def registers(desk):
    root = desk.facts('image', '--header', 'swap.img')['root_table']
    return f'--ttbr {root} --tcr {TCR:#x} --mair {MAIR:#x}'


def document(desk):
    desk.env['registers'] = registers(desk)
    count = 0
    for command, ends, lines in examples():
        # A symbol's address is for each boot another one.
        code, text, wrong = desk.run(command)
        must(code == ends, f'{command}: ended with {code}\n{text}{wrong}')
        missing = says(lines, text)
        must(missing is None, f'{command}: does not say "{missing}"\n{text}')
        count += 1
    must(count > 10, 'the document has no examples')


# ---- what the document does not show ---------------------------------------

def an_image(desk, packing='LZO'):
    """Facts, log and refusals agree with what the guest is."""
    facts = desk.facts('image', desk.image())
    machine = desk.guest.machine
    must(facts['packing'] == packing, f"packing {facts['packing']}")
    must(facts['cpus'] == machine.smp, f"{facts['cpus']} CPUs")
    must(facts['release'] in str(desk.facts('image', '--log', desk.image())),
         'the log does not say which Linux it is')
    wakes = desk.facts('image', '--like', 'machine.dtb', '--cpu',
                       hex(MIDR[machine.cpu]), '--el', machine.el,
                       desk.image())
    must(wakes['would_wake'] and 'proof holds' in wakes['plan'][-1],
         'it would not wake where it was saved')


def is_damaged(desk):
    """A flipped bit in a packed image; a disk that ends early."""
    facts = desk.facts('image', '--header', 'swap.img')
    with open(desk.path('swap.img'), 'r+b') as f:
        f.seek(facts['page_size'] * (8 + facts['stored_pages'] // 16))
        byte = f.read(1)
        f.seek(-1, os.SEEK_CUR)
        f.write(bytes([byte[0] ^ 0x10]))
    facts = desk.facts('image', '--verify', 'swap.img', ends=1)
    must('TRANS_ECORRUPT' in facts['error'], facts['error'])
    must('stored_pages' in facts, 'nothing is said of what is damaged')
    with open(desk.path('swap.img'), 'r+b') as f:
        f.truncate(1 << 20)
    must('error' in desk.facts('image', 'swap.img', ends=1), 'no error')


def segments(path):
    """(physical, virtual, offset, length) of each PT_LOAD (System V ABI)."""
    with open(path, 'rb') as f:
        head = f.read(64)
        at, = struct.unpack_from('<Q', head, 32)
        count, = struct.unpack_from('<H', head, 56)
        f.seek(at)
        table = f.read(56 * count)
    for i in range(count):
        kind, _, offset, va, pa, length = struct.unpack_from(
            '<IIQQQQ', table, 56 * i)
        if kind == 1:
            yield pa, va, offset, length


def core_read(path, address, length):
    for _, va, offset, size in segments(path):
        if va <= address < va + size:
            with open(path, 'rb') as f:
                f.seek(offset + address - va)
                return f.read(length)
    raise Failed(f'{address:#x} is not in the core')


def a_core(desk):
    """What the core has at a function's address is what --find shows there."""
    found = desk.facts('image', '--find', 'vprintk', desk.image())
    desk.trans('image', '--elf', 'core', desk.image())
    shown = bytes.fromhex(''.join(line[16:].split('|')[0].replace(' ', '')
                                  for line in found['bytes']))
    got = core_read(desk.path('core'), int(found['virtual'], 16), len(shown))
    must(got == shown, 'the core has other bytes')
    stat = os.stat(desk.path('core'))
    must(stat.st_mode & 0o77 == 0, 'others may read the core')
    must('exists' in desk.facts('image', '--elf', 'core', desk.image(),
                                ends=3)['error'], 'it was overwritten')


def same_tables(desk):
    """By a raw dump of memory, as pmemsave writes it, and by the image."""
    with open(desk.path('memory'), 'wb') as raw, \
            open(desk.path('core'), 'rb') as core:
        for pa, _, offset, length in segments(desk.path('core')):
            core.seek(offset)
            raw.seek(pa - 0x40000000)
            raw.write(core.read(length))
    words = registers(desk).split()
    desk.trans('table', '--base', '1G', *words, '--diff', desk.image(),
               'memory')
    with open(desk.path('memory'), 'r+b') as raw:
        root = int(words[1], 16) - 0x40000000
        raw.seek(root + 8 * 511)
        raw.write(struct.pack('<Q', int(words[1], 16) | 3))
    code, _, wrong = desk.run('trans table --base 1G $registers '
                                '--stats memory')
    must(code in (0, 1), f'a table that names itself: {code} {wrong}')


def wrong_use(desk):
    """Words that are wrong are named; files that cannot be read end with 3,
    whatever is asked of them."""
    for words, names in (
            ('image', ''), ('nothing', 'nothing'), ('', ''),
            ('image --el 3 x', '--el cannot be "3"'), ('image --foo x', '--foo'),
            ('image --page', '--page wants'), ('image --page zz x', '"zz"'),
            ('image --like x x', '--cpu'), ('image --yes x', '--yes'),
            ('image --discard --json x', '--yes'), ('plan nowhere', '--ram'),
            ('plan --page 8K Image', '8K'),
            ('image --json=1 x', '--json=1: it takes no value'),
            ('plan --help=1', '--help=1: it takes no value'),
            ('plan ' + ' '.join(f'--ram {n * 2}G+1G' for n in range(65)),
             'too many of --ram, here at "128G+1G"'),
            ('plan --ram 1G+1G --kernel-at 1 Image', '--kernel-at'),
            ('table machine.dtb', '--ttbr'), ('table --lower swap.img', '--ttbr'),
            ('table --diff-ttbr 1 swap.img', '--diff'),
            ('table --query 0 --stats swap.img', '--query')):
        code, _, wrong = desk.run(f'trans {words}')
        must(code == 2 and names in wrong, f'trans {words}: {code}, {wrong}')
    for command in ('image', 'plan --ram 1G+1G', 'table'):
        for name, why in (('nowhere', 'No such file'), ('.', 'directory'),
                          ('empty', 'empty')):
            code, said, wrong = desk.run(
                f': >empty; trans {command} --json {name}')
            must(code == 3 and why in wrong and why in said,
                 f'trans {command} {name}: {code}, {wrong}')
        code = desk.run(f'trans {command.split()[0]} --help >/dev/full')[0]
        must(code == 3, f'{command}: nobody could read the help: {code}')
    # To ask whether colours are wanted leaves an errno behind.
    code, _, wrong = desk.run('NO_COLOR= trans plan Image initrd.img Image')
    must(code == 3 and 'File too large' in wrong, f'a kernel as a tree: {wrong}')
    desk.trans('table', '--ttbr', '0x80000000', '--tcr', hex(TCR), '--mair',
               hex(MAIR), 'machine.dtb', ends=1)


def same_words(desk):
    """Options are in --help, in the manual page and in the completion."""
    with open(f'{ROOT}/tools/trans/trans.1', encoding='utf-8') as f:
        page = f.read().replace('\\-', '-')
    with open(f'{ROOT}/tools/trans/completion.sh', encoding='utf-8') as f:
        completion = f.read()
    with open(f'{ROOT}/include/trans_table/version.h', encoding='utf-8') as f:
        must(f'"{desk.trans("--version").removeprefix("trans ").strip()}"' in
             f.read(), 'another version than the header')
    for command in COMMANDS:
        text = desk.trans(command, '--help')
        must(max(map(len, text.splitlines())) < 80, 'it is too wide')
        options = set(re.findall(r'--[a-z][a-z0-9-]*', text))
        section = re.search(rf'^\.SH .*TRANS {command.upper()}.*?(?=^\.SH|\Z)',
                            page, re.M | re.S)
        must(section, f'no section for {command}')
        told = set(re.findall(r'^\.BR? (--[a-z0-9-]+)|\B(--[a-z0-9-]+)',
                              section[0], re.M))
        told = {a or b for a, b in told} | {'--help', '--json'}
        must(options <= told, f'trans.1 lacks {options - told}')
        words = re.search(rf'\b{command}\) words="([^"]*)"', completion)
        must(words and set(words[1].split()) == options,
             f'{command}: the completion has not the same words')


def picture(desk):
    import xml.dom.minidom
    desk.trans('plan', '--relocate', '--svg', 'plan.svg', 'Image', 'initrd.img',
               'machine.dtb')
    desk.trans('table', '--stats', '--svg', 'table.svg', desk.image())
    desk.trans('image', '--like', 'machine.dtb', '--cpu', hex(A57), '--el', '1',
               '--svg', 'image.svg', desk.image())
    for name, word in (('plan', 'the initrd, after'), ('table', 'r-x normal'),
                       ('image', 'a safe copy, to be moved, during')):
        tree = xml.dom.minidom.parse(desk.path(f'{name}.svg'))
        titles = [t.firstChild.data for t in
                  tree.getElementsByTagName('title')]
        must(any(word in t for t in titles), f'{name}.svg: no {word}')


def plans(desk):
    """A packed kernel is as good; one that does not fit is refused."""
    subprocess.run('gzip -1 <Image >Image.gz', shell=True, check=True,
                   cwd=desk.home)
    facts = desk.facts('plan', '--ram', '1G+512M', '--verify', 'Image.gz',
                       'initrd.img')
    must(facts['proof'] and any('sha256' in p for p in facts['plan']),
         'no digests')
    error = desk.facts('plan', '--ram', '1G+24M', 'Image', ends=1)['error']
    must('no memory' in error, error)


# ---- only of --full ----------------------------------------------------------

def features(desk):
    """Of a kernel with symbols of data: QEMU's Cortex-A57 with a GICv3 has all
    that it found, one without CRC32 instructions has not, one with more has."""
    def like(isar0, ends, *words):
        return desk.facts(
            'image', '--like', 'machine.dtb', '--cpu',
            f'{A57:#x},pfr0=0x1002222,dfr0=0x10305106,isar0={isar0:#x}', '--el',
            desk.guest.machine.el, *words, desk.image(), ends=ends)

    wakes = like(0x11120, 0)
    must(any('CPU features, ISAR0 0x0000000000011120' in w
             for w in wakes['plan']), wakes['plan'])
    refused = like(0x01120, 1)
    must('CPU has less ID_AA64ISAR0_EL1' in str(refused['refusal']),
         refused)
    must(like(0x01120, 0, '--anyway', 'cpu')['would_wake'], 'not waived')
    must(like(0x211120, 0)['would_wake'], 'refused for having more')


def gdb(desk, *commands):
    words = [w for c in commands for w in ('-ex', c)]
    _, said, wrong = desk.run(['gdb-multiarch', '-nx', '-batch', *words])
    return said + wrong


def by_gdb(desk):
    """It opens the core and reads where kallsyms says that the banner is."""
    found = desk.facts('image', '--find', 'linux_banner', desk.image())
    release = desk.facts('image', desk.image())['release']
    desk.trans('image', '--elf', 'for-gdb', desk.image())
    said = gdb(desk, 'set architecture aarch64', 'core-file for-gdb',
               f'x/s {found["virtual"]}')
    must(f'Linux version {release}' in said, said)


TASKS = '''
set $task = &init_task
set $in = (long)&((struct task_struct *)0)->tasks
printf "%d %s\\n", $task->pid, $task->comm
set $task = (struct task_struct *)((char *)$task->tasks.next - $in)
while $task != &init_task
  printf "%d %s\\n", $task->pid, $task->comm
  set $task = (struct task_struct *)((char *)$task->tasks.next - $in)
end
'''


def by_names(desk):
    """With the kernel's vmlinux, and told how far KASLR has moved it, gdb knows
    its variables by name, and by type."""
    with open(desk.path('tasks.gdb'), 'w', encoding='ascii') as f:
        f.write(TASKS)
    facts = desk.facts('image', desk.image())
    core = desk.facts('image', '--elf', 'for-names', desk.image())
    vmlinux = os.path.join(os.path.dirname(
        sleeper.kernel_file(desk.guest.kernel)), 'vmlinux')
    said = gdb(desk, 'core-file for-names',
               f'symbol-file -o {core["kaslr_offset"]} '
               f'{vmlinux}',
               'printf "%s", linux_banner', 'printf "%u CPUs\\n", nr_cpu_ids',
               'printf "%s\\n", saved_command_line', 'source tasks.gdb')
    lines = said.splitlines()
    for line in (f'{desk.guest.machine.smp} CPUs', facts['command_line'],
                 '0 swapper/0', '1 init', '2 kthreadd'):
        must(line in lines, f'no line "{line}":\n{said}')
    must(f'Linux version {facts["release"]} ' in said and
         re.search(r'^\d+ kswapd0$', said, re.M), said)


DRGN = '''
import sys, drgn
program = drgn.Program()
program.set_core_dump(sys.argv[1])
print(program["UTS_RELEASE"].string_().decode())
print(program.read(int(sys.argv[2], 0), 64))
'''


def by_drgn(desk):
    """It knows the core for a kernel's by VMCOREINFO, and walks its tables to
    the banner. Debian's Python has its module, whatever runs this here."""
    found = desk.facts('image', '--find', 'linux_banner', desk.image())
    release = desk.facts('image', desk.image())['release']
    desk.trans('image', '--elf', 'for-drgn', desk.image())
    _, said, wrong = desk.run(['/usr/bin/python3', '-c', DRGN,
                               desk.path('for-drgn'), found['virtual']])
    lines = said.splitlines()
    must(len(lines) == 2 and lines[0] == release and
         f'Linux version {release}' in lines[1], said + wrong)


INK, BLUE, GREEN = (0x1f, 0x23, 0x28), (0x3b, 0x82, 0xf6), (0xb, 0x7a, 0x4e)


def seen(desk):
    """A browser shows words and what they are about."""
    picture(desk)
    for name in ('plan', 'table', 'image'):
        shown = screenshot.of(desk.path(f'{name}.svg'),
                              desk.path(f'{name}.png'))
        for colour in (INK, BLUE, GREEN):
            must(colour in shown, f'{name}.svg: {colour} is not seen')


class Case:
    """Steps at the desk of a guest; the first that fails ends it."""

    def __init__(self, name, guest, *steps, program=NATIVE):
        self.name, self.guest, self.steps = name, guest, steps
        self.program = program

    def desk(self, log):
        return desk_of(self, log)

    def run_steps(self, log):
        """Why one failed, or nothing."""
        try:
            with self.desk(log) as desk:
                for step in self.steps:
                    step(desk)
        except (Failed, RuntimeError, KeyError, ValueError) as failure:
            return f'{type(failure).__name__}: {failure}'
        return ''

    def run(self, live=False):
        start = time.monotonic()
        os.makedirs(lab.LOGS, exist_ok=True)
        with open(f'{lab.LOGS}/{PREFIX}{self.name}.log', 'w',
                  encoding='utf-8') as log:
            why = self.run_steps(log)
            log.write(why)
        return lab.Result('', why, time.monotonic() - start)


class Listed(Case):
    """A kernel that does not sleep: it lists its tables."""

    def __init__(self, name, kernel, machine):
        super().__init__(f'tables-{name}', Sleeper(machine, kernel),
                         tables.same_tables)

    def desk(self, log):
        sleeper.get_kernel(self.guest.kernel)
        return empty_desk(self, log)


def packed(packing):
    return lambda desk: an_image(desk, packing)


MACHINE = lab.Machine()
HAS_16K = lab.Machine(cpu='cortex-a76')
SAMPLE = [
    Case('image', Sleeper(MACHINE), an_image, wrong_use, same_words, a_core,
         picture, plans, is_damaged),
    Case('document', Sleeper(MACHINE), document, a_core, same_tables),
]
FULL = [
    Case('lz4', Sleeper(lab.Machine(el=2, gic='3', smp=2), '6.12',
                        ['hibernate.compressor=lz4']),
         packed('LZ4'), features, by_gdb, by_drgn, a_core),
    Case('raw', Sleeper(MACHINE, '6.1', ['hibernate=nocompress']),
         packed('raw'), a_core),
    Case('names', Sleeper(lab.Machine(smp=2), '6.12-pci'), by_names),
    Listed('4k', '6.1-4k', MACHINE),
    Listed('4k-vhe', '6.1-4k', lab.Machine(el=2, cpu='cortex-a76')),
    # SVE's registers leave no page of its ELF core aligned.
    Listed('4k-max', '6.1-4k', lab.Machine(el=2, cpu='max')),
    Listed('64k', '6.1-64k', MACHINE),
    Listed('16k', '6.12-16k', HAS_16K),
    Listed('16k-lpa2', '6.12-16k', lab.Machine(el=2, cpu='max')),
    *[Case(n, Sleeper(m, k), an_image, a_core, is_damaged) for n, m, k in
      (('64k', MACHINE, '6.1-64k'), ('16k', HAS_16K, '6.12-16k'))],
    Case('swap-file', Sleeper(MACHINE, swap_file=True), an_image, a_core, seen),
    Case('arm64', Sleeper(MACHINE), an_image, document, program=ARM64),
]


def picked(full, only=''):
    """@only picks among all of them."""
    known = SAMPLE + FULL if full or only else SAMPLE
    return [c for c in known if fnmatch.fnmatch(c.name, f'*{only}*')]


def run_all(full, only=''):
    if full:
        subprocess.run([f'{ROOT}/tests/lab/setup', '--with', 'qemu-user',
                        'gdb-multiarch', 'python3-drgn', 'chromium'],
                       check=True, cwd=ROOT)
    return rows.run_all(PREFIX, picked(full, only))


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument('--full', action='store_true', help='all of them')
    ap.add_argument('--only', metavar='PATTERN', default='',
                    help='names like this shell pattern')
    ap.add_argument('--list', action='store_true', help='names only')
    args = ap.parse_args()
    if args.list:
        print('\n'.join(c.name for c in picked(args.full, args.only)))
        return
    os.chdir(ROOT)
    rows.end('trans: ', lambda: run_all(args.full, args.only))


if __name__ == '__main__':
    main()
