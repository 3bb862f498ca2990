# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""What is typed at U-Boot's prompt, and what is expected. Every string that a
test looks for stands in this file."""
import os
import re
import sys

import console
import disk
import lab
import trees
from console import Lost

sys.path.insert(0, os.path.join(lab.ROOT, 'tests', 'lab'))
import payload  # noqa: E402

# ---- strings ----------------------------------------------------------------

PASS = r'\nTRANS-TABLE-LINUX: PASS\n'
ANY_END = r'\nTRANS-TABLE-LINUX: (?:PASS|FAIL).*\n'
BAD_CHECK = r'CHECK (\S+) BAD.*'
STARTED_AT = r'CPU: All CPU\(s\) started at EL{}'
LETTERS = r'trans: moves=0x{} {}'
SOME = '[1-9a-f][0-9a-f]*'
WITH_LPIS = 'Booted with LPIs enabled'
OVER_U_BOOT = 'Over U-Boot itself'
UNTOUCHED = 'U-Boot stays untouched'
LZ4 = ('hibernate.compressor=lz4',)
RAW = ('hibernate=nocompress',)
SLEEPER_END = r'\nSLEEPER: (?:PASS|FAIL).*\n'
SLEEPER_PASS = r'\nSLEEPER: PASS\n'
ANY_BOOT = r'Booting Linux on physical CPU'
NO_SWAP = ('WARNING: not even swap space is there: [^\n]*\n'
           'trans (?:resume|plan|discard): TRANS_ENOIMAGE: not a swap space')
SIGNATURE = b'SWAPSPACE2'
NO_IMAGE = 'trans (?:resume|discard): TRANS_ENOIMAGE: '
GIVEN_UP = 'The hibernated system is given up'
STOPPED = 'trans resume: TRANS_ESTOPPED: '
DAMAGED = 'trans resume: TRANS_E(?:CORRUPT|TRUNC|NOSPC): '
SHORT_REDIST = 'trans resume: TRANS_ENOENT: .*redistributor'
NOT_QUIET = 'Q\ntrans: not quiet: {} status=-0x{:x} '
RESTLESS = 'opt/trans/restless'
HELD = r'trans kexec: TRANS_EOVERLAP: a file and what EFI .* \(pa=0x{:x}\b'
LOST_CPU = 'trans resume: TRANS_ELOST: {}'
NO_GICV3 = 'trans kexec: TRANS_EHOST: a GICv3, without CMD_TRANS_GICV3'
RESTLESS_ITS = 'trans resume: TRANS_ETIME: an ITS is not quiescent'
HELPED = r'^   CPUs that help: {}$'
NO_LPIS = 'trans resume: TRANS_ESTATE: LPI tables unknown'
BY_SIDECAR = r'^LPI tables 0x\w+ 0x\w+, CPUs 2, by its sidecar$'
CACHES = 'trans (?:resume|plan): TRANS_EHOST: this disk may cache writes, -f'
NO_MAP = r'trans resume: TRANS_ERANGE: .* \(pa=0x{:x}\b'
NOT_MAPPED = r'TRANS_EFAULT: .* the initrd cannot be seen \(pa=0x80000000'
MMU_IS_OFF = "TRANS_ENOENT: U-Boot's MMU is off"
WRONG_LEVEL = 'trans resume: TRANS_EIMAGE: saved at EL1, and we are at EL2'
OTHER_EFI = 'trans resume: TRANS_ESTATE: another EFI booted'
PROOF = r'^proof holds: code'
MOVED = r'moves \d+ bytes (\d+) of'
TABLE = r'table 4K va40 pa40 {} lower root [0-9a-f]{{16}}'
RAM_RUN = r'0000000040000000-[0-9a-f]+ -> 0000000040000000 L1 rwx'

# ---- the machine ------------------------------------------------------------

U_BOOT = os.path.join(lab.ROOT, 'build', 'u-boot', '{}', 'u-boot.bin')
LPI_TABLES = 0x58000000
KERNEL_AT, INITRD_AT = 0x40400000, 0x44000000
RAM_AT, RAM_LEN = 0x40000000, 512 << 20
HOLE, GIB = 0x80000000, 1 << 30
NO_MAP_AT, TREE_AT = 0x50000000, 0x4e000000
MIB = 1 << 20
STACK_ROOM = 16 * MIB # CONFIG_STACK_SIZE


class Case:
    """One run of U-Boot. `script` types at a console that is at the prompt."""

    def __init__(self, name, script, el=1, out='with', timeout=300,
                 **machine):
        self.name, self.script, self.timeout = name, script, timeout
        machine.setdefault('ram', '512M')
        self.machine = lab.Machine(el=el, **machine)
        self.out = out
        self.is_of('stable')

    def is_of(self, name):
        """Which U-Boot's: a directory under build/u-boot/."""
        self.u_boot = U_BOOT.format(f'{name}/{self.out}')
        return self

    def args(self):
        return [*self.machine.args(), '-bios', self.u_boot,
                '-drive', f'file={disk.DISK},format=raw,if=none,id=d0,snapshot=on',
                '-device', 'virtio-blk-device,drive=d0']

    def run(self, live=False):
        with console.Console(self.args(), f'u-boot-{self.name}', live,
                             self.timeout) as c:
            why = ''
            start = self.now()
            try:
                c.prompt()
                self.script(c, self.machine)
            except Lost as lost:
                why = str(lost)
            return lab.Result(c.text, why, self.now() - start)

    @staticmethod
    def now():
        return console.time.monotonic()


