# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""trans table against Linux itself: a kernel of ours lists its own page tables
(/sys/kernel/debug/kernel_page_tables) and is stopped by gdb as it asks to be
switched off; QEMU dumps its memory, and trans, told the registers, must find in
the dump what the kernel has listed: the same addresses, levels, permissions and
memory types. The list has no physical addresses; of some symbols QEMU's own
walker says these."""
import os
import re
import struct
import time

import kernels
import lab
import payload
import sleeper

RAM_AT, RAM = 0x40000000, 512 << 20
BEGIN, END = 'TABLES BEGIN', 'TABLES END'
PATIENCE = 120 # seconds
SYMBOLS = ['_stext', 'init_task', 'swapper_pg_dir', 'vectors']
# Until two lists are the same: what boots by the way has come to its end.
INIT = f"""#!/bin/busybox sh
/bin/busybox mkdir -p /sys /run
/bin/busybox --install -s /bin
export PATH=/bin
mount -t tmpfs run /run
mount -t sysfs sysfs /sys
mount -t debugfs debug /sys/kernel/debug
for try in 1 2 3 4 5 6 7 8 9; do
	mv /run/now /run/before 2>/dev/null
	cat /sys/kernel/debug/kernel_page_tables >/run/now
	cmp -s /run/now /run/before && break
	sleep 1
