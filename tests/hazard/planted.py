#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""make hazard-planted: bugs, put in one by one; does the checker name each?

Each is a small wrong edit of the library, the blob or the port, in a copy under
build/hazard/planted/. Its scene must trip the rules it names, as errors, and no
other error but those it allows: a checker that cries at everything finds
nothing. The copy without an edit must have none.

HARMLESS are edits that nothing must trip, each with the argument why."""
import argparse
import copy
import fnmatch
import os
import re
import shutil
import subprocess
import sys
from typing import NamedTuple

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
import hazard  # noqa: E402
import lab  # noqa: E402
import machine  # noqa: E402
import mutants  # noqa: E402
import rules  # noqa: E402
import scenes  # noqa: E402

TREE = os.path.join(machine.HAZARD, 'planted')
COPIED = ('include', 'lib', 'trans', 'kexec', 'hibernate', 'ports', 'mk',
          'tests', 'Makefile', 'sources.mk', 'LICENSES', 'LICENSE')
LINKED = ('libfdt', 'zlib', 'lzo', 'lz4', 'stamp')
BLOB = 'trans/transition/blob'
CONTROL = 'trans/transition/control.c'
ARCH = 'lib/machine/arch/aarch64/arch.c'
PORT = 'ports/qemu-virt'


class Bug(NamedTuple):
    """@edits: (file, old, new); blanks do not count in old, which occurs once.
    @trips: rules that must be found; @also: that may be."""
    name: str
    scene: str
    trips: tuple
    edits: tuple
    also: tuple = ()


def bug(name, scene, trips, path, old, new='', also=()):
    return Bug(name, scene, tuple(trips.split()), ((path, old, new),),
               tuple(also))


# The identity, by blocks of 1 GiB: devices and memory, and at 256 GiB where
# PCI's configuration space is.
STAGE_2 = """adr x1, 9f
	msr vttbr_el2, x1
	mov x1, #0x3559
	movk x1, #0x8002, lsl #16
	msr vtcr_el2, x1
	mov x0, #TRANS_HCR_RW
	orr x0, x0, #1
	msr hcr_el2, x0
	b 8f
	.balign 4096
9:	.quad 0x7fd, 0x400007fd, 0x800007fd
	.zero 8 * (256 - 3)
	.quad 0x40000007fd
	.zero 8 * (512 - 257)