# ---- what scripts are made of -----------------------------------------------

def demand(said, *patterns):
    for pattern in patterns:
        if not re.search(pattern, said, re.M):
            raise Lost(f'no {pattern} in: {said}')


def load(c, name, at):
    """A file of the boot partition; its length."""
    c.must(f'load virtio 0:1 {at:x} {name}')
    return disk.build()[name]


def load_files(c, kernel='Image', kernel_at=KERNEL_AT):
    """The files, as words of a command."""
    length = load(c, kernel, kernel_at)
    words = f'{kernel_at:x}' if kernel == 'Image' else \
        f'{kernel_at:x}:{length:x}'
    return f'{words} {INITRD_AT:x}:{load(c, "initrd", INITRD_AT):x}'


def set_bootargs(c):
    c.must(f'setenv bootargs "{payload.CMDLINE}"')


def linux_passes(c, el):
    c.expect(STARTED_AT.format(el), 120)
    c.expect(ANY_END, 120)
    bad = re.search(BAD_CHECK, c.text)
    if bad or not re.search(PASS, c.text):
        raise Lost(bad[0] if bad else 'no PASS')
    c.ends()


def linux_by_booti(c, el):
    """All is well but for what only kexec says."""
    c.expect(STARTED_AT.format(el), 120)
    c.expect(ANY_END, 120)
    bad = re.findall(BAD_CHECK, c.text)
    if bad != ['booted-from-kexec']:
        raise Lost(f'booti: bad {bad}')
    c.ends()


def figure(said, name):
    found = re.search(rf'{name}\s*= 0x([0-9a-f]+)', said)
    if not found:
        raise Lost(f'bdinfo does not say {name}: {said}')
    return int(found[1], 16)


def over_u_boot(c):
    """Words for -k that leave the initrd one place only: the end of RAM."""
    length = disk.build()['initrd']
    end = RAM_AT + RAM_LEN
    start = (end - length) & ~0xfff
    info = c.run('bdinfo')
    for where in ('relocaddr', 'sp start'):
        if not start < figure(info, where) < end:
            raise Lost(f"U-Boot's {where} is not in 0x{start:x}..0x{end:x}")
    return f'-k {INITRD_AT:x}:{start - INITRD_AT:x}', start


# ---- scripts ----------------------------------------------------------------