done
echo {BEGIN}
cat /run/now
echo {END}
poweroff -f
""".encode()
REGISTERS = ('TTBR1', 'TCR', 'MAIR')
# By the exception level that the kernel runs at. With VHE (HCR_EL2.E2H) it says
# TTBR1_EL1 and means TTBR1_EL2: what a debugger shows as TTBR1_EL1 is then only
# left over from its start (Arm ARM D8, "Virtualization Host Extensions").
REGIMES = {1: 'el1', 2: 'el2-0'}
MEMORY = {'DEVICE': 'device', 'MEM/NORMAL-NC': 'non-cacheable',
          'MEM/NORMAL': 'normal', 'MEM/NORMAL-TAGGED': 'normal'}
# What trans does not say of a leaf, or says by its level (BLK).
ELSE = {'SHD', 'AF', 'NG', 'CON', 'GP', 'BLK'}


class Wrong(RuntimeError):
    """What the tables are not."""


# ---- a kernel that lists its tables, and is stopped -------------------------

def initramfs(path):
    def fill(archive):
        for d in ('bin', 'dev'):
            archive.add(d, mode=0o040755)
        archive.add('dev/console', mode=0o020600, rdev=(5, 1))
        archive.add('bin/busybox', payload.read(sleeper.busybox()))
        archive.add('init', INIT)
    payload.write_cpio(path, fill)


def symbols(kernel):
    with open(f'{kernels.OUT}/{kernel}/System.map', encoding='ascii') as f:
        return {w[2]: int(w[0], 16) for w in map(str.split, f)}


def qemu_words(machine, kernel, home):
    words = machine.args()
    words[words.index('stdio')] = f'file:{home}/console'
    return [lab.QEMU, *words, '-S', '-gdb', 'stdio', '-kernel',
            sleeper.kernel_file(kernel), '-initrd', f'{home}/initramfs',
            '-append', '"console=ttyAMA0 nokaslr loglevel=4 panic=-1"']


def gdb_words(machine, kernel, home):
    """Commands that gdb is to do one after the other."""
    names, el = symbols(kernel), machine.el
    commands = [
        'set architecture aarch64', 'set confirm off',
        # A dump takes longer than gdb waits for an answer, on a busy machine.
        f'set remotetimeout {PATIENCE}',
        'target remote | ' + ' '.join(qemu_words(machine, kernel, home)),
        f"hbreak *{names['__arm64_sys_reboot']:#x}", 'continue',
        'printf "EL %d\\n", $cpsr >> 2 & 3',
        *[f'printf "{r} %#lx\\n", ${r}_EL{el}' for r in REGISTERS],
        *[f'monitor gva2gpa {names[s]:#x}' for s in SYMBOLS],
        f'monitor pmemsave {RAM_AT:#x} {RAM:#x} "{home}/memory"',
        f'monitor dump-guest-memory "{home}/core"', 'kill']
    return ['-nx', '-batch', *[w for c in commands for w in ('-ex', c)]]


def stopped(machine, kernel, home, name):
    """(what the kernel listed, {register: value}, {symbol: address})"""
    initramfs(f'{home}/initramfs')
    done = lab.run_qemu(gdb_words(machine, kernel, home), name,
                        timeout=180, silence=120,
                        program=('gdb-multiarch', None, ()))
    said = dict(re.findall(r'^(\w+) (0x[\da-f]+)$', done.text, re.M))
    at = re.findall(r'^gpa: (0x[\da-f]+)$', done.text, re.M)
    console = lab.clean(payload.read(f'{home}/console'))
    if done.why or set(said) != set(REGISTERS) or \
            len(at) != len(SYMBOLS) or END not in console or \
            f'\nEL {machine.el}\n' not in done.text or \
            'packet error' in done.text:
        raise Wrong(f'the kernel was not stopped: {done.why}\n'
                    f'{done.text[-2000:]}\n{console[-1000:]}')
    listed = console.split(BEGIN)[1].split(END)[0]
    return listed, said, dict(zip(SYMBOLS, (int(a, 16) for a in at)))


# ---- two lists of (first, behind, what) --------------------------------------

def root_level(tcr):
    """Of TTBR1's tables, by TG1 and T1SZ (Arm ARM, TCR_EL1)."""
    shift = {1: 14, 2: 12, 3: 16}[tcr >> 30 & 3]
    bits = 64 - (tcr >> 16 & 63)
    return 4 - -(-(bits - shift) // (shift - 3))


def meaning(words, level, line):
    """A line's attributes as trans says them: arch/arm64/mm/ptdump.c."""
    kind = [m for w in words for m in [MEMORY.get(w) or MEMORY.get(
        w.split('/')[0])] if m]
    known = {'ro', 'RW', 'x', 'NX', 'UXN', 'USR', *ELSE}
    if len(kind) != 1 or [w for w in words if w not in known and '/' not in w]:
        raise Wrong(f'an unknown attribute: {line}')
    rights = ('w' if 'RW' in words else '-') + ('x' if 'x' in words else '-')
    user = 'r' + rights[0] if 'USR' in words else '--'
    return (level, 'r' + rights, user + ('-' if 'UXN' in words else 'x'),
            kind[0])


def of_kernel(listed, root):
    """An entry that is not valid is listed with an F."""
    levels = {'PGD': root, 'PUD': 1, 'PMD': 2, 'PTE': 3}
    for line in listed.splitlines():
        found = re.match(r'0x(\w+)-0x(\w+) +\d+[KMGTPE] (\w+) (.*)', line)
        words = found and found[4].split()
        if not found or 'F' in words:
            continue
        first, behind = int(found[1], 16), int(found[2], 16)
        yield (first, behind + (behind & 1),
               meaning(words, levels[found[3]], line))


def of_trans(runs):
    for run in runs:
        first = int(run['virtual'], 16)
        yield (first, first + int(run['length'], 16),
               (run['level'], run['kernel'], run['user'], run['memory']))


def joined(ranges):
    """Neighbours of the same kind are one."""
    out = []
    for first, behind, what in sorted(ranges):
        if out and out[-1][1:] == (first, what):
            out[-1] = (out[-1][0], behind, what)
        else:
            out.append((first, behind, what))
    return out


def differences(ours, theirs):
    """A line for each stretch of which the two say different things."""
    ours, theirs = joined(ours), joined(theirs)
    edges = sorted({e for r in ours + theirs for e in r[:2]})
    out = []
    for first, behind in zip(edges, edges[1:]):
        a, b = ([what for f, e, what in side if f <= first < e]
                for side in (ours, theirs))
        if a != b:
            out.append((first, behind, a, b))
    return [f'{f:#x}-{e:#x}: trans says {a or "nothing"}, '
            f'the kernel {b or "nothing"}' for f, e, a, b in out]


# ---- steps at a desk ---------------------------------------------------------

def same_as(desk, words, listed, root):
    runs = desk.facts('table', *words)['runs']
    if len(runs) < 10:
        raise Wrong(f'only {len(runs)} runs')
    return differences(of_trans(runs), of_kernel(listed, root))


def physical(desk, words, kernel, at):
    """Where QEMU's walker finds them."""
    names = symbols(kernel)
    for symbol, where in at.items():
        found = desk.facts('table', '--query', hex(names[symbol]), *words)
        if int(found['physical'], 16) != where:
            raise Wrong(f"{symbol}: {found['physical']}, not {where:#x}")


def one_bit(desk, words, kernel, listed, root):
    """PXN of one page or block is changed in the dump: that shows. (AP[2] would
    not where the CPU sets it as a dirty bit.)"""
    walk = desk.facts('table', '--query', hex(symbols(kernel)['init_task']),
                      *words)['walk']
    entry = int(re.search(r'entry at ([\da-f]+)', walk[-1] if 'entry at' in
                          walk[-1] else walk[-2])[1], 16) - RAM_AT
    with open(desk.path('memory'), 'r+b') as f:
        f.seek(entry)
        old, = struct.unpack('<Q', f.read(8))
        f.seek(entry)
        f.write(struct.pack('<Q', old ^ 1 << 53))
    found = same_as(desk, words, listed, root)
    if len(found) != 1 or 'rwx' not in found[0]:
        raise Wrong(f'a changed bit was not seen as one: {found}')


def same_tables(desk):
    machine, kernel = desk.guest.machine, desk.guest.kernel
    listed, said, at = stopped(machine, kernel, desk.home, os.path.basename(desk.home))
    root = root_level(int(said['TCR'], 16))
    registers = ['--regime', REGIMES[machine.el],
                 *[w for r in REGISTERS for w in (f'--{r.lower()[:4]}',
                                                  said[r])]]
    raw = ['--base', hex(RAM_AT), *registers, 'memory']
    for words in (raw, [*registers, 'core']):
        found = same_as(desk, words, listed, root)
        if found:
            raise Wrong('\n'.join(found[:20]))
        physical(desk, words, kernel, at)
    one_bit(desk, raw, kernel, listed, root)