8:"""
FLUSH = 'tlbi alle2 b 2f 1: tlbi vmalle1 2: ic iallu'
BUGS = [
    # ---- the mover, and what it leaves
    bug('destinations not cleaned', 'tiny-el1-sparse', 'HANDOVER_DIRTY',
        f'{BLOB}/mover.c', 'each(params, clean_destination);',
        also=('STALE_READ_OFF', 'STALE_FETCH_OFF', 'HANDOVER_BLOB_DIRTY')),
    bug('.bss zeroed and not cleaned', 'tiny-el1-sparse', 'HANDOVER_DIRTY',
        f'{BLOB}/mover.c', '{ blob_clean(blob_va(params, move->dst), move->len);',
        '{ if (move->src != TRANS_ZERO) '
        'blob_clean(blob_va(params, move->dst), move->len);',
        also=('STALE_READ_OFF',)),
    bug('what stays in place not cleaned', 'tiny-in-place', 'HANDOVER_DIRTY',
        f'{BLOB}/mover.c', '{ blob_clean(blob_va(params, move->dst), move->len);',
        '{ if (move->src != move->dst) '
        'blob_clean(blob_va(params, move->dst), move->len);',
        also=('STALE_READ_OFF', 'STALE_FETCH_OFF')),
    bug('MMU off: nothing cleaned before', 'tiny-el1-none',
        'STALE_READ_OFF LOST_STORE', f'{BLOB}/mover.c',
        'each(params, clean_both);', ';'),
    bug('MMU off: sources not cleaned', 'tiny-el1-none', 'STALE_READ_OFF',
        f'{BLOB}/mover.c',
        'blob_clean(blob_va(params, move->src), move->len); '
        'clean_destination', '; clean_destination'),
    bug('MMU off: destinations not cleaned before', 'tiny-el1-none',
        'LOST_STORE', f'{BLOB}/mover.c',
        'blob_clean(blob_va(params, move->src), move->len); '
        'clean_destination(params, move);',
        'blob_clean(blob_va(params, move->src), move->len);'),
    bug('MMU off: destinations not cleaned after', 'tiny-el1-none',
        'HANDOVER_STALE STALE_FETCH_CACHE', f'{BLOB}/mover.c',
        'each(params, clean_destination);'),
    bug('invalidate instead of clean', 'tiny-el1-sparse', 'IVAC_DIRTY',
        f'{BLOB}/primitives.S', 'dc civac, x0', 'dc ivac, x0'),
    bug('clean without invalidate', 'tiny-el1-sparse', 'BLOB_CVAC',
        f'{BLOB}/primitives.S', 'dc civac, x0', 'dc cvac, x0'),
    bug('clean one line short', 'tiny-el1-sparse', 'HANDOVER_DIRTY',
        f'{BLOB}/primitives.S', 'lsl x3, x2, #4',
        'lsl\tx3, x2, #4\n\tsubs\tx1, x1, x2\n\tb.eq\t4f',
        also=('HANDOVER_BLOB_DIRTY', 'STALE_READ_OFF')),
    bug('no barrier before the clean', 'tiny-el1-none', 'DC_BEFORE_DMB',
        f'{BLOB}/primitives.S', 'dmb sy mrs x2, ctr_el0', 'mrs x2, ctr_el0'),
    bug("the blob's own page left dirty", 'tiny-el1-sparse',
        'HANDOVER_BLOB_DIRTY', f'{BLOB}/entry.S',
        'bl blob_clean ldp x20, x21', 'ldp x20, x21',
        also=('STALE_READ_OFF',)),
    Bug('no IC after the moves', 'tiny-el1-sparse', ('STALE_ICACHE',),
        ((f'{BLOB}/primitives.S', 'dsb sy ic iallu dsb sy', 'dsb\tsy'),
         (f'{BLOB}/entry.S', '2: ic iallu dsb nsh', '2:\tdsb\tnsh'))),
    # ---- its way in
    bug('no TLBI before the MMU is on', 'tiny-el1-sparse', 'TLB_STALE_ON',
        f'{BLOB}/entry.S', FLUSH, '1:\n2:\tic\tiallu'),
    bug('no TLBI before the MMU is on, EL2', 'tiny-el2-sparse', 'TLB_STALE_ON',
        f'{BLOB}/entry.S', FLUSH, '1:\n2:\tic\tiallu'),
    bug('no DSB after the TLBI', 'tiny-el1-sparse', 'TLBI_NO_DSB',
        f'{BLOB}/entry.S', '2: ic iallu dsb nsh isb', '2:\tic\tiallu\n\tisb'),
    bug('a DSB of stores only after the TLBI', 'tiny-vhe-sparse',
        'TLBI_NO_DSB', f'{BLOB}/entry.S', '2: ic iallu dsb nsh isb',
        '2:\tic\tiallu\n\tdsb\tnshst\n\tisb'),
    bug('MAIR: Normal is non-cacheable', 'tiny-el1-sparse', 'STALE_READ_NC',
        CONTROL, 'params->mair = low->mair;',
        'params->mair = (low->mair & ~0xffULL) | 0x44;',
        also=('LOST_STORE', 'HANDOVER_STALE', 'STALE_READ_OFF',
              'DC_BEFORE_DMB', 'STALE_LOAD')),
    bug('MAIR: Device is Normal', 'tiny-el1-sparse',
        'MMIO_NORMAL NORMAL_NOT_RAM', CONTROL,
        'params->mair = low->mair;', 'params->mair = ~0ULL;',
        also=('NOT_INNER_SHAREABLE',)),
    # ---- what the host gives it
    bug('code not cleaned', 'tiny-el1-sparse',
        'STALE_FETCH_OFF STALE_FETCH_POU', CONTROL,
        'clean(t, page, count * granule);',
        also=('STALE_READ_OFF', 'HANDOVER_BLOB_DIRTY')),
    bug('parameters not cleaned', 'tiny-el1-sparse', 'STALE_READ_OFF', CONTROL,
        'clean(t, page, len); return ret;', 'return ret;'),
    bug('move list not cleaned, MMU off', 'tiny-el1-none', 'STALE_READ_OFF',
        'trans/transition/list.c',
        't->args.ops->clean(t->args.ctx, page, granule_of(t));', ';'),
    bug('no IC before the blob', 'tiny-el1-sparse', 'STALE_ICACHE',
        'trans/transition/leave.c', 'trans_arch_icache_();'),
    bug('no DSB after that IC', 'tiny-el1-sparse', 'STALE_ICACHE', ARCH,
        r'"dsb sy\n\tic iallu\n\tdsb nsh\n\tisb"',
        r'"dsb sy\n\tic iallu\n\tisb"'),
    bug('no ISB after that IC', 'tiny-el1-sparse', 'STALE_ICACHE', ARCH,
        r'"dsb sy\n\tic iallu\n\tdsb nsh\n\tisb"',
        r'"dsb sy\n\tic iallu\n\tdsb nsh"'),
    bug('tables not cleaned', 'tiny-el1-sparse', 'TABLE_NOT_POC',
        'trans/table/table.c',
        'table->ops->clean(table->ctx, page, len);', ';',
        also=('WALK_STALE', 'STALE_LOAD', 'STALE_MERGE')),
    Bug('tables not cleaned, walks non-cacheable', 'tiny-el2-linear',
        ('WALK_NC_DIRTY',),
        (('trans/table/table.c', 'table->ops->clean(table->ctx, page, len);',
          ';'),
         (CONTROL, 'params->mair = low->mair;',
          'params->mair = low->mair; params->tcr &= ~0xf00ULL;')),
        ('TABLE_NOT_POC', 'WALK_STALE', 'STALE_LOAD', 'STALE_MERGE')),
    # ---- what live tables say
    bug('contiguous bit everywhere', 'tiny-el1-sparse', 'CONT_UNEVEN',
        'trans/table/attr.c', 'uint64_t bits = LEAF_AF |',
        'uint64_t bits = LEAF_AF | LEAF_CONT |', also=('CONT_UNALIGNED',)),
    bug('no PXN', 'tiny-el1-sparse', 'WRITE_EXEC', 'trans/table/attr.c',
        'bits |= one ? LEAF_XN : LEAF_PXN;', 'bits |= one ? LEAF_XN : 0;',
        also=('DEVICE_EXEC',)),
    bug('no XN at EL2', 'tiny-el2-sparse', 'DEVICE_EXEC', 'trans/table/attr.c',
        'bits |= one ? LEAF_XN : LEAF_PXN;', 'bits |= one ? 0 : LEAF_PXN;',
        also=('WRITE_EXEC',)),
    bug('not shareable', 'tiny-el1-sparse', 'NOT_INNER_SHAREABLE',
        'trans/table/attr.c', 'bits |= LEAF_SH_INNER;', 'bits |= 0;'),
    bug('device memory is Normal', 'tiny-el1-sparse', 'MMIO_NORMAL',
        'trans/table/attr.c', '[TRANS_MEM_DEVICE] = 0x04,',
        '[TRANS_MEM_DEVICE] = 0xff,',
        also=('NORMAL_NOT_RAM', 'NOT_INNER_SHAREABLE', 'DEVICE_RAM')),
    # ---- the port, as a host
    bug("the port's first tables over dirty lines", 'tiny-el1-sparse',
        'LOST_STORE', f'{PORT}/head.S', 'bl forget_lines /* before the first store */ mov x0, x20',
        'mov x0, x20', also=('STALE_READ_OFF',)),
    bug("the port's first stores not forgotten", 'tiny-el1-sparse',
        'STALE_LOAD STALE_MERGE', f'{PORT}/head.S',
        'bl forget_lines /* behind the last one */ mov x0, x21',
        'mov x0, x21', also=('WALK_STALE',)),
    bug('memory given out over dirty lines', 'tiny-el1-sparse', 'LOST_STORE',
        f'{PORT}/memory.c',
        'trans_cpu_clean(NULL, at_pa(*pa), (size_t)count << shift);', ';',
        also=('STALE_READ_OFF',)),
    bug('no barrier before the clean of the host', 'tiny-el1-sparse',
        'DC_BEFORE_DMB', ARCH, r'__asm__ volatile("dmb sy" ::: "memory");'),
    bug('the host invalidates', 'tiny-el1-sparse', 'IVAC_DIRTY', ARCH,
        'dc civac, %0', 'dc ivac, %0'),
    bug('no TLBI before the host is on', 'tiny-el1-sparse', 'TLB_STALE_ON',
        f'{PORT}/head.S', 'tlbi vmalle1 dsb nsh'),
    bug('no TLBI after pages are hidden', 'tiny-el1-sparse', 'TLB_PENDING',
        f'{PORT}/tables.c', 'tlb_forget(machine.cpu.el);'),
    bug('no DSB between store and TLBI', 'tiny-el1-sparse', 'TLBI_BEFORE_DSB',
        f'{PORT}/sysreg.h', 'dsb(ishst); if (el == 2)', 'if (el == 2)'),
    bug('no DSB after a TLBI of the host', 'tiny-el1-sparse', 'TLBI_NO_DSB',
        f'{PORT}/sysreg.h', 'dsb(ish); isb();', 'isb();',
        also=('TLB_PENDING',)),
    bug('a live descriptor changed in place', 'tiny-el1-sparse', 'BBM',
        f'{PORT}/tables.c', '*desc & ~1ULL;', '*desc ^ 1ULL << 8;',
        also=('NOT_INNER_SHAREABLE', 'TLB_PENDING')),
    bug("another CPU's words not cleaned", 'tiny-4-cpus', 'STALE_READ_OFF',
        f'{PORT}/cpus.c', 'memory_ops.clean(&memory, cpu, sizeof(*cpu));'),
    bug('a TLBI of this CPU alone', 'tiny-4-cpus', 'TLB_PENDING',
        f'{PORT}/sysreg.h', 'tlbi(vmalle1is);', 'tlbi(vmalle1);'),
    bug('a DSB of this CPU alone, after a TLBI for all', 'tiny-4-cpus',
        'TLBI_NO_DSB', f'{PORT}/sysreg.h', 'dsb(ish); isb();',
        'dsb(nsh); isb();', also=('TLB_PENDING',)),
    # ---- what else a host may do
    Bug('no DSB between clean and IC', 'tiny-el1-sparse', ('IC_BEFORE_DSB',),
        ((f'{BLOB}/primitives.S', 'b.hi 3b 4: dsb sy ret', 'b.hi\t3b\n4:\tret'),
         (f'{BLOB}/primitives.S', 'dsb sy ic iallu dsb sy',
          'ic\tiallu\n\tdsb\tsy')), ('DC_NO_DSB',)),
    bug('by set and way', 'tiny-el1-sparse', 'SET_WAY', f'{BLOB}/primitives.S',
        'dc civac, x0', 'dc civac, x0\n\tdc\tcisw, x0'),
    bug('a descriptor stored, cleaned, and no DSB', 'tiny-el1-sparse',
        'WALK_NO_DSB DC_NO_DSB', f'{PORT}/head.S', 'isb msr sctlr_el1, x5',
        'isb\n\tldr\tx9, [x3]\n\tstr\tx9, [x3]\n\tdmb\tsy\n\t'
        'dc\tcivac, x3\n\tmsr\tsctlr_el1, x5'),
    bug('a descriptor stored past the cache', 'tiny-el1-sparse', 'WALK_STALE',
        f'{PORT}/head.S', 'isb msr sctlr_el1, x5',
        'isb\n\tldr\tx9, [x3]\n\tstr\tx9, [x3]\n\tdsb\tsy\n\t'
        'msr\tsctlr_el1, x5', also=('STALE_LOAD', 'STALE_MERGE')),
    bug('an upper half that is walked', 'tiny-el1-sparse', 'WALK_OUTSIDE_RAM',
        CONTROL, 'params->mair = low->mair;',
        'params->mair = low->mair; params->tcr &= ~(1ULL << 23);'),
    bug('an alias of other rights, and no TLBI', 'tiny-el2-linear',
        'TTBR_NO_TLBI', f'{PORT}/alias.c', '1ULL << own->geo.va_bits, 0,',
        '1ULL << own->geo.va_bits, linear_offset ? TRANS_MKWRITE : 0,',
        also=('WRITE_EXEC',)),
    Bug('an alias of other rights, a TLBI, and no ISB', 'tiny-el2-linear',
        ('TLBI_NO_ISB',),
        ((f'{PORT}/alias.c', '1ULL << own->geo.va_bits, 0,',
          '1ULL << own->geo.va_bits, linear_offset ? TRANS_MKWRITE : 0,'),
         (f'{PORT}/alias.c', 'sysreg_write(ttbr0_el2, ttbr0); isb(); return;',
          'sysreg_write(ttbr0_el2, ttbr0); isb(); tlbi(alle2is); dsb(ish); '
          'return;')),
        ('WRITE_EXEC', 'TTBR_NO_TLBI', 'TLBI_NO_DSB')),
    bug('TCR changed with the MMU on', 'tiny-el1-sparse', 'TCR_MAIR_LIVE',
        f'{PORT}/alias.c', 'sysreg_read(tcr_el1) & ~TCR_EL1_EPD0',
        '(sysreg_read(tcr_el1) & ~TCR_EL1_EPD0) | 1ULL << 37'),
    bug('valid again, and nothing was forgotten', 'tiny-el1-sparse',
        'BBM_NO_TLBI', f'{PORT}/tables.c', '*desc & ~1ULL;',
        '*desc & ~1ULL; *(volatile uint64_t *)desc = *desc | 1ULL;'),
    bug('MAIR: Normal is Device', 'tiny-el1-sparse', 'DEVICE_RAM', CONTROL,
        'params->mair = low->mair;',
        'params->mair = (low->mair & ~0xffULL) | 0x04;',
        also=('LOST_STORE', 'HANDOVER_STALE', 'STALE_READ_OFF',
              'DC_BEFORE_DMB', 'STALE_LOAD', 'STALE_READ_NC', 'DEVICE_EXEC')),
    Bug('the MMU stays on', 'tiny-el1-sparse', ('HANDOVER_MMU_ON',),
        ((f'{BLOB}/entry.S', 'mmu_off el1, TRANS_SCTLR_OFF_EL1 b leave',
          'b\tleave'),
         ('trans/table/attr.c', 'bits |= one ? LEAF_XN : LEAF_PXN;',
          'bits |= one ? LEAF_XN : 0;')),
        ('WRITE_EXEC', 'DEVICE_EXEC', 'HANDOVER_BLOB_DIRTY')),
    bug('a stage 2 below EL1', 'tiny-stub-sparse', 'STAGE_2',
        f'{PORT}/resident.S', 'mov x0, #TRANS_HCR_RW msr hcr_el2, x0',
        STAGE_2),
    bug('no DSB before another CPU starts', 'tiny-4-cpus', 'DC_NO_DSB', ARCH,
        r': "memory"); __asm__ volatile("dsb sy" ::: "memory");',
        ': "memory");', also=('WALK_NO_DSB',)),
    bug('a DSB of this CPU alone', 'tiny-4-cpus', 'DC_NO_DSB', ARCH,
        r': "memory"); __asm__ volatile("dsb sy" ::: "memory");',
        ': "memory"); __asm__ volatile("dsb nsh" ::: "memory");'),
]

# Without an edit: a port for coherent devices, beside one that is not.
BUGS.append(Bug('a device that is not coherent', scenes.NOT_COHERENT.name,
                ('DMA_WRITE_DIRTY', 'DMA_READ_DIRTY'), (), ('STALE_LOAD',
                'STALE_MERGE')))

# (bug, why nothing need be found)
HARMLESS = [
    (bug('move list not cleaned, MMU on', 'tiny-el1-sparse', '',
         'trans/transition/list.c',
         't->args.ops->clean(t->args.ctx, page, granule_of(t));', ';'),
     'the blob reads the list with its MMU on, through the cache that has it'),
    (bug('no DSB in blob_clean', 'tiny-el1-sparse', '',
         f'{BLOB}/primitives.S', 'b.hi 3b 4: dsb sy ret',
         'b.hi\t3b\n4:\tret'),
     'blob_sync_code and mmu_off begin with one, before anybody relies on it'),
]


# Rules that no bug here trips, and why; unit tests do (tests/unit/hazard/).
NOT_PLANTED = {
    'CONT_UNALIGNED': 'in a map of everything at its own address, or all at '
                      'one offset of blocks, no group is out of line',
}


# ---- the copy ---------------------------------------------------------------

def put(tree, path, text):
    with open(f'{tree}/{path}', 'w', encoding='utf-8') as f:
        f.write(text)


def get(path):
    with open(f'{lab.ROOT}/{path}', encoding='utf-8') as f:
        return f.read()


def copy_tree():
    """Sources, and what has been built of them, so that little is anew."""
    shutil.rmtree(TREE, ignore_errors=True)
    os.makedirs(f'{TREE}/build')
    for name in COPIED:
        subprocess.run(['cp', '-a', f'{lab.ROOT}/{name}', TREE], check=True)
    subprocess.run(['cp', '-a', f'{lab.ROOT}/build/arm64', f'{TREE}/build'],
                   check=True)
    for name in LINKED:
        os.symlink(f'{lab.ROOT}/build/{name}', f'{TREE}/build/{name}')


def build():
    """'' or what make said."""
    done = subprocess.run(
        ['make', '-s', f'-j{os.cpu_count()}', 'build/arm64/port.bin',
         'build/arm64/blob.bin', 'WARN=-w'], cwd=TREE, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT)
    return done.stdout.strip()[-600:] if done.returncode else ''


def changed(planted):
    """{path: text}; LookupError: an edit has no place, or several."""
    texts = {}
    for path, old, new in planted.edits:
        text, times = re.subn(mutants.pattern(old),
                              lambda _, new=new: new,
                              texts.get(path) or get(path))
        if times != 1:
            raise LookupError(f'{old!r} occurs {times} times in {path}')
        texts[path] = text
    return texts


# ---- one bug ----------------------------------------------------------------

def scene_of(planted):
    """Its scene, with the files of the copy."""
    name = planted.scene
    known = copy.copy(next(
        s for s in [*scenes.all_scenes(), scenes.NOT_COHERENT]
        if s.name == name))
    where = f'{TREE}/build/arm64'
    known.name = 'planted'
    known.host, known.elf = f'{where}/port.bin', f'{where}/port.elf'
    known.blob, known.blob_elf = f'{where}/blob.bin', f'{where}/blob.elf'
    return known


def tripped(planted):
    """{rule: first finding} of errors; RuntimeError: nothing came of it."""
    outcome = hazard.check(scene_of(planted))
    found = {}
    for said in outcome.said:
        if said.verdict == rules.ERROR:
            found.setdefault(said.rule, said)
    if not found and outcome.why:
        raise RuntimeError(outcome.why)
    return found


def missed(planted):
    """Why it does not count as noticed, or ''."""
    found = tripped(planted)
    lost = [r for r in planted.trips if r not in found]
    noise = [r for r in found if r not in (*planted.trips, *planted.also)]
    if lost:
        return f'not tripped: {" ".join(lost)}; but {" ".join(found) or "none"}'
    return ''.join(f'; besides: {found[r]}' for r in noise)


def plant(planted):
    """(why not noticed or '', seconds)"""
    texts = changed(planted)
    for path, text in texts.items():
        put(TREE, path, text)
    try:
        why = build()
        return f'does not build: {why}' if why else missed(planted)
    except RuntimeError as lost:
        return str(lost)
    finally:
        for path in texts:
            put(TREE, path, get(path))


def main():
    ap = argparse.ArgumentParser(description=__doc__.split('\n\n')[0])
    ap.add_argument('--only', metavar='PATTERN', default='*',
                    help='names like this shell pattern')
    ap.add_argument('--list', action='store_true',
                    help='names, and the rules that each must trip; fails if '
                         'an edit has no place in the sources any more')
    args = ap.parse_args()
    every = [*BUGS, *(b for b, _ in HARMLESS)]
    picked = [b for b in every if fnmatch.fnmatch(b.name, f'*{args.only}*')]
    if not picked:
        sys.exit('planted: no bug is called that; --list has their names')
    for one in picked if args.list else ():
        changed(one)
        print(f'{one.name}: {" ".join(one.trips) or "harmless"}')
    if args.list:
        return
    lab.orderly_exit()
    copy_tree()
    failed = 0
    nothing = Bug('no edit', 'tiny-el1-sparse', (), ())
    for one in [nothing, *picked]:
        why = plant(one)
        failed += bool(why)
        print(f'  {"MISSED" if why else "ok":6} {one.name:43} '
              f'{" ".join(one.trips)}', flush=True)
        if why:
            print(f'    {why}', flush=True)
    print(f'planted: {len(picked) + 1 - failed} noticed or harmless as listed, '
          f'{failed} missed')
    sys.exit(bool(failed))


if __name__ == '__main__':
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