def maps(c, machine):
    regime = 'EL1&0' if machine.el == 1 else 'EL2'
    demand(c.run('trans map'), TABLE.format(regime), RAM_RUN, r'^tables [1-9]')
    demand(c.run('trans map 48765432'),
           r'^0000000048765432 -> 0000000048765432 L1 rwx')
    c.fails('trans map zz', 'Usage')
    c.fails('trans map 1 2', 'Usage')
    c.fails('trans', 'Usage')
    demand(c.run('help trans'), 'trans kexec', 'trans plan', 'trans map')


def kexecs(c, machine):
    """Where there is room, U-Boot stays as it is."""
    set_bootargs(c)
    files = load_files(c)
    demand(c.must(f'trans plan {files}', 60), UNTOUCHED, PROOF,
           r'Kernel\s+stays at 40400000')
    c.type(f'trans kexec {files}\n')
    c.expect(LETTERS.format('0', 'MDVLG?'), 120)
    linux_passes(c, machine.el)


def kexecs_in_silence(c, machine):
    """With the least that there is of the command."""
    set_bootargs(c)
    c.type(f'trans kexec {load_files(c)}\n')
    linux_passes(c, machine.el)


def refuses_gicv3(c, machine):
    """Without the option for it. booti does not care."""
    set_bootargs(c)
    files = load_files(c)
    c.fails(f'trans kexec {files}', NO_GICV3, 60)
    c.type(f'booti {files} $fdtcontroladdr\n')
    linux_by_booti(c, machine.el)


def moved_bytes(plan):
    found = re.search(MOVED, plan)
    if not found:
        raise Lost(f'no {MOVED} in: {plan}')
    return int(found[1])


def moves_file_only(c, machine):
    """Nobody says how long the kernel is: its file is moved, and not what lies
    behind it, where .bss is going to be. (With image_size for a length, it
    would be moved too, and not be zero.)"""
    set_bootargs(c)
    at, length = KERNEL_AT + 0x1000, disk.build()['Image']
    memory = payload.image_size(payload.debian_kernel())
    if length >= memory:
        raise Lost('a kernel without .bss')
    c.must(f'mw.b {at:x} 5a {memory:x}')
    files = load_files(c, kernel_at=at)
    plans = [moved_bytes(c.must(f'trans plan {words}', 60)) for words in
             (f'{at:x}', f'{at:x}:{length:x}', f'{at:x}:{memory:x}')]
    if plans[0] != plans[1] or plans[0] == plans[2]:
        raise Lost(f'moved: {plans}')
    c.type(f'trans kexec {files}\n')
    c.expect(LETTERS.format(SOME, 'MDVLG?'), 120)
    linux_passes(c, machine.el)


def kexecs_over(c, machine):
    """Text, stack, heap and page tables of U-Boot are all under the initrd."""
    set_bootargs(c)
    files = load_files(c, kernel_at=KERNEL_AT + 0x1000)
    keep, start = over_u_boot(c)
    demand(c.must(f'trans plan {keep} {files}', 60), OVER_U_BOOT, PROOF,
           rf'Initrd\s+{INITRD_AT:08x} -> {start:08x}')
    c.type(f'trans kexec {keep} {files}\n')
    c.expect(OVER_U_BOOT, 120)
    c.expect(LETTERS.format(SOME, 'MDVLG?'), 120)
    linux_passes(c, machine.el)


def take_out_of_map(c):
    """HOLE, of U-Boot's own tables: 40 bits and 4K, so two levels from the root
    there is an entry for it. Nothing has been there yet, so no TLB knows it."""
    def entry(at):
        return int(re.search(r': ([0-9a-f]{16})', c.must(f'md.q {at:x} 1'))[1],
                   16)
    below = entry(figure(c.run('bdinfo'), 'TLB addr')) & ~0xfff & (1 << 48) - 1
    at = below + 8 * (HOLE >> 30)
    if not entry(at) & 1:
        raise Lost(f'{HOLE:x} is not mapped')
    c.must(f'mw.q {at:x} 0')


def kexecs_into_hole(c, machine):
    """RAM that U-Boot does not map, as it is on a Raspberry Pi 4 of 8 GB: the
    initrd goes there. Were it touched before, or a table put there, of what is
    not kept for others the highest place, U-Boot would take an abort."""
    set_bootargs(c)
    take_out_of_map(c)
    demand(c.run('trans map'), rf'^{RAM_AT:016x}-{HOLE - 1:016x} -> ',
           rf'^{HOLE + GIB:016x}-[0-9a-f]+ -> ')
    files = load_files(c, kernel_at=KERNEL_AT + 0x1000)
    kernel = files.split()[0]
    c.fails(f'trans kexec {kernel} {HOLE:x}:1000', NOT_MAPPED)
    keep = ' '.join(f'-k {start:x}:{end - start:x}' for start, end in (
        (INITRD_AT, HOLE), (HOLE + GIB, RAM_AT + 3 * GIB)))
    demand(c.must(f'trans plan {keep} {files}', 60), PROOF,
           rf'Initrd\s+{INITRD_AT:08x} -> [89ab][0-9a-f]{{7}}')
    c.type(f'trans kexec {keep} {files}\n')
    c.expect(LETTERS.format(SOME, 'MDVLG?'), 120)
    linux_passes(c, machine.el)


def kexecs_without_lpis(c, machine, fdt=''):
    """Tables for LPIs, as another loader may have left them in use: of this
    CPU's redistributor GICR_PROPBASER, GICR_PENDBASER, GICR_CTLR. The kernel
    that finds LPIs enabled says so."""
    redist = 0x80a0000
    set_bootargs(c)
    c.must(f'mw.q {redist + 0x70:x} {LPI_TABLES | 13:x}')
    c.must(f'mw.q {redist + 0x78:x} {LPI_TABLES + 0x10000:x}')
    c.must(f'mw.l {redist:x} 1')
    demand(c.run(f'md.l {redist:x} 1'), r': 0000000[1357] ')
    c.type(f'trans kexec {load_files(c)} {fdt}\n')
    linux_passes(c, machine.el)
    demand(c.text, r'ITS \[mem 0x08080000-')
    if re.search(WITH_LPIS, c.text):
        raise Lost('LPIs were enabled')


def kexecs_by_live_tree(c, machine):
    """The flat tree is another one, without a GIC: the kernel gets the one that
    there was, and so does the live tree, whose values are in it."""
    c.must('fdt addr $fdtcontroladdr')
    c.must(f'fdt move $fdtcontroladdr {TREE_AT:x} 100000')
    c.must('fdt rm /intc@8000000')
    c.must(f'fdt addr -c {TREE_AT:x}')
    kexecs_without_lpis(c, machine, '$fdtcontroladdr')


def fixes_up(c, machine):
    """A script fixes a copy of the tree up, which is gone when the command is:
    the command fdt goes on with what it had."""
    files = load_files(c)
    c.must('fdt addr $fdtcontroladdr')
    before = c.must('printenv fdtaddr')
    c.must('setenv fdt_fixup "fdt set /chosen mark seen; fdt print /chosen"')
    demand(c.must(f'trans plan {files}', 60), r'mark = "seen"', PROOF)
    demand(c.must('printenv fdtaddr'), re.escape(before.split()[0]))
    c.fails('fdt get value mark /chosen mark', 'FDT_ERR_NOTFOUND')


class Restless(Case):
    """With a file behind fw_cfg: two words, and zeroes behind them. Read as
    GITS_CTLR: whatever, quiescent, and never again."""

    def args(self):
        path = os.path.join(lab.ROOT, 'build', 'u-boot', 'restless')
        with open(path, 'wb') as f:
            f.write(b'\0\0\0\0' b'\0\0\0\x80')
        return [*super().args(), '-fw_cfg', f'name={RESTLESS},file={path}']


# Of QEMU's fw_cfg (docs/specs/fw_cfg.txt): data, and the selector behind it,
# big-endian; the key of the first file.
FW_CFG, FW_CFG_SELECT, FW_CFG_FIRST = 0x9020000, 0x9020008, 0x20


def cannot_leave(c, machine):
    """An ITS that is quiescent when U-Boot asks, and not any more when it
    leaves. That is too late to come back: no byte is moved, the reason is on
    the console, and the board resets."""
    key = FW_CFG_FIRST + c.must('qfw list').split().index(RESTLESS)
    files = load_files(c)
    c.must('fdt addr $fdtcontroladdr')
    c.must(f'fdt set /intc@8000000/its@8080000 reg "<0 0x{FW_CFG:x} 0 0x20000>"')
    c.must(f'mw.w {FW_CFG_SELECT:x} {key << 8 | key >> 8:x}')
    c.type(f'trans kexec {files}\n')
    c.expect(NOT_QUIET.format('an ITS is not quiescent', 0x14), 120)
    c.ends()
    if re.search(ANY_BOOT + '|' + LETTERS.format(SOME, 'M'), c.text):
        raise Lost('it went all the same')


def kexecs_gz(c, machine):
    """Unpacked by U-Boot's own gunzip; not verified, when told not to."""
    set_bootargs(c)
    c.type(f'trans kexec -n {load_files(c, "Image.gz")}\n')
    c.expect(LETTERS.format(SOME, 'MDLG?'), 120)
    linux_passes(c, machine.el)


def linked_at(u_boot, function):
    """By the map that its linker made: each function of C has its own section,
    and a symbol that is global a line. What was dropped is at 0."""
    with open(f'{os.path.dirname(u_boot)}/u-boot.map', encoding='utf-8') as f:
        found = re.findall(rf'^ (?:\.text\.{function}\s+0x([0-9a-f]+) +0x|'
                           rf' +0x([0-9a-f]+) +{function}$)', f.read(), re.M)
    places = {int(a or b, 16) for a, b in found} - {0}
    if len(places) != 1:
        raise Lost(f'{function} is {len(places)} times in the map of {u_boot}')
    return places.pop()


def runs_at(c, function):
    """Where it is now."""
    return linked_at(c.u_boot, function) + figure(c.run('bdinfo'), 'reloc off')


def branch(start, end):
    """An instruction at the one that goes on at the other (Arm ARM C6.2, B)."""
    return 0x14000000 | (end - start) // 4 & 0x3ffffff


def switch_mmu_off(c):
    """By `dcache off`, which this build does not have: `go` becomes it, in
    U-Boot's text. (A program for `go` would never start: 2023.01 waits for ever
    until a PL011 is empty.) That it is off, `trans map` shows."""
    go, off = (runs_at(c, f) for f in ('do_go', 'dcache_disable'))
    c.must(f'mw.l {go:x} {branch(go, off):x}')
    c.run('go 0')
    c.fails('trans map', MMU_IS_OFF)


def without_gic(c):
    """U-Boot's own tree has none from now on."""
    c.must('fdt addr $fdtcontroladdr')
    c.must('fdt rm /intc@8000000')


def refuses(c, machine):
    """Every refusal comes back, and booti then works."""
    set_bootargs(c)
    files = load_files(c)
    initrd = files.split()[1]
    kernel = f'{KERNEL_AT:x}'
    c.fails('trans kexec', 'Usage')
    c.fails(f'trans kexec {kernel} nonsense', 'Usage')
    c.fails(f'trans kexec -k {kernel} {files}', 'Usage')
    c.fails(f'trans kexec {initrd} -', 'TRANS_EIMAGE: ')
    c.fails(f'trans kexec {INITRD_AT:x}', 'say <kernel>:<size>')
    c.fails('trans kexec 1000:1000', 'TRANS_ERANGE: ')
    c.fails(f'trans kexec {KERNEL_AT + 1:x}:1000', 'TRANS_EALIGN: ')
    c.fails(f'trans kexec {kernel} {kernel}:1000', 'TRANS_EOVERLAP: ')
    c.fails(f'trans kexec {kernel} {initrd} {INITRD_AT:x}', 'TRANS_EFDT: ')
    c.fails(f'trans kexec -k {RAM_AT:x}:{RAM_LEN:x} {files}',
            'TRANS_ENOHOLE: kernel', 120)
    c.fails(f'trans kexec -k {RAM_AT + (40 << 20):x}:{RAM_LEN:x} {files}',
            'TRANS_ENOHOLE: initrd', 120)
    c.type(f'booti {kernel} {initrd} $fdtcontroladdr\n')
    linux_by_booti(c, machine.el)


def of_efi(c):
    """Where EFI, which is set up, has pages: by U-Boot's map, or, in versions
    whose map has none of EFI's, below the room for the stack."""
    info = c.run('bdinfo')
    said = re.findall(r'reserved\[\d+\]\s*\[0x([0-9a-f]+)-.*no-notify', info)
    return ([int(s, 16) for s in said] or
            [(figure(info, 'sp start') - STACK_ROOM & ~0xfff) - 0x10000])


def refuses_held(c, machine):
    """What EFI has once it is set up, which trans resume does; and memory that
    no kernel maps."""
    c.fails('trans resume virtio 0:1', NO_SWAP, 60)
    for start in (*of_efi(c), NO_MAP_AT):
        c.fails(f'trans kexec {start:x}:10000', HELD.format(start))
        c.fails(f'trans kexec {KERNEL_AT:x}:1000 {start:x}:10000',
                HELD.format(start))
    c.fails(f'trans kexec {KERNEL_AT:x}:1000', 'TRANS_EIMAGE: ')


class Reserving(Case):
    """With a page that no kernel maps."""

    def args(self):
        self.machine.more = trees.words(self.machine, self.u_boot,
                                        trees.no_map, NO_MAP_AT, 4096)
        return super().args()


def damaged(c, machine):
    """A file that ends early; a gzip file whose CRC is another's, then the
    same without the damage."""
    length = load(c, 'Image.cut', KERNEL_AT)
    c.fails(f'trans kexec {KERNEL_AT:x}:{length:x}', 'TRANS_ETRUNC: ')
    length = load(c, 'Image.gz', KERNEL_AT)
    c.must(f'mw.b {KERNEL_AT + length - 8:x} 5a 4')
    words = f'{KERNEL_AT:x}:{length:x}'
    c.fails(f'trans kexec {words}', 'TRANS_ECORRUPT: compressed kernel', 60)
    load(c, 'Image.gz', KERNEL_AT)
    demand(c.must(f'trans plan {words}', 60), PROOF)


def held_above(info, above):
    """Somebody's memory, as (start, end): of U-Boot's map, and the room for its
    stack."""
    held = [(int(first, 16), int(last, 16) + 1) for first, last in re.findall(
        r'reserved\[\d+\]\s*\[0x([0-9a-f]+)-(?:0x)?([0-9a-f]+)\]', info)]
    stack = figure(info, 'sp start')
    held.append((stack - STACK_ROOM, stack))
    return sorted(pair for pair in held if pair[0] > above)


def gaps(held, end):
    """Whole pages between them, and behind, as -k has them: from 2026.07 on
    some are above gd->ram_top."""
    at = held[0][1]
    for start, last in [*held, (end, end)]:
        first = (at + 0xfff) & ~0xfff
        if start - first >= 0x1000:
            yield f'-k {first:x}:{(start - first) & ~0xfff:x} '
        at = max(at, last)


def full(c, machine):
    """The files, and what is to be kept, fill what memory nobody has: nothing
    is left for the tables."""
    kernel = f'{RAM_AT:x}'
    load(c, 'Image', RAM_AT)
    initrd = RAM_AT + payload.image_size(payload.debian_kernel())
    held = held_above(c.run('bdinfo'), initrd)
    length = (held[0][0] & ~0xfff) - initrd
    kept = ''.join(gaps(held, RAM_AT + 128 * MIB))
    c.fails(f'trans kexec {kept}{kernel} {initrd:x}:{length:x}',
            'TRANS_ENOMEM: ', 120)
    for more, whose in ((4 << 20, 'what EFI'), (STACK_ROOM + MIB, 'U-Boot')):
        c.fails(f'trans kexec {kernel} {initrd:x}:{length + more:x}',
                f'TRANS_EOVERLAP: a file and {whose}')
    demand(c.must(f'trans plan {kernel}', 60), PROOF)


def another_disk(bus):
    """Words for QEMU: the disk once more, behind another controller."""
    return ('-drive', f'file={disk.DISK},format=raw,if=none,id=d1,snapshot=on',
            *bus)


def refuses_nvme(c, machine):
    """NVMe may cache: only by -f. The swap space is found then, and empty."""
    c.must('nvme scan')
    for words in ('', 'plan '):
        command = f'trans {words}resume'
        c.fails(f'{command} nvme 0:2', CACHES)
        c.fails(f'{command} -f nvme 0:2', NO_SWAP)
    c.fails('trans resume nvme -f 0:2', 'Usage')
    c.fails('trans resume -f', 'Usage')


def write_swap_header(c, page):
    """Of an empty swap space, into the swap partition: the signature that ends
    its first page (mm/swapfile.c looks there too)."""
    c.must(f'mw.b {KERNEL_AT:x} 0 1000')
    for i, byte in enumerate(SIGNATURE, start=0x1000 - len(SIGNATURE)):
        c.must(f'mw.b {KERNEL_AT + i:x} {byte:x}')
    c.must('virtio dev 0')
    sector = disk.SWAP[0] // disk.SECTOR + page * 8
    c.must(f'virtio write {KERNEL_AT:x} {sector:x} 8')


def takes_places(c, machine):
    """A partition has a number, a name or a UUID, a swap file an offset in
    decimal, and in hexadecimal only with 0x."""
    by_uuid = f'0#{disk.SWAP_UUID}'
    write_swap_header(c, 10)
    for place in ('0:2 10', '0#swap 10', '0:2 0xa', '0#swap 0xA',
                  f'{by_uuid} 10', f'{by_uuid.upper()} 10'):
        said = c.fails(f'trans resume virtio {place}', NO_IMAGE)
        if re.search(NO_SWAP, said):
            raise Lost(f'{place} is another place')
    for place in ('0:2', '0#swap', '0:2 0x10', '0:2 16'):
        c.fails(f'trans resume virtio {place}', NO_SWAP)
    for place in ('0:2 a', '0:2 10:', '0:2 -10'):
        c.fails(f'trans resume virtio {place}', 'Usage')
    c.fails('trans resume virtio 0#nobody', 'TRANS_ENOENT: disk or partition')


def takes_ahci(c, machine):
    """Each write is flushed."""
    c.must('scsi scan')
    c.fails('trans resume scsi 0:2', NO_SWAP)


# ---- all of them ------------------------------------------------------------

CASES = [
    Case('map-el1', maps),
    Case('map-el2', maps, el=2),
    Case('kexec-el1', kexecs),
    Case('kexec-over-el1', kexecs_over),
    Case('kexec-over-el2', kexecs_over, el=2, gic='3'),
    Case('kexec-no-size', moves_file_only),
    Case('kexec-into-hole', kexecs_into_hole, ram='3G'),
    Case('kexec-lpis', kexecs_without_lpis, gic='3', its=True),
    Restless('kexec-cannot-leave', cannot_leave, gic='3', its=True),
    Case('kexec-gz-el2', kexecs_gz, el=2),
    Case('refuses', refuses),
    Reserving('held', refuses_held),
    Case('damaged', damaged),
    Case('full', full, ram='128M'),
    Case('nvme', refuses_nvme, more=another_disk(
        ('-device', 'nvme,drive=d1,serial=1'))),
    Case('ahci', takes_ahci, more=another_disk(
        ('-device', 'ich9-ahci,id=a',
         '-device', 'ide-hd,drive=d1,bus=a.0'))),
    Case('places', takes_places),
    Case('prebuilt', kexecs, out='prebuilt'),
]
